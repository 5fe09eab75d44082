"""Struck-out words taken out of lines of text: drawn ones, and plain writing that must stay as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.decide.texts import decide_text
from pipeline.drawing import fonts
from pipeline.drawing.hand import Hand, new_hand, text_width, write_line
from pipeline.drawing.ink import BALLPOINT, Canvas, smooth
from pipeline.drawing.marks import strike_out
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.geometry import Box, Gray, pixels
from pipeline.recognise.lines import INK_LEVEL, trimmed
from pipeline.recognise.scripted import ScriptedReader
from pipeline.recognise.strikeouts import struck_spans, without_struck
from pipeline.recognise.text import plan_field, read_plans
from pipeline.recognise.textlines import split_lines
from pipeline.register import PAGE_DPI
from tests.recognise.dense import Layout, dense_page
from tests.test_decide import READERS

EM = 4.2
THIRD_MM = 1.4
"""A third of a character: a cut within it falls into the gap between two, or is not seen by a reader."""
HANDS = tuple(name for name in fonts.installed(fonts.HAND_FONTS) if name != "yusei")
"""Without Yusei Magic, a marker: its letters touch the ends of a strike, which then takes a neighbouring character along."""
pytestmark = pytest.mark.skipif(not HANDS, reason="no handwriting-like font is installed")


def struck_line(name: str, before: str, struck: str, after: str, *, single: bool = False) -> tuple[Gray, tuple[float, float]]:
    """A hand-written line with a struck word in it, and the word's first and last column in the trimmed line, pixels."""
    rng = np.random.default_rng(7)
    hand = new_hand(fonts.font_file(name), 0.5, rng)
    canvas = Canvas(np.full((pixels(12, PAGE_DPI), pixels(120, PAGE_DPI), 3), 255, np.uint8), PAGE_DPI)
    write_line(canvas, hand, before + struck + after, (4.0, 6.0), EM, rng)
    left, right = (4 + text_width(hand, text) * EM for text in (before, before + struck))
    _strike(canvas, hand, (left, right), rng, single=single)
    gray = np.asarray(cv2.cvtColor(canvas.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    start = int(np.flatnonzero((gray < INK_LEVEL).any(axis=0))[0])
    return trimmed(gray), (canvas.px(left) - start, canvas.px(right) - start)


def _strike(canvas: Canvas, hand: Hand, place: tuple[float, float], rng: np.random.Generator, *, single: bool) -> None:
    left, right = place
    if single:
        canvas.draw([smooth([(left - 0.3, 6.1), ((left + right) / 2, 5.95), (right + 0.3, 6.05)])], BALLPOINT, rng)
    else:
        strike_out(canvas, Box(left + 0.6, 6 - EM / 2, right - left - 1.2, EM), hand.pen, rng)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("name", HANDS)
def test_a_struck_word_is_found_where_it_stands(name: str, *, single: bool) -> None:
    line, place = struck_line(name, "外食産業の", "製造業", "小売など", single=single)
    spans = struck_spans(line)
    assert len(spans) == 1
    assert spans[0] == pytest.approx(place, abs=pixels(THIRD_MM, PAGE_DPI))


@pytest.mark.parametrize("name", HANDS)
def test_what_stands_beside_it_is_kept(name: str) -> None:
    line, place = struck_line(name, "外食産業の", "製造業", "小売など")
    (left,), found = without_struck([line])
    ink = (line < INK_LEVEL).sum(axis=0)
    beside = int(ink[: round(place[0])].sum() + ink[round(place[1]) :].sum())
    assert found and int((left < INK_LEVEL).sum()) == pytest.approx(beside, rel=0.12)


@pytest.mark.parametrize("layout", [Layout(lines=4, pitch=1.2), Layout(lines=3, em_mm=4.4, width_mm=110), Layout(lines=4, slope=0.04)])
@pytest.mark.parametrize("seed", [61, 62, 63])
def test_plain_writing_has_nothing_struck(layout: Layout, seed: int) -> None:
    for line in split_lines(dense_page(layout, 0.6, seed).image):
        assert struck_spans(line) == []


def test_an_underline_strikes_nothing() -> None:
    line, _ = struck_line(HANDS[0], "外食産業の", "", "小売など")
    ruled = np.pad(line, ((0, 8), (0, 0)), constant_values=255)
    ruled[-5:-1, 20:-20] = 0
    assert struck_spans(ruled) == []


def test_a_line_struck_whole_goes_and_a_field_struck_whole_is_read_as_it_stands() -> None:
    whole, _ = struck_line(HANDS[0], "", "外食産業", "")
    plain, _ = struck_line(HANDS[0], "小売など", "", "")
    plain = plain if not struck_spans(plain) else plain[:0]
    lines, found = without_struck([whole, plain])
    assert found and len(lines) == 1 and lines[0].shape == plain.shape
    lines, found = without_struck([whole])
    assert found and len(lines) == 1 and lines[0].shape == whole.shape


def test_a_field_with_a_struck_word_goes_to_a_person_without_the_word() -> None:
    line, _ = struck_line(HANDS[0], "外食産業の", "製造業", "小売など")
    spec = FieldSpec("duties", "", "text", Box(10, 10, 110, 10))
    ink = np.full((pixels(14, PAGE_DPI), pixels(114, PAGE_DPI)), 255, np.uint8)
    ink[40 : 40 + line.shape[0], 40 : 40 + line.shape[1]] = line
    plan = plan_field(FieldCrop(spec, spec.box.grown(2), ink, ink, None))
    reading = read_plans([plan], ScriptedReader(["外食産業の小売など"]))[0]
    value = decide_text(spec, reading, READERS)
    assert plan.struck and plan.crops[0].image.shape[1] < line.shape[1] - pixels(8, PAGE_DPI)
    assert (value.raw, value.decision, value.reason) == ("外食産業の小売など", "review", "correction")
