"""Stage 5: one crop per field, the blank form taken away, so that only what the applicant wrote is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.forms import FieldSpec
from pipeline.geometry import Box, Colour, Gray, pixels
from pipeline.register import PAGE_DPI

WHITE = 255


@dataclass(frozen=True)
class FieldCrop:
    """The place of one field on a registered page.

    Attributes:
        box: what the crop shows, page mm: the field's box with a margin for writing that leaves it.
        gray: (h, w) uint8 at PAGE_DPI, as on paper.
        ink: (h, w) uint8, the same with the blank form's print subtracted: 255 where nothing was added by hand or printer.
        colour: RGB crop or None.
    """

    spec: FieldSpec
    box: Box
    gray: Gray
    ink: Gray
    colour: Colour | None


def cell_crops(crop: FieldCrop, box: Box, margin: float = 0.0) -> Gray:
    """The ink of one part, cell or option inside a field's crop.

    Args:
        crop: the field's crop.
        box: page mm, as in the template: a `Part.box`, one of the `cells`, an `Option.box`.
        margin: mm added on every side.

    Returns:
        (h, w) uint8 at PAGE_DPI, a copy; what lies outside the crop is white, so its size depends on `box` and `margin` alone.
    """
    wanted = box.grown(margin)
    left, top = pixels(wanted.x - crop.box.x, PAGE_DPI), pixels(wanted.y - crop.box.y, PAGE_DPI)
    width, height = max(pixels(wanted.w, PAGE_DPI), 1), max(pixels(wanted.h, PAGE_DPI), 1)
    picture = np.full((height, width), WHITE, np.uint8)
    rows = slice(max(top, 0), max(min(top + height, crop.ink.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + width, crop.ink.shape[1]), 0))
    piece = crop.ink[rows, columns]
    if piece.size:
        picture[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = piece
    return picture
