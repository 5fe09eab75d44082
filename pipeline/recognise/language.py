"""What a line of free text probably says, judged by the reader and by the Japanese language together.

The language model is MeCab's: the cost of the cheapest path through a line's words under UniDic (T. Kudo, K. Yamamoto, Y. Matsumoto,
"Applying Conditional Random Fields to Japanese Morphological Analysis", EMNLP 2004). A line's n best texts differ in one or two
characters only, so the line is cut where the network is sure that nothing stands; each piece keeps its own n best texts, and a beam
search finds the combination with the least of

    - log P(reader) + COST_WEIGHT * path cost - LENGTH_BONUS * characters.

What is found is never more certain than the reader says: it carries the reader's own probability, and where it is not the reader's best
text a person looks at it. So does a word that no dictionary has where one changed voicing mark or small kana makes a known one of it
(テレマーケティンク): a thin pen and a poor scan lose these marks.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import fugashi
import numpy as np
import unidic_lite
from numpy.typing import NDArray

from pipeline.normalise import fold_for_comparison
from pipeline.recognise import Candidate
from pipeline.recognise.context import settled
from pipeline.recognise.decoder import LEAST_MASS, Search, decode

CHARSET = "japanese"
"""Free text; names, kana and digits follow no grammar."""
COST_WEIGHT = 0.0005
"""Natural log per unit of path cost, and..."""
LENGTH_BONUS = 2.3
"""...per character: every further word costs something, so without it short texts would win. The middle of the plateau over drawn
hand-written lines (python -m benchmarks.language --fit); UniDic's own scale is 1 / 700."""
CERTAIN = 0.999
"""A text or a piece of it with this probability is left alone."""
SURE_BLANK = 0.995
"""Least probability of a step's being blank where a line is cut."""
ALTERNATIVES = 5
"""Texts kept of a piece..."""
BEHIND = 8.0
"""...at most this much less probable than its best one, natural log."""
BEAM = 4
"""Combinations kept while the search goes from left to right..."""
MOST_PARSES = 240
"""...and parses spent on a line: 12 ms. With more doubtful pieces fewer combinations are kept."""
CLOSE = 10.0
"""A known word replaces an unknown one that differs in a mark where it is at most this much less probable, natural log; a text that
the reader takes to be e^10 times as probable stays, in doubt."""
LEAST_WORD = 4
"""Characters of a word that is held against the dictionary; shorter ones are names and abbreviations too often."""
LEAST_PART = 3
"""Characters of a known word within a longer one (テレマーケティング・ジャパン): shorter ones are found in anything."""
NUMBER = re.compile("[0-9][0-9-]+")
"""Numbers of several digits (house numbers, years) follow no grammar."""
MARKS = tuple(zip("カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True))
SEMIVOICED = tuple(zip("ハヒフヘホバビブベボ", "パピプペポパピプペポ", strict=True))
SMALL = tuple(zip("アイウエオツヤユヨ", "ァィゥェォッャュョ", strict=True))
PIECE_SEARCH = Search(beam=12, choices=6, answers=ALTERNATIVES)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """How much the reader and the language count.

    Attributes:
        cost: natural log per unit of MeCab's path cost.
        length: natural log per character.
    """

    cost: float = COST_WEIGHT
    length: float = LENGTH_BONUS


FITTED = Weights()
Piece = tuple[Candidate, ...]
"""Possible texts of a stretch of a line, best first; one of them may be empty."""


@functools.cache
def _tagger() -> fugashi.GenericTagger:
    place = unidic_lite.DICDIR
    formats = "--output-format-type= --node-format= --unk-format= --eos-format=%pc"
    return fugashi.GenericTagger(f"-r {place}/mecabrc -d {place} {formats}")


def path_cost(text: str) -> int:
    """MeCab's cost of the cheapest path through `text`; low is good Japanese."""
    return int(_tagger().parse(text)) if text else 0


def likely_text(probs: Floats, allowed: str, best: Candidate, weights: Weights = FITTED) -> Candidate | None:
    """The text that reader and language find likeliest, with the reader's own log probability; None where it is `best`'s.

    Args:
        probs: (steps, 1 + len(allowed)) as `decoder.decode` takes them.
        allowed: one character per column.
        best: the reader's best text, `settled`.
        weights: of the language.
    """
    if best.log_prob < math.log(CERTAIN):
        found = searched(pieces_of(probs, allowed), weights)
        told = settled([found], CHARSET)[0].text
        if found.text and not _alike(told, best.text):
            return Candidate(told, min(log_probability(probs, allowed, found.text), best.log_prob))
    known = with_known_word(best.text)
    if known is None:
        return None
    log_prob = log_probability(probs, allowed, known)
    return best if log_prob < best.log_prob - CLOSE else Candidate(known, min(log_prob, best.log_prob))


def _alike(told: str, best: str) -> bool:
    """Whether two texts differ in nothing that the language can judge: variants of a kanji, spaces, dashes, the digits of a number."""
    return fold_for_comparison(told) == fold_for_comparison(best) or NUMBER.findall(told) != NUMBER.findall(best)


def with_known_word(text: str) -> str | None:
    """`text` with its first unknown katakana word that differs from a known one in one mark made that word; None without such a word."""
    place = 0
    for word in _tagger().parseToNodeList(text):
        surface = str(word.surface)
        place = text.index(surface, place)
        if word.is_unk and len(surface) >= LEAST_WORD and all("ァ" <= char <= "ー" for char in surface):
            known = next((other for other in _one_mark_changed(surface) if _is_known(other)), None)
            if known is not None:
                return text[:place] + known + text[place + len(surface) :]
        place += len(surface)
    return None


def _one_mark_changed(word: str) -> Iterator[str]:
    for place, char in enumerate(word):
        for pair in (*MARKS, *SEMIVOICED, *SMALL):
            if char in pair:
                yield word[:place] + pair[1 - pair.index(char)] + word[place + 1 :]


@functools.cache
def _is_known(word: str) -> bool:
    found = _tagger().parseToNodeList(word)
    return all(not part.is_unk and len(part.surface) >= LEAST_PART for part in found)


def log_probability(probs: Floats, allowed: str, text: str) -> float:
    """Natural log of the reader's probability of `text`, over all paths, given that only allowed characters stand there."""
    if not set(text) <= set(allowed):
        return -math.inf
    conditional = probs / np.maximum(probs.sum(axis=1), LEAST_MASS)[:, None]
    labels = [0, *(label for char in text for label in (allowed.index(char) + 1, 0))]
    skips = np.array([place > 1 and label != 0 and label != labels[place - 2] for place, label in enumerate(labels)])
    mass, scale = np.zeros(len(labels)), 0.0
    mass[:2] = conditional[0, labels[:2]]
    for row in conditional[1:, labels]:
        moved = mass + np.append(0, mass[:-1]) + np.where(skips, np.append([0, 0], mass)[: len(mass)], 0)
        mass = moved * row
        total = float(mass.sum())
        if total <= 0:
            return -math.inf
        mass, scale = mass / total, scale + math.log(total)
    return min(scale + math.log(max(float(mass[-2:].sum()), LEAST_MASS)), 0.0)


def pieces_of(probs: Floats, allowed: str) -> list[Piece]:
    """A line cut where the reader is sure of a blank; pieces it is certain of have one text."""
    conditional = probs / np.maximum(probs.sum(axis=1), LEAST_MASS)[:, None]
    inked = conditional[:, 0] < SURE_BLANK
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    return [_piece(conditional[begin:end], allowed) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _piece(probs: Floats, allowed: str) -> Piece:
    found = list(decode(probs, allowed, PIECE_SEARCH)[0])
    nothing = float(np.log(np.maximum(probs[:, 0], LEAST_MASS)).sum())
    ranked = sorted([*found, Candidate("", min(nothing, 0.0))], key=lambda candidate: -candidate.log_prob)
    if ranked[0].log_prob >= math.log(CERTAIN):
        return (ranked[0],)
    return tuple(candidate for candidate in ranked[:ALTERNATIVES] if candidate.log_prob >= ranked[0].log_prob - BEHIND)


def searched(pieces: Sequence[Piece], weights: Weights) -> Candidate:
    """The best combination of the pieces' texts; its probability is the reader's, the pieces' multiplied."""
    doubtful = [place for place, piece in enumerate(pieces) if len(piece) > 1]
    width = min(BEAM, max(MOST_PARSES // max(sum(len(pieces[place]) for place in doubtful), 1), 1))
    beams = [tuple(0 for _ in pieces)]
    for place in doubtful:
        longer = {(*beam[:place], choice, *beam[place + 1 :]) for beam in beams for choice in range(len(pieces[place]))}
        beams = sorted(longer, key=lambda beam: (-_score(pieces, beam, weights), beam))[:width]
    return _written(pieces, beams[0])


def _written(pieces: Sequence[Piece], beam: tuple[int, ...]) -> Candidate:
    chosen = [piece[choice] for piece, choice in zip(pieces, beam, strict=True)]
    return Candidate("".join(one.text for one in chosen), sum(one.log_prob for one in chosen))


def _score(pieces: Sequence[Piece], beam: tuple[int, ...], weights: Weights) -> float:
    written = _written(pieces, beam)
    return written.log_prob - weights.cost * path_cost(written.text) + weights.length * len(written.text)
