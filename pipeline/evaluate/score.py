"""Counts of judged fields and the bound on what was let through wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.judge import Judged
from pipeline.recognise.calibration import upper_bound


@dataclass(frozen=True)
class Score:
    """Fields of one kind, or all.

    Attributes:
        n: fields where something is written or was read; presence fields always.
        exact: of these, the whole value right.
        errors, length: character errors over true characters.
        accepted: of these, let through unseen; accepted_wrong: of the accepted.
        empty: further fields that are blank and were certainly seen as blank.
    """

    n: int
    exact: int
    errors: int
    length: int
    accepted: int
    accepted_wrong: int
    empty: int

    @property
    def char_error_rate(self) -> float | None:
        """Character errors per true character; None where no text is judged."""
        return self.errors / self.length if self.length else None

    @property
    def accepted_error_upper95(self) -> float | None:
        """One-sided 95 % upper bound (Clopper-Pearson) of the error rate among accepted fields; None where none was accepted."""
        return upper_bound(self.accepted_wrong, self.accepted) if self.accepted else None

    def to_json(self) -> dict[str, Any]:
        """The keys of the `intake evaluate` contract, and `empty`."""
        return {
            "n": self.n,
            "exact": self.exact,
            "char_error_rate": _rounded(self.char_error_rate),
            "accepted": self.accepted,
            "accepted_wrong": self.accepted_wrong,
            "accepted_error_upper95": _rounded(self.accepted_error_upper95),
            "empty": self.empty,
        }


def score(judged: Iterable[Judged]) -> Score:
    """Count fields."""
    every = list(judged)
    counted = [one for one in every if not one.empty]
    return Score(
        n=len(counted),
        exact=sum(one.exact for one in counted),
        errors=sum(one.errors for one in counted),
        length=sum(one.length for one in counted),
        accepted=sum(one.accepted for one in counted),
        accepted_wrong=sum(one.accepted and not one.exact for one in counted),
        empty=len(every) - len(counted),
    )


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 6)
