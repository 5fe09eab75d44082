"""Lengths, boxes and point mappings that every stage shares.

Two frames exist. *Page*: millimetres from the top left corner of the upright A4 sheet, x to the right, y down. *Scan*: pixels of
the picture as it came from the scanner, counted at their edges: the first pixel reaches from 0 to 1. A matrix is named after what it
does: `scan_from_page` maps page points to scan points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""(height, width) uint8, 0 = black ink, 255 = white paper."""
Colour = NDArray[np.uint8]
"""(height, width, 3) uint8, RGB."""
Matrix = NDArray[np.float64]
"""(3, 3) float64 homography."""
Points = NDArray[np.float64]
"""(n, 2) float64, x then y."""

MM_PER_INCH = 25.4
A4_MM = (210.0, 297.0)
"""Width and height of the sheet, ISO 216."""


@dataclass(frozen=True)
class Box:
    """A rectangle in page millimetres: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Right edge, mm."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Lower edge, mm."""
        return self.y + self.h

    def grown(self, margin: float) -> Box:
        """The box with `margin` mm added on every side (negative: taken away)."""
        return Box(self.x - margin, self.y - margin, self.w + 2 * margin, self.h + 2 * margin)

    def corners(self) -> Points:
        """The four corners, clockwise from the top left, (4, 2) mm."""
        return np.array([[self.x, self.y], [self.right, self.y], [self.right, self.bottom], [self.x, self.bottom]])

    def as_list(self) -> list[float]:
        """[x, y, w, h] as in form.toml and in the JSON outputs."""
        return [self.x, self.y, self.w, self.h]


def pixels(millimetres: float, dpi: float) -> int:
    """Length in whole pixels at `dpi`."""
    return round(millimetres * dpi / MM_PER_INCH)


def millimetres(pixel_count: float, dpi: float) -> float:
    """Length in millimetres of `pixel_count` pixels at `dpi`."""
    return pixel_count * MM_PER_INCH / dpi


def map_points(matrix: Matrix, points: Points) -> Points:
    """Map (n, 2) points through a (3, 3) homography."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:3], dtype=np.float64)


def for_centres(matrix: Matrix) -> Matrix:
    """The same mapping, or a stack of them, for OpenCV, which counts pixel centres: the middle of the first pixel is 0 there, 0.5 here."""
    to_edges = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    return np.asarray(np.linalg.inv(to_edges) @ matrix @ to_edges, np.float64)


def scaling(factor_x: float, factor_y: float | None = None) -> Matrix:
    """The matrix that multiplies x and y."""
    return np.diag([factor_x, factor_x if factor_y is None else factor_y, 1.0])
