"""Dense hand-written text drawn line by line, so that it is known which ink belongs to which line."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.duties import DUTIES
from pipeline.drawing.hand import Hand, new_hand, write_line
from pipeline.drawing.ink import Canvas
from pipeline.drawing.lettering import wrap
from pipeline.geometry import Gray, pixels
from pipeline.recognise.lines import INK_LEVEL
from pipeline.register import PAGE_DPI

MARGIN_MM = 6.0
BREAKING_LEVEL = 110
"""Gray that a hard bilevel scan still calls black: a pen's thin strokes break."""


@dataclass(frozen=True)
class Layout:
    """How densely and how crookedly is written.

    Attributes:
        lines: number of lines.
        width_mm: of the field.
        em_mm: letter height.
        pitch: from line to line, ems; below 1.1 descenders touch the next line.
        slope: rise per length, all lines; a page's own skew is long taken away, so this is the hand's.
        fan: how much the slope of single lines varies besides.
        bend: how far the lines' middles hang through, ems.
    bilevel: scanned in black and white at 150 dpi with too high a contrast: thin strokes break.
    """

    lines: int = 4
    width_mm: float = 90.0
    em_mm: float = 3.0
    pitch: float = 1.2
    slope: float = 0.0
    fan: float = 0.0
    bend: float = 0.0
    bilevel: bool = False


@dataclass(frozen=True)
class DensePage:
    """A drawn text and the ink of each of its lines."""

    image: Gray
    masks: tuple[np.ndarray, ...]
    texts: tuple[str, ...]


def dense_page(layout: Layout, amount: float, seed: int) -> DensePage:
    """`layout.lines` lines of a description of duties, by a hand of `amount`; the last line is short as last lines are."""
    rng = np.random.default_rng(seed)
    names = fonts.installed(fonts.HAND_FONTS)
    hand = new_hand(fonts.font_file(names[int(rng.integers(len(names)))]), amount, rng)
    texts = _texts(hand, layout, rng)
    height = 2 * MARGIN_MM + layout.em_mm * layout.pitch * len(texts)
    shape = pixels(height, PAGE_DPI), pixels(layout.width_mm * 1.15 + 2 * MARGIN_MM, PAGE_DPI)
    pictures = [_line(hand, text, number, layout, shape, rng) for number, text in enumerate(texts)]
    image = np.asarray(np.min(pictures, axis=0), np.uint8)
    image.setflags(write=False)
    return DensePage(image, tuple(picture < INK_LEVEL for picture in pictures), tuple(texts))


def _texts(hand: Hand, layout: Layout, rng: np.random.Generator) -> list[str]:
    source = "".join(DUTIES[int(number)].text for number in rng.permutation(len(DUTIES))[: 1 + layout.lines])
    lines = wrap(hand, source, layout.width_mm / layout.em_mm)[: layout.lines]
    return [*lines[:-1], lines[-1][: int(rng.integers(2, len(lines[-1]) + 1))]]


def _line(hand: Hand, text: str, number: int, layout: Layout, shape: tuple[int, int], rng: np.random.Generator) -> Gray:
    canvas = Canvas(np.full((*shape, 3), 255, np.uint8), PAGE_DPI)
    middle = MARGIN_MM + layout.em_mm * layout.pitch * (number + 0.5)
    write_line(canvas, hand, text, (MARGIN_MM + float(rng.uniform(0, 1.5)), middle), layout.em_mm, rng)
    slope = layout.slope + float(rng.normal(0, layout.fan))
    along = np.arange(shape[1], dtype=np.float32) - np.float32(canvas.px(MARGIN_MM))
    half = np.float32(canvas.px(layout.width_mm / 2))
    hang = layout.bend * canvas.px(layout.em_mm) * (1 - ((along - half) / half) ** 2)
    shift = slope * (along - half) + hang
    gray = cv2.cvtColor(canvas.rgb, cv2.COLOR_RGB2GRAY)
    xs, ys = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    moved = np.asarray(cv2.remap(gray, xs, ys - shift[None, :].astype(np.float32), cv2.INTER_LINEAR, borderValue=255), np.uint8)
    return _black_and_white(moved) if layout.bilevel else moved


def _black_and_white(gray: Gray) -> Gray:
    small = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    black = np.where(small < BREAKING_LEVEL, np.uint8(0), np.uint8(255))
    return np.asarray(cv2.resize(black, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_NEAREST), np.uint8)
