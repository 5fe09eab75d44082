"""Texts -> the seven fields, with the words that carried the answer. numpy only; loading takes well under a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MissingOnMachine
from pipeline.experience import FIELDS, NONE, Classified
from pipeline.experience.features import features, fold, words

MODEL = Path(__file__).parent / "data" / "model.npz"
LABELS = (*FIELDS, NONE)
ALSO_PROBABILITY = 0.5
"""A further field is named from an even chance on: it is a suggestion beside the main field, which alone is decided."""
EVIDENCE_WORDS = 4
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Classifier:
    """One logistic regression per label over TF-IDF features.

    Attributes:
        vocabulary: feature -> row.
        idf: (n,) inverse document frequencies.
        weights, bias: (n, 8) and (8,).
        certainty: (3,) intercept and weights of the chance that the best label is right, over (log odds, margin of log odds).
        thresholds: (bound on the error, certainty from which it holds), strictest first.
    """

    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    certainty: Floats
    thresholds: tuple[tuple[float, float], ...]

    def classify(self, texts: Sequence[str], *, max_error: float) -> list[Classified]:
        """One answer per text. `max_error`: bound on the share of wrong ones among those accepted."""
        return [self._classify(text, self.threshold(max_error)) for text in texts]

    def threshold(self, max_error: float) -> float:
        """Certainty from which the error stays below `max_error`; above 1 (nothing is accepted) when none was shown to."""
        return min((level for bound, level in self.thresholds if bound <= max_error), default=2.0)

    def log_odds(self, text: str) -> Floats:
        """(8,) log odds of each label."""
        rows, values = self._vector(text)
        return cast(Floats, values @ self.weights[rows] + self.bias)

    def _vector(self, text: str) -> tuple[NDArray[np.intp], Floats]:
        counts = {self.vocabulary[name]: count for name, count in features(text).items() if name in self.vocabulary}
        rows = np.fromiter(counts.keys(), np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[rows]
        norm = float(np.linalg.norm(values))
        return rows, values / norm if norm else values

    def _classify(self, text: str, threshold: float) -> Classified:
        odds = self.log_odds(text)
        order = [int(index) for index in np.argsort(-odds, kind="stable")]
        probabilities = 1 / (1 + np.exp(-odds))
        main = LABELS[order[0]]
        sure = certainty(self.certainty, odds) >= threshold
        also = tuple(LABELS[index] for index in order[1:] if probabilities[index] >= ALSO_PROBABILITY and LABELS[index] != NONE)
        return Classified(
            main=main,
            ranked=tuple((LABELS[index], float(probabilities[index])) for index in order),
            also=() if main == NONE else also,
            decision="accept" if sure and fold(text) else "review",
            evidence=self._evidence(text, order[0]),
        )

    def _evidence(self, text: str, label: int) -> tuple[str, ...]:
        """Words whose features add most to `label`, as they stand in the text."""
        rows, values = self._vector(text)
        gain = {int(row): float(value) for row, value in zip(rows, values * self.weights[rows, label], strict=True)}
        scored: dict[str, float] = {}
        for surface, lemma in words(fold(text)):
            names = {f"w{lemma}", *(f"c{surface[start:end]}" for start in range(len(surface)) for end in range(start + 2, start + 5))}
            scored[surface] = sum(gain.get(self.vocabulary.get(name, -1), 0.0) for name in names)
        best = sorted((surface for surface in scored if scored[surface] > 0), key=lambda surface: -scored[surface])
        return tuple(best[:EVIDENCE_WORDS])


def certainty(coefficients: Floats, odds: Floats) -> float:
    """Chance that the label with the highest of `odds` (8,) is the right one."""
    best, second = np.sort(odds)[::-1][:2]
    return float(1 / (1 + np.exp(-(coefficients[0] + coefficients[1] * best + coefficients[2] * (best - second)))))


def load_classifier(path: Path = MODEL) -> Classifier:
    """The classifier as trained. Raises MissingOnMachine when it was not."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            vocabulary = bytes(stored["vocabulary"]).decode("utf-8").split("\n")
            thresholds = json.loads(bytes(stored["thresholds"]).decode("utf-8"))
            return Classifier(
                vocabulary={name: row for row, name in enumerate(vocabulary)},
                idf=stored["idf"].astype(np.float32),
                weights=stored["weights"].astype(np.float32),
                bias=stored["bias"].astype(np.float32),
                certainty=stored["certainty"].astype(np.float32),
                thresholds=tuple((float(bound), float(level)) for bound, level in thresholds),
            )
    except OSError as exc:
        raise MissingOnMachine("業務分野の分類モデルがありません。python -m pipeline.experience.train で作れます。") from exc
