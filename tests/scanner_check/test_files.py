"""Files: every side that is the sheet is measured, the others are named, what cannot be used is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.drawing.looks import Look
from pipeline.errors import WrongUsage
from pipeline.geometry import Colour
from pipeline.scanner_check.files import Report, check_file
from pipeline.settings import PROJECT, Limits
from tests.scanner_check.drawn import DPI, scanned

STRIP_OFFSETS, STRIP_LENGTHS = 273, 279
LETTER = np.full((1754, 1240), 250, np.uint8)


def levels(report: Report, page: int = 0) -> dict[str, str]:
    return {check.code: check.level for check in report.diagnoses[page].checks}


def measured(report: Report, code: str, page: int = 0) -> dict[str, object]:
    return next(check.measured for check in report.diagnoses[page].checks if check.code == code)


@pytest.mark.parametrize("ending", ["pdf", "tif", "jpg", "png"])
def test_every_kind_of_file(sheet: Colour, tmp_path: Path, ending: str) -> None:
    picture = Image.fromarray(scanned(sheet, Look(mode="colour", noise=2.0), 200).pixels)
    file = tmp_path / f"scan.{ending}"
    picture.save(file, **({"resolution": 200} if ending == "pdf" else {"dpi": (200, 200)}))
    report = check_file(file, Limits())
    assert [diagnosis.page for diagnosis in report.diagnoses] == [1]
    assert report.others == ()
    assert report.level == "fair"
    assert levels(report) == {
        "resolution": "fair",
        "stated_resolution": "good",
        "evenness": "good",
        "skew": "good",
        "orientation": "good",
        "cropped": "good",
        "erased_margin": "good",
        "colour": "good",
        "tone": "good",
        "sharpness": "good",
        "streaks": "good",
        "specks": "good",
    }


def test_a_bilevel_fax_tiff(sheet: Colour, tmp_path: Path) -> None:
    picture = Image.fromarray(scanned(sheet, Look(mode="bilevel"), 200).pixels).convert("1", dither=Image.Dither.NONE)
    picture.save(tmp_path / "fax.tif", compression="group4", dpi=(200, 200))
    report = check_file(tmp_path / "fax.tif", Limits())
    assert measured(report, "colour")["mode"] == "bilevel"
    assert levels(report)["sharpness"] == "unknown"
    assert report.level == "fair"


def test_every_side_of_a_file_is_looked_at(sheet: Colour, tmp_path: Path) -> None:
    sides = [scanned(sheet, Look(rotation=180)).pixels, LETTER, scanned(sheet, Look(skew_deg=-4.5)).pixels]
    first, *rest = [Image.fromarray(side) for side in sides]
    first.save(tmp_path / "stack.tif", save_all=True, append_images=rest, dpi=(DPI, DPI))
    report = check_file(tmp_path / "stack.tif", Limits())
    assert [diagnosis.page for diagnosis in report.diagnoses] == [1, 3]
    assert [(other.page, other.code) for other in report.others] == [(2, "not_the_sheet")]
    assert measured(report, "orientation")["rotation_deg"] == 180
    assert measured(report, "skew", 1)["skew_deg"] == pytest.approx(-4.5, abs=0.03)
    assert report.level == "bad"


def spoilt(file: Path, *frames: Image.Image, broken: int) -> Path:
    """A TIFF of these frames, the content of one of which (from 0) is destroyed."""
    frames[0].save(file, save_all=True, append_images=frames[1:], dpi=(200, 200), compression="tiff_adobe_deflate")
    with Image.open(file) as picture:
        picture.seek(broken)
        tags = getattr(picture, "tag_v2", {})
        start, length = tags[STRIP_OFFSETS][0], tags[STRIP_LENGTHS][0]
    content = bytearray(file.read_bytes())
    content[start : start + length] = b"\xff" * length
    file.write_bytes(content)
    return file


def test_a_side_that_cannot_be_read_is_named_and_makes_the_scan_unfit(sheet: Colour, tmp_path: Path) -> None:
    frames = [Image.fromarray(picture) for picture in (scanned(sheet, Look(mode="colour"), 200).pixels, LETTER)]
    report = check_file(spoilt(tmp_path / "stack.tif", *frames, broken=1), Limits())
    assert [(other.page, other.code) for other in report.others] == [(2, "page_unreadable")]
    assert report.diagnoses[0].level != "bad"
    assert report.level == "bad"


def test_a_resolution_that_is_not_true_is_told(sheet: Colour, tmp_path: Path) -> None:
    Image.fromarray(scanned(sheet, dpi=200).pixels).save(tmp_path / "scan.png", dpi=(300, 300))
    report = check_file(tmp_path / "scan.png", Limits())
    assert levels(report)["stated_resolution"] == "bad"
    assert measured(report, "resolution")["across_dpi"] == pytest.approx(200, abs=0.5)
    Image.fromarray(scanned(sheet, dpi=200).pixels).save(tmp_path / "scan.png")
    assert levels(check_file(tmp_path / "scan.png", Limits()))["stated_resolution"] == "fair"


def test_the_original_nobody_has_printed_is_refused(pdf: Path) -> None:
    with pytest.raises(WrongUsage, match="原本"):
        check_file(pdf, Limits())


def test_other_papers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="スキャナー診断票ではありません"):
        check_file(PROJECT / "sample_scans" / "05-typed-png-plain" / "scan-4.png", Limits())
    Image.fromarray(LETTER).save(tmp_path / "letter.pdf")
    with pytest.raises(WrongUsage, match=r"letter.pdf はスキャナー診断票ではありません.*--sheet"):
        check_file(tmp_path / "letter.pdf", Limits())


def test_what_is_no_scan_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("メモ", encoding="utf-8")
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    for name in ("note.txt", "empty.pdf", "broken.png"):
        with pytest.raises(WrongUsage, match=name):
            check_file(tmp_path / name, Limits())
    with pytest.raises(WrongUsage, match="ありません"):
        check_file(tmp_path / "nowhere.pdf", Limits())
    with pytest.raises(WrongUsage):
        check_file(tmp_path, Limits())


def test_a_file_of_unreadable_sides_says_so(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="1ページ目の画像を読み取れません"):
        check_file(spoilt(tmp_path / "scan.tif", Image.fromarray(LETTER), broken=0), Limits())


def test_the_limits_hold(sheet: Colour, tmp_path: Path) -> None:
    Image.fromarray(scanned(sheet).pixels).save(tmp_path / "scan.png")
    with pytest.raises(WrongUsage, match="大きすぎます"):
        check_file(tmp_path / "scan.png", Limits(page_pixels=1_000_000))


@pytest.mark.parametrize("file", sorted(path.name for path in (PROJECT / "sample_scans" / "bad").iterdir() if path.suffix != ".json"))
def test_damaged_files_end_with_a_sentence(file: str) -> None:
    with pytest.raises(WrongUsage, match="。"):
        check_file(PROJECT / "sample_scans" / "bad" / file, Limits())
