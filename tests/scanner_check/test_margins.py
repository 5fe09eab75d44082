"""Edges cut off by the picture, and edges made white."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.geometry import Colour
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.layout import SIDES, Side
from pipeline.scanner_check.margins import Margins, judge_margins, measure_margins
from tests.scanner_check.drawn import PLAIN, found, mm, scanned

NOTHING: dict[Side, float] = dict.fromkeys(SIDES, 0.0)


def without(picture: Colour, side: Side, depth: float) -> Colour:
    cut = mm(depth)
    height, width = picture.shape[:2]
    rows = slice(cut if side == "top" else 0, height - (cut if side == "bottom" else 0))
    columns = slice(cut if side == "left" else 0, width - (cut if side == "right" else 0))
    return np.ascontiguousarray(picture[rows, columns])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("depth", [0.0, 1.0, 4.0, 9.0, 15.0])
def test_a_side_cut_off(sheet: Colour, side: Side, depth: float) -> None:
    missing = measure_margins(found(without(scanned(sheet).pixels, side, depth))).missing
    assert missing == pytest.approx(NOTHING | {side: depth}, abs=0.15)


@pytest.mark.parametrize(("rotation", "side"), [(90, "bottom"), (180, "right"), (270, "top")])
def test_the_side_is_that_of_the_sheet_however_it_lay(sheet: Colour, rotation: int, side: Side) -> None:
    """The picture's left is cut; turned clockwise by 90 degrees the sheet's bottom is there."""
    picture = without(scanned(sheet, Look(rotation=rotation)).pixels, "left", 6.0)
    assert measure_margins(found(picture)).missing == pytest.approx(NOTHING | {side: 6.0}, abs=0.15)


def test_the_deepest_place_of_an_oblique_cut_counts(sheet: Colour) -> None:
    """At 2 degrees the corners are 297 / 2 * sin 2 = 5.2 mm beside, and 210 / 2 * sin 2 = 3.7 mm above or below."""
    missing = measure_margins(found(scanned(sheet, Look(skew_deg=2.0)).pixels)).missing
    assert missing == pytest.approx({"left": 5.1, "right": 5.1, "top": 3.6, "bottom": 3.6}, abs=0.25)


def test_more_than_the_sheet_is_nothing_missing(sheet: Colour) -> None:
    picture = scanned(sheet, Look(edge_mm=10, background=60)).pixels
    assert measure_margins(found(picture)).missing == pytest.approx(NOTHING, abs=0.1)


@pytest.mark.parametrize("side", SIDES)
def test_an_edge_made_white_by_the_scanner(sheet: Colour, side: Side) -> None:
    picture, erased = scanned(sheet, PLAIN).pixels.copy(), mm(9)
    {"left": picture[:, :erased], "right": picture[:, -erased:], "top": picture[:erased], "bottom": picture[-erased:]}[side][:] = 255
    measured = measure_margins(found(picture))
    assert measured.white == pytest.approx(NOTHING | {side: 9.0}, abs=0.3)
    assert measured.missing == pytest.approx(NOTHING, abs=0.1)
    assert [check.level for check in judge_margins(measured)] == ["good", "fair"]


def test_where_the_picture_ends_before_the_ladders_nothing_is_known_of_them(sheet: Colour) -> None:
    assert measure_margins(found(without(scanned(sheet).pixels, "left", 15.0))).white["left"] is None


@pytest.mark.parametrize(
    ("missing", "level", "words"),
    [
        (NOTHING, "good", "切れていません"),
        (NOTHING | {"left": 1.9}, "good", "切れていません"),
        (NOTHING | {"right": 3.2}, "fair", "右側 3 mm が切れています"),
        (NOTHING | {"top": 8.0, "bottom": 2.6}, "bad", "上側 8 mm、下側 3 mm が切れています"),
    ],
)
def test_what_is_said(missing: dict[Side, float], level: Level, words: str) -> None:
    white: dict[Side, float | None] = dict.fromkeys(SIDES)
    cropped, erased = judge_margins(Margins(missing, white))
    assert (cropped.level, cropped.value) == (level, words)
    assert bool(cropped.advice) == (level != "good")
    assert erased.level == "unknown"
