"""Draws the strip of a form that holds its signature and its seal, and shows it to the readers as the first stages would.

A whole page takes a second to draw, scan and register; a strip of it takes some ten milliseconds, so that thousands can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing import dirt
from pipeline.drawing.fill import blank_page
from pipeline.drawing.ink import Canvas
from pipeline.drawing.paper import BILEVEL_LEVEL
from pipeline.fields import MARGIN_MM, FieldCrop
from pipeline.fields.owners import InkPieces, Window
from pipeline.fields.subtraction import subtract
from pipeline.forms import FieldSpec, FormTemplate, load_library
from pipeline.geometry import MM_PER_INCH, Box, Colour, Gray
from pipeline.register import PAGE_DPI

PER_MM = PAGE_DPI / MM_PER_INCH
FORMS = load_library(Path(__file__).parents[2] / "form_templates")
LOOKS = ("clean", "office", "gray", "copy", "bilevel", "fax")
"""What becomes of the paper: colour scans at 300 and 200 dpi, a gray one, a photocopy, black and white at 300 dpi and by fax."""


@dataclass(frozen=True)
class Strip:
    """A band across a form, drawn on a canvas whose first row lies `top` mm below the page's edge."""

    template: FormTemplate
    top: float
    canvas: Canvas
    blank: Gray

    def field(self, name: str) -> FieldSpec:
        """A field of the form in the strip's own millimetres."""
        return _lowered(self.template.field(name), self.top)

    @property
    def height(self) -> float:
        """Of the strip, mm."""
        return float(self.blank.shape[0] / PER_MM)


def _lowered(spec: FieldSpec, by: float) -> FieldSpec:
    return replace(spec, box=Box(spec.box.x, spec.box.y - by, spec.box.w, spec.box.h))


def strip_of(form: str, top: float, height: float) -> Strip:
    """The empty band of `form` that begins `top` mm below the page's edge and is `height` mm high."""
    template = FORMS.get(form)
    rows = slice(2 * round(top * PER_MM / 2), 2 * round((top + height) * PER_MM / 2))
    page = blank_page(template, PAGE_DPI)[rows]
    return Strip(template, rows.start / PER_MM, Canvas(page, PAGE_DPI), np.ascontiguousarray(page[..., 0]))


def crops_of(strip: Strip, look: str, rng: np.random.Generator) -> list[FieldCrop]:
    """The crops of the fields that lie whole in the strip, after a scan that is called `look`."""
    seen = _scanned(strip.canvas.rgb, look, rng)
    colour = seen if look in ("clean", "office") else None
    gray = np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), np.uint8)
    away = rng.normal(0, 0.04, 2) * PER_MM
    shifted = cv2.warpAffine(strip.blank, np.array([[1, 0, away[0]], [0, 1, away[1]]]), strip.blank.shape[::-1], borderValue=255)
    apart = cv2.distanceTransform(np.where(np.asarray(shifted) >= 215, 255, 0).astype(np.uint8), cv2.DIST_L2, 3)
    ink = subtract(gray, np.minimum(np.round(apart), 32).astype(np.uint8))
    specs = [_lowered(spec, strip.top) for spec in strip.template.fields]
    return _cut([spec for spec in specs if spec.box.y >= 0 and spec.box.bottom <= strip.height], gray, ink, colour)


def _cut(specs: list[FieldSpec], gray: Gray, ink: Gray, colour: Colour | None) -> list[FieldCrop]:
    half = np.asarray(cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    pieces = InkPieces((half < 255).astype(np.uint8), [_window(spec.box, half.shape) for spec in specs])
    crops = []
    for number, spec in enumerate(specs):
        window = _window(spec.box.grown(MARGIN_MM), half.shape)
        rows, columns = (slice(2 * part.start, 2 * part.stop) for part in window)
        own = cv2.resize(pieces.of_field(number, window), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        left, top, right, bottom = (edge / PER_MM for edge in (columns.start, rows.start, columns.stop, rows.stop))
        only = np.asarray(cv2.bitwise_or(ink[rows, columns], cv2.bitwise_not(own)), np.uint8)
        shown = None if colour is None else colour[rows, columns]
        crops.append(FieldCrop(spec, Box(left, top, right - left, bottom - top), gray[rows, columns], only, shown))
    return crops


def _window(box: Box, shape: tuple[int, ...]) -> Window:
    left, top, right, bottom = (round(edge * PER_MM / 2) for edge in (box.x, box.y, box.right, box.bottom))
    return slice(max(top, 0), min(bottom, shape[0])), slice(max(left, 0), min(right, shape[1]))


def _scanned(rgb: Colour, look: str, rng: np.random.Generator) -> Colour:
    """What a scanner sees, laid back at PAGE_DPI with its paper lifted to white; the same shape."""
    picture = dirt.toned(rgb, float(rng.uniform(0.82, 1.0)), 255 if look == "clean" else int(rng.integers(242, 254)))
    if look not in ("clean", "office"):
        picture = np.repeat(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))[:, :, None], 3, axis=2)
    picture = _turned(picture, rng)
    dpi = {"office": 200, "fax": 200}.get(look, PAGE_DPI)
    small = np.asarray(cv2.resize(picture, None, fx=dpi / PAGE_DPI, fy=dpi / PAGE_DPI, interpolation=cv2.INTER_AREA), np.uint8)
    for _ in range(int(rng.integers(1, 3)) if look == "copy" else 0):
        small = dirt.photocopied(small, rng, dpi, edge_mm=0.0)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), max(0.3, float(rng.uniform(0.03, 0.065)) * dpi / MM_PER_INCH)), np.uint8)
    small = dirt.noisy(dirt.specked(small, int(rng.integers(0, 10)), rng, dpi), float(rng.uniform(0.5, 3.0)), rng)
    if look in ("bilevel", "fax"):
        small = np.where(small < BILEVEL_LEVEL, 0, 255).astype(np.uint8)
    back = np.asarray(cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    lift = np.clip(np.arange(256) * 255 / 238, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(back, lift), np.uint8)


def _turned(picture: Colour, rng: np.random.Generator) -> Colour:
    """Turned a little and back, as by a scan and its registration: every line loses some of its edge."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 0.7)), 1.0)
    away = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    back = cv2.warpAffine(away, cv2.invertAffineTransform(turn), (width, height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return np.asarray(back, np.uint8)
