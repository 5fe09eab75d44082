"""The printed label of a writing area: in it, left of it, or above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.forms_new.words import Word
from pipeline.geometry import Box

TOUCH_MM = 1.5
"""A cell this close is the neighbour: a rule, double at most, lies between."""
LEFT_REACH_MM = 40.0
ABOVE_REACH_MM = 8.0
"""How far a label without a cell of its own stands from its field."""
OPTION_REACH_MM = 30.0
"""A choice's words begin right of its box and end before the next box, or after this."""
DATE_GAP_MM = 5.0
"""Room for two digits; the label 生 年 月 日 is set closer."""
LONGEST_LABEL = 40


def cell_label(box: Box, cells: Sequence[Box], words: Iterable[Word]) -> str:
    """Words of the cell left of `box`, or loose ones there; else of the cell above; else in it, or loose above. "" without any."""
    words = list(words)
    neighbours = sorted((cell for cell in cells if _is_left(cell, box)), key=lambda cell: -cell.right)
    neighbours += sorted((cell for cell in cells if _is_above(cell, box)), key=lambda cell: -cell.bottom)
    groups = [[word for word in words if _holds(cell, word.box)] for cell in neighbours]
    strip = Box(box.x - LEFT_REACH_MM, box.y, LEFT_REACH_MM, box.h)
    if not any(_is_left(cell, box) for cell in cells):
        groups.insert(0, [word for word in words if _holds(strip, word.box)])
    groups.append([word for word in words if _holds(box, word.box)])
    groups.append([word for word in words if _holds(Box(box.x, box.y - ABOVE_REACH_MM, box.w, ABOVE_REACH_MM), word.box)])
    return next((_text(group) for group in groups if group), "")


def is_date(cell: Box, words: Iterable[Word]) -> bool:
    """Are 年, 月 and 日 printed in the cell, apart from each other: room to write a date."""
    places = {word.text: word.box for word in words if word.text in ("年", "月", "日") and _holds(cell, word.box)}
    if len(places) < len("年月日"):
        return False
    gaps = (places["月"].x - places["年"].right, places["日"].x - places["月"].right)
    return min(gaps) >= DATE_GAP_MM


def option_name(tick: Box, ticks: Sequence[Box], words: Iterable[Word]) -> str:
    """The words right of a tick box, up to the next one in its row."""
    following = [other.x for other in ticks if other.x > tick.right and abs(other.y - tick.y) < tick.h]
    end = min([*following, tick.right + OPTION_REACH_MM])
    beside = Box(tick.right, tick.y - tick.h / 2, end - tick.right, 2 * tick.h)
    return _text([word for word in words if _holds(beside, word.box)])


def _is_left(cell: Box, box: Box) -> bool:
    shared = min(cell.bottom, box.bottom) - max(cell.y, box.y)
    return -0.5 <= box.x - cell.right <= TOUCH_MM and shared > 0.5 * min(box.h, cell.h)


def _is_above(cell: Box, box: Box) -> bool:
    shared = min(cell.right, box.right) - max(cell.x, box.x)
    return -0.5 <= box.y - cell.bottom <= TOUCH_MM and shared > 0.5 * min(box.w, cell.w)


def _holds(outer: Box, inner: Box) -> bool:
    """Does the middle of `inner` lie in `outer`."""
    x, y = inner.x + inner.w / 2, inner.y + inner.h / 2
    return outer.x <= x <= outer.right and outer.y <= y <= outer.bottom


def _text(words: list[Word]) -> str:
    """The words in reading order; the printed squares of choices are left out."""
    ordered = sorted(words, key=lambda word: (round(word.box.y / 2), word.box.x))
    return "".join(word.text for word in ordered).strip("□■ 　")[:LONGEST_LABEL]
