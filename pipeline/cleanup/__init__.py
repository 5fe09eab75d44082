"""Stage 3: PageImage -> CleanPage.

The recipe: at most 300 dpi; one small copy on which everything is measured (scanner border, paper tone, skew, ink); then the paper is
lifted to white and the page turned, once each at full size. A side that looks blank on the small copy is looked at once more, closer.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.cleanup.background import lift_colour, lifted, paper_tone
from pipeline.cleanup.blank import hole_mask, is_blank
from pipeline.cleanup.border import border_mask, whitened
from pipeline.cleanup.fingerprint import fingerprint, same_paper
from pipeline.cleanup.size import reduced, small_copy
from pipeline.cleanup.skew import find_skew, level, rotation
from pipeline.cleanup.speckle import is_bilevel, without_specks
from pipeline.cleanup.traces import has_traces
from pipeline.geometry import Colour, Gray, Matrix
from pipeline.pages import PageImage

__all__ = ["CleanPage", "clean", "fingerprint", "same_paper", "upright"]

TRACES_DPI = 140.0
"""At least, where the scan has it: a stroke of hard pencil is two pixels wide there."""


@dataclass(frozen=True)
class CleanPage:
    """A side with even white paper, without scanner edge and skew. Which way up is still open.

    Attributes:
        number: place in the scan, from 1.
        gray: (h, w) uint8, deskewed, background lifted to 255.
        colour: (h, w, 3) uint8 RGB in the same frame, or None.
        dpi: pixels per inch of `gray`.
        skew_deg: angle that was taken out, degrees, positive = the page was turned clockwise.
        scan_from_clean: (3, 3), pixels of `gray` -> pixels of the PageImage, both counted at pixel centres (as cv2 does).
        blank: nothing is written or printed on this side.
    """

    number: int
    gray: Gray
    colour: Colour | None
    dpi: float
    skew_deg: float
    scan_from_clean: Matrix
    blank: bool


def clean(page: PageImage) -> CleanPage:
    """Clean one side. Arrays of the result are read-only."""
    gray, colour, dpi, scan_from_reduced = reduced(page.gray, page.colour, page.dpi)
    small, shrink = small_copy(gray)
    small_dpi = dpi / shrink
    border = border_mask(small, small_dpi)
    paper = paper_tone(small, border, small_dpi)
    even = whitened(lifted(small, paper), border)
    blank = is_blank(even, small_dpi) and not _traced(gray, dpi, paper, border)
    skew_deg = 0.0 if blank else find_skew(even)

    white = whitened(without_specks(gray, dpi) if is_bilevel(gray) else lifted(gray, paper), border)
    if colour is not None:
        colour = whitened(lift_colour(colour, border, small_dpi), border)
    reduced_from_clean, size = rotation(gray.shape, skew_deg)
    if skew_deg:
        white = level(white, reduced_from_clean, size)
        colour = None if colour is None else level(colour, reduced_from_clean, size)
    return CleanPage(
        number=page.number,
        gray=_frozen(white),
        colour=None if colour is None else _frozen(colour),
        dpi=dpi,
        skew_deg=skew_deg,
        scan_from_clean=scan_from_reduced @ reduced_from_clean,
        blank=blank,
    )


def _traced(gray: Gray, dpi: float, paper: Gray, border: Gray) -> bool:
    """Whether a side that looks blank on the small copy has something on it nevertheless."""
    factor = max(1, int(dpi / TRACES_DPI))
    size = (gray.shape[1] // factor, gray.shape[0] // factor)
    closer = gray if factor == 1 else np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    even = whitened(lifted(closer, paper), border)
    return has_traces(even, hole_mask(even, dpi / factor), dpi / factor)


def upright(gray: Gray, rotation: int) -> Gray:
    """The picture with `rotation` taken out: quarter turns, degrees clockwise: 0, 90, 180, 270."""
    return np.rot90(gray, rotation // 90)


def _frozen(picture: Gray) -> Gray:
    picture = picture.view()
    picture.setflags(write=False)
    return picture
