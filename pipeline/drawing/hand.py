"""A hand: one font made personal, in which no two 3s are the same.

`amount` 0 is a word processor: the font as it is. Above it every character is drawn with its own place, size, slant, turn,
bend and pressure, round habits that belong to the writer.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.ink import BALLPOINT, PRINTER, Canvas, Pen, grainy
from pipeline.geometry import Gray

# Spreads at amount 1, standard deviations unless said otherwise. Estimated by eye on filled Japanese forms.
SLANT_OF_WRITER = 0.10
SLANT_OF_CHARACTER = 0.045
TURN_OF_CHARACTER = 0.040
"""Radians."""
SIZE_OF_CHARACTER = 0.07
SPACING_OF_WRITER = 0.05
SPACING_OF_CHARACTER = 0.05
DRIFT = 0.022
"""Random walk of the baseline per character; with SPACING in ems."""
SLOPE_OF_LINE = 0.012
BEND = 0.035
"""Elastic displacement of a glyph's inside, ems."""
WEIGHT_OF_WRITER = 0.09
WEIGHT_OF_CHARACTER = 0.05
"""Shift of the threshold that decides how thick a stroke gets, share of full coverage."""
THINNEST_LEVEL = 0.27
"""Below it the cut would ink the bare paper: 0.5 / 2.6 plus the wander of 0.06."""
LONGEST_RISE = 0.3
"""Ems a sloping line may rise or fall from end to end; people look at the rule they write on."""
SMALLER_KANA = 0.16
"""At most this much smaller than kanji, as most people write."""


@dataclass(frozen=True)
class Hand:
    """A writer's habits.

    Attributes:
        font: file whose letters are bent.
        amount: 0 = word processor .. 1 = hasty.
        pen: ink of the letters.
        slant: shear, positive leans right.
        squeeze: width against height.
        spacing: added to every advance, ems.
        kana: size of kana and digits against kanji.
        weight: positive = thicker strokes.
        overflow: how far a text may run out of its box, share of the box's width.
    """

    font: Path
    amount: float
    pen: Pen = PRINTER
    slant: float = 0.0
    squeeze: float = 1.0
    spacing: float = 0.0
    kana: float = 1.0
    weight: float = 0.0
    overflow: float = 0.0

    @property
    def typed(self) -> bool:
        """Whether a machine wrote it."""
        return self.amount <= 0


def typed_hand(font: Path, pen: Pen = PRINTER) -> Hand:
    """A word processor's hand."""
    return Hand(font, 0.0, pen)


def new_hand(font: Path, amount: float, rng: np.random.Generator, pen: Pen = BALLPOINT) -> Hand:
    """A writer drawn at random; the same generator state gives the same writer."""
    if amount <= 0:
        return typed_hand(font)
    return Hand(
        font=font,
        amount=amount,
        pen=replace(pen, width_mm=pen.width_mm * float(rng.uniform(0.85, 1.2))),
        slant=float(rng.normal(0.02, SLANT_OF_WRITER)) * amount,
        squeeze=1.0 + float(rng.uniform(-0.10, 0.08)) * amount,
        spacing=float(rng.normal(0.0, SPACING_OF_WRITER)) * amount,
        kana=1.0 - float(rng.uniform(0.02, SMALLER_KANA)) * min(1.0, amount * 1.5),
        weight=float(rng.uniform(-0.3, 1.0)) * WEIGHT_OF_WRITER,
        overflow=float(rng.choice([0.0, 0.0, 0.04])) * amount,
    )


