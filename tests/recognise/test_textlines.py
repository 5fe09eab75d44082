"""Lines out of dense, sloped, bent and touching writing, drawn so that each line's ink is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.drawing import fonts
from pipeline.recognise.lines import INK_LEVEL, components
from pipeline.recognise.straighten import character_height, straightening
from pipeline.recognise.textlines import lines_of, seam, split_lines
from pipeline.register import PAGE_DPI
from tests.recognise.dense import DensePage, Layout, dense_page
from tests.recognise.drawn import drawn_line, stacked

LAYOUTS = {
    "usual": Layout(lines=4, pitch=1.25),
    "dense": Layout(lines=6, pitch=1.08),
    "touching": Layout(lines=5, pitch=0.98),
    "rising": Layout(lines=4, pitch=1.25, slope=-0.05),
    "falling": Layout(lines=4, pitch=1.2, slope=0.04),
    "fanned": Layout(lines=4, pitch=1.3, fan=0.006),
    "bent": Layout(lines=4, pitch=1.2, bend=0.6),
    "short": Layout(lines=3, pitch=1.2, width_mm=14),
    "broken": Layout(lines=3, pitch=1.3, em_mm=3.4, bilevel=True),
}
hands = pytest.mark.skipif(not fonts.installed(fonts.HAND_FONTS), reason="no handwriting-like font is installed")


def page_of(name: str, seed: int) -> DensePage:
    return dense_page(LAYOUTS[name], 0.5, seed)


@hands
@pytest.mark.parametrize("seed", [41, 42, 43])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_line_is_found_and_keeps_its_ink(name: str, seed: int) -> None:
    page = page_of(name, seed)
    numbers = lines_of(page.image)
    assert numbers.max() == len(page.masks)
    shares = [float((numbers[mask] == place).mean()) for place, mask in enumerate(page.masks, 1)]
    assert min(shares) > (0.85 if name == "touching" else 0.93)


@hands
@pytest.mark.parametrize("name", ["usual", "touching", "rising", "broken"])
def test_every_pixel_of_ink_is_in_exactly_one_line(name: str) -> None:
    page = page_of(name, 51)
    ink = page.image < INK_LEVEL
    numbers = lines_of(page.image)
    assert ((numbers > 0) == ink).all()
    lines = split_lines(page.image)
    assert len(lines) == len(page.masks)
    assert sum(int((line < INK_LEVEL).sum()) for line in lines) == int(ink.sum())


@hands
def test_a_stroke_that_stands_in_one_line_is_not_cut() -> None:
    page = page_of("usual", 52)
    labels, stats = components(page.image < INK_LEVEL)
    numbers = lines_of(page.image)
    tall = 1.2 * character_height(page.image < INK_LEVEL, PAGE_DPI)
    for stroke in np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] <= tall):
        assert len(np.unique(numbers[labels == stroke])) == 1


@hands
def test_a_rising_line_is_set_level() -> None:
    rising, level = (split_lines(page_of(name, 53).image) for name in ("rising", "usual"))
    assert max(line.shape[0] for line in rising) < 1.5 * max(line.shape[0] for line in level)
    assert max(line.shape[1] for line in rising) > 900  # 90 mm that rise by 0.05 would stand 53 pixels higher at the end


@hands
def test_slope_and_bend_are_measured() -> None:
    page = dense_page(Layout(lines=5, slope=0.06), 0.4, 54)
    mask = page.image < INK_LEVEL
    shift = straightening(mask, character_height(mask, PAGE_DPI))
    assert np.diff(shift).mean() == pytest.approx(-0.06, abs=0.012)
    flat = dense_page(Layout(lines=5), 0.4, 54).image < INK_LEVEL
    assert np.abs(np.diff(straightening(flat, character_height(flat, PAGE_DPI)))).max() < 0.02


def test_one_character_on_the_last_line_is_a_line() -> None:
    assert len(split_lines(stacked([drawn_line("応対品質の評価を担当した"), drawn_line("る")]))) == 2


@pytest.mark.parametrize("text", ["二三件の応対", "ニュース三二", "、。・ー一"])
def test_strokes_above_each_other_are_one_line(text: str) -> None:
    assert len(split_lines(drawn_line(text))) == 1


def test_a_seam_goes_round_the_ink() -> None:
    ink = np.zeros((40, 60), np.bool_)
    ink[:22, 10:20] = True
    ink[16:, 35:45] = True
    path = seam(ink, np.full(60, 5.0), np.full(60, 35.0))
    assert not ink[path, np.arange(60)].any()
    assert (path[12:18] >= 22).all() and (path[37:43] < 16).all()
