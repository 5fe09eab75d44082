"""CTC prefix beam search on a network's probabilities, limited to a field's characters.

A. Graves et al., "Connectionist Temporal Classification", ICML 2006: the probability of a text is the sum over all paths that
collapse to it. The search keeps, for each prefix, the mass of the paths that end in a blank and of those that end in its last
character; what it returns are these sums, so that candidates' probabilities add up to at most one. With nothing pruned they are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise import Candidate

Floats = NDArray[np.float64]
LEAST_MASS = 1e-30
"""A step in which no allowed character has any weight."""
TINY = 1e-200
"""Prefix masses are rescaled before they get near the smallest double (1e-308)."""


@dataclass(frozen=True)
class Search:
    """How wide the search is.

    Attributes:
        beam: prefixes kept after each step.
        choices: characters looked at in one step, the most probable ones.
        least: a character below this probability in a step is left out...
        drop: ...and a prefix with less than this share of the best one's mass.
        answers: candidates returned.
    """

    beam: int = 24
    choices: int = 8
    least: float = 1e-5
    drop: float = 1e-7
    answers: int = 12


EXHAUSTIVE = Search(beam=10**9, choices=10**9, least=0.0, drop=0.0, answers=10**9)
NORMAL = Search()


def decode(probs: Floats, allowed: str, search: Search = NORMAL) -> tuple[tuple[Candidate, ...], float]:
    """The n best texts.

    Args:
        probs: (steps, 1 + len(allowed)) float64; column 0 is the blank, column i + 1 is `allowed[i]`. Rows may sum to less than one:
            what is missing went to characters that are not allowed.
        allowed: one character per column.
        search: limits of the search.

    Returns:
        Candidates, best first, with probabilities given that only allowed characters stand there, never the empty text (a crop that is
        read has ink in it); and the natural log of the probability that only allowed characters stand there.
    """
    if not len(probs):
        return (), 0.0
    mass = np.maximum(probs.sum(axis=1), LEAST_MASS)
    conditional = probs / mass[:, None]
    prefixes, scale = _search(conditional, _kept(conditional, search), search)
    ranked = sorted(((sum(parts), prefix) for prefix, parts in prefixes.items() if sum(parts) > 0), reverse=True)
    inside = float(np.log(mass).sum())
    best = [(prefix, math.log(total) + scale) for total, prefix in ranked if prefix][: search.answers]
    return tuple(Candidate("".join(allowed[i - 1] for i in prefix), min(log_prob, 0.0)) for prefix, log_prob in best), inside


def decode_from(probs: Floats, allowed: str, start: str, search: Search = NORMAL) -> tuple[Candidate, ...]:
    """As `decode`, the n best of the texts that begin with `start`, on the same scale; nothing where a character of it is not allowed."""
    if not len(probs) or not start or not set(start) <= set(allowed):
        return ()
    conditional = probs / np.maximum(probs.sum(axis=1), LEAST_MASS)[:, None]
    wanted = tuple(allowed.index(char) + 1 for char in start)
    begun: Prefixes = {(): (1.0, 0.0)}
    scale = 0.0
    for row, letters in zip(conditional, _kept(conditional, search), strict=True):
        forced = {column: float(row[column]) for column in wanted}
        stepped = _stepped(begun, row, float(row[0]), list({**dict(letters), **forced}.items()))
        within = {prefix: parts for prefix, parts in stepped.items() if prefix == wanted[: len(prefix)]}
        behind = {prefix: parts for prefix, parts in stepped.items() if prefix[: len(wanted)] == wanted and len(prefix) > len(wanted)}
        begun = {**within, **_pruned(behind, search)}
        best = max(sum(parts) for parts in begun.values())
        if 0 < best < TINY:
            begun = {prefix: (parts[0] / best, parts[1] / best) for prefix, parts in begun.items()}
            scale += math.log(best)
    whole = [(sum(parts), prefix) for prefix, parts in begun.items() if len(prefix) >= len(wanted) and sum(parts) > 0]
    best_ones = sorted(whole, reverse=True)[: search.answers]
    return tuple(Candidate("".join(allowed[i - 1] for i in prefix), min(math.log(total) + scale, 0.0)) for total, prefix in best_ones)


def _kept(probs: Floats, search: Search) -> list[list[tuple[int, float]]]:
    """Per step, the characters (column > 0) worth following and their probabilities."""
    letters = probs[:, 1:]
    if search.choices < letters.shape[1]:
        top = np.argpartition(letters, -search.choices, axis=1)[:, -search.choices :]
    else:
        top = np.broadcast_to(np.arange(letters.shape[1]), letters.shape)
    values = np.take_along_axis(letters, top, axis=1)
    rows: list[list[tuple[int, float]]] = []
    for columns, row in zip((top + 1).tolist(), values.tolist(), strict=True):
        rows.append([(column, value) for column, value in zip(columns, row, strict=True) if value > search.least])
    return rows


Prefixes = dict[tuple[int, ...], tuple[float, float]]
"""Prefix -> mass of the paths ending in a blank, mass of those ending in its last character."""


def _search(probs: Floats, kept: list[list[tuple[int, float]]], search: Search) -> tuple[Prefixes, float]:
    """Prefixes after the last step and the log of the factor their masses were divided by."""
    prefixes: Prefixes = {(): (1.0, 0.0)}
    scale = 0.0
    for row, letters in zip(probs.tolist(), kept, strict=True):
        prefixes = _pruned(_stepped(prefixes, row, row[0], letters), search) if letters else _stayed(prefixes, row)
        best = max(sum(parts) for parts in prefixes.values())
        if best < TINY:
            prefixes = {prefix: (parts[0] / best, parts[1] / best) for prefix, parts in prefixes.items()}
            scale += math.log(best)
    return prefixes, scale


def _stayed(prefixes: Prefixes, row: list[float]) -> Prefixes:
    """The prefixes after a step in which no character is worth following."""
    return {
        prefix: ((in_blank + in_letter) * row[0], in_letter * row[prefix[-1]] if prefix else 0.0)
        for prefix, (in_blank, in_letter) in prefixes.items()
    }


def _stepped(prefixes: Prefixes, row: list[float], blank: float, letters: list[tuple[int, float]]) -> Prefixes:
    ended: dict[tuple[int, ...], float] = {}
    lettered: dict[tuple[int, ...], float] = {}
    for prefix, (in_blank, in_letter) in prefixes.items():
        both = in_blank + in_letter
        ended[prefix] = ended.get(prefix, 0.0) + both * blank
        last = prefix[-1] if prefix else 0
        if last:
            lettered[prefix] = lettered.get(prefix, 0.0) + in_letter * row[last]
        for letter, probability in letters:
            longer = (*prefix, letter)
            lettered[longer] = lettered.get(longer, 0.0) + (in_blank if letter == last else both) * probability
    return {prefix: (ended.get(prefix, 0.0), lettered.get(prefix, 0.0)) for prefix in ended.keys() | lettered.keys()}


def _pruned(prefixes: Prefixes, search: Search) -> Prefixes:
    if len(prefixes) <= 1:
        return prefixes
    ranked = sorted(prefixes.items(), key=_mass, reverse=True)[: search.beam]
    floor = _mass(ranked[0]) * search.drop
    return {prefix: parts for prefix, parts in ranked if sum(parts) >= floor}


def _mass(entry: tuple[tuple[int, ...], tuple[float, float]]) -> float:
    return entry[1][0] + entry[1][1]
