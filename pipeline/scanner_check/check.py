"""One line of the diagnosis: what was looked at, how it is, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "fair", "bad", "unknown"]
"""good = fit; fair = it works, better is possible; bad = not fit for reading; unknown = cannot be told from this scan."""
MARKS: dict[Level, str] = {"good": "○", "fair": "△", "bad": "×", "unknown": "－"}


@dataclass(frozen=True)
class Check:
    """One measured property.

    Attributes:
        code: stable machine name.
        title: what was looked at, Japanese.
        level: see Level.
        value: what was found, Japanese with numbers and units.
        advice: what to do, Japanese; "" when there is nothing to do.
        measured: the bare numbers by name; units are in the names.
    """

    code: str
    title: str
    level: Level
    value: str
    advice: str
    measured: dict[str, object]


def graded(amount: float, fair: float, bad: float) -> Level:
    """Level of something of which more is worse: good up to `fair`, bad above `bad`."""
    return "good" if amount <= fair else "fair" if amount <= bad else "bad"


def worst(*levels: Level) -> Level:
    """The worst of some levels; unknown only when nothing is known."""
    order: tuple[Level, ...] = ("bad", "fair", "good", "unknown")
    return next(level for level in order if level in levels)
