"""Stage 2: the sides of a Scan as pictures, one in memory at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image

from pipeline.errors import PageRejected
from pipeline.geometry import Colour, Gray
from pipeline.ingest import Scan
from pipeline.pages.paper import squared, stated_or_guessed
from pipeline.pages.pdf import pdf_page
from pipeline.pages.picture import Picture, frame_of
from pipeline.pages.tone import tones
from pipeline.settings import Limits

__all__ = ["PageImage", "page_images"]

Image.MAX_IMAGE_PIXELS = None
"""Pillow warns by its own measure; here `limits.page_pixels` is held against the header before anything is decoded."""


@dataclass(frozen=True)
class PageImage:
    """One scanned side, not yet turned or cleaned.

    Attributes:
        number: place in the scan, from 1.
        gray: (h, w) uint8, 0 black, read-only.
        colour: (h, w, 3) uint8 RGB, read-only, where the scan has colour, else None.
        dpi: resolution the file states, or the one that makes the side A4 when it states none.
        stated_dpi: what the file itself says across and down, true or not; (0, 0) when it says nothing.
        stretch: by what the file's pixels were widened and heightened to make them square.
    """

    number: int
    gray: Gray
    colour: Colour | None
    dpi: float
    stated_dpi: tuple[float, float] = (0.0, 0.0)
    stretch: tuple[float, float] = (1.0, 1.0)


LEAST_SIDE = 60
"""Pixels; a side of less is no sheet of paper at any resolution (24 mm at 60 dpi)."""
LONGEST = 12
"""Longer side over the shorter of the narrowest slip that is still looked at."""


def page_images(scan: Scan, limits: Limits, numbers: Sequence[int] | None = None) -> Iterator[PageImage]:
    """The sides `numbers` (from 1; None = all) of `scan`, each read when it is asked for.

    The iterator lives on after a rejected side: `next` goes to the following one.

    Raises:
        PageRejected: by `next`, when a side cannot be decoded within the limits (`page_unreadable`).
        MissingOnMachine: by `next`, when poppler is needed and not installed.
    """
    return map(partial(_page_image, scan, limits), range(1, scan.page_count + 1) if numbers is None else numbers)


def _page_image(scan: Scan, limits: Limits, number: int) -> PageImage:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow and pikepdf remark on every odd tag; what matters is whether it decodes
            picture = _picture(scan, limits, number)
            if min(picture.image.size) < LEAST_SIDE or max(picture.image.size) > LONGEST * min(picture.image.size):
                raise ValueError("no sheet of paper")
            gray, colour = tones(picture.image)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, ArithmeticError, LookupError, TypeError) as exc:
        raise PageRejected("page_unreadable", f"{number}ページ目の画像を読み取れません。スキャンし直してください。") from exc
    stored = gray.shape
    gray, colour, dpi = squared(gray, colour, picture.dpi, limits.page_pixels)
    dpi = stated_or_guessed(dpi, gray.shape)
    for array in (gray, colour):
        if array is not None:
            array.setflags(write=False)
    return PageImage(number, gray, colour, dpi, picture.dpi, (gray.shape[1] / stored[1], gray.shape[0] / stored[0]))


def _picture(scan: Scan, limits: Limits, number: int) -> Picture:
    if not 1 <= number <= scan.page_count:
        raise IndexError(number)
    if scan.media == "pdf":
        return pdf_page(scan.path, number, limits)
    return frame_of(scan.path, number, limits)


