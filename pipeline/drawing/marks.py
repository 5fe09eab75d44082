"""Ticks, circles, strike-outs and seals: what people put on a form besides letters."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.ink import VERMILION, Canvas, Pen, Stroke, grainy, smooth
from pipeline.geometry import Box, Gray

TICKS = ("check", "check", "check", "cross", "filled", "circle", "scribble")
"""Shapes people tick with; レ is the usual one, so it is there three times."""
SEAL_MM = 10.5
"""Diameter of a common 認印."""
CORRECTION_SEAL_MM = 6.0
"""Diameter of a 訂正印."""


def tick(canvas: Canvas, box: Box, shape: str, pen: Pen, rng: np.random.Generator) -> None:
    """Tick a box the way `shape` says (one of TICKS)."""
    size = min(box.w, box.h) * float(rng.uniform(0.85, 1.25))
    centre = np.array([box.x + box.w / 2, box.y + box.h / 2]) + rng.normal(0, 0.05, 2) * size
    strokes = [centre + (stroke + rng.normal(0, 0.025, stroke.shape).cumsum(axis=0) * 0.15) * size for stroke in _tick_shape(shape, rng)]
    canvas.draw(strokes, pen, rng)


def _tick_shape(shape: str, rng: np.random.Generator) -> list[Stroke]:
    """Strokes in a box of side 1 round the origin."""
    high = float(rng.uniform(0.5, 0.9))
    if shape == "check":
        return [smooth([(-0.45, -0.05), (-0.12, 0.42), (-0.02, 0.35), (0.55, -high)])]
    if shape == "cross":
        return [smooth([(-0.45, -0.45), (0.05, 0.0), (0.45, 0.45)]), smooth([(0.45, -0.45), (0.0, 0.05), (-0.45, 0.45)])]
    if shape == "circle":
        return [_loop(0.55, 0.5, rng)]
    if shape == "filled":
        rows = np.linspace(-0.42, 0.42, 12)
        return [smooth([(-0.42 if i % 2 else 0.42, float(y)) for i, y in enumerate(rows)], 6)]
    columns = np.linspace(-0.5, 0.5, 8)
    return [smooth([(float(x), 0.45 if i % 2 else -0.45) for i, x in enumerate(columns)])]


def filled_square(canvas: Canvas, box: Box, pen: Pen) -> None:
    """A box ticked by a word processor: ■."""
    side = 0.74 * min(box.w, box.h)
    pixels = max(2, round(canvas.px(side)))
    left = round(canvas.px(box.x + (box.w - side) / 2))
    top = round(canvas.px(box.y + (box.h - side) / 2))
    canvas.stamp(np.full((pixels, pixels), 255, np.uint8), left, top, pen)


def _loop(half_width: float, half_height: float, rng: np.random.Generator) -> Stroke:
    """A closed round that overshoots its beginning and is nowhere quite an ellipse."""
    start = float(rng.uniform(-2.4, -1.0))
    turn = 2 * np.pi * float(rng.uniform(1.0, 1.12))
    angle = np.linspace(start, start + turn, 48)
    bulge = 1.0 + np.interp(np.linspace(0, 1, 48), np.linspace(0, 1, 6), rng.normal(0, 0.05, 6))
    grow = np.linspace(1.0, float(rng.uniform(0.92, 1.1)), 48)
    return np.column_stack([np.cos(angle) * half_width * bulge * grow, np.sin(angle) * half_height * bulge * grow])


def circle_word(canvas: Canvas, box: Box, pen: Pen, rng: np.random.Generator) -> None:
    """A circle round a printed word, spilling over it."""
    half_height = box.h / 2 + float(rng.uniform(0.1, 0.9))
    half_width = max(half_height * 0.9, box.w / 2 + float(rng.uniform(0.1, 1.2)))
    centre = np.array([box.x + box.w / 2, box.y + box.h / 2]) + rng.normal(0, 0.35, 2)
    canvas.draw([centre + _loop(half_width, half_height, rng)], pen, rng)


def strike_out(canvas: Canvas, box: Box, pen: Pen, rng: np.random.Generator) -> None:
    """A double line through what stands in `box`."""
    strokes = []
    for share in (0.42, 0.60):
        y = box.y + box.h * share
        tilt = rng.normal(0, 0.04, 3) * box.h
        ends = [(box.x - 0.8, y + tilt[0]), (box.x + box.w / 2, y + tilt[1]), (box.right + 0.8, y + tilt[2])]
        strokes.append(smooth([(float(x), float(h)) for x, h in ends]))
    canvas.draw(strokes, pen, rng)


def seal(canvas: Canvas, name: str, centre: tuple[float, float], font: Path, rng: np.random.Generator, size: float = SEAL_MM) -> None:
    """A round red seal with the surname in it, its ink rough, a little turned; `centre` is x and y, `size` the diameter, mm."""
    pixels = round(canvas.px(size * 1.2))
    face = _seal_face(name, pixels, font)
    turn = cv2.getRotationMatrix2D((pixels / 2, pixels / 2), float(rng.normal(0, 7)), 1.0)
    turned = cv2.warpAffine(face, turn, (pixels, pixels), flags=cv2.INTER_LINEAR)
    uneven = cv2.resize(rng.uniform(0.65, 1.1, (3, 3)).astype(np.float32), (pixels, pixels), interpolation=cv2.INTER_CUBIC)
    inked = np.clip(cv2.GaussianBlur(turned, (0, 0), pixels / 180) * uneven, 0, 255).astype(np.uint8)
    left, top = (round(canvas.px(value) - pixels / 2) for value in centre)
    canvas.stamp(grainy(inked, VERMILION.grain, rng), left, top, VERMILION)


def _seal_face(name: str, pixels: int, font: Path) -> Gray:
    """The seal's face, upright: a ring and at most four characters, top to bottom."""
    face = np.zeros((pixels, pixels), np.uint8)
    radius = round(pixels / 2.4)
    cv2.circle(face, (pixels // 2, pixels // 2), radius, 255, max(1, round(pixels * 0.035)), cv2.LINE_AA)
    text = name[:4] or "印"
    em = round(1.55 * radius / max(len(text), 1.6))
    top = pixels / 2 - em * len(text) / 2
    for index, char in enumerate(text):
        picture = fonts.glyph(font, char, em)
        pad = round(fonts.PAD * em)
        width = picture.shape[1]
        x, y = round(pixels / 2 - width / 2), round(top + index * em) - pad
        y0, y1 = max(0, y), min(pixels, y + picture.shape[0])
        x0, x1 = max(0, x), min(pixels, x + width)
        face[y0:y1, x0:x1] = np.maximum(face[y0:y1, x0:x1], picture[y0 - y : y1 - y, x0 - x : x1 - x])
    return face
