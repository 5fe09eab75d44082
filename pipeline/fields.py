"""Stage 5: one crop per field, the blank form taken away, so that only what the applicant wrote is left."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms import FieldSpec
from pipeline.geometry import Box, Colour, Gray


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
