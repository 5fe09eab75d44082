"""How many pixels the work is done on."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.geometry import Colour, Gray, Matrix, scaling

WORKING_DPI = 300.0
"""Readers want characters 30-50 pixels high: 10.5 point at 300 dpi is 44. More only costs."""
DPI_SLACK = 1.02
"""A scanner that states 301 dpi is left as it is."""
SMALL_LONG_SIDE = 1250
"""Pixels of the copy that is measured: A4 at 75-107 dpi, a rule of 0.2 mm still has half its contrast."""


def reduced(gray: Gray, colour: Colour | None, dpi: float) -> tuple[Gray, Colour | None, float, Matrix]:
    """The picture at no more than WORKING_DPI.

    Returns:
        gray, colour, dpi, and the (3, 3) matrix pixels of the result -> pixels of the input.
    """
    if dpi <= WORKING_DPI * DPI_SLACK:
        return gray, colour, dpi, np.eye(3)
    height, width = gray.shape
    size = (max(1, round(width * WORKING_DPI / dpi)), max(1, round(height * WORKING_DPI / dpi)))
    small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small_colour = None if colour is None else np.asarray(cv2.resize(colour, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return small, small_colour, dpi * size[1] / height, scaling(width / size[0], height / size[1])


def small_copy(picture: Gray) -> tuple[Gray, float]:
    """A copy halved until its longer side has at most SMALL_LONG_SIDE pixels, and by how much it was shrunk."""
    shrink = 1.0
    while max(picture.shape[:2]) > SMALL_LONG_SIDE:
        height, width = picture.shape[:2]
        even = picture[: height - height % 2, : width - width % 2]  # a whole factor of two has the fast path
        picture = np.asarray(cv2.resize(even, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        shrink *= 2
    return picture, shrink
