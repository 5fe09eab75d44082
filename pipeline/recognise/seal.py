"""Seals: is there a seal imprint, and how does the page look without its red ink.

A red imprint is known by its colour. On gray scans and photocopies it is black and known by its shape: a ring of the size of a seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.geometry import Box, Colour, Gray
from pipeline.recognise.ring import Ring, rings
from pipeline.recognise.strokes import Mask, erased, ink_mask, pixels_per_mm

CLEAR = 0.9972
"""Probability given to a reading without doubt. Of 2,276 drawn ones (python -m benchmarks.signs --kind seal --seed 8809 --cases 3000)
2 were wrong: at most 0.28 % (one-sided 95 % bound)."""
DOUBTED = 0.6
"""Probability given to a reading with a doubt."""
RED_LEAD = 35
"""Levels by which red stands above green and blue in seal ink; skin-coloured paper and JPEG fringes stay below."""
RED_INK = 5.0
"""mm2 of red that an imprint has at least: a dry, broken ring of 9 mm with a name in it."""
RED_EXTENT = 5.5
"""mm that an imprint measures at least both ways; a correction seal has 6."""
SEAL_GAP = 0.8
"""mm between the parts of a dry imprint."""
SEAL_HEIGHT, SEAL_WIDTH = 6.6, 21.0
"""mm, SEAL_GAP included: a correction seal at least (a large character has 6.4), a company's seal at most."""
NO_RED = 0.8
"""mm2 of red that is still nothing: a red stroke's edge."""
NO_INK = 1.0
"""mm2 of black ink that is still nothing."""
NAMED = 0.003
"""Share of a stamped ring's inside that is inked at least: a bad copy leaves specks of the name, an empty ring is no seal."""
INNER = 0.8
"""mm from the ring's line to where its name may begin."""
PRINTED = 2.0
"""mm from the middle of a seal's field within which the blank form prints 印: what is dark there says nothing."""
DARK = 128
"""Gray below which a pixel is surely inked."""
ONE_LEVEL = 0.5
"""Share of the insides of lines that have one and the same gray level in a black and white scan (0.66 and more, laid on its form); in
gray scans 0.31 at most."""
REACH = 25.0
"""mm from its field, to the sides, within which a seal is looked for; people stamp over the end of the name."""
NAMED_KINDS = frozenset({"signature", "name"})
"""Kinds of fields over which a seal is set."""
RISE = 8.0
"""mm from its field, up and down: the lines above and below belong to other entries."""


@dataclass(frozen=True)
class SealReading:
    """Whether a seal stands in a field.

    Attributes:
        present: True when there is an imprint.
        confidence: probability that `present` is right.
        colour: of the imprint's ink; None when there is no imprint.
        doubt: True when a person must look: too faint, too small, or a shape that a seal does not have.
    """

    present: bool
    confidence: float
    colour: Literal["red", "black"] | None
    doubt: bool = False


def read_seal(crop: FieldCrop, crops: Sequence[FieldCrop] = ()) -> SealReading:
    """Whether a seal imprint stands in `crop`, or out of place in what the other `crops` of its page show beside it."""
    reading, line = _read_own(crop), _on_the_line(crop, crops)
    for place in [surroundings(crop, crops), *line] if crops else []:
        if reading.present and not reading.doubt:
            return reading
        reading = _read_around(reading, place)
    if not reading.present and any(is_black_and_white(place.gray) and _inked(place) for place in line):
        return SealReading(present=False, confidence=DOUBTED, colour=None, doubt=True)
    return reading


def _inked(crop: FieldCrop) -> bool:
    return float(ink_mask(crop).sum()) / pixels_per_mm(crop) ** 2 > NO_INK


