"""The angle at which the page lies, from everything straight on it: rules and lines of writing, along and across.

A page seen at its own angle has the sharpest profiles: the edges of a rule all fall into one row. For a trial angle the picture is not
turned; strips of it are shifted against each other (a shear), which for these angles is the same and costs nothing.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, Matrix, for_centres

Profiles = NDArray[np.float32]
"""(strips, length) edge strength along each strip."""

LARGEST_DEG = 8.0
"""Feeders and hands stay within 5; more is another problem."""
SMALLEST_DEG = 0.05
"""Turning by less moves a corner of A4 by less than 0.15 mm, and would cost sharpness."""
COARSE_STEP_DEG, FINE_STEP_DEG = 0.5, 0.1
COARSE_ROWS, COARSE_STRIP, FINE_STRIP = 4, 16, 8
"""Pixels of the small copy that are put together: at 0.5 degrees a rule across the page still stays within four rows."""
FINE_STEPS, PEAK_STEPS = 8, 5
"""Steps looked at on either side of the rough angle, and of them on either side of the peak."""
REFINED, SOFTNESS = 3, 1.0
"""Samples per pixel of the fine profiles and their blur in pixels: undoes the pull of the pixel grid on small angles."""
EDGE = 24
"""Least step in level that is an edge, paper noise on the small copy is below 10; steps count up to EDGE_CAP."""
EDGE_CAP = 96
CONTRAST = 1.15
"""Sharpness at the best angle against the median of all: below it the page has no direction (blank, a photograph)."""


def find_skew(even: Gray) -> float:
    """Degrees by which (h, w) `even` is turned clockwise, 0.0 below SMALLEST_DEG or when nothing on it is straight.

    Accurate to about 0.05 degrees within +-7 for a page of any of the four orientations.
    """
    down, across = _edges(even)
    views = (_profiles(down, FINE_STRIP), _profiles(np.ascontiguousarray(across.T), FINE_STRIP))
    signs = (1.0, -1.0)
    coarse = tuple(_coarsened(view) for view in views)
    angles = np.arange(-LARGEST_DEG, LARGEST_DEG + COARSE_STEP_DEG / 2, COARSE_STEP_DEG)
    rough = np.array([_sharpness(coarse, signs, angle, COARSE_STRIP / COARSE_ROWS) for angle in angles])
    best = int(rough.argmax())
    if rough[best] < CONTRAST * np.median(rough) or rough[best] <= 0:
        return 0.0
    smooth = tuple(_refined(view) for view in views)
    near = angles[best] + FINE_STEP_DEG * np.arange(-FINE_STEPS, FINE_STEPS + 1)
    angle = _middle(near, np.array([_sharpness(smooth, signs, angle, FINE_STRIP * REFINED) for angle in near]))
    return angle if abs(angle) >= SMALLEST_DEG else 0.0


def rotation(shape: tuple[int, ...], skew_deg: float) -> tuple[Matrix, tuple[int, int]]:
    """How to take `skew_deg` out of a picture of `shape` without losing a corner.

    Returns:
        (3, 3) pixels of the level picture -> pixels of the skewed one, and the level picture's (width, height).
    """
    height, width = shape[:2]
    if not skew_deg:
        return np.eye(3), (width, height)
    cos, sin = math.cos(math.radians(skew_deg)), math.sin(math.radians(skew_deg))
    size = (round(width * cos + height * abs(sin)), round(width * abs(sin) + height * cos))
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    turn[:2, 2] = np.array([width, height]) / 2 - turn[:2, :2] @ (np.array(size) / 2)
    return turn, size


def level(picture: Gray, skewed_from_level: Matrix, size: tuple[int, int]) -> Gray:
    """The picture, gray or colour, turned level; what lies outside is white."""
    flags, white = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, (255, 255, 255)
    return np.asarray(cv2.warpAffine(picture, for_centres(skewed_from_level)[:2], size, flags=flags, borderValue=white), dtype=np.uint8)


def _edges(even: Gray) -> tuple[Gray, Gray]:
    """Steps from paper to ink, going down and going across, each (h, w)."""
    down, across = np.zeros_like(even), np.zeros_like(even)
    down[1:] = cv2.subtract(even[:-1], even[1:])
    across[:, 1:] = cv2.subtract(even[:, :-1], even[:, 1:])
    return _counted(down), _counted(across)


def _counted(steps: Gray) -> Gray:
    return np.asarray(np.minimum(cv2.threshold(steps, EDGE, 0, cv2.THRESH_TOZERO)[1], EDGE_CAP), dtype=np.uint8)


def _profiles(edges: Gray, strip: int) -> Profiles:
    """Sum of (h, w) `edges` over strips of columns: (strips, h)."""
    strips = max(1, edges.shape[1] // strip)
    summed = cv2.resize(edges[:, : strips * strip], (strips, edges.shape[0]), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(summed.T, dtype=np.float32)


def _refined(view: Profiles) -> Profiles:
    """The same profiles finer and softer than the pixel grid, which otherwise pulls small angles to zero."""
    soft = cv2.GaussianBlur(view, (0, 0), sigmaX=SOFTNESS, sigmaY=0.01)
    return np.asarray(cv2.resize(soft, (view.shape[1] * REFINED, view.shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _coarsened(view: Profiles) -> Profiles:
    strips, length = view.shape[0] // 2 * 2, view.shape[1] // COARSE_ROWS * COARSE_ROWS
    paired = view[:strips:2, :length] + view[1:strips:2, :length]
    return np.asarray(paired.reshape(paired.shape[0], -1, COARSE_ROWS).sum(axis=2), dtype=np.float32)


def _sharpness(views: tuple[Profiles, ...], signs: tuple[float, ...], angle: float, strip: float) -> float:
    """Sum of squared steps of the profiles at `angle`, of both directions. `strip`: width of a strip in profile samples."""
    slope = math.tan(math.radians(angle)) * strip
    return sum(_sharpness_along(view, sign * slope) for view, sign in zip(views, signs, strict=True))


def _sharpness_along(view: Profiles, slope: float) -> float:
    strips, length = view.shape
    shifts = np.rint((np.arange(strips) - (strips - 1) / 2) * slope).astype(int)
    room = int(abs(shifts).max(initial=0))
    total = np.zeros(length + 2 * room, dtype=np.float32)
    for strip, shift in zip(view, shifts, strict=True):
        total[room - shift : room - shift + length] += strip
    steps = np.diff(total)
    return float(steps @ steps)


def _middle(angles: NDArray[np.float64], sharpness: NDArray[np.float64]) -> float:
    """Middle of the upper half of the peak. Its very top is drawn to the pixel grid, and a wavy sheet has a flat one."""
    top = int(sharpness.argmax())
    around = slice(max(0, top - PEAK_STEPS), top + PEAK_STEPS + 1)
    weights = np.maximum(sharpness[around] - sharpness[top] / 2, 0.0)
    return float(np.average(angles[around], weights=weights))
