"""The app: its routes and its error pages."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from pipeline.review import (
    answering,
    experience,
    groups,
    home,
    items,
    login,
    packets,
    people,
    performance,
    placing,
    queue,
    rescans,
    scans,
    sso,
    whatif,
)
from pipeline.review.access import NotSignedIn
from pipeline.review.desk import STATIC, desk_of, open_desk
from pipeline.review.guard import BROKEN, TOO_LONG, Guard, TooLong
from pipeline.review.live import Live
from pipeline.settings import Settings
from pipeline.store import Store

NOT_FOUND = "お探しの画面はありません。"
PARTS = (login, sso, home, queue, whatif, items, groups, packets, placing, answering, rescans, experience, scans, performance, people)


def create_app(settings: Settings, store: Store) -> Guard:
    """The review desk on an open store, with the guard around it."""
    app = FastAPI(openapi_url=None)  # no description of the routes for strangers
    app.state.desk = open_desk(settings, store)
    app.state.live = Live(app.state.desk, scans.LOOKING)
    for part in PARTS:
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(NotSignedIn, _to_login)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(TooLong, _too_long)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, settings.desk)


def end_streams(guarded: Guard) -> None:
    """End what would keep a server waiting that wants to stop."""
    assert isinstance(guarded.app, FastAPI)
    guarded.app.state.live.close()


def _to_login(request: Request, _exc: Exception) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": "/login"})
    return RedirectResponse("/login", 303)


def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    message = NOT_FOUND if exc.status_code == 404 else exc.detail
    return desk_of(request).page("problem.html", exc.status_code, message=message)


def _not_found(request: Request, _exc: Exception) -> Response:
    """An address whose parts are of another kind than ours; what was sent is not quoted."""
    return desk_of(request).page("problem.html", 404, message=NOT_FOUND)


def _too_long(request: Request, _exc: Exception) -> Response:
    return desk_of(request).page("problem.html", 413, message=TOO_LONG)


def _broken(request: Request, _exc: Exception) -> Response:
    """The guard writes it into the log."""
    return desk_of(request).page("problem.html", 500, message=BROKEN)
