"""A text as numbers: TF-IDF over the features it shares with the corpus, beside the mean vector of its words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.experience.features import Described
from pipeline.experience.vectors import WordVectors

Floats = NDArray[np.float32]
MIN_DOCUMENTS = 2
"""A feature of one text only cannot generalise."""


@dataclass(frozen=True)
class Encoder:
    """Learned from texts alone, without their labels.

    Attributes:
        vocabulary: feature -> row.
        idf: (n,) inverse document frequencies.
        rare: inverse document frequency of a word that is not in the vocabulary.
        vectors: of words.
    """

    vocabulary: dict[str, int]
    idf: Floats
    rare: float
    vectors: WordVectors

    def features(self, described: Described) -> tuple[NDArray[np.intp], Floats]:
        """Rows of the known features and their values, of length 1 together."""
        known = {self.vocabulary[name]: count for name, count in described.counts.items() if name in self.vocabulary}
        rows = np.fromiter(known.keys(), np.intp, len(known))
        values = (1 + np.log(np.fromiter(known.values(), np.float32, len(known)))) * self.idf[rows]
        length = float(np.linalg.norm(values))
        return rows, values / length if length else values

    def meanings(self, described: Described) -> Floats:
        """(words, d): the share of each word in the text's mean vector, which has length 1."""
        return self.vectors.of_words(described.words, [self._weight(lemma) for _, lemma in described.words])

    def _weight(self, lemma: str) -> float:
        row = self.vocabulary.get(f"w{lemma}")
        return self.rare if row is None else float(self.idf[row])


def fit_encoder(texts: Sequence[Described], vectors: WordVectors) -> Encoder:
    """The encoder of a corpus."""
    documents = Counter(name for described in texts for name in described.counts)
    names = sorted(name for name, number in documents.items() if number >= MIN_DOCUMENTS)
    idf = np.array([_idf(len(texts), documents[name]) for name in names], np.float32)
    return Encoder({name: row for row, name in enumerate(names)}, idf, _idf(len(texts), 1), vectors)


def _idf(texts: int, documents: int) -> float:
    return math.log((1 + texts) / (1 + documents)) + 1
