"""Stage 5: one crop per field, the blank form taken away, so that only what the applicant wrote is left."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.fields.owners import InkPieces, Window
from pipeline.fields.subtraction import HALF_DPI, KEPT_FORMS, WHITE, print_distance, subtract
from pipeline.forms import FieldSpec, Library
from pipeline.geometry import Box, Colour, Gray, millimetres, pixels
from pipeline.identify.anchors import kept_per_picture
from pipeline.register import PAGE_DPI, RegisteredPage

MARGIN_MM = 2.0
"""Shown around a field's box: how far hand writing commonly runs out of it."""

_distance = kept_per_picture(print_distance, KEPT_FORMS)


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


def ink_only(page: RegisteredPage, library: Library) -> Gray:
    """The whole page with the blank form's print taken away: (3508, 2480) uint8, 255 where nothing was added.

    Raises:
        TemplateError: the template's reference cannot be read.
    """
    return subtract(page.gray, _distance(library.reference(page.template.id)))


def cut_fields(page: RegisteredPage, library: Library) -> list[FieldCrop]:
    """One crop for every field of the page's template, in the template's order.

    A field's ink is what stands in its box, and whole strokes that began there and ran out by up to MARGIN_MM; strokes of a
    neighbouring field that end in the margin are left out. `gray` and `colour` show the paper as it is.

    Raises:
        TemplateError: the template's reference cannot be read.
    """
    ink = ink_only(page, library)
    shape = ink.shape[0] // 2, ink.shape[1] // 2
    boxes = [_window(spec.box, shape) for spec in page.template.fields]
    half = np.asarray(cv2.resize(ink, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.uint8)
    pieces = InkPieces((half < WHITE).view(np.uint8), boxes)
    return [_crop(page, ink, pieces, number) for number in range(len(boxes))]


def _window(box: Box, shape: tuple[int, int]) -> Window:
    """The box in pixels at HALF_DPI, at least one pixel, within a picture of `shape`."""
    left, top = max(pixels(box.x, HALF_DPI), 0), max(pixels(box.y, HALF_DPI), 0)
    right, bottom = min(pixels(box.right, HALF_DPI), shape[1]), min(pixels(box.bottom, HALF_DPI), shape[0])
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _crop(page: RegisteredPage, ink: Gray, pieces: InkPieces, number: int) -> FieldCrop:
    spec = page.template.fields[number]
    window = _window(spec.box.grown(MARGIN_MM), (ink.shape[0] // 2, ink.shape[1] // 2))
    rows, columns = (slice(2 * part.start, 2 * part.stop) for part in window)
    own = cv2.resize(pieces.of_field(number, window), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    place = [millimetres(edge, PAGE_DPI) for edge in (columns.start, rows.start, columns.stop, rows.stop)]
    return FieldCrop(
        spec=spec,
        box=Box(place[0], place[1], place[2] - place[0], place[3] - place[1]),
        gray=page.gray[rows, columns],
        ink=np.asarray(cv2.bitwise_or(ink[rows, columns], cv2.bitwise_not(own)), np.uint8),
        colour=None if page.colour is None else page.colour[rows, columns],
    )


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
