"""What the candidates of a field say about its value, as probabilities, and whether two sheets speak of the same person."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.normalise import fold_for_comparison, normalise
from pipeline.sheet import FieldValue, Sheet

Relation = Literal["same", "different", "unknown"]
Key = Callable[[str], str | None]
"""Text of a candidate -> what two sheets are compared by; None for a text that is no valid value."""

NAME_FIELDS = {"a": "name", "b": "name", "c": "applicant_name", "certificate": "name"}
"""Where the applicant's name stands on each sheet. D has a signature only."""
NUMBER_FIELD = "pass_number"

SAME_IN_SCAN = 0.2
SAME_ACROSS_SCANS = 0.5
"""Probability that two sheets say the same thing, from which they are taken as saying it. A ten-digit number or a name hardly ever
agrees by chance; sheets from different files need more, because nothing else holds them together."""
SAME_UNDER_OTHER_NAME = 0.95
"""The same for a number that stands under two different names: both must be read without doubt before it is taken as a slip."""
DIFFERENT = 0.02
"""Below this probability, everything the candidates leave open counted in favour, two sheets say different things."""


@dataclass(frozen=True)
class Belief:
    """Probability of each key; `rest` is what no candidate holds. Nothing read: no keys, rest 1."""

    chances: Mapping[str, float]
    rest: float

    def overlap(self, other: Belief) -> float:
        """Probability that both say the same, of what the candidates name."""
        return sum(chance * other.chances.get(key, 0.0) for key, chance in self.chances.items())

    def relation(self, other: Belief, same_from: float) -> Relation:
        """Whether the two say the same thing; unknown when either leaves too much open."""
        overlap = self.overlap(other)
        if overlap >= same_from:
            return "same"
        return "different" if overlap + self.rest + other.rest < DIFFERENT else "unknown"


NOTHING = Belief({}, 1.0)
KEYS_KEPT = 4096
"""Candidate texts whose key is remembered: those of some hundred packets, which are compared again and again."""


def belief(value: FieldValue | None, key: Key) -> Belief:
    """The field's calibrated confidence for what it was read as, and what the other candidates hold of the rest."""
    if value is None or value.decision == "blank":
        return NOTHING
    chances: dict[str, float] = {}
    leading = key(str(value.value) if value.decision == "accept" and value.value is not None else value.raw)
    if leading:
        chances[leading] = value.confidence
    others = [(key(text), math.exp(min(0.0, log_prob))) for text, log_prob in value.candidates]
    mass = sum(chance for name, chance in others if name != leading)
    share = min(1.0, (1.0 - value.confidence) / mass) if mass > 0 else 0.0
    for name, chance in others:
        if name and name != leading:
            chances[name] = chances.get(name, 0.0) + share * chance
    return Belief(chances, max(0.0, 1.0 - sum(chances.values())))


@lru_cache(maxsize=KEYS_KEPT)
def number_key(text: str) -> str | None:
    """Ten digits, or nothing."""
    value = normalise("digits", text, field=NUMBER_FIELD).value
    return str(value) if value is not None else None


@lru_cache(maxsize=KEYS_KEPT)
def name_key(text: str) -> str | None:
    """A name with variants folded and spaces dropped."""
    return fold_for_comparison(text) or None


def number_belief(sheet: Sheet) -> Belief:
    """What the sheet says its pass number is."""
    return belief(sheet.value(NUMBER_FIELD), number_key)


def name_belief(sheet: Sheet) -> Belief:
    """What the sheet says the applicant's name is."""
    return belief(sheet.value(NAME_FIELDS.get(sheet.sheet or "", "")), name_key)
