"""Fit a page to its template from printed points: a homography for the sheet, a smooth correction for paper and scanner.

All points are millimetres. A model maps template points to page points.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, Matrix, Points, map_points

_OUTLIER_MM = 0.6
"""Points further off than this from the robust fit do not take part: a wrong peak, or print covered by writing."""
_TUKEY = 4.685
"""Tukey's biweight constant: 95 % efficiency on normal errors."""
_MIN_SPREAD_MM = 0.03
"""Places are known no better than this; keeps the weights finite on perfect pages."""
_ROUNDS = 5
_FIRST_SPREAD_MM = 0.4
"""Spread allowed in the first round, halved in each: a far corner that the paper moved by a millimetre is taken along by the bend before
it could be taken for a mistake."""
_TINY = 1e-9
"""Keeps a system with too few points solvable; nothing against the weights of 20 points."""
_FOLDS = 5
_TERM_COUNT = 8
_NEAR_MM = 10.0
"""Reach (standard deviation) of one point's say. Real prints differ from their template by whole lines of text moved 0.2 mm: with the
reach at 8-12 mm the held-out error's 95th percentile fell from 0.22 to 0.16 mm."""
_NEAR_STIFFNESS = 0.5
"""Points' worth of zero added everywhere, so that a lone point moves its place by two thirds at the most."""
_BEND_STIFFNESS = 8.0
"""Ridge on the bend's coefficients, in points: with few points the page stays flat."""


@dataclass(frozen=True)
class Model:
    """Template mm -> page mm.

    Attributes:
        flat: (3, 3), the sheet as a plane.
        bend: (_TERM_COUNT, 2), what the paper's bend and an uneven feed add over the whole page.
        places, offsets, trust: (n, 2), (n, 2), (n,): what is left at the printed points, mm; near them it is followed.
    """

    flat: Matrix
    bend: NDArray[np.float64]
    places: Points
    offsets: Points
    trust: NDArray[np.float64]

    @staticmethod
    def none() -> Model:
        """The page as the coarse fit laid it."""
        return Model(np.eye(3), np.zeros((_TERM_COUNT, 2)), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))

    def apply(self, points: Points) -> Points:
        """Map (n, 2) template points."""
        return np.asarray(_smooth(self.flat, self.bend, points) + self._near(points), np.float64)

    def _near(self, points: Points) -> Points:
        distance = (points**2).sum(axis=1)[:, None] + (self.places**2).sum(axis=1) - 2 * points @ self.places.T
        share = np.exp(-distance / (2 * _NEAR_MM**2)) * self.trust
        return np.asarray(share @ self.offsets / (share.sum(axis=1, keepdims=True) + _NEAR_STIFFNESS), np.float64)


def fit_model(template: Points, page: Points, weight: NDArray[np.float64], start: Matrix | None = None) -> Model:
    """Robust least squares: Tukey weights on top of `weight` (n,), from `start` or from a fit that wrong points cannot pull away."""
    flat, bend = _start(template, page) if start is None else start, np.zeros((_TERM_COUNT, 2))
    trust = weight * _tukey(np.hypot(*(map_points(flat, template) - page).T), _FIRST_SPREAD_MM)
    for turn in range(_ROUNDS):
        flat = _homography(template, page - _terms(template) @ bend, trust)
        bend = _ridge(_terms(template), page - map_points(flat, template), trust)
        trust = weight * _tukey(np.hypot(*(_smooth(flat, bend, template) - page).T), _FIRST_SPREAD_MM / 2 ** (turn + 1))
    return Model(flat, bend, template, page - _smooth(flat, bend, template), trust)


def held_out_errors(template: Points, page: Points, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) mm: how far each point lies from a fit that did not see it."""
    errors, start = np.empty(len(template)), _start(template, page)
    fold = np.arange(len(template)) % _FOLDS
    for number in range(_FOLDS):
        out = fold == number
        model = fit_model(template[~out], page[~out], weight[~out], start)
        errors[out] = np.hypot(*(model.apply(template[out]) - page[out]).T)
    return errors


def _smooth(flat: Matrix, bend: NDArray[np.float64], points: Points) -> Points:
    return np.asarray(map_points(flat, points) + _terms(points) @ bend, np.float64)


def _start(template: Points, page: Points) -> Matrix:
    """A fit that a third of wrong points cannot pull away."""
    cv2.setRNGSeed(0)
    found, _ = cv2.findHomography(template, page, cv2.RANSAC, _OUTLIER_MM)
    return np.eye(3) if found is None else np.asarray(found, np.float64)


def _terms(points: Points) -> NDArray[np.float64]:
    """(n, 8): what a bent sheet and an uneven feed look like, over the page scaled to -1..1; a homography has the lower terms."""
    x, y = ((points / np.array(A4_MM)) * 2 - 1).T
    return np.column_stack([x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y, y * y * y * y])


def _homography(template: Points, page: Points, trust: NDArray[np.float64]) -> Matrix:
    """Weighted least squares with the corner fixed to 1; A4 coordinates are scaled to about 1 so that the system is well behaved."""
    source, target = template / A4_MM[1], page / A4_MM[1]
    weight = np.sqrt(np.maximum(trust, 0.0))[:, None]
    (x, y), (u, v) = source.T, target.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    across = np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y]) * weight
    down = np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y]) * weight
    wanted = np.concatenate([u * weight[:, 0], v * weight[:, 0]])
    rows = np.vstack([across, down])
    solution = np.linalg.solve(rows.T @ rows + _TINY * np.eye(8), rows.T @ wanted)
    unit = np.append(solution, 1.0).reshape(3, 3)
    size = np.diag([A4_MM[1], A4_MM[1], 1.0])
    return np.asarray(size @ unit @ np.linalg.inv(size), np.float64)


def _ridge(terms: NDArray[np.float64], wanted: Points, trust: NDArray[np.float64]) -> NDArray[np.float64]:
    weighted = terms * trust[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ terms + _BEND_STIFFNESS * np.eye(_TERM_COUNT), weighted.T @ wanted), np.float64)


def _tukey(errors: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Weights 0 to 1; the scale is the errors' own median within sense, and `least` mm at the least."""
    own = min(max(1.4826 * float(np.median(errors)), _MIN_SPREAD_MM), _OUTLIER_MM / _TUKEY * 2)
    ratio = np.clip(errors / (_TUKEY * max(own, least)), 0, 1)
    return np.asarray((1 - ratio**2) ** 2, np.float64)
