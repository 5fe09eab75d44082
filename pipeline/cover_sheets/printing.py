"""Prints cover sheets as a PDF, one A4 page an envelope, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.cover_sheets.layout import MODULE_MM, QR_BOXES, QR_LEVEL, QR_MM, QR_VERSION, QUIET_MODULES
from pipeline.cover_sheets.payload import DIGITS, Cover, cover_text
from pipeline.errors import MissingOnMachine, WrongUsage
from pipeline.geometry import A4_MM, MM_PER_INCH, Box

POINTS_PER_MM = 72 / MM_PER_INCH
FONT = "cover-gothic"
FONT_FILES = tuple(Path("/usr/share/fonts") / kind / "ipaexfont-gothic/ipaexg.ttf" for kind in ("opentype", "truetype"))
"""Where Debian and Ubuntu put fonts-ipaexfont."""

TITLE = "封筒仕切り票"
ADVICE = (
    "この票の後ろに、封筒 1 通分の書類をすべて重ねてからスキャンしてください。",
    "次の封筒の書類の前には、次の番号の仕切り票を入れてください。",
    "二次元コードの上に、書き込み・押印・付せんをしないでください。",
)
STOCK_DAY = "　　　　年　　月　　日"


def print_covers(covers: Sequence[Cover], path: Path) -> None:
    """Write one A4 page for each cover to `path`.

    Raises:
        MissingOnMachine: the typeface is not installed.
        WrongUsage: the file cannot be written.
    """
    _use_font()
    canvas = Canvas(str(path), pagesize=tuple(side * POINTS_PER_MM for side in A4_MM), invariant=1, pageCompression=1)
    canvas.setTitle(TITLE)
    for cover in covers:
        canvas.scale(POINTS_PER_MM, POINTS_PER_MM)
        _print_page(canvas, cover)
        canvas.showPage()
    try:
        canvas.save()
    except OSError as problem:
        raise WrongUsage(f"{path} に書き込めません。") from problem


def numbered(first: int, count: int) -> list[str]:
    """Envelope numbers from `first` on; WrongUsage when they leave the six digits."""
    if first < 0 or count < 1 or first + count - 1 >= 10**DIGITS:
        raise WrongUsage(f"封筒番号は {DIGITS} 桁までです。--first と --count を見直してください。")
    return [f"{number:0{DIGITS}d}" for number in range(first, first + count)]


def _use_font() -> None:
    if FONT in pdfmetrics.getRegisteredFontNames():
        return
    file = next((file for file in FONT_FILES if file.is_file()), None)
    if file is None:
        raise MissingOnMachine("フォント IPAexGothic がありません。sudo apt-get install fonts-ipaexfont で入れてください")
    pdfmetrics.registerFont(TTFont(FONT, str(file)))


def _print_page(canvas: Any, cover: Cover) -> None:
    _print_centred(canvas, TITLE, 112.0, 22.0)
    canvas.setLineWidth(0.6)
    canvas.line(25.0, A4_MM[1] - 122.0, A4_MM[0] - 25.0, A4_MM[1] - 122.0)
    _print_centred(canvas, f"封筒番号　{cover.envelope}", 146.0, 15.0)
    _print_centred(canvas, f"受付日　{_day(cover)}", 168.0, 9.0)
    for number, line in enumerate(ADVICE):
        _print_centred(canvas, line, 188.0 + 8.0 * number, 4.2)
    for box in QR_BOXES:
        _print_qr(canvas, cover_text(cover), box)


def _day(cover: Cover) -> str:
    day = cover.received
    return STOCK_DAY if day is None else f"{day.year}年{day.month}月{day.day}日"


def _print_centred(canvas: Any, text: str, baseline: float, size: float) -> None:
    canvas.setFont(FONT, size)
    canvas.drawCentredString(A4_MM[0] / 2, A4_MM[1] - baseline, text)


def _print_qr(canvas: Any, text: str, box: Box) -> None:
    border = QUIET_MODULES * MODULE_MM
    side = QR_MM + 2 * border
    widget = QrCodeWidget(text, barLevel=QR_LEVEL, qrVersion=QR_VERSION, barBorder=QUIET_MODULES, barWidth=side, barHeight=side)
    drawing = Drawing(side, side)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, box.x - border, A4_MM[1] - box.bottom - border)
