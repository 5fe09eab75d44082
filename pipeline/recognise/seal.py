"""Seals: is there a seal imprint, and how does the page look without its red ink.

A red imprint is known by its colour. On gray scans and photocopies it is black and known by its shape: a ring of the size of a seal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.geometry import Colour, Gray
from pipeline.recognise.strokes import Mask, erased, ink_mask, pixels_per_mm

CLEAR = 0.9995
"""Probability given to a reading without doubt."""
DOUBTED = 0.6
"""Probability given to a reading with a doubt."""
RED_LEAD = 35
"""Levels by which red stands above green and blue in seal ink; skin-coloured paper and JPEG fringes stay below."""
RED_INK = 5.0
"""mm2 of red that an imprint has at least: a dry, broken ring of 9 mm with a name in it."""
RED_EXTENT = 5.5
"""mm that an imprint measures at least both ways; a correction seal has 6."""
NO_RED = 0.8
"""mm2 of red that is still nothing: a red stroke's edge."""
NO_INK = 1.0
"""mm2 of black ink that is still nothing."""
RADII = np.arange(4.0, 9.01, 0.25)
"""mm; rings of seals are 8 to 18 mm across."""
RING_CLEAR = 0.72
"""Share of a ring's way that is inked in a clear black imprint; dense writing reaches that too, so..."""
RING_LEAD = 0.3
"""...it must stand out by this share against the ways BESIDE inside and outside of it."""
BESIDE = 1.0
"""mm; a ring's line is 0.3 to 0.6 mm thick."""
RING_INSIDE = 0.05
"""Share of the ring's inside that is inked at least: there is a name in a seal, a circle drawn by hand is empty."""
RING_SEEN = 0.7
"""Share of a ring that must lie within the crop."""
SEARCH_SCALE = 4.0
"""Pixels a millimetre while rings are searched: a ring line of 0.5 mm is two pixels."""


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


@dataclass(frozen=True)
class Ring:
    """The ring that fits best.

    Attributes:
        x: of the centre, pixels of the search.
        y: of the centre, pixels of the search.
        radius: mm.
        way: share of the ring's way that is inked.
        lead: by how much `way` leads the ways beside it.
        inside: share of the ring's inside that is inked.
    """

    x: int
    y: int
    radius: float
    way: float
    lead: float
    inside: float

    @property
    def clear(self) -> bool:
        """It is a seal's."""
        return self.way >= RING_CLEAR and self.lead >= RING_LEAD and self.inside >= RING_INSIDE


def read_seal(crop: FieldCrop) -> SealReading:
    """Whether a seal imprint stands in `crop`."""
    if crop.colour is not None:
        reading = _read_red(crop, crop.colour)
        if reading is not None:
            return reading
    return _read_black(crop)


def _read_red(crop: FieldCrop, colour: Colour) -> SealReading | None:
    """By colour; None when there is no red at all."""
    red = (red_lead(colour) > RED_LEAD).astype(np.uint8) & (erased(crop) ^ 1)
    scale = pixels_per_mm(crop)
    area = float(red.sum()) / scale**2
    if area <= NO_RED:
        return None
    ys, xs = np.nonzero(red)
    sides = [float(np.percentile(at, 98) - np.percentile(at, 2)) / scale for at in (xs, ys)]
    clear = area >= RED_INK and min(sides) >= RED_EXTENT
    return SealReading(area >= RED_INK / 2, CLEAR if clear else DOUBTED, "red" if area >= RED_INK / 2 else None, doubt=not clear)


def _read_black(crop: FieldCrop) -> SealReading:
    mask = ink_mask(crop)
    if float(mask.sum()) / pixels_per_mm(crop) ** 2 <= NO_INK:
        return SealReading(present=False, confidence=CLEAR, colour=None)
    ring = best_ring(mask, pixels_per_mm(crop))
    if ring is not None and ring.clear:
        return SealReading(present=True, confidence=CLEAR, colour="black")
    present = ring is not None and ring.lead >= RING_LEAD / 2 and ring.inside >= RING_INSIDE
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


def best_ring(mask: Mask, scale: float) -> Ring | None:
    """The ring of a seal's size that has most ink along it; None when the crop is too small for any.

    Args:
        mask: (h, w), 1 = ink.
        scale: pixels a millimetre.
    """
    size = (max(round(mask.shape[1] * SEARCH_SCALE / scale), 1), max(round(mask.shape[0] * SEARCH_SCALE / scale), 1))
    small = (cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.25).astype(np.float32)
    thick = np.asarray(cv2.dilate(small, np.ones((3, 3), np.uint8)), dtype=np.float32)
    rings = [ring for radius in RADII if (ring := _fit(small, thick, float(radius))) is not None]
    return max(rings, key=lambda ring: (ring.clear, ring.lead), default=None)


def _fit(small: NDArray[np.float32], thick: NDArray[np.float32], radius: float) -> Ring | None:
    reach = round(radius * SEARCH_SCALE)
    if 2 * reach * RING_SEEN > min(small.shape):
        return None
    grid = np.hypot(*np.mgrid[-reach - 5 : reach + 6, -reach - 5 : reach + 6]) / SEARCH_SCALE
    way, *beside = (_share(thick, (np.abs(grid - at) <= 0.18).astype(np.float32)) for at in (radius, radius - BESIDE, radius + BESIDE))
    lead = way - (beside[0] + beside[1]) / 2
    y, x = np.unravel_index(int(np.argmax(lead)), lead.shape)
    inside = _share(small, (grid <= 0.75 * radius).astype(np.float32))
    return Ring(int(x), int(y), radius, float(way[y, x]), float(lead[y, x]), float(inside[y, x]))


def _share(picture: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Share of the kernel's visible part that is inked, for every centre; 0 where too little of it is visible."""
    inked = cv2.filter2D(picture, cv2.CV_32F, kernel, borderType=cv2.BORDER_CONSTANT)
    seen = cv2.filter2D(np.ones_like(picture), cv2.CV_32F, kernel, borderType=cv2.BORDER_CONSTANT)
    enough = seen >= RING_SEEN * float(kernel.sum())
    return np.asarray(np.where(enough, inked / np.maximum(seen, 1), 0), dtype=np.float32)
