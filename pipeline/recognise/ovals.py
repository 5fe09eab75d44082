"""Ovals that are filled in, as on questionnaires: how much of the inside is inked, apart from what the form prints there."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.fields import FieldCrop
from pipeline.geometry import Box
from pipeline.recognise.signs import MarkReading, Sign, conclude
from pipeline.recognise.strokes import FIRM_LEVEL, INK_LEVEL, Mask, Stroke, ink_mask, pixels_per_mm, strokes, window

RIM = 0.35
"""mm taken off every side: the printed outline, its misfit of 0.3 mm and half a pixel of blur."""
FILLED = 0.38
"""Share of the inside that is inked at least in an oval that was filled in; a loose zigzag inks 0.4, a tick of a usual pen 0.3."""
FREE = 0.1
"""Up to this share an oval is free: dirt, and remnants of a number printed in it."""
REMNANT = 0.16
"""Share up to which the emptiest oval of a field may be inked by what its printed number left; every other has as much of it."""
EVEN = 0.15
"""Difference from the emptiest oval of the field, in gray, that a filled one shows at least, and a free one stays below."""
SEEN = 0.4
"""Share of the inside that print must leave to be judged at all."""
PALE_SHARE = 0.5
"""Share of an oval's ink that may be pale, as rubbed out: a filled one is darker in most of its ink."""
NEAR = 1.0
"""mm; ink of a mark's size this close to an oval may be meant for it: a tick beside it, a circle round it."""
MARK_EXTENT = 1.5
"""mm; a mark is at least this long."""
OVERHANG = 1.0
"""mm by which a line that strikes out a filled oval leaves it on both sides; who fills one in spills less, or on one side."""


def read_ovals(crop: FieldCrop) -> MarkReading:
    """The ovals filled in in `crop`, whose spec has options of style "oval". At most one unless the field is of kind "marks"."""
    signs = [Sign(option) for option in crop.spec.options]
    shares = [_shares(crop, option.box) for option in crop.spec.options]
    blank = min((gray for _, gray, _ in shares), default=0.0)
    left = min((ink for ink, _, _ in shares), default=0.0) if len(signs) > 1 else 0.0
    left *= left <= REMNANT
    for sign, (ink, gray, pale) in zip(signs, shares, strict=True):
        sign.amount, sign.unsure = _judged(ink - left, gray - blank)
        sign.unsure |= pale > PALE_SHARE and ink - left > FREE
    for stroke in strokes(crop, ink_mask(crop)):
        _read_outside(crop, stroke, signs)
    return conclude(signs, single=crop.spec.kind != "marks")


def _shares(crop: FieldCrop, oval: Box) -> tuple[float, float, float]:
    """(share of the inside inked, print apart; share that is dark on paper, print and all; share of its ink that is pale)."""
    gray, ink = (window(crop, picture, oval) for picture in (crop.gray, crop.ink))
    inside = _inside(gray.shape, RIM * pixels_per_mm(crop))
    if not inside.any():
        return 0.5, 0.5, 1.0
    dark, added = gray[inside] < INK_LEVEL, ink[inside] < INK_LEVEL
    seen = int(np.count_nonzero(added | ~dark))
    share = np.count_nonzero(added) / seen if seen >= SEEN * added.size else float(np.mean(dark))
    pale = float(np.mean(ink[inside][added] > FIRM_LEVEL)) if added.any() else 0.0
    return float(share), float(np.mean(dark)), pale


def _inside(shape: tuple[int, ...], rim: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """True within the ellipse that fills a picture of `shape`, `rim` pixels narrower on every side."""
    half_height, half_width = shape[0] / 2, shape[1] / 2
    if min(half_height, half_width) <= rim:
        return np.zeros(shape, np.bool_)
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    return np.asarray(((x - half_width) / (half_width - rim)) ** 2 + ((y - half_height) / (half_height - rim)) ** 2 <= 1)


def _judged(ink: float, beyond_blank: float) -> tuple[float, bool]:
    """(0 free .. 1 filled in, whether that is in doubt) by an oval's ink and by how much darker it is than the emptiest one."""
    if ink <= FREE:
        return 0.0, beyond_blank > EVEN
    if ink >= FILLED:
        return 1.0, False
    return min(0.9, ink / FILLED * 0.9), True


def _read_outside(crop: FieldCrop, stroke: Stroke, signs: list[Sign]) -> None:
    """Doubt the ovals that this stroke strikes out, runs round or stands beside."""
    touched = [sign for sign in signs if sign.amount and window(crop, stroke.mask, sign.option.box).any()]
    for sign in touched:
        sign.unsure |= _strikes(crop, stroke.mask, sign.option.box)
    if touched or stroke.extent < MARK_EXTENT:
        return
    for sign in signs:
        sign.unsure |= bool(window(crop, stroke.mask, sign.option.box.grown(NEAR)).any())


def _strikes(crop: FieldCrop, mask: Mask, oval: Box) -> bool:
    """True when the ink leaves the oval's sides far, on the left and on the right."""
    far = OVERHANG * pixels_per_mm(crop)
    band = window(crop, mask, Box(oval.x - 2 * OVERHANG, oval.y, oval.w + 4 * OVERHANG, oval.h))
    columns = cv2.reduce(band, 0, cv2.REDUCE_MAX).ravel() if band.size else np.zeros(0, np.uint8)
    reach = round(far)
    return bool(columns[:reach].any() and columns[len(columns) - reach :].any())
