"""Stage 4b: the page laid over its template."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms import FormTemplate
from pipeline.geometry import Colour, Gray, Matrix

PAGE_DPI = 300
"""Resolution of a registered page: 4.5 mm hand writing is 53 pixels high, the reader wants 48."""


@dataclass(frozen=True)
class RegisteredPage:
    """A page in its template's frame: pixel (x, y) is page millimetre (x, y) * 25.4 / PAGE_DPI.

    Attributes:
        gray: (3508, 2480) uint8 at PAGE_DPI.
        colour: the same frame in RGB, or None.
        scan_from_page: (3, 3), page millimetres -> pixels of the PageImage, for showing a box in the scan.
        residual_mm: error that remains, 95th percentile over the printed points held out of the fit; never flattering.
        score: 0 to 1, as in `identify.Candidate`, after the fine fit.
        rotation: quarter turns the scan was off, degrees clockwise: 0, 90, 180, 270.
        skew_deg: remaining turn of the scan, degrees, positive = clockwise.
    """

    template: FormTemplate
    gray: Gray
    colour: Colour | None
    scan_from_page: Matrix
    residual_mm: float
    score: float
    rotation: int
    skew_deg: float
