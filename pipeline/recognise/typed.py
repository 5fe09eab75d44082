"""Machine or hand: a word processor sets strokes exactly level and upright, all by the same small turn of the page; no hand does.

A signature must be written by hand, so what may have been printed is for a person.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray
from pipeline.recognise.strokes import Mask

SEGMENT = 1.0
"""mm; shorter edges are serifs, dots and arcs."""
NEAR_AXIS = 15.0
"""Degrees from level or upright within which an edge belongs to a stroke that is meant so."""
EXACT = 1.0
"""Degrees within which it is exactly so; edges of a printed stroke 2 mm long scatter by 0.5."""
TURNS = np.arange(-1.0, 1.01, 0.25)
"""Degrees by which a printed line may be turned against its form: both were printed straight, and the page has been levelled."""
TYPED = 0.55
"""Of 2: the share of near-level edges that are exactly level plus that of near-upright ones that are exactly upright. In print 1.5 as
a rule, 0.58 at least (names half in hiragana); in a freely written name 0.3, 0.57 in one of ten; in a carefully upright one 0.4."""
TYPED_SMALL = 0.45
"""The same for small writing, whose edges are short: print shows 0.5 and more."""
SMALL = 5.0
"""mm from top to bottom up to which writing is small; few people sign so."""
DOT = 0.2
"""mm2; smaller pieces are specks of dirt, or no loss."""
ENOUGH = 4.0
"""mm of straight edges below which nothing can be said."""
FINER = 2
"""Edges are looked for in a picture this much larger: the strokes of 10.5 points are three pixels wide."""


def may_be_typed(ink: Gray, mask: Mask, scale: float) -> bool:
    """Whether the writing in `mask` may be printed: by a machine, or too little of it to say.

    Args:
        ink: (h, w), the writing on white.
        mask: (h, w), 1 where the writing is.
        scale: pixels a millimetre.
    """
    mask = _writing(mask, scale)
    if not mask.any():
        return False
    low, high = np.percentile(np.nonzero(mask)[0], [2, 98])
    limit = TYPED_SMALL if (high - low) / scale <= SMALL else TYPED
    return exactness(ink, mask, scale) >= limit


def _writing(mask: Mask, scale: float) -> Mask:
    """Without specks and without what the picture's edge cuts, as a seal beside the name: they make it seem higher than it is."""
    labels, stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[1:3]
    left, top, width, height, area = stats.T
    cut = (left == 0) | (top == 0) | (left + width == mask.shape[1]) | (top + height == mask.shape[0])
    kept = (area >= DOT * scale**2) & ~cut
    kept[0] = False
    found = np.asarray(kept[labels], dtype=np.uint8)
    return found if 2 * int(found.sum()) >= int(mask.sum()) else mask


def exactness(ink: Gray, mask: Mask, scale: float) -> float:
    """0 .. 2: how exactly level the near-level edges are, and how exactly upright the near-upright ones; 2 where there are too few."""
    length, angle = _edges(ink, mask, scale)
    if float(length.sum()) < ENOUGH:
        return 2.0
    level, upright = (angle + 90) % 180 - 90, angle % 180 - 90
    return max(_exact(length, level, turn) + _exact(length, upright, turn) for turn in TURNS)


def _exact(length: NDArray[np.float64], angle: NDArray[np.float64], turn: float) -> float:
    """Share of the edges near 0 that are turned exactly by `turn`; 0 without edges near 0."""
    near = float(length[np.abs(angle) <= NEAR_AXIS].sum())
    return float(length[np.abs(angle - turn) <= EXACT].sum()) / max(near, SEGMENT / 2)


def _edges(ink: Gray, mask: Mask, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Straight edges of the writing: their lengths in mm and their directions in degrees, none shorter than SEGMENT."""
    near = cv2.dilate(mask, np.ones((5, 5), np.uint8)) > 0
    left, top, width, height = cv2.boundingRect(mask)
    rows, columns = slice(max(top - 6, 0), top + height + 6), slice(max(left - 6, 0), left + width + 6)
    soft = cv2.GaussianBlur(np.where(near, ink, 255).astype(np.uint8)[rows, columns], (0, 0), 1.0)
    found = _detector().detect(cv2.resize(soft, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC))[0]
    ends = np.zeros((0, 4)) if found is None else np.asarray(found, np.float64).reshape(-1, 4) / FINER / scale
    along = ends[:, 2:] - ends[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    long = length >= SEGMENT
    return length[long], np.degrees(np.arctan2(along[long, 1], along[long, 0]))


@lru_cache(maxsize=1)
def _detector() -> cv2.LineSegmentDetector:
    return cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
