"""Fit a calibration to readings whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from pipeline.recognise.calibration import SECONDS, VIEWED, Calibration, Model, Step, is_asked

STRENGTH = 0.5
"""Inverse of the regularisation: few errors must not make a steep curve, and a family of few readings stays near all families."""
LEAST_SPREAD = 0.05
"""A feature that hardly varies in the calibration gets no steep slope from its few outliers."""
SIDES: dict[str, tuple[float | None, float | None]] = {
    "odds": (0, None),
    "margin": (0, None),
    "inside": (0, None),
    "view": (0, None),
    "second": (0, None),
    "stock": (0, None),
    "boxes": (0, None),
    "boxes_margin": (0, None),
    "cut": (None, 0),
    "cells": (None, 0),
}
"""Which way each feature may count."""
PRIOR_ERRORS = 0.2
"""Weight of a made-up error added to each fit, at its mean features: a family that was never wrong is still not certain."""
LOG_ODDS = tuple(np.arange(11.5, -0.01, -0.25).tolist())
"""Of the confidences at which steps are counted, from 0.99999 to even chance; fixed in advance, for the test of thresholds."""
MOST_FOLDS = 10


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One reading whose truth is known.

    Attributes:
        family: as in `decide.FAMILIES`.
        features: of the first reading, as `decide.features` made them.
        right: whether the value was exactly right.
        opinions: further features, by whom was asked: "view" and any of SECONDS. Empty = nobody was asked.
        barred: whether a person looks at it whatever its probability.
        marks: probability of the marks that belong to it (an era), multiplied to the reading's.
        group: what was written alike (by one hand, in one font): its readings are never judged by models that have seen others of it.
    """

    family: str
    features: Mapping[str, float]
    right: bool
    opinions: Mapping[str, float] = field(default_factory=dict)
    barred: bool = False
    marks: float = 1.0
    group: str = ""


def fit_calibration(samples: Sequence[Sample], provenance: Mapping[str, str | int | float]) -> Calibration:
    """A calibration for `samples`. ValueError when there are none.

    The models are fitted to all samples. The steps, from which thresholds follow, count what models say that were fitted without the
    sample's own group (one group alone cannot be left out and is judged by what has seen it).
    """
    if not samples:
        raise ValueError("no samples")
    families = sorted({sample.family for sample in samples})
    judged = list(held_out(samples))
    steps: dict[str, tuple[Step, ...]] = {}
    for second in (None, *(name for name in SECONDS if any(name in sample.opinions for sample in samples))):
        suffix = "" if second is None else VIEWED + second
        graded = [(sample, confidence(model, sample, second)) for sample, model in judged if not sample.barred]
        steps |= {name + suffix: _steps((c, s.right) for s, c in graded if name in (s.family, "all")) for name in (*families, "all")}
    counts = {"readings": len(samples), "wrong": sum(not sample.right for sample in samples), "groups": len({s.group for s in samples})}
    return Calibration(_models(samples), steps, {**provenance, **counts})


def held_out(samples: Sequence[Sample]) -> Iterator[tuple[Sample, Calibration]]:
    """Every sample with models (and no steps) of a fit without its group."""
    groups = sorted({sample.group for sample in samples})
    folds = min(len(groups), MOST_FOLDS)
    if folds < 2:
        models = Calibration(_models(samples), {}, {})
        yield from ((sample, models) for sample in samples)
        return
    fold_of = {group: place % folds for place, group in enumerate(groups)}
    for fold in range(folds):
        models = Calibration(_models([sample for sample in samples if fold_of[sample.group] != fold]), {}, {})
        yield from ((sample, models) for sample in samples if fold_of[sample.group] == fold)


def confidence(calibration: Calibration, sample: Sample, second: str | None = None, *, view: bool = True) -> float:
    """The most confident that the policy of `decide.opinions` makes this field: its first reading, then seen again, then by `second`.

    A field passes a threshold exactly when this does: who is asked first is not asked further once the field has passed, and nobody is
    asked whose agreement could not make it pass.

    Args:
        calibration: its models are used; a family it has no model of counts as never sure.
        sample: the field.
        second: one of SECONDS, or None when no second reader is asked.
        view: whether the first reader is asked to look again.
    """
    if sample.family not in calibration.models:
        return 0.0
    said = [calibration.probability(sample.family, sample.features, asked=False)]
    asked = dict(sample.features)
    seconds = (second,) if second is not None and is_asked(second, sample.family) else ()
    for name in (*(("view",) if view else ()), *seconds):
        if name in sample.opinions:
            asked[name] = sample.opinions[name]
            said.append(calibration.probability(sample.family, asked, asked=True))
    return max(said) * sample.marks


