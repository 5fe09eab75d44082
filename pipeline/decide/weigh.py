"""The candidates of a field by their values, and what speaks for the best one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.forms import FieldSpec
from pipeline.normalise import Normalised, fold_for_comparison, normalise
from pipeline.recognise import Candidate
from pipeline.recognise.lexicon import Judgement, judged
from pipeline.recognise.text import TextReading


@dataclass(frozen=True)
class Opinions:
    """What others made of a doubtful field; None = not asked, "" = nothing was seen.

    Attributes:
        view: the first reader's, of the same line seen otherwise.
        second: the second reader's.
        name: which feature the second reader is, one of `calibration.SECONDS`.
    """

    view: str | None = None
    second: str | None = None
    name: str = "second"


@dataclass(frozen=True)
class Verdict:
    """The candidates of a field by their values.

    Attributes:
        raw: best text that has the best value.
        normalised: value or problem of it.
        log_prob: of the value, over all its writings.
        rival: log probability of the value that the image puts next to it, or before it; -inf when there is none.
        rival_raw: its text.
        known: what the lexicon and the fields beside it say of it: 1 = it fits, 0 = nothing, -1 = it contradicts.
        overruled: whether the lexicon put it before a value that the image puts first.
    """

    raw: str
    normalised: Normalised
    log_prob: float
    rival: float
    rival_raw: str
    known: int = 0
    overruled: bool = False


WELL_FORMED = 5.0
"""A text that fits its kind's grammar is preferred to one up to exp(5) times as probable that does not."""


def weigh(spec: FieldSpec, candidates: Sequence[Candidate]) -> Verdict:
    """Add up the writings of each value and choose the best well-formed one, or the best of all when none is near it.

    The choice is by the image and by what is known of names, words and the fields beside; what the choice is worth (`log_prob`,
    `rival`) is by the image alone, so that no field is accepted because a word is common.
    """
    sums: dict[tuple[object, str | None], list[Candidate]] = {}
    for candidate in candidates:
        found = normalise(spec.kind, candidate.text, field=spec.name)
        key = (found.value, found.problem if found.value is not None else f"{found.problem} {candidate.text}")
        sums.setdefault(key, []).append(candidate)
    ranked = sorted(((_log_sum(group), key, group[0].text) for key, group in sums.items()), key=lambda entry: -entry[0])
    by_image = _well_formed(ranked)
    said = {key: _said(spec, group) for key, group in sums.items()}
    chosen = max(_near(ranked, by_image), key=lambda entry: entry[0] + said[entry[1]].prior)
    others = [entry for entry in ranked if entry is not chosen]
    rival, rival_raw = (others[0][0], others[0][2]) if others else (-math.inf, "")
    found = normalise(spec.kind, chosen[2], field=spec.name)
    return Verdict(chosen[2], found, chosen[0], rival, rival_raw, said[chosen[1]].known, chosen is not by_image)


Entry = tuple[float, tuple[object, str | None], str]
"""Log probability of a value, its key, its best text."""


def _well_formed(ranked: Sequence[Entry]) -> Entry:
    good = [entry for entry in ranked if entry[1][0] is not None]
    return good[0] if good and good[0][0] >= ranked[0][0] - WELL_FORMED else ranked[0]


def _near(ranked: Sequence[Entry], best: Entry) -> list[Entry]:
    """The values that the lexicon may choose from: well-formed as the best one, itself first."""
    return [best, *(entry for entry in ranked if entry is not best and entry[1][0] is not None and best[1][0] is not None)]


def _said(spec: FieldSpec, group: Sequence[Candidate]) -> Judgement:
    """What speaks for a value beside its image: the kindest word on any of its writings."""
    own = max((judged(spec.kind, spec.name, one.text) for one in group), key=lambda found: (found.prior, found.known))
    beside, known = max(one.prior for one in group), max(one.known for one in group)
    return Judgement(own.prior + beside, min(own.known, known) if min(own.known, known) < 0 else max(own.known, known))


def _log_sum(group: Sequence[Candidate]) -> float:
    return float(min(np.logaddexp.reduce([candidate.log_prob for candidate in group]), 0.0))


def features(spec: FieldSpec, reading: TextReading, verdict: Verdict, opinions: Opinions | None = None) -> dict[str, float]:
    """What the probability is computed from; every feature is bounded, so that no single one can outvote the rest.

    Args:
        spec: the field.
        reading: its reading.
        verdict: the value chosen from it.
        opinions: second opinions, where they were asked.
    """
    missing = -math.expm1(verdict.log_prob)
    found = {
        "odds": _bounded(verdict.log_prob - math.log(max(missing, 1e-9)), -6, 12),
        "margin": _bounded(verdict.log_prob - verdict.rival, -5, 12),
        "inside": _bounded(reading.inside, -10, 0),
        "length": math.log(max(len(verdict.raw), 1)),
        "cut": reading.cut,
        "lexicon": float(verdict.known),
        "cells": float(reading.cells is not None and reading.cells != _characters(spec, verdict.raw)),
    }
    if reading.boxes is not None:
        found["boxes"] = boxes_agree(spec, reading)
        found["boxes_margin"] = reading.boxes.margin
    if opinions is not None:
        found["view"] = agreement(spec, verdict, opinions.view)
    if opinions is not None and opinions.second is not None:
        found[opinions.name] = agreement(spec, verdict, opinions.second)
    return found


def _bounded(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _characters(spec: FieldSpec, raw: str) -> int:
    return sum(1 for char in raw if char not in "年月日") if spec.kind in ("date", "year_month") else len(raw)


TWICE = 0.7
"""The classifier of boxed characters disagrees where its text is twice as likely as the strip's: closer ones are mostly ウ or ゥ, which one
cell alone does not tell (11 of 12 such doubts on drawn fields were none)."""


def boxes_agree(spec: FieldSpec, reading: TextReading) -> float:
    """Whether the classifier of boxed characters reads the value that the strip of the cells alone gave: 1, -1, or 0 = no word."""
    vote = reading.boxes
    if vote is None or not vote.text:
        return 0.0
    if same_value(spec, vote.strip, vote.text):
        return 1.0
    return -1.0 if vote.margin <= -TWICE else 0.0


def same_value(spec: FieldSpec, one: str, other: str) -> bool:
    """Whether two texts are one value of the field."""
    values = [normalise(spec.kind, text, field=spec.name).value for text in (one, other)]
    return (values[0] is not None and values[0] == values[1]) or fold_for_comparison(one) == fold_for_comparison(other)


def agreement(spec: FieldSpec, verdict: Verdict, other: str | None) -> float:
    """1 = the same value, -1 = another one, 0 = no answer."""
    if not other:
        return 0.0
    found = normalise(spec.kind, other, field=spec.name)
    same = found.value is not None and found.value == verdict.normalised.value
    return 1.0 if same or fold_for_comparison(other) == fold_for_comparison(verdict.raw) else -1.0
