"""The printed words of a page or a cell as lines of single characters, each with its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.forms_new.words import Word
from pipeline.geometry import Box

SAME_LINE = 0.5
"""Words whose middles differ by less than this share of the lower one's height stand in one line."""
TOKEN_GAP = 0.45
"""White between characters of one token, in character heights, at most."""
TOUCH_MM = 0.02
"""Boxes that share no more than this touch."""
RING_MM = (0.8, 0.5)
"""Room for a circle beside a word, and above and below it: lines of a list are set 1 mm apart."""
UPRIGHT = 1.5
"""A word of several characters that is this much higher than wide is set in a column."""


@dataclass(frozen=True)
class Glyph:
    """A printed character; `box` in page millimetres."""

    char: str
    box: Box


@dataclass(frozen=True)
class Token:
    """Characters of a line that stand together."""

    text: str
    box: Box
    glyphs: tuple[Glyph, ...]


Line = tuple[Token, ...]
"""From left to right, never empty."""


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Lines from top to bottom; words set in columns are left out."""
    rows: list[list[Word]] = []
    for word in sorted((word for word in words if not _upright(word)), key=_middle):
        near = [row for row in rows[-2:] if abs(_middle(row[-1]) - _middle(word)) < SAME_LINE * min(row[-1].box.h, word.box.h)]
        if near:
            near[-1].append(word)
        else:
            rows.append([word])
    return [tokens_of([glyph for word in row for glyph in glyphs_of(word)]) for row in rows]


def tokens_of(glyphs: Sequence[Glyph]) -> Line:
    """Characters of one line as tokens."""
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.box.x):
        if groups and glyph.box.x - groups[-1][-1].box.right < TOKEN_GAP * glyph.box.h:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return tuple(Token("".join(glyph.char for glyph in group), around([glyph.box for glyph in group]), tuple(group)) for group in groups)


def glyphs_of(word: Word) -> list[Glyph]:
    """The characters of a word, its width shared out: narrow letters take half of a wide one's."""
    widths = [2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in word.text]
    unit, left = word.box.w / sum(widths), word.box.x
    glyphs = []
    for char, width in zip(word.text, widths, strict=True):
        plain = unicodedata.normalize("NFKC", char)
        glyphs.append(Glyph(plain if len(plain) == 1 else char, Box(left, word.box.y, unit * width, word.box.h)))
        left += unit * width
    return glyphs


def glyphs_in(line: Line) -> list[Glyph]:
    """All characters of a line."""
    return [glyph for token in line for glyph in token.glyphs]


def text_of(line: Line) -> str:
    """The characters of a line without the white between."""
    return "".join(token.text for token in line)


def is_spread(line: Line) -> bool:
    """Is the line one label set wide (氏　名): single characters only, evenly apart?"""
    if len(line) < 2 or any(len(token.text) > 1 for token in line):
        return False
    gaps = [right.box.x - left.box.right for left, right in pairwise(line)]
    return max(gaps) < EVEN_GAP * max(min(gaps), 0.1) and not any(token.text.isdecimal() for token in line)


EVEN_GAP = 1.5
"""Gaps of a label set wide differ by rounding and by half-wide characters."""


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of `boxes`."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def meet(one: Box, other: Box) -> bool:
    """Do the boxes share an area, rounding apart?"""
    across = min(one.right, other.right) - max(one.x, other.x)
    return across > TOUCH_MM and min(one.bottom, other.bottom) - max(one.y, other.y) > TOUCH_MM


def ringed(box: Box, room: float) -> Box:
    """A printed word with the room that a circle round it takes: half of `room`, the white to its neighbours, at most RING_MM."""
    side = max(min(RING_MM[0], room / 2 - TOUCH_MM), 0.0)
    return Box(box.x - side, box.y - RING_MM[1], box.w + 2 * side, box.h + 2 * RING_MM[1])


def holds(outer: Box, inner: Box) -> bool:
    """Does the middle of `inner` lie in `outer`?"""
    x, y = inner.x + inner.w / 2, inner.y + inner.h / 2
    return outer.x <= x <= outer.right and outer.y <= y <= outer.bottom


def _middle(word: Word) -> float:
    return word.box.y + word.box.h / 2


def _upright(word: Word) -> bool:
    return len(word.text) > 1 and word.box.h > UPRIGHT * word.box.w
