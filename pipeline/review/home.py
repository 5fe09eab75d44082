"""The first page: to where this person works."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Anybody, TheDesk

router = APIRouter()


@router.get("/")
def home(desk: TheDesk, visitor: Anybody) -> Response:
    """Admins without other work to the users; everybody else is told what their roles are for."""
    if visitor.roles == ("admin",):
        return RedirectResponse("/people", 303)
    return desk.page("home.html", visitor=visitor)
