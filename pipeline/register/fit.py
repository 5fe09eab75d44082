"""Fit a page to its template from printed points: a homography for the sheet, smooth corrections for paper and scanner.

Whether a point is a mistake is asked of its neighbours, not of the sheet: a wrong peak disagrees with what is printed around it, while
the points of a bent corner agree with each other, however far from the sheet's plane they lie.

All points are millimetres. A model maps template points to page points.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, Matrix, Points, map_points

Floats = NDArray[np.float64]
_OUTLIER_MM = 0.6
"""Points further off than this from the first plane do not take part in it."""
_AROUND_MM = 20.0
"""Reach (standard deviation) of the neighbours that a point is held against: 10-20 points at the pitch of the anchors."""
_APART_MM, _APART_SLOPE = 0.25, 0.012
"""How far two neighbours may be off differently, and by how much more per mm between them: a sheet dragged by 1 mm within 30 mm bends
by 0.02 mm per mm at its steepest."""
_SUPPORT = (0.3, 0.6)
"""Share of the neighbours that agree: a point is left out below the first, and counts in full above the second. Where another sheet
covers the page, chance peaks agree with a hundredth of theirs."""
_TUKEY = 4.685
"""Tukey's biweight constant: 95 % efficiency on normal errors."""
_MIN_SPREAD_MM = 0.03
"""Places are known no better than this; keeps the weights finite on perfect pages."""
_FIRST_SPREAD_MM = 0.4
"""Spread allowed in the first round, halved in each: first the plane follows all, then most of the points."""
_ROUNDS = 3
_LEAST_SHARE = 0.1
"""What a point that its neighbours vouch for always counts towards plane and bend."""
_TINY = 1e-9
"""Keeps a system with too few points solvable; nothing against the weights of 20 points."""
_FOLDS = 5
_TERM_COUNT = 8
_BEND_STIFFNESS = 8.0
"""Ridge on the bend's coefficients, in points: with few points the page stays flat."""
_LAYERS_MM = (25.0, 10.0)
"""Reach (standard deviation) of one point's say in the local corrections, coarse to fine. The coarse one follows a sheet dragged by the
feeder; the fine one real prints, which differ from their template by whole lines of text moved 0.2 mm: with it at 8-12 mm the held-out
error's 95th percentile fell from 0.22 to 0.16 mm."""
_LEFT_SPREAD_MM = 0.1
"""Spread allowed of what the coarse layer leaves: with half of it, a strongly dragged sheet is followed half as well."""
_STIFFNESS = 0.5
"""Points' worth of zero added everywhere, so that a lone point moves its place by two thirds at the most."""


@dataclass(frozen=True)
class Layer:
    """A local correction: near the printed points their offsets are followed.

    Attributes:
        reach_mm: standard deviation of a point's say.
        offsets, trust: (n, 2) mm and (n,) of the points.
    """

    reach_mm: float
    offsets: Points
    trust: Floats

    def at(self, squared_distance: Floats) -> Points:
        """The correction, (m, 2) mm, at places of (m, n) mm2 from the points."""
        return self.by(np.exp(-squared_distance / (2 * self.reach_mm**2)))

    def by(self, say: Floats) -> Points:
        """The correction, (m, 2) mm, where the points have (m, n) a say, 0 to 1."""
        share = say * self.trust
        return np.asarray(share @ self.offsets / (share.sum(axis=1, keepdims=True) + _STIFFNESS), np.float64)


@dataclass(frozen=True)
class Model:
    """Template mm -> page mm.

    Attributes:
        flat: (3, 3), the sheet as a plane.
        bend: (_TERM_COUNT, 2), what the paper's bend and an uneven feed add over the whole page.
        places: (n, 2) mm, the printed points.
        layers: local corrections, each on top of the one before.
    """

    flat: Matrix
    bend: Floats
    places: Points
    layers: tuple[Layer, ...]

    @staticmethod
    def none() -> Model:
        """The page as the coarse fit laid it."""
        return Model(np.eye(3), np.zeros((_TERM_COUNT, 2)), np.zeros((0, 2)), ())

    def apply(self, points: Points) -> Points:
        """Map (n, 2) template points."""
        away = squared_distance(points, self.places)
        return np.asarray(_smooth(self.flat, self.bend, points) + sum((layer.at(away) for layer in self.layers), np.zeros(2)), np.float64)


