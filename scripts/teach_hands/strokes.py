"""KanjiVG's drawings of characters -> strokes as points, in the order and direction people write them."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "kanjivg"
SIDE = 109.0
"""Width and height of a KanjiVG drawing, its units."""
STEPS = 7
"""Points taken of each curve."""
PATH = re.compile(r'<path[^>]* d="([^"]+)"')
TOKEN = re.compile(r"[MmCcSs]|-?(?:\d*\.\d+|\d+\.?)(?:e-?\d+)?")

Stroke = NDArray[np.float64]
"""(n, 2) the way of the pen, ems: 0..1, y downwards."""


@lru_cache(maxsize=1)
def _drawings() -> dict[str, Path]:
    """Character -> its file; variants of a character (another order of strokes) are left out."""
    found = {}
    for file in files(PACKAGE) or ():
        if re.fullmatch(r"[0-9a-f]{5}\.svg", file.name):
            found[chr(int(file.stem, 16))] = Path(str(file.locate()))
    return found


def drawable() -> frozenset[str]:
    """Characters that have strokes."""
    return frozenset(_drawings())


@lru_cache(maxsize=8192)
def strokes_of(char: str) -> tuple[Stroke, ...]:
    """The strokes of `char`. KeyError when KanjiVG lacks it."""
    text = _drawings()[char].read_text(encoding="utf-8")
    return tuple(_points(path) / SIDE for path in PATH.findall(text))


def _points(path: str) -> Stroke:
    """An SVG path of curves (M, C, S and their relative forms) as points."""
    tokens = TOKEN.findall(path)
    here, control, made = np.zeros(2), np.zeros(2), [np.zeros(2)]
    place, command = 0, "M"
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
        size = {"m": 1, "c": 3, "s": 2}[command.lower()]
        given = np.array(tokens[place : place + 2 * size], np.float64).reshape(size, 2)
        place += 2 * size
        given = given + here if command.islower() else given
        if size == 1:
            made = [given[0]]
        else:
            first = 2 * here - control if size == 2 else given[0]
            made += _curve(here, first, given[-2], given[-1])
        control, here = (given[-2] if size > 1 else given[0]), given[-1]
    return np.array(made)


def _curve(a: Stroke, b: Stroke, c: Stroke, d: Stroke) -> list[Stroke]:
    return [(1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d for t in np.linspace(0, 1, STEPS + 1)[1:]]
