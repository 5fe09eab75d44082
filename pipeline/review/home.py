"""The first page: to where this person works."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Anybody

router = APIRouter()


@router.get("/")
def home(visitor: Anybody) -> Response:
    """Reviewers to the queue, scanners to the scan desk, admins without other work to the users."""
    if visitor.may("reviewer", "adjudicator"):
        return RedirectResponse("/queue", 303)
    return RedirectResponse("/scans" if visitor.may("scanner") else "/people", 303)
