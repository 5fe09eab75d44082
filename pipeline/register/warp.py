"""Draw the clean page into the template's frame, once."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, MM_PER_INCH, Points, for_centres, pixels, scaling

PAGE_DPI = 300
"""Resolution of a registered page: 4.5 mm hand writing is 53 pixels high, the reader wants 48."""
_BLOCK_MM = 10.0
"""Within a block the model is taken for a homography; blocks meet at their corners and, to 0.01 pixels, along their sides."""
_SHARP_DPI = 220
"""Below this the page is enlarged, and cubic interpolation keeps thin strokes; above it linear shows no difference."""
WHITE = 255


def drawn(picture: NDArray[np.uint8], dpi: float, on_picture: Callable[[Points], Points]) -> NDArray[np.uint8]:
    """A page in its template's frame.

    Args:
        picture: (h, w) or (h, w, 3) uint8.
        dpi: of the picture.
        on_picture: page mm -> pixel edges of the picture.

    Returns:
        (3508, 2480[, 3]) uint8 at PAGE_DPI; white where the picture does not reach.
    """
    width, height = pixels(A4_MM[0], PAGE_DPI), pixels(A4_MM[1], PAGE_DPI)
    frame = np.empty((height, width, *picture.shape[2:]), np.uint8)
    block = pixels(_BLOCK_MM, PAGE_DPI)
    method = (cv2.INTER_CUBIC if dpi < _SHARP_DPI else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    paper = (WHITE,) * (picture.shape[2] if picture.ndim == 3 else 1)
    matrices = _block_matrices(block, _block_corners(width, height, block, on_picture))
    for row, top in enumerate(range(0, height, block)):
        for column, left in enumerate(range(0, width, block)):
            bottom, right = min(top + block, height), min(left + block, width)
            size = (right - left, bottom - top)
            frame[top:bottom, left:right] = cv2.warpPerspective(picture, matrices[row, column], size, flags=method, borderValue=paper)
    return frame


def _block_corners(width: int, height: int, side: int, on_picture: Callable[[Points], Points]) -> NDArray[np.float64]:
    """(rows + 1, columns + 1, 2): where the corners of the blocks lie on the picture."""
    x, y = np.meshgrid(np.arange(0, width + side, side), np.arange(0, height + side, side))
    page: Points = np.column_stack([x.ravel(), y.ravel()]) * MM_PER_INCH / PAGE_DPI
    return np.asarray(on_picture(page).reshape(*x.shape, 2), np.float64)


def _block_matrices(side: int, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows, columns, 3, 3): pixel centres of a block -> pixel centres of the picture, exact at the block's four corners.

    `places`: (rows + 1, columns + 1, 2). After Heckbert, Fundamentals of Texture Mapping (1989), square to quadrilateral.
    """
    first, right, below, far = places[:-1, :-1], places[:-1, 1:], places[1:, :-1], places[1:, 1:]
    across, down, twist = right - far, below - far, first - right + far - below
    whole = _cross(across, down)
    g, h = (_cross(twist, down) / whole)[..., None], (_cross(across, twist) / whole)[..., None]
    matrices = np.ones((*first.shape[:2], 3, 3))
    matrices[..., :2, 0], matrices[..., :2, 1], matrices[..., :2, 2] = right - first + g * right, below - first + h * below, first
    matrices[..., 2:, 0], matrices[..., 2:, 1] = g, h
    return for_centres(np.asarray(matrices @ scaling(1 / side), np.float64))


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0], np.float64)
