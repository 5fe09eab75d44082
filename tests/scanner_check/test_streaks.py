"""Streaks of known place, width and strength."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.drawing.looks import Look, new_look
from pipeline.geometry import Colour
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.streaks import Streak, judge_streaks, measure_streaks
from tests.scanner_check.drawn import found, mm, scanned, streaked


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("width_mm", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("skew", [0.0, -4.0])
def test_a_dark_streak_is_found_where_it_is(sheet: Colour, dpi: int, width_mm: float, skew: float) -> None:
    picture = streaked(scanned(sheet, Look(noise=2.0, skew_deg=skew), dpi).pixels, 83.0, width_mm, 110.0, dpi)
    (streak,) = measure_streaks(found(picture, dpi))
    assert streak.way == "down"
    assert streak.at_mm == pytest.approx(83.0, abs=0.15)
    assert streak.width_mm == pytest.approx(width_mm, abs=25.4 / dpi + 0.05)
    assert streak.levels > 40


def test_a_light_streak_shows_in_the_black_frame(sheet: Colour) -> None:
    (streak,) = measure_streaks(found(streaked(scanned(sheet).pixels, 120.0, 0.5, -120.0)))
    assert (streak.way, round(streak.at_mm)) == ("down", 120)
    assert streak.levels < -60


@pytest.mark.parametrize(("rotation", "way"), [(0, "across"), (90, "across"), (180, "down"), (270, "down")])
def test_streaks_follow_the_picture_and_not_the_sheet(sheet: Colour, rotation: int, way: str) -> None:
    picture = scanned(sheet, Look(rotation=rotation, noise=2.0)).pixels
    drawn = streaked(picture.T, 60.0, 0.4, 90.0).T if way == "across" else streaked(picture, 60.0, 0.4, 90.0)
    (streak,) = measure_streaks(found(np.ascontiguousarray(drawn)))
    assert streak.way == way
    assert streak.at_mm == pytest.approx(60.0, abs=0.15)


def test_several_are_told_apart(sheet: Colour) -> None:
    picture = streaked(streaked(streaked(scanned(sheet).pixels, 50.0, 0.2, 100.0), 52.0, 0.2, 100.0), 160.0, 0.2, 100.0)
    assert [round(streak.at_mm) for streak in measure_streaks(found(picture))] == [50, 52, 160]


def test_a_bilevel_scan_shows_streaks_too(sheet: Colour) -> None:
    picture = streaked(scanned(sheet, dpi=200).pixels, 99.0, 0.3, 200.0, 200)
    bilevel = np.asarray(cv2.threshold(picture, 158, 255, cv2.THRESH_BINARY)[1], np.uint8)
    (streak,) = measure_streaks(found(bilevel, 200))
    assert streak.at_mm == pytest.approx(99.0, abs=0.2)


@pytest.mark.parametrize("preset", ["clean", "office", "copy", "fax"])
@pytest.mark.parametrize("seed", range(3))
def test_none_is_made_up(sheet: Colour, preset: str, seed: int) -> None:
    look = replace(new_look(preset, np.random.default_rng(seed)), skew_deg=3.0 * (seed - 1))
    assert measure_streaks(found(scanned(sheet, look, 200).pixels, 200)) == []


def test_a_blot_in_one_band_is_no_streak(sheet: Colour) -> None:
    picture = scanned(sheet).pixels.copy()
    picture[mm(22) : mm(28), mm(90) : mm(92)] = 30
    assert measure_streaks(found(picture)) == []


def test_a_shadow_that_changes_slowly_is_no_streak(sheet: Colour) -> None:
    picture = scanned(sheet).pixels
    shade = 1 - 0.3 * np.sin(np.linspace(0, 3, picture.shape[1]))
    assert measure_streaks(found((picture * shade).astype(np.uint8))) == []


DARK, FAINT, LIGHT = Streak("down", 83.2, 0.34, 90.0), Streak("across", 12.0, 0.05, 12.0), Streak("down", 40.0, 1.0, -70.0)


@pytest.mark.parametrize(
    ("streaks", "level", "words"),
    [
        ([], "good", "ありません"),
        ([DARK], "bad", "1 本　画像の左から 83 mm に縦すじ（幅約 0.3 mm）"),
        ([FAINT], "fair", "1 本　画像の上から 12 mm に薄い横すじ（幅約 0.1 mm）"),
        ([LIGHT, DARK], "bad", "2 本　画像の左から 40 mm に白い縦すじ（幅約 1.0 mm）、画像の左から 83 mm に縦すじ（幅約 0.3 mm）"),
    ],
)
def test_what_is_said(streaks: list[Streak], level: Level, words: str) -> None:
    check = judge_streaks(streaks)
    assert (check.level, check.value) == (level, words)
    assert bool(check.advice) == bool(streaks)
