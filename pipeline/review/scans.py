"""The scan desk: drop files, and hear what is missing while the envelope is still open."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from pipeline.review.access import (
    CSRF_FIELD,
    CSRF_HEADER,
    TheDesk,
    Visitor,
    caller,
    cookie_name,
    field,
    hold_role,
    hold_token,
    needs,
    sent_form,
)
from pipeline.review.board import read_lines, read_state
from pipeline.review.desk import Desk
from pipeline.review.guard import FILES
from pipeline.review.live import Live
from pipeline.review.uploads import BROKEN, Receiver, Sent, boundary_of
from pipeline.store.audit import record
from pipeline.store.incoming import sweep_parts
from pipeline.store.sessions import hashed
from pipeline.store.users import Role

router = APIRouter()

LOOKING: tuple[Role, ...] = ("scanner", "reviewer", "adjudicator", "admin")
looking = needs(*LOOKING)
Onlooker = Annotated[Visitor, Depends(looking)]
STREAM = {"x-accel-buffering": "no"}
"""nginx would keep events back until it has a page of them."""
NOTHING = "ファイルを選んでから送ってください。"


@router.get("/scans")
def show_scans(desk: TheDesk, visitor: Onlooker) -> Response:
    """Where files are dropped, and a line for each envelope of the day."""
    with desk.store.writing() as session:
        record(session, visitor.name, "scans_seen")
    return _page(desk, visitor)


@router.get("/scans/events")
async def events(request: Request, desk: TheDesk, visitor: Onlooker) -> Response:
    """What changes, as it changes."""
    session = hashed(request.cookies.get(cookie_name(desk.settings.desk), ""))
    return StreamingResponse(live_of(request).stream(visitor.name, session), media_type="text/event-stream", headers=STREAM)


def live_of(request: Request) -> Live:
    """Everybody who looks at the desk this request was made to."""
    live = request.app.state.live
    assert isinstance(live, Live)
    return live


def sender(request: Request, desk: TheDesk) -> Visitor:
    """Who sends files. The token is held against them when it comes: reading the body for it would hold the files in memory."""
    visitor = caller(request, desk)
    hold_role(visitor, "scanner")
    return visitor


@router.post("/scans")
async def take_files(request: Request, desk: TheDesk, visitor: Annotated[Visitor, Depends(sender)]) -> Response:
    """Files into the inbox, each whole or not at all; what became of each."""
    sent = await _received(request, desk, visitor)
    return await run_in_threadpool(_answer, request, desk, visitor, sent)


async def _received(request: Request, desk: Desk, visitor: Visitor) -> list[Sent]:
    kind, token = request.headers.get("content-type", ""), request.headers.get(CSRF_HEADER)
    boundary = boundary_of(kind)
    if boundary is None and kind.lower().startswith(FILES):
        raise HTTPException(400, BROKEN)
    if token is not None or boundary is None:
        hold_token(visitor, token if token is not None else field(await sent_form(request), CSRF_FIELD))
    if boundary is None:
        return []
    receiver = Receiver(boundary, desk, visitor, held=token is not None)
    try:
        async for piece in request.stream():
            await run_in_threadpool(receiver.feed, piece)
        return receiver.finish()
    except ClientDisconnect as exc:  # nobody is there to be told
        raise HTTPException(400, BROKEN) from exc
    finally:
        receiver.close()


def _answer(request: Request, desk: Desk, visitor: Visitor, sent: list[Sent]) -> Response:
    sweep_parts(desk.settings.inbox_folder)
    problem = None if sent else NOTHING
    if request.headers.get("hx-request"):
        return desk.page("scan_sent.html", 200 if sent else 400, sent=sent, problem=problem)
    return _page(desk, visitor, 200 if sent else 400, sent=sent, problem=problem)


def _page(desk: Desk, visitor: Visitor, status: int = 200, **values: Any) -> Response:
    limits, rules = desk.settings.limits, desk.settings.desk
    with desk.store.reading() as session:
        readers, lines = read_state(session, desk.settings), read_lines(session, desk.settings)
    return desk.page(
        "scans.html",
        status,
        visitor=visitor,
        readers=readers,
        lines=lines,
        zone=ZoneInfo(desk.settings.timezone),
        most_bytes=min(limits.file_bytes, rules.upload_bytes),
        **{"sent": [], "problem": None, **values},
    )
