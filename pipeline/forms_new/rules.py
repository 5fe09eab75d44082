"""What is ruled on a blank page: cells enclosed by rules, and small squares to be ticked."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import MM_PER_INCH, Box, Gray, pixels

INK_BELOW = 200
"""Gray of a 0.1 mm black rule split over two pixels of the reference is 150."""
ACROSS_MM = 6.0
"""A horizontal run this long is a rule; strokes of print are shorter."""
DOWN_MM = 4.0
"""A vertical run this long is a rule: rows of cells are at least as high."""
DOT_MM = 0.6
"""Dots and dashes of a broken rule are at most this thick..."""
DASH_MM = 5.0
"""...and this long..."""
BREAK_MM = 1.3
"""...and this far apart; in writing the strokes of one line are thicker or further apart."""
END_MM = 2.0
"""The last dash and gap of a broken rule, which the rule across its end took."""
BROKEN_MM = (12.0, 3.5)
"""A broken rule is this long, across and down."""
CELL_MM = (3.5, 3.5)
"""Nobody writes into less, width and height."""
ROUNDED_MM = (25.0, 8.0)
"""Boxes with round corners are drawn for free text: the holes of letters and ovals are smaller."""
FULL_SHARE = 0.96
"""Share of its bounding box that a rectangular cell covers."""
LARGEST_SHARE = 0.5
"""Of the page: more is the frame, not a cell."""
TICK_MM = (2.0, 6.0)
"""Inside of a tick box: outside it measures 2.5 mm at least."""
TICK_RULE_MM = 0.7
"""A tick box's ink ends this close to its inside; a printed character has strokes beyond."""
TICK_SQUARE = 0.2
"""Difference of a tick box's sides as a share of the larger one."""
MM_PER_PIXEL = MM_PER_INCH / REFERENCE_DPI


def ink_of(reference: Gray) -> NDArray[np.uint8]:
    """(h, w) uint8, 255 where something is printed."""
    return np.where(reference < INK_BELOW, 255, 0).astype(np.uint8)


