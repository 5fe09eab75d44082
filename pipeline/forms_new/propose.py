"""Fields proposed from what is printed on a blank page, each with its label, its kind and a name.

The order decides who keeps a place that two finders claim: what is drawn to be filled in (boxes, ovals) comes before words to be circled,
these before dates, blanks in lines, empty cells, and the room that print leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.forms_new.blank import BlankPage
from pipeline.forms_new.boxes import BoxEntry, OptionEntry, PartEntry
from pipeline.forms_new.cells import character_runs, digits_field, empty_field, hyphenated, is_empty, is_shaded, lines_in, lone
from pipeline.forms_new.found import Found
from pipeline.forms_new.kinds import telling
from pipeline.forms_new.labels import cell_label
from pipeline.forms_new.lines import Line, holds, lines_of, meet
from pipeline.forms_new.marks import mark_fields
from pipeline.forms_new.pairs import full_names
from pipeline.forms_new.paper import Paper
from pipeline.forms_new.printed import firm_fields, open_fields, soft_fields
from pipeline.forms_new.refused import not_for_applicants
from pipeline.forms_new.rings import ovals_of
from pipeline.forms_new.rules import broken_rules, enclosing_cells, ink_of, round_cornered, ruled_cells, rules_of, tick_boxes
from pipeline.forms_new.seals import seals_in
from pipeline.forms_new.underlines import underlines
from pipeline.geometry import A4_MM, Box

BOXES = "□☐■◻▢"
"""Letters that are tick boxes themselves..."""
SQUARES = BOXES + "口ロ"
"""...and such that a reader takes one for, at the beginning of a word."""
LOWEST_MM = 3.0
"""Nobody writes into less height."""
SHORT = 2
"""Characters of a label that says little by itself: 自, 計, (1)."""
TOUCH_MM = 1.5
"""Between touching cells: a rule, double at most."""
HEAD_TIMES = 1.5
"""A writing area is this much higher than the head above it, at least; a row of a table is not."""
NEXT_MM = 25.0
"""An answer begins this close behind its label's cell: a date's year stands some way into the next one."""


@dataclass(frozen=True)
class Sheet:
    """A page and what is printed on it: cells and marks from the top left, lines of words from the top; `solid` = cells of solid rules."""

    page: BlankPage
    paper: Paper
    cells: tuple[Box, ...]
    solid: tuple[Box, ...]
    enclosing: tuple[Box, ...]
    ticks: tuple[Box, ...]
    ovals: tuple[Box, ...]
    lines: tuple[Line, ...]
    underlined: tuple[Found, ...]


def propose(page: BlankPage) -> list[BoxEntry]:
    """The fields of a page from the top left; no two overlap, and every name is there once."""
    sheet = _sheet(page)
    taken: list[Found] = []
    for found in _finders(sheet, taken):
        for field in found:
            if not any(meet(field.box, other.box) for other in taken):
                taken.append(field)
    taken = [field for field in taken if field.options or field.box.h >= LOWEST_MM]
    taken = [field for field in taken if not not_for_applicants(field.box, sheet.cells, sheet.lines)]
    taken = full_names(_labelled(taken, sheet), sheet.solid, sheet.cells)
    return _named(page.number, sorted(taken, key=lambda field: (round(field.box.y), field.box.x)))


def _sheet(page: BlankPage) -> Sheet:
    ink = ink_of(page.reference)
    solid = rules_of(ink)
    rules = solid | broken_rules(ink)
    paper = Paper(ink & ~rules)
    lines = tuple(lines_of(page.words))
    letters = [glyph for line in lines for token in line for glyph in token.glyphs[token.text[0] in SQUARES :] if glyph.char not in BOXES]
    ticks = tuple(tick for tick in tick_boxes(ink) if not any(holds(tick, glyph.box) for glyph in letters))
    cells = ruled_cells(rules)
    rounded = round_cornered(ink, cells)
    return Sheet(
        page=page,
        paper=paper,
        cells=tuple(sorted([*cells, *rounded], key=lambda box: (round(box.y), box.x))),
        solid=tuple(ruled_cells(solid)),
        enclosing=tuple(enclosing_cells(rules)),
        ticks=ticks,
        ovals=tuple(ovals_of(ink)),
        lines=lines,
        underlined=tuple(field for field in underlines(rules, lines, paper) if not any(_is_edge(field.box, box) for box in rounded)),
    )


def _is_edge(above: Box, box: Box) -> bool:
    """Does the room above a rule end at the upper or lower edge of a box?"""
    return any(abs(above.bottom - edge) < TOUCH_MM for edge in (box.y, box.bottom)) and box.x < above.x + above.w / 2 < box.right


def _finders(sheet: Sheet, taken: Sequence[Found]) -> Iterator[list[Found]]:
    """What each finder found; it sees what those before it have taken."""
    words = sheet.page.words
    ticks = [tick for tick in lone(sheet.ticks) if not any(meet(tick, oval) for oval in sheet.ovals)]
    yield mark_fields(ticks, "tick", sheet.cells, words) + mark_fields(sheet.ovals, "oval", sheet.cells, words)
    yield seals_in(sheet.lines, sheet.cells, sheet.paper)
    writable = [cell for cell in sheet.cells if not is_shaded(cell, sheet.page.reference)]
    empty = [cell for cell in writable if is_empty(cell, sheet.paper)]
    inside = {cell: lines_in(cell, sheet.lines) for cell in writable}
    printed = {cell: lines for cell, lines in inside.items() if lines}
    for cell, lines in printed.items():
        yield firm_fields(cell, lines, sheet.paper, _boxes(taken), label=_followed(cell, [*empty, *_boxes(taken)], sheet))
    loose = [tuple(token for token in line if not any(meet(cell, token.box) for cell in sheet.cells)) for line in sheet.lines]
    yield open_fields([line for line in loose if line], _edge(sheet), sheet.paper, sheet.cells, [*_boxes(taken), *_boxes(sheet.underlined)])
    free = [cell for cell in empty if not any(meet(cell, box) for box in _boxes(taken))]
    runs = [run for run in character_runs(free, sheet.cells) if len(run) > 1]
    yield [digits_field(pieces, "") for pieces in hyphenated(runs, sheet.paper)]
    naming = {cell for cell in printed if _heads(cell, empty) or _followed(cell, [*empty, *_boxes(taken)], sheet)}
    for cell, lines in printed.items():
        if cell not in naming:
            yield soft_fields(cell, lines, sheet.paper, taken)
    yield list(sheet.underlined)
    yield [empty_field(cell, "") for cell in empty if not _is_corner(cell, sheet)]


def _boxes(fields: Sequence[Found]) -> list[Box]:
    return [field.box for field in fields]


def _edge(sheet: Sheet) -> float:
    """Where print ends on the right."""
    return max((box.right for box in (*sheet.cells, *(token.box for line in sheet.lines for token in line))), default=A4_MM[0])


def _labelled(fields: Sequence[Found], sheet: Sheet) -> list[Found]:
    """The fields with the label of their cell, where they have none; a short one is put behind the heading of its column."""
    outer = [*sheet.cells, *sheet.enclosing]
    answered = [cell for cell in outer if any(meet(cell, field.box) for field in fields)]
    naming = [cell for cell in sheet.cells if cell not in answered]
    words = [word for word in sheet.page.words if not any(holds(cell, word.box) for cell in answered)]
    labelled = []
    for field in fields:
        label = field.label
        if len(label) <= SHORT and field.kind != "seal":
            homes = sorted((cell for cell in outer if holds(cell, field.box)), key=lambda cell: cell.w * cell.h)
            home = homes[-1] if homes else field.box
            named = cell_label(home, naming, [word for word in words if not meet(word.box, field.box)])
            label = f"{named}（{label}）" if named and label and named != label else label or named
        labelled.append(replace(field, label=label))
    return labelled


def _followed(cell: Box, answers: Sequence[Box], sheet: Sheet) -> bool:
    """Does something to be filled in stand right of the cell, in the next one, with a solid rule between?"""
    whole = next((solid for solid in sheet.solid if holds(solid, cell)), cell)
    next_to = [box for box in answers if -0.1 <= box.x - cell.right < NEXT_MM and not holds(whole, box)]
    return any(min(cell.bottom, box.bottom) - max(cell.y, box.y) > 0.5 * min(cell.h, box.h) for box in next_to)


def _heads(cell: Box, empty: Sequence[Box]) -> bool:
    """Is it the low head of an empty cell of its width below?"""
    below = [box for box in empty if abs(box.x - cell.x) < 1 and abs(box.right - cell.right) < 1 and 0 <= box.y - cell.bottom < TOUCH_MM]
    return any(box.h >= HEAD_TIMES * cell.h for box in below)


def _is_corner(cell: Box, sheet: Sheet) -> bool:
    """The free corner of a table: headings right of it and below it, nothing that names it."""
    texts = [other for other in sheet.cells if lines_in(other, sheet.lines)]
    right = any(0 <= o.x - cell.right < 1.5 and o.y < cell.bottom and o.bottom > cell.y for o in texts)
    below = any(0 <= o.y - cell.bottom < 1.5 and o.x < cell.right and o.right > cell.x for o in texts)
    left = any(0 <= cell.x - o.right < 1.5 and o.y < cell.bottom and o.bottom > cell.y for o in texts)
    above = any(0 <= cell.y - o.bottom < 1.5 and o.x < cell.right and o.right > cell.x for o in texts)
    return right and below and not left and not above


def _named(page: int, fields: Sequence[Found]) -> list[BoxEntry]:
    """Names: what the label tells (name, phone), else field_01 …, else the place (cell_r1_c2); one that comes again is numbered."""
    entries, used = [], set[str]()
    for number, (field, place) in enumerate(zip(fields, _places([field.box for field in fields]), strict=True), 1):
        kind, told = telling(field.label)
        first = told or (f"field_{number:02}" if field.label or field.options else f"cell_r{place[0]}_c{place[1]}")
        name = next(n for n in (first, *(f"{first}_{again}" for again in range(2, len(fields) + 2))) if n not in used)
        used.add(name)
        if field.kind not in ("text", "multiline") or kind == "text" or field.cells or field.options:
            kind = field.kind
        entries.append(_entry(page, name, replace(field, kind=kind)))
    return entries


def _places(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Row and column, from 1, of boxes in reading order."""
    places: list[tuple[int, int]] = [(1, 1)] if boxes else []
    for before, box in pairwise(boxes):
        row, column = places[-1]
        places.append((row, column + 1) if round(before.y) == round(box.y) else (row + 1, 1))
    return places


def _entry(page: int, name: str, field: Found) -> BoxEntry:
    return BoxEntry(
        page=page,
        name=name,
        label=field.label or name,
        kind=field.kind,
        box_mm=_quad(field.box),
        cells=[_quad(cell) for cell in field.cells],
        parts=[PartEntry(name=part.name, box_mm=_quad(part.box), cells=[_quad(cell) for cell in part.cells]) for part in field.parts],
        options=[OptionEntry(name=option.name, box_mm=_quad(option.box), style=option.style) for option in field.options],
    )


def _quad(box: Box) -> tuple[float, float, float, float]:
    x, y, right, bottom = (round(value, 2) for value in (box.x, box.y, box.right, box.bottom))
    return x, y, round(right - x, 2), round(bottom - y, 2)