def is_black_and_white(gray: Gray) -> bool:
    """Whether the scanner knew no gray: the insides of all lines are equally black. Such a scan may lose a pale seal over writing."""
    inside = cv2.erode((gray < DARK).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    levels = np.bincount(gray[inside].ravel(), minlength=1)
    return bool(levels.max() > ONE_LEVEL * max(int(levels.sum()), 1))


def _on_the_line(crop: FieldCrop, crops: Sequence[FieldCrop]) -> list[FieldCrop]:
    """The fields of names on the seal's line: a seal set far from its circle stands over the name."""
    low, high = crop.spec.box.y - RISE, crop.spec.box.bottom + RISE
    return [other for other in crops if other.spec.kind in NAMED_KINDS and low <= other.spec.box.y + other.spec.box.h / 2 <= high]


def _read_own(crop: FieldCrop) -> SealReading:
    return _read_red(crop) or _read_black(crop)


def surroundings(crop: FieldCrop, crops: Sequence[FieldCrop]) -> FieldCrop:
    """The field of a seal with what the other fields of its page show within REACH and RISE; white where no field is."""
    spec, scale = crop.spec, pixels_per_mm(crop)
    box = Box(spec.box.x - REACH, spec.box.y - RISE, spec.box.w + 2 * REACH, spec.box.h + 2 * RISE)
    shape = round(box.h * scale), round(box.w * scale)
    gray, ink = np.full(shape, 255, np.uint8), np.full(shape, 255, np.uint8)
    colour = None if crop.colour is None else np.full((*shape, 3), 255, np.uint8)
    for other in crops:
        left, top = round((other.box.x - box.x) * scale), round((other.box.y - box.y) * scale)
        _darken(gray, other.gray, left, top)
        _darken(ink, other.ink, left, top)
        if colour is not None and other.colour is not None:
            _darken(colour, other.colour, left, top)
    return FieldCrop(spec, box, gray, ink, colour)


def _darken(picture: NDArray[np.uint8], piece: NDArray[np.uint8], left: int, top: int) -> None:
    """Lay `piece` on `picture`, the darker of the two showing; what lies outside is lost."""
    rows = slice(max(top, 0), max(min(top + piece.shape[0], picture.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + piece.shape[1], picture.shape[1]), 0))
    part = piece[rows.start - top : max(rows.stop - top, 0), columns.start - left : max(columns.stop - left, 0)]
    if part.size:
        np.minimum(picture[rows, columns], part, out=picture[rows, columns])


def _read_around(own: SealReading, around: FieldCrop) -> SealReading:
    """`own`, unless a ring stands around it, or what may be left of one."""
    ring, red = _ring(around), red_is_seal(around)
    if not red and (ring is None or not (ring.possible and (ring.likely or around.colour is None))):
        return own
    clear = ring is not None and ring.clear and _named(around, ring)
    return SealReading(present=True, confidence=CLEAR if clear else DOUBTED, colour="red" if red else "black", doubt=not clear)


def _ring(crop: FieldCrop) -> Ring | None:
    """The ring in red ink where there is one that may be a seal's, else in any ink."""
    red, scale = red_ink(crop), pixels_per_mm(crop)
    found = [] if red is None else rings(red, scale, erased(crop))
    if not any(ring.possible for ring in found):
        found = rings(ink_mask(crop), scale, erased(crop))
    return max(found, key=lambda ring: (ring.clear, ring.possible, ring.likely, ring.lead), default=None)


def _named(crop: FieldCrop, ring: Ring) -> bool:
    """There is a name in the ring. Judged on the paper as it is but for 印: taking print away takes most of a small name."""
    scale = pixels_per_mm(crop)
    ys, xs = np.ogrid[: crop.gray.shape[0], : crop.gray.shape[1]]
    distance = np.hypot(xs / scale - ring.x, ys / scale - ring.y)
    middle = crop.spec.box.x + crop.spec.box.w / 2 - crop.box.x, crop.spec.box.y + crop.spec.box.h / 2 - crop.box.y
    printed = np.hypot(xs / scale - middle[0], ys / scale - middle[1]) <= PRINTED
    inner, line = distance <= ring.radius - INNER, np.abs(distance - ring.radius) <= 0.3
    if not inner.any() or not line.any():
        return False
    level = 255 - (255 - float(np.percentile(crop.gray[line], 25))) / 2.5
    return float(np.mean(np.where(printed, crop.ink, crop.gray)[inner] < level)) >= NAMED


def red_ink(crop: FieldCrop) -> Mask | None:
    """(h, w), 1 = red as a seal's ink, the form's print apart; None when there is none, or the scan has no colour."""
    if crop.colour is None:
        return None
    red = np.asarray((red_lead(crop.colour) > RED_LEAD) & (erased(crop) == 0), dtype=np.uint8)
    return red if float(red.sum()) / pixels_per_mm(crop) ** 2 > NO_RED else None


def red_is_seal(crop: FieldCrop) -> bool:
    """Whether the red in `crop` may be a seal's: something round as high as a correction seal, or cut off by the edge of the field.

    What is written with a red pen is lower than that, and a red line longer.
    """
    red, scale = red_ink(crop), pixels_per_mm(crop)
    if red is None:
        return False
    joined = np.asarray(cv2.dilate(red, np.ones((round(SEAL_GAP * scale),) * 2, np.uint8)), np.uint8)
    stats = cv2.connectedComponentsWithStats(joined, connectivity=8)[2][1:]
    left, top, width, height = stats[:, :4].T
    edge = (left == 0) | (top == 0) | (left + width == red.shape[1]) | (top + height == red.shape[0])
    round_ = (height >= SEAL_HEIGHT * scale) & (width >= SEAL_HEIGHT * scale) & (width <= SEAL_WIDTH * scale)
    return bool((round_ | (edge & (width <= SEAL_WIDTH * scale))).any())


def _read_red(crop: FieldCrop) -> SealReading | None:
    """By colour; None when there is no red at all."""
    red, scale = red_ink(crop), pixels_per_mm(crop)
    if red is None:
        return None
    area = float(red.sum()) / scale**2
    ys, xs = np.nonzero(red)
    sides = [float(np.percentile(at, 98) - np.percentile(at, 2)) / scale for at in (xs, ys)]
    clear = area >= RED_INK and min(sides) >= RED_EXTENT
    return SealReading(area >= RED_INK / 2, CLEAR if clear else DOUBTED, "red" if area >= RED_INK / 2 else None, doubt=not clear)


def _read_black(crop: FieldCrop) -> SealReading:
    mask = ink_mask(crop)
    if float(mask.sum()) / pixels_per_mm(crop) ** 2 <= NO_INK:
        return SealReading(present=False, confidence=CLEAR, colour=None)
    ring = _ring(crop)
    if ring is not None and ring.clear and _named(crop, ring):
        return SealReading(present=True, confidence=CLEAR, colour="black")
    present = ring is not None and ring.likely
    return SealReading(present, DOUBTED, "black" if present else None, doubt=True)


def red_lead(colour: Colour) -> NDArray[np.int16]:
    """(h, w) levels by which red stands above the higher of green and blue."""
    channels = colour.astype(np.int16)
    return np.asarray(channels[..., 0] - np.maximum(channels[..., 1], channels[..., 2]), dtype=np.int16)


def without_red(colour: Colour, gray: Gray) -> Gray:
    """`gray` with red ink taken out, so that black writing under a seal can be read.

    Args:
        colour: (h, w, 3) uint8 RGB.
        gray: (h, w) uint8, the same place, any subtraction already done.

    Red ink hardly darkens the red channel, black ink does: where a pixel is red, its red channel, lifted to white, takes over.
    """
    lead = red_lead(colour)
    share = np.clip((lead - RED_LEAD / 2) / RED_LEAD, 0, 1)
    pure = colour[..., 0][lead > RED_LEAD]
    full = float(np.percentile(pure, 40)) if pure.size else 255.0
    lifted = np.clip(colour[..., 0].astype(np.float64) * (255.0 / max(full, 1.0)), 0, 255)
    mixed = gray * (1 - share) + np.maximum(lifted, gray) * share
    return np.asarray(np.round(mixed), dtype=np.uint8)
