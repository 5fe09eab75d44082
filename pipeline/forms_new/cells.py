"""What is to be written into the ruled cells of a page: the empty ones, rows of character boxes, and the room that print leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.forms import REFERENCE_DPI, FieldKind, Part
from pipeline.forms_new.found import Found
from pipeline.forms_new.gaps import UNITS
from pipeline.forms_new.lines import Line, around, holds, is_spread, meet, text_of
from pipeline.forms_new.paper import RULE_ROOM_MM, Paper
from pipeline.geometry import Box, Gray, pixels

EMPTY_SHARE = 0.006
"""Ink of a cell that still counts as empty: dirt."""
DIGIT_MM = 9.0
"""A character cell is at most this wide."""
FEWEST_DIGITS = 3
"""Fewer equal small cells side by side are taken for fields of their own..."""
FEWEST_LONE = 2
"""...unless they touch no other cell."""
SAME_MM = 0.6
"""Equal width, equal height or touching, up to rounding and the rule between."""
LINE_MM = 0.3
"""A tick box is measured at its outer edge, a cell inside its rules."""
APART = 0.4
"""Character boxes drawn one by one stand this close, as a share of their width: there is no room for a word between."""
HYPHEN_MM = 8.0
"""Two runs of character cells this far apart with a dash between are one number."""
SEVERAL_LINES_MM = 13.0
"""Into a cell this high people write more than one line."""
ROOM_MM = (14.0, 5.0)
"""Least width and height of the room beside print in a cell..."""
UNIT_ROOM_MM = 5.0
"""...the width where the print is a unit only..."""
ROOM_SHARE = 0.3
"""...and its least share of the cell."""
SHADE = 6
"""A cell is shaded when its paper is this much darker than the page's: forms shade what is not to be written in."""
CENTRED_MM = 2.5
"""Print whose margins left and right differ by less is a heading."""
ANSWERED_SHARE = 0.45
"""...where the cell has blanks between its words."""


def is_empty(cell: Box, paper: Paper) -> bool:
    """Is nothing printed in the cell?"""
    return paper.share(cell.grown(-RULE_ROOM_MM)) < EMPTY_SHARE


def is_shaded(cell: Box, page: Gray) -> bool:
    """Is the cell's paper darker than the page's?"""
    rows = slice(pixels(cell.y + RULE_ROOM_MM, REFERENCE_DPI), pixels(cell.bottom - RULE_ROOM_MM, REFERENCE_DPI))
    columns = slice(pixels(cell.x + RULE_ROOM_MM, REFERENCE_DPI), pixels(cell.right - RULE_ROOM_MM, REFERENCE_DPI))
    return bool(np.median(page[rows, columns]) < np.median(page) - SHADE)


def character_runs(cells: Sequence[Box], all_cells: Sequence[Box]) -> list[list[Box]]:
    """Cells that touch, are equal and narrow, three in a row or a lone pair, are the characters of one field; any other stands alone."""
    runs: list[list[Box]] = []
    for cell in cells:
        if runs and cell.w <= DIGIT_MM and _continues(runs[-1][-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    together = [len(run) >= FEWEST_DIGITS or _is_pair(run, all_cells) for run in runs]
    return [piece for run, one in zip(runs, together, strict=True) for piece in ([run] if one else [[cell] for cell in run])]


def _is_pair(run: Sequence[Box], cells: Sequence[Box]) -> bool:
    """Two equal character boxes that touch no other cell."""
    around_it = around(run).grown(2 * SAME_MM)
    return len(run) == FEWEST_LONE and sum(meet(around_it, cell) for cell in cells) == FEWEST_LONE


def lone(squares: Sequence[Box]) -> list[Box]:
    """The squares that do not stand in a row of character boxes."""
    inner = {square: square.grown(-LINE_MM) for square in squares}
    return [square for square in squares if not any(_continues(inner[a], inner[b]) for o in squares for a, b in ((o, square), (square, o)))]


def _continues(left: Box, right: Box) -> bool:
    level = abs(left.y - right.y) < SAME_MM and abs(left.h - right.h) < SAME_MM
    return level and abs(left.w - right.w) < SAME_MM and 0 < right.x - left.right < max(2 * SAME_MM, APART * left.w)


def hyphenated(runs: Sequence[list[Box]], paper: Paper) -> list[list[list[Box]]]:
    """Runs of character cells with a dash between them together: a postal code; any other alone."""
    joined: list[list[list[Box]]] = []
    for run in runs:
        if joined and len(run) >= FEWEST_DIGITS and _after_dash(joined[-1][-1], run, paper):
            joined[-1].append(run)
        else:
            joined.append([run])
    return joined


def _after_dash(left: Sequence[Box], right: Sequence[Box], paper: Paper) -> bool:
    if len(left) < FEWEST_DIGITS or abs(left[0].y - right[0].y) > SAME_MM or abs(left[0].w - right[0].w) > SAME_MM:
        return False
    between = Box(left[-1].right + SAME_MM, left[-1].y, right[0].x - left[-1].right - 2 * SAME_MM, left[-1].h)
    return 0 < between.w <= HYPHEN_MM and not paper.is_white(between)


def digits_field(runs: Sequence[Sequence[Box]], label: str) -> Found:
    """One number in character cells; with a dash in it, its two halves are parts."""
    cells = [cell for run in runs for cell in run]
    if len(runs) == 1:
        return Found(around(cells), "digits", label, cells=tuple(cells))
    names = ("first", "second", "third", "fourth")
    parts = tuple(Part(name, around(run), tuple(run)) for name, run in zip(names, runs, strict=False))
    return Found(around(cells), "digits", label, parts=parts)


def empty_field(cell: Box, label: str) -> Found:
    """A whole cell to be written in."""
    return Found(cell, kind_of(cell), label)


def kind_of(room: Box) -> FieldKind:
    """One line or several, by the height."""
    return "multiline" if room.h >= SEVERAL_LINES_MM and room.w >= 2 * room.h else "text"


def room_in(cell: Box, lines: Sequence[Line], paper: Paper, taken: Sequence[Box]) -> Box | None:
    """The room that print and the fields in `taken` leave in a cell, when it is meant to be written in."""
    if any(is_spread(line) for line in lines) or _is_heading(cell, lines):
        return None
    room = paper.largest_white(cell.grown(-RULE_ROOM_MM), taken)
    least = ANSWERED_SHARE if taken else ROOM_SHARE
    wide = UNIT_ROOM_MM if all(text_of(line) in UNITS for line in lines) else ROOM_MM[0]
    if room is None or room.w < wide or room.h < ROOM_MM[1] or room.w * room.h < least * cell.w * cell.h:
        return None
    return room


def _is_heading(cell: Box, lines: Sequence[Line]) -> bool:
    """Does the print stand in the middle of the cell, or fill it?"""
    left = min(token.box.x for line in lines for token in line) - cell.x
    right = cell.right - max(token.box.right for line in lines for token in line)
    return abs(left - right) < CENTRED_MM and len(lines) <= 2


def lines_in(cell: Box, lines: Sequence[Line]) -> list[Line]:
    """The tokens of each line that stand in the cell."""
    inside = [tuple(token for token in line if holds(cell, token.box)) for line in lines]
    return [line for line in inside if line]


def cell_text(lines: Sequence[Line]) -> str:
    """What a cell says, its first line for preference."""
    return text_of(lines[0]) if lines else ""
