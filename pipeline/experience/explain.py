"""Why a text was put into a field, for people: the words that carried each field, and the nearest example of the association's guide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.experience import NONE, Classified
from pipeline.experience.classify import Classifier
from pipeline.experience.corpus import DATA, Example, read_corpus
from pipeline.experience.encode import Encoder
from pipeline.experience.features import Described, describe, fold

GUIDE_THEME = "guide"
SHOWN = 2
"""Fields that are explained at least: an undecided text is settled between the two best."""


@dataclass(frozen=True)
class Reason:
    """What speaks for one field.

    Attributes:
        field: one of FIELDS or NONE.
        probability: of the field.
        words: of the text, strongest first; without any of them the field scores lower.
        example: the sentence of the guide that is most like the text; "" for NONE, which the guide has no examples of.
        likeness: of that example, 0 to 1.
    """

    field: str
    probability: float
    words: tuple[str, ...]
    example: str
    likeness: float


def reasons(classifier: Classifier, text: str, answer: Classified) -> list[Reason]:
    """The reasons for the main field, the further fields, and the best other one; best first."""
    wanted = {answer.main, *answer.also, *(field for field, _ in answer.ranked[:SHOWN])}
    described, guide = describe(text), _guide()
    found = []
    for field, probability in answer.ranked:
        if field in wanted:
            example, likeness = _nearest(classifier.encoder, described, guide.get(field, ()))
            found.append(Reason(field, probability, classifier.evidence(text, field), example, likeness))
    return found


def marked(text: str, words: Sequence[str]) -> str:
    """The text in its folded form (`features.fold`) with 【 】 round every one of `words`, neighbours together."""
    folded = fold(text)
    if not words:
        return folded
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: f"【{found[0]}】", folded).replace("】【", "")


@lru_cache(maxsize=1)
def _guide() -> dict[str, tuple[tuple[Example, Described], ...]]:
    """The guide's sentences by main field."""
    examples = [example for example in read_corpus(DATA) if example.theme == GUIDE_THEME]
    return {
        field: tuple((example, describe(example.text)) for example in examples if example.main == field)
        for field in {example.main for example in examples} - {NONE}
    }


def _nearest(encoder: Encoder, described: Described, examples: Sequence[tuple[Example, Described]]) -> tuple[str, float]:
    alike = [(_likeness(encoder, described, other), example.text) for example, other in examples]
    likeness, text = max(alike, default=(0.0, ""))
    return text, likeness


def _likeness(encoder: Encoder, one: Described, other: Described) -> float:
    """Mean of two cosines, of the features and of the mean word vectors, 0 to 1."""
    (rows, values), (other_rows, other_values) = encoder.features(one), encoder.features(other)
    _, here, there = np.intersect1d(rows, other_rows, assume_unique=True, return_indices=True)
    features = float(values[here] @ other_values[there])
    meaning = float(encoder.meanings(one).sum(axis=0) @ encoder.meanings(other).sum(axis=0))
    return min(max((features + meaning) / 2, 0.0), 1.0)
