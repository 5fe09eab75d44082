"""The way on from the packet's page with a field that a person called unreadable or no valid value."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Reviewer, SentForm, TheDesk, Visitor, field, reviewing
from pipeline.review.desk import Desk
from pipeline.review.packet_page import PROBLEM, packet_page
from pipeline.review.replying import choices, reply_from, way_of
from pipeline.review.words import HINTS
from pipeline.store import Session
from pipeline.store.again import ask_again, enter_value, left_in_doubt, to_be_entered
from pipeline.store.audit import record
from pipeline.store.moving import NotPossible
from pipeline.store.questions import question

router = APIRouter(dependencies=[Depends(reviewing)])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/packets/{packet}/answer/{item}")
def show(packet: Number, item: Number, desk: TheDesk, visitor: Reviewer) -> Response:
    """The field large, and a place for its value."""
    try:
        with desk.store.writing() as session:
            to_be_entered(session, desk.settings, packet, item)
            record(session, visitor.name, "item_seen", item=item)
            return _page(desk, visitor, session, item)
    except NotPossible as exc:
        return packet_page(desk, visitor, packet, problem=str(exc))


@router.post("/packets/{packet}/answer/{item}")
def enter(packet: Number, item: Number, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """Keep the value and decide the packet again."""
    try:
        with desk.store.writing() as session:
            row = to_be_entered(session, desk.settings, packet, item)
            asked = question(session, item)
            assert asked is not None
            said = reply_from(asked, desk.library, form)
            if isinstance(said, str):
                return _page(desk, visitor, session, item, problem=said, typed=field(form, "text"))
            enter_value(session, desk.settings, row, said, who=visitor.name)
            record(session, visitor.name, "item_answered", item=item)
    except NotPossible as exc:
        return packet_page(desk, visitor, packet, problem=str(exc))
    return RedirectResponse(f"/packets/{packet}", 303)


@router.post("/packets/{packet}/answer/{item}/again")
def again(packet: Number, item: Number, desk: TheDesk, visitor: Reviewer) -> Response:
    """Take the answer back, so that the field is asked about once more."""
    try:
        with desk.store.writing() as session:
            ask_again(session, desk.settings, left_in_doubt(session, packet, item), who=visitor.name)
            record(session, visitor.name, "item_taken_back", item=item)
    except NotPossible as exc:
        return packet_page(desk, visitor, packet, problem=str(exc))
    return RedirectResponse(f"/packets/{packet}", 303)


def _page(desk: Desk, visitor: Visitor, session: Session, item: int, *, problem: str = "", typed: str = "") -> Response:
    asked = question(session, item)
    assert asked is not None
    assert asked.field is not None
    assert asked.packet is not None
    return desk.page(
        "answer.html",
        PROBLEM if problem else 200,
        visitor=visitor,
        packet=asked.packet,
        asked=asked,
        way=way_of(asked.field),
        choices=choices(asked, desk.library),
        hint=HINTS.get(asked.field.kind, ""),
        problem=problem,
        typed=typed or asked.field.raw,
    )
