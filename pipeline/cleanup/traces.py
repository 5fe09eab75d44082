"""Faint and tiny things on a side that looks blank: hard pencil, a faded seal, a page number.

They are not dark, so level alone would take what shows through the paper for them; but they are sharp, and that is diffuse. Looked at
is the picture at twice the size of the copy that everything else is measured on, and only for sides that look blank there.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.cleanup.blank import without_streaks
from pipeline.geometry import MM_PER_INCH, Gray, millimetres, pixels

STROKE_MM = 3.0
"""Things narrower than this stand out against what is round them; a fold's shadow and a cloudy paper do not."""
FAINT = 13
"""Levels below its surroundings: hard pencil 40, the copy of a faded seal 15, show-through of black print 10 to 50."""
CORE_MM, AROUND_MM = 0.10, 0.40
"""Of the two blurs whose difference tells a stroke's sharpness."""
SHARP = 11
"""Levels of that difference: hard pencil 40, the copy of a faded seal 20, show-through of 12 % 7, of 20 % 11."""
MARGIN_MM = 3.0
EDGE_MM = 10.0
"""A long thin trace that lies this near to the edge of the picture as a whole is the paper's edge and its shadow."""
LONG_MM, THIN_MM = 8.0, 2.0
"""Length and width of a piece of such a trace."""
LONGER_MM = 20.0
"""Length from which it may be wider, because it lies askew."""
SPECK_MM2 = 0.4
STROKE_LENGTH_MM = 1.8
"""Longer side of a stroke: a digit in 10.5 point is 2.6 mm high, dust up to 1.5 mm."""
STROKES_MM2 = 1.0
SPECKS_MM2 = 4.5
"""Area of round specks, all together, from which they are no dust: a row of points."""
BESIDE_MM = 0.6
"""What is left out round a hole: its soft edge."""


def has_traces(even: Gray, holes: Gray, dpi: float) -> bool:
    """Whether something sharp, however faint, is on (h, w) `even`: lifted paper, border whitened, about 150 dpi.

    Args:
        even: the side.
        holes: (h, w) 255 where a punched hole is, else 0.
        dpi: of both.
    """
    margin = pixels(MARGIN_MM, dpi)
    inner = (slice(margin, -margin), slice(margin, -margin)) if min(even.shape) > 4 * margin else (slice(None), slice(None))
    inner_even = even[inner]
    faint = without_streaks(_standing_out(inner_even, dpi), dpi)
    faint[_grown(holes[inner], dpi) > 0] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(faint)
    patches = np.asarray(stats[1:count], dtype=np.float64)
    area = patches[:, cv2.CC_STAT_AREA] * millimetres(1, dpi) ** 2
    sharp = _are_sharp(np.asarray(labels, dtype=np.int32), count, inner_even, dpi)
    real = (area >= SPECK_MM2) & sharp & ~_along_the_edge(patches, inner_even.shape, dpi)
    length = np.maximum(patches[:, cv2.CC_STAT_WIDTH], patches[:, cv2.CC_STAT_HEIGHT])
    strokes = real & (length >= pixels(STROKE_LENGTH_MM, dpi))
    return bool(area[strokes].sum() >= STROKES_MM2 or area[real].sum() >= SPECKS_MM2)


def _standing_out(even: Gray, dpi: float) -> Gray:
    """1 where a pixel is FAINT levels darker than what is within STROKE_MM of it."""
    size = pixels(STROKE_MM, dpi) | 1
    soft = cv2.GaussianBlur(even, (0, 0), 0.7)
    hat = cv2.morphologyEx(soft, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8))
    return np.asarray(cv2.threshold(hat, FAINT, 1, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _grown(holes: Gray, dpi: float) -> Gray:
    size = 2 * pixels(BESIDE_MM, dpi) + 1
    return np.asarray(cv2.dilate(holes, np.ones((size, size), np.uint8)), dtype=np.uint8)


def _are_sharp(labels: NDArray[np.int32], count: int, even: Gray, dpi: float) -> NDArray[np.bool_]:
    """Whether each patch has the edge of a stroke somewhere."""
    core, around = (cv2.GaussianBlur(even, (0, 0), mm * dpi / MM_PER_INCH) for mm in (CORE_MM, AROUND_MM))
    edge = cv2.subtract(around, core)
    best = np.zeros(count, dtype=np.uint8)
    inside = labels > 0
    np.maximum.at(best, labels[inside], edge[inside])
    return np.asarray(best[1:] > SHARP, dtype=np.bool_)


def _along_the_edge(patches: NDArray[np.float64], shape: tuple[int, ...], dpi: float) -> NDArray[np.bool_]:
    """Long traces that lie wholly beside one edge of the picture."""
    left, top, width, height, _ = patches.T
    near, far, farther, thin = (pixels(length, dpi) for length in (EDGE_MM, LONG_MM, LONGER_MM, THIN_MM))
    length, breadth = np.maximum(width, height), np.minimum(width, height)
    drawn_out = (length >= farther) | ((length >= far) & (breadth <= thin))
    beside = np.where(height > width, (left + width <= near) | (left >= shape[1] - near), (top + height <= near) | (top >= shape[0] - near))
    return np.asarray(drawn_out & beside, dtype=np.bool_)
