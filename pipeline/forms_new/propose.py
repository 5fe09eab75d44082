"""Fields proposed from the rules of a blank page: empty cells to be written in, tick boxes that stand together, with their labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.blank import BlankPage
from pipeline.forms_new.boxes import BoxEntry, OptionEntry
from pipeline.forms_new.labels import cell_label, is_date, option_name
from pipeline.forms_new.rules import ink_of, ruled_cells, rules_of, tick_boxes
from pipeline.geometry import Box, pixels

EMPTY_SHARE = 0.015
"""Ink of a cell that still counts as empty: a small hint. A printed label covers 3 % and more of its cell."""
RULE_ROOM_MM = 0.3
"""Ink this close to a cell's edge belongs to its rule."""
DIGIT_MM = 9.0
"""A character cell is at most this wide."""
FEWEST_DIGITS = 3
"""Fewer equal small cells side by side are taken for fields of their own."""
SAME_MM = 0.6
"""Equal width, equal height or touching, up to rounding and the rule between."""
NEAR_ACROSS_MM = 45.0
NEAR_DOWN_MM = 9.0
"""Tick boxes of one question stand this close in a row (in a cell: anywhere in the row) or below each other."""


def propose(page: BlankPage) -> list[BoxEntry]:
    """The fields of a page from the top left; names are field_01 … with the printed label, or cell_r1_c1 … where none is printed."""
    ink = ink_of(page.reference)
    rules = rules_of(ink)
    cells, ticks = ruled_cells(rules), tick_boxes(ink)
    blank = [cell for cell in cells if _is_empty(ink, rules, cell) or is_date(cell, page.words)]
    free = [cell for cell in blank if not any(_meet(cell, tick) for tick in ticks)]
    groups = _groups(ticks, cells)
    runs = [run for run in _runs(free) if not any(_meet(_around(run), _around(group)) for group in groups)]
    labelled = [(run, cell_label(_around(run), cells, page.words)) for run in runs]
    found = sorted([*((_around(run), run, label) for run, label in labelled), *((_around(g), g, "") for g in groups)], key=_reading_order)
    rows = _rows([box for box, _, _ in found])
    entries = []
    for number, (box, pieces, label) in enumerate(found, 1):
        place = f"cell_r{rows[number - 1][0]}_c{rows[number - 1][1]}"
        name = f"field_{number:02}" if label or pieces in groups else place
        entries.append(_ticks(page, name, box, pieces) if pieces in groups else _cell(page, name, label or place, pieces))
    return entries


def _cell(page: BlankPage, name: str, label: str, cells: Sequence[Box]) -> BoxEntry:
    quad = _quad(_around(cells))
    if len(cells) > 1:
        return BoxEntry(page=page.number, name=name, label=label, kind="digits", box_mm=quad, cells=[_quad(cell) for cell in cells])
    return BoxEntry(page=page.number, name=name, label=label, kind="date" if is_date(cells[0], page.words) else "text", box_mm=quad)


def _ticks(page: BlankPage, name: str, box: Box, ticks: Sequence[Box]) -> BoxEntry:
    options: list[OptionEntry] = []
    for number, tick in enumerate(ticks, 1):
        text = option_name(tick, ticks, page.words)
        taken = {option.name for option in options}
        options.append(OptionEntry(name=text if text and text not in taken else f"option_{number}", box_mm=_quad(tick), style="tick"))
    label = cell_label(box, (), [word for word in page.words if word.box.x < box.x]) or name
    return BoxEntry(page=page.number, name=name, label=label, kind="marks", box_mm=_quad(box), options=options)


def _is_empty(ink: NDArray[np.uint8], rules: NDArray[np.uint8], cell: Box) -> bool:
    inner = cell.grown(-RULE_ROOM_MM)
    rows = slice(pixels(inner.y, REFERENCE_DPI), pixels(inner.bottom, REFERENCE_DPI))
    columns = slice(pixels(inner.x, REFERENCE_DPI), pixels(inner.right, REFERENCE_DPI))
    printed = (ink[rows, columns] > 0) & (rules[rows, columns] == 0)
    return bool(printed.mean() < EMPTY_SHARE)


def _runs(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells that touch, are equal and narrow, three or more in a row, are the characters of one field; any other stands alone."""
    runs: list[list[Box]] = []
    for cell in cells:
        if runs and cell.w <= DIGIT_MM and _continues(runs[-1][-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [piece for run in runs for piece in ([run] if len(run) >= FEWEST_DIGITS else [[cell] for cell in run])]


def _continues(left: Box, right: Box) -> bool:
    level = abs(left.y - right.y) < SAME_MM and abs(left.h - right.h) < SAME_MM
    return level and abs(left.w - right.w) < SAME_MM and 0 < right.x - left.right < 2 * SAME_MM


def _groups(ticks: Sequence[Box], cells: Sequence[Box]) -> list[list[Box]]:
    """Tick boxes of one question; groups whose surroundings would overlap are one."""
    groups = _joined([[tick] for tick in ticks], lambda one, other: any(_near(a, b, cells) for a in one for b in other))
    return _joined(groups, lambda one, other: _meet(_around(one), _around(other)))


def _joined(groups: list[list[Box]], together: Callable[[list[Box], list[Box]], bool]) -> list[list[Box]]:
    """Join groups until no two belong together."""
    groups = [list(group) for group in groups]
    for _ in range(len(groups)):
        pair = next(((a, b) for a in groups for b in groups if a is not b and together(a, b)), None)
        if pair is None:
            break
        pair[0].extend(pair[1])
        groups = [group for group in groups if group is not pair[1]]
    return [sorted(group, key=lambda box: (round(box.y), box.x)) for group in groups]


def _near(one: Box, other: Box, cells: Sequence[Box]) -> bool:
    home = _home(one, cells)
    if home != _home(other, cells):
        return False
    across, down = abs(one.x - other.x), abs(one.y - other.y)
    return (down < one.h / 2 and (home is not None or across < NEAR_ACROSS_MM)) or (across < one.w / 2 and down < NEAR_DOWN_MM)


def _home(box: Box, cells: Sequence[Box]) -> Box | None:
    return next((cell for cell in cells if _meet(cell, box)), None)


def _rows(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Row and column, from 1, of boxes in reading order."""
    places: list[tuple[int, int]] = [(1, 1)] if boxes else []
    for before, box in pairwise(boxes):
        row, column = places[-1]
        places.append((row, column + 1) if round(before.y) == round(box.y) else (row + 1, 1))
    return places


def _reading_order(item: tuple[Box, Sequence[Box], str]) -> tuple[int, float]:
    return round(item[0].y), item[0].x


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _meet(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.x, other.x) and min(one.bottom, other.bottom) > max(one.y, other.y)


def _quad(box: Box) -> tuple[float, float, float, float]:
    x, y, right, bottom = (round(value, 2) for value in (box.x, box.y, box.right, box.bottom))
    return x, y, round(right - x, 2), round(bottom - y, 2)
