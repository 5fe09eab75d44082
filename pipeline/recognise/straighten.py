"""How high characters are written in a block of text, and by how much its lines rise and bend."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, pixels
from pipeline.recognise.lines import INK_LEVEL, SMALLEST_CHARACTER_MM, components

BROKEN_MM = 0.42
"""Gaps up to this within a stroke are a bad scan's..."""
FULL_QUANTILE = 0.9
"""...nine of ten strokes are no higher than a character..."""
FULL_OF_FAIR = 1.4
"""...which is this much higher than the middle one of those that are not small. On drawn lines both together say 0.8 to 1.1 ems."""
PALE_LEVEL = 215
"""Writing of which less than PALE_SHARE is darker than INK_LEVEL is a hard pencil's: its strokes hang together at this level."""
PALE_SHARE = 0.55
RISES = np.linspace(-0.1, 0.1, 41)
"""Rise per length that is looked for: 6 degrees; people look at the rule they write along, and the page's skew is gone."""
BENDS = np.linspace(-1.2, 1.2, 9)
"""How far lines hang through in the middle, heights of a character."""
LEVEL_GAIN = 1.04
"""Profiles have to be this much sharper before lines are taken to be crooked."""
SAMPLE = 6000
"""Pixels of ink that the profiles are made of."""
SHORTEST = 5.0
"""Writing up to this many characters wide shows no slope."""

Floats = NDArray[np.float64]


def ink_of(image: Gray) -> NDArray[np.bool_]:
    """(h, w) where there is ink: darker than usual writing's edge, paler where a hard pencil wrote."""
    dark, pale = image < INK_LEVEL, image < PALE_LEVEL
    return pale if dark.sum() < PALE_SHARE * pale.sum() else dark


def character_height(mask: NDArray[np.bool_], dpi: float) -> float:
    """Height of a full character, pixels: broken strokes are joined first, and strokes that run through two lines do not count."""
    side = max(pixels(BROKEN_MM, dpi), 1)
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    heights = components(joined.astype(np.bool_))[1][1:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    full = float(np.quantile(heights, FULL_QUANTILE))
    for _ in range(2):
        fair = heights[(heights >= 0.4 * full) & (heights <= full)]
        full = min(full, FULL_OF_FAIR * float(np.median(fair))) if len(fair) else full
    return max(full, pixels(SMALLEST_CHARACTER_MM, dpi))


def straightening(mask: NDArray[np.bool_], height: float) -> Floats:
    """(w,) pixels to add to the heights of each column so that the lines' rows stand sharpest; 0 where nothing is gained clearly."""
    inked = np.argwhere(mask).astype(np.float64)
    ys, xs = inked[:: max(len(inked) // SAMPLE, 1)].T
    left, width = float(xs.min()), float(np.ptp(xs))
    columns = np.arange(mask.shape[1], dtype=np.float64)
    if width < SHORTEST * height:
        return np.zeros(mask.shape[1])

    def shifted(at: Floats, rise: float, bend: float) -> Floats:
        along = (at - left) / width * 2 - 1
        return np.asarray(rise * width / 2 * along - bend * height * (1 - along**2))

    def sharpness(rise: float, bend: float) -> float:
        bins = np.floor((ys + shifted(xs, rise, bend)) / (0.12 * height)).astype(np.intp)
        return float((np.bincount(bins - bins.min()).astype(np.float64) ** 2).sum())

    flat = sharpness(0.0, 0.0)
    rise = max(RISES, key=lambda value: sharpness(float(value), 0.0))
    bend = max(BENDS, key=lambda value: sharpness(float(rise), float(value)))
    near = rise + np.linspace(-0.01, 0.01, 9)
    rise = max(near, key=lambda value: sharpness(float(value), float(bend)))
    if sharpness(float(rise), float(bend)) < LEVEL_GAIN * flat:
        return np.zeros(mask.shape[1])
    return shifted(columns, float(rise), float(bend))
