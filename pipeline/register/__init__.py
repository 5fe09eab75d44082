"""Stage 4b: the page laid over its template.

A hundred to three hundred small pieces of print are found again at 150 dpi, a smooth model is fitted through them, and the clean page
is drawn once into the template's frame. The error that remains is measured on points that the fit has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.cleanup import CleanPage
from pipeline.forms import FormTemplate, Library
from pipeline.geometry import MM_PER_INCH, Colour, Gray, Matrix, Points, map_points, scaling
from pipeline.identify import Candidate
from pipeline.identify.anchors import AnchorPlan, Anchors, Sighting, kept_per_picture, lay, pick, sight
from pipeline.identify.proof import missing_pieces, print_pieces
from pipeline.register.fit import Model, Sights
from pipeline.register.residual import MAX_RESIDUAL_MM, UNUSABLE_MM, residual_mm
from pipeline.register.warp import PAGE_DPI, drawn

__all__ = ["MAX_MISSING", "MAX_RESIDUAL_MM", "PAGE_DPI", "PROOF_DPI", "UNUSABLE_MM", "Placement", "RegisteredPage", "place", "register"]

FINE_PLAN = AnchorPlan(dpi=150, side_mm=6, pitch_mm=12)
"""At 150 dpi a peak is good to 0.02 mm on clean print; twice the resolution costs four times as much and gains nothing."""
_REACH_MM = 2.0
"""The candidate's fit was refined already: on real scans it is off by 0.9 mm at most."""
_SURE_MATCH = 0.5
_SURE_LEAD = 0.08
"""Correlation, and lead over the next place, from which a peak is taken for the anchor."""
_FOUND_MM = 0.4
"""Distance from the fit within which an anchor counts for the score."""
_MIN_POINTS = 20
"""Below this nothing can be measured: half of them would be spent on the fit."""

_KEPT_FORMS = 32
"""Forms whose anchors and pieces stay in memory, about 5 MB each."""

PROOF_DPI = 100
_PROOF_SLACK_MM = 0.3
"""How far off its place print may stand on a registered page."""
MAX_MISSING = 2
"""Pieces of print that a page may lack: two punched holes, a strip of correction tape."""

_pieces = kept_per_picture(lambda reference: print_pieces(reference, PROOF_DPI), _KEPT_FORMS)
_fine_anchors = kept_per_picture(lambda reference: pick(reference, FINE_PLAN), _KEPT_FORMS)


@dataclass(frozen=True)
class RegisteredPage:
    """A page in its template's frame: pixel edge (x, y) is page millimetre (x, y) * 25.4 / PAGE_DPI.

    Attributes:
        gray: (3508, 2480) uint8 at PAGE_DPI.
        colour: the same frame in RGB, or None.
        scan_from_page: (3, 3), page millimetres -> pixels of the PageImage, for showing a box in the scan.
        residual_mm: error that may remain (`residual`).
        score: 0 to 1, as in `identify.Candidate`, after the fine fit.
        missing: page mm, (k, 2): where print of the form is missing; with more than MAX_MISSING it is another edition of it, or damaged.
        rotation: quarter turns the scan was off, degrees clockwise: 0, 90, 180, 270.
        skew_deg: remaining turn of the scan, degrees, positive = clockwise.
    """

    template: FormTemplate
    gray: Gray
    colour: Colour | None
    scan_from_page: Matrix
    residual_mm: float
    score: float
    missing: Points
    rotation: int
    skew_deg: float


@dataclass(frozen=True)
class Placement:
    """Where a template lies on a clean page.

    Attributes:
        clean_from_page: (3, 3), the candidate's coarse fit.
        model: what the fine fit changes about it, page mm -> page mm.
        residual_mm, score: as in RegisteredPage.
    """

    clean_from_page: Matrix
    model: Model
    residual_mm: float
    score: float

    def on_clean(self, points: Points) -> Points:
        """Page mm -> pixels of the clean page, with the bend of the paper."""
        return map_points(self.clean_from_page, self.model.apply(points))


