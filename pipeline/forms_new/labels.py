"""The printed label of a writing area: in it, left of it, or above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.forms_new.lines import holds
from pipeline.forms_new.words import Word
from pipeline.geometry import Box

TOUCH_MM = 1.5
"""A cell this close is the neighbour: a rule, double at most, lies between."""
LEFT_REACH_MM = 40.0
ABOVE_REACH_MM = 8.0
"""How far a label without a cell of its own stands from its field."""
OPTION_REACH_MM = 30.0
"""A choice's words begin right of its box and end before the next box, or after this."""
QUESTION_ABOVE_MM = 9.0
"""A question stands this close above its choices."""
SMALL_PRINT = 0.8
"""A hint below a label is smaller than this share of it."""
LONGEST_LABEL = 40


def cell_label(box: Box, cells: Sequence[Box], words: Iterable[Word]) -> str:
    """Words of the cell left of `box`, or loose ones there; else of the cell above, in it, loose above, or heading its column."""
    words = list(words)
    neighbours = sorted((cell for cell in cells if _is_left(cell, box)), key=lambda cell: -cell.right)
    neighbours += sorted((cell for cell in cells if _is_above(cell, box)), key=lambda cell: -cell.bottom)
    groups = [[word for word in words if holds(cell, word.box)] for cell in neighbours]
    strip = Box(box.x - LEFT_REACH_MM, box.y, LEFT_REACH_MM, box.h)
    if not any(_is_left(cell, box) for cell in cells):
        groups.insert(0, [word for word in words if holds(strip, word.box)])
    groups.append([word for word in words if holds(box, word.box)])
    groups.append([word for word in words if holds(Box(box.x, box.y - ABOVE_REACH_MM, box.w, ABOVE_REACH_MM), word.box)])
    texts = (label_text(group) for group in groups)
    found = next((text for text in texts if text and not text.isdecimal()), "")
    return found or column_heading(box, cells, words) or _row_heading(box, cells, words)


def option_name(tick: Box, ticks: Sequence[Box], words: Iterable[Word]) -> str:
    """The words right of a tick box, up to the next one in its row."""
    following = [other.x for other in ticks if other.x > tick.right and abs(other.y - tick.y) < tick.h]
    end = min([*following, tick.right + OPTION_REACH_MM])
    beside = Box(tick.right, tick.y - 0.3 * tick.h, end - tick.right, 1.8 * tick.h)
    return label_text([word for word in words if holds(beside, word.box)])


def column_heading(box: Box, cells: Sequence[Box], words: Sequence[Word]) -> str:
    """The words of the nearest ruled cell above that has any, in the column of `box`."""
    over = [cell for cell in cells if cell.bottom <= box.y + TOUCH_MM and _shares_column(cell, box)]
    for cell in sorted(over, key=lambda cell: -cell.bottom):
        text = label_text([word for word in words if holds(cell, word.box)])
        if text and not text.isdecimal():
            return text
    return ""


def _row_heading(box: Box, cells: Sequence[Box], words: Sequence[Word]) -> str:
    """The words of the nearest ruled cell on the left that has any, in the row of `box`."""
    left = [cell for cell in cells if cell.right <= box.x + TOUCH_MM and min(cell.bottom, box.bottom) - max(cell.y, box.y) > 0.5 * box.h]
    texts = (label_text([word for word in words if holds(cell, word.box)]) for cell in sorted(left, key=lambda cell: -cell.right))
    return next((text for text in texts if text and not text.isdecimal()), "")


def question_above(box: Box, words: Sequence[Word]) -> str:
    """The line of words just above a group of choices, from its left edge on."""
    over = [word for word in words if box.y - QUESTION_ABOVE_MM <= word.box.y + word.box.h / 2 < box.y and word.box.right > box.x]
    if not over:
        return ""
    last = max(word.box.y + word.box.h / 2 for word in over)
    return label_text([word for word in over if last - (word.box.y + word.box.h / 2) < word.box.h / 2])


def _shares_column(cell: Box, box: Box) -> bool:
    return min(cell.right, box.right) - max(cell.x, box.x) > 0.5 * min(box.w, cell.w)


def _is_left(cell: Box, box: Box) -> bool:
    shared = min(cell.bottom, box.bottom) - max(cell.y, box.y)
    return -0.5 <= box.x - cell.right <= TOUCH_MM and shared > 0.5 * min(box.h, cell.h)


def _is_above(cell: Box, box: Box) -> bool:
    shared = min(cell.right, box.right) - max(cell.x, box.x)
    return -0.5 <= box.y - cell.bottom <= TOUCH_MM and shared > 0.5 * min(box.w, cell.w)


def label_text(words: Sequence[Word]) -> str:
    """The words in reading order; small print beside larger one, and the printed squares of choices, are left out."""
    tall = max((word.box.h for word in words), default=0.0)
    large = [word for word in words if word.box.h >= SMALL_PRINT * tall]
    ordered = sorted(large, key=lambda word: (round(word.box.y / 2), word.box.x))
    return "".join(word.text for word in ordered).strip("□■※* 　:：（(")[:LONGEST_LABEL]
