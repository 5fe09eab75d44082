"""Drawn lines for the network: half of them written by pen or bent fonts, a part printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.geometry import MM_PER_INCH, Gray
from scripts.teach_hands import letters, pen
from scripts.teach_hands.scanner import scanned
from scripts.teach_hands.strokes import drawable
from scripts.teach_hands.texts import cell_text, new_text

CELLS = 0.15
"""Share of lines that are digits in cells."""
PRINTED = 0.3
"""Share of the lines, cells too, that are printed."""
BY_PEN = 0.62
"""Share of the hand-written lines that is drawn with KanjiVG's strokes; the rest are bent fonts."""
WIDEST = 640
"""Pixels; longer lines are drawn again."""
LETTER_PX = letters.EM_MM * letters.DPI / MM_PER_INCH


@dataclass(frozen=True)
class Line:
    """One drawn line.

    Attributes:
        picture: (48, w) uint8.
        text: what stands there.
        held: True = the stock model reads such lines well enough and shall not be left far behind: print, digits in cells.
    """

    picture: Gray
    text: str
    held: bool


@dataclass(frozen=True)
class Drawer:
    """What lines are drawn with, and the characters that may stand on them."""

    print_fonts: tuple[Path, ...]
    hand_fonts: tuple[Path, ...]
    alphabet: frozenset[str]

    def draw(self, rng: np.random.Generator, longest: int) -> Line:
        """One line of up to `longest` characters; texts whose characters the chosen tool lacks are drawn anew."""
        is_cell, is_print, by_pen = (bool(rng.random() < share) for share in (CELLS, PRINTED, BY_PEN))
        while True:
            text = cell_text(rng) if is_cell else new_text(rng, longest)
            if not set(text) <= self.alphabet:
                continue
            try:
                picture = self._scan(text, rng, is_print=is_print, by_pen=by_pen)
            except KeyError:
                continue
            if picture is not None and picture.shape[1] <= WIDEST:
                return Line(picture, text, is_print or is_cell)

    def _scan(self, text: str, rng: np.random.Generator, *, is_print: bool, by_pen: bool) -> Gray | None:
        if is_print:
            return scanned(letters.printed(_one(self.print_fonts, rng), text, rng), LETTER_PX, rng, hand=False)
        if by_pen and not set(text) <= drawable():
            raise KeyError(text)
        if by_pen:
            return scanned(pen.write(pen.new_writer(rng), text, rng), pen.EM_PX, rng, hand=True)
        return scanned(letters.bent(_one(self.hand_fonts, rng), text, rng), LETTER_PX, rng, hand=True)


def _one(files: tuple[Path, ...], rng: np.random.Generator) -> Path:
    return files[int(rng.integers(len(files)))]
