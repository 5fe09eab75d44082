"""The first fit: which templates share enough features with the page, wherever it lies and whichever way up it is.

SIFT features of a very small picture: at 40 dpi they describe blocks of print, not letters, so hand writing, bilevel scans and
photocopies change few of them. One multiplication compares them with the features of all templates; the ratio test is held within
each template, because sheets of one set print much alike and would otherwise silence each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Gray, Matrix, Points
from pipeline.identify.anchors import at_resolution

COARSE_DPI = 37.5
"""Measured: real bilevel scans have 60-90 agreeing features at 50 dpi, 20-50 at 75 dpi; drawn bad ones 70-163 at 50, 62-128 at 33 dpi."""
_FEATURES = 400
"""Kept per picture, strongest first; the time for comparing grows with it."""
_RATIO = 0.85
"""Best distance over second best, after Lowe; looser than his 0.8 because the geometry that follows is strict."""
_AGREE_MM = 1.0
"""How far a feature may lie from where the fit puts it: one and a half pixels at COARSE_DPI."""
_MIN_AGREEING = 8
"""Unrelated pages reach 3 to 14 agreeing features; every candidate is looked at closely later, so this only saves time."""
_MAX_CANDIDATES = 4
_WORTH_A_LOOK = 0.3
"""Agreeing features over those of the best: on real scans the right form had 100-160, a wrong one 14 at most."""
_STRETCH = (0.85, 1.18)
"""Print scale 93-107 % and a resolution that the file states slightly wrong."""
_MAX_UNEVEN = 1.09
"""Largest ratio of the scales across and along the page."""
_MAX_SHEAR = 0.035
"""Radians away from the right angle; ADF scanners drift by a tenth of it."""


@dataclass(frozen=True)
class Features:
    """Features of all templates in one table.

    Attributes:
        places: (n, 2) page mm.
        descriptors: (n, 128) float32, length 1.
        owner: (n,) index of the group of templates, ascending.
    """

    places: Points
    descriptors: NDArray[np.float32]
    owner: NDArray[np.int64]


@dataclass(frozen=True)
class Fit:
    """A group of templates that may lie on the page: page mm -> pixels of the picture asked about, and how many features agree."""

    group: int
    picture_from_page: Matrix
    agreeing: int


def template_features(references: list[Gray]) -> Features:
    """The features of one reference picture (REFERENCE_DPI) per group of templates."""
    places, descriptors, owner = [np.empty((0, 2))], [np.empty((0, 128), np.float32)], [np.empty(0, np.int64)]
    for number, reference in enumerate(references):
        found, described = _features(at_resolution(reference, COARSE_DPI))
        places.append(found * MM_PER_INCH / COARSE_DPI)
        descriptors.append(described)
        owner.append(np.full(len(found), number))
    return Features(np.concatenate(places), np.concatenate(descriptors), np.concatenate(owner))


def fits(gray: Gray, dpi: float, features: Features) -> list[Fit]:
    """The groups of templates that may lie on a picture of the page, most agreeing features first."""
    shrink = COARSE_DPI / dpi
    found, described = _features(np.asarray(cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8))
    if len(found) < _MIN_AGREEING or not len(features.owner):
        return []
    on_picture = found / shrink
    distance = 2 - 2 * (described @ features.descriptors.T)
    result = []
    for group in range(int(features.owner[-1]) + 1):
        first, last = np.searchsorted(features.owner, [group, group + 1])
        query, train = _pairs(distance[:, first:last])
        fit = _fit(group, features.places[first + train], on_picture[query], dpi)
        if fit is not None:
            result.append(fit)
    enough = _WORTH_A_LOOK * max((fit.agreeing for fit in result), default=0)
    return sorted((fit for fit in result if fit.agreeing >= enough), key=lambda fit: -fit.agreeing)[:_MAX_CANDIDATES]


def _features(picture: Gray) -> tuple[Points, NDArray[np.float32]]:
    """Places (n, 2) in pixel edges and descriptors (n, 128) of length 1 (their square roots: Hellinger distance)."""
    keypoints, described = cv2.SIFT.create(nfeatures=_FEATURES, contrastThreshold=0.03).detectAndCompute(picture, None)
    if described is None:
        return np.empty((0, 2)), np.empty((0, 128), np.float32)
    places = np.array([point.pt for point in keypoints], np.float64) + 0.5
    return places, np.sqrt(described / np.maximum(described.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)


def _pairs(distance: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices (row, column) of the pairs that pass the ratio test along each row of squared distances. Spends `distance`."""
    if distance.shape[1] < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rows, nearest = np.arange(len(distance)), distance.argmin(axis=1)
    first = distance[rows, nearest]
    distance[rows, nearest] = np.inf
    query = np.nonzero(first < _RATIO**2 * distance.min(axis=1))[0]
    return query, nearest[query]


def _fit(group: int, places: Points, on_picture: Points, dpi: float) -> Fit | None:
    if len(places) < _MIN_AGREEING:
        return None
    threshold = _AGREE_MM * dpi / MM_PER_INCH
    cv2.setRNGSeed(0)
    affine, inliers = cv2.estimateAffine2D(places, on_picture, method=cv2.RANSAC, ransacReprojThreshold=threshold, maxIters=1500)
    if affine is None or inliers.sum() < _MIN_AGREEING or not _plausible(np.asarray(affine[:, :2] * MM_PER_INCH / dpi, np.float64)):
        return None
    return Fit(group, np.vstack([affine, [0.0, 0.0, 1.0]]), int(inliers.sum()))


def _plausible(linear: NDArray[np.float64]) -> bool:
    """Could a printer and a scanner have done this to the page? `linear`: (2, 2), 1 = original size."""
    across, along = np.hypot(*linear[:, 0]), np.hypot(*linear[:, 1])
    if np.linalg.det(linear) <= 0 or not all(_STRETCH[0] < size < _STRETCH[1] for size in (across, along)):
        return False
    shear = abs(float(linear[:, 0] @ linear[:, 1])) / (across * along)
    return bool(max(across, along) / min(across, along) < _MAX_UNEVEN and shear < _MAX_SHEAR)
