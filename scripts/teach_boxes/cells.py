"""Draws inked cells with their truth: what the classifier is taught with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box
from pipeline.recognise.box_input import (
    DIGITS,
    INK_LEVEL,
    KATAKANA,
    NUMBERS,
    SHAPES,
    SIDE,
    BoxCell,
    cell_numbers,
    cell_picture,
)
from scripts.teach_boxes import sources
from scripts.teach_boxes.paper import PX_PER_MM, Ink, inked, pressed, scanned, with_neighbour, with_remnants

Picture = NDArray[np.uint8]
OTHER = len(SHAPES)
MARGIN = 22
"""Pixels around the cell in which writing that leaves it is seen."""
SMALL = "ァィゥェォッャュョヮヵヶ"
LOOKALIKES = "シツソンワクロコノメナチテケタヌスラフウヲーリハニミエユヨ"
TALLEST_KANA = (0.68, 0.95)
"""Height of the tallest of a field's kana, ems."""
BENT = 0.03
"""Standard deviation of the elastic bend, ems, at most."""
SHARES = {"digit": 0.42, "kana": 0.34, "alike": 0.13, "other": 0.11}
SPECK = 12
"""Pixels of ink below which a component is dirt."""
MAY_FAIL = 20
"""Drawings tried until there is ink."""


def chosen(rng: np.random.Generator) -> str | None:
    """A character to be drawn; None for something that is none of ours."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    if kind == "other":
        return None
    pool = {"digit": DIGITS, "kana": KATAKANA + "ー・", "alike": LOOKALIKES + SMALL}[kind]
    return pool[int(rng.integers(len(pool)))]


def drawn(char: str | None, rng: np.random.Generator) -> tuple[Picture, NDArray[np.float32], int]:
    """One cell: (SIDE, SIDE) uint8 picture, its numbers, and its class."""
    for _ in range(MAY_FAIL):
        cell = _cell(char, rng)
        if cell is not None:
            label = OTHER if char is None else SHAPES.index(char)
            return (cell_picture(cell.image) * 255).astype(np.uint8), cell_numbers(cell), label
    raise RuntimeError(f"nothing is seen of {char}")


def batch(count: int, seed: tuple[int, ...]) -> tuple[Picture, NDArray[np.float32], NDArray[np.int64]]:
    """`count` cells; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    pictures = np.zeros((count, SIDE, SIDE), np.uint8)
    numbers = np.zeros((count, NUMBERS), np.float32)
    labels = np.zeros(count, np.int64)
    for place in range(count):
        pictures[place], numbers[place], labels[place] = drawn(chosen(rng), rng)
    return pictures, numbers, labels


def _cell(char: str | None, rng: np.random.Generator) -> BoxCell | None:
    width, height = _size(rng)
    em = float(rng.uniform(0.55, 1.0)) * min(width * 1.1, height)
    canvas = np.zeros((round(height) + 2 * MARGIN, round(width) + 2 * MARGIN), np.float32)
    edges = (MARGIN, MARGIN, MARGIN + round(width), MARGIN + round(height))
    ink = _something(canvas, edges, em, rng) if char is None else _written(canvas.shape, char, em, rng)
    own = ink.max(axis=1).nonzero()[0]
    if not len(own):
        return None
    if rng.random() < 0.08:
        ink = with_neighbour(ink, edges, rng)
    if rng.random() < 0.10:
        ink = with_remnants(ink, edges, rng)
    seen = 255 - np.round(scanned(inked(ink, rng), rng) * 255).astype(np.uint8)
    return _trimmed(seen, edges, em, char, rng)


def _size(rng: np.random.Generator) -> tuple[float, float]:
    """Width and height of a cell, pixels; half of them as in our own forms."""
    if rng.random() < 0.5:
        return 5.4 * PX_PER_MM, 7.4 * PX_PER_MM
    width = float(rng.uniform(4.5, 9.0))
    return width * PX_PER_MM, min(max(width * float(rng.uniform(0.9, 1.5)), 5.0), 10.0) * PX_PER_MM


