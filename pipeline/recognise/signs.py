"""What a field of choices says, whatever its options look like: the sign found at each option, and the reading that follows."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms import Option

CLEAR = 0.999
"""Probability given to a reading without doubt, squares, words and ovals alike.

Measured on drawn fields (python -m benchmarks.marks --kind unfilled --fields 3000 --seed 77): 1 wrong of 5,221 such readings, so at most
0.091 % are wrong (one-sided 95 % bound): that proves 0.1 % for squares and words together, not for each (squares 0 of 2,724, at most
0.11 %; words 1 of 2,497, at most 0.19 %), nor for ovals (0 of 442, at most 0.68 %), nor for other paper than is drawn there.
"""
DOUBTED = 0.6
"""Probability given to a reading with a doubt: a guess for the reviewer's screen, never for a decision."""


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
        unsure: options that a person must look at; empty when the doubt is about the field (two chosen where one is asked).
    """

    chosen: tuple[str, ...]
    confidence: float
    doubt: bool
    struck: tuple[str, ...] = ()
    evidence: tuple[tuple[str, float], ...] = ()
    unsure: tuple[str, ...] = ()


@dataclass
class Sign:
    """What was found at one option while the crop is read."""

    option: Option
    amount: float = 0.0
    struck: bool = False
    unsure: bool = False


def conclude(signs: list[Sign], *, single: bool) -> MarkReading:
    """The reading of a field whose options show `signs`; `single`: at most one may be chosen."""
    chosen = tuple(sign.option.name for sign in signs if sign.amount >= 0.5 and not sign.struck)
    struck = tuple(sign.option.name for sign in signs if sign.struck)
    doubt = any(sign.unsure for sign in signs) or (single and len(chosen) > 1) or bool(struck and not chosen)
    evidence = tuple((sign.option.name, round(sign.amount, 3)) for sign in signs)
    unsure = tuple(sign.option.name for sign in signs if sign.unsure)
    return MarkReading(chosen, DOUBTED if doubt else CLEAR, doubt, struck, evidence, unsure)
