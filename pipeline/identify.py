"""Stage 4a: which form a page is, and which way up."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.geometry import Matrix


@dataclass(frozen=True)
class Candidate:
    """One template that may fit.

    Attributes:
        form: template id.
        score: 0 to 1, how much of what the blank form prints was found on the page.
        clean_from_page: (3, 3), page millimetres -> pixels of CleanPage.gray; coarse.
    """

    form: str
    score: float
    clean_from_page: Matrix


@dataclass(frozen=True)
class Identified:
    """The answer for one page: `chosen` when it is certain, and the candidates (best first, at most two of different forms)."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
