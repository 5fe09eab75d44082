"""Fit a calibration to readings whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.recognise.calibration import Calibration, Model, Step

FEWEST = 40
"""Readings of a family below which the pooled model speaks for it."""
FEWEST_WRONG = 3
"""...and wrong ones among them: without errors nothing can be learned about errors."""
STRENGTH = 0.5
"""Inverse of the regularisation: few errors must not make a steep curve."""
MOST_STEPS = 60
"""Steps kept per family in the file."""
PRIOR_ERRORS = 1.0
"""Made-up errors added to each fit, at its mean features: a family that was never wrong is still not certain."""


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
    confident = [(_confidence(models, sample), sample) for sample in samples]
    steps = {family: _steps([(c, s.right) for c, s in confident if s.family == family]) for family in families}
    steps["all"] = _steps([(c, s.right) for c, s in confident])
    return Calibration(models, steps, {**provenance, "readings": len(samples), "wrong": sum(not s.right for s in samples)})


def _confidence(models: dict[str, Model], sample: Sample) -> float:
    return models[sample.family + ("+" if sample.asked else "")].probability(sample.features)


def _fit(samples: Sequence[Sample]) -> Model:
    names = sorted({name for sample in samples for name in sample.features})
    rows = np.array([[sample.features.get(name, 0.0) for name in names] for sample in samples])
    right = np.array([sample.right for sample in samples])
    centre, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    scaled = np.vstack([(rows - centre) / spread, np.zeros(len(names))])
    weights = np.append(np.ones(len(rows)), PRIOR_ERRORS)
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaled, np.append(right, False), sample_weight=weights)
    slopes = fitted.coef_[0] / spread
    bias = float(fitted.intercept_[0] - slopes @ centre)
    return Model(round(bias, 6), {name: round(float(slope), 6) for name, slope in zip(names, slopes, strict=True)})


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
