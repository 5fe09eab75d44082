"""Sharpness: the half-contrast frequency of edges whose blur is known."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from pipeline.geometry import Colour
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.sharpness import Sharpness, judge_sharpness, measure_sharpness, mtf50
from tests.scanner_check.drawn import DPI, found, mm, scanned


def half_contrast(sigma: float) -> float:
    """Where exp(-2 (pi sigma f)^2) is a half."""
    return math.sqrt(math.log(2) / 2) / (math.pi * sigma)


@pytest.mark.parametrize("sigma", [0.6, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("angle", [5.0, 10.0, 15.0])
def test_the_blur_of_an_edge_is_measured_in_pixels(sigma: float, angle: float) -> None:
    """An edge drawn as the exact integral of a Gaussian, with noise."""
    rows, columns = np.mgrid[0:120, 0:60]
    distance = (columns - 30) * math.cos(math.radians(angle)) + (rows - 60) * math.sin(math.radians(angle))
    tones = 20 + 220 * 0.5 * (1 + np.vectorize(math.erf)(distance / sigma / math.sqrt(2)))
    noisy = (tones + np.random.default_rng(3).normal(0, 2, tones.shape)).clip(0, 255).astype(np.uint8)
    near = np.abs(distance) < 20
    measured = mtf50(noisy[near], distance[near], 1.0)
    assert measured == pytest.approx(half_contrast(sigma), rel=0.04)


def test_no_edge_has_no_sharpness() -> None:
    distances = np.linspace(-10, 10, 2000)
    assert mtf50(np.full(2000, 200, np.uint8), distances, 1.0) is None


@pytest.mark.parametrize("blur_mm", [0.12, 0.2, 0.3])
def test_a_blurred_scan_is_measured_in_pairs_of_lines(sheet: Colour, blur_mm: float) -> None:
    """The blur is wide against the pixels of 300 dpi, so that it alone decides; in one direction only, the other stays sharp."""
    sigma = blur_mm * 300 / 25.4
    both = np.asarray(cv2.GaussianBlur(sheet[..., 0], (0, 0), sigma), np.uint8)
    measured = measure_sharpness(found(both, 300))
    assert (measured.across, measured.down) == pytest.approx((half_contrast(blur_mm), half_contrast(blur_mm)), rel=0.08)
    across = np.asarray(cv2.GaussianBlur(sheet[..., 0], (0, 0), sigmaX=sigma, sigmaY=0.3), np.uint8)
    lopsided = measure_sharpness(found(across, 300))
    assert lopsided.across == pytest.approx(half_contrast(blur_mm), rel=0.08)
    assert lopsided.down > 2 * lopsided.across


def test_a_place_that_is_softer_than_the_rest_is_named(sheet: Colour) -> None:
    picture = np.array(sheet[..., 0])
    corner = (slice(mm(235, 300), mm(275, 300)), slice(mm(178, 300), mm(210, 300)))
    picture[corner] = cv2.GaussianBlur(picture[corner], (0, 0), 0.15 * 300 / 25.4)
    measured = measure_sharpness(found(picture, 300))
    place, share = measured.softest
    assert place == (197.0, 255.0)
    assert share < 0.5
    check = judge_sharpness(measured, bilevel=False)
    assert check.level == "fair"
    assert "用紙の下右だけ特に" in check.value


def test_places_outside_the_picture_are_left_out(sheet: Colour) -> None:
    picture = np.ascontiguousarray(scanned(sheet).pixels[:, mm(15) :])
    assert set(measure_sharpness(found(picture, DPI)).places) == {
        (197.0, 40.0),
        (46.0, 132.0),
        (105.0, 132.0),
        (164.0, 132.0),
        (197.0, 255.0),
    }


@pytest.mark.parametrize(
    ("pairs", "level"), [((3.5, 3.4), "good"), ((3.0, 1.9), "fair"), ((1.6, 1.6), "fair"), ((1.1, 3.0), "bad"), ((0.6, 0.7), "bad")]
)
def test_what_is_said(pairs: tuple[float, float], level: Level) -> None:
    check = judge_sharpness(Sharpness({(105.0, 132.0): pairs}), bilevel=False)
    assert check.level == level
    assert f"横 {pairs[0]:.1f} 組・縦 {pairs[1]:.1f} 組" in check.value
    assert bool(check.advice) == (level != "good")


def test_nothing_is_claimed_about_two_levels_or_nothing() -> None:
    assert judge_sharpness(Sharpness({(105.0, 132.0): (9.0, 9.0)}), bilevel=True).level == "unknown"
    assert judge_sharpness(Sharpness({}), bilevel=False).level == "unknown"
