"""Texts -> the seven fields, with the words that carried the answer. numpy only; loading takes under a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

import numpy as np

from pipeline.errors import MissingOnMachine
from pipeline.experience import FIELDS, NONE, Classified
from pipeline.experience.cues import is_bare_cue
from pipeline.experience.encode import Encoder, Floats
from pipeline.experience.features import Described, describe, fold, grams
from pipeline.experience.network import Network, load_network
from pipeline.experience.vectors import load_vectors

MODEL = Path(__file__).parent / "data" / "model.npz"
LABELS = (*FIELDS, NONE)
ALSO_PROBABILITY = 0.5
"""A further field is named from an even chance on: it is a suggestion beside the main field, which alone is decided."""
EVIDENCE_WORDS = 4
NETWORK = 0.4
"""Weight of the network's answer beside the regression's log odds; chosen on folds of the themes to learn from."""


@dataclass(frozen=True)
class Classifier:
    """One logistic regression per label over TF-IDF features and the mean word vector, and a network beside it.

    Attributes:
        encoder: text -> numbers.
        weights, meaning_weights, bias: (n, 8), (d, 8) and (8,).
        certainty: (3,) intercept and weights of the chance that the best label is right, over (log odds, margin of log odds).
        thresholds: (bound on the error, certainty from which it holds), strictest first.
        corpus: checksum of the corpus it was trained on.
        network: its answer is added to the log odds; None = the regression alone.
    """

    encoder: Encoder
    weights: Floats
    meaning_weights: Floats
    bias: Floats
    certainty: Floats
    thresholds: tuple[tuple[float, float], ...]
    corpus: str
    network: Network | None = None

    def classify(self, texts: Sequence[str], *, max_error: float, evidence: bool = True) -> list[Classified]:
        """One answer per text.

        Args:
            texts: duties as written.
            max_error: bound on the share of wrong ones among those accepted.
            evidence: whether the words are looked for; it takes several times as long as the answer.
        """
        return [self._classify(text, self.threshold(max_error), evidence=evidence) for text in texts]

    def threshold(self, max_error: float) -> float:
        """Certainty from which the error stays below `max_error`; above 1 (nothing is accepted) when none was shown to."""
        return min((level for bound, level in self.thresholds if bound <= max_error), default=2.0)

    def log_odds(self, described: Described, network: Network | None = None) -> Floats:
        """(8,) log odds of each label. `network`: another one is asked than this classifier's own."""
        rows, values = self.encoder.features(described)
        meaning = self.encoder.meanings(described).sum(axis=0)
        odds = values @ self.weights[rows] + meaning @ self.meaning_weights + self.bias
        second = network or self.network
        return cast(Floats, odds if second is None else odds + NETWORK * second.answer(described))

    def evidence(self, text: str, field: str) -> tuple[str, ...]:
        """Words of the folded `text` that speak most for `field`, each one proven: without it the field scores lower."""
        return self._evidence(fold(text), describe(text), LABELS.index(field))

    def _classify(self, text: str, threshold: float, *, evidence: bool) -> Classified:
        described = describe(text)
        odds = self.log_odds(described)
        order = [int(index) for index in np.argsort(-odds, kind="stable")]
        probabilities = 1 / (1 + np.exp(-odds))
        main = LABELS[order[0]]
        sure = certainty(self.certainty, odds)
        also = tuple(LABELS[index] for index in order[1:] if probabilities[index] >= ALSO_PROBABILITY and LABELS[index] != NONE)
        return Classified(
            main=main,
            ranked=tuple((LABELS[index], float(probabilities[index])) for index in order),
            also=() if main == NONE else also,
            decision="accept" if sure >= threshold and described.words and not is_bare_cue(fold(text)) else "review",
            evidence=self._evidence(fold(text), described, order[0]) if evidence else (),
        )

    def _evidence(self, folded: str, described: Described, label: int) -> tuple[str, ...]:
        """Words that speak most for `label`, each one proven: without it the label scores lower."""
        whole = self.log_odds(described)[label]
        gains = self._gains(described, label)
        best = sorted((surface for surface in gains if gains[surface] > 0), key=lambda surface: -gains[surface])[: 2 * EVIDENCE_WORDS]
        proven = (surface for surface in best if self.log_odds(describe(folded.replace(surface, "")))[label] < whole)
        return tuple(islice(proven, EVIDENCE_WORDS))

    def _gains(self, described: Described, label: int) -> dict[str, float]:
        """What each word adds to the log odds of `label`, by its lemma, its character n-grams and its meaning."""
        rows, values = self.encoder.features(described)
        gain = {int(row): float(value) for row, value in zip(rows, values * self.weights[rows, label], strict=True)}
        meanings = self.encoder.meanings(described) @ self.meaning_weights[:, label]
        scored: dict[str, float] = {}
        for (surface, lemma), meaning in zip(described.words, meanings, strict=True):
            names = {f"w{lemma}", *grams(surface)}
            shown = sum(gain.get(self.encoder.vocabulary.get(name, -1), 0.0) for name in names)
            scored[surface] = scored.get(surface, shown) + float(meaning)
        return scored


def certainty(coefficients: Floats, odds: Floats) -> float:
    """Chance that the label with the highest of `odds` (8,) is the right one."""
    best, second = np.sort(odds)[::-1][:2]
    return float(1 / (1 + np.exp(-(coefficients[0] + coefficients[1] * best + coefficients[2] * (best - second)))))


def load_classifier(path: Path = MODEL) -> Classifier:
    """The classifier as trained. Raises MissingOnMachine when it was not."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            vocabulary = bytes(stored["vocabulary"]).decode("utf-8").split("\n")
            about = json.loads(bytes(stored["about"]).decode("utf-8"))
            numbers = {name: stored[name].astype(np.float32) for name in ("idf", "weights", "meaning_weights", "bias", "certainty")}
    except (OSError, KeyError) as exc:
        raise MissingOnMachine("業務分野の分類モデルがありません。python -m pipeline.experience.train で作れます。") from exc
    rows, vectors = {name: row for row, name in enumerate(vocabulary)}, load_vectors()
    return Classifier(
        encoder=Encoder(rows, numbers["idf"], float(about["rare"]), vectors),
        weights=numbers["weights"],
        meaning_weights=numbers["meaning_weights"],
        bias=numbers["bias"],
        certainty=numbers["certainty"],
        thresholds=tuple((float(bound), float(level)) for bound, level in about["thresholds"]),
        corpus=str(about["corpus"]),
        network=load_network(vectors),
    )
