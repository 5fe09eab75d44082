"""What stands on a blank form: print and fields, noted down together in page millimetres.

A sheet is described once with a `Pen`; `pdf` prints what it noted and `toml` writes its fields, so a box and the rules around it
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from reportlab.pdfbase import pdfmetrics

from pipeline.drawing.blank.fonts import FontName, use_fonts
from pipeline.forms import FieldSpec, Option, Part
from pipeline.geometry import MM_PER_INCH, Box

MM_PER_POINT = MM_PER_INCH / 72.0
RULE_MM = 0.18
"""Inner rules of a table."""
FRAME_MM = 0.42
"""Outer frame of a table."""
BOX_DECIMALS = 2
"""Boxes are stated to a hundredth of a millimetre: finer than any printer."""
NO_LINE_START = "、。，．・）」』】〕々ー％,.)!?ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
NO_LINE_END = "（「『【〔("

Align = Literal["left", "center", "right", "spread"]


@dataclass(frozen=True)
class Ink:
    """How a thing is printed: 0 = black, 1 = paper white; widths in mm; `dash` = on and off, mm."""

    width: float = RULE_MM
    shade: float = 0.0
    fill: float | None = None
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Line:
    """A straight rule, mm."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: Ink


@dataclass(frozen=True)
class Rectangle:
    """A frame, a filled area, or both."""

    box: Box
    ink: Ink
    round_mm: float = 0.0


@dataclass(frozen=True)
class Ellipse:
    """An ellipse within `box`."""

    box: Box
    ink: Ink


@dataclass(frozen=True)
class Face:
    """Type: size in points, shade as in `Ink`."""

    size: float = 9.0
    font: FontName = "gothic"
    shade: float = 0.0


@dataclass(frozen=True)
class Text:
    """One line of type, vertically centred in `box`. `spread` puts the characters evenly over the width (均等割付)."""

    box: Box
    string: str
    face: Face
    align: Align


RULE = Ink()
BODY = Face()
Item = Line | Rectangle | Ellipse | Text


@dataclass(frozen=True)
class SheetDesign:
    """A drawn sheet: its print and its fields. `title` is printed; `form_code` and corner marks only on the marked variant."""

    id: str
    sheet: str
    title: str
    form_code: str | None
    items: tuple[Item, ...]
    fields: tuple[FieldSpec, ...]
    fixed: bool = True


def text_width(string: str, face: Face) -> float:
    """Width of one line in mm."""
    use_fonts()
    return float(pdfmetrics.stringWidth(string, face.font, face.size)) * MM_PER_POINT


def wrap(string: str, width: float, face: Face) -> list[str]:
    """Break a Japanese text into lines of at most `width` mm; no line begins with a closing sign or ends with an opening one."""
    lines: list[str] = []
    line = ""
    for sign in string:
        if line and text_width(line + sign, face) > width and sign not in NO_LINE_START:
            kept = line.rstrip(NO_LINE_END)
            lines.append(kept)
            line = line[len(kept) :]
        line += sign
    return [*lines, line]


def rounded(box: Box) -> Box:
    """The box as form.toml states it."""
    return Box(*(round(value, BOX_DECIMALS) for value in box.as_list()))


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of `boxes`."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


@dataclass
class Pen:
    """Notes down print and fields of one sheet, in drawing order."""

    items: list[Item] = field(default_factory=list)
    fields: list[FieldSpec] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, ink: Ink = RULE) -> None:
        """Print a rule."""
        self.items.append(Line(x1, y1, x2, y2, ink))

    def rectangle(self, box: Box, ink: Ink = RULE, round_mm: float = 0.0) -> None:
        """Print a frame."""
        self.items.append(Rectangle(box, ink, round_mm))

    def ellipse(self, box: Box, ink: Ink) -> None:
        """Print an ellipse."""
        self.items.append(Ellipse(box, ink))

    def text(self, box: Box, string: str, face: Face = BODY, align: Align = "left") -> None:
        """Print one line within `box`."""
        self.items.append(Text(box, string, face, align))

    def paragraph(self, box: Box, string: str, face: Face, leading: float, indent: float = 0.0) -> float:
        """Print `string` over several lines of `leading` mm; lines after the first start `indent` mm in. Returns the lower edge."""
        y = box.y
        first = True
        for line in wrap(string, box.w - indent, face):
            shift = 0.0 if first else indent
            self.text(Box(box.x + shift, y, box.w - shift, leading), line, face)
            y += leading
            first = False
        return y

    def field(self, spec: FieldSpec) -> None:
        """Note a field; its boxes are rounded to what form.toml states."""
        self.fields.append(
            replace(
                spec,
                box=rounded(spec.box),
                cells=tuple(rounded(cell) for cell in spec.cells),
                parts=tuple(Part(part.name, rounded(part.box), tuple(rounded(cell) for cell in part.cells)) for part in spec.parts),
                options=tuple(Option(option.name, rounded(option.box), option.style) for option in spec.options),
            )
        )
