"""The readings of a field's parts -> the texts of the whole field, best first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np

from pipeline.forms import FieldKind
from pipeline.recognise import Candidate, Reading
from pipeline.recognise.lexicon import kept

UNITS = {"year": "年", "month": "月", "day": "日", "years": "年", "months": "ヶ月"}
MOST_ANSWERS = 12
"""Candidates kept of a field that is joined from parts."""
MISCOUNT = 14.0
"""Natural log of how much rarer two characters in one cell, or a cell's dirt, are than one character in each inked cell."""
DITTO = frozenset('〃"”″')
ACROSS = {"現在": "現在", "現": "現在", "至現在": "至現在", "現在に至る": "現在に至る", "同上": "同上", "〃": "〃"}

Joiner = Callable[[list[Reading]], tuple[Candidate, ...]]


def joined(kind: FieldKind) -> Joiner:
    """The parts of a field of that kind, as people write them behind each other."""
    return joined_names(kind) if kind in ("name", "kana") else joined_by("-" if kind == "phone" else "")


def first(readings: list[Reading]) -> tuple[Candidate, ...]:
    """The only part there is."""
    return readings[0].candidates if readings else ()


def joined_by(separator: str) -> Joiner:
    """Parts with `separator` between them."""
    return lambda readings: product_of([reading.candidates for reading in readings], separator.join)


def in_units(names: Sequence[str], era: str) -> Joiner:
    """Year, month, day or years, months with their units between."""

    def write(texts: Sequence[str]) -> str:
        return era + "".join(text + UNITS.get(name, "") for name, text in zip(names, texts, strict=True))

    return lambda readings: product_of([reading.candidates for reading in readings], write)


def cut_by(counts: Sequence[int], names: Sequence[str], era: str) -> Joiner:
    """A strip of cells: texts with one character per inked cell, units put between the parts; others follow as they are."""

    def write(text: str) -> str:
        if len(text) != sum(counts) or not any(name in UNITS for name in names):
            return text
        pieces, place = [], 0
        for count, name in zip(counts, names, strict=True):
            pieces.append(text[place : place + count] + UNITS[name] if count else "")
            place += count
        return era + "".join(pieces)

    def join(readings: list[Reading]) -> tuple[Candidate, ...]:
        counted = fitting(readings[0].candidates, sum(counts))
        return tuple(Candidate(write(candidate.text), candidate.log_prob) for candidate in counted)

    return join


def fitting(candidates: Sequence[Candidate], count: int) -> tuple[Candidate, ...]:
    """Candidates of a strip of cells with `count` of them inked, those of that length first.

    A fitting text keeps its own probability: where the reader saw more characters than cells, the doubt stays.
    """
    weighed = [Candidate(c.text, c.log_prob - (0.0 if len(c.text) == count else MISCOUNT)) for c in candidates]
    return tuple(sorted(weighed, key=lambda candidate: -candidate.log_prob))


def across_or(parts: Joiner) -> Joiner:
    """The last reading goes over the whole field: it counts where it is one of the words people write instead of a month."""

    def join(readings: list[Reading]) -> tuple[Candidate, ...]:
        words: dict[str, float] = {}
        for candidate in readings[-1].candidates:
            text = "〃" if candidate.text and set(candidate.text) <= DITTO else candidate.text
            if text in ACROSS:
                words[ACROSS[text]] = float(np.logaddexp(words.get(ACROSS[text], -np.inf), candidate.log_prob))
        found = [Candidate(text, log_prob) for text, log_prob in words.items()]
        return tuple(sorted(found, key=lambda c: -c.log_prob)) if found else parts(readings[:-1])

    return join


def joined_names(kind: FieldKind) -> Joiner:
    """Family and given name: of all their combinations those that the image or the lexicon puts first."""
    lexicon = "kana" if kind == "kana" else "name"
    every = MOST_ANSWERS**2
    return lambda readings: kept(lexicon, product_of([reading.candidates for reading in readings], " ".join, every), MOST_ANSWERS)


def product_of(
    parts: Sequence[Sequence[Candidate]], write: Callable[[Sequence[str]], str], most: int = MOST_ANSWERS
) -> tuple[Candidate, ...]:
    """The most probable combinations of independent parts; nothing when a part has no candidate."""
    beams: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for part in parts:
        longer = [(log_prob + choice.log_prob, (*texts, choice.text)) for log_prob, texts in beams for choice in part]
        beams = heapq.nlargest(most, longer)
    return tuple(Candidate(write(texts), log_prob) for log_prob, texts in beams if texts)
