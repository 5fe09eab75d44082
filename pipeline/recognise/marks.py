"""Marks: which printed choices the applicant marked, and when that cannot be said for sure.

Every option is looked at on its own (`Sign`): clearly marked, clearly free, struck out, or in between. In between is never decided:
the reading carries a doubt and a person looks. A tick counts where it runs through the square; a circle counts for the word that lies
in its middle, however far it spills over the neighbour.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.forms import Option
from pipeline.geometry import Box
from pipeline.recognise.ovals import read_ovals
from pipeline.recognise.signs import MarkReading, Sign, conclude
from pipeline.recognise.strikes import count_lines, leaves_both_sides
from pipeline.recognise.strokes import INK_LEVEL, SQUARE_RIM, Mask, Stroke, pixels_per_mm, raw_ink, strokes, window, without_dirt

__all__ = ["MarkReading", "hull_cover", "is_ring", "read_marks"]

TICK_REACH = 0.45
"""A mark runs through at least this share of the square's inner diagonal..."""
TICK_INK = 0.3
"""...and leaves this much ink in it, mm2 (a line 1 mm long and 0.3 mm thick)."""
TICK_EXTENT = 1.5
"""mm; a mark is at least this long as a whole; a resting pen makes dots of up to 0.8 mm."""
FREE_REACH = 0.15
"""Up to this share of the inner diagonal and..."""
FREE_INK = 0.1
"""...up to this much ink, mm2, a square is free: dirt of copying."""
RING_COVER = 0.55
"""Share of the word's box that its circle encloses at least..."""
RING_SPILL = 0.6
"""...while it encloses of any other word at most this much as large a share."""
RING_ROOM = 4.5
"""mm by which a circle leaves its word at most; a larger one may be meant for two."""
RING_SECTORS = 0.6
"""Share of the directions from its middle in which a circle has ink; people leave it open."""
RING_HOLLOW = 0.12
"""Share of a circle's ink that may lie in its inner half (a filled square has 0.2); more is scribble, writing or a strike."""
RING_CENTRE = 0.55
"""The circle's middle is at most this much as far from its own word as from the next."""
SPECKS = 0.2
"""mm2 of specks, each too small to be a mark, that together may be what a bilevel scan left of a faint one..."""
SPECKS_WITHIN = 1.5
"""...when they lie within this many mm of the option."""
RIM = {"tick": SQUARE_RIM, "circle": 1.0}
"""mm about an option within which remnants of its print lie; a tight circle, of which they are all that is left, lies there too."""
RIM_INK = 0.5
"""mm2 of remnants about an option above which..."""
ONLY_RIM_INK = {"tick": 0.5, "circle": 0.15}
"""(the same where no option is marked: then a close circle of which print took nearly all would be missed for good)"""
RIM_RATIO = 3.0
"""...they are no remnants when another option of the field has so many times less of them: a misfit is the same for all."""
OUTLINE_SPREAD = 0.2
"""Spread of the ink's distance from the middle, its reach being 1: a circle has 0.04 to 0.18, remnants of a word 0.22 or more."""
NEAR = 2.5
"""mm; ink of a mark's size this close to an option but on none of them belongs to something: a person says to what."""


def read_marks(crop: FieldCrop) -> MarkReading:
    """The options marked in `crop`, whose spec has options. At most one is allowed unless the field is of kind "marks"."""
    if any(option.style == "oval" for option in crop.spec.options):
        return read_ovals(crop)
    raw = raw_ink(crop)
    mask = without_dirt(raw, pixels_per_mm(crop))
    writing, found = _apart_from_writing(crop, strokes(crop, mask))
    signs = [Sign(option) for option in crop.spec.options]
    free = _read_strikes(crop, signs, found)
    meaningless = [stroke for stroke in free if not _read_stroke(crop, stroke, signs)]
    explained = [stroke for stroke in writing + found if not any(stroke is other for other in meaningless)]
    _read_specks(crop, raw, signs, explained)
    return conclude(signs, single=crop.spec.kind != "marks")


def _apart_from_writing(crop: FieldCrop, found: list[Stroke]) -> tuple[list[Stroke], list[Stroke]]:
    """(ink that stands in a writing area of the same field, as the year beside the era, and round no option; the rest)."""
    writing = [stroke for stroke in found if _is_writing(stroke, crop)]
    return writing, [stroke for stroke in found if not _is_writing(stroke, crop)]


