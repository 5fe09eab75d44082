"""Is a picture a scan of the diagnosis sheet, and how does the sheet lie in it?

The tags are looked for in a small copy, whatever resolution the file states. Enough of them on one affine map are the sheet: a foreign
page would need four of sixteen ids of a family whose words differ in at least 11 bits, and in the right places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.geometry import MM_PER_INCH, Box, Colour, Gray, Matrix, Points, map_points
from pipeline.pages import PageImage
from pipeline.scanner_check.layout import TAGS
from pipeline.scanner_check.tags import find_tags

SMALL_LONG_SIDE = 1754
"""Pixels of the copy that is searched: A4 at 150 dpi, a module of a tag is 9 pixels."""
GLANCE_LONG_SIDE = 877
"""For a mere yes or no: 75 dpi, a module is 4 pixels."""
LEAST_TAGS = 4
LEAST_SPREAD_MM = 60.0
"""Of the tags found, across and down: a single row of them would not tell the scale down the page."""
MOST_OFF_MM = 1.5
"""A tag's corner farther from the common map is not where this sheet has it; the unevenness of a feed stays below 1 mm."""
PIXELS_PER_MM = (1.5, 60.0)
"""From 38 to 1,500 dpi."""
MOST_OBLIQUE_DEG = 5.0
"""Between the sheet's axes and a right angle: a scanner shears by tenths of a degree, a photograph by more."""


@dataclass(frozen=True)
class Lie:
    """How the sheet lies in the picture.

    Attributes:
        scan_from_sheet: (3, 3) affine, sheet mm -> pixel centres.
        mirrored: the picture shows the sheet as a mirror does.
        tags: number of tags found.
        off_mm: largest distance of a tag's middle from where the map says it is.
    """

    scan_from_sheet: Matrix
    mirrored: bool
    tags: int
    off_mm: float

    @property
    def sheet_from_scan(self) -> Matrix:
        """(3, 3) pixel centres -> sheet mm."""
        return np.asarray(np.linalg.inv(self.scan_from_sheet), dtype=np.float64)

    @property
    def turned(self) -> bool:
        """Whether the sheet lies on its side, so that its width runs down the picture."""
        return round(self.angles_deg[0] / 90) % 2 == 1

    @property
    def upright(self) -> Matrix:
        """(2, 2) pixels per mm with the mirror taken out."""
        turn = self.scan_from_sheet[:2, :2]
        return np.diag([-1.0, 1.0]) @ turn if self.mirrored else turn

    @property
    def pixels_per_mm(self) -> tuple[float, float]:
        """Along the sheet's width and height."""
        across, down = np.linalg.norm(self.upright, axis=0)
        return float(across), float(down)

    @property
    def angles_deg(self) -> tuple[float, float]:
        """Clockwise turn of the sheet's horizontals and of its verticals."""
        (a, c), (b, d) = self.upright
        return math.degrees(math.atan2(b, a)), math.degrees(math.atan2(-c, d))


@dataclass(frozen=True)
class SheetScan:
    """A scan of the sheet.

    Attributes:
        gray: (h, w) uint8, black print on white, whatever the file has.
        colour: (h, w, 3) uint8 RGB of the file, or None where it has no colour.
        lie: where the sheet is in it.
        inverted: the file shows white print on black.
        stated_dpi: of the file, across and down; (0, 0) where it states none.
        stretch: by what `gray` was widened and heightened from the file's pixels to make them square.
    """

    gray: Gray
    colour: Colour | None
    lie: Lie
    inverted: bool
    stated_dpi: tuple[float, float]
    stretch: tuple[float, float]

    @property
    def dpi(self) -> tuple[float, float]:
        """Pixels per inch of `gray` along the sheet's width and height."""
        across, down = self.lie.pixels_per_mm
        return across * MM_PER_INCH, down * MM_PER_INCH

    def shows(self, box: Box) -> bool:
        """Whether the picture holds all of a box of the sheet."""
        corners, (height, width) = self.points(box.corners()), self.gray.shape
        return bool((corners >= 0).all() and (corners <= (width - 1, height - 1)).all())

    def points(self, sheet_points: Points) -> Points:
        """Where points of the sheet, (n, 2) mm, are in `gray`, pixel centres."""
        return map_points(self.lie.scan_from_sheet, sheet_points)


