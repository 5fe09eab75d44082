"""A small network that reads a description in its order, characters and words through convolutions; run with numpy alone.

The regression of `classify` sees which words and n-grams occur; this one is a second opinion with other errors. `scripts/teach_duties`
teaches it and five sisters, each without a fifth of the themes: wherever a text of the corpus is measured, the sister answers that has
not seen its theme.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from pipeline.errors import MissingOnMachine
from pipeline.experience.encode import Floats
from pipeline.experience.features import Described
from pipeline.experience.vectors import WordVectors, load_vectors

FOLDER = Path(__file__).parent / "data"
WHOLE = FOLDER / "network.npz"
"""Taught with every theme: for texts that nobody has seen."""
SISTERS = 5
LONGEST = 160
"""Characters that are read; a row holds 120."""
UNKNOWN = 1
"""Number of a character or lemma that the teaching did not meet; 0 is the padding."""
CHARACTER_WIDTHS = (2, 3, 4, 5)
WORD_WIDTHS = (1, 2, 3)


@dataclass(frozen=True)
class Network:
    """One taught network.

    Attributes:
        characters, lemmas: their numbers.
        vectors: of words.
        weights: by name: `characters` (n, c), `lemmas` (m, d), `words` (v, d), `words_bias`, `character_2` (2 * c, f) ..., `out` (k, 8).
        seen: themes it was taught with.
        corpus: checksum of the corpus.
    """

    characters: Mapping[str, int]
    lemmas: Mapping[str, int]
    vectors: WordVectors
    weights: Mapping[str, Floats]
    seen: frozenset[str]
    corpus: str

    def answer(self, described: Described) -> Floats:
        """(8,) logarithms of the chances of each label, which sum to one."""
        odds = np.concatenate([*self._read_characters(described), *self._read_words(described)]) @ self.weights["out"]
        odds = odds + self.weights["out_bias"]
        top = odds.max()
        return cast(Floats, odds - top - np.log(np.exp(odds - top).sum()))

    def _read_characters(self, described: Described) -> list[Floats]:
        numbers = [self.characters.get(each, UNKNOWN) for each in described.folded[:LONGEST]]
        drawn = self.weights["characters"][numbers]
        return [self._strongest(drawn, f"character_{width}", width) for width in CHARACTER_WIDTHS]

    def _read_words(self, described: Described) -> list[Floats]:
        lemmas = [self.lemmas.get(lemma, UNKNOWN) for _, lemma in described.words]
        known = np.array([self.vectors.row(surface, lemma) for surface, lemma in described.words], np.intp)
        vectors = self.vectors.table[known] * (known >= 0)[:, None]
        drawn = np.tanh(vectors @ self.weights["words"] + self.weights["words_bias"] + self.weights["lemmas"][lemmas])
        return [self._strongest(drawn, f"word_{width}", width) for width in WORD_WIDTHS]

    def _strongest(self, drawn: Floats, name: str, width: int) -> Floats:
        """(f,) the strongest answer of each filter over all places; the text stands in empty ones, so that nothing is an answer too."""
        padded = np.pad(drawn, ((width, width), (0, 0)))
        places = len(padded) - width + 1
        windows = np.concatenate([padded[start : start + places] for start in range(width)], axis=1)
        return cast(Floats, np.maximum(windows @ self.weights[name] + self.weights[f"{name}_bias"], 0).max(axis=0))


@dataclass(frozen=True)
class Family:
    """The network and its sisters."""

    whole: Network
    sisters: tuple[Network, ...]

    def unseen(self, theme: str) -> Network:
        """The one that has not been taught with texts of this theme; the whole one for a theme the corpus does not have."""
        if theme not in self.whole.seen:
            return self.whole
        return next(sister for sister in self.sisters if theme not in sister.seen)


def load_network(vectors: WordVectors, path: Path = WHOLE) -> Network:
    """A network as taught upon these word vectors. Raises MissingOnMachine."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            names, weights = {}, {}
            for name in stored.files:
                if stored[name].dtype == np.uint8:
                    names[name] = bytes(stored[name]).decode("utf-8").split("\n")
                else:
                    weights[name] = stored[name].astype(np.float32)
    except OSError as exc:
        raise MissingOnMachine("業務分野のネットワークのファイルがありません。プログラムを入れ直してください。") from exc
    numbers = [{text: number for number, text in enumerate(names[name], UNKNOWN + 1)} for name in ("known_characters", "known_lemmas")]
    return Network(numbers[0], numbers[1], vectors, weights, frozenset(names["seen"]), names["corpus"][0])


@functools.cache
def load_family() -> Family:
    """All of them, for measuring and teaching."""
    vectors = load_vectors()
    return Family(load_network(vectors), tuple(load_network(vectors, sister_file(number)) for number in range(SISTERS)))


def sister_file(number: int) -> Path:
    """Where sister `number` lies."""
    return FOLDER / f"network_without_{number}.npz"
