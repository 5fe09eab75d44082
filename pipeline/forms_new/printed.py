"""What is to be written between and beside the words of a place: a cell, or the page outside all cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.forms_new.cells import cell_text, kind_of, room_in
from pipeline.forms_new.circles import circles_in, split_up
from pipeline.forms_new.dates import DIGIT_MM, dates_in, with_cells
from pipeline.forms_new.found import Found
from pipeline.forms_new.gaps import OPEN_MM, bands_of, gaps_in, open_prompt
from pipeline.forms_new.lines import Line, meet, text_of
from pipeline.forms_new.paper import RULE_ROOM_MM, Paper
from pipeline.geometry import A4_MM, Box

CELL_REACH_MM = 4.5
"""In a cell people write this far above and below the printed words of a line, where nothing is nearer."""
OPEN_REACH_MM = 1.8
"""Outside of cells."""
INDENT_MM = 1.5
"""A line is the heading of the next one when that is set in by more."""
SENTENCES = 2
"""A place with so many sentences is to be read, not to be filled in."""


def firm_fields(cell: Box, lines: Sequence[Line], paper: Paper, taken: Sequence[Box], *, label: bool) -> list[Found]:
    """Dates, choices and blanks between the words of a cell; `label` = the cell names another one."""
    bands = list(bands_of(lines, cell.grown(-RULE_ROOM_MM), CELL_REACH_MM))
    dates = [_clear(date, line, paper) for line, band in bands for date in dates_in(line, band)]
    marked = [box for box in taken if meet(box, cell)]
    free = marked + [date.box for date in dates]
    read_only = is_prose(lines) or bool(marked)
    circles = [] if read_only else [c for c in circles_in(lines, label=label) if not any(meet(c.box, date.box) for date in dates)]
    signs = [option.box for field in circles for option in field.options]
    blanks = [blank for line, band in bands for blank in gaps_in(line, band, paper, [*free, *signs], trailing=False, in_cell=True)]
    found = [*dates, *_apart(circles, [blank.box for blank in blanks] + free), *blanks]
    return [field if field.label else replace(field, label=_heading_of(field, lines)) for field in found]


def _heading_of(field: Found, lines: Sequence[Line]) -> str:
    """The line of a cell under which the field's own line is set in."""
    above = [number for number, line in enumerate(lines) if line[0].box.bottom <= field.box.y + field.box.h / 2]
    return text_of(lines[above[-1]]) if above and _is_heading(lines, above[-1]) else ""


def soft_fields(cell: Box, lines: Sequence[Line], paper: Paper, taken: Sequence[Found]) -> list[Found]:
    """Room after the labels of a cell, or beside all its print; for a cell that names no other one. A date or choices are its answer."""
    if is_prose(lines):
        return []
    inside = [field for field in taken if meet(field.box, cell)]
    marked = any(field.options or field.parts for field in inside)
    bands = list(bands_of(lines, cell.grown(-RULE_ROOM_MM), CELL_REACH_MM))
    asking = [pair for number, pair in enumerate(bands) if len(lines) > 1 and not _is_heading(lines, number)]
    boxes = [field.box for field in inside]
    open_ = [(line, band) for line, band in asking if _unanswered(line, boxes)]
    found = [blank for line, band in open_ for blank in gaps_in(line, band, paper, boxes, trailing=True)]
    if len(found) <= 1 and not marked:
        room = room_in(cell, lines, paper, boxes)
        found = found if room is None else [Found(room, kind_of(room), cell_text(lines))]
    return found


def open_fields(lines: Sequence[Line], edge: float, paper: Paper, cells: Sequence[Box], taken: Sequence[Box]) -> list[Found]:
    """Dates, well-known choices and blanks in the lines outside all cells; `edge` = where print ends on the right, mm."""
    found: list[Found] = []
    for line, band in bands_of(lines, Box(0, 0, edge, A4_MM[1]), OPEN_REACH_MM):
        start = Box(line[0].box.x, band.y, edge - line[0].box.x, band.h)
        dates = [with_cells(_clear(date, line, paper, cells), cells) for date in dates_in(line, band)]
        prompt = open_prompt(line) and edge - line[-1].box.right >= OPEN_MM
        known = [*taken, *cells, *(field.box for field in (*found, *dates))]
        circles = [c for c in circles_in([line], label=True) if not any(meet(c.box, box) for box in known)]
        found += [*dates, *circles]
        found += gaps_in(line, start, paper, [*known, *(c.box for c in circles)], trailing=prompt)
    return found


def is_prose(lines: Sequence[Line]) -> bool:
    """Are these sentences to be read?"""
    return sum(text_of(line).rstrip(")） ").endswith("。") for line in lines) >= SENTENCES


def _clear(date: Found, line: Line, paper: Paper, cells: Sequence[Box] = ()) -> Found:
    """The date no higher than its line where its parts would touch other print, or a cell that is no character's."""
    large = [cell for cell in cells if cell.w > DIGIT_MM]
    if all(paper.is_white(part.box) and not any(meet(part.box, cell) for cell in large) for part in date.parts):
        return date
    top, bottom = min(token.box.y for token in line), max(token.box.bottom for token in line)
    parts = tuple(replace(part, box=Box(part.box.x, top, part.box.w, bottom - top)) for part in date.parts)
    return replace(date, box=Box(date.box.x, top, date.box.w, bottom - top), parts=parts)


def _apart(choices: Sequence[Found], others: Sequence[Box]) -> list[Found]:
    """Choices with something else between them become fields of their own."""
    pieces = [split_up(field) if any(meet(field.box, box) for box in others) else [field] for field in choices]
    return [field for piece in pieces for field in piece if not any(meet(field.box, box) for box in others)]


def _is_heading(lines: Sequence[Line], number: int) -> bool:
    """Is the next line set in below this one?"""
    return number + 1 < len(lines) and lines[number + 1][0].box.x - lines[number][0].box.x > INDENT_MM


def _unanswered(line: Line, taken: Sequence[Box]) -> bool:
    """Is nothing to be written between the words of the line, and none of them to be chosen?"""
    top, bottom = min(token.box.y for token in line), max(token.box.bottom for token in line)
    middle = (top + bottom) / 2
    return not any(box.y < middle < box.bottom for box in taken)
