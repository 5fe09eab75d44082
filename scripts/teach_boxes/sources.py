"""Where characters come from: fonts of the machine, the strokes of KanjiVG, and the skeletons of this folder."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scripts.teach_boxes.skeletons import ASPECT, SKELETONS, USUAL_ASPECT

Points = NDArray[np.float32]
"""(n, 2) x and y in ems from the top left corner of the character's square."""

FOLDER = Path("/usr/share/fonts/truetype")
JAPANESE = (
    "klee/KleeOne-Regular.ttf", "klee/KleeOne-SemiBold.ttf", "kiloji/kiloji.ttf", "kiloji/kiloji_b.ttf", "kiloji/kiloji_d.ttf",
    "bizud-gothic/BIZUDGothic-Regular.ttf", "bizud-gothic/BIZUDGothic-Bold.ttf", "vlgothic/VL-Gothic-Regular.ttf",
)  # fmt: skip
"""Kept out: setofont and BIZ UD Mincho, on which the weights are fitted, and the fonts that figures are reported on."""
LATIN = (
    "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-ExtraLight.ttf", "dejavu/DejaVuSans-Oblique.ttf", "dejavu/DejaVuSansMono.ttf",
    "dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSerifCondensed.ttf", "dejavu/DejaVuSansCondensed.ttf", "dejavu/DejaVuMathTeXGyre.ttf",
)  # fmt: skip
EM = 96
"""Pixels of an em in the pictures of font characters..."""
PAD = 24
"""...and around it."""
KANJIVG_EM = 109.0
OTHER_LETTERS = "AEGHKMNPRWekmw&%#@"
"""Letters and signs that look like no digit and no katakana."""
ERA = "元明昭平令治正成和年月日西暦"
HIRAGANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふほまみむめもやゆよらるれろわをんがざだばぱ"
LEAST_STROKES = 5
"""A kanji with fewer may look like a katakana."""
SOME_KANJI = 400


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / name), EM, layout_engine=ImageFont.Layout.BASIC)


@cache
def font_picture(name: str, char: str) -> NDArray[np.uint8]:
    """Coverage of a character in the middle of a square of EM + 2 * PAD pixels, 255 = ink."""
    face = _font(name)
    side = EM + 2 * PAD
    picture = Image.new("L", (side, side), 0)
    left = (side - face.getlength(char)) / 2
    ImageDraw.Draw(picture).text((round(left), PAD + round(0.88 * EM)), char, fill=255, font=face, anchor="ls")
    return np.asarray(picture)


@cache
def kanjivg(char: str) -> tuple[Points, ...]:
    """The strokes of a character in KanjiVG; nothing where it has none."""
    spec = importlib.util.find_spec("kanji")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    file = folder / f"{ord(char):05x}.svg"
    if not file.is_file():
        return ()
    tree = ET.parse(file)
    ways = [node.get("d", "") for node in tree.iter("{http://www.w3.org/2000/svg}path")]
    return tuple(_curve(way) / np.float32(KANJIVG_EM) for way in ways)


TOKEN = re.compile(r"[MmCcSs]|-?\d*\.?\d+(?:e-?\d+)?")


def _curve(way: str, steps: int = 6) -> Points:
    """An SVG path of M, C, c, S and s as points along it."""
    tokens = TOKEN.findall(way)
    at, before = np.zeros(2), np.zeros(2)
    points: list[NDArray[np.float64]] = []
    command, place = "", 0
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
        size = {"M": 2, "C": 6, "S": 4}[command.upper()]
        numbers = np.array([float(token) for token in tokens[place : place + size]]).reshape(-1, 2)
        place += size
        numbers = numbers + at if command.islower() else numbers
        if command in "Mm":
            at = before = numbers[0]
            points.append(at[None])
            continue
        first = numbers[0] if command in "Cc" else 2 * at - before
        second, end = numbers[-2], numbers[-1]
        t = np.linspace(1 / steps, 1, steps)[:, None]
        points.append((1 - t) ** 3 * at + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second + t**3 * end)
        at, before = end, second
    return np.vstack(points).astype(np.float32)


@cache
def other_kanji() -> tuple[str, ...]:
    """Kanji that look like no katakana, always the same ones."""
    rng = np.random.default_rng(1)
    codes = rng.permutation(np.arange(0x4E00, 0x9FA0))
    found = [chr(code) for code in codes[: 3 * SOME_KANJI] if len(kanjivg(chr(code))) >= LEAST_STROKES]
    return tuple(found[:SOME_KANJI])


def skeleton(char: str, rng: np.random.Generator) -> list[Points]:
    """A digit as somebody writes it this time."""
    ways = SKELETONS[char][int(rng.integers(len(SKELETONS[char])))]
    low, high = ASPECT.get(char, USUAL_ASPECT)
    height = 0.72 * float(rng.uniform(0.9, 1.1))
    width = height * float(rng.uniform(low, high))
    loose = float(rng.uniform(0.01, 0.05))
    strokes = []
    for way in ways:
        points = np.array(way, np.float32) + rng.normal(0, loose, (len(way), 2)).astype(np.float32)
        points[1:] = np.where((np.diff(np.array(way), axis=0) == 0).all(axis=1)[:, None], points[:-1], points[1:])
        size, corner = np.array([width, height], np.float32), np.array([0.5 - width / 2, 0.5 - height / 2], np.float32)
        strokes.append(_smooth(points) * size + corner)
    return strokes


def _smooth(points: Points, steps: int = 6) -> Points:
    """A curve through the points (Catmull-Rom)."""
    knots = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None, None]
    a, b, c, d = (knots[None, place : len(knots) - 3 + place] for place in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]]).astype(np.float32)


def jittered(strokes: tuple[Points, ...], rng: np.random.Generator) -> list[Points]:
    """Strokes of KanjiVG in another hand: each one moved, turned, longer or shorter, and bent."""
    loose = float(rng.uniform(0.005, 0.03))
    found = []
    for stroke in strokes:
        middle = stroke.mean(axis=0)
        turn = float(rng.normal(0, 2.5 * loose))
        size = np.float32(np.exp(rng.normal(0, 3 * loose)))
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32) * size
        bend = np.sin(np.linspace(0, np.pi, len(stroke), dtype=np.float32))[:, None] * rng.normal(0, loose, 2).astype(np.float32)
        found.append((stroke - middle) @ matrix + middle + bend + rng.normal(0, loose, 2).astype(np.float32))
    return found
