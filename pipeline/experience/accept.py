"""From which certainty on an answer may be accepted, so that the share of wrong ones stays below a bound on themes never seen."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression

from pipeline.experience.classify import LABELS
from pipeline.experience.corpus import Example
from pipeline.experience.encode import Floats

ERROR_BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1)
CONFIDENCE = 0.95
ALLOWED_AT_START = 2
"""Wrong answers the smallest set tried may hold: with none allowed a single odd text would close the door for good."""
STEP = 1.05
"""Each set tried is this much larger than the one before."""


def right(examples: Sequence[Example], odds: Floats) -> NDArray[np.bool_]:
    """(n,) whether the best label is the main field."""
    return np.array([LABELS[best] == example.main for best, example in zip(odds.argmax(axis=1), examples, strict=True)])


def fit_certainty(odds: Floats, hits: NDArray[np.bool_]) -> Floats:
    """(3,) coefficients of `classify.certainty`."""
    ordered = np.sort(odds, axis=1)[:, ::-1]
    model = LogisticRegression(C=100.0).fit(np.column_stack([ordered[:, 0], ordered[:, 0] - ordered[:, 1]]), hits)
    return np.array([model.intercept_[0], *model.coef_[0]], np.float32)


def thresholds(sure: NDArray[np.float64], hits: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """For each of ERROR_BOUNDS that can be shown: the lowest certainty to accept from.

    Sets of the surest answers are tried from small to large, in sizes fixed beforehand, up to the first whose one-sided Clopper-Pearson
    bound lies above the wanted one. Testing in a fixed order and stopping at the first failure keeps CONFIDENCE for the set that is
    chosen (fixed-sequence testing, as in "Learn then Test", Angelopoulos et al. 2021); taking the largest passing set would not.
    """
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~hits[order])
    found = []
    for bound in ERROR_BOUNDS:
        sizes = _sizes(bound, len(order))
        shown = list(takewhile(lambda size, bound=bound: upper_bound(int(wrong[size - 1]), size) <= bound, sizes))  # type: ignore[misc]
        if shown:
            found.append((bound, float(sure[order[shown[-1] - 1]])))
    return found


def upper_bound(wrong: int, number: int) -> float:
    """One-sided Clopper-Pearson bound at CONFIDENCE on the share of wrong ones, `wrong` of `number` seen."""
    return 1.0 if wrong >= number else float(beta.ppf(CONFIDENCE, wrong + 1, number - wrong))


def _sizes(bound: float, largest: int) -> list[int]:
    size = _smallest(bound)
    sizes = []
    while size <= largest:
        sizes.append(size)
        size = int(size * STEP) + 1
    return sizes


@functools.cache
def _smallest(bound: float) -> int:
    size = ALLOWED_AT_START + 1
    while upper_bound(ALLOWED_AT_START, size) > bound:
        size += 1
    return size
