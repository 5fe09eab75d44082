"""A drawn line on paper and through a scanner, then cut out as the line of the product cuts it."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.drawing.dirt import noisy, toned
from pipeline.geometry import MM_PER_INCH, Gray
from pipeline.recognise.lines import INK_LEVEL, as_line, clean_ink
from pipeline.register import PAGE_DPI

DPIS = (150, 200, 200, 300, 300)
CHARACTER_MM = (2.8, 7.0)
"""Height of a full character, least and most."""
BILEVEL = 0.5
"""Share of scans in black and white."""
FAINTEST = 40
"""Pixels of ink below which a line counts as lost."""


def scanned(line: Gray, em_px: float, rng: np.random.Generator, *, hand: bool) -> Gray | None:
    """`line` (h, w), its characters `em_px` high -> (48, w') as the reader gets it; None when nothing is left of it."""
    dpi = int(rng.choice(DPIS))
    size = float(rng.uniform(*CHARACTER_MM)) * dpi / MM_PER_INCH
    scale = size / em_px
    picture = cv2.resize(line, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    turn = float(rng.normal(0, 0.006 if hand else 0.003))
    matrix = np.array([[1.0, float(rng.normal(0, 0.02)) if hand else 0.0, 0.0], [turn, 1.0, -turn * picture.shape[1] / 2]])
    picture = cv2.warpAffine(picture, matrix, (picture.shape[1], picture.shape[0]), borderValue=(255.0,))
    picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 0.065 * dpi / MM_PER_INCH + 0.31)))
    seen = _saved(toned(np.asarray(picture, np.uint8), float(rng.uniform(0.6, 1.0)), int(rng.integers(238, 255))), rng)
    up = PAGE_DPI / dpi
    on_page = np.asarray(cv2.resize(seen, None, fx=up, fy=up, interpolation=cv2.INTER_LINEAR), np.uint8)
    white = np.where(on_page > 225, np.uint8(255), on_page)
    ink = clean_ink(white).image
    return as_line(ink) if int((ink < INK_LEVEL).sum()) > FAINTEST else None


def _saved(picture: Gray, rng: np.random.Generator) -> Gray:
    """Grey with the sensor's noise, or black and white at a level that may break thin strokes."""
    grey = noisy(picture, float(rng.uniform(0.5, 6.0)), rng)
    if rng.random() >= BILEVEL:
        return grey
    return np.where(grey < float(rng.uniform(150, 210)), np.uint8(0), np.uint8(255))