def character(hand: Hand, char: str, em_px: int, rng: np.random.Generator) -> Gray:
    """One character as this hand writes it this time, coverage as in `fonts.glyph`, the same size."""
    plain = fonts.glyph(hand.font, char, em_px)
    if hand.typed:
        return plain
    shape = plain.shape
    noise = rng.standard_normal(24).astype(np.float32) * np.float32(hand.amount)
    size = np.exp(SIZE_OF_CHARACTER * noise[0]) * (hand.kana if _is_small(char) else 1.0)
    slant = hand.slant + SLANT_OF_CHARACTER * noise[1]
    turn = TURN_OF_CHARACTER * noise[2]
    cos, sin = np.cos(turn), np.sin(turn)
    forward = np.array([[cos, -sin], [sin, cos]]) @ np.array([[hand.squeeze * size, -slant * size], [0.0, size]])
    back = np.linalg.inv(forward).astype(np.float32)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    centre = ((shape[1] - 1) / 2, (shape[0] - 1) / 2)
    bend = cv2.resize(noise[4:22].reshape(3, 3, 2) * np.float32(BEND * em_px), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    dx, dy = xs - centre[0], ys - centre[1]
    map_x = centre[0] + back[0, 0] * dx + back[0, 1] * dy + bend[:, :, 0]
    map_y = centre[1] + back[1, 0] * dx + back[1, 1] * dy + bend[:, :, 1]
    bent = np.asarray(cv2.remap(plain, map_x, map_y, cv2.INTER_LINEAR, borderValue=0), dtype=np.uint8)
    weight = hand.weight + WEIGHT_OF_CHARACTER * float(noise[22])
    return _pressed(bent, weight, em_px, rng)


def _is_small(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("HIRAGANA", "KATAKANA", "DIGIT"))


def _pressed(coverage: Gray, weight: float, em_px: int, rng: np.random.Generator) -> Gray:
    """Thicker where the pen presses: the blurred glyph is cut at a level that wanders over it."""
    soft = cv2.GaussianBlur(coverage, (0, 0), max(0.5, em_px * 0.014)).astype(np.float32) / 255.0
    wander = cv2.resize(rng.uniform(-0.06, 0.06, (2, 2)).astype(np.float32), (coverage.shape[1], coverage.shape[0]))
    level = max(THINNEST_LEVEL, 0.40 - weight)
    cut = np.clip((soft - level - wander) * 2.6 + 0.5, 0.0, 1.0)
    return np.asarray(cut * 255.0).astype(np.uint8)


def advance(hand: Hand, char: str) -> float:
    """Mean advance of a character, ems."""
    return (fonts.advance(hand.font, char) * hand.squeeze + hand.spacing) if not hand.typed else fonts.advance(hand.font, char)


def text_width(hand: Hand, text: str) -> float:
    """Mean width of a line, ems."""
    return sum(advance(hand, char) for char in text)


def write_line(canvas: Canvas, hand: Hand, text: str, place: tuple[float, float], em: float, rng: np.random.Generator) -> None:
    """Write one line of text that begins at `place` (x, and y of the letters' middle, mm), its letters `em` mm high."""
    left, middle = place
    steepest = LONGEST_RISE / max(1.0, text_width(hand, text))
    slope = float(np.clip(rng.normal(0, SLOPE_OF_LINE) * hand.amount, -steepest, steepest))
    drift, x = 0.0, left
    for char in text:
        step = advance(hand, char)
        if not char.isspace():
            place_y = middle + (slope * (x - left) + drift * em)
            _put(canvas, hand, char, (x, place_y), em, rng)
        if not hand.typed:
            drift = 0.8 * drift + float(rng.normal(0, DRIFT)) * hand.amount
            step += float(rng.normal(0, SPACING_OF_CHARACTER)) * hand.amount
        x += step * em


def write_centred(canvas: Canvas, hand: Hand, char: str, centre: tuple[float, float], em: float, rng: np.random.Generator) -> None:
    """Write one character with its middle at `centre` (x, y mm), as into a cell."""
    width = fonts.advance(hand.font, char) * em
    jitter = rng.normal(0, 0.06, 2) * hand.amount * em
    _put(canvas, hand, char, (centre[0] - width / 2 + float(jitter[0]), centre[1] + float(jitter[1])), em, rng)


def _put(canvas: Canvas, hand: Hand, char: str, place: tuple[float, float], em: float, rng: np.random.Generator) -> None:
    em_px = max(6, round(canvas.px(em)))
    picture = grainy(character(hand, char, em_px, rng), hand.pen.grain, rng)
    pad = round(fonts.PAD * em_px)
    canvas.stamp(picture, round(canvas.px(place[0])) - pad, round(canvas.px(place[1]) - em_px / 2) - pad, hand.pen)
