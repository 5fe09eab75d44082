"""A text as written, cut where the words that speak for a field begin and end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.experience.features import fold

VOICED = "ﾞﾟ"
"""Half-width marks that fold together with the kana before them."""


@dataclass(frozen=True)
class Piece:
    """Some characters of the text and the fields they speak for; () where they speak for none."""

    text: str
    fields: tuple[str, ...]


def pieces(text: str, evidence: Mapping[str, Sequence[str]]) -> tuple[Piece, ...]:
    """The text in pieces; joined they are the text again, as written.

    Args:
        text: as written.
        evidence: field -> words of the folded text (`Classifier.evidence`); wherever they stand in it they are marked.
    """
    clusters = list(_clusters(text))
    folded = [fold(cluster) for cluster in clusters]
    if "".join(folded) != fold(text):  # characters fold otherwise alone than beside each other: shown as it was compared
        clusters = folded = list(fold(text))
    whole = "".join(folded)
    origins = [place for place, part in enumerate(folded) for _ in part]
    said: list[set[str]] = [set() for _ in clusters]
    for field, words in evidence.items():
        for start, end in _spans(whole, words):
            for place in range(origins[start], origins[end - 1] + 1):  # with the spaces between
                said[place].add(field)
    order = list(evidence)
    keyed = [(tuple(sorted(fields, key=order.index)), cluster) for fields, cluster in zip(said, clusters, strict=True)]
    return tuple(Piece("".join(cluster for _, cluster in group), fields) for fields, group in groupby(keyed, key=lambda pair: pair[0]))


def _spans(whole: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    for word in filter(None, words):
        start = whole.find(word)
        while start >= 0:
            yield start, start + len(word)
            start = whole.find(word, start + 1)


def _clusters(text: str) -> Iterator[str]:
    """The characters, each with the marks that belong to it."""
    cluster = ""
    for character in text:
        if cluster and not unicodedata.combining(character) and character not in VOICED:
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster
