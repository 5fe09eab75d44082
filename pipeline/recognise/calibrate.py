"""Fit a calibration to readings whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from pipeline.recognise.calibration import Calibration, Model, Step

FEWEST = 40
"""Readings of a family below which the pooled model speaks for it."""
FEWEST_WRONG = 3
"""...and wrong ones among them: without errors nothing can be learned about errors."""
STRENGTH = 0.5
"""Inverse of the regularisation: few errors must not make a steep curve."""
LEAST_SPREAD = 0.05
"""A feature that hardly varies in the calibration gets no steep slope from its few outliers."""
SIDES: dict[str, tuple[float | None, float | None]] = {
    "odds": (0, None),
    "margin": (0, None),
    "inside": (0, None),
    "view": (0, None),
    "second": (0, None),
    "boxes": (0, None),
    "boxes_margin": (0, None),
    "cut": (None, 0),
    "cells": (None, 0),
}
"""Which way each feature may count."""
MOST_STEPS = 60
"""Steps kept per family in the file."""
PRIOR_ERRORS = 0.2
"""Weight of a made-up error added to each fit, at its mean features: a family that was never wrong is still not certain."""


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One reading whose truth is known.

    Attributes:
        family: as in `decide.FAMILIES`.
        features: as `decide.features` made them.
        asked: whether second opinions are among them.
        right: whether the value was exactly right.
    """

    family: str
    features: dict[str, float]
    asked: bool
    right: bool


def fit_calibration(samples: Sequence[Sample], provenance: dict[str, str | int | float]) -> Calibration:
    """A calibration for `samples`. ValueError when there are none."""
    if not samples:
        raise ValueError("no samples")
    models: dict[str, Model] = {}
    families = sorted({sample.family for sample in samples})
    for asked, suffix in ((False, ""), (True, "+")):
        known = [sample for sample in samples if sample.asked == asked]
        if not known:
            continue
        pooled = _fit(known)
        for family in families:
            own = [sample for sample in known if sample.family == family]
            wrong = sum(not sample.right for sample in own)
            models[family + suffix] = _fit(own) if len(own) >= FEWEST and wrong >= FEWEST_WRONG else pooled
    # a field that was asked about stands among the samples twice; it is one field, so the steps count its first reading only
    confident = [(_confidence(models, sample), sample) for sample in samples if not sample.asked]
    steps = {family: _steps([(c, s.right) for c, s in confident if s.family == family]) for family in families}
    steps["all"] = _steps([(c, s.right) for c, s in confident])
    return Calibration(models, steps, {**provenance, "readings": len(confident), "wrong": sum(not s.right for _, s in confident)})


def _confidence(models: dict[str, Model], sample: Sample) -> float:
    return models[sample.family + ("+" if sample.asked else "")].probability(sample.features)


def _fit(samples: Sequence[Sample]) -> Model:
    """Logistic regression with every slope on the side it must have: no sample may teach that a doubt is a good sign."""
    names = sorted({name for sample in samples for name in sample.features})
    rows = np.array([[sample.features.get(name, 0.0) for name in names] for sample in samples])
    right = np.array([sample.right for sample in samples])
    centre, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), LEAST_SPREAD)
    scaled = np.vstack([(rows - centre) / spread, np.zeros(len(names))])
    signs = np.where(np.append(right, False), 1.0, -1.0)
    weights = np.append(np.ones(len(rows)), PRIOR_ERRORS)

    def loss(theta: Floats) -> tuple[float, Floats]:
        margins = signs * (scaled @ theta[1:] + theta[0])
        slope = -signs * weights * expit(-margins)
        value = float((weights * np.logaddexp(0, -margins)).sum() + theta[1:] @ theta[1:] / (2 * STRENGTH))
        return value, np.append(slope.sum(), scaled.T @ slope + theta[1:] / STRENGTH)

    bounds = [(None, None), *(SIDES.get(name, (None, None)) for name in names)]
    theta = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    slopes = theta[1:] / spread
    return Model(round(float(theta[0] - slopes @ centre), 6), {name: round(float(s), 6) for name, s in zip(names, slopes, strict=True)})


def _steps(graded: Iterable[tuple[float, bool]]) -> tuple[Step, ...]:
    """Cumulated counts by falling confidence, thinned to MOST_STEPS without losing the step before each error."""
    ranked = sorted(graded, reverse=True)
    steps: list[Step] = []
    accepted = wrong = 0
    for place, (confidence, right) in enumerate(ranked):
        accepted, wrong = accepted + 1, wrong + (not right)
        last_of_its_kind = place + 1 == len(ranked) or ranked[place + 1][0] < confidence
        if last_of_its_kind:
            steps.append(Step(round(confidence, 7), accepted, wrong))
    kept = {len(steps) - 1, *np.linspace(0, len(steps) - 1, MOST_STEPS).round().astype(int).tolist()}
    kept |= {place for place in range(len(steps) - 1) if steps[place + 1].wrong > steps[place].wrong and steps[place].wrong < MOST_STEPS}
    return tuple(step for place, step in enumerate(steps) if place in kept)
