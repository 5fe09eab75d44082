"""A page that takes ink: RGB, millimetres in, pixels inside."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Colour, Gray

Rgb = tuple[int, int, int]
Stroke = NDArray[np.float64]
"""(n, 2) mm, the way of a pen's tip."""

OVERSAMPLING = 4
"""Strokes are drawn this much larger and averaged: thin lines need sub-pixel widths."""


@dataclass(frozen=True)
class Pen:
    """What lines are drawn with.

    Attributes:
        rgb: colour of full ink.
        width_mm: line width of marks (letters have the font's own).
        density: 0..1, how much of the paper full ink covers.
        grain: 0..1, how much paper shows through at random (pencil 0.5, ballpoint 0.1, printer 0).
    """

    rgb: Rgb
    width_mm: float
    density: float
    grain: float


PRINTER = Pen((15, 15, 15), 0.25, 1.0, 0.0)
BALLPOINT = Pen((25, 25, 32), 0.38, 0.92, 0.12)
BLUE = Pen((35, 50, 130), 0.40, 0.90, 0.12)
PENCIL = Pen((70, 70, 72), 0.48, 0.85, 0.45)
VERMILION = Pen((205, 45, 40), 0.5, 0.85, 0.35)
PENS = {"printer": PRINTER, "black": BALLPOINT, "blue": BLUE, "pencil": PENCIL}
"""Names as a case may give them under `ink`."""


class Canvas:
    """The page being drawn on. It holds the pixels; everything else takes millimetres.

    Args:
        rgb: (h, w, 3) uint8; copied, the blank page is not touched.
        dpi: its resolution.
    """

    def __init__(self, rgb: Colour, dpi: float) -> None:
        self.rgb = rgb.copy()
        self.dpi = dpi

    def px(self, mm: float) -> float:
        """Millimetres in pixels, not rounded."""
        return mm * self.dpi / MM_PER_INCH

    def stamp(self, coverage: Gray, left: int, top: int, pen: Pen) -> None:
        """Lay ink on the page: it darkens what is there, as real ink does. Parts off the page are lost.

        Args:
            coverage: (h, w) uint8, 255 = full ink.
            left: x of its left column, pixels.
            top: y of its first row, pixels.
            pen: colour and density.
        """
        height, width = self.rgb.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + coverage.shape[1], width), min(top + coverage.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        part = coverage[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) * (pen.density / 255.0)
        absorbed = 1.0 - np.array(pen.rgb, np.float32) / 255.0
        paper = self.rgb[y0:y1, x0:x1]
        paper[:] = (paper * (1.0 - part[:, :, None] * absorbed)).astype(np.uint8)

    def white_out(self, left: float, top: float, width: float, height: float) -> None:
        """Correction tape: paper white over a rectangle, mm."""
        y0, y1, x0, x1 = (max(0, round(self.px(mm))) for mm in (top, top + height, left, left + width))
        self.rgb[y0:y1, x0:x1] = 250

    def draw(self, strokes: list[Stroke], pen: Pen, rng: np.random.Generator) -> None:
        """Draw pen strokes with a width that breathes a little along the way."""
        points = np.vstack(strokes)
        margin = 2 * pen.width_mm
        low = np.floor((points.min(axis=0) - margin) * self.dpi / MM_PER_INCH).astype(int)
        high = np.ceil((points.max(axis=0) + margin) * self.dpi / MM_PER_INCH).astype(int)
        width, height = (high - low).tolist()
        large = np.zeros((height * OVERSAMPLING, width * OVERSAMPLING), np.uint8)
        for stroke in strokes:
            pixel = (stroke * self.dpi / MM_PER_INCH - low) * OVERSAMPLING
            _line(large, pixel, self.px(pen.width_mm) * OVERSAMPLING, rng)
        coverage = np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        self.stamp(grainy(coverage, pen.grain, rng), int(low[0]), int(low[1]), pen)


def _line(picture: Gray, points: Stroke, width: float, rng: np.random.Generator) -> None:
    pressure = np.interp(np.linspace(0, 1, len(points)), np.linspace(0, 1, 5), rng.uniform(0.8, 1.15, 5))
    rounded = np.round(points * 8).astype(int)
    for start, end, breath in zip(rounded[:-1], rounded[1:], pressure[:-1], strict=True):
        thickness = max(1, round(width * float(breath)))
        cv2.line(picture, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 255, thickness, cv2.LINE_8, 3)


def grainy(coverage: Gray, grain: float, rng: np.random.Generator) -> Gray:
    """Ink with paper showing through: the same picture, partly lighter."""
    if grain <= 0 or coverage.size == 0:
        return coverage
    noise = rng.random(coverage.shape, np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.8)
    kept = np.clip(1.0 - grain * (soft - 0.42) * 3.5, 0.0, 1.0)
    return np.asarray(coverage * kept).astype(np.uint8)


def smooth(points: list[tuple[float, float]], steps: int = 12) -> Stroke:
    """A curve through the points (Catmull-Rom), for hand-drawn marks."""
    knots = np.array([points[0], *points, points[-1]], dtype=np.float64)
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(knots[:-3], knots[1:-2], knots[2:-1], knots[3:], strict=True):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*pieces, knots[-1:]])
