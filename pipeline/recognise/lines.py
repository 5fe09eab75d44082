"""Ink of a field -> lines of text, and a line of text -> the height the reader wants."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, millimetres, pixels
from pipeline.register import PAGE_DPI

LINE_HEIGHT = 48
"""Pixels the reader's network takes."""
CHARACTER_HEIGHT = 38
"""Pixels of a full character within LINE_HEIGHT: what the network saw in training keeps a small border."""
SIDE_PADDING = 10
"""White pixels left and right of a line: without them the network drops characters at the edge."""
SMALLEST_CHARACTER_MM = 2.2
"""Ink lower than this is a dash, a comma or a small character, not a line of small type: it is not blown up."""
LARGEST_RATIO = 1.25
"""A stroke component up to this many times as wide as the line is high counts as one character (一, ー)."""
INK_LEVEL = 176
"""Darker is ink: pencil strokes after clean-up are about 150."""
SPECK_MM2 = 0.02
"""Components smaller than a dot of 0.16 mm are dirt; a full stop of 6 point type has 0.1 mm2."""
RULE_ASPECT = 12.0
RULE_THICKNESS_MM = 0.5
RULE_BORDER_MM = 0.6
"""Remnant of a printed rule: a thin line this much longer than thick that lies along the crop's border."""
OVERLAP = 0.45
"""Components that share this part of the smaller one's height stand on one line."""

WORD_GAP = 0.45
"""Least width of the gap between family and given name, in heights of the line..."""
GAP_LEAD = 1.7
"""...and how much wider than the next one it is."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ink:
    """What is written in a crop: cleaned picture and its measure."""

    image: Gray
    area_mm2: float


def clean_ink(ink: Gray, dpi: float = PAGE_DPI) -> Ink:
    """Take specks and remnants of printed rules out of `ink` (h, w); the picture keeps its size."""
    mask = (ink < INK_LEVEL).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 1:
        return Ink(np.full_like(ink, 255), 0.0)
    keep = np.zeros(count, np.bool_)
    for label in range(1, count):
        keep[label] = not _is_speck(stats[label], dpi) and not _is_rule(stats[label], ink.shape, dpi)
    written = keep[labels]
    area = float(written.sum()) * millimetres(1, dpi) ** 2
    if keep[1:].all():
        return Ink(ink, area)
    near = cv2.dilate((mask.astype(np.bool_) & ~written).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_) & ~written
    return Ink(np.where(near, np.uint8(255), ink), area)


def _is_speck(stats: NDArray[np.int32], dpi: float) -> bool:
    return float(stats[cv2.CC_STAT_AREA]) * millimetres(1, dpi) ** 2 < SPECK_MM2


def _is_rule(stats: NDArray[np.int32], shape: tuple[int, ...], dpi: float) -> bool:
    left, top, width, height = (int(value) for value in stats[:4])
    border, thick = pixels(RULE_BORDER_MM, dpi), pixels(RULE_THICKNESS_MM, dpi)
    flat = height <= thick and width >= RULE_ASPECT * height and (top <= border or top + height >= shape[0] - border)
    upright = width <= thick and height >= RULE_ASPECT * width and (left <= border or left + width >= shape[1] - border)
    return flat or upright


def trimmed(image: Gray) -> Gray:
    """The part of `image` that holds ink; (0, 0) when there is none."""
    mask = image < INK_LEVEL
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.zeros((0, 0), np.uint8)
    return image[max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2]


def as_line(image: Gray, dpi: float = PAGE_DPI) -> Gray:
    """A line of text (h, w) at `dpi` -> (LINE_HEIGHT, w') with a full character CHARACTER_HEIGHT high, white around."""
    ink = trimmed(image)
    if not ink.size:
        return np.full((LINE_HEIGHT, LINE_HEIGHT), 255, np.uint8)
    scale = CHARACTER_HEIGHT / character_height(ink, dpi)
    height = min(max(round(ink.shape[0] * scale), 1), LINE_HEIGHT)
    width = max(round(ink.shape[1] * scale), 1)
    shrinking = scale < 1
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)
    line = np.full((LINE_HEIGHT, width + 2 * SIDE_PADDING), 255, np.uint8)
    top = (LINE_HEIGHT - height) // 2
    line[top : top + height, SIDE_PADDING : SIDE_PADDING + width] = small
    return line


def character_height(ink: Gray, dpi: float = PAGE_DPI) -> float:
    """Height of a full character in a trimmed line, pixels: its own height, unless all of it is low (一, ー)."""
    height = float(ink.shape[0])
    low = pixels(SMALLEST_CHARACTER_MM, dpi)
    if height >= low:
        return height
    return float(max(height, low))


def split_at_gap(line: Gray) -> list[Gray]:
    """A name on one line -> family and given name, when exactly one gap stands out; else the line as it is."""
    columns = (line < INK_LEVEL).any(axis=0)
    edges = np.flatnonzero(np.diff(columns.astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    gaps = sorted(((int(end - start), int(start + end + 1) // 2) for start, end in zip(starts, ends, strict=False)), reverse=True)
    if not gaps or gaps[0][0] < WORD_GAP * line.shape[0]:
        return [line]
    if len(gaps) > 1 and gaps[0][0] < GAP_LEAD * gaps[1][0]:
        return [line]
    return [trimmed(line[:, : gaps[0][1]]), trimmed(line[:, gaps[0][1] :])]


def split_lines(image: Gray, dpi: float = PAGE_DPI) -> list[Gray]:
    """Lines of writing in `image`, top to bottom, each trimmed; every component of ink is in exactly one of them."""
    mask = (image < INK_LEVEL).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 1:
        return []
    bands = _bands([(int(s[cv2.CC_STAT_TOP]), int(s[cv2.CC_STAT_TOP] + s[cv2.CC_STAT_HEIGHT])) for s in stats[1:]], dpi)
    line_of = np.zeros(count, np.int32)
    line_of[1:] = bands
    placed = line_of[labels]
    placed[mask == 0] = 0
    grown = cv2.dilate(placed.astype(np.uint8), np.ones((3, 3), np.uint8))
    return [trimmed(np.where((grown == number) | (placed == number), image, np.uint8(255))) for number in sorted(set(bands))]


def _bands(spans: list[tuple[int, int]], dpi: float) -> list[int]:
    """Number of the line (from 1, top to bottom) each component belongs to."""
    big = [index for index, (top, bottom) in enumerate(spans) if bottom - top >= pixels(SMALLEST_CHARACTER_MM, dpi) * 0.6]
    centres = _line_centres([spans[index] for index in big or range(len(spans))])
    middles = [(top + bottom) / 2 for top, bottom in spans]
    return [1 + int(np.argmin([abs(middle - centre) for centre in centres])) for middle in middles]


def _line_centres(spans: list[tuple[int, int]]) -> list[float]:
    """Centres of lines from the spans of their larger components: a span opens a line where it shares too little with the last."""
    groups: list[list[tuple[int, int]]] = []
    for span in sorted(spans, key=sum):
        if groups and _shared(_middle_span(groups[-1]), span) >= OVERLAP:
            groups[-1].append(span)
        else:
            groups.append([span])
    return [sum(_middle_span(group)) / 2 for group in groups]


def _middle_span(group: list[tuple[int, int]]) -> tuple[float, float]:
    return float(np.median([top for top, _ in group])), float(np.median([bottom for _, bottom in group]))


def _shared(a: tuple[float, float], b: tuple[float, float]) -> float:
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common / max(min(a[1] - a[0], b[1] - b[0]), 1)
