"""Stage 2: the sides of a Scan as pictures, one in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.geometry import Colour, Gray


@dataclass(frozen=True)
class PageImage:
    """One scanned side, not yet turned or cleaned.

    Attributes:
        number: place in the scan, from 1.
        gray: (h, w) uint8, 0 black.
        colour: (h, w, 3) uint8 RGB where the scan has colour, else None.
        dpi: resolution the file states, or the one that makes the side A4 when it states none.
    """

    number: int
    gray: Gray
    colour: Colour | None
    dpi: float
