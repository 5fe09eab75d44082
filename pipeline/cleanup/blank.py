"""Sides with nothing on them: backs of duplex scans with show-through, dust, punch holes and a feeder's streak."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Gray, millimetres, pixels

INK = 190
"""Level on lifted paper that ink falls below: pencil reaches 180 where a stroke is a pixel of the small copy, show-through 210."""
MARGIN_MM = 3.0
"""Outermost strip that is not looked at: shadow of the paper's edge."""
DUST_MM2 = 0.4
"""Smaller patches are dust; a single stroke of a pen is 1 mm² and more."""
HOLE_MM = (4.0, 9.0)
"""Width of a punched hole (ISO 838: 6 mm), torn or half covered."""
HOLE_WITHIN_MM = 25.0
"""From the edge of the picture to a hole's centre (ISO 838: 12 mm from the paper's edge, which may lie askew on the glass)."""
HOLE_FILLED = 0.65
"""Share of its box that a disc fills: 0.79; a seal's ring 0.4."""
STREAK_SHARE = 0.5
"""Of the page's side: a line with so much ink, thinner than STREAK_MM, is dirt on the feeder's glass."""
STREAK_MM = 1.0
STREAK_EDGE_MM = 0.5
WRITTEN_MM2 = 4.5
"""Ink from which a side is written on: one small kanji by a ballpoint is 6 mm², all the dust on a clean sheet 2."""


def is_blank(even: Gray, dpi: float) -> bool:
    """Whether nothing is written or printed on (h, w) `even`: lifted paper, border whitened, `dpi` about 75-110."""
    margin = pixels(MARGIN_MM, dpi)
    inner = even[margin:-margin, margin:-margin] if min(even.shape) > 4 * margin else even
    ink = without_streaks(np.asarray(inner < INK, dtype=np.uint8), dpi)
    pixel_mm2 = millimetres(1, dpi) ** 2
    if np.count_nonzero(ink) * pixel_mm2 < WRITTEN_MM2:
        return True
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    patches = np.asarray(stats[1:count], dtype=np.float64)
    area = patches[:, cv2.CC_STAT_AREA]
    written = area * pixel_mm2 >= DUST_MM2
    written &= ~_holes(patches, inner.shape, dpi)
    return float(area[written].sum()) * pixel_mm2 < WRITTEN_MM2


def hole_mask(even: Gray, dpi: float) -> Gray:
    """255 where a punched hole is, else 0; (h, w) of `even`."""
    ink = np.asarray(even < INK, dtype=np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    holes = np.zeros(count, dtype=np.uint8)
    holes[1:] = _holes(np.asarray(stats[1:count], dtype=np.float64), even.shape, dpi) * 255
    return np.asarray(holes[labels], dtype=np.uint8)


def _holes(patches: NDArray[np.float64], shape: tuple[int, ...], dpi: float) -> NDArray[np.bool_]:
    """Round, filled patches of a punch's size near an edge. `patches` (n, 5) left, top, width, height, area in pixels."""
    left, top, width, height, area = patches.T
    smallest, largest = (length * dpi / MM_PER_INCH for length in HOLE_MM)
    sized = (np.minimum(width, height) >= smallest) & (np.maximum(width, height) <= largest)
    filled = area > HOLE_FILLED * width * height
    x, y = left + width / 2, top + height / 2
    to_edge = np.min([x, y, shape[1] - x, shape[0] - y], axis=0)
    return np.asarray(sized & filled & (to_edge <= HOLE_WITHIN_MM * dpi / MM_PER_INCH), dtype=np.bool_)


def without_streaks(ink: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """(h, w) `ink`, 1 where there is some, without lines along the whole page that are hardly wider than a hair, with gaps or none."""
    out = ink.copy()
    out[:, _lines(ink.mean(axis=0), dpi)] = 0
    out[_lines(ink.mean(axis=1), dpi)] = 0
    return out


def _lines(shares: NDArray[np.float64], dpi: float) -> NDArray[np.bool_]:
    """Which columns (or rows) are of a streak, its soft edges too, by their shares of ink; a broad bar is print."""
    full = np.asarray(shares > STREAK_SHARE, dtype=np.uint8)[None]
    broad = cv2.morphologyEx(full, cv2.MORPH_OPEN, np.ones((1, pixels(STREAK_MM, dpi) + 2), np.uint8))
    beside = np.ones((1, 2 * pixels(STREAK_EDGE_MM, dpi) + 1), np.uint8)
    return np.asarray(cv2.dilate(cv2.subtract(full, broad), beside)[0] > 0, dtype=np.bool_)