def _models(samples: Sequence[Sample]) -> dict[str, Model]:
    """Per family and per set of opinions; a family without samples of its own has the pooled one's."""
    families = sorted({sample.family for sample in samples})
    every = [(sample, dict(sample.features)) for sample in samples]
    models = _family_models(every, families, "")
    viewed = [(sample, {**said, "view": sample.opinions["view"]}) for sample, said in every if "view" in sample.opinions]
    models |= _family_models(viewed, families, VIEWED)
    for name in SECONDS:
        both = [(sample, {**said, name: sample.opinions[name]}) for sample, said in viewed if name in sample.opinions]
        models |= _family_models(both, families, VIEWED + name)
    return models


def _family_models(known: Sequence[tuple[Sample, dict[str, float]]], families: Iterable[str], suffix: str) -> dict[str, Model]:
    """One model per family, each drawn towards that of all families."""
    if not known:
        return {}
    names = sorted({name for _, said in known for name in said})
    rows = np.array([[said.get(name, 0.0) for name in names] for _, said in known])
    right = np.array([sample.right for sample, _ in known])
    scale = (rows.mean(axis=0), np.maximum(rows.std(axis=0), LEAST_SPREAD))
    scaled = (rows - scale[0]) / scale[1]
    pooled = _fit(scaled, right, names, None)
    models = {}
    for family in families:
        own = np.array([sample.family == family for sample, _ in known])
        models[family + suffix] = _model(_fit(scaled[own], right[own], names, pooled) if own.any() else pooled, names, scale)
    return models


def _model(theta: Floats, names: Sequence[str], scale: tuple[Floats, Floats]) -> Model:
    centre, spread = scale
    slopes = theta[1:] / spread
    return Model(round(float(theta[0] - slopes @ centre), 6), {name: round(float(s), 6) for name, s in zip(names, slopes, strict=True)})


def _fit(scaled: Floats, right: NDArray[np.bool_], names: Sequence[str], start: Floats | None) -> Floats:
    """Logistic regression with every slope on the side it must have: no sample may teach that a doubt is a good sign.

    Args:
        scaled: (n, features), about mean 0 and spread 1 over all families.
        right: (n,).
        names: of the features.
        start: what the fit is drawn towards; None = slopes of zero and any intercept.

    Returns:
        Intercept and slopes.
    """
    pull = np.full(len(names) + 1, 1 / STRENGTH)
    if start is None:
        start, pull[0] = np.zeros(len(names) + 1), 0.0
    rows = np.vstack([scaled, scaled.mean(axis=0)])
    signs = np.where(np.append(right, False), 1.0, -1.0)
    weights = np.append(np.ones(len(scaled)), PRIOR_ERRORS)

    def loss(theta: Floats) -> tuple[float, Floats]:
        margins = signs * (rows @ theta[1:] + theta[0])
        slope = -signs * weights * expit(-margins)
        away = theta - start
        value = float((weights * np.logaddexp(0, -margins)).sum() + pull @ away**2 / 2)
        return value, np.append(slope.sum(), rows.T @ slope) + pull * away

    bounds = [(None, None), *(SIDES.get(name, (None, None)) for name in names)]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, dtype=np.float64)


def _steps(graded: Iterable[tuple[float, bool]]) -> tuple[Step, ...]:
    """Counts at and above each of the fixed confidences, strict to loose."""
    known = list(graded)
    sure = np.array([said for said, _ in known])
    wrong = np.array([not right for _, right in known], dtype=bool)
    levels = [round(float(expit(odds)), 7) for odds in LOG_ODDS]
    levels = [min(level, 0.99999) for level in levels]
    return tuple(Step(level, int((sure >= level).sum()), int((wrong & (sure >= level)).sum())) for level in levels)
