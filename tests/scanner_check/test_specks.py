"""Specks drawn into the white bands, and what is no speck."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.geometry import Colour
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.specks import Specks, judge_specks, measure_specks
from pipeline.scanner_check.streaks import measure_streaks
from tests.scanner_check.drawn import found, mm, scanned, streaked

PLACES = ((40, 25), (70, 148), (150, 272), (25, 60), (185, 230))


def test_specks_are_counted_and_measured(sheet: Colour) -> None:
    picture = scanned(sheet, Look(noise=3.0), 300).pixels.copy()
    for x, y in PLACES:
        cv2.circle(picture, (mm(x, 300), mm(y, 300)), mm(0.3, 300), 40, -1)
    cv2.circle(picture, (mm(100, 300), mm(220, 300)), mm(0.5, 300), 0, -1)  # outside the bands: may be print
    cv2.circle(picture, (mm(100, 300), mm(25, 300)), 1, 40, -1)  # 0.2 mm: dust
    specks = measure_specks(found(picture, 300), [])
    assert specks.count == len(PLACES)
    assert specks.largest_mm == pytest.approx(0.6, abs=0.1)
    assert specks.on_a_page == pytest.approx(len(PLACES) * 210 * 297 / specks.area_mm2)


@pytest.mark.parametrize("look", [Look(), Look(noise=4.0), Look(skew_deg=4.0, background=60), Look(rotation=90, mode="bilevel")])
def test_a_clean_scan_has_none(sheet: Colour, look: Look) -> None:
    specks = measure_specks(found(scanned(sheet, look, 200).pixels, 200), [])
    assert specks.count == 0
    assert specks.area_mm2 > 4000


def test_a_streak_is_not_counted_as_specks(sheet: Colour) -> None:
    scan = found(np.ascontiguousarray(streaked(scanned(sheet).pixels, 77.0, 0.8, 200.0)))
    assert measure_specks(scan, []).count > 0
    assert measure_specks(scan, measure_streaks(scan)).count == 0


@pytest.mark.parametrize(
    ("specks", "level"),
    [(Specks(0, 5000, 0), "good"), (Specks(1, 5000, 0.4), "good"), (Specks(4, 5000, 0.4), "fair"), (Specks(20, 5000, 2.0), "bad")],
)
def test_what_is_said(specks: Specks, level: Level) -> None:
    check = judge_specks(specks)
    assert check.level == level
    assert (check.value == "ありません") == (specks.count == 0)
    assert judge_specks(Specks(0, 0.0, 0.0)).level == "unknown"
