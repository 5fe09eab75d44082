"""Take the blank form's print away from a registered page.

Three things stand in the way: print is thicker on a copy than in the reference, it lies up to 0.3 mm off, and strokes cross it. So the
print's reach is measured on the page itself, slivers that hug the print are dropped as misfit, and strokes that come out on the
other side of a rule are joined again through it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, Gray, pixels
from pipeline.identify.anchors import at_resolution, kept_per_picture
from pipeline.register import PAGE_DPI

WHITE = 255
HALF_DPI = PAGE_DPI // 2
"""Shapes are judged at half the resolution: a quarter of the work."""
INK_LEVEL = 200
"""Darker than this is ink or print; clean-up has lifted the paper to white."""
_PRINT_LEVEL = 215
"""Darker than this the reference prints; lighter is shading behind labels."""
_FAR = 32
"""Distances from print are kept up to here, pixels at PAGE_DPI."""
_REACH = (2, 5)
"""Least and most pixels (0.17 and 0.42 mm) beyond its reference that print is taken to reach."""
_RING_DARK = 0.10
"""A ring around the print that is darker than the paper by this share of its pixels still belongs to the print."""
_SAMPLED = 5
"""Every so many pixels both ways are looked at for the reach: 350 000 of a page."""
_SLIVER_SHARE = 0.5
"""Ink that stays within this much more of the print's reach, and a pixel, is print that lies a little off."""
_RULE_MM = 0.5
_LONG_MM = 5.0
_BESIDE_MM = 0.8
"""A piece of ink this thin, at least this long and this close beside print is the printed rule itself: real prints are off by 0.5 mm in
places, and no hand draws 5 mm that straight."""
_SPECK = 2
"""Pixels at HALF_DPI: 0.06 mm2 of dirt; the dot of an i has 0.1 mm2."""
_BRIDGE_MM = 0.9
"""Longest gap that is joined: a 0.4 mm rule and the reach on both of its sides."""
KEPT_FORMS = 12
"""Forms whose print stays in memory, 11 MB each."""
_DIRECTIONS = 6
"""Strokes may cross at any angle; every 30 degrees is close enough for gaps of ten pixels."""


def print_distance(reference: Gray) -> NDArray[np.uint8]:
    """(3508, 2480) uint8: pixels from the nearest print of the blank form, up to _FAR; 0 on print.

    Args:
        reference: the blank page at REFERENCE_DPI.
    """
    fine = at_resolution(reference, PAGE_DPI)[: pixels(A4_MM[1], PAGE_DPI), : pixels(A4_MM[0], PAGE_DPI)]
    distance = cv2.distanceTransform(_set_where(fine >= _PRINT_LEVEL), cv2.DIST_L2, 3)
    near = np.minimum(np.round(distance), _FAR).astype(np.uint8)
    near.setflags(write=False)
    return near


def subtract(gray: Gray, distance: NDArray[np.uint8]) -> Gray:
    """What was added to the blank form: (3508, 2480) uint8 like `gray`, 255 wherever the blank form alone explains the page.

    Args:
        gray: a registered page.
        distance: from `print_distance`.
    """
    dark = _set_where(gray < INK_LEVEL)
    reach = _print_reach(dark, distance)
    beyond = _set_where(distance > reach)
    added = _without_slivers(_half(dark & beyond), _half_distance(distance), reach)
    joined = _full(added | _bridges(added))
    soft = np.asarray(cv2.dilate(_full(added), np.ones((3, 3), np.uint8)), np.uint8)
    keep = (soft & beyond) | (joined & dark)
    return np.asarray(cv2.bitwise_or(gray, cv2.bitwise_not(keep)), np.uint8)


def _print_reach(dark: Gray, distance: NDArray[np.uint8]) -> int:
    """Pixels beyond the reference print over which this page is still printed."""
    near, ink = distance[2::_SAMPLED, 2::_SAMPLED], dark[2::_SAMPLED, 2::_SAMPLED]
    total = np.bincount(near.ravel(), minlength=_FAR + 1)
    share = np.bincount(near[ink > 0], minlength=_FAR + 1) / np.maximum(total, 1)
    paper = float(share[_REACH[1] + 3 : _REACH[1] + 9].mean())
    reach = _REACH[0]
    while reach < _REACH[1] and share[reach + 1] > paper + _RING_DARK:
        reach += 1
    return reach


def _set_where(condition: NDArray[np.bool_]) -> Gray:
    """255 where true; a view of the same bytes, negated, costs no second pass."""
    return np.asarray(-condition.view(np.uint8), np.uint8)


def _half(mask: Gray) -> Gray:
    """Any set pixel of four sets the one."""
    return np.asarray(mask[0::2, 0::2] | mask[1::2, 0::2] | mask[0::2, 1::2] | mask[1::2, 1::2], np.uint8)


def _half_of(distance: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(np.minimum(distance[0::2, 0::2], distance[1::2, 1::2]), np.uint8)


_half_distance = kept_per_picture(_half_of, KEPT_FORMS)


def _full(mask: Gray) -> Gray:
    return np.asarray(cv2.resize(mask, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST), np.uint8)


def _without_slivers(mask: Gray, distance: NDArray[np.uint8], reach: int) -> Gray:
    """Without the connected pieces that are print a little off: they hug the print, or run beside a rule as thin and straight as it is."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    labels = np.asarray(found, np.int32)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    straight = (np.minimum(width, height) <= pixels(_RULE_MM, HALF_DPI)) & (np.maximum(width, height) >= pixels(_LONG_MM, HALF_DPI))
    ink = np.flatnonzero(mask)
    piece, away = labels.ravel()[ink], distance.ravel()[ink]
    keep = _having(piece, away > reach + 1 + int(_SLIVER_SHARE * reach), count)
    keep &= ~straight | _having(piece, away > pixels(_BESIDE_MM, PAGE_DPI), count)
    keep &= stats[:, cv2.CC_STAT_AREA] > _SPECK
    left = np.zeros_like(mask)
    left.ravel()[ink] = np.where(keep, WHITE, 0).astype(np.uint8)[piece]
    return left


def _having(piece: NDArray[np.int32], where: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """(count,): the pieces with a pixel in `where`; `piece`, `where`: (n,), of every pixel of ink."""
    found = np.zeros(count, np.bool_)
    found[piece[where]] = True
    return found


def _bridges(added: Gray) -> Gray:
    """Pixels that lie between ink on two opposite sides, no further apart than _BRIDGE_MM."""
    length = pixels(_BRIDGE_MM, HALF_DPI)
    between = np.zeros_like(added)
    for step in range(_DIRECTIONS):
        angle = math.pi * step / _DIRECTIONS
        ahead = _half_line(angle, length)
        both = (np.asarray(cv2.dilate(added, kernel), np.uint8) for kernel in (ahead, ahead[::-1, ::-1]))
        between |= next(both) & next(both)
    return between


def _half_line(angle: float, length: int) -> NDArray[np.uint8]:
    """A kernel of points from the centre outwards."""
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.uint8)
    for distance in range(1, length + 1):
        kernel[length + round(distance * math.sin(angle)), length + round(distance * math.cos(angle))] = 1
    return kernel
