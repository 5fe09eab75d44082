"""What the classifier sees of a text: character n-grams and words, each a string so that a weight can be read as evidence."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from dataclasses import dataclass

import fugashi

CHARACTER_GRAMS = (2, 3, 4)
"""Lengths of character n-grams: two catch 研修, four カウンセ; single characters say too little and cost too much."""
CONTENT_WORDS = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞"}
"""Parts of speech (UniDic) that carry the meaning of a duty."""


@dataclass(frozen=True)
class Described:
    """A text taken apart: as it is compared, (surface, lemma) of its content words in order, and how often each feature occurs in it."""

    folded: str
    words: tuple[tuple[str, str], ...]
    counts: Counter[str]


@functools.cache
def _tagger() -> fugashi.Tagger:
    return fugashi.Tagger()


def fold(text: str) -> str:
    """The text as it is compared: NFKC, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def words(text: str) -> list[tuple[str, str]]:
    """(surface, lemma) of the content words of `text`, in order."""
    found = []
    for word in _tagger()(text):
        if word.feature.pos1 in CONTENT_WORDS:
            lemma = word.feature.lemma or word.surface
            found.append((word.surface, lemma.split("-")[0]))
    return found


def grams(folded: str) -> list[str]:
    """The names of the character n-grams of a folded text: "c" + characters."""
    return [f"c{folded[start : start + length]}" for length in CHARACTER_GRAMS for start in range(len(folded) - length + 1)]


def describe(text: str) -> Described:
    """Words and features of `text`: "c" + character n-gram, "w" + lemma."""
    folded = fold(text)
    found = words(folded)
    return Described(folded, tuple(found), Counter([*grams(folded), *(f"w{lemma}" for _, lemma in found)]))
