"""Small pieces of a blank form's print that can be found again on a page.

An anchor is a square of the reference picture with print that fixes it in both directions: a crossing of rules, the end of a line,
a printed character. Both identification and registration look for them near the place where a first fit expects them.

Places in pixels count edges: the first pixel reaches from 0 to 1. So a length in mm times the resolution is a place, at any resolution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import Box, Gray, Matrix, Points, for_centres, map_points, pixels

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
        pieces: (n, side, side) float32, the reference there: the search takes floats, and converting them each time cost a third.
        reference: the whole blank page at `plan.dpi`.
    """

    plan: AnchorPlan
    corners: NDArray[np.int64]
    pieces: NDArray[np.float32]
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
    return Anchors(plan, np.array(corners, np.int64).reshape(-1, 2), np.array(pieces, np.float32).reshape(-1, side, side), picture)


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
    padded = cv2.copyMakeBorder(frame, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=WHITE).astype(np.float32)
    places = np.full((len(anchors.corners), 4), np.nan)
    reached = np.nonzero(_reached(seen, anchors.corners, side))[0]
    responses = np.empty((len(reached), 2 * reach + 1, 2 * reach + 1), np.float32)
    for response, (x, y), piece in zip(responses, anchors.corners[reached].tolist(), anchors.pieces[reached], strict=True):
        window = padded[y : y + side + 2 * reach, x : x + side + 2 * reach]
        cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED, response)
    places[reached] = _best_places(responses)
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


def _best_places(responses: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sub-pixel peak x, y of (n, k, k) responses, its height, and its lead over the best place outside the peak: (n, 4).

    Height and lead are 0 where a response is not finite: an empty window.
    """
    count, side = len(responses), responses.shape[1]
    if not count:
        return np.empty((0, 4))
    each, steps = np.arange(count), np.arange(side)
    finite = np.isfinite(responses.reshape(count, -1).sum(axis=1))
    y, x = np.divmod(responses.reshape(count, -1).argmax(axis=1), side)
    best = responses[each, y, x]
    across, down = x + _parabolas(responses[each, y], x), y + _parabolas(responses[each, :, x], y)
    off_y, off_x = abs(steps - y[:, None]), abs(steps - x[:, None])
    near = np.maximum(off_y[:, :, None], off_x[:, None, :]) <= _PEAK
    lead = best - np.where(near, np.float32(-1), responses).max(axis=(1, 2))
    return np.where(finite[:, None], np.column_stack([across, down, best, lead]), np.array([side // 2, side // 2, 0.0, 0.0]))


def _parabolas(lines: NDArray[np.float32], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,): offset of the top of the parabola through the peaks `at` of (n, k) lines, up to half a step; 0 where one lacks a neighbour."""
    inside = (at > 0) & (at < lines.shape[1] - 1)
    middle = np.clip(at, 1, lines.shape[1] - 2)
    each = np.arange(len(lines))
    before, top, after = (lines[each, middle + step].astype(np.float64) for step in (-1, 0, 1))
    bend = np.where(inside, before - 2 * top + after, 0.0)
    return np.where(bend < 0, np.clip((before - after) / np.where(bend < 0, 2 * bend, 1.0), -0.5, 0.5), 0.0)


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
