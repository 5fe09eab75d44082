"""Room for dates in a printed line: 年, 月 and 日 apart from each other, the eras before them to be circled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from pipeline.forms import FieldKind, Option, Part
from pipeline.forms_new.found import Found
from pipeline.forms_new.lines import Glyph, Line, around, glyphs_in, holds, ringed
from pipeline.geometry import Box

LEAST_MM = 3.2
"""Two digits are written into this."""
YEAR_MM = 22.0
"""A year with its era takes at most this before 年, where nothing is printed nearer."""
SPREAD = 1.3
"""In 生 年 月 日 the gap before 年 is as wide as the next ones up to this; before a date there is more room, or a word of two letters."""
DIGIT_MM = 9.0
"""A character cell is at most this wide."""
ERA_REACH_MM = 70.0
ERAS = ("明治", "大正", "昭和", "平成", "令和", "西暦")
COUNTERS = "ヶかカケ箇ヵ"
"""月 after one of these counts months."""
GLYPH_ROOM_MM = 0.3


def dates_in(line: Line, band: Box) -> list[Found]:
    """Dates, months of a year and numbers of years and months of a line; `band` is the room in which it stands."""
    glyphs = glyphs_in(line)
    found = []
    for place, glyph in enumerate(glyphs):
        if glyph.char == "年":
            units, kind = _units(glyphs, place)
            before = glyphs[place - 1] if place else None
            left = max(band.x if before is None else before.box.right, glyph.box.x - YEAR_MM)
            if kind is not None and glyph.box.x - left >= LEAST_MM and not _is_label(glyphs, place):
                date = _date(glyphs, place, units, kind, left, band)
                found.append(replace(date, label=_label(line, date)))
    return found


def _units(glyphs: Sequence[Glyph], year: int) -> tuple[list[Box], FieldKind | None]:
    """The printed units from 年 on, and what they make; None when they leave no room between them."""
    chars = "".join(glyph.char for glyph in glyphs[year + 1 : year + 3])
    year_box = glyphs[year].box
    if chars[:1] and chars[0] in COUNTERS and chars[1:] == "月":
        units, kind = [year_box, around([glyph.box for glyph in glyphs[year + 1 : year + 3]])], "months"
    elif chars == "月日" and glyphs[year + 2].box.x - glyphs[year + 1].box.right >= LEAST_MM:
        units, kind = [year_box, glyphs[year + 1].box, glyphs[year + 2].box], "date"
    elif chars[:1] == "月":
        units, kind = [year_box, glyphs[year + 1].box], "year_month"
    else:
        return [], None
    return units, _kind(kind) if units[1].x - year_box.right >= LEAST_MM else None


def _kind(name: str) -> FieldKind:
    kinds: dict[str, FieldKind] = {"months": "months", "date": "date", "year_month": "year_month"}
    return kinds[name]


def _is_label(glyphs: Sequence[Glyph], year: int) -> bool:
    """Is it the label 生 年 月 日, set wide?"""
    if year == 0 or glyphs[year - 1].char != "生":
        return False
    return glyphs[year].box.x - glyphs[year - 1].box.right < SPREAD * (glyphs[year + 1].box.x - glyphs[year].box.right)


def _date(glyphs: Sequence[Glyph], year: int, units: Sequence[Box], kind: FieldKind, left: float, band: Box) -> Found:
    names = {"date": ("year", "month", "day"), "year_month": ("year", "month"), "months": ("years", "months")}[kind]
    options = _eras(glyphs[:year], glyphs[year].box.x, band)
    if len(options) < len("昭平"):
        options = ()
    starts = [max([left, *(option.box.right for option in options)]), *(unit.right for unit in units)]
    parts = tuple(
        Part(name, Box(start + GLYPH_ROOM_MM, band.y, unit.x - start - 2 * GLYPH_ROOM_MM, band.h))
        for name, start, unit in zip(names, starts, units, strict=False)
    )
    box = around([*(part.box for part in parts), *(option.box for option in options)])
    return Found(box, kind, "", parts=parts, options=options)


def _label(line: Line, date: Found) -> str:
    """The words before a date, without its eras: the last one, or the last single characters."""
    words = [token.text.strip("※()（）:：・") for token in line if token.box.x < date.box.x]
    words = [word for word in words if word and not set(word.split("・")) <= {*ERAS, "〜", "~", "～"}]
    letters = [word for word, _ in zip(reversed(words), takewhile(lambda word: len(word) == 1, reversed(words)), strict=False)]
    return "".join(reversed(letters)) or (words[-1] if words else "")


def with_cells(date: Found, cells: Sequence[Box]) -> Found:
    """The date whose digits have cells of their own, as `cells` says; the date itself where they have none."""
    parts = []
    for part in date.parts:
        inside = [cell for cell in cells if cell.w <= DIGIT_MM and holds(part.box, cell)]
        parts.append(Part(part.name, around(inside), tuple(inside)) if inside else part)
    if not all(part.cells for part in parts):
        return date
    return replace(date, box=around([*(part.box for part in parts), *(option.box for option in date.options)]), parts=tuple(parts))


def _eras(glyphs: Sequence[Glyph], end: float, band: Box) -> tuple[Option, ...]:
    """The eras printed before a year, as choices to be circled."""
    text = "".join(glyph.char for glyph in glyphs)
    options = []
    for era in ERAS:
        start = text.find(era)
        if start >= 0 and end - glyphs[start].box.x <= ERA_REACH_MM:
            box = around([glyph.box for glyph in glyphs[start : start + len(era)]])
            options.append(Option(era, _within(ringed(box, 2.0), band), "circle"))
    return tuple(sorted(options, key=lambda option: option.box.x))


def _within(box: Box, band: Box) -> Box:
    top, bottom = max(box.y, band.y), min(box.bottom, band.bottom)
    return Box(box.x, top, box.w, bottom - top)
