"""Is every piece of the form's print on the page? A sibling lacks a column, another edition a row; a page of the form itself lacks nothing.

The blank form's print is split into pieces: its rules across, its rules down and its other print, each within one square of the page. A
piece is missing where the page is white. Writing, stains and dark copies hide what is missing, so a form of which nothing is missing is
not yet proven; one of which much is missing is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import A4_MM, MM_PER_INCH, Gray, Points, pixels
from pipeline.identify.anchors import WHITE, at_resolution

SQUARE_MM = 10.0
_THICK_MM = 0.14
"""Strokes with less black than this are not asked for: bilevel scans and copies lose rules of 0.12 mm, and print in grey."""
_PRINT_DARK = 215
"""Grey level below which a pixel of the averaged reference belongs to a stroke."""
_PAGE_DARK = 225
"""Grey level on lifted paper below which something is printed or written: of the 0.1 mm rules of a pale print 200 loses every fourth."""
_RULE_MM = 8.0
"""Straight print at least this long is a rule."""
_LEAST_RULE_MM = 3.5
_LEAST_PRINT_MM2 = 2.9
"""Smaller pieces are not asked for: a comma, the end of a rule."""
_COVERED = 0.6
"""Share of a piece that must be dark. Pages of the form itself have 0.7 and more for every piece, those of a sibling less for 2 to 60."""
_CORNER_MM = 35.0
"""Squares so near to two edges are not asked for: corners fold."""
_MARGIN_MM = 8.0
"""Squares so near to one edge are not asked for: printers and scanners cut there."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of a form's print in a frame of one resolution.

    Attributes:
        shape: rows and columns of the frame.
        pixel: (n,) flat indices into the frame of all print that is asked for.
        owner: (n,) the piece of each.
        size: (m,) pixels of each piece.
        middle: (m, 2) page mm, the middle of its square.
    """

    shape: tuple[int, int]
    pixel: NDArray[np.int64]
    owner: NDArray[np.int64]
    size: NDArray[np.int64]
    middle: Points


def print_pieces(reference: Gray, dpi: float) -> Pieces:
    """Split the print of a reference picture (REFERENCE_DPI) for frames at `dpi`."""
    small = at_resolution(reference, dpi)
    thick = at_resolution(np.where(_stroke_mm(reference) < _THICK_MM, WHITE, 0).astype(np.uint8), dpi) < WHITE
    dark = np.where(thick & (small < _PRINT_DARK), WHITE, 0).astype(np.uint8)
    length = pixels(_RULE_MM, dpi)
    across, down = _opened(dark, (1, length)), _opened(dark, (length, 1))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    rest = np.asarray(cv2.subtract(dark, rules), np.uint8)
    least = pixels(_LEAST_RULE_MM, dpi)
    y, x = (np.indices(small.shape) * (MM_PER_INCH / dpi / SQUARE_MM)).astype(np.int64)
    square = y * 100 + x
    found = [_split(mask, square, size) for mask, size in ((across, least), (down, least), (rest, _pixels_of(_LEAST_PRINT_MM2, dpi)))]
    pixel, owner, middle, count = [], [], [], 0
    for place, piece, squares in found:
        pixel.append(place)
        owner.append(piece + count)
        middle.append(np.column_stack([squares % 100, squares // 100]) * SQUARE_MM + SQUARE_MM / 2)
        count += len(squares)
    owners = np.concatenate(owner)
    size = np.bincount(owners, minlength=count)
    return Pieces((small.shape[0], small.shape[1]), np.concatenate(pixel), owners, size, np.concatenate(middle).astype(np.float64))


def missing_pieces(frame: Gray, seen: Gray | None, pieces: Pieces, dpi: float, slack_mm: float) -> Points:
    """Where print is missing: (k, 2) page mm.

    Args:
        frame: a clean page laid over the form, at `dpi`; a row or column more or less than the form's own frame does not matter.
        seen: same shape, 0 where the page does not reach; None = it reaches everywhere.
        pieces: of the form, at the same dpi.
        dpi: of the frame.
        slack_mm: how far off its place print may stand.
    """
    reach = max(pixels(slack_mm, dpi), 1)
    dark = np.asarray(cv2.dilate(np.where(frame < _PAGE_DARK, 1, 0).astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)))
    if seen is not None:
        dark[seen == 0] = 1
    laid = np.zeros(pieces.shape, np.uint8)
    rows, columns = min(laid.shape[0], dark.shape[0]), min(laid.shape[1], dark.shape[1])
    laid[:rows, :columns] = dark[:rows, :columns]
    covered = np.bincount(pieces.owner, weights=laid.ravel()[pieces.pixel], minlength=len(pieces.size))
    return np.asarray(pieces.middle[covered < _COVERED * pieces.size], np.float64)


def _stroke_mm(reference: Gray) -> NDArray[np.float32]:
    """Millimetres of black in the stroke through each pixel, at most 3 pixels' worth, across or down, whichever is less."""
    black = (WHITE - reference).astype(np.float32) * np.float32(MM_PER_INCH / REFERENCE_DPI / WHITE)
    sums = (cv2.boxFilter(black, -1, shape, normalize=False) for shape in ((3, 1), (1, 3)))
    return np.asarray(cv2.min(*sums), np.float32)


def _opened(mask: Gray, shape: tuple[int, int]) -> Gray:
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), np.uint8)


def _split(mask: Gray, square: NDArray[np.int64], least: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Flat indices of `mask` in squares with `least` pixels of it that are asked for, the piece of each, and each piece's square."""
    place = np.flatnonzero(mask)
    squares, piece, count = np.unique(square.ravel()[place], return_inverse=True, return_counts=True)
    wanted = (count >= least) & _asked_for(squares)
    number = np.cumsum(wanted) - 1
    kept = wanted[piece]
    return place[kept], number[piece[kept]], squares[wanted]


def _asked_for(squares: NDArray[np.int64]) -> NDArray[np.bool_]:
    middle = np.column_stack([squares % 100, squares // 100]) * SQUARE_MM + SQUARE_MM / 2
    near_x, near_y = np.minimum(middle, np.array(A4_MM) - middle).T
    corner = (near_x < _CORNER_MM) & (near_y < _CORNER_MM)
    return np.asarray(~corner & (np.minimum(near_x, near_y) >= _MARGIN_MM), np.bool_)


def _pixels_of(square_mm: float, dpi: float) -> int:
    return round(square_mm * (dpi / MM_PER_INCH) ** 2)