class Sights:
    """Printed points and where the page shows them, with everything about them that several fits share.

    Attributes:
        template, page: (n, 2) mm.
        offsets: (n, 2) mm, what a plane leaves.
        weight: (n,) how far a point is to be believed, by itself and by its neighbours; 0 = not at all.
    """

    def __init__(self, template: Points, page: Points, weight: Floats) -> None:
        """Hold the points against each other. `weight`: (n,) by themselves, 0 to 1."""
        self.template, self.page = template, page
        away = squared_distance(template, template)
        self._start = _plane(template, page)
        self.offsets = page - map_points(self._start, template)
        self.weight = weight * _agreement(self.offsets, away, weight)
        self._terms = _terms(template)
        self._say = [np.exp(-away / (2 * reach**2)) for reach in _LAYERS_MM]

    def fit(self) -> Model:
        """The model through all points."""
        return self._fit(self.weight)[0]

    def held_out_errors(self) -> Floats:
        """(n,) mm: how far each point lies from a fit that gave it no weight."""
        errors, fold = np.empty(len(self.template)), np.arange(len(self.template)) % _FOLDS
        for number in range(_FOLDS):
            out = fold == number
            _, left = self._fit(np.where(out, 0.0, self.weight))
            errors[out] = np.hypot(*left[out].T)
        return errors

    def _fit(self, weight: Floats) -> tuple[Model, Points]:
        """The model through the points that have weight, and what it leaves at every point, (n, 2) mm."""
        flat, bend, trust = self._start, np.zeros((_TERM_COUNT, 2)), weight
        left = self.page - map_points(flat, self.template)
        for turn in range(_ROUNDS):
            trust = weight * np.maximum(_tukey(left, _FIRST_SPREAD_MM / 2**turn), _LEAST_SHARE)
            flat = _homography(self.template, self.page - self._terms @ bend, trust)
            bend = _ridge(self._terms, self.page - map_points(flat, self.template), trust)
            left = self.page - map_points(flat, self.template) - self._terms @ bend
        layers, trust = [], weight
        for reach, say in zip(_LAYERS_MM, self._say, strict=True):
            layers.append(Layer(reach, left, trust))
            left = left - layers[-1].by(say)
            trust = weight * _tukey(left, _LEFT_SPREAD_MM)
        return Model(flat, bend, self.template, tuple(layers)), left


def _agreement(offsets: Points, away: Floats, weight: Floats) -> Floats:
    """(n,) 0 to 1: do the neighbours of a point lie off as it does? `away`: (n, n) squared distances, mm2."""
    say = np.exp(-away / (2 * _AROUND_MM**2)) * weight
    np.fill_diagonal(say, 0.0)
    apart = squared_distance(offsets, offsets)
    allowed = (_APART_MM + _APART_SLOPE * np.sqrt(away)) ** 2
    support = (say * np.clip(1 - apart / allowed, 0, 1)).sum(axis=1) / np.maximum(say.sum(axis=1), _TINY)
    return np.asarray(np.clip((support - _SUPPORT[0]) / (_SUPPORT[1] - _SUPPORT[0]), 0, 1), np.float64)


def squared_distance(one: Points, other: Points) -> Floats:
    """(n, m) of (n, 2) and (m, 2) points."""
    squared = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.asarray(np.maximum(squared, 0.0), np.float64)


def _smooth(flat: Matrix, bend: Floats, points: Points) -> Points:
    return np.asarray(map_points(flat, points) + _terms(points) @ bend, np.float64)


def _plane(template: Points, page: Points) -> Matrix:
    """A fit that a third of wrong points cannot pull away."""
    cv2.setRNGSeed(0)
    found, _ = cv2.findHomography(template, page, cv2.RANSAC, _OUTLIER_MM)
    return np.eye(3) if found is None else np.asarray(found, np.float64)


def _terms(points: Points) -> Floats:
    """(n, 8): what a bent sheet and an uneven feed look like, over the page scaled to -1..1; a homography has the lower terms."""
    x, y = ((points / np.array(A4_MM)) * 2 - 1).T
    return np.column_stack([x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y, y * y * y * y])


def _homography(template: Points, page: Points, trust: Floats) -> Matrix:
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


def _ridge(terms: Floats, wanted: Points, trust: Floats) -> Floats:
    weighted = terms * trust[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ terms + _BEND_STIFFNESS * np.eye(_TERM_COUNT), weighted.T @ wanted), np.float64)


def _tukey(left: Points, least: float) -> Floats:
    """Weights 0 to 1 of points that a fit leaves (n, 2) mm off; the scale is their own median within sense, and `least` mm at the least."""
    errors = np.hypot(*left.T)
    own = min(max(1.4826 * float(np.median(errors)), _MIN_SPREAD_MM), _OUTLIER_MM / _TUKEY * 2)
    ratio = np.clip(errors / (_TUKEY * max(own, least)), 0, 1)
    return np.asarray((1 - ratio**2) ** 2, np.float64)
