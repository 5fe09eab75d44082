"""Resolution and evenness, measured on drawn scans and put into words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from pipeline.drawing.looks import Look
from pipeline.geometry import Colour
from pipeline.ingest import open_scan
from pipeline.pages import page_images
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.finding import find_sheet
from pipeline.scanner_check.resolution import Resolution, judge_resolution, measure_resolution
from pipeline.settings import Limits
from tests.scanner_check.drawn import found, scanned


@pytest.mark.parametrize("dpi", [150, 200, 300, 400, 600])
def test_the_true_resolution_is_measured_whatever_the_file_states(sheet: Colour, dpi: int) -> None:
    measured = measure_resolution(found(scanned(sheet, dpi=dpi).pixels, dpi, (72.0, 72.0)))
    assert measured.true == pytest.approx((dpi, dpi), rel=0.002)
    assert measured.stated == (72.0, 72.0)


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_stretched_feed_shows_down_the_feed(sheet: Colour, rotation: int) -> None:
    """The sheet's height is 3 % too long; it runs down the picture, or across when the sheet lay on its side."""
    picture = scanned(sheet, Look(feed_stretch=1.03, rotation=rotation), 200).pixels
    measured = measure_resolution(found(picture, 200))
    truth = (200.0, 206.0) if rotation == 0 else (206.0, 200.0)
    assert measured.true == pytest.approx(truth, rel=0.002)
    assert measured.unevenness == pytest.approx(0.0296, abs=0.003)


def test_a_fax_with_lines_half_as_dense_is_measured_in_its_own_lines(sheet: Colour, tmp_path: Path) -> None:
    picture = Image.fromarray(scanned(sheet, dpi=200).pixels)
    picture.resize((picture.width, picture.height // 2)).save(tmp_path / "fax.tif", dpi=(200, 100))
    scan = open_scan(tmp_path / "fax.tif", Limits(), received=date(2026, 11, 24))
    sheet_scan = find_sheet(next(page_images(scan, Limits())))
    assert sheet_scan is not None
    measured = measure_resolution(sheet_scan)
    assert measured.true == pytest.approx((200, 100), rel=0.005)
    assert measured.ratios == pytest.approx((1.0, 1.0), rel=0.005)
    assert [check.level for check in judge_resolution(measured)] == ["bad", "good", "good"]


@pytest.mark.parametrize(
    ("true", "stated", "off_mm", "levels"),
    [
        ((300, 300), (300, 300), 0.1, ("good", "good", "good")),
        ((291, 291), (300, 300), 0.1, ("good", "fair", "good")),
        ((200, 200), (200, 200), 0.1, ("fair", "good", "good")),
        ((150, 150), (150, 150), 0.1, ("bad", "good", "good")),
        ((200, 200), (300, 300), 0.1, ("fair", "bad", "good")),
        ((1200, 1200), (1200, 1200), 0.1, ("fair", "good", "good")),
        ((300, 300), (0, 0), 0.1, ("good", "fair", "good")),
        ((300, 300), (1, 1), 0.1, ("good", "fair", "good")),
        ((300, 306), (300, 300), 0.1, ("good", "fair", "fair")),
        ((300, 320), (300, 300), 0.1, ("good", "fair", "bad")),
        ((300, 300), (300, 300), 0.9, ("good", "good", "fair")),
        ((300, 300), (300, 300), 2.0, ("good", "good", "bad")),
    ],
)
def test_what_is_said(true: tuple[float, float], stated: tuple[float, float], off_mm: float, levels: tuple[Level, ...]) -> None:
    checks = judge_resolution(Resolution(true, stated, off_mm))
    assert tuple(check.level for check in checks) == levels
    assert [bool(check.advice) for check in checks] == [level != "good" for level in levels]


def test_the_sentence_names_both_resolutions() -> None:
    enough, stated, _ = judge_resolution(Resolution((200.2, 199.6), (300.0, 300.0), 0.0))
    assert enough.value == "横 200 dpi・縦 200 dpi（実測）"
    assert stated.value == "記載は 300 dpi、実測はその 66.7 %・66.5 % です"
