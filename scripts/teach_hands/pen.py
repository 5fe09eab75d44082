"""A person who writes with a pen: strokes bent, joined, shortened and pressed as this writer does it, this time."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.geometry import Gray
from scripts.teach_hands.strokes import Stroke, strokes_of

OVERSAMPLING = 2
"""Strokes are drawn this much larger and averaged."""
EM_PX = 64
"""Height of a full character in the picture that `write` returns."""
MARGIN_EM = 0.5
"""Paper round the line, ems."""
SMALL = "ぁぃぅぇぉっゃゅょァィゥェォッャュョヶ、。・"


@dataclass(frozen=True)
class Writer:
    """Habits, ems unless said otherwise.

    Attributes:
        pen: width of the line.
        pressure: how much the line thins towards a stroke's end, 0..1.
        slant: shear, positive leans right.
        squeeze: width against height.
        spacing: added between characters; negative = they touch.
        kana: size of kana and digits against kanji.
        spread: of everything that differs from one character to the next, 1 = an ordinary hand.
        joined: probability that the pen stays on the paper between two strokes near each other.
        rounded: 0..1, how far corners are cut.
        shortened: share of a stroke's ends that is not written, at most.
        gaps: probability of a gap as wide as half a character between two words.
        slope: rise of the line per em.
    """

    pen: float
    pressure: float
    slant: float
    squeeze: float
    spacing: float
    kana: float
    spread: float
    joined: float
    rounded: float
    shortened: float
    gaps: float
    slope: float


def new_writer(rng: np.random.Generator) -> Writer:
    """Somebody; the same generator state gives the same writer."""
    hasty = float(rng.beta(1.6, 2.2))
    return Writer(
        pen=float(rng.uniform(0.03, 0.075)),
        pressure=float(rng.uniform(0.1, 0.7)),
        slant=float(rng.normal(0.03, 0.12)),
        squeeze=float(rng.uniform(0.82, 1.1)),
        spacing=float(rng.choice([rng.normal(-0.08, 0.06), rng.normal(0.08, 0.1)])),
        kana=float(rng.uniform(0.55, 0.95)),
        spread=0.7 + 2.0 * hasty,
        joined=0.9 * hasty * float(rng.random()),
        rounded=float(rng.uniform(0.2, 1.0)) * (0.5 + 1.5 * hasty),
        shortened=0.05 + 0.2 * float(rng.random()),
        gaps=float(rng.choice([0.0, 0.04, 0.12])),
        slope=float(rng.normal(0, 0.012)),
    )


def write(writer: Writer, text: str, rng: np.random.Generator) -> Gray:
    """One line (h, w), ink 0 on paper 255, unblurred. KeyError when a character has no strokes."""
    runs: list[tuple[Stroke, bool]] = []
    x, drift = 0.0, 0.0
    for char in text:
        size = _size(writer, char) * float(np.exp(rng.normal(0, 0.05 * writer.spread)))
        drift = 0.7 * drift + float(rng.normal(0, 0.025 * writer.spread))
        step = _advance(char, size) * writer.squeeze + writer.spacing
        origin = np.array([x, writer.slope * x + drift + (1 - size) * float(rng.uniform(0.5, 0.85)) if char not in SMALL else drift])
        runs += _character(writer, char, size, origin, rng)
        x += max(step + float(rng.normal(0, 0.04 * writer.spread)), 0.25)
        x += 0.5 * float(rng.random()) if rng.random() < writer.gaps else 0.0
    return _inked(writer, runs, rng)


def _size(writer: Writer, char: str) -> float:
    if char in SMALL:
        return 1.0
    return writer.kana if unicodedata.name(char, "").startswith(("HIRAGANA", "KATAKANA", "DIGIT", "LATIN")) else 1.0


def _advance(char: str, size: float) -> float:
    if char.isascii():
        return 0.62 * size
    return 0.6 if char in "、。" else (0.72 if char in SMALL else size)


def _character(writer: Writer, char: str, size: float, origin: Stroke, rng: np.random.Generator) -> list[tuple[Stroke, bool]]:
    """Strokes of one character on the line, each with whether it is a mere trace between two strokes."""
    shear = writer.slant + float(rng.normal(0, 0.04 * writer.spread))
    turn = float(rng.normal(0, 0.04 * writer.spread))
    form = size * np.array([[writer.squeeze * (1 + rng.normal(0, 0.05 * writer.spread)), -shear], [turn, 1.0 + rng.normal(0, 0.03)]])
    warp = rng.normal(0, 0.028 * writer.spread, (2, 3, 3))
    offset = np.array([-0.19, 0.0]) if char.isascii() else np.zeros(2)
    made: list[tuple[Stroke, bool]] = []
    for stroke in strokes_of(char):
        points = _warped(_own(writer, stroke, rng), warp)
        placed = (points - 0.5) @ form.T + 0.5 * size + offset * size + origin
        last = made[-1][0][-1] if made else None
        if last is not None and rng.random() < writer.joined and float(np.hypot(*(placed[0] - last))) < 0.8 * size:
            made.append((np.linspace(last, placed[0], 6), True))
        made.append((placed, False))
    return made


def _own(writer: Writer, stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """One stroke as it comes this time: moved, scaled, turned, rounded, its ends cut or run over."""
    spread = writer.spread
    middle = stroke.mean(axis=0)
    turn, scale = rng.normal(0, 0.055 * spread), np.exp(rng.normal(0, 0.07 * spread))
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = (stroke - middle) @ matrix.T + middle + rng.normal(0, 0.018 * spread, 2)
    if len(points) > 3:
        cut = rng.uniform(-0.04, writer.shortened, 2) * (len(points) - 1)
        reach = np.linspace(max(cut[0], 0.0), len(points) - 1 - max(cut[1], 0.0), len(points))
        points = np.stack([np.interp(reach, np.arange(len(points)), column) for column in points.T], axis=1)
    for _ in range(round(4 * writer.rounded)):
        points[1:-1] = 0.5 * points[1:-1] + 0.25 * (points[:-2] + points[2:])
    return np.asarray(points)


def _warped(points: Stroke, warp: Stroke) -> Stroke:
    """Bent with the whole character: a displacement that changes slowly over it."""
    x, y = (np.clip(column, 0, 1) * 2 for column in points.T)
    left, top = np.minimum(x.astype(int), 1), np.minimum(y.astype(int), 1)
    fx, fy = x - left, y - top
    moved = [
        (field[top, left] * (1 - fx) + field[top, left + 1] * fx) * (1 - fy)
        + (field[top + 1, left] * (1 - fx) + field[top + 1, left + 1] * fx) * fy
        for field in warp
    ]
    return points + np.stack(moved, axis=1)


def _inked(writer: Writer, runs: list[tuple[Stroke, bool]], rng: np.random.Generator) -> Gray:
    every = np.vstack([points for points, _ in runs])
    low, high = every.min(axis=0) - MARGIN_EM, every.max(axis=0) + MARGIN_EM
    unit = EM_PX * OVERSAMPLING
    width, height = (np.ceil((high - low) * EM_PX).astype(int)).tolist()
    picture = np.full((height * OVERSAMPLING, width * OVERSAMPLING), 255, np.uint8)
    for points, trace in runs:
        press = np.interp(np.linspace(0, 1, len(points)), np.linspace(0, 1, 4), rng.uniform(0.8, 1.2, 4))
        press = press * (1 - writer.pressure * np.linspace(0, 1, len(points)) ** 2) * (0.45 if trace else 1.0)
        pixels = np.round((points - low) * unit * 8).astype(int).tolist()
        for (x0, y0), (x1, y1), part in zip(pixels[:-1], pixels[1:], press[1:].tolist(), strict=True):
            cv2.line(picture, (x0, y0), (x1, y1), 0, max(1, round(writer.pen * unit * part)), cv2.LINE_8, 3)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
