"""Stage 7: the text of a field, by its kind, -> a value or a problem."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Normalised:
    """Either a value or the machine name of what is wrong with the text; both None for a blank text."""

    value: str | int | None
    problem: str | None
