"""What can stand in a cell of a form: one function per way of asking, each returning a `Fill`.

A fill prints its small signs (年 月 日, 〒, tick squares) into a `Slot` and notes the field that is written there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.drawing.blank.layout import Face, Ink, Pen, around, text_width
from pipeline.forms import FieldKind, FieldSpec, Option, Part
from pipeline.geometry import Box

INSET_MM = 0.3
"""Field boxes stay this far inside the rules, so that a rule is never taken for ink."""
CELL_W_MM = 6.0
CELL_H_MM = 8.0
"""A cell for one hand-written digit."""
TICK_MM = 4.2
"""Side of a tick square."""
SEAL_MM = 15.0
"""Place for a round seal: personal seals are 10.5 to 15 mm."""
GAP_MM = 1.2
SMALL = Face(8.0)
TINY = Face(6.5, shade=0.25)
CELL_INK = Ink(0.15)
FAINT = Ink(0.15, shade=0.55, dash=(0.8, 0.8))


@dataclass(frozen=True)
class Slot:
    """The inside of a ruled cell: where its writing area begins and ends, and what the form calls it."""

    label: str
    box: Box
    required: bool


Fill = Callable[[Pen, Slot], None]


def line(name: str, kind: FieldKind = "text") -> Fill:
    """One writing area that fills the cell."""

    def fill(pen: Pen, slot: Slot) -> None:
        pen.field(FieldSpec(name, slot.label, kind, slot.box.grown(-INSET_MM), slot.required))

    return fill


def family_given(name: str, kind: FieldKind, captions: tuple[str, str] = ("姓", "名")) -> Fill:
    """Two halves, a dotted rule between, a small caption at the left of each."""
    caption_mm = 7.0

    def fill(pen: Pen, slot: Slot) -> None:
        box, half = slot.box, slot.box.w / 2
        parts = []
        for number, (part, caption) in enumerate(zip(("family", "given"), captions, strict=True)):
            left = box.x + number * half
            pen.text(Box(left + 1, box.y, caption_mm - 1, box.h), caption, TINY)
            parts.append(Part(part, Box(left + caption_mm, box.y, half - caption_mm, box.h).grown(-INSET_MM)))
        pen.line(box.x + half, box.y, box.x + half, box.bottom, FAINT)
        pen.field(FieldSpec(name, slot.label, kind, around([part.box for part in parts]), slot.required, parts=tuple(parts)))

    return fill


def cell_row(pen: Pen, x: float, middle: float, count: int, size: tuple[float, float] = (CELL_W_MM, CELL_H_MM)) -> tuple[Box, ...]:
    """Print `count` joined cells centred on the height `middle`; their insides, left to right."""
    width, height = size
    whole = Box(x, middle - height / 2, count * width, height)
    pen.rectangle(whole, CELL_INK)
    for number in range(1, count):
        pen.line(x + number * width, whole.y, x + number * width, whole.bottom, CELL_INK)
    return tuple(Box(x + number * width, whole.y, width, height).grown(-INSET_MM) for number in range(count))


def digits(name: str, count: int) -> Fill:
    """Joined cells, one digit each."""

    def fill(pen: Pen, slot: Slot) -> None:
        cells = cell_row(pen, slot.box.x + GAP_MM, slot.box.y + slot.box.h / 2, count)
        pen.field(FieldSpec(name, slot.label, "digits", around(cells), slot.required, cells=cells))

    return fill


def postal_code(name: str, remark: str = "") -> Fill:
    """〒, three cells, a hyphen, four cells; `remark` is printed at the right."""

    def fill(pen: Pen, slot: Slot) -> None:
        box, middle = slot.box, slot.box.y + slot.box.h / 2
        pen.text(Box(box.x + GAP_MM, box.y, 5, box.h), "〒", Face(11))
        first = cell_row(pen, box.x + 7, middle, 3)
        hyphen = box.x + 7 + 3 * CELL_W_MM
        pen.text(Box(hyphen, box.y, 4, box.h), "－", SMALL, "center")
        second = cell_row(pen, hyphen + 4, middle, 4)
        parts = (Part("first", around(first), first), Part("second", around(second), second))
        pen.field(FieldSpec(name, slot.label, "digits", around([*first, *second]), slot.required, parts=parts))
        if remark:
            pen.text(Box(second[-1].right + 4, box.y, box.right - second[-1].right - 5, box.h), remark, TINY)

    return fill


@dataclass(frozen=True)
class Unit:
    """A part with the sign printed after it; widths in mm."""

    part: str
    width: float
    sign: str
    sign_width: float = 4.0


DATE = (Unit("year", 15.0, "年"), Unit("month", 10.0, "月"), Unit("day", 10.0, "日"))
YEAR_MONTH = (Unit("year", 15.0, "年"), Unit("month", 9.0, "月"))
DURATION = (Unit("years", 11.0, "年"), Unit("months", 10.0, "ヶ月", 6.0))


def print_units(pen: Pen, left: float, box: Box, units: Sequence[Unit], face: Face = SMALL) -> tuple[Part, ...]:
    """Print the signs from `left` on over the height of `box`; the parts lie between them."""
    parts = []
    for unit in units:
        parts.append(Part(unit.part, Box(left, box.y, unit.width, box.h).grown(-INSET_MM)))
        pen.text(Box(left + unit.width, box.y, unit.sign_width, box.h), unit.sign, face, "center")
        left += unit.width + unit.sign_width
    return tuple(parts)


def in_units(name: str, kind: FieldKind, units: Sequence[Unit], lead: str = "") -> Fill:
    """Parts with a printed sign after each: a date (`lead` 西暦), a month, a duration."""

    def fill(pen: Pen, slot: Slot) -> None:
        box = slot.box
        lead_width = text_width(lead, SMALL) + GAP_MM if lead else 0.0
        if lead:
            pen.text(Box(box.x + GAP_MM, box.y, lead_width, box.h), lead, SMALL)
        parts = print_units(pen, box.x + GAP_MM + lead_width, box, units)
        pen.field(FieldSpec(name, slot.label, kind, around([part.box for part in parts]), slot.required, parts=parts))

    return fill


def date(name: str) -> Fill:
    """A date by the Western calendar."""
    return in_units(name, "date", DATE, "西暦")


def birth_date(name: str) -> Fill:
    """A date whose era is chosen by a circle around its printed name."""
    eras, face, step, width = ("昭和", "平成", "西暦"), Face(9), 11.0, 8.0

    def fill(pen: Pen, slot: Slot) -> None:
        box, middle = slot.box, slot.box.y + slot.box.h / 2
        options = []
        for number, era in enumerate(eras):
            word = Box(box.x + GAP_MM + number * step, middle - 2.5, width, 5)
            pen.text(word, era, face, "center")
            options.append(Option(era, word, "circle"))
            if number + 1 < len(eras):
                pen.text(Box(word.right, box.y, step - width, box.h), "・", SMALL, "center")
        parts = print_units(pen, box.x + GAP_MM + len(eras) * step, box, DATE)
        whole = around([*(option.box for option in options), *(part.box for part in parts)])
        pen.field(FieldSpec(name, slot.label, "date", whole, slot.required, parts=parts, options=tuple(options)))

    return fill


@dataclass(frozen=True)
class Choice:
    """A tick square's name and the words printed beside it."""

    name: str
    words: str


