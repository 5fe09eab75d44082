"""Stage 3: PageImage -> CleanPage.

The recipe: at most 300 dpi; one small copy on which everything is measured (scanner border, paper tone, skew, ink); then the paper is
lifted to white, once at full size. A side that looks blank on the small copy is looked at once more, closer. The page is not turned
here: a form is drawn level into its template's frame in one go, which keeps strokes sharper than turning it twice. What is read without
a template is turned by `levelled`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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

__all__ = ["CleanPage", "clean", "fingerprint", "levelled", "same_paper", "upright"]

TRACES_DPI = 140.0
"""At least, where the scan has it: a stroke of hard pencil is two pixels wide there."""


@dataclass(frozen=True)
class CleanPage:
    """A side with even white paper and without scanner edge. Which way up is still open.

    Attributes:
        number: place in the scan, from 1.
        gray: (h, w) uint8, background lifted to 255.
        colour: (h, w, 3) uint8 RGB in the same frame, or None.
        dpi: pixels per inch of `gray`.
        skew_deg: how far `gray` is still turned off the nearest quarter turn, degrees, positive = clockwise.
        scan_from_clean: (3, 3), pixels of `gray` -> pixels of the PageImage, counted at their edges.
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
    return CleanPage(
        number=page.number,
        gray=_frozen(white),
        colour=None if colour is None else _frozen(colour),
        dpi=dpi,
        skew_deg=skew_deg,
        scan_from_clean=scan_from_reduced,
        blank=blank,
    )


def levelled(page: CleanPage) -> CleanPage:
    """The page turned level; `page` itself when it is."""
    if not page.skew_deg:
        return page
    skewed_from_level, size = rotation(page.gray.shape, page.skew_deg)
    return replace(
        page,
        gray=_frozen(level(page.gray, skewed_from_level, size)),
        colour=None if page.colour is None else _frozen(level(page.colour, skewed_from_level, size)),
        skew_deg=0.0,
        scan_from_clean=page.scan_from_clean @ skewed_from_level,
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
