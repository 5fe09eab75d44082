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
CHARACTER_HEIGHT = 34
"""Pixels of a full character within LINE_HEIGHT. From 26 to 38 as many fields come out right; the time grows with the width."""
NARROWING = 0.85
"""Lines are made this much narrower: a seventh of the time for no field lost."""
SHORT = 1.6
"""A line up to this many times as long as a character is high holds one or two: it keeps its width, with more paper around..."""
SHORT_PADDING = 24
"""...pixels; of 600 digits hand-written in boxes 1 % more come out right."""
SIDE_PADDING = 8
"""White pixels left and right of a line: without them the network drops characters at the edge."""
SMALLEST_CHARACTER_MM = 2.2
"""Ink lower than this is a dash, a comma or a small character, not a line of small type: it is not blown up."""
INK_LEVEL = 176
"""Darker is ink: pencil strokes after clean-up are about 150."""
SPECK_MM2 = 0.02
"""Components smaller than a dot of 0.16 mm are dirt; a full stop of 6 point type has 0.1 mm2."""
RULE_ASPECT = 12.0
RULE_THICKNESS_MM = 0.5
RULE_BORDER_MM = 0.6
"""Remnant of a printed rule: a thin line this much longer than thick that lies along the crop's border."""

WORD_GAP = 0.2
"""Least white between family and given name, in heights of the line..."""
WORD_STEP = 1.18
"""...least step from the one's last character to the other's first, middle to middle..."""
STEP_LEAD = 1.1
"""...how much longer it is than the next longest step..."""
LONE_STEP = 1.3
"""...and its least length where there is no other step (森 一). Found on 149 drawn names: 97 % are parted as they were written."""
STROKE_GAP = 0.22
"""White within one character (リ, 川), in heights of the line, at most."""
WIDEST = 1.12
"""Width of a character, in heights of the line, at most."""
FAR_GAP = 1.5
"""Ink further away than this many heights of the line is something else: the edge of a seal, a stain."""

DOT_MM2 = 0.2
"""A component smaller than this..."""
ALONE_MM = 2.0
"""...without larger ones this near is dirt: full stops and dots stand by the characters they belong to."""

FAINT_LEVEL = 225
"""Paler than this is paper."""
HAIR_LEVEL = 140
"""What a hair stroke is darkened to."""
HAIR_LENGTHS = (0.3, 1.2)
"""Its length, in heights of the line, at least and at most: a 一 is nearly as long as the line is high."""
HAIR_FLATNESS = 0.2
"""Its height, in heights of the line, at most."""
HAIR_OFF_MIDDLE = 0.2
"""How far it lies from the line's middle, in heights of the line, at most."""
HAIR_GAP = 0.7
"""White between it and the next character, in heights of the line, at most."""

Mask = NDArray[np.bool_]
Stats = NDArray[np.int32]
"""(n, 5) as cv2.connectedComponentsWithStats gives them."""


@dataclass(frozen=True)
class Ink:
    """What is written in a crop: cleaned picture and its measure."""

    image: Gray
    area_mm2: float


def clean_ink(ink: Gray, dpi: float = PAGE_DPI) -> Ink:
    """Take specks and remnants of printed rules out of `ink` (h, w); the picture keeps its size."""
    mask = ink < INK_LEVEL
    labels, stats, keep = written_strokes(mask, dpi)
    if len(stats) <= 1:
        return Ink(np.full_like(ink, 255), 0.0)
    written = keep[labels]
    area = float(written.sum()) * millimetres(1, dpi) ** 2
    if keep[1:].all():
        return Ink(ink, area)
    return Ink(only(ink, written, mask), area)


def written_strokes(mask: Mask, dpi: float = PAGE_DPI) -> tuple[NDArray[np.int32], Stats, Mask]:
    """The strokes of `mask` as `components` gives them, and for each whether it is writing: no speck, no remnant of a printed rule."""
    labels, stats = components(mask)
    keep = ~(_specks(stats, dpi) | _rules(stats, mask.shape, dpi))
    keep[0] = False
    if len(stats) > 1:
        keep &= ~_stray(labels, stats, keep, dpi)
    return labels, stats, keep


