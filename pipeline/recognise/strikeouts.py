"""Words struck out within a line of free text: what the applicant no longer says is taken away before the line is read.

Only level lines count: two above each other, or one long one, through the middle of the writing. A scribble is not told from writing, and
a strike that runs into the bar of a neighbouring character (書, や) takes that one along.
A field with a struck word goes to a person in any case; this is what the person finds written there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, pixels
from pipeline.recognise.lines import INK_LEVEL, Mask, components, trimmed
from pipeline.recognise.straighten import character_height
from pipeline.register import PAGE_DPI

PAIR = 1.5
"""Length of each of two lines that strike something out, heights of a character, at least: no character has strokes so long."""
SINGLE = 2.4
"""The same of one line alone."""
TILT_MM = 0.3
"""By which a line may leave its row over that length."""
GAP = (0.08, 0.7)
"""Between the middles of two lines of a pair, heights of a character."""
TOGETHER = 0.7
"""Share of the shorter line of a pair that lies above or below the other."""
INSIDE = 0.18
"""Share of the writing's height, above and below, in which a line is an underline or a remnant of the form's rule."""
SNAP = 0.7
"""How far the end of such a line is moved to a gap between characters, heights of a character."""
JOINT = 0.25
"""Paper left where something was taken out, heights of a character."""


@dataclass(frozen=True)
class Stroke:
    """A level line: its first column and row, and one past its last, pixels."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def row(self) -> float:
        """Of its middle."""
        return (self.top + self.bottom) / 2


def without_struck(lines: Sequence[Gray], dpi: float = PAGE_DPI) -> tuple[list[Gray], bool]:
    """`lines` of text, (h, w) each, without what is struck out in them, and whether anything is.

    A line of which nothing is left goes, but for the case that nothing would be left at all: then the lines stay as they are.
    """
    spans = [struck_spans(line, dpi) for line in lines]
    left = [_cut_out(line, own, dpi) if own else line for line, own in zip(lines, spans, strict=True)]
    kept = [line for line in left if line.size]
    return (kept or list(lines)), any(spans)


def struck_spans(line: Gray, dpi: float = PAGE_DPI) -> list[tuple[int, int]]:
    """First and one past the last column of every stretch of a line that is struck out, left to right."""
    mask = line < INK_LEVEL
    if not mask.any():
        return []
    height = character_height(mask, dpi)
    strokes = _level_strokes(mask, height, dpi)
    pairs = [(one, other) for number, one in enumerate(strokes) for other in strokes[number + 1 :] if _is_pair(one, other, height)]
    in_pairs = {stroke for pair in pairs for stroke in pair}
    alone = [(stroke,) for stroke in strokes if stroke.right - stroke.left >= SINGLE * height and stroke not in in_pairs]
    return _merged([_snapped(mask, group, height, dpi) for group in (*pairs, *alone)])


def _snapped(mask: Mask, strokes: Sequence[Stroke], height: float, dpi: float) -> tuple[int, int]:
    """What all of `strokes` cover, its ends moved to the nearest gap between characters: a line's end runs into a neighbour's stroke."""
    others = mask.copy()
    half = pixels(TILT_MM, dpi)
    for stroke in strokes:
        others[max(stroke.top - half, 0) : stroke.bottom + half] = False
    gaps = np.flatnonzero(~others.any(axis=0))
    ends = max(stroke.left for stroke in strokes), min(stroke.right for stroke in strokes)
    return _to_gap(ends[0], gaps, height), _to_gap(ends[1], gaps, height)


def _to_gap(column: int, gaps: NDArray[np.intp], height: float) -> int:
    near = gaps[np.abs(gaps - column) <= SNAP * height]
    return int(near[np.abs(near - column).argmin()]) if len(near) else column


def _level_strokes(mask: Mask, height: float, dpi: float) -> list[Stroke]:
    tilt, length = max(pixels(TILT_MM, dpi), 1), max(round(PAIR * height), 2)
    thick = cv2.dilate(mask.astype(np.uint8), np.ones((tilt, 1), np.uint8))
    long = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows = np.nonzero(mask)[0]
    top, bottom = np.percentile(rows, [4, 96])
    inside = INSIDE * (bottom - top)
    stats = components(long.astype(np.bool_))[1]
    found = [Stroke(int(x), int(x + w), int(y), int(y + h)) for x, y, w, h, _ in stats[1:]]
    return [stroke for stroke in found if top + inside <= stroke.row <= bottom - inside]


def _is_pair(one: Stroke, other: Stroke, height: float) -> bool:
    shared = min(one.right, other.right) - max(one.left, other.left)
    shorter = min(one.right - one.left, other.right - other.left)
    return GAP[0] * height <= abs(one.row - other.row) <= GAP[1] * height and shared >= TOGETHER * shorter


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _cut_out(line: Gray, spans: Sequence[tuple[int, int]], dpi: float) -> Gray:
    gap = np.full((line.shape[0], max(round(JOINT * character_height(line < INK_LEVEL, dpi)), 1)), 255, np.uint8)
    edges = [0, *(edge for span in spans for edge in span), line.shape[1]]
    kept = [line[:, left:right] for left, right in zip(edges[::2], edges[1::2], strict=True)]
    return trimmed(np.hstack([piece for part in kept for piece in (part, gap)]))
