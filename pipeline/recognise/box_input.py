"""What the classifier of boxed characters sees: the shape of a cell's ink, and how large and where in its cell it stands."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, Gray

DIGITS = "0123456789"
KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7)))
SHAPES = DIGITS + KATAKANA + "ー・"
"""Characters the classifier knows, in the order of its outputs; one more output says that it is none of them."""
SIDE = 32
"""Pixels of the square picture."""
FILLED = 28
"""Pixels of the ink's longer side in it."""
INK_LEVEL = 176
"""Darker is ink, as in `lines`."""
DARKEST = 0.9
"""Share of the ink's pixels that may be paler than what is called black: pencil and faint copies look like a pen."""
NUMBERS = 7
"""Numbers beside the picture, see `cell_numbers`."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BoxCell:
    """One inked cell.

    Attributes:
        image: (h, w) uint8 at PAGE_DPI, its ink, trimmed.
        place: where the ink stands, in widths and heights of its cell: (0, 0, 1, 1) fills it; None where no cell is known.
        height: of the ink, in heights of the field's tallest.
        width: of the ink, in widths of the field's widest.
    """

    image: Gray
    place: Box | None
    height: float = 1.0
    width: float = 1.0


def cell_picture(image: Gray) -> Floats:
    """Ink (h, w) uint8 -> (SIDE, SIDE) float32, 0 = paper, 1 = ink, as long as FILLED, in the middle; zeros where there is none."""
    picture = np.zeros((SIDE, SIDE), np.float32)
    dark = image[image < INK_LEVEL]
    if not dark.size:
        return picture
    ink = np.float32(255) - image
    ink *= np.float32(1 / max(_darkest(dark), 1.0))
    scale = FILLED / max(ink.shape)
    height, width = (max(round(side * scale), 1) for side in ink.shape)
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    picture[top : top + height, left : left + width] = np.clip(small, 0.0, 1.0)
    return picture


def _darkest(dark: NDArray[np.uint8]) -> float:
    """The DARKEST quantile of 255 - dark, between two neighbours where it falls between; np.quantile takes ten times as long."""
    place = (1 - DARKEST) * (dark.size - 1)
    low, high = int(place), min(int(place) + 1, dark.size - 1)
    found = np.partition(dark, (low, high))
    return 255.0 - (float(found[low]) + (place - low) * (float(found[high]) - float(found[low])))


def cell_numbers(cell: BoxCell) -> Floats:
    """(NUMBERS,) float32: whether the place is known, the ink's width, height and middle in the cell, its size among the field's."""
    relative = (cell.height, cell.width)
    if cell.place is None:
        return np.array([0, 0, 0, 0, 0, *relative], np.float32)
    place = cell.place
    middle = (place.x + place.w / 2 - 0.5, place.y + place.h / 2 - 0.5)
    return np.clip(np.array([1, place.w, place.h, *middle, *relative], np.float32), -1.5, 1.5)
