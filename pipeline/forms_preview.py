"""The boxes of a template drawn over a page, to be looked at by whoever writes or checks a form.toml."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.forms import REFERENCE_DPI, FieldSpec, FormTemplate, Library
from pipeline.geometry import MM_PER_INCH, Box, Colour, Gray

FIELD_RGB = (0, 90, 220)
REQUIRED_RGB = (210, 30, 30)
PART_RGB = (0, 150, 80)
CELL_RGB = (150, 90, 200)
OPTION_RGB = (230, 120, 0)
TINTS = {
    **dict.fromkeys(("date", "year_month", "months"), PART_RGB),
    **dict.fromkeys(("choice", "marks"), OPTION_RGB),
    **dict.fromkeys(("signature", "seal"), REQUIRED_RGB),
    "digits": CELL_RGB,
}
TINT = 0.12
"""Share of the colour: print below stays black."""
GROUND = 200
"""Gray that print under a name is lightened to."""
NAME_HEIGHT_MM = 1.7
"""Capital height of a field's name: small enough to leave the box visible."""
FACE = cv2.FONT_HERSHEY_SIMPLEX
SMALLEST_SCALE = 0.22
"""Below this OpenCV's letters run together; a long name then leaves a narrow box."""
HERSHEY_CAPITAL_PIXELS = 21.0
"""Capital height of FACE at scale 1."""


def preview(template: FormTemplate, page: Gray | None, dpi: float = REFERENCE_DPI) -> Colour:
    """Fields (blue, required ones red) with name and kind, parts (green), cells (violet) and options (orange) over a page.

    The inside of a field is tinted: dates green, character cells violet, choices orange, signatures and seals red, any other blue.

    Args:
        template: whose boxes to draw.
        page: a page in the template's frame, (h, w) uint8 at `dpi`; None = the template's own reference.png.
        dpi: resolution of `page`; ignored without one.

    Returns:
        (h, w, 3) uint8, RGB.

    Raises:
        TemplateError: reference.png is needed and cannot be read.
    """
    if page is None:
        page, dpi = Library((template,)).reference(template.id), float(REFERENCE_DPI)
    picture: Colour = np.repeat(page[:, :, np.newaxis], 3, axis=2)
    for spec in template.fields:
        _tint(picture, spec.box, dpi, TINTS.get(spec.kind, FIELD_RGB))
    for spec in template.fields:
        _draw_field(picture, spec, dpi)
    return picture


def _draw_field(picture: Colour, spec: FieldSpec, dpi: float) -> None:
    colour = REQUIRED_RGB if spec.required else FIELD_RGB
    for cell in (*spec.cells, *(cell for part in spec.parts for cell in part.cells)):
        _frame(picture, cell, dpi, CELL_RGB)
    for part in spec.parts:
        _frame(picture, part.box, dpi, PART_RGB)
    for option in spec.options:
        _frame(picture, option.box, dpi, OPTION_RGB)
    _frame(picture, spec.box, dpi, colour)
    _write(picture, f"{spec.name} {spec.kind}", spec.box, dpi, colour)


def _write(picture: Colour, text: str, box: Box, dpi: float, colour: tuple[int, int, int]) -> None:
    """Name and kind at the upper left corner of a box, on white, so that print below does not blur them."""
    natural = cv2.getTextSize(text, FACE, 1.0, 1)[0][0]
    room = (box.w - 1.0) * dpi / MM_PER_INCH / natural
    scale = min(NAME_HEIGHT_MM * dpi / MM_PER_INCH / HERSHEY_CAPITAL_PIXELS, max(room, SMALLEST_SCALE))
    left, low = _pixel(box.x + 0.5, box.y + NAME_HEIGHT_MM + 0.5, dpi)
    (width, height), below = cv2.getTextSize(text, FACE, scale, 1)
    ground = picture[max(low - height - 1, 0) : low + below, max(left - 1, 0) : left + width + 1]
    ground[:] = np.maximum(ground, GROUND)
    cv2.putText(picture, text, (left, low), FACE, scale, colour, 1, cv2.LINE_AA)


def _tint(picture: Colour, box: Box, dpi: float, colour: tuple[int, int, int]) -> None:
    """The inside of a box a little coloured: where somebody writes is seen from afar."""
    (left, top), (right, bottom) = _pixel(box.x, box.y, dpi), _pixel(box.right, box.bottom, dpi)
    inside = picture[max(top, 0) : bottom, max(left, 0) : right]
    inside[:] = np.rint((1 - TINT) * inside + TINT * np.array(colour)).astype(np.uint8)


def _frame(picture: Colour, box: Box, dpi: float, colour: tuple[int, int, int]) -> None:
    cv2.rectangle(picture, _pixel(box.x, box.y, dpi), _pixel(box.right, box.bottom, dpi), colour, 1)


def _pixel(x: float, y: float, dpi: float) -> tuple[int, int]:
    return round(x * dpi / MM_PER_INCH), round(y * dpi / MM_PER_INCH)
