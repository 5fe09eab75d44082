"""What becomes of a cell's ink on its way through pen, copier, fax and scanner; pictures are float32, 1 = full ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]
PX_PER_MM = 300 / 25.4
"""Pictures are drawn at the resolution of registered pages."""
WAYS = ("office", "office", "office", "copy", "copy", "bilevel", "fax", "fax", "fax")
"""One of these happens to a cell, all equally often."""


def pressed(ink: Ink, rng: np.random.Generator) -> Ink:
    """Strokes made thinner or thicker, as other nibs and pressures would; the level wanders over the picture."""
    soft = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.8, 2.2)))
    level = float(rng.uniform(0.22, 0.6))
    wander = cv2.resize(rng.uniform(-0.08, 0.08, (2, 2)).astype(np.float32), ink.shape[::-1])
    return np.asarray(np.clip((soft - level - wander) * 3.0 + 0.5, 0.0, 1.0), dtype=np.float32)


def inked(ink: Ink, rng: np.random.Generator) -> Ink:
    """Coverage as a pen lays it: pencil is pale and grainy."""
    if rng.random() < 0.25:
        grain = cv2.GaussianBlur(rng.random(ink.shape, np.float32), (0, 0), 0.8)
        paler = np.clip(1.0 - float(rng.uniform(0.2, 0.5)) * (grain - 0.42) * 3.5, 0.0, 1.0)
        return np.asarray(ink * paler * np.float32(rng.uniform(0.5, 0.85)), dtype=np.float32)
    return ink * np.float32(rng.uniform(0.75, 1.0))


def scanned(ink: Ink, rng: np.random.Generator) -> Ink:
    """The ink as it is seen on the registered page."""
    way = WAYS[int(rng.integers(len(WAYS)))]
    if way == "fax":
        return _faxed(ink, rng)
    seen = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.4, 1.0)))
    if way == "copy":
        gain = float(rng.uniform(1.3, 3.0))
        seen = np.clip((cv2.GaussianBlur(seen, (0, 0), 0.6) - float(rng.uniform(0.25, 0.5))) * gain + 0.4, 0.0, 1.0)
        seen = _specked(seen, rng)
    elif way == "bilevel":
        noise = float(rng.uniform(0.0, 0.08)) * rng.standard_normal(ink.shape, np.float32)
        seen = cv2.GaussianBlur((seen + noise > rng.uniform(0.3, 0.55)).astype(np.float32), (0, 0), 0.5)
    return np.clip(seen + float(rng.uniform(0.0, 0.025)) * rng.standard_normal(ink.shape, np.float32), 0.0, 1.0)


def _specked(ink: Ink, rng: np.random.Generator) -> Ink:
    for _ in range(int(rng.integers(0, 3))):
        y, x = int(rng.integers(ink.shape[0])), int(rng.integers(ink.shape[1]))
        cv2.circle(ink, (x, y), int(rng.integers(1, 3)), (1.0,), -1)
    return ink


def _faxed(ink: Ink, rng: np.random.Generator) -> Ink:
    """Bilevel at 100 to 204 dpi, strokes broken by a high level and thick by a low one, a row lost now and then."""
    across = float(rng.uniform(100, 204)) / 300
    down = across if rng.random() < 0.7 else across * float(rng.choice([0.5, 0.96]))
    down = max(down, 0.3)
    size = max(round(ink.shape[1] * across), 8), max(round(ink.shape[0] * down), 8)
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    small = small + float(rng.uniform(0.02, 0.10)) * rng.standard_normal(small.shape, np.float32)
    dots = (small > rng.uniform(0.2, 0.55)).astype(np.float32)
    if rng.random() < 0.25:
        row = int(rng.integers(1, len(dots)))
        dots[row] = dots[row - 1]
    back = cv2.resize(dots, ink.shape[::-1], interpolation=cv2.INTER_NEAREST if rng.random() < 0.6 else cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(back, (0, 0), float(rng.uniform(0.3, 0.9))), dtype=np.float32)


def with_remnants(ink: Ink, edges: tuple[int, int, int, int], rng: np.random.Generator) -> Ink:
    """What subtraction left of the cell's printed rules: pieces of its edges (left, top, right, bottom, pixels)."""
    left, top, right, bottom = edges
    level = [((left, top), (right, top)), ((left, bottom), (right, bottom))]
    corners = [*level, ((left, top), (left, bottom)), ((right, top), (right, bottom))]
    for _ in range(int(rng.integers(1, 3))):
        (x0, y0), (x1, y1) = corners[int(rng.integers(4))]
        begin, length = float(rng.uniform(0, 0.8)), float(rng.uniform(0.1, 0.6))
        end = min(begin + length, 1.0)
        one = (round(x0 + begin * (x1 - x0)), round(y0 + begin * (y1 - y0)))
        other = (round(x0 + end * (x1 - x0)), round(y0 + end * (y1 - y0)))
        cv2.line(ink, one, other, (float(rng.uniform(0.5, 1.0)),), int(rng.integers(1, 4)))
    return ink


def with_neighbour(ink: Ink, edges: tuple[int, int, int, int], rng: np.random.Generator) -> Ink:
    """The end of a neighbour's stroke, which reaches into the cell a little."""
    left, top, right, bottom = edges
    at_left = rng.random() < 0.5
    depth = float(rng.uniform(0.02, 0.16)) * (right - left)
    y = float(rng.uniform(top, bottom))
    tip = (left + depth if at_left else right - depth, y)
    tail = (0.0 if at_left else ink.shape[1] - 1.0, y + float(rng.normal(0, 0.2)) * (bottom - top))
    hooked = rng.random() >= 0.6
    ways = np.array([tail, tip, (tail[0], y + float(rng.uniform(0.1, 0.4)) * (bottom - top))] if hooked else [tail, tip])
    cv2.polylines(ink, [np.round(ways * 8).astype(np.int32)], isClosed=False, color=(1.0,), thickness=int(rng.integers(2, 7)), shift=3)
    return ink
