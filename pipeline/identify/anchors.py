"""Small pieces of a blank form's print that can be found again on a page.

An anchor is a square of the reference picture with print that fixes it in both directions: a crossing of rules, the end of a line,
a printed character. Both identification and registration look for them near the place where a first fit expects them.

Places in pixels count edges: the first pixel reaches from 0 to 1. So a length in mm times the resolution is a place, at any resolution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import Box, Gray, Matrix, Points, map_points, pixels

T = TypeVar("T")
WHITE = 255
_MIN_CORNER = 4e-4
"""Smallest eigenvalue of the structure tensor (cv2.cornerMinEigenVal of a picture scaled 0..1): below it a piece can slide along
its only rule."""
_MIN_CONTRAST = 12.0
"""Grey levels of standard deviation: an all but empty piece matches anything."""

_PEAK = 4
"""Pixels around the best place that are the same peak: that of a solid mark is as wide."""


@dataclass(frozen=True)
class AnchorPlan:
    """How anchors are picked.

    Attributes:
        dpi: resolution of the pictures compared.
        side_mm: side of an anchor.
        pitch_mm: one anchor at most in each square of this side, so that they spread over the page.
    """

    dpi: float
    side_mm: float
    pitch_mm: float


@dataclass(frozen=True)
class Anchors:
    """Anchors of one form.

    Attributes:
        corners: (n, 2) int, top left pixel of each anchor at `plan.dpi`.
        pieces: (n, side, side) uint8, the reference there.
        reference: the whole blank page at `plan.dpi`.
    """

    plan: AnchorPlan
    corners: NDArray[np.int64]
    pieces: NDArray[np.uint8]
    reference: Gray


@dataclass(frozen=True)
class Sighting:
    """Where anchors were found.

    Attributes:
        expected: (n, 2) pixel edges, centre of each anchor in the template frame.
        found: (n, 2) pixels, where the page shows it.
        match: (n,) correlation coefficient, -1 to 1.
        distinct: (n,) how much better the best place is than any other place in reach, 0 to 2.

    Where the page does not reach (cropped edge), found, match and distinct are nan.
    """

    expected: Points
    found: Points
    match: NDArray[np.float64]
    distinct: NDArray[np.float64]


def at_resolution(reference: Gray, dpi: float) -> Gray:
    """The reference picture (REFERENCE_DPI) at another resolution, averaged, not sampled.

    The scale is exact: a picture fitted to a whole number of pixels would be 0.08 mm too narrow at its right edge.
    """
    scale = dpi / REFERENCE_DPI
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(reference, None, fx=scale, fy=scale, interpolation=method), np.uint8)


def pick(reference: Gray, plan: AnchorPlan) -> Anchors:
    """The best anchor of every square of the page that has one."""
    picture = at_resolution(reference, plan.dpi)
    side, pitch = pixels(plan.side_mm, plan.dpi), pixels(plan.pitch_mm, plan.dpi)
    strength = cv2.cornerMinEigenVal(picture.astype(np.float32) / WHITE, side, ksize=3)
    edge = side // 2 + 1
    strength[:edge], strength[-edge:], strength[:, :edge], strength[:, -edge:] = 0, 0, 0, 0
    corners = []
    for top in range(0, picture.shape[0], pitch):
        for left in range(0, picture.shape[1], pitch):
            square = strength[top : top + pitch, left : left + pitch]
            _, best, _, (x, y) = cv2.minMaxLoc(square)
            corner = (left + x - side // 2, top + y - side // 2)
            if best > _MIN_CORNER and _piece(picture, corner, side).std() > _MIN_CONTRAST:
                corners.append(corner)
    pieces = [_piece(picture, corner, side) for corner in corners]
    return Anchors(plan, np.array(corners, np.int64).reshape(-1, 2), np.array(pieces, np.uint8).reshape(-1, side, side), picture)


def for_centres(matrix: Matrix) -> Matrix:
    """The same mapping for OpenCV, which counts pixel centres: the middle of the first pixel is 0 there and 0.5 everywhere else."""
    to_edges = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    return np.asarray(np.linalg.inv(to_edges) @ matrix @ to_edges, np.float64)


def lay(picture: Gray, picture_from_frame: Matrix, shape: tuple[int, int]) -> tuple[Gray, Gray]:
    """Lay a picture over a frame of `shape` (rows, columns); `picture_from_frame` maps pixel edges.

    Returns:
        the picture in the frame, white where it does not reach, and a mask of the same shape: 255 where it does reach.
    """
    size, flags = (shape[1], shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    frame = cv2.warpPerspective(picture, for_centres(picture_from_frame), size, flags=flags, borderValue=WHITE)
    rows, columns = picture.shape[:2]
    outline = map_points(np.asarray(np.linalg.inv(picture_from_frame), np.float64), Box(0, 0, columns, rows).corners())
    seen = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(seen, np.round(outline - 0.5).astype(np.int32), 255)
    return np.asarray(frame, np.uint8), seen


def sight(frame: Gray, seen: Gray, anchors: Anchors, reach_mm: float) -> Sighting:
    """Look for every anchor within `reach_mm` of its place.

    Args:
        frame: a page roughly laid over the template, same shape as `anchors.reference`.
        seen: same shape, 0 where the page does not reach; anchors there are not looked for.
        anchors: what to look for.
        reach_mm: how far off the page may lie.
    """
    reach, side = pixels(reach_mm, anchors.plan.dpi), anchors.pieces.shape[1]
    padded = cv2.copyMakeBorder(frame, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=WHITE)
    places = np.full((len(anchors.corners), 4), np.nan)
    for number in np.nonzero(_reached(seen, anchors.corners, side))[0]:
        x, y = anchors.corners[number].tolist()
        window = padded[y : y + side + 2 * reach, x : x + side + 2 * reach]
        places[number] = _best_place(np.asarray(cv2.matchTemplate(window, anchors.pieces[number], cv2.TM_CCOEFF_NORMED), np.float32))
    expected = anchors.corners + side / 2
    return Sighting(expected, expected + places[:, :2] - reach, places[:, 2], places[:, 3])


def _reached(seen: Gray, corners: NDArray[np.int64], side: int) -> NDArray[np.bool_]:
    """(n,): the page, a convex shape, holds all four corners of the anchor."""
    x, y = corners.T
    far = side - 1
    return np.asarray((seen[y, x] & seen[y + far, x] & seen[y, x + far] & seen[y + far, x + far]) > 0, np.bool_)


def _piece(picture: Gray, corner: tuple[int, int], side: int) -> Gray:
    x, y = corner
    return picture[y : y + side, x : x + side]


def _best_place(response: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Sub-pixel peak x, y, its height, and its lead over the best place outside the peak. Spends `response`."""
    _, best, _, (x, y) = cv2.minMaxLoc(response)
    if not math.isfinite(best):
        return float(x), float(y), 0.0, 0.0
    across, down = x + _parabola(response[y, max(x - 1, 0) : x + 2].tolist()), y + _parabola(response[max(y - 1, 0) : y + 2, x].tolist())
    response[max(y - _PEAK, 0) : y + _PEAK + 1, max(x - _PEAK, 0) : x + _PEAK + 1] = -1
    return across, down, best, best - cv2.minMaxLoc(response)[1]


def _parabola(values: list[float]) -> float:
    """Offset of the top of the parabola through a peak and its two neighbours, within half a pixel; 0 where one is missing."""
    if len(values) < 3:
        return 0.0
    before, top, after = values
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (before - after) / (2 * bend)))


def kept_per_picture(prepare: Callable[[Gray], T], count: int) -> Callable[[Gray], T]:
    """`prepare`, remembering its answers for the last `count` pictures. Pictures are told apart by identity, so they must not change."""
    kept: dict[int, tuple[Gray, T]] = {}

    def answer(picture: Gray) -> T:
        if id(picture) not in kept:
            while len(kept) >= count:
                del kept[next(iter(kept))]
            kept[id(picture)] = (picture, prepare(picture))
        return kept[id(picture)][1]

    return answer