def _is_writing(stroke: Stroke, crop: FieldCrop) -> bool:
    middle_x, middle_y = stroke.box.x + stroke.box.w / 2, stroke.box.y + stroke.box.h / 2
    inside = any(part.box.x <= middle_x <= part.box.right and part.box.y <= middle_y <= part.box.bottom for part in crop.spec.parts)
    return inside and all(hull_cover(stroke, option.box) < 0.2 for option in crop.spec.options)


def _read_specks(crop: FieldCrop, raw: Mask, signs: list[Sign], explained: list[Stroke]) -> None:
    """Doubt an option with more unexplained small ink about it than dirt makes."""
    left, everything, scale = raw.copy(), (crop.ink < INK_LEVEL).astype(np.uint8), pixels_per_mm(crop)
    for stroke in explained:
        left[stroke.mask > 0] = everything[stroke.mask > 0] = 0
    free = [sign for sign in signs if not sign.amount and not sign.struck]
    rims = [window(crop, everything, sign.option.box.grown(RIM[sign.option.style])) for sign in free]
    inks = [float(rim.sum()) / scale**2 for rim in rims]
    for sign, rim, ink in zip(free, rims, inks, strict=True):
        least = RIM_INK if len(free) < len(signs) else ONLY_RIM_INK[sign.option.style]
        sign.unsure |= ink > max(least, RIM_RATIO * min(inks))
        sign.unsure |= sign.option.style == "circle" and ink > RIM_INK and _is_outline(rim)
        margins = {SPECKS_WITHIN: SPECKS, -SQUARE_RIM: FREE_INK}
        areas = {margin: float(window(crop, left, sign.option.box.grown(margin)).sum()) / scale**2 for margin in margins}
        sign.unsure |= any(areas[margin] > most for margin, most in margins.items())


def _read_strikes(crop: FieldCrop, signs: list[Sign], found: list[Stroke]) -> list[Stroke]:
    """Note the options that lines run through; give back the strokes that have no part in that."""
    used: list[Stroke] = []
    for sign in signs:
        lines = _lines_through(crop, sign.option, found)
        if not lines:
            continue
        sign.struck = lines == 2
        sign.unsure = lines != 2
        used += [stroke for stroke in found if window(crop, stroke.mask, sign.option.box).any()]
    for sign in signs:
        if not (sign.struck or sign.unsure):
            sign.unsure = any(_touches(crop, stroke, sign.option) for stroke in used)
    return [stroke for stroke in found if not any(stroke is other for other in used)]


def _lines_through(crop: FieldCrop, option: Option, found: list[Stroke]) -> int:
    """Level lines right through the option: 0, 1 (also: something like a line) or more."""
    dark, scale = (window(crop, crop.gray, option.box.grown(1.2)) < INK_LEVEL).astype(np.uint8), pixels_per_mm(crop)
    lines = count_lines(dark, scale, option)
    if option.style == "circle":
        return lines
    both = leaves_both_sides(dark, scale, option.box)
    if any(hull_cover(stroke, option.box) > 0.5 and is_ring(stroke.mask) for stroke in found):
        return int(lines > 1)
    return lines if both and lines > 1 else int(both or lines > 1)


def _touches(crop: FieldCrop, stroke: Stroke, option: Option) -> bool:
    """The stroke runs through the option's square, or round it."""
    through = option.style == "tick" and _through_square(crop, stroke, option.box)[1] > FREE_INK
    return through or hull_cover(stroke, option.box) > 0.3


def _read_stroke(crop: FieldCrop, stroke: Stroke, signs: list[Sign]) -> bool:
    """Give one stroke to the option it marks, or note the doubt it raises; False when it means nothing."""
    if crop.spec.options[0].style == "tick":
        amounts = [_tick_amount(crop, stroke, sign.option.box) for sign in signs]
    else:
        amounts = _ring_amounts(stroke, [sign.option.box for sign in signs])
    best = int(np.argmax(amounts))
    if amounts[best] < 0.5 and not _raises_doubt(stroke, signs[best].option, amounts[best], signs):
        return False
    nearest = signs[best] if amounts[best] > 0 else min(signs, key=lambda sign: _distance(stroke.box, sign.option.box))
    nearest.amount = max(nearest.amount, amounts[best])
    if amounts[best] < 1 or stroke.faint:
        nearest.unsure = True
    for sign, amount in zip(signs, amounts, strict=True):
        if sign is not nearest and amount > 0:
            sign.unsure = True
            sign.amount = max(sign.amount, amount)
    return True


def _raises_doubt(stroke: Stroke, option: Option, amount: float, signs: list[Sign]) -> bool:
    if amount > 0:
        return True
    size = TICK_EXTENT if option.style == "tick" else 2 * TICK_EXTENT
    return stroke.extent >= size and min(_distance(stroke.box, sign.option.box) for sign in signs) <= NEAR