def _trimmed(seen: Picture, edges: tuple[int, int, int, int], em: float, char: str | None, rng: np.random.Generator) -> BoxCell | None:
    seen = _cleaned(seen)
    mask = seen < INK_LEVEL
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    image = seen[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1]
    width, height = edges[2] - edges[0], edges[3] - edges[1]
    place = Box((left - edges[0]) / width, (top - edges[1]) / height, (right - left) / width, (bottom - top) / height)
    if rng.random() < 0.12:
        return BoxCell(image, None)
    if rng.random() < 0.1:
        return BoxCell(image, place)
    is_digit = char is not None and char in DIGITS
    tallest = (bottom - top) * float(rng.uniform(1.0, 1.2)) if is_digit else em * float(rng.uniform(*TALLEST_KANA))
    widest = em * float(rng.uniform(0.45, 0.9))
    return BoxCell(image, place, min((bottom - top) / tallest, 1.0), min((right - left) / widest, 1.0))


def _cleaned(seen: Picture) -> Picture:
    """Specks taken out, as the pipeline does before it cuts cells."""
    mask = (seen < INK_LEVEL).astype(np.uint8)
    labels, stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[1:3]
    small = stats[:, cv2.CC_STAT_AREA] < SPECK
    if not small.any():
        return seen
    small[0] = False
    near = cv2.dilate(small[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((near > 0) & ~((mask > 0) & ~small[labels]), np.uint8(255), seen)


def _written(shape: tuple[int, int], char: str, em: float, rng: np.random.Generator) -> Ink:
    """A character in a hand of its own, in the middle of the cell or near it."""
    return _stroked(shape, _strokes(char, rng), em, rng) if rng.random() < _by_strokes(char) else _lettered(shape, char, em, rng)


def _by_strokes(char: str) -> float:
    return 0.65 if char in DIGITS else 0.4


def _strokes(char: str, rng: np.random.Generator) -> list[sources.Points]:
    if char in DIGITS and rng.random() < 0.85:
        return sources.skeleton(char, rng)
    return sources.jittered(sources.kanjivg(char), rng)


def _affine(shape: tuple[int, int], em: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(2, 3): ems -> pixels of the canvas, with slant, turn, squeeze, size and place."""
    slant, turn = float(rng.normal(0.02, 0.11)), float(rng.normal(0, 0.05))
    scale = em * float(np.exp(rng.normal(0, 0.06)))
    squeeze = float(rng.uniform(0.8, 1.12))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[squeeze, -slant], [0.0, 1.0]]) * scale
    centre = np.array([shape[1] / 2, shape[0] / 2]) + rng.normal(0, 0.06, 2) * em
    return np.column_stack([matrix, centre - matrix @ [0.5, 0.5]]).astype(np.float32)


def _stroked(shape: tuple[int, int], strokes: list[sources.Points], em: float, rng: np.random.Generator) -> Ink:
    matrix = _affine(shape, em, rng)
    wave = rng.normal(0, float(rng.uniform(0, BENT)), (2, 2, 2)).astype(np.float32)
    ink = np.zeros(shape, np.float32)
    width = max(float(rng.uniform(0.2, 0.75) * PX_PER_MM), 1.5)
    for stroke in strokes:
        bent = stroke + np.sin(np.pi * stroke) @ wave[0] + np.sin(2 * np.pi * stroke) @ wave[1] * 0.5
        points = np.round((bent @ matrix[:, :2].T + matrix[:, 2]) * 16).astype(np.int32)
        thick = max(round(width * float(rng.uniform(0.85, 1.15))), 1)
        cv2.polylines(ink, [points], isClosed=False, color=(1.0,), thickness=thick, lineType=cv2.LINE_8, shift=4)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.7), dtype=np.float32)


def _lettered(shape: tuple[int, int], char: str, em: float, rng: np.random.Generator) -> Ink:
    fonts = sources.JAPANESE + sources.LATIN if char in DIGITS else sources.JAPANESE
    picture = sources.font_picture(fonts[int(rng.integers(len(fonts)))], char)
    return _bent(shape, picture, em, rng)


def _bent(shape: tuple[int, int], picture: Picture, em: float, rng: np.random.Generator) -> Ink:
    matrix = _affine(shape, em, rng)
    back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]])).astype(np.float32)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    wave = rng.normal(0, float(rng.uniform(0, BENT)), (3, 3, 2)).astype(np.float32)
    bend = cv2.resize(wave, shape[::-1], interpolation=cv2.INTER_CUBIC)
    map_x = (back[0, 0] * xs + back[0, 1] * ys + back[0, 2] + bend[:, :, 0]) * sources.EM + sources.PAD
    map_y = (back[1, 0] * xs + back[1, 1] * ys + back[1, 2] + bend[:, :, 1]) * sources.EM + sources.PAD
    drawn_ink: Ink = (cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderValue=0) / np.float32(255)).astype(np.float32)
    return pressed(drawn_ink, rng) if rng.random() < 0.8 else drawn_ink


def _something(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:
    """None of our characters: struck out, two in one cell, cut off, a scribble, a rest of print, kanji, hiragana, a letter."""
    kinds = (_struck, _struck, _two, _scribbled, _rest, _foreign, _foreign, _foreign)
    return kinds[int(rng.integers(len(kinds)))](canvas, edges, em, rng)


def _any(rng: np.random.Generator) -> str:
    return SHAPES[int(rng.integers(len(SHAPES) - 2))]


def _struck(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:
    ink = _written(canvas.shape, _any(rng), em, rng)
    left, top, right, bottom = edges
    thick = int(rng.integers(2, 8))
    middle = (top + bottom) / 2
    if rng.random() < 0.5:
        for _ in range(2):
            y = middle + float(rng.normal(0, 0.12)) * (bottom - top)
            cv2.line(ink, (left - 8, round(y)), (right + 8, round(y + rng.normal(0, 4))), (1.0,), thick)
        return ink
    if rng.random() < 0.5:
        cv2.line(ink, (left, bottom - 6), (right, top + 6), (1.0,), thick)
        cv2.line(ink, (left, top + 6), (right, bottom - 6), (1.0,), thick)
        return ink
    way = np.column_stack([np.linspace(left, right, 9), middle + np.tile([-1, 1], 5)[:9] * rng.uniform(0.15, 0.4) * (bottom - top)])
    cv2.polylines(ink, [np.round(way).astype(np.int32)], isClosed=False, color=(1.0,), thickness=thick)
    return ink


def _two(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:  # noqa: ARG001 - one of a kind
    apart = round(float(rng.uniform(0.25, 0.4)) * em)
    one, other = (_written(canvas.shape, _any(rng), em * 0.62, rng) for _ in range(2))
    return np.maximum(np.roll(one, -apart, axis=1), np.roll(other, apart, axis=1))


def _scribbled(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:
    left, top, right, bottom = edges
    points = np.column_stack([rng.uniform(left, right, 12), rng.uniform(top, bottom, 12)])
    curve = cv2.GaussianBlur(np.repeat(points, 6, axis=0).astype(np.float32), (1, 0), 0.1, sigmaY=3.0)
    cv2.polylines(canvas, [np.round(curve).astype(np.int32)], isClosed=False, color=(1.0,), thickness=max(round(em / 16), 1))
    return canvas


def _rest(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:  # noqa: ARG001 - one of a kind
    return with_remnants(with_remnants(canvas, edges, rng), edges, rng)


def _foreign(canvas: Ink, edges: tuple[int, int, int, int], em: float, rng: np.random.Generator) -> Ink:  # noqa: ARG001 - one of a kind
    kanji = sources.other_kanji()
    pools = (sources.ERA, sources.HIRAGANA, sources.OTHER_LETTERS, kanji)
    pool = pools[int(rng.integers(len(pools)))]
    char = pool[int(rng.integers(len(pool)))]
    if rng.random() < 0.5 and sources.kanjivg(char):
        return _stroked(canvas.shape, sources.jittered(sources.kanjivg(char), rng), em, rng)
    return _lettered(canvas.shape, char, em, rng)