def find_sheet(page: PageImage) -> SheetScan | None:
    """The diagnosis sheet on this page: any way up, mirrored, or as a negative. None when it is something else."""
    for inverted in (False, True):
        gray = np.asarray(255 - page.gray, np.uint8) if inverted else page.gray
        for mirrored in (False, True):
            lie = find_lie(gray, mirrored=mirrored)
            if lie is not None:
                return SheetScan(gray, page.colour, lie, inverted, page.stated_dpi, page.stretch)
    return None


def is_sheet(gray: Gray) -> bool:
    """Whether (h, w) `gray` is the diagnosis sheet, as a glance tells: cheap, for pages that nobody said are one."""
    return find_lie(gray, long_side=GLANCE_LONG_SIDE) is not None


def find_lie(gray: Gray, *, mirrored: bool = False, long_side: int = SMALL_LONG_SIDE) -> Lie | None:
    """Where the sheet lies in (h, w) `gray`; with `mirrored`, in what a mirror shows of it. `long_side`: pixels of the searched copy."""
    height, width = gray.shape
    shrink = max(1.0, max(height, width) / long_side)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = gray if shrink == 1.0 else np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = find_tags(np.asarray(cv2.flip(small, 1), np.uint8) if mirrored else small)
    if len(found) < LEAST_TAGS:
        return None
    if mirrored:
        found = {number: corners * (-1, 1) + (size[0] - 1, 0) for number, corners in found.items()}
    factor = np.array([width / size[0], height / size[1]])
    return _fitted({number: (corners + 0.5) * factor - 0.5 for number, corners in found.items()}, mirrored=mirrored)


def _fitted(found: dict[int, Points], *, mirrored: bool) -> Lie | None:
    """The affine map that most tags agree on, if it is one that a scanner makes."""
    sheet = np.concatenate([TAGS[number].corners() for number in found])
    seen = np.concatenate(list(found.values()))
    tolerance = MOST_OFF_MM * float(np.median(np.linalg.norm(np.diff(seen.reshape(-1, 4, 2), axis=1), axis=2))) / TAGS[next(iter(found))].w
    _, kept = cv2.estimateAffine2D(sheet, seen, method=cv2.RANSAC, ransacReprojThreshold=tolerance)
    good = np.zeros(len(seen), bool) if kept is None else kept.ravel().astype(bool).reshape(-1, 4).all(axis=1).repeat(4)
    if good.sum() < 4 * LEAST_TAGS or min(np.ptp(sheet[good], axis=0)) < LEAST_SPREAD_MM:
        return None
    design = np.column_stack([sheet[good], np.ones(int(good.sum()))])
    solved, *_ = np.linalg.lstsq(design, seen[good], rcond=None)
    matrix = np.vstack([solved.T, [0.0, 0.0, 1.0]])
    middles = (seen[good] - design @ solved).reshape(-1, 4, 2).mean(axis=1)
    lie = Lie(matrix, mirrored, len(middles), 0.0)
    off = float(np.linalg.norm(middles, axis=1).max()) / min(lie.pixels_per_mm)
    return Lie(matrix, mirrored, len(middles), off) if _is_a_scan(lie) else None


def _is_a_scan(lie: Lie) -> bool:
    across, down = lie.angles_deg
    oblique = abs((across - down + 180) % 360 - 180)
    return all(PIXELS_PER_MM[0] <= scale <= PIXELS_PER_MM[1] for scale in lie.pixels_per_mm) and oblique <= MOST_OBLIQUE_DEG
