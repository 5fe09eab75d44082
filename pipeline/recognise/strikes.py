"""Lines drawn through a printed choice: two cross it out, one is nobody's rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.forms import Option
from pipeline.geometry import Box
from pipeline.recognise.strokes import Mask

ANGLES = np.deg2rad(np.arange(-14, 15, 1.5))
"""A hand draws a level line within these angles."""
COVER = 0.92
"""Share of the way through the option that a line is dark; printed characters leave gaps between each other, a line does not."""
OVERHANG = {"tick": 0.5, "circle": 0.3}
"""mm by which a line that crosses out an option leaves it on both sides; the strokes of a tick rarely do on both."""
MIDDLE = 0.36
"""A line through the option passes its middle within this share of its height; farther out it may be the arc of a circle."""
SMALLEST_GAP = 0.4
"""mm between the middles of two lines; nearer ones are one line drawn twice."""
VALLEY = 0.8
"""Between two lines at most this share of the way is dark; printed characters darken some of it."""


STUB_COVER = 0.8
"""Share of a stub zone's columns that a line crosses."""
STUB = (0.3, 0.75)
"""mm outside a square in which a crossing line must show on both sides."""


def count_lines(dark: Mask, scale: float, option: Option) -> int:
    """Number of level, parallel lines right through an option, at most over all directions.

    Args:
        dark: (h, w), 1 = dark on paper, print and ink alike; the option's box with some paper round it, the option in its middle.
        scale: pixels a millimetre.
        option: its size and style are used.
    """
    if min(dark.shape) < scale:
        return 0
    half = min(round((option.box.w / 2 + OVERHANG[option.style]) * scale), dark.shape[1] // 2)
    reach = MIDDLE * option.box.h * scale
    return max(_count_peaks(_profile(dark, float(angle), half), reach, scale) for angle in ANGLES)


def leaves_both_sides(dark: Mask, scale: float, option: Box) -> bool:
    """True when something dark runs out of the option's middle on the left and on the right.

    Args:
        dark: (h, w), 1 = dark on paper; the option in its middle.
        scale: pixels a millimetre.
        option: its size is used, mm.
    """
    height, width = dark.shape
    rows = slice(max(round(height / 2 - MIDDLE * option.h * scale), 0), round(height / 2 + MIDDLE * option.h * scale))
    near, far = (round((option.w / 2 + stub) * scale) for stub in STUB)
    sides = slice(max(width // 2 - far, 0), width // 2 - near), slice(width // 2 + near, width // 2 + far)
    zones = [dark[rows, side] for side in sides]
    return all(zone.size > 0 and float(zone.any(axis=0).mean()) >= STUB_COVER for zone in zones)


def _profile(dark: Mask, angle: float, half_width: int) -> NDArray[np.float64]:
    """(h,) share of the way round the middle on which the line at this height and angle is dark."""
    height, width = dark.shape
    columns = np.arange(width // 2 - half_width, width // 2 + half_width)[None, :]
    rows = np.arange(height)[:, None] + np.round(np.tan(angle) * (columns - width / 2)).astype(int)
    inside, rows = (rows >= 0) & (rows < height), np.clip(rows, 0, height - 1)
    return np.asarray((dark[rows, columns] * inside).mean(axis=1), dtype=np.float64)


def _count_peaks(profile: NDArray[np.float64], reach: float, scale: float) -> int:
    peaks: list[int] = []
    for row in np.argsort(-profile, kind="stable"):
        if profile[row] < COVER:
            break
        if abs(row - len(profile) / 2) <= reach and all(_apart(profile, int(row), other, scale) for other in peaks):
            peaks.append(int(row))
    return len(peaks)


def _apart(profile: NDArray[np.float64], row: int, other: int, scale: float) -> bool:
    low, high = sorted((row, other))
    return high - low >= SMALLEST_GAP * scale and float(profile[low : high + 1].min()) <= VALLEY