def with_hair_strokes(ink: Gray) -> Gray:
    """One line of writing (h, w) whose pale level strokes are made as dark as ink: a Mincho 一 is a hair line, lost by any threshold.

    A stroke counts when it lies at mid height of the line, beside a character, and is as long as a character's; the remnant of a
    printed rule is longer, or lies at the line's edge.
    """
    dark = ink < INK_LEVEL
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return ink
    height, top = rows[-1] - rows[0] + 1, rows[0]
    labels, stats = components(ink < FAINT_LEVEL)
    pale = np.bincount(labels[dark], minlength=len(stats)) < 0.5 * stats[:, cv2.CC_STAT_AREA]
    x, y, w, h = (stats[:, place] for place in (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    after, before = np.searchsorted(columns, x + w), np.searchsorted(columns, x) - 1
    gap_after = np.where(after < len(columns), columns[np.minimum(after, len(columns) - 1)] - x - w, height)
    gap_before = np.where(before >= 0, x - columns[np.maximum(before, 0)], height)
    level = (h <= HAIR_FLATNESS * height) & (w >= HAIR_LENGTHS[0] * height) & (w <= HAIR_LENGTHS[1] * height)
    middle = np.abs(y + h / 2 - top - height / 2) <= HAIR_OFF_MIDDLE * height
    hair = level & middle & pale & (np.minimum(gap_after, gap_before) <= HAIR_GAP * height)
    hair[0] = False
    if not hair.any():
        return ink
    darker = ink.copy()
    darker[hair[labels]] = HAIR_LEVEL
    return darker


def components(mask: Mask) -> tuple[NDArray[np.int32], Stats]:
    """Connected strokes: number of the stroke at each pixel, 0 = paper; and their statistics, row 0 = paper."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return labels.astype(np.int32, copy=False), stats.astype(np.int32, copy=False)


def only(image: Gray, wanted: Mask, mask: Mask) -> Gray:
    """`image` with the ink of `mask` that is not `wanted` painted over, its grey rim too."""
    rim = cv2.dilate((mask & ~wanted).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
    return np.where(rim & ~wanted, np.uint8(255), image)


def _specks(stats: Stats, dpi: float) -> Mask:
    return np.asarray(stats[:, cv2.CC_STAT_AREA] * millimetres(1, dpi) ** 2 < SPECK_MM2)


def _rules(stats: Stats, shape: tuple[int, ...], dpi: float) -> Mask:
    """Thin and long, along the crop's border."""
    left, top, width, height = (stats[:, column] for column in range(4))
    border, thick = pixels(RULE_BORDER_MM, dpi), pixels(RULE_THICKNESS_MM, dpi)
    flat = (height <= thick) & (width >= RULE_ASPECT * height) & ((top <= border) | (top + height >= shape[0] - border))
    upright = (width <= thick) & (height >= RULE_ASPECT * width) & ((left <= border) | (left + width >= shape[1] - border))
    return np.asarray(flat | upright)


def _stray(labels: NDArray[np.int32], stats: Stats, keep: Mask, dpi: float) -> Mask:
    """Dots with no writing around them."""
    found = np.zeros(len(keep), np.bool_)
    small = stats[:, cv2.CC_STAT_AREA] * millimetres(1, dpi) ** 2 < DOT_MM2
    reach = pixels(ALONE_MM, dpi)
    writing = keep & ~small
    for label in np.flatnonzero(small & keep):
        left, top, width, height = (int(value) for value in stats[label, :4])
        around = labels[max(top - reach, 0) : top + height + reach, max(left - reach, 0) : left + width + reach]
        found[label] = not writing[around].any()
    return found


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
    scale = CHARACTER_HEIGHT / max(ink.shape[0], pixels(SMALLEST_CHARACTER_MM, dpi))
    short = ink.shape[1] * scale <= SHORT * CHARACTER_HEIGHT
    padding, narrowing = (SHORT_PADDING, 1.0) if short else (SIDE_PADDING, NARROWING)
    height, width = max(round(ink.shape[0] * scale), 1), max(round(ink.shape[1] * scale * narrowing), 1)
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    line = np.full((LINE_HEIGHT, width + 2 * padding), 255, np.uint8)
    top = (LINE_HEIGHT - height) // 2
    line[top : top + height, padding : padding + width] = small
    return line


def split_at_gap(line: Gray) -> list[Gray]:
    """A name on one line -> family and given name, where one step from character to character stands out; else the line as it is.

    Steps are measured from middle to middle: く and リ are narrow, but they stand in a place as wide as the others.
    """
    spans = _character_spans(line)
    if len(spans) < 2:
        return [line]
    height = line.shape[0]
    steps = np.diff([(left + right) / 2 for left, right in spans]) / height
    place = int(np.argmax(steps))
    end, start = spans[place][1], spans[place + 1][0]
    others = np.delete(steps, place)
    least = max(WORD_STEP, STEP_LEAD * float(others.max())) if len(others) else LONE_STEP
    if start - end < WORD_GAP * height or steps[place] < least:
        return [line]
    cut = (start + end) // 2
    return [trimmed(line[:, :cut]), trimmed(line[:, cut:])]


def _character_spans(line: Gray) -> list[tuple[int, int]]:
    """Columns of each character, first and one past the last: strokes that are near and together no wider than a character are one."""
    inked = np.flatnonzero((line < INK_LEVEL).any(axis=0))
    breaks = np.flatnonzero(np.diff(inked) > 1)
    spans: list[tuple[int, int]] = []
    for left, right in zip([*inked[:1], *inked[breaks + 1]], [*(inked[breaks] + 1), *(inked[-1:] + 1)], strict=True):
        near = bool(spans) and left - spans[-1][1] <= STROKE_GAP * line.shape[0]
        if near and right - spans[-1][0] <= WIDEST * line.shape[0]:
            spans[-1] = (spans[-1][0], int(right))
        else:
            spans.append((int(left), int(right)))
    return spans


def nearest_together(line: Gray) -> Gray:
    """A name without what stands far from it: of the pieces that FAR_GAP parts, the one with the most ink."""
    columns = (line < INK_LEVEL).sum(axis=0)
    inked = np.flatnonzero(columns)
    breaks = np.flatnonzero(np.diff(inked) > FAR_GAP * line.shape[0])
    if not len(breaks):
        return line
    starts, ends = [inked[0], *inked[breaks + 1]], [*inked[breaks] + 1, inked[-1] + 1]
    best = max(zip(starts, ends, strict=True), key=lambda piece: int(columns[piece[0] : piece[1]].sum()))
    return trimmed(line[:, best[0] : best[1]])
