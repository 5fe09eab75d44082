"""The first page: to where this person works."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Anybody, TheDesk

router = APIRouter()


@router.get("/")
def home(desk: TheDesk, visitor: Anybody) -> Response:
    """Reviewers to the queue, admins without other work to the users; scanners are told what to do."""
    if visitor.may("reviewer", "adjudicator"):
        return RedirectResponse("/queue", 303)
    if visitor.may("admin"):
        return RedirectResponse("/people", 303)
    return desk.page("home.html", visitor=visitor)
