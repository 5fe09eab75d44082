"""Resolution: square pixels, and a dpi that can be true."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.geometry import A4_MM, MM_PER_INCH, Colour, Gray

DPI_RANGE = (60.0, 1200.0)
"""Below, a form cannot be read; above, no document scanner works."""
LONG_SIDE_MM = (100.0, 440.0)
"""From a postcard's short neighbour to A3 with its scanner edge: a stated dpi that makes the side longer or shorter is not true."""
MOST_UNSQUARE = 4.0
"""Coarsest fax is 204 x 98 dpi, 2.1 : 1; more is a broken tag."""
SQUARE_WITHIN = 0.01
"""Ratio of the two resolutions that is still called square."""


def squared(gray: Gray, colour: Colour | None, dpi: tuple[float, float], most: int) -> tuple[Gray, Colour | None, float]:
    """The picture with square pixels at the larger of the two resolutions, and that resolution (0 = none stated).

    Where that would take more than `most` pixels, it is at the resolution that takes so many.
    """
    across, down = dpi
    if not (math.isfinite(across) and math.isfinite(down) and across > 0 and down > 0):
        return gray, colour, 0.0
    ratio = across / down
    if abs(math.log(ratio)) < SQUARE_WITHIN or not 1 / MOST_UNSQUARE < ratio < MOST_UNSQUARE:
        return gray, colour, max(across, down)
    height, width = gray.shape
    shrink = min(1.0, math.sqrt(most / (width * height * max(ratio, 1 / ratio))))
    size = (max(1, int(width * max(1.0, 1 / ratio) * shrink)), max(1, int(height * max(1.0, ratio) * shrink)))
    stretched = cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR)
    return (
        np.asarray(stretched, dtype=np.uint8),
        None if colour is None else np.asarray(cv2.resize(colour, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8),
        max(across, down) * shrink,
    )


def stated_or_guessed(dpi: float, shape: tuple[int, ...]) -> float:
    """`dpi` if a sheet of paper can be that large, else the one that makes the longer side that of A4."""
    longer = max(shape[:2])
    if DPI_RANGE[0] <= dpi <= DPI_RANGE[1] and LONG_SIDE_MM[0] <= longer * MM_PER_INCH / dpi <= LONG_SIDE_MM[1]:
        return dpi
    return min(max(longer * MM_PER_INCH / A4_MM[1], DPI_RANGE[0]), DPI_RANGE[1])