def _tick_amount(crop: FieldCrop, stroke: Stroke, square: Box) -> float:
    """0 = free, 1 = marked, else what lies between."""
    reach, ink = _through_square(crop, stroke, square)
    if hull_cover(stroke, square) > 0.9 and stroke.box.w * stroke.box.h > 1.2 * square.w * square.h:
        return 1.0
    if reach <= FREE_REACH and ink <= FREE_INK:
        return 0.0
    clear = reach >= TICK_REACH and ink >= TICK_INK and stroke.extent >= TICK_EXTENT
    return 1.0 if clear else min(0.9, 0.9 * min(reach / TICK_REACH, ink / TICK_INK, stroke.extent / TICK_EXTENT))


def _through_square(crop: FieldCrop, stroke: Stroke, square: Box) -> tuple[float, float]:
    """How far the stroke runs through the square's inside (share of its diagonal) and its ink there, mm2."""
    inner = window(crop, stroke.mask, square.grown(-SQUARE_RIM))
    if not inner.any():
        return 0.0, 0.0
    ys, xs = np.nonzero(inner)
    diagonal = float(np.hypot(*inner.shape))
    return float(np.hypot(np.ptp(xs) + 1, np.ptp(ys) + 1)) / diagonal, len(xs) / pixels_per_mm(crop) ** 2


def _ring_amounts(stroke: Stroke, words: list[Box]) -> list[float]:
    """For each word: 1 = this circle is meant for it, 0 = not, between = in doubt."""
    covers = [hull_cover(stroke, word) for word in words]
    best = int(np.argmax(covers))
    if covers[best] < 0.2 or stroke.extent < 2 * TICK_EXTENT:
        return [0.0] * len(words)
    amounts = [0.0] * len(words)
    centred = _centre_ratio(stroke, words, best) <= RING_CENTRE
    others = max((cover for index, cover in enumerate(covers) if index != best), default=0.0)
    room, ring = words[best].grown(RING_ROOM), stroke.box
    within = room.x <= ring.x and room.y <= ring.y and ring.right <= room.right and ring.bottom <= room.bottom
    own = within and covers[best] >= RING_COVER and others <= RING_SPILL * covers[best]
    amounts[best] = 1.0 if own and centred and is_ring(stroke.mask) else 0.7
    return amounts


def _centre_ratio(stroke: Stroke, words: list[Box], own: int) -> float:
    middle = stroke.hull.min(axis=0) / 2 + stroke.hull.max(axis=0) / 2
    distances = [float(np.hypot(middle[0] - word.x - word.w / 2, middle[1] - word.y - word.h / 2)) for word in words]
    others = [distance for index, distance in enumerate(distances) if index != own]
    return distances[own] / max(min(others, default=np.inf), 1e-6)


def is_ring(mask: Mask) -> bool:
    """True when the ink (1) of `mask` is a closed or nearly closed hollow curve."""
    radius, angle = _radii(mask)
    sectors = np.unique(((angle + np.pi) / (2 * np.pi) * 24).astype(int)[radius > 0.5])
    return len(sectors) >= RING_SECTORS * 24 and float(np.mean(radius <= 0.5)) <= RING_HOLLOW


def _radii(mask: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(distance, direction) of every inked pixel from the middle, the ink's box squeezed to reach 1 both ways."""
    ys, xs = np.nonzero(mask)
    left, top, width, height = cv2.boundingRect(np.column_stack([xs, ys]).astype(np.int32))
    u, v = (xs - left - width / 2) / (width / 2), (ys - top - height / 2) / (height / 2)
    return np.hypot(u, v), np.arctan2(v, u)


def _is_outline(rim: Mask) -> bool:
    """True when the ink (1) lies along one round line, as what is left of a circle drawn close round its word does."""
    radius = _radii(rim)[0]
    return float(np.std(radius)) <= OUTLINE_SPREAD and float(np.mean(radius <= 0.5)) <= RING_HOLLOW


def hull_cover(stroke: Stroke, box: Box) -> float:
    """Share of `box` that the stroke's convex hull covers."""
    shared, _ = cv2.intersectConvexConvex(stroke.hull.astype(np.float32), box.corners().astype(np.float32))
    return float(shared) / (box.w * box.h)


def _distance(a: Box, b: Box) -> float:
    """Gap between two boxes, mm; 0 when they overlap."""
    return float(np.hypot(max(a.x - b.right, b.x - a.right, 0), max(a.y - b.bottom, b.y - a.bottom, 0)))
