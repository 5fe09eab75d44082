"""Colour, gray or bilevel; dark, pale or right."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.geometry import Colour, Gray
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.tone import Mode, Tone, judge_tone, measure_tone
from tests.scanner_check.drawn import DPI, PLAIN, found, mm, scanned


def seen(picture: Gray | Colour, dpi: float = DPI) -> Tone:
    tone = measure_tone(found(picture, dpi))
    assert tone is not None
    return tone


def levels(tone: Tone) -> tuple[Level, Level]:
    colour, tones = judge_tone(tone)
    return colour.level, tones.level


@pytest.mark.parametrize("mode", ["colour", "gray", "bilevel"])
@pytest.mark.parametrize("skew", [0.0, 4.0])
def test_the_mode_of_the_scan(sheet: Colour, mode: Mode, skew: float) -> None:
    assert seen(scanned(sheet, replace(PLAIN, mode=mode, skew_deg=skew)).pixels).mode == mode


def test_a_sheet_printed_black_and_white_is_gray_in_a_colour_file(sheet: Colour) -> None:
    gray = scanned(sheet).pixels
    assert seen(np.dstack([gray] * 3)).mode == "gray"


@pytest.mark.parametrize(("paper", "toner"), [(255, 1.0), (230, 0.8), (170, 1.0), (250, 0.45)])
def test_paper_and_black_have_the_levels_drawn(sheet: Colour, paper: int, toner: float) -> None:
    tone = seen(scanned(sheet, replace(PLAIN, paper=paper, toner=toner)).pixels)
    assert tone.paper == pytest.approx(paper, abs=2)
    assert tone.black == pytest.approx(paper * (1 - toner), abs=3)
    assert tone.middle == pytest.approx(0.5, abs=0.03)


def curve(picture: Gray, gamma: float, low: float = 0.0, high: float = 255.0) -> Gray:
    """Brighter for gamma below 1; tones below `low` are black, above `high` white."""
    share = ((picture.astype(np.float64) - low) / (high - low)).clip(0, 1)
    return np.asarray(255 * share**gamma, np.uint8)


@pytest.mark.parametrize(
    ("change", "level", "word"),
    [
        (lambda gray: gray, "good", "適正です"),
        (lambda gray: np.asarray(gray * 0.7, np.uint8), "fair", "地色が灰色です"),
        (lambda gray: np.asarray(gray * 0.5, np.uint8), "bad", "地色が灰色です"),
        (lambda gray: np.asarray(110 + gray * 0.56, np.uint8), "fair", "黒が薄く写っています"),
        (lambda gray: np.asarray(180 + gray * 0.29, np.uint8), "bad", "黒が薄く写っています"),
        (lambda gray: curve(gray, 4.0), "fair", "濃すぎて、灰色が黒くつぶれています"),
        (lambda gray: curve(gray, 0.1), "bad", "薄すぎて、灰色が白く飛んでいます"),
        (lambda gray: curve(gray, 1.0, 0.0, 150.0), "bad", "鉛筆や薄い字が消えます"),
    ],
    ids=["right", "gray paper", "dark paper", "pale", "too pale", "too dark", "too light", "burnt out"],
)
def test_tones_in_words(sheet: Colour, change: object, level: Level, word: str) -> None:
    assert callable(change)
    check = judge_tone(seen(change(scanned(sheet, Look()).pixels)))[1]
    assert check.level == level
    assert word in check.value
    assert bool(check.advice) == (level != "good")


@pytest.mark.parametrize(
    ("threshold", "level", "word"),
    [(40, "bad", "薄すぎます"), (130, "fair", "薄すぎます"), (180, "good", "適正です"), (235, "fair", "濃すぎます")],
)
def test_the_threshold_of_a_bilevel_scan(sheet: Colour, threshold: int, level: Level, word: str) -> None:
    picture = np.asarray(cv2.threshold(scanned(sheet, dpi=200).pixels, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8)
    tone = seen(picture, 200)
    assert tone.mode == "bilevel"
    check = judge_tone(tone)[1]
    assert check.level == level
    assert word in check.value


def test_what_is_said_about_colour(sheet: Colour) -> None:
    colour = scanned(sheet, replace(PLAIN, mode="colour")).pixels
    gray = np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.uint8)
    pale = np.asarray(0.3 * colour + 0.7 * np.dstack([gray] * 3), np.uint8)
    yellow = np.asarray(colour * (1.0, 0.97, 0.8), np.uint8)
    assert [levels(seen(picture))[0] for picture in (colour, gray, pale, yellow)] == ["good", "fair", "fair", "fair"]


def test_a_red_that_the_scanner_drops_is_told(sheet: Colour) -> None:
    """The red channel alone: what a scanner with red drop-out saves."""
    check = judge_tone(seen(np.ascontiguousarray(scanned(sheet, replace(PLAIN, mode="colour")).pixels[..., 0])))[0]
    assert check.level == "bad"
    assert "赤が写っていません" in check.value


def test_nothing_is_said_of_patches_that_are_cut_off(sheet: Colour) -> None:
    picture = np.ascontiguousarray(scanned(sheet, PLAIN).pixels[mm(85) :])
    tone = measure_tone(found(picture))
    assert tone is None
    assert [(check.code, check.level) for check in judge_tone(tone)] == [("colour", "unknown"), ("tone", "unknown")]
