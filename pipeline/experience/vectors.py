"""Word vectors: words of kindred meaning lie close together, so that a word the corpus does not have still says something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MissingOnMachine

VECTORS = Path(__file__).parent / "data" / "vectors.npz"
"""Made by `python -m pipeline.experience.distil`, whose docstring names the source."""


@dataclass(frozen=True)
class WordVectors:
    """Folded word -> row of `table` (n, d), float32."""

    rows: dict[str, int]
    table: NDArray[np.float32]

    def row(self, surface: str, lemma: str) -> int:
        """Row of a word, by how it stands there or else by its lemma; -1 where it is unknown."""
        return self.rows.get(surface, self.rows.get(lemma, -1))

    def of_words(self, found: Sequence[tuple[str, str]], weights: Sequence[float]) -> NDArray[np.float32]:
        """(m, d): each (surface, lemma) times its weight, zero where the word is unknown; divided by the length of their sum."""
        known = np.array([self.row(surface, lemma) for surface, lemma in found], np.intp)
        parts = self.table[known] * np.array(weights, np.float32)[:, None] * (known >= 0)[:, None]
        length = float(np.linalg.norm(parts.sum(axis=0)))
        return parts / length if length else parts


def load_vectors(path: Path = VECTORS) -> WordVectors:
    """The vectors as distilled. Raises MissingOnMachine when they are not there."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            names = bytes(stored["words"]).decode("utf-8").split("\n")
            table = stored["table"].astype(np.float32)
            rows = dict(zip(names, stored["rows"].tolist(), strict=True))
    except OSError as exc:
        raise MissingOnMachine("単語ベクトルのファイルがありません。プログラムを入れ直してください。") from exc
    return WordVectors(rows, table / np.abs(table).max())
