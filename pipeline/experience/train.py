"""Training: `python -m pipeline.experience.train` fits the classifier on the corpus and prints how it does on themes it has not seen."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.experience.accept import fit_certainty, right, thresholds
from pipeline.experience.classify import LABELS, MODEL, Classifier, certainty
from pipeline.experience.corpus import Example, checksum, read_corpus
from pipeline.experience.encode import Encoder, Floats, fit_encoder
from pipeline.experience.features import Described, describe
from pipeline.experience.misread import misread
from pipeline.experience.network import Family, load_family
from pipeline.experience.vectors import WordVectors, load_vectors

REGULARISATION = 30.0
"""Inverse strength of the L2 penalty."""
MEANING = 0.4
"""Weight of the mean word vector beside the features.

On three folds of the themes to learn from (3,219 texts, main right): 2 89.5 %, 1 90.7 %, 0.6 91.2 %, 0.4 91.6 %.
"""
MISREAD_RATE = 0.06
"""Characters misread in the second copy of each text: about what is read wrong in free handwriting after the decoder."""
FOLDS = 5
SEED = 20
UNSURE: Floats = np.array([0, 1, 1], np.float32)


@dataclass(frozen=True)
class Lesson:
    """An example taken apart, as it stands and with reading errors."""

    example: Example
    clean: Described
    misread: Described


def lessons(examples: Sequence[Example]) -> list[Lesson]:
    """What is learned from, in the order of `examples`."""
    chance = random.Random(SEED)
    return [Lesson(example, describe(example.text), describe(misread(example.text, MISREAD_RATE, chance))) for example in examples]


def fit(learned: Sequence[Lesson], vectors: WordVectors) -> Classifier:
    """A classifier on all of `learned`, the regression alone; without certainty, which held-out themes give."""
    clean = [lesson.clean for lesson in learned]
    encoder = fit_encoder(clean, vectors)
    matrix = _matrix(encoder, [*clean, *(lesson.misread for lesson in learned)])
    examples = [lesson.example for lesson in learned]
    fitted = [_regression(matrix, label, [*examples, *examples]) for label in LABELS]
    weights = np.column_stack([model.coef_[0] for model in fitted]).astype(np.float32)
    bias = np.array([model.intercept_[0] for model in fitted], np.float32)
    size = len(encoder.vocabulary)
    return Classifier(encoder, weights[:size], MEANING * weights[size:], bias, UNSURE, (), checksum(examples))


def _matrix(encoder: Encoder, texts: Sequence[Described]) -> csr_matrix:
    parts = [encoder.features(described) for described in texts]
    lengths = np.cumsum([0, *(len(rows) for rows, _ in parts)])
    columns, values = np.concatenate([rows for rows, _ in parts]), np.concatenate([values for _, values in parts])
    sparse = csr_matrix((values, columns, lengths), shape=(len(texts), len(encoder.vocabulary)))
    meanings = MEANING * np.array([encoder.meanings(described).sum(axis=0) for described in texts])
    return hstack([sparse, csr_matrix(meanings)]).tocsr()


def _regression(matrix: csr_matrix, label: str, examples: Sequence[Example]) -> LogisticRegression:
    """One label against the rest. Where it is a further field, the text is left out: as a yes it would outvote the main field."""
    kept = [index for index, example in enumerate(examples) if label not in example.also]
    wanted = np.array([examples[index].main == label for index in kept])
    return LogisticRegression(C=REGULARISATION, max_iter=2000, solver="liblinear", random_state=0).fit(matrix[kept], wanted)


def held_out(learned: Sequence[Lesson], vectors: WordVectors, rate: float = 0.0, family: Family | None = None) -> Floats:
    """(n, 8) log odds of each text, `rate` of its characters misread, by a classifier and a network that have not seen its theme."""
    odds = np.zeros((len(learned), len(LABELS)), np.float32)
    themes = [lesson.example.theme for lesson in learned]
    chance = random.Random(SEED + 1)
    asked = [describe(misread(lesson.example.text, rate, chance)) for lesson in learned]
    for train, test in GroupKFold(FOLDS).split(learned, groups=themes):
        classifier = fit([learned[index] for index in train], vectors)
        for index in test:
            odds[index] = classifier.log_odds(asked[index], None if family is None else family.unseen(themes[index]))
    return odds


def train(examples: Sequence[Example]) -> tuple[Classifier, Floats]:
    """The classifier on everything, its certainty and thresholds from held-out themes; and the held-out log odds."""
    vectors, family = load_vectors(), load_family()
    learned = lessons(examples)
    odds, misread_odds = held_out(learned, vectors, 0.0, family), held_out(learned, vectors, MISREAD_RATE, family)
    coefficients = fit_certainty(odds, right(examples, odds))
    clean, noisy = (_levels(examples, found, coefficients) for found in (odds, misread_odds))
    levels = tuple((bound, max(level, noisy[bound])) for bound, level in clean.items() if bound in noisy)
    return replace(fit(learned, vectors), certainty=coefficients, thresholds=levels, network=family.whole), odds


def _levels(examples: Sequence[Example], odds: Floats, coefficients: Floats) -> dict[float, float]:
    """The thresholds on one reading of the texts. The stricter of both is kept, for what is asked was read from paper."""
    return dict(thresholds(np.array([certainty(coefficients, row) for row in odds]), right(examples, odds)))


def save(classifier: Classifier, path: Path | BinaryIO = MODEL) -> None:
    """Write the model file; no pickle, loads with numpy alone."""
    encoder = classifier.encoder
    names = sorted(encoder.vocabulary, key=encoder.vocabulary.__getitem__)
    about = {"rare": encoder.rare, "thresholds": classifier.thresholds, "corpus": classifier.corpus}
    np.savez_compressed(
        path,
        vocabulary=_bytes("\n".join(names)),
        about=_bytes(json.dumps(about)),
        idf=encoder.idf.astype(np.float16),
        weights=classifier.weights.astype(np.float16),
        meaning_weights=classifier.meaning_weights.astype(np.float16),
        bias=classifier.bias,
        certainty=classifier.certainty,
    )


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


if __name__ == "__main__":
    import sys

    corpus = read_corpus()
    trained, out_of_fold = train(corpus)
    save(trained)
    found = right(corpus, out_of_fold)
    themes = len({example.theme for example in corpus})
    sys.stdout.write(f"{len(corpus)} texts, {themes} themes, {len(trained.encoder.vocabulary)} features\n")
    sys.stdout.write(f"main field right on unseen themes: {found.mean():.3f}\nthresholds: {trained.thresholds}\n")
