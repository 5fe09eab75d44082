"""What happens to cover sheets in a mailroom, drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from pipeline.cover_sheets.layout import QR_BOXES
from pipeline.drawing import fonts, marks
from pipeline.drawing.hand import new_hand, write_line
from pipeline.drawing.ink import BALLPOINT, Canvas
from pipeline.geometry import Colour, pixels

TWO_AT_ONCE = "two fed at once"
Scanner = Callable[[np.random.Generator], tuple[str, int, dict[str, Any]]]
Draw = Callable[[Colour, Colour, float, np.random.Generator], Colour]
"""The sheet, another one, dpi -> what the scanner sees."""


@dataclass(frozen=True)
class Mishap:
    """What happens, and the scanner that sees it: preset, dpi and changes of the look."""

    draw: Draw
    scanner: Scanner


def mishap(kind: str, sheet: Colour, under: Colour, dpi: float, rng: np.random.Generator) -> Colour:
    """`sheet` after the mishap; `under` is the next sheet of the print."""
    return MISHAPS[kind].draw(sheet.copy(), under, dpi, rng)


def _nothing(sheet: Colour, _under: Colour, _dpi: float, _rng: np.random.Generator) -> Colour:
    return sheet


def _folded(sheet: Colour, _under: Colour, dpi: float, rng: np.random.Generator) -> Colour:
    """A corner of 40-75 mm folded over: one of the corners where a QR stands."""
    leg, other = (pixels(float(rng.uniform(40, 75)), dpi) for _ in range(2))
    height, width = sheet.shape[:2]
    if rng.random() < 0.5:
        corner, flap = [(0, 0), (leg, 0), (0, other)], [(leg, 0), (0, other), (leg * 4 // 5, other * 4 // 5)]
    else:
        corner = [(width, height), (width - leg, height), (width, height - other)]
        flap = [(width - leg, height), (width, height - other), (width - leg * 4 // 5, height - other * 4 // 5)]
    cv2.fillConvexPoly(sheet, np.array(corner, np.int32), (90, 90, 90))
    cv2.fillConvexPoly(sheet, np.array(flap, np.int32), (250, 250, 250))
    cv2.polylines(sheet, [np.array(flap, np.int32)], isClosed=True, color=(170, 170, 170), thickness=3)
    return sheet


def _stamped(sheet: Colour, _under: Colour, dpi: float, rng: np.random.Generator) -> Colour:
    """The office's round stamp of 30 mm over both QRs, a seal and a note besides."""
    canvas = Canvas(sheet, dpi)
    for box in QR_BOXES:
        centre = (box.x + float(rng.uniform(10, 40)), box.y + float(rng.uniform(10, 40)))
        marks.seal(canvas, "受付", centre, fonts.font_file("gothic"), rng, float(rng.uniform(18, 30)))
    box = QR_BOXES[int(rng.integers(2))]
    hand = new_hand(fonts.font_file("klee"), 0.5, rng, BALLPOINT)
    write_line(canvas, hand, "11/10 佐藤", (box.x + 2, box.y + float(rng.uniform(10, 40))), 7.0, rng)
    return canvas.rgb


def _two_at_once(sheet: Colour, under: Colour, dpi: float, rng: np.random.Generator) -> Colour:
    """The next sheet fed along with it, looking out below or above by 30-200 mm, on top or beneath."""
    shift = pixels(float(rng.uniform(30, 200)), dpi)
    top, bottom = (sheet, under) if rng.random() < 0.5 else (under, sheet)
    out = bottom.copy()
    if rng.random() < 0.5:
        out[shift:] = top[: len(top) - shift]
        out[shift - 4 : shift] = 190
    else:
        out[: len(out) - shift] = top[shift:]
        out[len(out) - shift : len(out) - shift + 4] = 190
    return out


def _crumpled(sheet: Colour, _under: Colour, dpi: float, rng: np.random.Generator) -> Colour:
    """A sheet that was crumpled: its points lie up to 1.5 mm beside where they should."""
    height, width = sheet.shape[:2]
    beside = rng.normal(0, pixels(0.7, dpi), (2, 7, 5)).astype(np.float32)
    wave = [cv2.resize(each, (width, height), interpolation=cv2.INTER_CUBIC) for each in beside]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(sheet, x + wave[0], y + wave[1], cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8)


def _pale(rng: np.random.Generator) -> tuple[str, int, dict[str, Any]]:
    return "office", 200, {"toner": float(rng.uniform(0.3, 0.5))}


MISHAPS = {
    "copied twice": Mishap(_nothing, lambda _: ("copy", 300, {"generations": 2})),
    "copied twice, bilevel": Mishap(_nothing, lambda _: ("copy", 200, {"generations": 2, "mode": "bilevel"})),
    "150 dpi bilevel": Mishap(_nothing, lambda _: ("office", 150, {"mode": "bilevel"})),
    "100 dpi": Mishap(_nothing, lambda _: ("office", 100, {})),
    "toner at its end": Mishap(_nothing, _pale),
    "corner folded": Mishap(_folded, lambda _: ("office", 200, {})),
    "stamped and written over": Mishap(_stamped, lambda _: ("office", 200, {"mode": "gray"})),
    "crumpled": Mishap(_crumpled, lambda _: ("office", 200, {})),
    TWO_AT_ONCE: Mishap(_two_at_once, lambda _: ("office", 200, {})),
}
