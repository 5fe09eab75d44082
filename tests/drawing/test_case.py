from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path
from PIL import Image, ImageOps

from pipeline.drawing.case import draw_case, load_case, parse_case
from pipeline.errors import WrongUsage
from pipeline.forms import Library, load_library
from pipeline.geometry import Gray
from pipeline.settings import PROJECT

OATH: dict[str, Any] = {"form": "d", "fields": {"agreed": ["同意"], "pass_number": "2024100123", "signature": True}, "name": "髙﨑 太郎"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(PROJECT / "form_templates")


def drawn(case: dict[str, Any], out: Path, library: Library, *, seed: int = 1, paper: str = "office") -> dict[str, Any]:
    draw_case(parse_case(case), out=out, font=None, hand=0.4, paper=paper, seed=seed, dpi=100, library=library)
    truth: dict[str, Any] = json.loads((out / "truth.json").read_text(encoding="utf-8"))
    return truth


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({}, "pages"),
        ({"pages": []}, "pages"),
        ({"pages": [{"form": "a", "blank": True}]}, "どれか1つ"),
        ({"pages": [{"form": None}]}, "どれか1つ"),
        ({"pages": [{"form": "a", "colour": "red"}]}, "colour"),
        ({"pages": [{"form": "a", "rotation": 45}]}, "rotation"),
        ({"pages": [{"form": "a", "fields": {"score": 4.5}}]}, "score"),
        ({"pages": [{"form": "a", "file": "../a.pdf"}]}, "file"),
        ({"pages": [OATH, {**OATH, "file": "b.png"}]}, "file"),
        ({"pages": [{**OATH, "file": "b.png"}, {**OATH, "file": "b.png"}]}, "b.png"),
        ({"pages": [{"repeats": 1}]}, "前のページ"),
        ({"pages": [OATH], "packets": [{"pages": [2]}]}, "2 ページ目"),
        ({"pages": [OATH], "packets": [{"pages": [1], "verdict": "complete", "codes": ["oath_unsigned"]}]}, "verdict"),
        ({"pages": [{"form": "a", "struck": {"phone": "1"}}]}, "struck"),
    ],
)
def test_nonsense_is_refused_with_its_place(case: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        parse_case(case)


@pytest.mark.parametrize("content", ["{", "[1]", '{"pages": 3}'])
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "case.json").write_text(content)
    with pytest.raises(WrongUsage, match="CASE"):
        load_case(tmp_path / "case.json")
    with pytest.raises(WrongUsage, match=r"missing\.json"):
        load_case(tmp_path / "missing.json")


@pytest.mark.parametrize("kind", ["png", "jpeg", "pdf", "tiff"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, library: Library, kind: str) -> None:
    case = {"pages": [OATH, {"blank": True}, {"repeats": 1}], "format": kind}
    for folder, seed in (("one", 3), ("two", 3), ("three", 4)):
        drawn(case, tmp_path / folder, library, seed=seed)
    content = {folder: {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two", "three")}
    assert content["one"] == content["two"]
    assert all(content["one"][name] != content["three"][name] for name in content["one"])


def test_truth_says_what_was_drawn_and_can_be_drawn_again(tmp_path: Path, library: Library) -> None:
    pages = [{**OATH, "rotation": 90, "skew_deg": 2.5}, {"blank": True}, {"foreign": "bill"}, {"repeats": 1}]
    case = {
        "pages": pages,
        "packets": [
            {"pages": [1, 4], "pass_number": "2024100123", "name": "髙﨑 太郎", "verdict": "deficient", "codes": ["sheet_missing_a"]},
        ],
        "received": "2026-11-10",
        "format": "pdf",
    }
    truth = drawn(case, tmp_path / "first", library)
    first, blank, foreign, repeated = truth["pages"]
    assert (first["file"], first["page"], first["form"], first["fields"]) == ("scan.pdf", 1, "d", OATH["fields"])
    assert first["rotation"] == 90
    assert abs(first["skew_deg"] - 2.5) < 0.1
    assert len(first["scan_from_page"]) == 9
    assert (blank["form"], blank["blank"], foreign["form"], foreign["foreign"]) == (None, True, None, True)
    assert (repeated["form"], repeated["fields"], repeated["page"]) == ("d", OATH["fields"], 4)
    assert repeated["scan_from_page"] != first["scan_from_page"]
    assert truth["packets"] == case["packets"]
    again = drawn(truth, tmp_path / "again", library)
    assert [page["form"] for page in again["pages"]] == ["d", None, None, "d"]
    with pikepdf.open(tmp_path / "again" / "scan.pdf") as pdf:
        assert len(pdf.pages) == 4


def dark_at_first_mark(shown: Gray, library: Library) -> bool:
    """Whether the first corner mark of sheet D is where a clean scan at 100 dpi has it, and not in the opposite corner as well."""
    mark = library.get("d").corner_marks[0]
    x, y = (round(value * 100 / 25.4) for value in (mark.x + mark.w * 0.9, mark.y + mark.h / 2))
    return bool(shown[y, x] < 80 < shown[-y, -x])


@pytest.mark.parametrize("mode", ["gray", "colour", "bilevel"])
def test_a_pdf_page_shows_the_pixels_the_right_way_round(tmp_path: Path, library: Library, mode: str) -> None:
    case = {"pages": [{**OATH, "mode": mode, "file": "scan.pdf"}]}
    drawn(case, tmp_path, library, paper="clean")
    shown = np.asarray(convert_from_path(tmp_path / "scan.pdf", dpi=100, grayscale=True)[0])
    assert shown.mean() > 200, "black and white swapped"
    assert dark_at_first_mark(shown, library)


def test_a_turned_jpeg_is_upright_once_its_tag_is_obeyed(tmp_path: Path, library: Library) -> None:
    drawn({"pages": [{**OATH, "file": "a.jpg", "exif_turned": True}]}, tmp_path, library, paper="clean")
    with Image.open(tmp_path / "a.jpg") as lying:
        upright = ImageOps.exif_transpose(lying)
        assert (lying.size, upright.size) == ((1169, 827), (827, 1169))
    assert dark_at_first_mark(np.asarray(upright.convert("L")), library)


def test_a_signature_without_a_name_is_refused(tmp_path: Path, library: Library) -> None:
    with pytest.raises(WrongUsage, match="name"):
        drawn({"pages": [{"form": "d", "fields": {"signature": True}}]}, tmp_path, library)
