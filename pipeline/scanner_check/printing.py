"""Prints the diagnosis sheet as a PDF, the same bytes every time. A page worker needs no PDF writer, so nothing else imports this."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from pipeline.drawing.blank.fonts import use_fonts
from pipeline.errors import WrongUsage
from pipeline.geometry import A4_MM, MM_PER_INCH, Box
from pipeline.scanner_check.layout import (
    ACROSS_BARS,
    CHECK_LINE,
    DOWN_BARS,
    LADDER_BAR_MM,
    LADDER_MM,
    LADDERS,
    LINE_PAIR_BOXES,
    LINE_PAIRS,
    PATCH_BOXES,
    PATCHES,
    SLANT_DEG,
    SLANT_MM,
    SLANTS,
    STEP_BOXES,
    STEPS,
    TAGS,
    TITLE,
    VERSION,
    Ladder,
    PatchName,
)
from pipeline.scanner_check.tags import MODULES, tag_modules

POINTS_PER_MM = 72 / MM_PER_INCH
ADVICE = (
    "A4 用紙に「実際のサイズ（100 %）」で印刷し、ふだんと同じ設定でスキャンしてください。",
    "できたファイルを intake doctor --scan ファイル名 で調べると、直すところが分かります。",
)
CHECK_LINE_ADVICE = "上の線が定規で 100 mm にならないときは、縮小・拡大されています。印刷し直してください。"
FOOTER = "申請書類ではありません"
PATCH_NAMES: dict[PatchName, str] = {"seal": "朱肉", "blue": "青のボールペン", "pencil": "鉛筆", "black": "黒のボールペン"}
EDGE_NAMES = (("上", 95.0, 15.0), ("下", 95.0, 284.0), ("左", 14.0, 116.0), ("右", 196.0, 116.0))
SAMPLE = (
    "資格認定申請書　業務経験証明書　倫理綱領　継続教育　髙橋　﨑山　渡邉　齋藤",
    "ソンシツクワ　ばぱ　ガカ　ロ口　ー一　0123456789　OMP CAP　受理・不備",
)
SAMPLE_POINTS = (6, 8, 10)
SAMPLE_TOP = 160.0


def print_sheet(path: Path) -> None:
    """Write the sheet, one A4 page, to `path`.

    Raises:
        MissingOnMachine: a typeface is not installed.
        WrongUsage: the file cannot be written.
    """
    use_fonts()
    canvas = Canvas(str(path), pagesize=tuple(side * POINTS_PER_MM for side in A4_MM), invariant=1, pageCompression=1)
    canvas.setTitle(TITLE)
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.scale(POINTS_PER_MM, POINTS_PER_MM)
    for part in (_print_words, _print_tags, _print_ladders, _print_frame, _print_slants, _print_tones, _print_sample, _print_line_pairs):
        part(canvas)
    canvas.showPage()
    try:
        canvas.save()
    except OSError as problem:
        raise WrongUsage(f"{path} に書き込めません。") from problem


def _print_words(canvas: Any) -> None:
    _centred(canvas, TITLE, (A4_MM[0] / 2, 43.0), 8.0)
    for number, line in enumerate(ADVICE):
        _centred(canvas, line, (A4_MM[0] / 2, 53.0 + 6.0 * number), 3.4)
    (left, y), (right, _) = CHECK_LINE
    canvas.setLineWidth(0.2)
    canvas.line(left, _up(y), right, _up(y))
    for x in (left, right):
        canvas.line(x, _up(y - 2), x, _up(y + 2))
    _centred(canvas, "100 mm", (A4_MM[0] / 2, y - 1.2), 3.0)
    _centred(canvas, CHECK_LINE_ADVICE, (A4_MM[0] / 2, y + 6.0), 2.8)
    _centred(canvas, f"{TITLE}　第 {VERSION} 版　　{FOOTER}", (A4_MM[0] / 2, 258.0), 3.2)
    for word, x, y in EDGE_NAMES:
        _centred(canvas, word, (x, y), 4.0)


def _print_tags(canvas: Any) -> None:
    for number, box in TAGS.items():
        _fill(canvas, box)
        module = box.w / MODULES
        for row, cells in enumerate(tag_modules(number)):
            for column, white in enumerate(cells):
                if white:
                    _fill(canvas, Box(box.x + column * module, box.y + row * module, module, module), 1.0)


def _print_ladders(canvas: Any) -> None:
    for ladder in LADDERS:
        canvas.setLineWidth(LADDER_BAR_MM)
        _line(canvas, ladder.point(0.0), ladder.point(LADDER_MM))
        canvas.setLineWidth(0.15)
        for depth in range(1, int(LADDER_MM) + 1):
            reach = 4.0 if depth % 5 == 0 else 2.2
            _line(canvas, ladder.point(depth), ladder.point(depth, reach))
            if depth % 5 == 0:
                _print_depth(canvas, ladder, depth)


def _print_depth(canvas: Any, ladder: Ladder, depth: int) -> None:
    """The number of a rung, below the rung of an upright ladder and beside that of a lying one."""
    x, y = ladder.point(depth, 5.6)
    _centred(canvas, str(depth), (x, y + 0.9), 2.4)


def _print_frame(canvas: Any) -> None:
    for box in (*ACROSS_BARS, *DOWN_BARS):
        _fill(canvas, box)


def _print_slants(canvas: Any) -> None:
    reach, turn = SLANT_MM / math.sqrt(2), math.radians(SLANT_DEG + 45)
    for x, y in SLANTS:
        path = canvas.beginPath()
        for corner in range(4):
            angle = turn + corner * math.pi / 2
            point = (x + reach * math.cos(angle), _up(y + reach * math.sin(angle)))
            (path.moveTo if corner == 0 else path.lineTo)(*point)
        path.close()
        canvas.setFillGray(0)
        canvas.drawPath(path, stroke=0, fill=1)


def _print_tones(canvas: Any) -> None:
    for level, box in zip(STEPS, STEP_BOXES, strict=True):
        _fill(canvas, box, level / 255)
    whole = Box(STEP_BOXES[0].x, STEP_BOXES[0].y, sum(box.w for box in STEP_BOXES), STEP_BOXES[0].h)
    canvas.setLineWidth(0.15)
    canvas.rect(whole.x, _up(whole.bottom), whole.w, whole.h, stroke=1, fill=0)
    _centred(canvas, "黒", (STEP_BOXES[0].x + 8, whole.bottom + 4), 3.0)
    _centred(canvas, "白", (STEP_BOXES[-1].x + 8, whole.bottom + 4), 3.0)
    for name, box in PATCH_BOXES.items():
        canvas.setFillColorRGB(*(part / 255 for part in PATCHES[name]))
        canvas.rect(box.x, _up(box.bottom), box.w, box.h, stroke=0, fill=1)
        _centred(canvas, PATCH_NAMES[name], (box.x + box.w / 2, box.bottom + 4), 3.0)


def _print_sample(canvas: Any) -> None:
    """Print to look at: can the smallest line be read in the scan?"""
    y = SAMPLE_TOP
    for points in SAMPLE_POINTS:
        size = points / POINTS_PER_MM
        for font in ("gothic", "mincho"):
            for text in SAMPLE:
                canvas.setFont(font, size)
                canvas.drawString(44.0, _up(y), text)
                y += 1.45 * size
        _centred(canvas, f"{points} pt", (38.5, y - 3 * 1.45 * size), 2.8)
        y += 2.5


def _print_line_pairs(canvas: Any) -> None:
    for pairs, box in zip(LINE_PAIRS, LINE_PAIR_BOXES, strict=True):
        for number in range(round(box.w * pairs)):
            offset, width = number / pairs, 0.5 / pairs
            _fill(canvas, Box(box.x + offset, box.y, width, box.h))
            _fill(canvas, Box(box.x + 10.0, box.y + offset, box.w, width))
        _centred(canvas, f"1 mm に {pairs} 組", (box.x + 9.5, box.bottom + 4), 2.6)


def _fill(canvas: Any, box: Box, shade: float = 0.0) -> None:
    canvas.setFillGray(shade)
    canvas.rect(box.x, _up(box.bottom), box.w, box.h, stroke=0, fill=1)


def _line(canvas: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas.line(start[0], _up(start[1]), end[0], _up(end[1]))


def _centred(canvas: Any, text: str, baseline: tuple[float, float], size: float) -> None:
    canvas.setFillGray(0)
    canvas.setFont("gothic", size)
    canvas.drawCentredString(baseline[0], _up(baseline[1]), text)


def _up(y: float) -> float:
    """PDF counts from the lower edge."""
    return A4_MM[1] - y
