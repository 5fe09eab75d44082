"""Uneven light and grey paper: divided out, so that paper is 255 and ink keeps its share of darkness."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.cleanup.size import small_copy
from pipeline.geometry import Colour, Gray, pixels

BLOCK_MM = 2.5
"""Side of the blocks whose bright share is taken as paper: wider than a stroke, narrower than a shadow."""
PAPER_PERCENTILE = 75
"""Of a block's pixels: ink covers less than three quarters of it, and dust or noise less than the rest."""
CLOSED_MM = 25.0
"""Dark things narrower than this are print (bars, black headings), wider ones are light."""
SMOOTH_MM = 5.0
HEADROOM = 0.96
"""Paper noise below its own tone that is still made white; a pencil stroke loses the same 4 %."""
DARKEST_PAPER = 60
"""Tone below which nothing is paper: keeps the division from blowing up what is black."""


def paper_tone(small: Gray, border: Gray, dpi: float) -> Gray:
    """Tone of the bare paper on a coarse grid, (rows, columns) uint8, to be stretched over the page.

    Args:
        small: (h, w) reduced copy.
        border: (h, w) 255 where no paper is.
        dpi: of `small`.
    """
    block = max(2, pixels(BLOCK_MM, dpi))
    rows, columns = max(1, small.shape[0] // block), max(1, small.shape[1] // block)
    tones = _bright_share(small, block, rows, columns)
    covered = cv2.resize(border, (columns, rows), interpolation=cv2.INTER_AREA) > 0
    if covered.any():
        tones[covered] = np.median(tones[~covered]) if (~covered).any() else 255
    closed = 2 * round(CLOSED_MM / BLOCK_MM / 2) + 1
    filled = cv2.morphologyEx(tones, cv2.MORPH_CLOSE, np.ones((closed, closed), np.uint8))
    return np.asarray(np.maximum(cv2.GaussianBlur(filled, (0, 0), SMOOTH_MM / BLOCK_MM), DARKEST_PAPER), dtype=np.uint8)


def lifted(picture: Gray, paper: Gray) -> Gray:
    """(h, w) uint8 divided by the paper's tone: paper 255, ink in proportion. `picture` itself when the paper is white already."""
    if paper.min() >= 254:
        return picture
    level = np.maximum(paper * HEADROOM, 1).astype(np.uint8)
    height, width = picture.shape
    return np.asarray(cv2.divide(picture, cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), scale=255), dtype=np.uint8)


def lift_colour(colour: Colour, border: Gray, dpi: float) -> Colour:
    """The same for (h, w, 3): each channel by its own paper, so that tinted paper becomes white and red stays red."""
    small, _ = small_copy(colour)
    tones = (paper_tone(_channel(small, at), border, dpi) for at in range(3))
    return np.asarray(cv2.merge([lifted(_channel(colour, at), tone) for at, tone in enumerate(tones)]), dtype=np.uint8)


def _channel(colour: Colour, at: int) -> Gray:
    return np.asarray(cv2.extractChannel(colour, at), dtype=np.uint8)


def _bright_share(small: Gray, block: int, rows: int, columns: int) -> Gray:
    """PAPER_PERCENTILE of each block, (rows, columns)."""
    if rows * block > small.shape[0] or columns * block > small.shape[1]:
        return np.full((rows, columns), np.percentile(small, PAPER_PERCENTILE), dtype=np.uint8)
    blocks = small[: rows * block, : columns * block].reshape(rows, block, columns, block).swapaxes(1, 2).reshape(rows, columns, -1)
    rank = blocks.shape[-1] * PAPER_PERCENTILE // 100
    return np.ascontiguousarray(np.partition(blocks, rank, axis=-1)[..., rank])
