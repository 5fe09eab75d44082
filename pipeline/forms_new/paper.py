"""The ink of a blank page: where it is white, and the largest white rectangle in a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.geometry import MM_PER_INCH, Box, pixels

WHITE_SHARE = 0.004
"""Ink in a white place at most: specks."""
RULE_ROOM_MM = 0.3
"""Ink this close to a cell's edge belongs to its rule."""
GRID_MM = 0.5
"""Steps in which white rectangles are looked for."""


@dataclass(frozen=True)
class Paper:
    """A page's print apart from its rules.

    Attributes:
        print_: (h, w) uint8, 255 where something is printed that is no rule, at REFERENCE_DPI.
    """

    print_: NDArray[np.uint8]

    @cached_property
    def _sums(self) -> NDArray[np.int64]:
        return np.pad((self.print_ > 0).astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def share(self, box: Box) -> float:
        """Share of `box` that is printed; 1 for a box without area."""
        (top, bottom), (left, right) = self._span(box.y, box.bottom, 0), self._span(box.x, box.right, 1)
        if bottom <= top or right <= left:
            return 1.0
        sums = self._sums
        return float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]) / ((bottom - top) * (right - left))

    def is_white(self, box: Box) -> bool:
        """Is nothing printed there?"""
        return self.share(box) <= WHITE_SHARE

    def _span(self, low: float, high: float, axis: int) -> tuple[int, int]:
        size = self.print_.shape[axis]
        return min(max(pixels(low, REFERENCE_DPI), 0), size), min(max(pixels(high, REFERENCE_DPI), 0), size)

    def _edges(self, start: float, count: int, axis: int) -> NDArray[np.int64]:
        """Pixels of the grid's lines from `start` mm on."""
        places = np.rint((start + GRID_MM * np.arange(count + 1)) * REFERENCE_DPI / MM_PER_INCH).astype(np.int64)
        return np.asarray(np.clip(places, 0, self.print_.shape[axis]), np.int64)

    def largest_white(self, place: Box, taken: Sequence[Box]) -> Box | None:
        """The largest rectangle of `place` without print and without `taken`; None where all is printed."""
        rows, columns = int(place.h / GRID_MM), int(place.w / GRID_MM)
        down, across = (self._edges(start, count, axis) for axis, (start, count) in enumerate([(place.y, rows), (place.x, columns)]))
        sums = self._sums[np.ix_(down, across)]
        free = np.diff(np.diff(sums, axis=0), axis=1) == 0
        for box in taken:
            top, bottom = int((box.y - place.y) / GRID_MM), -int(-(box.bottom - place.y) // GRID_MM)
            left, right = int((box.x - place.x) / GRID_MM), -int(-(box.right - place.x) // GRID_MM)
            free[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
        best = max(_rectangles(free), key=lambda found: found[2] * found[3], default=None)
        if best is None:
            return None
        return Box(place.x + best[0] * GRID_MM, place.y + best[1] * GRID_MM, best[2] * GRID_MM, best[3] * GRID_MM)


def _rectangles(free: NDArray[np.bool_]) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width, height of the free rectangles that cannot grow to either side; one pass of the histogram method."""
    heights = np.zeros(free.shape[1], np.int64)
    for row in range(free.shape[0]):
        heights = np.where(free[row], heights + 1, 0)
        open_: list[tuple[int, int]] = []
        for column, height in enumerate([*heights.tolist(), 0]):
            start = column
            while open_ and open_[-1][1] >= height:
                start, tall = open_.pop()
                if tall:
                    yield start, row - tall + 1, column - start, tall
            open_.append((start, height))
