"""Whose ink is it: writing that leaves its box stays with its field, and a neighbour's writing does not come in.

A connected piece of ink belongs to a field when a good part of it stands in the field's box. What belongs to somebody else is
shown only where it stands in the box itself; what stands in no box belongs to the fields it is nearest to.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray

Window = tuple[slice, slice]
"""Rows and columns of a picture."""
_OWN_SHARE = 0.3
"""Share of a piece of ink that must stand in a field's box to be the field's: a long tail does not change hands, a seal has two."""
_TINY_SHARE = 0.02
"""Below it, what stands in the box is the edge of a neighbour's stroke."""


class InkPieces:
    """The connected pieces of a page's ink and how they spread over the fields' boxes."""

    def __init__(self, ink: Gray, boxes: list[Window]) -> None:
        """Label the page.

        Args:
            ink: (h, w) uint8, above 0 on ink.
            boxes: of every field, in pixels of `ink`.
        """
        count, self._labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
        self._area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
        self._boxes = boxes
        self._share = np.zeros((len(boxes), count))
        for number, box in enumerate(boxes):
            self._share[number] = np.bincount(self._labels[box].ravel(), minlength=count) / self._area
        self._share[:, 0] = 0
        self._best = self._share.max(axis=0, initial=0.0)

    def of_field(self, number: int, window: Window) -> NDArray[np.uint8]:
        """(h, w) uint8: 255 in `window`, which holds the field's box, where the ink is the field's."""
        share = self._share[number]
        whole = ((share >= _OWN_SHARE) | ((share > 0) & (share == self._best))) | (self._best == 0)
        whole[0] = False
        inside = share >= _TINY_SHARE
        labels = self._labels[window]
        keep = np.asarray(np.where(whole, 255, 0).astype(np.uint8)[labels], np.uint8)
        rows, columns = self._boxes[number]
        top, left = rows.start - window[0].start, columns.start - window[1].start
        box = slice(top, top + rows.stop - rows.start), slice(left, left + columns.stop - columns.start)
        keep[box][inside[labels[box]]] = 255
        return keep
