"""Features of a text for the classifier: character n-grams and words, each a string so that a weight can be read as evidence."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter

import fugashi

CHARACTER_GRAMS = (2, 3, 4)
"""Lengths of character n-grams: two catch 研修, four カウンセ; single characters say too little and cost too much."""
CONTENT_WORDS = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞"}
"""Parts of speech (UniDic) that carry the meaning of a duty."""


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


def features(text: str) -> Counter[str]:
    """How often each feature occurs in `text`: "c" + character n-gram, "w" + lemma, "b" + lemma pair."""
    folded = fold(text)
    counts: Counter[str] = Counter()
    for length in CHARACTER_GRAMS:
        counts.update(f"c{folded[start : start + length]}" for start in range(len(folded) - length + 1))
    lemmas = [lemma for _, lemma in words(folded)]
    counts.update(f"w{lemma}" for lemma in lemmas)
    counts.update(f"b{first} {second}" for first, second in zip(lemmas, lemmas[1:], strict=False))
    return counts
