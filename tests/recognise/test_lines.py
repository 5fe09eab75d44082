"""Lines out of a field's ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.geometry import pixels
from pipeline.recognise.lines import (
    CHARACTER_HEIGHT,
    INK_LEVEL,
    LINE_HEIGHT,
    as_line,
    clean_ink,
    nearest_together,
    split_at_gap,
    trimmed,
    with_hair_strokes,
)
from pipeline.recognise.textlines import split_lines
from pipeline.register import PAGE_DPI
from tests.recognise.drawn import drawn_line, stacked

DUTIES = ["受電業務と応対品質の評価を", "担当し、新人研修のシフト", "の作成を月2回実施した。"]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("turn", [-1.2, 0.0, 1.2])
@pytest.mark.parametrize("font", ["gothic", "klee"])
def test_lines_are_counted_and_no_ink_is_lost(count: int, turn: float, font: str) -> None:
    page = stacked([drawn_line(text, font) for text in DUTIES[:count]], overlap=20)
    matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), turn, 1.0)
    page = np.asarray(cv2.warpAffine(page, matrix, (page.shape[1], page.shape[0]), borderValue=(255.0,)), np.uint8)
    lines = split_lines(page)
    assert len(lines) == count
    assert sum(int((line < INK_LEVEL).sum()) for line in lines) == int((page < INK_LEVEL).sum())


def test_lines_come_from_top_to_bottom() -> None:
    found = split_lines(stacked([drawn_line("ああああああああ"), drawn_line("い")]))
    assert found[0].shape[1] > 4 * found[1].shape[1]


@pytest.mark.parametrize(("text", "height"), [("東京都新宿区", CHARACTER_HEIGHT), ("一", 8), ("ー", 9), ("2024", CHARACTER_HEIGHT)])
def test_characters_are_made_one_height_but_a_dash_stays_a_dash(text: str, height: int) -> None:
    line = as_line(drawn_line(text))
    assert line.shape[0] == LINE_HEIGHT
    rows = np.flatnonzero((line < 200).any(axis=1))
    assert abs(int(rows[-1] - rows[0] + 1) - height) <= 4
    assert (line[:, :4] == 255).all() and (line[:, -4:] == 255).all()


def test_dirt_and_rests_of_rules_go_and_dots_of_characters_stay() -> None:
    page = drawn_line("ボ。", size_mm=4.5).copy()
    before = int((page < INK_LEVEL).sum())
    dirty = page.copy()
    dirty[1:4, :] = 0  # the rule above the field
    dirty[60:63, 2:5] = 0  # dust, 0.25 mm
    left = clean_ink(dirty)
    assert int((left.image < INK_LEVEL).sum()) == pytest.approx(before, rel=0.01)
    assert left.area_mm2 == pytest.approx(before * (25.4 / PAGE_DPI) ** 2, rel=0.01)


def test_a_blank_picture_has_no_ink() -> None:
    blank = np.full((60, 200), 255, np.uint8)
    assert clean_ink(blank).area_mm2 == 0 and trimmed(blank).size == 0 and split_lines(blank) == []
    assert as_line(blank).shape == (LINE_HEIGHT, LINE_HEIGHT)


@pytest.mark.parametrize(("name", "pieces"), [("山田　太郎", 2), ("五十嵐 裕介", 2), ("山田太郎", 1), ("森　一", 2), ("中", 1)])
def test_a_name_is_parted_where_its_gap_is(name: str, pieces: int) -> None:
    assert len(split_at_gap(trimmed(drawn_line(name)))) == pieces


def test_the_edge_of_a_seal_is_no_part_of_a_name() -> None:
    name = trimmed(drawn_line("山田　太郎", size_mm=5))
    page = np.full((name.shape[0] + 60, 1200), 255, np.uint8)
    page[30 : 30 + name.shape[0], 20 : 20 + name.shape[1]] = name
    alone = trimmed(page)
    cv2.circle(page, (1190, 60), pixels(6, PAGE_DPI) // 2, (0,), 4)
    assert abs(nearest_together(trimmed(page)).shape[1] - alone.shape[1]) <= 4


@pytest.mark.parametrize(
    ("what", "row", "length", "gap", "darkened"),
    [
        ("a hair-line 一 after a character", 40, 36, 6, True),
        ("a remnant of a rule under the line", 58, 36, 6, False),
        ("a remnant as long as two characters", 40, 80, 6, False),
        ("a stroke far from any character", 40, 36, 60, False),
        ("a speck", 40, 6, 6, False),
    ],
)
def test_a_hair_stroke_counts_as_ink_where_a_character_can_be(what: str, row: int, length: int, gap: int, darkened: bool) -> None:  # noqa: FBT001
    line = np.full((80, 240), 255, np.uint8)
    line[20:60, 10:50] = 40
    line[row : row + 2, 50 + gap : 50 + gap + length] = 200
    line[row : row + 3, 50 + gap + length - 4 : 50 + gap + length] = 120  # the serif, all that a threshold keeps
    line.setflags(write=False)
    assert bool(with_hair_strokes(line)[row, 50 + gap] < INK_LEVEL) is darkened, what
