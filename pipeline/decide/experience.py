"""The duties of each row -> the field of the trade they speak of, as one more value of the sheet: `rows[0].classified`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from pipeline.experience import Classified
from pipeline.sheet import FieldValue

KIND = "field"
"""Kind of the values made here; not a kind of form field, nobody writes them."""
LEAST_PROBABILITY = 1e-6
"""Where the logarithm of a probability is cut."""


class Classifies(Protocol):
    """The seven fields: `experience.classify.Classifier`, or what remembers its answers."""

    def classify(self, texts: Sequence[str], *, max_error: float, evidence: bool = True) -> list[Classified]:
        """One answer per text."""


def classify_rows(values: Sequence[FieldValue], classifier: Classifies, max_error: float) -> tuple[FieldValue, ...]:
    """One value per filled `rows[n].duties` among `values`.

    Args:
        values: of one sheet.
        classifier: the seven fields.
        max_error: share of accepted classifications that may be wrong.

    Returns:
        Values whose text is one of `experience.FIELDS` or NONE; candidates are all of these, ranked. What was read with doubt is
        classified all the same, for the reviewer, and waits for a person like the text it came from.
    """
    duties = [value for value in values if value.name.endswith(".duties") and value.raw]
    answers = classifier.classify([value.raw for value in duties], max_error=max_error, evidence=False)
    return tuple(_value(text, answer) for text, answer in zip(duties, answers, strict=True))


def _value(duties: FieldValue, answer: Classified) -> FieldValue:
    sure = answer.decision == "accept" and duties.decision == "accept"
    return FieldValue(
        name=duties.name.removesuffix("duties") + "classified",
        kind=KIND,
        raw=answer.main,
        value=answer.main,
        problem=None,
        confidence=answer.ranked[0][1] * duties.confidence,
        decision="accept" if sure else "review",
        reason=None if sure else "field_undecided",
        candidates=tuple((name, math.log(max(probability, LEAST_PROBABILITY))) for name, probability in answer.ranked),
        box=duties.box,
    )
