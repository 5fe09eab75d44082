"""What the classifier of boxed characters says of a field with cells, beside what the strip of its cells was read as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise import Candidate, Reading
from pipeline.recognise.box_input import SHAPES, BoxCell, Floats
from pipeline.recognise.charsets import characters
from pipeline.recognise.context import SMALL, settled

CLASSIFIER = "boxes"
"""Its name as a reader."""
OTHER = len(SHAPES)
"""Column of "none of SHAPES"."""
TWINS = SMALL | {full: small for small, full in SMALL.items()}
"""Kana of one shape in two sizes."""
LEAST = -12.0
"""Natural log of a cell's character, at least: no drawn page can prove more."""
STRIP_WEIGHT, BOXES_WEIGHT = 1.0, 0.5
"""Exponents of the two readers' probabilities in their product. On the fitted half of `benchmarks.boxes fields` digits do not care, kana
would have (0.5, 0.5); with these the strip's own odds, on which the shipped calibration rests, are never made flatter."""
UNSEEN = 1.0
"""Natural log by which a text that the strip did not offer lies below the last one it offered, and below what the strip leaves over."""
LEAST_LEFT = 1e-7
"""Probability that a strip leaves to what it does not offer, at least."""
FARTHEST = 8.0
"""Margins beyond this are not told apart."""


class BoxClassifier(Protocol):
    """Classifies the inked cells of a page in one batch."""

    def read(self, cells: Sequence[BoxCell]) -> Floats:
        """(len(cells), len(SHAPES) + 1) natural-log probabilities, the last column for none of SHAPES. Raises EngineError."""
        ...


@dataclass(frozen=True)
class BoxVote:
    """The classifier's word on a field.

    Attributes:
        text: the field's text by the classifier alone; "" where a cell holds none of its characters.
        strip: the field's text by the strip alone.
        margin: natural log by which the classifier prefers the strip's text to any other; negative where it prefers another.
    """

    text: str
    strip: str
    margin: float


@dataclass(frozen=True)
class Cells:
    """The inked cells of a field, classified.

    Attributes:
        log_probs: (n, k + 1) natural-log probabilities of the cells over the k characters of the field that the classifier knows; the
            last column is "something else".
        known: these k characters.
        charset: the field's.
    """

    log_probs: NDArray[np.float64]
    known: str
    charset: str

    @property
    def text(self) -> str:
        """The likeliest text; "" where some cell most likely holds something else."""
        best = self.log_probs.argmax(axis=1)
        return "" if (best == len(self.known)).any() else self._settled("".join(self.known[place] for place in best))

    def log_prob(self, text: str) -> float:
        """Of a text, over the writings that its neighbours settle to it; LEAST per cell where the number of characters is another."""
        if len(text) != len(self.log_probs):
            return LEAST * len(self.log_probs)
        return sum(self._cell(place, text) for place in range(len(text)))

    def margin(self, text: str) -> float:
        """How far `text` lies above the likeliest other text; negative where that one is likelier."""
        if len(text) != len(self.log_probs):
            return -FARTHEST
        gaps = []
        for place in range(len(text)):
            same = {self._column(text[place]), *self._twin(place, text)}
            rivals = [value for column, value in enumerate(self.log_probs[place]) if column not in same]
            gaps.append(self._cell(place, text) - max(max(rivals), LEAST))
        below = [gap for gap in gaps if gap < 0]
        return float(np.clip(sum(below) if below else min(gaps), -FARTHEST, FARTHEST))

    def _cell(self, place: int, text: str) -> float:
        columns = [self._column(text[place]), *self._twin(place, text)]
        return max(float(np.logaddexp.reduce(self.log_probs[place, columns])), LEAST)

    def _column(self, char: str) -> int:
        found = self.known.find(char)
        return found if found >= 0 else len(self.known)

    def _twin(self, place: int, text: str) -> list[int]:
        """The same kana in the other size, where its neighbours say which it is."""
        twin = TWINS.get(text[place])
        if twin is None or self._settled(text[:place] + twin + text[place + 1 :]) != text:
            return []
        return [self._column(twin)]

    def _settled(self, text: str) -> str:
        return settled([Candidate(text, 0.0)], self.charset)[0].text


@cache
def _columns(charset: str) -> tuple[str, tuple[int, ...]]:
    """The characters of `charset` that the classifier knows and their columns; its dash is a hyphen where there is no long vowel."""
    allowed = characters(charset)
    pairs = [(char, column) for column, char in enumerate(SHAPES) if char in allowed]
    if "-" in allowed and "ー" not in allowed:
        pairs.append(("-", SHAPES.index("ー")))
    return "".join(char for char, _ in pairs), tuple(column for _, column in pairs)


def of_field(log_probs: Floats, charset: str) -> Cells:
    """The classifier's answers for the cells of one field, (n, len(SHAPES) + 1), under the field's characters.

    What looks most like a character of another set (a ノ among digits) is not "something else": the field's own are weighed against
    each other and against OTHER alone.
    """
    known, columns = _columns(charset)
    kept = log_probs[:, [*columns, OTHER]].astype(np.float64)
    return Cells(kept - np.logaddexp.reduce(kept, axis=1, keepdims=True), known, charset)


def classified(groups: Sequence[tuple[Sequence[BoxCell], str]], classifier: BoxClassifier | None) -> list[Cells | None]:
    """Per field its cells, all of them classified in one call; None for a field without any.

    Args:
        groups: inked cells and set of characters of each field.
        classifier: None = nobody is asked.

    Raises:
        EngineError: the classifier does not run.
    """
    cells = [cell for group, _ in groups for cell in group]
    if classifier is None or not cells:
        return [None] * len(groups)
    rows, found, place = classifier.read(cells), list[Cells | None](), 0
    for group, charset in groups:
        found.append(of_field(rows[place : place + len(group)], charset) if group else None)
        place += len(group)
    return found


def pooled(reading: Reading, cells: Cells, weights: tuple[float, float] = (STRIP_WEIGHT, BOXES_WEIGHT)) -> Reading:
    """The strip's candidates and the classifier's best text by the product of both; their probabilities add up to as much as before."""
    if not reading.candidates:
        return reading
    own, offered = cells.text, list(reading.candidates)
    mass = min(float(np.logaddexp.reduce([candidate.log_prob for candidate in offered])), 0.0)
    if own and own not in {candidate.text for candidate in offered}:
        left = float(np.log(max(-np.expm1(mass), LEAST_LEFT)))
        offered.append(Candidate(own, min(left, *(candidate.log_prob for candidate in offered)) - UNSEEN))
    scores = np.array([weights[0] * c.log_prob + weights[1] * cells.log_prob(c.text) for c in offered])
    scores += mass - np.logaddexp.reduce(scores)
    found = [Candidate(candidate.text, float(score)) for candidate, score in zip(offered, scores, strict=True)]
    return replace(reading, candidates=tuple(sorted(found, key=lambda candidate: -candidate.log_prob)))
