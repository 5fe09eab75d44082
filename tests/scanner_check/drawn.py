"""Drawn scans of the diagnosis sheet for the tests."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.drawing import paper
from pipeline.drawing.looks import Look
from pipeline.drawing.paper import Pixels, Scanned
from pipeline.geometry import MM_PER_INCH, Colour, Gray
from pipeline.pages import PageImage
from pipeline.scanner_check.finding import SheetScan, find_sheet

PAGE_DPI = 300
DPI = 150
PLAIN = Look(noise=2.0)


def scanned(sheet: Colour, look: Look = PLAIN, dpi: int = DPI) -> Scanned:
    """The sheet through a scanner, the same every time."""
    return paper.scan(sheet, PAGE_DPI, look, np.random.default_rng(7), dpi=dpi)


def page(picture: Pixels, dpi: float = DPI, stated: tuple[float, float] | None = None) -> PageImage:
    """A picture as the pages stage gives it."""
    gray = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return PageImage(1, gray, None if picture.ndim == 2 else picture, dpi, (dpi, dpi) if stated is None else stated)


def found(picture: Pixels, dpi: float = DPI, stated: tuple[float, float] | None = None) -> SheetScan:
    """The sheet in a picture that must show it."""
    sheet = find_sheet(page(picture, dpi, stated))
    assert sheet is not None
    return sheet


def mm(length: float, dpi: float = DPI) -> int:
    """Pixels."""
    return round(length * dpi / MM_PER_INCH)


def streaked(picture: Gray, at_mm: float, width_mm: float, levels: float, dpi: float = DPI) -> Gray:
    """A streak down the picture, so many levels darker (positive) or lighter, of a width that need not be whole pixels."""
    start, end = (at_mm - width_mm / 2) * dpi / MM_PER_INCH, (at_mm + width_mm / 2) * dpi / MM_PER_INCH
    columns = np.arange(picture.shape[1])
    share = np.clip(np.minimum(columns + 1, end) - np.maximum(columns, start), 0, 1)
    return np.asarray((picture - levels * share[None, :]).clip(0, 255), np.uint8)
