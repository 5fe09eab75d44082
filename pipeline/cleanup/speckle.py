"""Single black dots on a bilevel scan."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.geometry import MM_PER_INCH, Gray

SAMPLE_STEP = 7
"""Every seventh pixel of every seventh row tells whether there are tones between black and white."""
TONES_SHARE = 0.002
"""Share of in-between pixels that a bilevel page may have: the drivers of some scanners smooth a stamp into it."""
SPECK_MM = 0.15
"""A dot of less than this by this is dirt; the dot of a decimal point is 0.3 mm, that of ﾞ 0.4."""
WINDOW = 5
"""Pixels around a dot that must hold nothing else."""


def is_bilevel(gray: Gray) -> bool:
    """Whether (h, w) `gray` has black and white only."""
    sample = gray[::SAMPLE_STEP, ::SAMPLE_STEP]
    return float(np.mean((sample > 0) & (sample < 255))) < TONES_SHARE


def without_specks(gray: Gray, dpi: float) -> Gray:
    """(h, w) uint8 without dots that stand alone and are smaller than SPECK_MM squared."""
    most = max(1, round((SPECK_MM * dpi / MM_PER_INCH) ** 2))
    ink = cv2.threshold(gray, 127, 1, cv2.THRESH_BINARY_INV)[1]
    around = cv2.boxFilter(ink, cv2.CV_8U, (WINDOW, WINDOW), normalize=False)
    lonely = cv2.threshold(around, most, 255, cv2.THRESH_BINARY_INV)[1]
    return np.asarray(cv2.bitwise_or(gray, lonely), dtype=np.uint8)
