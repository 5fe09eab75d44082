"""The close look at a candidate: how much of the blank form's print is on the page, and what is on the page that the form does not print.

A page of another document can share features with ours; it does not show nine tenths of our print in our places, and it
shows rules that we do not print.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Gray, Matrix, pixels, scaling
from pipeline.identify.anchors import AnchorPlan, Anchors, Sighting, at_resolution, lay, pick, sight
from pipeline.identify.proof import Pieces, missing_pieces, print_pieces

VERIFY_PLAN = AnchorPlan(dpi=75, side_mm=8, pitch_mm=17)
"""8 mm hold a character or two with the rule beside them; 17 mm give 80-190 anchors a page."""
_REACH_MM = 3.0
"""The coarse fit was off by up to 2.9 mm at the corners of real scans."""
_FOUND_MATCH = 0.45
"""Correlation from which an anchor counts as found: half covered by hand writing, or faxed, it still reaches it."""
_FOUND_MM = 0.6
"""Distance from the refined fit within which an anchor counts as found."""
_FIT_MATCH = 0.6
_FIT_MM = 0.8
_MIN_FIT = 8
_SLACK_MM = 0.6
"""How far off its place print may stand: what the fit of a plane leaves on real prints."""
_RULE_MM = 15.0
"""A straight line this long is printed: strokes of a hand stay below it."""
_RULE_SLACK_MM = 2.0
"""How far from our own print a rule must lie to be a foreign one."""
_RULE_DARK = 170
"""Grey level at 75 dpi from which a line on a page counts as a rule: a scanned 0.1 mm rule comes out darker."""
_PRINT_DARK = 240
"""Grey level from which the reference prints something: a 0.1 mm rule averaged to 75 dpi is hardly grey."""
_BANDS = 6
"""Parts of the page's height that are judged by themselves: another edition of a form differs in one table, not everywhere."""
_MIN_IN_BAND = 6
_EDGE_MM = 6.0
"""Scanner edges and punch holes live here."""


@dataclass(frozen=True, eq=False)
class Print:
    """What is kept of one template for looking closely; compared by identity.

    Attributes:
        anchors: pieces of its print.
        not_ours: (h, w) uint8 at VERIFY_PLAN.dpi, 255 where a printed line would be a foreign one.
        rule_length: pixels of rule it prints.
        pieces: all that it prints.
    """

    anchors: Anchors
    not_ours: Gray
    rule_length: int
    pieces: Pieces


@dataclass(frozen=True)
class Look:
    """What a close look found.

    Attributes:
        found: (n,) bool per anchor.
        seen: (n,) bool per anchor: the page reaches it.
        foreign_rules: length of the rules that the template lacks, over the length of all rules.
        weakest_band: share of the anchors found in the band across the page where fewest are; bands with few anchors do not count.
        missing: pieces of its print that the page lacks.
        clean_from_page: refined fit.
    """

    found: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    foreign_rules: float
    weakest_band: float
    missing: int
    clean_from_page: Matrix

    @property
    def score(self) -> float:
        """0 to 1: share of the anchors on the page that were found, less by the share of foreign rules."""
        return float(self.found.sum() / max(self.seen.sum(), 1)) * (1 - self.foreign_rules)


def template_print(reference: Gray) -> Print:
    """Prepare one reference picture (REFERENCE_DPI)."""
    slack, edge = 2 * pixels(_RULE_SLACK_MM, VERIFY_PLAN.dpi) + 1, pixels(_EDGE_MM, VERIFY_PLAN.dpi)
    small = at_resolution(reference, VERIFY_PLAN.dpi)
    near = cv2.dilate(_dark(small, _PRINT_DARK), np.ones((slack, slack), np.uint8))
    not_ours = np.zeros_like(small)
    not_ours[edge:-edge, edge:-edge] = 255 - near[edge:-edge, edge:-edge]
    rules = int(np.count_nonzero(_rules(small, _PRINT_DARK)))
    return Print(pick(reference, VERIFY_PLAN), not_ours, rules, print_pieces(reference, VERIFY_PLAN.dpi))


def look(small: Gray, small_from_clean: Matrix, clean_from_page: Matrix, template: Print) -> Look | None:
    """Look at a page under a coarse fit.

    Args:
        small: the clean page at about VERIFY_PLAN.dpi.
        small_from_clean: pixels of the clean page -> pixels of `small`.
        clean_from_page: the coarse fit.
        template: from `template_print`.

    Returns:
        None when the template's print is not there in any consistent way.
    """
    anchors, to_page = template.anchors, scaling(MM_PER_INCH / VERIFY_PLAN.dpi)
    shape = anchors.reference.shape
    to_small = small_from_clean @ clean_from_page @ to_page
    sighting = sight(*lay(small, to_small, shape), anchors, _REACH_MM)
    refined = _refined(sighting)
    if refined is None:
        return None
    off = np.hypot(*(sighting.expected @ refined[:2, :2].T + refined[:2, 2] - sighting.found).T)
    found = (sighting.match > _FOUND_MATCH) & (off < pixels(_FOUND_MM, VERIFY_PLAN.dpi))
    frame, reached = lay(small, to_small @ refined, shape)
    foreign = int(np.count_nonzero(cv2.bitwise_and(_rules(frame, _RULE_DARK), template.not_ours)))
    share = foreign / max(foreign + template.rule_length, 1)
    seen = ~np.isnan(sighting.match)
    weakest = _weakest_band(found[seen], anchors.corners[seen, 1] / shape[0])
    missing = len(missing_pieces(frame, reached, template.pieces, VERIFY_PLAN.dpi, _SLACK_MM))
    return Look(found, seen, share, weakest, missing, clean_from_page @ to_page @ refined @ np.asarray(np.linalg.inv(to_page)))


def _refined(sighting: Sighting) -> Matrix | None:
    """Frame -> frame: the affine change that the anchors found ask for."""
    good = sighting.match > _FIT_MATCH
    if good.sum() < _MIN_FIT:
        return None
    cv2.setRNGSeed(0)
    threshold = _FIT_MM * VERIFY_PLAN.dpi / MM_PER_INCH
    affine, _ = cv2.estimateAffine2D(sighting.expected[good], sighting.found[good], ransacReprojThreshold=threshold)
    return None if affine is None else np.vstack([affine, [0.0, 0.0, 1.0]])


def _weakest_band(found: NDArray[np.bool_], height: NDArray[np.float64]) -> float:
    """`height`: 0 at the top of the page to 1."""
    band = (height * _BANDS).astype(np.int64)
    total, hits = np.bincount(band, minlength=_BANDS), np.bincount(band, weights=found, minlength=_BANDS)
    counted = total >= _MIN_IN_BAND
    return float((hits[counted] / total[counted]).min(initial=1.0))


def _dark(picture: Gray, level: int) -> Gray:
    return np.where(picture < level, 255, 0).astype(np.uint8)


def _rules(picture: Gray, level: int) -> Gray:
    """255 on straight horizontal and vertical lines of at least _RULE_MM, darker than `level`."""
    dark, length = _dark(picture, level), pixels(_RULE_MM, VERIFY_PLAN.dpi)
    # A rule that is off by a hair steps from one row to the next: thickening lets the opening follow it.
    across = cv2.morphologyEx(cv2.dilate(dark, np.ones((2, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(cv2.dilate(dark, np.ones((1, 2), np.uint8)), cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(cv2.bitwise_or(across, down), np.uint8)
