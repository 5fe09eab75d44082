"""Is this the same sheet of paper, scanned again? Not: the same form filled in by somebody else.

What is printed is alike on both, so a hash of the page as a whole cannot tell. The page is laid on a grid of cells as wide as a
character; the same paper has nearly the same ink in every single cell, another one does not in a few.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.cleanup.size import small_copy
from pipeline.geometry import Gray, Matrix

COLUMNS, ROWS = 40, 56
"""Cells across and down: about 5 mm each, one box of a digit."""
DIGITS = "0123456789abcdef"
SPREADS = 2.1
"""Standard deviations of the ink that the grid reaches from its centre: an evenly filled page ends at 1.73."""
SAMPLES = 6
"""Pixels per cell of the picture that is measured: 0.9 mm."""
INK_FULL = 0.45
"""Share of ink that is the highest digit: a solid kanji; rules and thin writing have 0.05-0.25."""
WORST_CELLS = 20
"""Cells with the greatest difference that decide: a name and a number cover as many."""
SAME_BELOW = 3.0
"""Mean difference of those cells, in digits, below which it is the same paper (measured: see tests/cleanup)."""


def fingerprint(gray: Gray) -> str:
    """Ink per cell, one hex digit each, row by row: COLUMNS * ROWS digits; all zero for a page without ink.

    Args:
        gray: (h, w) uint8, upright, level, white paper. The frame does not matter: the grid is laid by the ink's own centre and
            spread, so a page that was moved or scaled by the scanner gets the same cells.
    """
    small = cv2.resize(small_copy(gray)[0], (COLUMNS * SAMPLES, ROWS * SAMPLES), interpolation=cv2.INTER_AREA)
    ink = (255.0 - small.astype(np.float32)) / 255.0
    ink[ink < 0.06] = 0.0
    if ink.sum() < 1.0:
        return DIGITS[0] * (COLUMNS * ROWS)
    laid = cv2.warpAffine(ink, _grid(ink)[:2], (ink.shape[1], ink.shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    cells = cv2.resize(cv2.GaussianBlur(laid, (0, 0), SAMPLES / 4), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    level = np.clip(np.sqrt(np.asarray(cells) / INK_FULL) * 15, 0, 15).round().astype(int)
    return "".join(DIGITS[value] for value in level.ravel())


def same_paper(a: str, b: str) -> bool:
    """Whether two fingerprints are of one sheet. Pages without ink are never the same."""
    return len(a) == len(b) and a.strip("0") != "" and b.strip("0") != "" and difference(a, b) < SAME_BELOW


def difference(a: str, b: str) -> float:
    """Mean difference of the WORST_CELLS cells, in digits (0-15)."""
    apart = np.abs(_levels(a) - _levels(b))
    return float(np.partition(apart, -WORST_CELLS)[-WORST_CELLS:].mean())


def _levels(text: str) -> NDArray[np.int16]:
    return np.array([int(digit, 16) for digit in text], dtype=np.int16)


def _grid(ink: NDArray[np.float32]) -> Matrix:
    """(3, 3) from the grid's samples to the picture's, by the ink's centre and spread."""
    total = float(ink.sum())
    matrix = np.eye(3)
    for at, size in ((0, ink.shape[1]), (1, ink.shape[0])):
        places = np.arange(size)
        share = ink.sum(axis=at) / total
        centre = float(share @ places)
        spread = max(float(np.sqrt(share @ (places - centre) ** 2)), size / 100)
        matrix[at, at] = 2 * SPREADS * spread / size
        matrix[at, 2] = centre - SPREADS * spread
    return matrix