def ticks(name: str, choices: Sequence[Choice], kind: FieldKind = "choice", columns: int = 0, face: Face = SMALL) -> Fill:
    """Tick squares with words, in `columns` equal columns (0 = all in one line)."""

    def fill(pen: Pen, slot: Slot) -> None:
        across = columns or len(choices)
        width, height = slot.box.w / across, slot.box.h / -(-len(choices) // across)
        options = []
        for number, choice in enumerate(choices):
            left, top = slot.box.x + number % across * width, slot.box.y + number // across * height
            square = Box(left + 2, top + (height - TICK_MM) / 2, TICK_MM, TICK_MM)
            pen.rectangle(square, CELL_INK)
            pen.text(Box(square.right + GAP_MM, top, width - TICK_MM - 2 - GAP_MM, height), choice.words, face)
            options.append(Option(choice.name, square, "tick"))
        pen.field(FieldSpec(name, slot.label, kind, slot.box.grown(-INSET_MM), slot.required, options=tuple(options)))

    return fill


def with_seal(inner: Fill, seal_name: str, seal_label: str = "印") -> Fill:
    """`inner` with a round place for a seal at the right end of the cell."""

    def fill(pen: Pen, slot: Slot) -> None:
        box = slot.box
        place = Box(box.right - SEAL_MM - 2, box.y + (box.h - SEAL_MM) / 2, SEAL_MM, SEAL_MM)
        inner(pen, Slot(slot.label, Box(box.x, box.y, box.w - SEAL_MM - 4, box.h), slot.required))
        pen.ellipse(place, FAINT)
        pen.text(place, "印", Face(9, shade=0.55), "center")
        pen.field(FieldSpec(seal_name, seal_label, "seal", place))

    return fill
