"""Draws the crops that the mark, seal and signature readers are tested on: print, pen, misfit, scanner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.ink import Canvas
from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, FieldSpec, Option
from pipeline.geometry import MM_PER_INCH, Box
from pipeline.register import PAGE_DPI

FINE = 4
"""Strokes are drawn this much larger and averaged."""
SCALE = PAGE_DPI / MM_PER_INCH
Way = NDArray[np.float64]
"""(n, 2) mm, the way of a pen's tip."""


@dataclass
class Paper:
    """One field on paper while it is filled in: `print` and `pen` are coverages 0..255 at FINE times PAGE_DPI."""

    box: Box
    print: NDArray[np.uint8] = field(init=False)
    pen: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        shape = (round(self.box.h * SCALE) * FINE, round(self.box.w * SCALE) * FINE)
        self.print, self.pen = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)

    def line(self, way: Way, width: float, *, printed: bool = False, darkness: int = 255) -> None:
        """Draw a line of `width` mm along `way`, page mm."""
        at = np.round((way - [self.box.x, self.box.y]) * SCALE * FINE).astype(np.int32)
        layer = np.zeros_like(self.pen)
        cv2.polylines(layer, [at], isClosed=False, color=darkness, thickness=max(1, round(width * SCALE * FINE)), lineType=cv2.LINE_AA)
        target = self.print if printed else self.pen
        np.maximum(target, layer, out=target)

    def square(self, box: Box) -> None:
        """A printed tick square."""
        self.line(np.vstack([box.corners(), box.corners()[:1]]), 0.2, printed=True)

    def word(self, box: Box, characters: int, rng: np.random.Generator) -> None:
        """Printed strokes that look like `characters` kanji in `box`."""
        side = box.w / characters
        for index in range(characters):
            left = box.x + index * side
            for share in rng.choice([0.1, 0.22, 0.34, 0.46, 0.58, 0.7, 0.82, 0.92], 3, replace=False):
                y = box.y + box.h * share
                self.line(np.array([[left + 0.1 * side, y], [left + 0.9 * side, y]]), 0.22, printed=True)
            for share in (0.25, 0.7):
                x = left + side * (share + rng.uniform(-0.05, 0.05))
                self.line(np.array([[x, box.y + 0.08 * box.h], [x, box.y + 0.92 * box.h]]), 0.3, printed=True)


@dataclass(frozen=True)
class Scan:
    """How the paper reaches the reader.

    Attributes:
        misfit: mm by which the blank form lies beside the print.
        halo: mm round the print in which ink is taken away with it.
        blur: sigma in pixels at PAGE_DPI.
        noise: standard deviation of the gray level.
        level: threshold of a bilevel scan, 0 = gray scan.
        pen_gray: gray level of full pen ink.
    """

    misfit: tuple[float, float] = (0.0, 0.0)
    halo: float = 0.15
    blur: float = 0.8
    noise: float = 2.0
    level: int = 0
    pen_gray: int = 40


def scanned(paper: Paper, spec: FieldSpec, scan: Scan, rng: np.random.Generator) -> FieldCrop:
    """The crop of `paper` as stage 5 would hand it over."""
    ink, form = _small(paper.pen), _small(paper.print)
    gray = 255.0 - np.maximum(ink * (255 - scan.pen_gray) / 255, form * 225 / 255)
    gray = cv2.GaussianBlur(gray, (0, 0), scan.blur) + rng.normal(0, scan.noise, gray.shape)
    if scan.level:
        gray = np.where(gray < scan.level, 0.0, 255.0)
    shift = np.array([[1, 0, scan.misfit[0] * SCALE], [0, 1, scan.misfit[1] * SCALE]])
    blank = cv2.warpAffine(form, shift, (form.shape[1], form.shape[0])) > 60
    size = 2 * max(1, round(scan.halo * SCALE)) + 1
    taken = cv2.dilate(blank.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))) > 0
    page = np.clip(gray, 0, 255).astype(np.uint8)
    left = np.where(taken | (page > 235), 255, page).astype(np.uint8)
    page.setflags(write=False)
    left.setflags(write=False)
    return FieldCrop(spec, paper.box, page, left, None)


