"""The candidates of a field by their values, and what speaks for the best one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.forms import FieldSpec
from pipeline.normalise import Normalised, fold_for_comparison, normalise
from pipeline.recognise import Candidate
from pipeline.recognise.text import TextReading


@dataclass(frozen=True)
class Opinions:
    """What others made of a doubtful field; None = nothing was asked, or nothing was seen."""

    view: str | None = None
    second: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The candidates of a field by their values.

    Attributes:
        raw: best text that has the best value.
        normalised: value or problem of it.
        log_prob: of the value, over all its writings.
        rival: log probability of the next value; -inf when there is none.
        rival_raw: its text.
    """

    raw: str
    normalised: Normalised
    log_prob: float
    rival: float
    rival_raw: str


WELL_FORMED = 5.0
"""A text that fits its kind's grammar is preferred to one up to exp(5) times as probable that does not."""


def weigh(spec: FieldSpec, candidates: Sequence[Candidate]) -> Verdict:
    """Add up the writings of each value and choose the best well-formed one, or the best of all when none is near it."""
    sums: dict[tuple[object, str | None], list[Candidate]] = {}
    for candidate in candidates:
        found = normalise(spec.kind, candidate.text, field=spec.name)
        key = (found.value, found.problem if found.value is not None else f"{found.problem} {candidate.text}")
        sums.setdefault(key, []).append(candidate)
    ranked = sorted(((_log_sum(group), key, group[0].text) for key, group in sums.items()), key=lambda entry: -entry[0])
    good = [entry for entry in ranked if entry[1][0] is not None]
    chosen = good[0] if good and good[0][0] >= ranked[0][0] - WELL_FORMED else ranked[0]
    others = [entry for entry in ranked if entry is not chosen]
    rival, rival_raw = (others[0][0], others[0][2]) if others else (-math.inf, "")
    return Verdict(chosen[2], normalise(spec.kind, chosen[2], field=spec.name), chosen[0], rival, rival_raw)


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
        "cells": float(reading.cells is not None and reading.cells != _characters(spec, verdict.raw)),
    }
    if reading.boxes is not None:
        found["boxes"] = boxes_agree(spec, reading)
        found["boxes_margin"] = reading.boxes.margin
    if opinions is not None:
        found["view"] = agreement(spec, verdict, opinions.view)
        found["second"] = agreement(spec, verdict, opinions.second)
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
