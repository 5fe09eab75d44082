"""Stage 4a: which form a page is, and which way up.

Coarse: a few hundred features of the page at 40 dpi against the features of all forms at once (`coarse`). Close: how much of each
candidate's print is where it belongs (`verify`), and which of it is missing (`proof`). Marks and form codes are print like any other,
so a form without them is found just as well. Which way up follows from the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.cleanup import CleanPage
from pipeline.forms import Library
from pipeline.geometry import Gray, Matrix, scaling
from pipeline.identify.coarse import Features, fits, template_features
from pipeline.identify.rivals import beats, own
from pipeline.identify.verify import VERIFY_PLAN, Look, Print, look, template_print

MIN_SCORE = 0.65
"""Share of a form's print that a page of it shows at least: drawn pages covered with writing 0.78, real scans 0.92."""
MIN_BAND = 0.4
"""The same for the weakest sixth of the page's height: drawn pages 0.57, sheet B taken for its continuation 0.12."""
MIN_SEEN = 0.7
"""Share of a form's anchors that the page must reach: of less of a page too little is known."""
CLOSE_SCORE = 0.45
"""From here a form is named to the person who decides; unrelated forms reach 0.12, sheet B and its continuation each other 0.38."""
TELLING = 2
"""So many more pieces of print missing tell a form from its sibling: a moved column leaves 3 and more, chance 1."""
HIDDEN = 4
"""Pieces of print that two stickers or punched holes may hide."""
ALL_THERE = 0.9
"""Share of a form's own anchors from which all of its own print is there."""
MARKS_SHARE = 0.5
"""Share of the corner marks and form code from which a page is the marked variant."""


@dataclass(frozen=True)
class Candidate:
    """One template that may fit.

    Attributes:
        form: template id.
        score: 0 to 1, how much of what the blank form prints was found on the page.
        clean_from_page: (3, 3), page millimetres -> pixels of CleanPage.gray (edges: the first pixel reaches from 0 to 1); coarse.
    """

    form: str
    score: float
    clean_from_page: Matrix


@dataclass(frozen=True)
class Identified:
    """The answer for one page: `chosen` when it is certain, and the candidates (best first, at most two of different forms)."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class FormIndex:
    """All fixed forms of a library, prepared for looking pages up.

    Attributes:
        groups: template ids of each form; members differ in printed marks only, the first one owns the features.
        features: coarse features, owned by a group's index.
        prints: print of every template by id.
    """

    groups: tuple[tuple[str, ...], ...]
    features: Features
    prints: dict[str, Print]


def build_index(library: Library) -> FormIndex:
    """Prepare the fixed templates of `library`. Raises TemplateError when a reference cannot be read."""
    groups: dict[str, list[str]] = {}
    for template in library.templates:
        if template.fixed:
            groups.setdefault(template.variant_of, []).append(template.id)
    ordered = tuple(tuple(sorted(members, key=lambda form: (form != root, form))) for root, members in groups.items())
    prints = {form: template_print(library.reference(form)) for members in ordered for form in members}
    return FormIndex(ordered, template_features([library.reference(members[0]) for members in ordered]), prints)


def identify(page: CleanPage, index: FormIndex) -> Identified:
    """Find the form that `page` is. `chosen` is None for other documents, and where two forms fit and neither is certain."""
    if page.blank:
        return Identified(None, ())
    small, small_from_clean = _small(page)
    clean_from_small = np.asarray(np.linalg.inv(small_from_clean), np.float64)
    looks = []
    for fit in fits(small, min(VERIFY_PLAN.dpi, page.dpi), index.features):
        coarse = np.asarray(clean_from_small @ fit.picture_from_page, np.float64)
        form, seen = _look_at_group(small, small_from_clean, coarse, index.groups[fit.group], index.prints)
        if seen is not None and seen.score >= CLOSE_SCORE:
            looks.append((form, seen))
    least = min((seen.missing for _, seen in looks), default=0)
    looks.sort(key=lambda item: (item[1].missing >= least + TELLING, -item[1].score))
    candidates = tuple(Candidate(form, seen.score, seen.clean_from_page) for form, seen in looks[:2])
    return Identified(candidates[0] if _certain(looks, index.prints) else None, candidates)


def _look_at_group(
    small: Gray, small_from_clean: Matrix, clean_from_page: Matrix, members: tuple[str, ...], prints: dict[str, Print]
) -> tuple[str, Look | None]:
    """The member of a group whose marks the page shows, and the look for it."""
    first = look(small, small_from_clean, clean_from_page, prints[members[0]])
    if first is None or first.score < CLOSE_SCORE:
        return members[0], first
    if all(own(first, prints[members[0]], prints[other]).share >= MARKS_SHARE for other in members[1:]):
        return members[0], first
    others = [(form, look(small, small_from_clean, first.clean_from_page, prints[form])) for form in members[1:]]
    return max([(members[0], first), *others], key=lambda item: item[1].score if item[1] else 0.0)


def _certain(looks: list[tuple[str, Look]], prints: dict[str, Print]) -> bool:
    if not looks:
        return False
    (best, best_look), rest = looks[0], looks[1:]
    if best_look.score < MIN_SCORE or best_look.weakest_band < MIN_BAND or best_look.seen.mean() < MIN_SEEN:
        return False
    return all(_is_not((other_look, prints[other]), (best_look, prints[best])) for other, other_look in rest)


def _is_not(other: tuple[Look, Print], best: tuple[Look, Print]) -> bool:
    """The page certainly is `best` and not `other`: clearly more of the other's print is missing, or what only one prints tells.

    A little that is missing may be hidden: where all else that only the other prints is there, nothing is certain.
    """
    hidden = other[0].missing <= HIDDEN and own(*other, best[1]).share >= ALL_THERE
    return (other[0].missing >= best[0].missing + TELLING and not hidden) or beats(best, other)


def _small(page: CleanPage) -> tuple[Gray, Matrix]:
    """The page at VERIFY_PLAN.dpi, or as it is where it is coarser, and pixels of the page -> pixels of it."""
    shrink, picture, left = min(VERIFY_PLAN.dpi / page.dpi, 1.0), page.gray, 1.0
    while shrink / left <= 1 / 2:  # halving is the only averaging that OpenCV does fast; the last step may be uneven
        picture, left = np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), left / 2
    small = cv2.resize(picture, None, fx=shrink / left, fy=shrink / left, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scaling(shrink)
