"""Ruled tables of labelled cells, and what every sheet has around them: head, office box, notes, foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.drawing.blank.entries import Fill, Slot
from pipeline.drawing.blank.layout import FRAME_MM, RULE_MM, Face, Ink, Pen
from pipeline.geometry import Box

LEFT_MM = 15.0
WIDTH_MM = 180.0
"""The type area: clear of the corner marks on both sides."""
LABEL_SHADE = 0.93
"""Tint of label cells: light enough to vanish in a bilevel scan."""
LABEL_MM = 31.0
LABEL_FACE = Face(9.0)
HINT_FACE = Face(6.5, shade=0.2)
NOTE_FACE = Face(7.5)
ASSOCIATION = "一般社団法人 日本コンタクトセンター教育検定協会"


@dataclass(frozen=True)
class Cell:
    """A label and what is asked under it; widths in mm, the label's included. `hint` is small print under the label."""

    label: str
    width: float
    fill: Fill
    required: bool = False
    hint: str = ""
    label_width: float = LABEL_MM


@dataclass(frozen=True)
class Row:
    """Cells side by side, of one height in mm."""

    height: float
    cells: tuple[Cell, ...]


def table(pen: Pen, y: float, rows: Sequence[Row]) -> float:
    """Print a framed table from `y` down; returns its lower edge."""
    top = y
    for row in rows:
        x = LEFT_MM
        for cell in row.cells:
            _print_cell(pen, Box(x, y, cell.width, row.height), cell)
            x += cell.width
        y += row.height
    pen.rectangle(Box(LEFT_MM, top, WIDTH_MM, y - top), Ink(FRAME_MM))
    return y


def _print_cell(pen: Pen, box: Box, cell: Cell) -> None:
    head = Box(box.x, box.y, cell.label_width, box.h)
    pen.rectangle(head, Ink(0, fill=LABEL_SHADE))
    pen.rectangle(box, Ink(RULE_MM))
    pen.line(head.right, box.y, head.right, box.bottom)
    print_label(pen, head, cell.label, cell.hint, required=cell.required)
    cell.fill(pen, Slot(cell.label, Box(head.right, box.y, box.w - cell.label_width, box.h), cell.required))


def print_label(pen: Pen, head: Box, label: str, hint: str = "", *, required: bool = False) -> None:
    """Label spread over its cell, ※ before it where the field must be filled in, the hint below."""
    mark_mm, label_mm, hint_mm = 3.6, 4.6, 3.0
    top = head.y + (head.h - label_mm - (hint_mm if hint else 0)) / 2
    if required:
        pen.text(Box(head.x + 0.6, top, mark_mm, label_mm), "※", Face(7.0))
    pen.text(Box(head.x + mark_mm + 0.8, top, head.w - mark_mm - 2.4, label_mm), label, LABEL_FACE, "spread")
    if hint:
        pen.text(Box(head.x, top + label_mm, head.w, hint_mm), hint, HINT_FACE, "center")


def sheet_head(pen: Pen, letter: str, title: str, subtitle: str = "コンタクトセンター検定 プロフェッショナル資格認定") -> float:
    """Form name, title (one line, or two parted by a line break) and office-use box; returns where the sheet's own content begins."""
    pen.rectangle(Box(LEFT_MM, 14, 21, 8), Ink(FRAME_MM))
    pen.text(Box(LEFT_MM, 14, 21, 8), f"様式 {letter}", Face(12, "mincho"), "center")
    pen.text(Box(LEFT_MM + 24, 11.5, 96, 5), subtitle, Face(8.5, "mincho"))
    lines = title.split("\n")
    size = 13.5 if len(lines) > 1 else 21.0 if len(title) < 10 else 17.0
    for number, words in enumerate(lines):
        height = 11.0 / len(lines)
        pen.text(Box(LEFT_MM + 24, 16.5 + number * height, 100, height), words, Face(size, "mincho"))
    office_box(pen, Box(141, 11, 54, 19))
    return 33.0


def office_box(pen: Pen, box: Box) -> None:
    """事務局使用欄: three columns nobody but the office writes in; no field."""
    pen.rectangle(box, Ink(RULE_MM, dash=(1.2, 0.8)))
    pen.text(Box(box.x, box.y, box.w, 4.2), "事務局使用欄（記入しないでください）", Face(6.5), "center")
    pen.line(box.x, box.y + 4.2, box.right, box.y + 4.2)
    column = box.w / 3
    for number, head in enumerate(("受付日", "受付番号", "確認印")):
        left = box.x + number * column
        pen.text(Box(left, box.y + 4.2, column, 4), head, Face(6.5), "center")
        if number:
            pen.line(left, box.y + 4.2, left, box.bottom)
    pen.line(box.x, box.y + 8.2, box.right, box.y + 8.2)


def notes(pen: Pen, y: float, lines: Sequence[str], title: str = "記入上の注意") -> float:
    """Numbered small print; returns its lower edge."""
    pen.text(Box(LEFT_MM, y, 60, 5), f"【{title}】", Face(8.5))
    y += 5.2
    for number, line in enumerate(lines, 1):
        pen.text(Box(LEFT_MM + 1, y, 5, 3.9), f"{number}.", NOTE_FACE)
        y = pen.paragraph(Box(LEFT_MM + 6, y, WIDTH_MM - 6, 0), line, NOTE_FACE, 3.9)
    return y


def sheet_foot(pen: Pen, left: str) -> None:
    """The association's name and which sheet of the set this is."""
    y = 279.6
    pen.line(LEFT_MM, y, LEFT_MM + WIDTH_MM, y, Ink(0.12))
    pen.text(Box(LEFT_MM, y + 0.3, 80, 4), left, Face(7))
    pen.text(Box(LEFT_MM + 80, y + 0.3, 100, 4), f"{ASSOCIATION}　資格認定事務局", Face(7), "right")


def section(pen: Pen, y: float, words: str) -> float:
    """A heading between tables; returns the height below it."""
    pen.rectangle(Box(LEFT_MM, y + 1.1, 1.6, 3.4), Ink(0, fill=0.0))
    pen.text(Box(LEFT_MM + 3, y, WIDTH_MM, 5.6), words, Face(9.5))
    return y + 6.2
