"""Ovals to be filled in, solid or dashed, empty or with a printed character inside."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import MM_PER_INCH, Box, pixels

INSIDE_MM = ((1.1, 8.0), (2.2, 8.0))
"""Inside of an oval, width and height: least and most. The hole of a printed 0 is narrower than 1.1 mm up to 18 point."""
DOT_MM = (0.75, 1.6)
"""Dots and dashes that an oval may be made of: at most this thick, and this long."""
DOT_GAP_MM = 0.64
"""Dots are joined up to this gap."""
ROUND = (0.90, 1.08)
"""Area of the hole as a share of the ellipse of its width and height: a rectangle has 1.27."""
HULL = 0.93
"""Area of the hole as a share of its convex hull."""
ALIKE = 0.15
"""Ovals of one form differ by at most this share of their size..."""
FEWEST = 3
"""...and there are at least this many."""
MM_PER_PIXEL = MM_PER_INCH / REFERENCE_DPI


def ovals_of(ink: NDArray[np.uint8]) -> list[Box]:
    """Equal ovals, from the top left, mm (middle of their line)."""
    found = [*_solid(ink), *_dotted(ink)]
    alike = [box for box in found if sum(_alike(box, other) for other in found) >= FEWEST]
    return sorted(alike, key=lambda box: (round(box.y), box.x))


def _solid(ink: NDArray[np.uint8]) -> list[Box]:
    """The holes of closed outlines: ovals that touch each other have holes of their own."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    links = tree[0] if len(contours) else []
    outlines = [np.asarray(contour, np.int32) for contour, link in zip(contours, links, strict=True) if link[3] >= 0]
    return [_box(outline, 0) for outline in outlines if _is_oval(outline, 0)]


def _dotted(ink: NDArray[np.uint8]) -> list[Box]:
    """Small dots made so large that they touch; what they enclose is seen from outside."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = np.sort(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1)
    small = (sides[:, 0] <= pixels(DOT_MM[0], REFERENCE_DPI)) & (sides[:, 1] <= pixels(DOT_MM[1], REFERENCE_DPI))
    small[0] = False
    reach = pixels(DOT_GAP_MM / 2, REFERENCE_DPI)
    size = 2 * reach + 1
    joined = cv2.dilate(np.where(small[labels], 255, 0).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    contours, tree = cv2.findContours(joined, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    links = tree[0] if len(contours) else []
    outlines = [np.asarray(contour, np.int32) for contour, link in zip(contours, links, strict=True) if link[3] < 0 <= link[2]]
    return [_box(outline, reach) for outline in outlines if _is_oval(outline, reach)]


def _is_oval(outline: NDArray[np.int32], reach: int) -> bool:
    """Is the outline, `reach` pixels too large on every side, an ellipse of the right size?"""
    box = _box(outline, reach)
    if not all(low <= side <= high for side, (low, high) in zip((box.w, box.h), INSIDE_MM, strict=True)):
        return False
    _, _, width, height = cv2.boundingRect(outline)
    area = cv2.contourArea(outline)
    ellipse = np.pi / 4 * (width - 1) * (height - 1)
    return bool(ROUND[0] <= area / ellipse <= ROUND[1] and area >= HULL * cv2.contourArea(cv2.convexHull(outline)))


def _box(outline: NDArray[np.int32], reach: int) -> Box:
    left, top, width, height = cv2.boundingRect(outline)
    corner = ((left + reach + 0.5) * MM_PER_PIXEL, (top + reach + 0.5) * MM_PER_PIXEL)
    return Box(*corner, (width - 1 - 2 * reach) * MM_PER_PIXEL, (height - 1 - 2 * reach) * MM_PER_PIXEL)


def _alike(one: Box, other: Box) -> bool:
    return abs(one.w - other.w) <= ALIKE * max(one.w, other.w) and abs(one.h - other.h) <= ALIKE * max(one.h, other.h)
