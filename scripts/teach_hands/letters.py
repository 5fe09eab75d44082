"""Lines set in font files: print as it is, and handwriting-like fonts bent as a hasty hand bends them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.drawing.fonts import _has
from pipeline.drawing.hand import Hand, new_hand, text_width, typed_hand, write_line
from pipeline.drawing.ink import BALLPOINT, PENCIL, PRINTER, Canvas
from pipeline.geometry import MM_PER_INCH, Gray

PRINT_FILES = (
    "BIZUDMincho-Regular.ttf", "BIZUDPMincho-Regular.ttf", "BIZUDGothic-Regular.ttf", "BIZUDPGothic-Regular.ttf",
    "BIZUDGothic-Bold.ttf", "VL-Gothic-Regular.ttf", "VL-PGothic-Regular.ttf",
)  # fmt: skip
"""IPAex is kept for judging."""
HAND_FILES = (
    "KleeOne-Regular.ttf", "KleeOne-SemiBold.ttf", "kiloji.ttf", "kiloji_p.ttf", "kiloji_b.ttf", "kiloji_d.ttf", "setofont.ttf",
    "YOzRN_.ttf", "YOzRAF.ttf", "YOzRCF.ttf", "YOzREF.ttf", "YOzRSF.ttf", "YOzRAP.ttf", "YOzRN_90.ttf", "YOzRC_90i.ttf",
    "kouzan-mouhitsu-gyosho.ttf",
)  # fmt: skip
"""Yusei Magic, Zen Kurenaido, Hachi Maru Pop and the Aoyagi fonts are kept for judging."""
DPI = 300
EM_MM = 5.0


def files_in(folders: list[Path], names: tuple[str, ...]) -> list[Path]:
    """The files of `names` that lie somewhere below `folders`, in the order of `names`."""
    found = {path.name: path for folder in folders for path in sorted(folder.rglob("*.ttf"))}
    return [found[name] for name in names if name in found]


def printed(font: Path, text: str, rng: np.random.Generator) -> Gray:
    """One line (h, w) as a word processor prints it, ink dark on 255. KeyError when the font lacks a character."""
    return _line(typed_hand(font, PRINTER), text, rng)


def bent(font: Path, text: str, rng: np.random.Generator) -> Gray:
    """One line (h, w) in a handwriting-like font, its characters bent one by one. KeyError when the font lacks a character."""
    pen = PENCIL if rng.random() < 0.25 else BALLPOINT
    return _line(new_hand(font, float(rng.uniform(0.4, 1.4)), rng, pen), text, rng)


def _line(hand: Hand, text: str, rng: np.random.Generator) -> Gray:
    for char in text:
        if not _has(hand.font, char):
            raise KeyError(char)
    width = round((text_width(hand, text) + 2.5) * EM_MM * DPI / MM_PER_INCH)
    height = round(2.2 * EM_MM * DPI / MM_PER_INCH)
    canvas = Canvas(np.full((height, width, 3), 255, np.uint8), DPI)
    write_line(canvas, hand, text, (EM_MM, 1.1 * EM_MM), EM_MM, rng)
    return canvas.rgb[:, :, 1].copy()
