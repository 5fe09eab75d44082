"""The ring of a seal in black ink: where a circle of a seal's size fits, and how much of a stamped ring it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Points

Mask = NDArray[np.uint8]
"""(h, w) uint8, 1 = ink."""

RADII = np.arange(4.0, 9.01, 0.25)
"""mm; rings of seals are 8 to 18 mm across."""
RING_LEAD = 0.4
"""Share by which a ring's way is inked more than the ways BESIDE it, inside and outside: writing inks them all, its arcs lead by 0.35."""
BESIDE = 1.0
"""mm; a ring's line is 0.3 to 0.6 mm thick."""
WAY = 0.18
"""mm from the circle within which its way is looked at."""
RING_SEEN = 0.7
"""Share of a ring that must lie within the picture."""
SEARCH_SCALE = 4.0
"""Pixels a millimetre while rings are searched: a ring line of 0.5 mm is two pixels."""
SECTORS = 72
"""Five degrees each: half a millimetre of a small seal's ring."""
NEAR = (0.9, 0.6, 0.45)
"""mm from the circle within which ink belongs to it, closing in as the circle is fitted."""
COVER_CLEAR = 0.72
"""Share of the visible ring that is inked in a clear imprint."""
COVER_SEEN = 0.5
"""Share of the whole ring that is inked in a clear imprint: the rest may be under print or outside the picture."""
ROUND = 0.1
"""mm by which a stamped ring's line strays from its circle, 0.05 as a rule; one drawn by hand and arcs of writing stray by 0.15 or more."""
SCRAP_COVER = 0.4
"""Share of a ring that makes a person look."""
ARCS = 0.4
"""Share of a ring whose ink runs along it that makes a person look: handwritten names have 0.2 in some place, 0.39 at most; seals on
gray scans 0.68 and more, on black and white ones 0.6 as a rule, but now and then next to nothing is left of them."""
ALONG = np.radians(22)
"""A line runs along the ring when it is turned by less against it."""
LINE = 0.4
"""Coherence of directions, 0 to 1, above which ink is a line."""


@dataclass(frozen=True)
class Ring:
    """The ring that fits best.

    Attributes:
        x: of the centre, mm from the picture's left edge.
        y: of the centre, mm from its upper edge.
        radius: mm.
        lead: by how much more the ring's way is inked than the ways beside it.
        cover: share of the visible part of the ring that is inked.
        seen: share of the whole ring that is inked.
        spread: mm by which the line strays from the circle.
        aligned: share of the whole ring at which ink runs along it, as arcs of writing rarely do.
    """

    x: float
    y: float
    radius: float
    lead: float
    cover: float = 0.0
    seen: float = 0.0
    spread: float = 9.0
    aligned: float = 0.0

    @property
    def clear(self) -> bool:
        """It was stamped."""
        return self.cover >= COVER_CLEAR and self.seen >= COVER_SEEN and self.spread <= ROUND and self.lead >= RING_LEAD

    @property
    def likely(self) -> bool:
        """It may have been stamped: part of a ring."""
        return self.seen >= SCRAP_COVER and self.spread <= 1.2 * ROUND and self.lead >= RING_LEAD

    @property
    def possible(self) -> bool:
        """It may be what a bad copy left of a stamped ring: arcs that run along it."""
        return self.aligned >= ARCS and self.spread <= 1.5 * ROUND


def best_ring(mask: Mask, scale: float, hidden: Mask | None = None, radii: Sequence[float] = tuple(RADII)) -> Ring | None:
    """The one of `rings` that is most surely stamped; None when the picture is too small for any."""
    return max(rings(mask, scale, hidden, radii), key=lambda ring: (ring.clear, ring.likely, ring.lead), default=None)


