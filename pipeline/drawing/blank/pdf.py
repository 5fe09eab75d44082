"""Prints a sheet design as a PDF page, the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from pipeline.drawing.blank.fonts import use_fonts
from pipeline.drawing.blank.layout import MM_PER_POINT, Ellipse, Ink, Item, Line, Rectangle, Text, text_width
from pipeline.geometry import A4_MM

BASELINE_EM = 0.37
"""The middle of a kanji of IPAex lies this far above its baseline."""


def print_pdf(items: tuple[Item, ...], title: str, path: Path) -> None:
    """Write one A4 page to `path`; reportlab's invariant mode leaves dates and random ids out."""
    use_fonts()
    canvas = Canvas(str(path), pagesize=tuple(side / MM_PER_POINT for side in A4_MM), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.scale(1 / MM_PER_POINT, 1 / MM_PER_POINT)
    for item in items:
        _print_item(canvas, item)
    canvas.showPage()
    canvas.save()


def _print_item(canvas: Any, item: Item) -> None:
    match item:
        case Text():
            _print_text(canvas, item)
        case Line():
            _set_ink(canvas, item.ink)
            canvas.line(item.x1, _up(item.y1), item.x2, _up(item.y2))
        case Rectangle():
            fill = _set_ink(canvas, item.ink)
            box = item.box
            draw = {"stroke": int(item.ink.width > 0), "fill": int(fill)}
            if item.round_mm:
                canvas.roundRect(box.x, _up(box.bottom), box.w, box.h, item.round_mm, **draw)
            else:
                canvas.rect(box.x, _up(box.bottom), box.w, box.h, **draw)
        case Ellipse():
            fill = _set_ink(canvas, item.ink)
            canvas.ellipse(item.box.x, _up(item.box.bottom), item.box.right, _up(item.box.y), stroke=1, fill=int(fill))


def _set_ink(canvas: Any, ink: Ink) -> bool:
    """Set pen and brush; True when the shape is to be filled."""
    canvas.setLineWidth(ink.width)
    canvas.setStrokeGray(ink.shade)
    canvas.setDash(list(ink.dash))
    if ink.fill is not None:
        canvas.setFillGray(ink.fill)
    return ink.fill is not None


def _print_text(canvas: Any, text: Text) -> None:
    size = text.face.size * MM_PER_POINT
    baseline = _up(text.box.y + text.box.h / 2) - BASELINE_EM * size
    canvas.setFillGray(text.face.shade)
    canvas.setFont(text.face.font, size)
    width = text_width(text.string, text.face)
    if text.align == "spread" and len(text.string) > 1:
        _print_spread(canvas, text, baseline, (text.box.w - width) / (len(text.string) - 1))
        return
    shift = {"left": 0.0, "center": 0.5, "spread": 0.5, "right": 1.0}[text.align]
    canvas.drawString(text.box.x + shift * (text.box.w - width), baseline, text.string)


def _print_spread(canvas: Any, text: Text, baseline: float, gap: float) -> None:
    x = text.box.x
    for sign in text.string:
        canvas.drawString(x, baseline, sign)
        x += text_width(sign, text.face) + gap


def _up(y: float) -> float:
    """PDF counts from the lower edge."""
    return A4_MM[1] - y
