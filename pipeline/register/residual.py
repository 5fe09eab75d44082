"""What a fit cannot promise, in millimetres: meant never to be less than the page's real error.

Five questions, and the worst answer counts: how far do printed points lie from a fit that did not see them; how much of that grows
beyond the reach of the points; is one region of the page worse than the rest; is there print that no trusted point is near; and is the
sheet torn between two points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, Points
from pipeline.register.fit import Sights, squared_distance

MAX_RESIDUAL_MM = 0.5
"""A page with more goes to a person: half a millimetre off, a neighbour's rule or tick box stands in a field."""
UNUSABLE_MM = 99.0
"""The residual of a page on which too little print was found to measure anything."""
_POINTS_COUNTED = 10
"""Points' worth that the error of a fit is divided by, where more were found: neighbours err together."""
_TRUSTED_WEIGHT = 0.05
"""Weight (0 to 1) that a point keeps at least to say anything about its place."""
_REGIONS = (3, 4)
"""Regions across and down in which the error is judged for itself, 70 x 74 mm."""
_MIN_IN_REGION = 3
"""Two points may both be wrong peaks."""
_BLIND_MM = 55.0
"""So far from any trusted point a bend of 0.5 mm can hide: a feeder drags a sheet by up to 1 mm within 30-60 mm, and what an
extrapolation misses grows with the square of the distance."""
_TEAR_SLOPE = 0.06
"""Millimetres per millimetre by which no sheet bends, three times the steepest drag of a feeder: between two points that differ more
there is a cut or a fold, and nobody knows where."""
_TEAR_WITHIN_MM = (6.0, 25.0)
"""Distance of two points that are asked about: nearer ones are the same print, farther ones have others between them."""
_TEAR_WEIGHT = 0.3
"""Weight from which both are sure of their place."""
_COMPANY_MM = 20.0
"""Reach (standard deviation) of a point's company."""
_COMPANY_SHARE = 0.4
"""Share of the print around a point that must be found as well: where another sheet covers the form a few rules may still coincide.
Drawn and real pages have 0.44 and more, but for the corner that is folded away."""


def residual_mm(sights: Sights, printed: Points) -> float:
    """Error that may remain, mm. `printed`: (m, 2), where the template has anchors at all."""
    errors = sights.held_out_errors()
    held_out = float(np.percentile(errors, 95))
    beyond = float(np.percentile(held_out * _reach_out(sights.template, printed), 95))
    trusted = sights.template[sights.weight > _TRUSTED_WEIGHT]
    unseen = _unseen_bend(_in_company(trusted, printed), printed)
    return min(max(held_out, beyond, _worst_region(sights.template, errors), unseen, _tear(sights)), UNUSABLE_MM)


def _worst_region(template: Points, errors: NDArray[np.float64]) -> float:
    """Median error, mm, of the worst region of the page: a bent corner is few of all points, and all of its own."""
    column, row = np.minimum(template / np.array(A4_MM) * _REGIONS, np.array(_REGIONS) - 1).astype(np.int64).T
    region = row * _REGIONS[0] + column
    medians = [float(np.median(errors[region == each])) for each in np.unique(region) if (region == each).sum() >= _MIN_IN_REGION]
    return max(medians, default=0.0)


def _tear(sights: Sights) -> float:
    """Millimetres by which two neighbouring points that are sure of their places disagree more than a whole sheet can; 0 when none do."""
    sure = sights.weight > _TEAR_WEIGHT
    away = np.sqrt(squared_distance(sights.template[sure], sights.template[sure]))
    apart = np.sqrt(squared_distance(sights.offsets[sure], sights.offsets[sure]))
    torn = (away > _TEAR_WITHIN_MM[0]) & (away < _TEAR_WITHIN_MM[1]) & (apart > _TEAR_SLOPE * away)
    return float(apart[torn].max(initial=0.0))


def _in_company(points: Points, printed: Points) -> Points:
    """The points around which enough of the print was found."""
    found, asked = (
        np.exp(-squared_distance(points, others) / (2 * _COMPANY_MM**2)).sum(axis=1) for others in (points, printed)
    )
    return np.asarray(points[found >= _COMPANY_SHARE * asked], np.float64)


def _unseen_bend(points: Points, printed: Points) -> float:
    """Millimetres by which the paper may be bent at the printed place furthest from any of the points."""
    if not len(points):
        return UNUSABLE_MM
    gap = np.sqrt(squared_distance(printed, points).min(axis=1).max())
    return float(MAX_RESIDUAL_MM * (gap / _BLIND_MM) ** 2)


def _reach_out(points: Points, places: Points) -> NDArray[np.float64]:
    """(m,): by how much an error of the points grows at `places`, seen through a straight-line fit; above 1 beyond the points' reach."""
    known, asked = (np.column_stack([each - points.mean(axis=0), np.ones(len(each))]) for each in (points, places))
    spread = np.linalg.pinv(known.T @ known)
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", asked, spread, asked) * _POINTS_COUNTED), np.float64)
