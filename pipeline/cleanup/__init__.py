"""Stage 3: PageImage -> CleanPage."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.geometry import Colour, Gray, Matrix


@dataclass(frozen=True)
class CleanPage:
    """A side with even white paper, without scanner edge and skew. Which way up is still open.

    Attributes:
        number: place in the scan, from 1.
        gray: (h, w) uint8, deskewed, background lifted to 255.
        colour: (h, w, 3) uint8 RGB in the same frame, or None.
        dpi: pixels per inch of `gray`.
        skew_deg: angle that was taken out, degrees, positive = the page was turned clockwise.
        scan_from_clean: (3, 3), pixels of `gray` -> pixels of the PageImage.
        blank: nothing is written or printed on this side.
    """

    number: int
    gray: Gray
    colour: Colour | None
    dpi: float
    skew_deg: float
    scan_from_clean: Matrix
    blank: bool
