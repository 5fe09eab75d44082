"""Is this the same sheet of paper, scanned again? Not: the same form filled in by somebody else.

What is printed is alike on both, so a hash of the page as a whole cannot tell. The writing is laid on a grid of cells of about 3 mm, and
the two pages are compared window by window: the same paper has the same pattern of ink in every window, another one differs clearly
in a few, and those few decide. Comparing patterns and not amounts makes it blind to a lighter or darker scan.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, Matrix

COLUMNS, ROWS = 70, 99
"""Cells across and down an A4 page: 3 mm, less than a character, more than the 0.3 mm by which two scans are apart."""
DIGITS = "0123456789abcdef"
MEASURED_AT = (840, 1188)
"""Width and height, pixels, of the copy that is measured: A4 at 100 dpi."""
RULE_PX = 40
"""10 mm at that size: straight ink as long as this is a printed rule, which says nothing about whose paper it is."""
FAINTEST = 20
"""Levels below white that are not yet ink."""
SPREADS = 2.1
"""Standard deviations of the ink that the grid reaches from its centre: an evenly filled page ends at 1.73."""
SAMPLES = 6
"""Pixels per cell of the levelled copy."""
SOFTNESS = 0.25
"""Blur in cells: lets a stroke on the edge of a cell count to both."""
INK_FULL = 0.5
"""Share of ink that is the highest digit."""
WINDOW = (5, 3)
"""Cells: about two characters."""
LEAST_ENERGY = 2.5
"""Variance, digits squared, of a window that has a pattern at all."""
WORST_WINDOWS = 15
"""Windows that decide: one changed character stands in about as many."""
SAME_BELOW = 0.6
"""Mean of 1 - correlation there. Drawn office scans, gray: the same paper 0.02-0.5, another paper of the same form from 0.6 on
(certificates that differ in a name and a number only: from 0.3 on; what was read must agree as well)."""


def fingerprint(gray: Gray) -> str:
    """Ink per cell, one hex digit each, row by row: COLUMNS * ROWS digits; all zero for a page without ink.

    Args:
        gray: (h, w) uint8, upright, level, white paper. The frame does not matter: the grid is laid by the ink's own centre and
            spread, so a page that was moved or scaled by the scanner gets the same cells.
    """
    ink = _writing(gray)
    if ink.sum() < 1.0:
        return DIGITS[0] * (COLUMNS * ROWS)
    size = (COLUMNS * SAMPLES, ROWS * SAMPLES)
    from_grid = (_grid(ink) @ np.diag([ink.shape[1] / size[0], ink.shape[0] / size[1], 1.0]))[:2]
    laid = cv2.warpAffine(ink, from_grid, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    cells = cv2.resize(cv2.GaussianBlur(laid, (0, 0), SAMPLES * SOFTNESS), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    digits = np.clip(np.sqrt(np.asarray(cells) / INK_FULL) * 15, 0, 15).round().astype(int)
    return "".join(DIGITS[digit] for digit in digits.ravel())


def same_paper(a: str, b: str) -> bool:
    """Whether two fingerprints are of one sheet, scanned in the same mode.

    A no is not proof: the same sheet scanned once in gray and once bilevel is told apart. Pages without ink are never the same.
    """
    if not (len(a) == len(b) == COLUMNS * ROWS and a.strip(DIGITS[0]) and b.strip(DIGITS[0])):
        return False
    return difference(a, b) < SAME_BELOW


def difference(a: str, b: str) -> float:
    """Mean of 1 - correlation over the WORST_WINDOWS windows: 0 alike, 1 unlike."""
    one, two = _cells(a), _cells(b)
    count = float(WINDOW[0] * WINDOW[1])
    mean_one, mean_two = _summed(one), _summed(two)
    shared = _summed(one * two) - mean_one * mean_two / count
    energy_one, energy_two = _summed(one * one) - mean_one**2 / count, _summed(two * two) - mean_two**2 / count
    patterned = np.maximum(energy_one, energy_two) > LEAST_ENERGY * count
    alike = np.where(patterned, shared / np.sqrt(np.maximum(energy_one * energy_two, 1e-3)), 1.0)
    return float(np.partition(1 - alike.ravel(), -WORST_WINDOWS)[-WORST_WINDOWS:].mean())


def _writing(gray: Gray) -> NDArray[np.float32]:
    """Ink without rules, 0 to 1, at MEASURED_AT."""
    while gray.shape[0] >= 2 * MEASURED_AT[1]:
        gray = np.asarray(cv2.resize(gray, (gray.shape[1] // 2, gray.shape[0] // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ink = cv2.threshold(cv2.bitwise_not(cv2.resize(gray, MEASURED_AT, interpolation=cv2.INTER_AREA)), FAINTEST, 0, cv2.THRESH_TOZERO)[1]
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, RULE_PX), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((RULE_PX, 1), np.uint8))
    rules = cv2.dilate(cv2.max(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, cv2.add(rules, rules)) / 255, dtype=np.float32)


def _grid(ink: NDArray[np.float32]) -> Matrix:
    """(3, 3) from a picture-sized frame around the ink to the picture, by the ink's centre and spread."""
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


def _cells(text: str) -> NDArray[np.float32]:
    return np.asarray([int(digit, 16) for digit in text], dtype=np.float32).reshape(ROWS, COLUMNS)


def _summed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.boxFilter(values, -1, WINDOW, normalize=False), dtype=np.float32)
