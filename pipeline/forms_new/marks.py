"""Tick boxes and ovals of one question together, each with the words beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.forms import FieldKind, Option, OptionStyle
from pipeline.forms_new.found import Found
from pipeline.forms_new.labels import cell_label, column_heading, option_name, question_above
from pipeline.forms_new.lines import around, holds, meet
from pipeline.forms_new.words import Word
from pipeline.geometry import Box

NEAR_ACROSS_MM = 45.0
NEAR_DOWN_MM = 9.0
"""Tick boxes of one question stand this close in a row (in a cell: anywhere in the row) or below each other."""
FILLED = "●○◯〇"
"""An oval printed as filled in has no name."""
ONE_OF = re.compile("一つ|１つ|1つ|ひとつ|択一|いずれか")
"""Words of a question that allow one answer only."""


def mark_fields(marks: Sequence[Box], style: OptionStyle, cells: Sequence[Box], words: Sequence[Word]) -> list[Found]:
    """The questions that are answered by these marks."""
    return [_field(group, marks, style, cells, words) for group in _groups(marks, cells)]


def _field(group: Sequence[Box], marks: Sequence[Box], style: OptionStyle, cells: Sequence[Box], words: Sequence[Word]) -> Found:
    box = around(group)
    loose = [word for word in words if mark_of(word, marks) is None]
    inside = {mark: "".join(word.text for word in words if holds(mark, word.box)).strip(FILLED) for mark in group}
    options: list[Option] = []
    for number, mark in enumerate(group, 1):
        text = inside[mark] if any(inside.values()) else _name(mark, marks, cells, loose)
        taken = {option.name for option in options}
        options.append(Option(text if text and text not in taken else f"option_{number}", mark, style))
    label = cell_label(box, (), [word for word in loose if word.box.x < box.x]) or question_above(box, loose)
    return Found(box, _kind(label, style, group), label, options=tuple(options))


def _kind(label: str, style: OptionStyle, group: Sequence[Box]) -> FieldKind:
    """One answer where the question says so, and in a row of ovals of which none is a question by itself."""
    one_of = ONE_OF.search(label) is not None or (style == "oval" and len({round(box.y) for box in group}) == 1)
    return "choice" if one_of and "複数" not in label and len(group) > 1 else "marks"


def _name(mark: Box, marks: Sequence[Box], cells: Sequence[Box], words: Sequence[Word]) -> str:
    """What is printed right of a mark, or, in a table, above its column."""
    return option_name(mark, marks, words) or column_heading(mark, cells, words)


def mark_of(word: Word, marks: Sequence[Box]) -> Box | None:
    """The mark in which a word is printed."""
    return next((mark for mark in marks if holds(mark, word.box)), None)


def _groups(marks: Sequence[Box], cells: Sequence[Box]) -> list[list[Box]]:
    """Marks of one question; groups whose surroundings would overlap are one."""
    homes = {mark: next((cell for cell in cells if meet(cell, mark)), None) for mark in marks}
    groups = _joined([[mark] for mark in marks], lambda one, other: any(_near(a, b, homes) for a in one for b in other))
    return _joined(groups, lambda one, other: meet(around(one), around(other)))


def _joined(groups: Sequence[list[Box]], together: Callable[[list[Box], list[Box]], bool]) -> list[list[Box]]:
    """Join groups until no two belong together."""
    done: list[list[Box]] = []
    for group in groups:
        joined = group
        while near := [other for other in done if together(joined, other)]:
            done = [other for other in done if not any(other is one for one in near)]
            joined = [box for piece in (*near, joined) for box in piece]
        done.append(joined)
    return [sorted(group, key=lambda box: (round(box.y), box.x)) for group in done]


def _near(one: Box, other: Box, homes: Mapping[Box, Box | None]) -> bool:
    home = homes[one]
    if home != homes[other]:
        return False
    across, down = abs(one.x - other.x), abs(one.y - other.y)
    return (down < one.h / 2 and (home is not None or across < NEAR_ACROSS_MM)) or (across < one.w / 2 and down < NEAR_DOWN_MM)
