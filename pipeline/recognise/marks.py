"""Marks: which printed choices the applicant marked, and when that cannot be said for sure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MarkReading:
    """What was marked in one field of choices.

    Attributes:
        chosen: names of the options that are marked and not struck out, in the order the form prints them.
        confidence: probability that `chosen` is exactly what the applicant meant.
        doubt: True when a person must look: something lies between marked and unmarked, a mark belongs to no option or to
            two, or more than one option is chosen where the field allows one (all of them are in `chosen`).
        struck: options that carry a mark which was crossed out.
        evidence: (option, amount of mark) for every option, 0 = nothing there, 1 = surely marked.
    """

    chosen: tuple[str, ...]
    confidence: float
    doubt: bool
    struck: tuple[str, ...] = ()
    evidence: tuple[tuple[str, float], ...] = ()
