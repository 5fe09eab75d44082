"""What the printed sheet shows, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest

from pipeline.errors import WrongUsage
from pipeline.geometry import A4_MM, Box, Colour
from pipeline.scanner_check.layout import (
    ACROSS_BANDS,
    ACROSS_BARS,
    DOWN_BANDS,
    DOWN_BARS,
    PATCH_BOXES,
    PATCHES,
    SLANT_MM,
    SLANTS,
    STEP_BOXES,
    STEPS,
    TAGS,
    TITLE,
    PatchName,
)
from pipeline.scanner_check.printing import print_sheet
from tests.scanner_check.drawn import PAGE_DPI, mm


def cut(sheet: Colour, box: Box) -> Colour:
    return sheet[mm(box.y, PAGE_DPI) : mm(box.bottom, PAGE_DPI), mm(box.x, PAGE_DPI) : mm(box.right, PAGE_DPI)]


def test_one_a4_page_the_same_bytes_every_time(pdf: Path, tmp_path: Path) -> None:
    print_sheet(tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()
    with pikepdf.open(pdf) as document:
        assert len(document.pages) == 1
        assert [float(side) / 72 * 25.4 for side in document.pages[0].mediabox[2:]] == pytest.approx(A4_MM, abs=0.01)
        assert document.docinfo["/Title"] == TITLE


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="書き込めません"):
        print_sheet(tmp_path / "nowhere" / "sheet.pdf")


@pytest.mark.parametrize("box", [*ACROSS_BANDS, *DOWN_BANDS])
def test_nothing_is_printed_in_the_bands(sheet: Colour, box: Box) -> None:
    assert int(cut(sheet, box).min()) == 255


@pytest.mark.parametrize("box", [*ACROSS_BARS, *DOWN_BARS])
def test_the_frame_is_black(sheet: Colour, box: Box) -> None:
    assert int(cut(sheet, box.grown(-0.3)).max()) == 0


@pytest.mark.parametrize("box", TAGS.values())
def test_a_tag_has_a_quiet_zone_of_a_module(sheet: Colour, box: Box) -> None:
    whole, inner = cut(sheet, box.grown(1.4)), cut(sheet, box.grown(0.2))
    assert int((whole < 255).sum()) == int((inner < 255).sum()) > 0


@pytest.mark.parametrize("place", SLANTS)
def test_a_slanted_square_stands_alone(sheet: Colour, place: tuple[float, float]) -> None:
    """Its ink is that of a full square, although a much larger window is looked at."""
    reach = SLANT_MM * 0.7 + 1.3
    window = cut(sheet, Box(place[0] - reach, place[1] - reach, 2 * reach, 2 * reach))
    ink = float((255 - window[..., 0].astype(float)).sum()) / 255 / (PAGE_DPI / 25.4) ** 2
    assert ink == pytest.approx(SLANT_MM**2, rel=0.02)


def test_the_gray_steps_have_their_levels(sheet: Colour) -> None:
    seen = [float(cut(sheet, box.grown(-1)).mean()) for box in STEP_BOXES]
    assert seen == pytest.approx(STEPS, abs=1)


@pytest.mark.parametrize("name", PATCHES)
def test_the_inks_have_their_colours(sheet: Colour, name: PatchName) -> None:
    seen = np.median(cut(sheet, PATCH_BOXES[name].grown(-1)).reshape(-1, 3), axis=0)
    assert seen.tolist() == pytest.approx(PATCHES[name], abs=1)
