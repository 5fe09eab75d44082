"""Cover sheets: printed, sent through drawn scanners, read. No other page is taken for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf2image import convert_from_path

from pipeline.cleanup import CleanPage, clean
from pipeline.cover_sheets import Cover, CoverPage, cover_text, parse_cover, read_cover
from pipeline.cover_sheets.layout import QR_BOXES
from pipeline.cover_sheets.printing import numbered, print_covers
from pipeline.drawing import paper
from pipeline.drawing.looks import Look, new_look
from pipeline.errors import WrongUsage
from pipeline.forms import load_library
from pipeline.geometry import Box, Gray, pixels
from pipeline.pages import PageImage
from pipeline.settings import PROJECT

DPI = 200
COVER = Cover("000123", date(2026, 11, 23))
READ = CoverPage(COVER)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Gray:
    """The printed sheet at DPI."""
    file = tmp_path_factory.mktemp("covers") / "cover.pdf"
    print_covers([COVER], file)
    return np.asarray(convert_from_path(file, dpi=DPI)[0].convert("L"), np.uint8)


def cleaned(gray: Gray) -> CleanPage:
    return clean(PageImage(1, gray, None, DPI))


def scanned(sheet: Gray, look: Look) -> Gray:
    rgb = np.dstack([sheet] * 3)
    picture = paper.scan(rgb, DPI, look, np.random.default_rng(7), dpi=DPI).pixels
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


@given(st.builds(Cover, st.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii), st.none() | st.dates()))
def test_the_payload_comes_back(cover: Cover) -> None:
    assert parse_cover(cover_text(cover)) == cover


def test_the_payload_is_the_one_agreed() -> None:
    said, check = cover_text(COVER).rsplit("check=", 1)
    assert said == "conken-cover:1;envelope=000123;received=2026-11-23;"
    assert len(check) == 2


@pytest.mark.parametrize(
    "text",
    [
        cover_text(COVER).replace("000123", "000124"),
        cover_text(COVER).replace("2026-11-23", "2026-11-24"),
        cover_text(COVER).replace("cover:1", "cover:2"),
        cover_text(COVER) + " ",
        "",
        "https://example.com/",
    ],
)
def test_an_altered_payload_says_nothing(text: str) -> None:
    assert parse_cover(text) is None


def test_numbers_run_on_and_keep_six_digits() -> None:
    assert numbered(98, 3) == ["000098", "000099", "000100"]
    assert numbered(999999, 1) == ["999999"]
    with pytest.raises(WrongUsage, match="6 桁"):
        numbered(999999, 2)


def test_a_page_for_each_cover_the_same_bytes_every_time(tmp_path: Path) -> None:
    covers = [Cover("000001", None), COVER]
    for name in ("one.pdf", "two.pdf"):
        print_covers(covers, tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    pages = [np.asarray(page.convert("L"), np.uint8) for page in convert_from_path(tmp_path / "one.pdf", dpi=DPI)]
    assert [read_cover(cleaned(page)) for page in pages] == [CoverPage(cover) for cover in covers]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="書き込めません"):
        print_covers([COVER], tmp_path / "nowhere" / "cover.pdf")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-4.0, 0.0, 2.5])
def test_read_whichever_way_it_lies(sheet: Gray, rotation: int, skew: float) -> None:
    assert read_cover(cleaned(scanned(sheet, Look(rotation=rotation, skew_deg=skew, noise=4.0)))) == READ


@pytest.mark.parametrize(
    "look",
    [
        new_look("office", np.random.default_rng(1)),
        new_look("copy", np.random.default_rng(2)),
        replace(new_look("copy", np.random.default_rng(3)), generations=2, mode="bilevel"),
        replace(new_look("copy", np.random.default_rng(4)), toner=0.6),
        new_look("fax", np.random.default_rng(5)),
    ],
    ids=["office", "copy", "bilevel second copy", "pale copy", "fax"],
)
def test_read_from_a_poor_scan(sheet: Gray, look: Look) -> None:
    assert read_cover(cleaned(scanned(sheet, look))) == READ


@pytest.mark.parametrize("box", QR_BOXES)
@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("down", [True, False])
def test_a_streak_through_one_code_leaves_the_other(sheet: Gray, box: Box, level: int, *, down: bool) -> None:
    page = sheet.copy()
    x, y, half = pixels(box.x + box.w / 2, DPI), pixels(box.y + box.h / 2, DPI), pixels(12.0, DPI)
    if down:
        page[:, x - half : x + half] = level
    else:
        page[y - half : y + half] = level
    assert read_cover(cleaned(page)) == READ


def test_codes_nobody_can_read_are_still_a_cover(sheet: Gray) -> None:
    page = sheet.copy()
    for box in QR_BOXES:
        x, y, side = pixels(box.x + 12, DPI), pixels(box.y + 12, DPI), pixels(26.0, DPI)
        page[y : y + side, x : x + side] = 255
    assert read_cover(cleaned(page)) == CoverPage(None)


def with_text(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gray:
    monkeypatch.setattr("pipeline.cover_sheets.printing.cover_text", lambda _: text)
    print_covers([COVER], tmp_path / "cover.pdf")
    return np.asarray(convert_from_path(tmp_path / "cover.pdf", dpi=DPI)[0].convert("L"), np.uint8)


def test_a_wrong_checksum_is_an_unreadable_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = cover_text(COVER).replace("000123", "000124")
    assert read_cover(cleaned(with_text(text, tmp_path, monkeypatch))) == CoverPage(None)


def test_somebody_elses_code_is_no_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_cover(cleaned(with_text("https://example.com/entry?id=123", tmp_path, monkeypatch))) is None


def test_no_form_is_taken_for_a_cover() -> None:
    library = load_library(PROJECT / "form_templates")
    found = {template.id: read_cover(clean(PageImage(1, library.reference(template.id), None, 300))) for template in library.templates}
    assert found
    assert {form for form, cover in found.items() if cover is not None} == set()
