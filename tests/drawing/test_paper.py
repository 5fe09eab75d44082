from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.drawing.looks import PRESETS, Look, Mode, new_look
from pipeline.drawing.paper import drawing_dpi, scan
from pipeline.errors import WrongUsage
from pipeline.geometry import A4_MM, MM_PER_INCH, Colour, map_points, pixels

MARKS = np.array([[25.0, 30.0], [180.0, 25.0], [190.0, 270.0], [20.0, 280.0], [105.0, 150.0]])
"""Middles of black squares, mm."""
SIDE_MM = 4.0


def marked_page(dpi: int) -> Colour:
    page = np.full((pixels(A4_MM[1], dpi), pixels(A4_MM[0], dpi), 3), 255, np.uint8)
    for x, y in MARKS - SIDE_MM / 2:
        page[pixels(y, dpi) : pixels(y + SIDE_MM, dpi), pixels(x, dpi) : pixels(x + SIDE_MM, dpi)] = 0
    page.setflags(write=False)
    return page


def drawn_middle(page: Colour, place: np.ndarray[tuple[int, ...], np.dtype[np.float64]], per_mm: float) -> list[float]:
    """Middle of the dark spot within 4 mm of `place` (pixels), its edges counted as in `scan_from_page`."""
    reach = round(4 * per_mm)
    x, y = (round(float(value)) for value in place)
    window = 255.0 - page[y - reach : y + reach, x - reach : x + reach].astype(np.float64)
    window[window < 120] = 0
    rows, columns = np.indices(window.shape) + 0.5
    return [float((window * columns).sum() / window.sum()) + x - reach, float((window * rows).sum() / window.sum()) + y - reach]


LOOKS = [
    (Look(), 150),
    (Look(skew_deg=4.0, feed_offset_mm=(1.5, -2.0)), 200),
    (Look(skew_deg=-3.3, print_scale=(0.94, 0.95), print_offset_mm=(2.0, 1.0), rotation=90, edge_mm=3.0, background=40), 300),
    (Look(skew_deg=1.0, rotation=180, feed_stretch=1.004, generations=2, copy_turn_deg=-0.7), 300),
    (Look(skew_deg=-0.5, rotation=270, light=0.08, noise=2.0, mode="bilevel"), 600),
    (Look(print_scale=(0.98, 0.98), mode="fax"), 200),
]


@pytest.mark.parametrize(("look", "dpi"), LOOKS)
def test_the_matrix_says_where_the_print_is(look: Look, dpi: int) -> None:
    side = scan(marked_page(drawing_dpi(dpi)), drawing_dpi(dpi), look, np.random.default_rng(7), dpi=dpi)
    per_mm = dpi / MM_PER_INCH
    wanted = map_points(side.scan_from_page, MARKS)
    found = np.array([drawn_middle(side.pixels, place, per_mm) for place in wanted])
    assert np.abs(found - wanted).max() / per_mm < 0.1
    assert side.rotation == look.rotation
    assert abs(side.skew_deg - look.skew_deg - look.copy_turn_deg) < 0.05


def test_only_the_sideways_page_is_wide() -> None:
    page, rng = marked_page(300), np.random.default_rng(1)
    shapes = [scan(page, 300, Look(rotation=turn), rng, dpi=150).pixels.shape for turn in (0, 90, 180, 270)]
    assert [height < width for height, width in shapes] == [False, True, False, True]


@pytest.mark.parametrize("mode", ["bilevel", "fax"])
def test_a_bilevel_scan_has_two_levels(mode: Mode) -> None:
    side = scan(marked_page(300), 300, replace(Look(light=0.1, noise=3.0), mode=mode), np.random.default_rng(1), dpi=200)
    assert side.bilevel
    assert set(np.unique(side.pixels)) == {0, 255}


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_seed_gives_the_same_scan_and_another_does_not(preset: str) -> None:
    page = marked_page(300)
    first, again, other = (
        scan(page, 300, new_look(preset, rng), rng, dpi=100) for rng in (np.random.default_rng(seed) for seed in (4, 4, 5))
    )
    assert (first.pixels == again.pixels).all()
    assert first.pixels.shape != other.pixels.shape or (first.pixels != other.pixels).any()


def test_what_stands_on_the_back_shows_mirrored_and_faint() -> None:
    front = np.full_like(marked_page(300), 255)
    side = scan(front, 300, Look(show_through=0.1), np.random.default_rng(1), dpi=300, back=marked_page(300))
    x, y = pixels(A4_MM[0] - 105.0, 300), pixels(150.0, 300)
    assert 215 < side.pixels[y, x] < 240
    assert side.pixels[pixels(60, 300), pixels(60, 300)] == 255


def test_an_unknown_kind_of_paper_is_refused() -> None:
    with pytest.raises(WrongUsage, match="羊皮紙"):
        new_look("羊皮紙", np.random.default_rng(0))
