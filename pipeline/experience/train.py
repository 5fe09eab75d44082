"""Training: `python -m pipeline.experience.train` fits the classifier on the corpus and prints how it does on themes it has not seen."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.experience.classify import LABELS, MODEL, Classifier, Floats, certainty
from pipeline.experience.corpus import Example, read_corpus
from pipeline.experience.features import features

REGULARISATION = 30.0
"""Inverse strength of the L2 penalty; benchmarks/seven_fields.py prints the neighbours 3, 10, 30, 100."""
MIN_DOCUMENTS = 2
"""A feature of one text only cannot generalise."""
FOLDS = 5
ERROR_BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1)
CONFIDENCE = 0.95


def fit(examples: Sequence[Example]) -> Classifier:
    """A classifier on all of `examples`, without certainty: those come from themes held out (`calibrate`)."""
    counted = [features(example.text) for example in examples]
    documents = Counter(name for counts in counted for name in counts)
    names = sorted(name for name, number in documents.items() if number >= MIN_DOCUMENTS)
    vocabulary = {name: row for row, name in enumerate(names)}
    idf = np.array([math.log((1 + len(examples)) / (1 + documents[name])) + 1 for name in names], np.float32)
    matrix = _matrix(counted, vocabulary, idf)
    fitted = [_regression(matrix, [label in {example.main, *example.also} for example in examples]) for label in LABELS]
    weights = np.column_stack([model.coef_[0] for model in fitted]).astype(np.float32)
    bias = np.array([model.intercept_[0] for model in fitted], np.float32)
    return Classifier(vocabulary, idf, weights, bias, np.array([0, 1, 1], np.float32), ())


def _matrix(counted: Sequence[Counter[str]], vocabulary: dict[str, int], idf: Floats) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, counts in enumerate(counted):
        known = {vocabulary[name]: (1 + math.log(count)) for name, count in counts.items() if name in vocabulary}
        weighted = {column: value * float(idf[column]) for column, value in known.items()}
        norm = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
        rows += [row] * len(weighted)
        columns += list(weighted)
        values += [value / norm for value in weighted.values()]
    return csr_matrix((values, (rows, columns)), shape=(len(counted), len(vocabulary)))


def _regression(matrix: csr_matrix, wanted: Sequence[bool]) -> LogisticRegression:
    return LogisticRegression(C=REGULARISATION, max_iter=2000, solver="liblinear", random_state=0).fit(matrix, np.array(wanted))


def held_out(examples: Sequence[Example], folds: int = FOLDS) -> NDArray[np.float32]:
    """(n, 8) log odds of each example by a classifier that has not seen its theme."""
    odds = np.zeros((len(examples), len(LABELS)), np.float32)
    themes = [example.theme for example in examples]
    for train, test in GroupKFold(folds).split(examples, groups=themes):
        classifier = fit([examples[index] for index in train])
        for index in test:
            odds[index] = classifier.log_odds(examples[index].text)
    return odds


def right(examples: Sequence[Example], odds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,) whether the best label is the main field."""
    return np.array([LABELS[best] == example.main for best, example in zip(odds.argmax(axis=1), examples, strict=True)])


def fit_certainty(odds: NDArray[np.float32], hits: NDArray[np.bool_]) -> Floats:
    """(3,) coefficients of `classify.certainty`."""
    ordered = np.sort(odds, axis=1)[:, ::-1]
    model = LogisticRegression(C=100.0).fit(np.column_stack([ordered[:, 0], ordered[:, 0] - ordered[:, 1]]), hits)
    return np.array([model.intercept_[0], *model.coef_[0]], np.float32)


def thresholds(sure: NDArray[np.float64], hits: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """For each of ERROR_BOUNDS that can be shown at CONFIDENCE (Clopper-Pearson, one-sided): the lowest certainty to accept from."""
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~hits[order])
    accepted = np.arange(1, len(order) + 1)
    upper = beta.ppf(CONFIDENCE, wrong + 1, np.maximum(accepted - wrong, 1e-9))
    found = []
    for bound in ERROR_BOUNDS:
        holds = np.flatnonzero(upper <= bound)
        if len(holds):
            found.append((bound, float(sure[order[holds[-1]]])))
    return found


def train(examples: Sequence[Example]) -> tuple[Classifier, NDArray[np.float32]]:
    """The classifier on everything, its certainty and thresholds from held-out themes; and the held-out log odds."""
    odds = held_out(examples)
    hits = right(examples, odds)
    coefficients = fit_certainty(odds, hits)
    sure = np.array([certainty(coefficients, row) for row in odds])
    whole = fit(examples)
    levels = tuple(thresholds(sure, hits))
    return Classifier(whole.vocabulary, whole.idf, whole.weights, whole.bias, coefficients, levels), odds


def save(classifier: Classifier, path: Path = MODEL) -> None:
    """Write the model file; no pickle, loads with numpy alone."""
    names = sorted(classifier.vocabulary, key=classifier.vocabulary.__getitem__)
    np.savez_compressed(
        path,
        vocabulary=np.frombuffer("\n".join(names).encode(), np.uint8),
        thresholds=np.frombuffer(json.dumps(classifier.thresholds).encode(), np.uint8),
        idf=classifier.idf.astype(np.float16),
        weights=classifier.weights.astype(np.float16),
        bias=classifier.bias,
        certainty=classifier.certainty,
    )


if __name__ == "__main__":
    import sys

    corpus = read_corpus()
    trained, out_of_fold = train(corpus)
    save(trained)
    found = right(corpus, out_of_fold)
    sys.stdout.write(f"{len(corpus)} texts, {len({example.theme for example in corpus})} themes, {len(trained.vocabulary)} features\n")
    sys.stdout.write(f"main field right on unseen themes: {found.mean():.3f}\nthresholds: {trained.thresholds}\n")
