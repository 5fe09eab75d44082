"""Why the duties of a row speak of a field, for the page: the text in pieces, the ranked fields, the nearest examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.experience import FIELDS, NAMES
from pipeline.experience.classify import Classifier, certainty
from pipeline.experience.explain import Reason, reasons
from pipeline.experience.features import describe
from pipeline.experience.marking import Piece, pieces
from pipeline.sheet import FieldValue

Settled = Literal["person", "machine", "waiting", "blank"]
COMPARED = 2
"""Fields shown side by side where the answer is undecided."""


@dataclass(frozen=True)
class Explained:
    """What the classifier makes of a text.

    Attributes:
        pieces: the text as written; the words that carried the fields in `reasons` are marked.
        ranked: every field and its chance, best first.
        reasons: of the fields that are compared, best first.
        sure: chance that the best field is the right one.
        needed: the chance from which on nobody is asked; above 1 = always asked.
    """

    pieces: tuple[Piece, ...]
    ranked: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    sure: float
    needed: float

    @property
    def is_sure(self) -> bool:
        """Whether the machine would answer this alone."""
        return self.sure >= self.needed


def explained(classifier: Classifier, text: str, *, max_error: float) -> Explained:
    """The answer for a text with its reasons; those of the two best fields where it is undecided, else of the best."""
    (answer,) = classifier.classify([text], max_error=max_error, evidence=False)  # the reasons hold it
    found = reasons(classifier, text, answer)[: 1 if answer.decision == "accept" else COMPARED]
    sure = certainty(classifier.certainty, classifier.log_odds(describe(text)))
    marked = pieces(text, {reason.field: reason.words for reason in found})
    return Explained(marked, answer.ranked, tuple(found), sure, classifier.threshold(max_error))


def settled_by(classified: FieldValue | None, *, said: bool) -> Settled:
    """Who has decided the field of a row."""
    if classified is None or classified.decision == "blank":
        return "blank"
    if said and classified.decision == "accept":
        return "person"
    return "machine" if classified.decision == "accept" else "waiting"


def numbered(field: str) -> str:
    """4 OP（オペレーション）, by the number the form gives it."""
    number = f"{FIELDS.index(field) + 1} " if field in FIELDS else ""
    return f"{number}{field}（{NAMES[field]}）" if field in FIELDS else NAMES.get(field, field)