def _small(layer: NDArray[np.uint8]) -> NDArray[np.float64]:
    height, width = layer.shape
    return cv2.resize(layer, (width // FINE, height // FINE), interpolation=cv2.INTER_AREA).astype(np.float64)


def field_of(kind: FieldKind, options: Sequence[Option], box: Box) -> FieldSpec:
    """A field of choices."""
    return FieldSpec("choice", "選択", kind, box, options=tuple(options))


def smooth(points: Sequence[tuple[float, float]], steps: int = 24) -> Way:
    """A soft curve through `points`."""
    raw = np.array(points, dtype=np.float64)
    at = np.linspace(0, len(raw) - 1, steps)
    line = np.column_stack([np.interp(at, np.arange(len(raw)), raw[:, axis]) for axis in (0, 1)])
    kernel = np.array([0.25, 0.5, 0.25])
    inner = np.column_stack([np.convolve(line[:, axis], kernel, mode="valid") for axis in (0, 1)])
    return np.vstack([line[:1], inner, line[-1:]])


def tick_ways(shape: str, centre: tuple[float, float], side: float, rng: np.random.Generator) -> list[Way]:
    """Pen ways of a tick of `shape` in a square of `side` mm: check, cross, circle, filled, scribble, slash."""
    high, wide = rng.uniform(0.5, 1.3), rng.uniform(0.4, 1.0)
    if shape == "check":
        ways = [smooth([(-0.4, -0.1), (-0.1, 0.4), (wide, -high)])]
    elif shape == "cross":
        ways = [smooth([(-0.45, -0.45), (0.45, 0.45)]), smooth([(0.45, -0.45), (-0.45, 0.45)])]
    elif shape == "circle":
        half = float(rng.choice([rng.uniform(0.25, 0.35), rng.uniform(0.75, 0.95)]))
        ways = [loop((0.0, 0.0), half * rng.uniform(0.9, 1.1), half, rng)]
    elif shape == "slash":
        ways = [smooth([(0.45, -0.5), (-0.4, 0.45)])]
    else:
        rows = np.linspace(-0.42, 0.42, 14 if shape == "filled" else 7)
        ways = [np.array([(-0.42 if i % 2 else 0.42, y) for i, y in enumerate(rows)])]
        if shape == "scribble":
            ways = [ways[0] @ np.array([[0.8, 0.6], [-0.6, 0.8]])]
    return [np.array(centre) + side * (way + rng.normal(0, 0.02, way.shape)) for way in ways]


def loop(centre: tuple[float, float], half_width: float, half_height: float, rng: np.random.Generator, turn: float = 1.05) -> Way:
    """A hand-drawn round; `turn` < 1 leaves it open."""
    angle = np.linspace(0, 2 * np.pi * turn, 48) + rng.uniform(0, 2 * np.pi)
    bulge = 1 + np.interp(np.linspace(0, 5, 48), np.arange(6), rng.normal(0, 0.06, 6))
    return np.array(centre) + np.column_stack([np.cos(angle) * half_width * bulge, np.sin(angle) * half_height * bulge])


def strike_ways(box: Box, rng: np.random.Generator, lines: int = 2) -> list[Way]:
    """Level lines through `box`, leaving it on both sides."""
    gap, tilt = rng.uniform(0.8, 1.2), rng.normal(0, 0.03)
    ways = []
    for index in range(lines):
        y = box.y + box.h / 2 + (index - (lines - 1) / 2) * gap + rng.normal(0, 0.08)
        left, right = box.x - rng.uniform(0.7, 1.6), box.right + rng.uniform(0.7, 1.6)
        middle = y + rng.normal(0, 0.06)
        ways.append(smooth([(left, y - tilt * box.w), ((left + right) / 2, middle), (right, y + tilt * box.w)]))
    return ways


def photographed(canvas: Canvas, rng: np.random.Generator, *, gray: bool = False) -> FieldCrop:
    """The crop of a canvas on a form without print: in colour, or a gray photocopy."""
    rgb = np.clip(cv2.GaussianBlur(canvas.rgb, (0, 0), 0.7) + rng.normal(0, 4, canvas.rgb.shape), 0, 255).astype(np.uint8)
    page = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if gray:
        page = np.clip((page.astype(np.float64) - 60) * 1.4, 0, 255).astype(np.uint8)
    box = Box(0, 0, page.shape[1] / SCALE, page.shape[0] / SCALE)
    ink = np.where(page > 235, 255, page).astype(np.uint8)
    for picture in (page, ink, rgb):
        picture.setflags(write=False)
    return FieldCrop(FieldSpec("seal", "印", "seal", box), box, page, ink, None if gray else rgb)


def blank(width: float, height: float) -> Canvas:
    """White paper of that many mm."""
    return Canvas(np.full((round(height * SCALE), round(width * SCALE), 3), 255, np.uint8), PAGE_DPI)