def rings(mask: Mask, scale: float, hidden: Mask | None = None, radii: Sequence[float] = tuple(RADII)) -> list[Ring]:
    """For every radius the ring that has most ink along it.

    Args:
        mask: (h, w), 1 = ink.
        scale: pixels a millimetre.
        hidden: (h, w), 1 where ink cannot be seen, since print was taken away there.
        radii: mm, of the rings that are looked for, in steps of a quarter.
    """
    size = (max(round(mask.shape[1] * SEARCH_SCALE / scale), 1), max(round(mask.shape[0] * SEARCH_SCALE / scale), 1))
    grey = np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
    under = np.zeros_like(grey) if hidden is None else cv2.resize(hidden.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    thick = np.asarray(cv2.dilate((grey > 0.25).astype(np.float32), np.ones((3, 3), np.uint8)), dtype=np.float32)
    if not thick.any():
        return [Ring(0.5 / SEARCH_SCALE, 0.5 / SEARCH_SCALE, float(radius), 0.0) for radius in radii if _fits(thick, float(radius))]
    ways = [at for radius in radii if _fits(thick, float(radius)) for at in (radius - BESIDE, radius, radius + BESIDE)]
    shares = {float(at): _share(thick, float(at)) for at in set(ways)}
    found = [_fit(shares, float(radius)) for radius in radii if float(radius + BESIDE) in shares]
    seen, sizes = Seen(grey > 0.25, np.asarray(under) > 0.3, _across(grey)), (radii[0], radii[-1])
    return [_fitted(ring, seen, sizes) for ring in found if ring.lead >= RING_LEAD / 2] or found


@dataclass(frozen=True)
class Seen:
    """A picture at SEARCH_SCALE: (h, w) ink, what print hides, and the direction across every line, radians, NaN where none is."""

    ink: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    across: NDArray[np.float32]


def _across(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    soft = cv2.GaussianBlur(grey, (0, 0), 0.8)
    x, y = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    even, odd, whole = (cv2.GaussianBlur(part, (0, 0), 1.6) for part in (x * x - y * y, 2 * x * y, x * x + y * y))
    clear = np.hypot(even, odd) > LINE * np.maximum(whole, 1e-6)
    return np.where(clear, np.arctan2(odd, even) / 2, np.nan).astype(np.float32)


def _fits(thick: NDArray[np.float32], radius: float) -> bool:
    """Whether enough of such a ring can lie within the picture."""
    return bool(2 * round(radius * SEARCH_SCALE) * RING_SEEN <= min(thick.shape))


def _fit(shares: Mapping[float, NDArray[np.float32]], radius: float) -> Ring:
    lead = shares[radius] - (shares[radius - BESIDE] + shares[radius + BESIDE]) / 2
    y, x = np.unravel_index(int(np.argmax(lead)), lead.shape)
    return Ring((float(x) + 0.5) / SEARCH_SCALE, (float(y) + 0.5) / SEARCH_SCALE, radius, float(lead[y, x]))


def _share(picture: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Share of the visible part of a ring's way that is inked, for every centre; 0 where too little of it is visible."""
    kernel = _kernel(radius)
    inked = cv2.filter2D(picture, cv2.CV_32F, kernel, borderType=cv2.BORDER_CONSTANT)
    seen = _visible(picture.shape, radius)
    return np.asarray(np.where(seen >= RING_SEEN * float(kernel.sum()), inked / np.maximum(seen, 1), 0), dtype=np.float32)


@lru_cache(maxsize=64)
def _kernel(radius: float) -> NDArray[np.float32]:
    reach = round(radius * SEARCH_SCALE) + 2
    grid = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) / SEARCH_SCALE
    return np.asarray(np.abs(grid - radius) <= WAY, dtype=np.float32)


@lru_cache(maxsize=256)
def _visible(shape: tuple[int, ...], radius: float) -> NDArray[np.float32]:
    """Pixels of a ring's way that lie within a picture of that shape, for every centre."""
    ones = np.ones(shape, np.float32)
    return np.asarray(cv2.filter2D(ones, cv2.CV_32F, _kernel(radius), borderType=cv2.BORDER_CONSTANT), dtype=np.float32)


def _fitted(ring: Ring, seen: Seen, sizes: tuple[float, float]) -> Ring:
    """The circle moved onto the ink near it, and how well that ink follows it."""
    places = np.argwhere(seen.ink)
    points = (places[:, ::-1] + 0.5) / SEARCH_SCALE
    for near in NEAR:
        close = np.abs(np.hypot(points[:, 0] - ring.x, points[:, 1] - ring.y) - ring.radius) <= near
        own = points[close]
        if len(own) < SECTORS // 4:
            return ring
        ring = _circle(ring, own)
    if not sizes[0] - 0.5 <= ring.radius <= sizes[1] + 0.5:
        return ring
    offsets = own - [ring.x, ring.y]
    outwards = np.arctan2(offsets[:, 1], offsets[:, 0])
    sector = ((outwards + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    count = np.bincount(sector, minlength=SECTORS)
    mean = np.bincount(sector, np.hypot(*offsets.T) - ring.radius, SECTORS)[count > 0] / count[count > 0]
    open_ = _open(ring, seen.hidden) | (count > 0)
    turned = np.abs((outwards - seen.across[tuple(places[close].T)] + np.pi / 2) % np.pi - np.pi / 2)
    return replace(
        ring,
        cover=float(np.mean(count[open_] > 0)) if open_.any() else 0.0,
        seen=float(np.mean(count > 0)),
        spread=float(np.std(mean)),
        aligned=len(np.unique(sector[turned <= ALONG])) / SECTORS,
    )


def _circle(ring: Ring, points: Points) -> Ring:
    """The circle that fits (n, 2) `points` in the least squares."""
    x, y = points.T
    solved = np.linalg.lstsq(np.column_stack([x, y, np.ones(len(x))]), x**2 + y**2, rcond=None)[0]
    centre = solved[:2] / 2
    return replace(ring, x=float(centre[0]), y=float(centre[1]), radius=float(np.sqrt(max(solved[2] + centre @ centre, 0.01))))


def _open(ring: Ring, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(SECTORS,) whether ink would be seen there: within the picture and not under print."""
    angle = (np.arange(SECTORS) + 0.5) / SECTORS * 2 * np.pi - np.pi
    xs = np.floor((ring.x + ring.radius * np.cos(angle)) * SEARCH_SCALE).astype(int)
    ys = np.floor((ring.y + ring.radius * np.sin(angle)) * SEARCH_SCALE).astype(int)
    inside = (xs >= 0) & (ys >= 0) & (xs < hidden.shape[1]) & (ys < hidden.shape[0])
    shown = inside.copy()
    shown[inside] = ~hidden[ys[inside], xs[inside]]
    return np.asarray(shown, dtype=np.bool_)
