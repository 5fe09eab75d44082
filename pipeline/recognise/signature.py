"""Signatures: is a name written by hand in the field. What it says is the text reader's business."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.fields import FieldCrop
from pipeline.recognise.marks import is_ring
from pipeline.recognise.ring import Ring, best_ring
from pipeline.recognise.seal import without_red
from pipeline.recognise.strokes import Mask, erased, ink_mask, pixels_per_mm, strokes
from pipeline.recognise.typed import may_be_typed

CLEAR = 0.9978
"""Probability given to a reading without doubt. Of 2,893 drawn ones (python -m benchmarks.signs --kind signature --seed 8807 --cases 6000)
2 were wrong, typed names of which little stands level or upright: at most 0.22 % (one-sided 95 % bound)."""
DOUBTED = 0.6
"""Probability given to a reading with a doubt."""
NOTHING_LENGTH = 0.6
"""mm of line that is still nothing: specks."""
SPECK = 0.5
"""mm; pieces no longer than this are dirt of a copy, a dot set by a pen is 0.6 or more..."""
SPECKS = 6
"""...unless there are more: a row of them may be a faint name."""
NAME_LENGTH = 22.0
"""mm of pen line in the shortest names written small: two kanji of 3 mm with four strokes each."""
NAME_SIDES = (3.0, 6.0)
"""mm that a name measures at least across and along."""
NAME_PIECES = 3
"""A name is written in at least so many pieces, together..."""
NAME_TURNS = 1.3
"""...at least so many times as long as their extent, or..."""
PIECE_TURNS = 2.4
"""...it has a piece whose line is so many times as long as the piece: a line has 1, a circle 1.7, a cross 2, a triangle 2.1, a kanji 3."""
HOOP_SIDES = 2.5
"""A hoop drawn by hand is at most so many times as wide as it is high; a line of characters looks round when squeezed."""
NAME_WIDTH = 12.0
"""mm over which a name's ink spreads; the part of a seal that reaches into the field spreads over less."""
PIECE_LENGTH = 14.0
"""mm of line in such a piece."""


@dataclass(frozen=True)
class SignatureReading:
    """Whether a signature stands in a field.

    Attributes:
        present: True when a name is written there. A seal alone is no signature.
        confidence: probability that `present` is right.
        doubt: True when a person must look: a dot, a dash, a line, writing too small or too faint for a name, or printed.
        typed: True when a name stands there that may be printed instead of written.
    """

    present: bool
    confidence: float
    doubt: bool = False
    typed: bool = False


@dataclass(frozen=True)
class Writing:
    """Ink in figures: way and box in mm, connected pieces, the most turned one, the longest in mm, whether all is too faint."""

    length: float
    width: float
    height: float
    pieces: int
    piece_turns: float
    longest: float
    faint: bool

    @property
    def is_nothing(self) -> bool:
        """Surely no writing: next to no ink, or a few specks."""
        return self.length <= NOTHING_LENGTH or (self.longest <= SPECK and self.pieces <= SPECKS)

    @property
    def is_name(self) -> bool:
        """Surely more than a line, a dot or a circle."""
        low, high = sorted((self.width, self.height))
        turns = self.length / max(float(np.hypot(self.width, self.height)), 0.1)
        written = (self.pieces >= NAME_PIECES and turns >= NAME_TURNS) or self.piece_turns >= PIECE_TURNS
        return written and self.length >= NAME_LENGTH and low >= NAME_SIDES[0] and high >= NAME_SIDES[1] and not self.faint


def read_signature(crop: FieldCrop) -> SignatureReading:
    """Whether a name is written in `crop`."""
    if crop.colour is not None:
        crop = replace(crop, ink=without_red(crop.colour, crop.ink))
    whole = ink_mask(crop)
    mask, hidden = _without_black_seal(crop, whole)
    writing, scale = measure(crop, mask), pixels_per_mm(crop)
    if writing.is_nothing:
        return SignatureReading(present=False, confidence=DOUBTED if hidden else CLEAR, doubt=hidden)
    if not writing.is_name or (writing.width < HOOP_SIDES * writing.height and is_ring(mask)) or not _wide(mask, scale):
        return SignatureReading(present=writing.length >= NAME_LENGTH / 2, confidence=DOUBTED, doubt=True)
    typed = any(may_be_typed(crop.ink, part, scale) for part in ((mask, whole) if hidden else (mask,)))
    return SignatureReading(present=True, confidence=DOUBTED if typed else CLEAR, doubt=typed, typed=typed)


def _wide(mask: Mask, scale: float) -> bool:
    """The ink spreads over more than a seal, a few specks far off not counted."""
    low, high = np.percentile(np.nonzero(mask)[1], [4, 96])
    return float(high - low) / scale >= NAME_WIDTH


def _without_black_seal(crop: FieldCrop, mask: Mask) -> tuple[Mask, bool]:
    """The ink without a black seal's, and whether a seal may hide writing."""
    ring = best_ring(mask, pixels_per_mm(crop), erased(crop))
    if ring is None or not ring.likely:
        return mask, False
    return _outside(crop, mask, ring), True


def _outside(crop: FieldCrop, mask: Mask, ring: Ring) -> Mask:
    scale = pixels_per_mm(crop)
    left = mask.copy()
    centre = round(ring.x * scale), round(ring.y * scale)
    cv2.circle(left, centre, round((ring.radius + 0.8) * scale), 0, -1)
    return left


def measure(crop: FieldCrop, mask: Mask) -> Writing:
    """The ink of `mask` (1 = ink, the crop's size) in figures."""
    if not mask.any():
        return Writing(0.0, 0.0, 0.0, 0, 0.0, 0.0, faint=False)
    scale = pixels_per_mm(crop)
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    # the mean distance to the edge of a line of width w is w / 4
    width = max(4 * float(depth[mask > 0].mean()) / scale, 0.1)
    ys, xs = np.nonzero(mask)
    found = strokes(crop, mask)
    turns = [piece.area / width / float(np.hypot(piece.box.w, piece.box.h)) for piece in found if piece.area / width >= PIECE_LENGTH]
    return Writing(
        length=len(xs) / scale**2 / width,
        width=float(np.ptp(xs)) / scale,
        height=float(np.ptp(ys)) / scale,
        pieces=len(found),
        piece_turns=max(turns, default=0.0),
        longest=max(piece.extent for piece in found),
        faint=all(piece.faint for piece in found),
    )
