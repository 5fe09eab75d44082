"""Damage to a scanned sheet that `pipeline.drawing` does not draw, each with its known mapping.

A damage takes the scan and a generator and returns the scan and where a place of the undamaged scan is now, in pixel edges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from pipeline.drawing.paper import Pixels, Scanned
from pipeline.geometry import A4_MM, MM_PER_INCH, Points, map_points

Moved = Callable[[Points], Points]
Damage = Callable[[Scanned, np.random.Generator], tuple[Scanned, Moved]]
_FLAP, _BEHIND = 246, 225
"""Grey of the back of the sheet and of what lies behind it."""


def unmoved(places: Points) -> Points:
    """Damage that moves nothing."""
    return places


def folded_corner(scanned: Scanned, rng: np.random.Generator) -> tuple[Scanned, Moved]:
    """One corner is turned over: it is gone, and its back hides as much again."""
    corner, inwards = _some_corner(rng)
    side = rng.uniform(18, 32)
    ends = corner + inwards * side * np.array([[1.0, 0.0], [0.0, 1.0]])
    picture = scanned.pixels.copy()
    _fill(picture, scanned, np.vstack([corner - inwards * 20, ends[0] - inwards * [0, 20], ends, ends[1] - inwards * [20, 0]]), _BEHIND)
    _fill(picture, scanned, np.vstack([corner + inwards * side, ends]), _FLAP)
    return replace(scanned, pixels=picture), unmoved


def toner_holes(scanned: Scanned, rng: np.random.Generator) -> tuple[Scanned, Moved]:
    """Toner has flaked off solid areas near the corners: white specks."""
    picture = scanned.pixels.copy()
    radius = max(1, round(0.3 / MM_PER_INCH * scanned.dpi))
    for corner, inwards in ((np.array(A4_MM) * at, 1 - 2 * np.array(at)) for at in ((0, 0), (1, 0), (0, 1), (1, 1))):
        places = corner + inwards * rng.uniform(3, 22, (250, 2))
        for x, y in map_points(scanned.scan_from_page, places):
            cv2.circle(picture, (round(x), round(y)), radius, (255,) * 3, -1)
    return replace(scanned, pixels=picture), unmoved


def feeder_bend(scanned: Scanned, rng: np.random.Generator) -> tuple[Scanned, Moved]:
    """The feeder dragged a part of the sheet by 0.5-1 mm, smoothly."""
    return _bent(scanned, rng, rng.uniform((30, 40), (180, 260)), float(rng.uniform(30, 60)))


def bent_corner(scanned: Scanned, rng: np.random.Generator) -> tuple[Scanned, Moved]:
    """The same in a far corner alone, where few printed points are."""
    return _bent(scanned, rng, _some_corner(rng)[0], float(rng.uniform(18, 35)))


def covered_quarter(scanned: Scanned, rng: np.random.Generator) -> tuple[Scanned, Moved]:
    """Another sheet lies on a quarter of the page, with print of its own, and the page is bent beneath or beside it."""
    corner, inwards = _some_corner(rng)
    bent, moved = _bent(scanned, rng, corner + inwards * rng.uniform((10, 10), (95, 140)), float(rng.uniform(30, 50)))
    size = np.array(A4_MM) / 2
    outline = corner + inwards * np.array([[-20.0, -20], [size[0], -20], size, [-20, size[1]]])
    covered = np.zeros(bent.pixels.shape[:2], np.uint8)
    _fill(covered, scanned, outline, 255)
    other = np.ascontiguousarray(np.rot90(scanned.pixels, 2))
    picture = np.where(covered[..., None] > 0, other, bent.pixels) if other.ndim == 3 else np.where(covered > 0, other, bent.pixels)
    return replace(bent, pixels=np.asarray(picture, np.uint8)), moved


def _bent(scanned: Scanned, rng: np.random.Generator, centre: np.ndarray, reach_mm: float) -> tuple[Scanned, Moved]:
    per_mm = scanned.dpi / MM_PER_INCH
    angle = rng.uniform(0, 2 * np.pi)
    pull = rng.uniform(0.5, 1.0) * per_mm * np.array([np.cos(angle), np.sin(angle)])
    middle = map_points(scanned.scan_from_page, np.asarray([centre], np.float64))[0]

    def offset(places: Points) -> Points:
        away = ((places - middle) ** 2).sum(axis=-1, keepdims=True) / (2 * (reach_mm * per_mm) ** 2)
        return np.asarray(np.exp(-away) * pull, np.float64)

    def moved(places: Points) -> Points:
        now = places
        for _ in range(8):  # the picture at q shows what was at q + offset(q)
            now = places - offset(now)
        return now

    height, width = scanned.pixels.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    strength = np.exp(-((x + 0.5 - middle[0]) ** 2 + (y + 0.5 - middle[1]) ** 2) / (2 * (reach_mm * per_mm) ** 2))
    maps = [(each + strength * amount).astype(np.float32) for each, amount in ((x, pull[0]), (y, pull[1]))]
    bent = cv2.remap(scanned.pixels, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return replace(scanned, pixels=np.asarray(bent, np.uint8)), moved


def _some_corner(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A corner of the page, mm, and the direction inwards."""
    at = rng.integers(0, 2, 2)
    return np.array(A4_MM) * at, 1.0 - 2 * at


def _fill(picture: Pixels, scanned: Scanned, outline: Points, level: int) -> None:
    places = np.round(map_points(scanned.scan_from_page, outline)).astype(np.int32)
    cv2.fillPoly(picture, [cv2.convexHull(places)], (level,) * 3)
