"""Places for a seal: the printed 印, alone or in a ring."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pipeline.forms_new.found import Found
from pipeline.forms_new.lines import Line, Token, holds, is_spread
from pipeline.forms_new.paper import Paper
from pipeline.geometry import Box

SIGNS = frozenset({"印", "(印)", "㊞"})
SEAL_MM = 15.0
"""A personal seal is 10 to 15 mm across..."""
LEAST_MM = 8.0
"""...and is put into a row of a form this high."""
RING_SHARE = 0.06
"""Share of the place that may be printed: the sign, and a ring round it."""


def seals_in(lines: Sequence[Line], cells: Sequence[Box], paper: Paper) -> list[Found]:
    """A square around every lone 印, within its cell; none where other print is near or the cell is the sign's own label."""
    found = []
    for token in (token for line in lines if not is_spread(line) for token in line if unicodedata.normalize("NFKC", token.text) in SIGNS):
        place = _place(token, cells)
        if place is not None and paper.share(place) < RING_SHARE:
            found.append(Found(place, "seal", "印"))
    return found


def _place(token: Token, cells: Sequence[Box]) -> Box | None:
    x, y = token.box.x + token.box.w / 2, token.box.y + token.box.h / 2
    cell = next((cell for cell in cells if holds(cell, token.box)), None)
    size = SEAL_MM if cell is None else min(SEAL_MM, 2 * min(x - cell.x, cell.right - x, y - cell.y, cell.bottom - y))
    return Box(x - size / 2, y - size / 2, size, size) if size >= LEAST_MM else None