def register(page: CleanPage, candidate: Candidate, library: Library) -> RegisteredPage:
    """Lay `page` over the candidate's template.

    A page that cannot be laid well is returned all the same; its `residual_mm` is above MAX_RESIDUAL_MM then.

    Raises:
        TemplateError: the template's reference cannot be read.
    """
    placement = place(page, candidate, library)
    scan_from_page = np.asarray(page.scan_from_clean @ candidate.clean_from_page @ placement.model.flat, np.float64)
    rotation, skew = _turn(scan_from_page)
    gray = drawn(page.gray, page.dpi, placement.on_clean)
    return RegisteredPage(
        template=library.get(candidate.form),
        gray=gray,
        colour=None if page.colour is None else drawn(page.colour, page.dpi, placement.on_clean),
        scan_from_page=scan_from_page / scan_from_page[2, 2],
        residual_mm=placement.residual_mm,
        score=placement.score,
        missing=_missing(gray, library.reference(candidate.form)),
        rotation=rotation,
        skew_deg=skew,
    )


def place(page: CleanPage, candidate: Candidate, library: Library) -> Placement:
    """The fine fit alone. Raises TemplateError when the template's reference cannot be read."""
    sighting = _sight(page, candidate, _fine_anchors(library.reference(candidate.form)))
    sure = (sighting.match > _SURE_MATCH) & (sighting.distinct > _SURE_LEAD)
    to_mm = MM_PER_INCH / FINE_PLAN.dpi
    template_mm, page_mm = sighting.expected * to_mm, sighting.found * to_mm
    model, residual = _fitted(template_mm[sure], page_mm[sure], sighting.match[sure], template_mm)
    found = (sighting.match > _SURE_MATCH) & (np.hypot(*(model.apply(template_mm) - page_mm).T) < _FOUND_MM)
    return Placement(candidate.clean_from_page, model, residual, float(found.sum() / max((~np.isnan(sighting.match)).sum(), 1)))


def _sight(page: CleanPage, candidate: Candidate, anchors: Anchors) -> Sighting:
    """Anchors looked for on the page, laid over the template by the candidate's coarse fit."""
    shrink = FINE_PLAN.dpi / page.dpi
    picture = page.gray
    if shrink < 1:
        picture = np.asarray(cv2.resize(page.gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    to_picture = scaling(min(shrink, 1.0)) @ candidate.clean_from_page @ scaling(MM_PER_INCH / FINE_PLAN.dpi)
    shape = anchors.reference.shape
    return sight(*lay(picture, to_picture, (shape[0], shape[1])), anchors, _REACH_MM)


def _missing(gray: Gray, reference: Gray) -> Points:
    """Pieces of the form's print that the registered page lacks, (k, 2) page mm."""
    shrink = PROOF_DPI / PAGE_DPI
    small = np.asarray(cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    return missing_pieces(small, None, _pieces(reference), PROOF_DPI, _PROOF_SLACK_MM)


def _fitted(template: Points, page: Points, match: NDArray[np.float64], printed: Points) -> tuple[Model, float]:
    """The model through the points, and what remains, mm. `printed`: (n, 2), where the template has anchors at all."""
    if len(template) < _MIN_POINTS:
        return Model.none(), UNUSABLE_MM
    sights = Sights(template, page, np.clip(match, 0, 1) ** 2)
    if np.count_nonzero(sights.weight) < _MIN_POINTS / 2:
        return Model.none(), UNUSABLE_MM
    return sights.fit(), residual_mm(sights, printed)


def _turn(scan_from_page: Matrix) -> tuple[int, float]:
    """(quarter turns in degrees clockwise, what remains in degrees) of the page's x axis in the scan."""
    x, y = scan_from_page[:2, 0]
    angle = float(np.degrees(np.arctan2(y, x)))
    quarter = round(angle / 90) * 90
    return quarter % 360, angle - quarter