def rules_of(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8, 255 on straight horizontal and vertical rules; corners that miss each other by a pixel are closed."""
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, pixels(ACROSS_MM, REFERENCE_DPI)), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((pixels(DOWN_MM, REFERENCE_DPI), 1), np.uint8))
    closed = cv2.morphologyEx(cv2.bitwise_or(across, down), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return np.asarray(closed, np.uint8)


def broken_rules(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8, 255 on dotted and dashed rules, with the gaps in them and their ends."""
    return np.asarray(_broken(ink) | _broken(ink.T.copy(), BROKEN_MM[1]).T, np.uint8)


def _broken(ink: NDArray[np.uint8], length: float = BROKEN_MM[0]) -> NDArray[np.uint8]:
    """Dotted and dashed rules across, 255 on dots and breaks alike, up to the rules across their ends."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    thin = stats[:, cv2.CC_STAT_HEIGHT] <= pixels(DOT_MM, REFERENCE_DPI)
    short = stats[:, cv2.CC_STAT_WIDTH] <= pixels(DASH_MM, REFERENCE_DPI)
    keep = thin & short
    keep[0] = False
    dots = np.where(keep[labels], 255, 0).astype(np.uint8)
    closed = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((1, pixels(BREAK_MM, REFERENCE_DPI)), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, pixels(length, REFERENCE_DPI)), np.uint8))
    return np.asarray(cv2.dilate(opened, np.ones((1, 2 * pixels(END_MM, REFERENCE_DPI) + 1), np.uint8)), np.uint8)


def ruled_cells(rules: NDArray[np.uint8]) -> list[Box]:
    """The insides of rectangles enclosed by rules, from the top left, mm."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.where(rules == 0, 255, 0).astype(np.uint8), connectivity=4)
    cells = []
    for left, top, width, height, area in stats[1:].tolist():
        box = _box(left, top, width, height)
        full = area >= FULL_SHARE * width * height and area < LARGEST_SHARE * rules.size
        if full and box.w >= CELL_MM[0] and box.h >= CELL_MM[1] and _off_the_edge(left, top, width, height, rules.shape):
            cells.append(box)
    return sorted(cells, key=lambda box: (round(box.y), box.x))


def round_cornered(ink: NDArray[np.uint8], cells: list[Box]) -> list[Box]:
    """Empty boxes with round corners, which straight rules do not close; none that is among `cells`."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.where(ink == 0, 255, 0).astype(np.uint8), connectivity=4)
    found = []
    for left, top, width, height, area in stats[1:].tolist():
        box = _box(left, top, width, height)
        full = area >= FULL_SHARE * width * height and area < LARGEST_SHARE * ink.size
        known = any(_within(cell, box) or _within(box, cell) for cell in cells)
        if full and not known and box.w >= ROUNDED_MM[0] and box.h >= ROUNDED_MM[1]:
            found.append(box)
    return found


def _within(one: Box, other: Box) -> bool:
    """Does the middle of `one` lie in `other`?"""
    x, y = one.x + one.w / 2, one.y + one.h / 2
    return other.x <= x <= other.right and other.y <= y <= other.bottom


def enclosing_cells(rules: NDArray[np.uint8]) -> list[Box]:
    """Rectangles enclosed by rules in which further ones are drawn: the cell round a row of character boxes."""
    contours, tree = cv2.findContours(np.where(rules == 0, 255, 0).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    links = tree[0] if len(contours) else []
    outlines = [np.asarray(contour, np.int32) for contour, link in zip(contours, links, strict=True) if link[3] < 0 <= link[2]]
    return [_box(*cv2.boundingRect(outline)) for outline in outlines if _is_enclosing(outline, rules.size)]


def _is_enclosing(outline: NDArray[np.int32], page: int) -> bool:
    _, _, width, height = cv2.boundingRect(outline)
    box = _box(0, 0, width, height)
    full = cv2.contourArea(outline) >= FULL_SHARE * (width - 1) * (height - 1) and width * height < LARGEST_SHARE * page
    return full and box.w >= CELL_MM[0] and box.h >= CELL_MM[1]


def tick_boxes(ink: NDArray[np.uint8]) -> list[Box]:
    """Free-standing small empty squares, from the top left, mm (outer edge)."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    ticks = []
    outlines = [np.asarray(contour, np.int32) for contour in contours]
    for number, contour in enumerate(outlines):
        inner_of, parent = int(tree[0][number][2]), int(tree[0][number][3])
        if parent < 0 <= inner_of and _is_tick(outlines[inner_of], contour, only_hole=int(tree[0][inner_of][0]) < 0):
            ticks.append(_box(*cv2.boundingRect(contour)))
    return sorted(ticks, key=lambda box: (round(box.y), box.x))


def _is_tick(hole: NDArray[np.int32], outside: NDArray[np.int32], *, only_hole: bool) -> bool:
    """Is the ink between the two outlines the frame of one square? `hole` runs on the ink, one pixel outside the free area."""
    inner, outer = _box(*cv2.boundingRect(hole)), _box(*cv2.boundingRect(outside))
    squarish = abs(outer.w - outer.h) <= TICK_SQUARE * max(outer.w, outer.h)
    sized = all(TICK_MM[0] <= side <= TICK_MM[1] for side in (inner.w, inner.h))
    reach = (inner.x - outer.x, inner.y - outer.y, outer.right - inner.right, outer.bottom - inner.bottom)
    straight = cv2.contourArea(hole) * MM_PER_PIXEL**2 > 0.85 * inner.w * inner.h - 2 * MM_PER_PIXEL * (inner.w + inner.h)
    framed = cv2.contourArea(outside) * MM_PER_PIXEL**2 > 0.9 * (outer.w - MM_PER_PIXEL) * (outer.h - MM_PER_PIXEL)
    return only_hole and squarish and sized and straight and framed and max(reach) <= TICK_RULE_MM


def _off_the_edge(left: int, top: int, width: int, height: int, shape: tuple[int, ...]) -> bool:
    return left > 0 and top > 0 and left + width < shape[1] and top + height < shape[0]


def _box(left: int, top: int, width: int, height: int) -> Box:
    return Box(left * MM_PER_PIXEL, top * MM_PER_PIXEL, width * MM_PER_PIXEL, height * MM_PER_PIXEL)
