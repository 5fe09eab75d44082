"""Small pictures of pieces of fields, for many on one screen.

A side of paper is read once for all its pieces that wait: they come to different groups, and reading a side takes a hundred times as long
as cutting a piece out of it. What is kept is the cut pieces, in memory only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from pipeline.geometry import Box
from pipeline.review.pictures import Pictures
from pipeline.store.pieces import Look, Piece
from pipeline.store.questions import Side

MARGINS_MM: Mapping[Look, float] = {
    "cell": 1.5,
    "part": 2.0,
    "word": 3.0,
    "tick": 3.5,
    "circle": 3.0,
    "oval": 3.0,
    "signature": 4.0,
    "seal": 9.0,
    "blank": 3.0,
}
"""Paper around a piece: writing leaves its place by 2 mm (`fields.MARGIN_MM`), a tick or a ring by more, a seal by half its width."""
DPI = 250
"""A digit of 4 mm is 40 pixels high, which is what 5 rows of pieces leave to each on a screen of 768 lines."""
WIDE_MM = 40.0
WIDE_DPI = 150
"""Of pieces wider than WIDE_MM: nothing small is to be told apart in a signature's presence."""
KEPT = 6_000
"""Pieces kept; one takes 2 to 20 kB."""

Key = tuple[str, int, Box]


class Tiles:
    """Cuts pieces out of sides and keeps the newest."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.kept: OrderedDict[Key, bytes] = OrderedDict()
        self.lock = threading.Lock()

    def png(self, side: Side, piece: Piece, beside: Sequence[Piece]) -> bytes:
        """The piece as PNG; those `beside` it on the same side are cut with it and kept. Raises NoPicture."""
        found = self._known(_key(side, piece))
        if found is not None:
            return found
        wanted = list({_key(side, each): each for each in (piece, *beside)}.items())
        made = self.pictures.cuts(side, [_part(each) for _, each in wanted])
        with self.lock:
            for (key, _), png in zip(wanted, made, strict=True):
                self.kept[key] = png
                self.kept.move_to_end(key)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return made[0]

    def _known(self, key: Key) -> bytes | None:
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
            return self.kept.get(key)


def _key(side: Side, piece: Piece) -> Key:
    return side.scan, side.page, piece.box


def _part(piece: Piece) -> tuple[Box, float]:
    return piece.box.grown(MARGINS_MM[piece.look]), WIDE_DPI if piece.box.w > WIDE_MM else DPI
