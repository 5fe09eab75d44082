"""What was laid over the writing of a text field: lines that strike it out, a correction seal, the seal of a signature.

Struck-out writing is not what the applicant says, and a black seal cannot be taken away from under what is read. Both are for a person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.recognise.ring import RADII, rings
from pipeline.recognise.seal import red_ink, red_is_seal, without_red
from pipeline.recognise.strokes import INK_LEVEL, Mask, erased, ink_mask, pixels_per_mm, window

Overlay = Literal["correction", "seal_on_text"]

PAIR = (7.5, 1.6)
"""mm, and heights of the field's writing: of two lines that strike something out each is at least so long; the strokes of 二 are not."""
SINGLE = (12.0, 2.2)
"""The same of one line alone; a long vowel's is no longer than a character."""
PAIR_GAP = (0.4, 3.5)
"""mm between the middles of such a pair."""
PAIR_TILT, SINGLE_TILT = 0.25, 0.45
"""mm by which a line may leave its row over the length that is looked at; more would join the strokes of neighbouring characters."""
INSIDE = 0.12
"""Share of the field's height, above and below, in which a line is the form's rule or an underline."""
SEAL_AREA = 1.5
"""mm2 of red that a correction seal has at least."""
SEAL_SIDES = (4.5, 8.4)
"""mm that a correction seal measures both ways: it is made in 6 to 8 mm."""
SEAL_RADII = (*np.arange(2.75, 4.0, 0.25), *RADII)
"""mm."""
LEAST_RADIUS = 0.27
"""Share of a field's height that the radius of a seal over its text has at least; smaller circles are found in large characters."""
TALL = 5.2
"""mm; ink that hangs together over this height is larger than a character: only there is a ring looked for..."""
SPREAD = 6.5
"""...or where the ink of a single line is spread over this height, mm, as by the pieces of a broken ring."""
SPREAD_INK = 0.3
"""mm2 that is no dirt: as much ink above and below may lie outside that height."""
ARCS = 0.5
"""Share of a ring whose ink runs along it that makes a person look though it does not look stamped else; large characters have 0.4."""


def overlay(crop: FieldCrop) -> Overlay | None:
    """What lies over the writing of a text field, or nothing."""
    red = red_ink(crop)
    if red is not None and _is_correction_seal(red, pixels_per_mm(crop)):
        return "correction"
    if crop.colour is not None and red_is_seal(crop):
        crop = replace(crop, ink=without_red(crop.colour, crop.ink))
    dark, scale = (crop.ink < INK_LEVEL).astype(np.uint8), pixels_per_mm(crop)
    if not dark.any():
        return None
    if is_struck(dark, scale, crop):
        return "correction"
    return "seal_on_text" if _may_hold_a_ring(dark, scale, crop) and _has_ring(crop) else None


def red_inside(crop: FieldCrop) -> float:
    """mm2 of red ink in the field's own box."""
    red = red_ink(crop)
    return 0.0 if red is None else float(window(crop, red, crop.spec.box).sum()) / pixels_per_mm(crop) ** 2


def _is_correction_seal(red: Mask, scale: float) -> bool:
    """A red spot of a correction seal's size that lies whole in the picture."""
    ys, xs = np.nonzero(red)
    if len(ys) / scale**2 < SEAL_AREA:
        return False
    sides = [float(np.percentile(at, 98) - np.percentile(at, 2)) / scale for at in (xs, ys)]
    return min(sides) >= SEAL_SIDES[0] and max(sides) <= SEAL_SIDES[1]


def is_struck(dark: Mask, scale: float, crop: FieldCrop) -> bool:
    """Whether a long level line, or a pair of shorter ones, runs through the field.

    Args:
        dark: (h, w), 1 = ink, what the form prints taken away.
        scale: pixels a millimetre.
        crop: whose ink it is.
    """
    height = _height(dark) / scale
    pairs = _lines(dark, scale, (max(PAIR[0], PAIR[1] * height), PAIR_TILT), crop)
    apart = [abs(a - b) / scale for number, a in enumerate(pairs) for b in pairs[number + 1 :]]
    return any(PAIR_GAP[0] <= gap <= PAIR_GAP[1] for gap in apart) or bool(
        _lines(dark, scale, (max(SINGLE[0], SINGLE[1] * height), SINGLE_TILT), crop)
    )


def _height(dark: Mask) -> float:
    """Pixels over which the writing is high, specks and long tails apart."""
    rows = np.repeat(np.arange(dark.shape[0]), _by_row(dark))
    return float(np.ptp(np.percentile(rows, [2, 98]))) if len(rows) else 0.0


def _by_row(dark: Mask) -> NDArray[np.int32]:
    """Pixels of ink in each row."""
    return np.asarray(cv2.reduce(dark, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.int32).ravel()


def _lines(dark: Mask, scale: float, least: tuple[float, float], crop: FieldCrop) -> list[float]:
    """Rows, in pixels, of the lines through the inside of the field; `least`: their length and what they may rise over it, mm."""
    length, tilt = (max(round(side * scale), 1) for side in least)
    thick = np.asarray(cv2.dilate(dark, np.ones((tilt, 1), np.uint8)), np.uint8)
    box, inside = crop.spec.box, INSIDE * crop.spec.box.h
    rows = slice(max(round((box.y + inside - crop.box.y) * scale), 0), round((box.bottom - inside - crop.box.y) * scale))
    if not thick[rows].size or int(_by_row(thick[rows]).max()) < length:
        return []
    long = cv2.erode(thick[rows], np.ones((1, length), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return _middles(np.flatnonzero(long.any(axis=1)))


def _middles(rows: NDArray[np.intp]) -> list[float]:
    """The middle of every run of neighbouring rows."""
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
    return [float(run.mean()) for run in runs]


def _may_hold_a_ring(dark: Mask, scale: float, crop: FieldCrop) -> bool:
    """Whether the ink is higher than a line of text; not where a circle round a printed choice is asked for, nor several lines."""
    if crop.spec.options or crop.spec.kind == "multiline":
        return False
    inked = np.flatnonzero(_by_row(dark))
    if not len(inked) or inked[-1] - inked[0] + 1 < TALL * scale:
        return False
    gap = np.ones((3, 3), np.uint8)
    stats = cv2.connectedComponentsWithStats(np.asarray(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, gap), np.uint8), connectivity=8)[2]
    if (stats[1:, cv2.CC_STAT_HEIGHT] >= TALL * scale).any():
        return True
    ink = np.cumsum(dark.sum(axis=1, dtype=np.int64)) / scale**2
    high = np.searchsorted(ink, ink[-1] - SPREAD_INK) - np.searchsorted(ink, SPREAD_INK)
    return bool(high >= SPREAD * scale)


def _has_ring(crop: FieldCrop) -> bool:
    radii = [radius for radius in SEAL_RADII if radius >= LEAST_RADIUS * crop.spec.box.h]
    found = rings(ink_mask(crop), pixels_per_mm(crop), erased(crop), radii)
    return any(ring.possible and (ring.likely or ring.aligned >= ARCS) for ring in found)
