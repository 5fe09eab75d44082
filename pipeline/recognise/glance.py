"""A line of text looked at once: its likeliest text, where its characters stand, and the way to read it or a part of it properly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise import Reading
from pipeline.recognise.lines import SIDE_PADDING

STEP_WIDTH = 8
"""Pixels of a line per step of the network's output."""


@dataclass(frozen=True)
class Glance:
    """A line looked at once: its likeliest text, and what it takes to read it properly with fewer characters.

    Attributes:
        text: the likeliest character of each step.
        read: name of allowed characters -> the full reading; the network is not asked again.
        shares: where each character begins and the last one ends, shares of the line's ink; empty where that is not known.
        part: name of allowed characters, numbers of a first character and of the one behind the last -> the reading of that part of the
            line; None where shares are not known.
    """

    text: str
    read: Callable[[str], Reading]
    shares: tuple[float, ...] = ()
    part: Callable[[str, int, int], Reading] | None = None


def borders(best: NDArray[np.intp], kept: NDArray[np.bool_]) -> list[int]:
    """Steps between which each character stands: half way between the last step of one and the first of the next."""
    firsts = np.flatnonzero(kept)
    inked = np.flatnonzero(best > 0)
    lasts = [int(inked[inked < first][-1]) for first in firsts[1:]]
    between = [(last + int(first) + 1) // 2 for last, first in zip(lasts, firsts[1:], strict=True)]
    return [0, *between, len(best)]


def shares(between: Sequence[int], steps: int) -> tuple[float, ...]:
    """Steps as shares of the line's ink, without the white before and behind it."""
    ink = steps * STEP_WIDTH - 2 * SIDE_PADDING
    return tuple(min(max((border * STEP_WIDTH - SIDE_PADDING) / ink, 0.0), 1.0) for border in between)
