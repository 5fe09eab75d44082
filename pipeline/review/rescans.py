"""Sides to be scanned again: asked for on the packet's page, listed for whoever scans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import RedirectResponse, Response

from pipeline.checks.facts import SHEETS
from pipeline.review.access import Reviewer, SentForm, TheDesk, Visitor, field, needs
from pipeline.review.desk import Desk
from pipeline.review.packet_page import packet_page
from pipeline.review.packet_words import RESCAN_REASONS, moment, title_of
from pipeline.store import Session
from pipeline.store.audit import record
from pipeline.store.deciding import conclude_packet
from pipeline.store.dossier import heading_of, paper_side, side_in
from pipeline.store.history import display_names
from pipeline.store.moving import CHANGED, CLOSED, NotPossible
from pipeline.store.rescans import MOST_NOTE, REASONS, ask_for_rescan, open_requests, requests, withdraw
from pipeline.store.tables import SheetRow

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ScannerOrReviewer = Annotated[Visitor, Depends(needs("scanner", "reviewer", "adjudicator"))]
ROW_NUMBER = re.compile(r"[0-9]{1,9}")
ONE_SIDE = "再スキャンするページを1枚だけ選んでください。"
ASKED = "このページの再スキャンは、すでに依頼されています。"
NO_REASON = "再スキャンの理由を選んでください。"
ENDED = "この依頼は、すでに終わっています。"


@router.get("/rescans")
def list_rescans(desk: TheDesk, visitor: ScannerOrReviewer) -> Response:
    """What is to be scanned again, the oldest request first."""
    with desk.store.writing() as session:
        waiting, names = open_requests(session), display_names(session)
        record(session, visitor.name, "rescans_seen", requests=[str(request.id) for request in waiting])
    return desk.page(
        "rescans.html",
        visitor=visitor,
        waiting=[(request, moment(desk, request.at), names.get(request.who, request.who)) for request in waiting],
        reasons=RESCAN_REASONS,
        titles=SHEETS,
        problem=None,
    )


@router.post("/packets/{packet}/rescan")
def ask(packet: Number, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """Ask for a side of the packet to be scanned again."""
    reason, note = field(form, "reason"), field(form, "note").strip()[:MOST_NOTE]
    with desk.store.writing() as session:
        try:
            sides = [int(side) for side in form.get("side", []) if ROW_NUMBER.fullmatch(side)]
            row = chosen_side(session, packet, sides)
            if reason not in REASONS:
                raise NotPossible(NO_REASON)
        except NotPossible as exc:
            return packet_page(desk, visitor, session, packet, problem=str(exc))
        number = ask_for_rescan(session, row, reason, note, who=visitor.name)
        conclude_packet(session, desk.settings, packet)
        record(session, visitor.name, "rescan_asked", packet=packet, decision=number)
    return RedirectResponse(f"/packets/{packet}", 303)


@router.post("/rescans/{request}/withdraw")
def take_back(request: Number, desk: TheDesk, visitor: Reviewer) -> Response:
    """Take a request back; to its packet's page."""
    with desk.store.writing() as session:
        known = next((each for each in requests(session) if each.id == request), None)
        if known is None:
            raise HTTPException(404)
        if known.end is None:
            withdraw(session, known, who=visitor.name)
            record(session, visitor.name, "rescan_withdrawn", decision=request)
        if known.packet is None:
            return RedirectResponse("/rescans", 303)
        if known.end is not None:
            return packet_page(desk, visitor, session, known.packet, problem=ENDED)
        conclude_packet(session, desk.settings, known.packet)
    return RedirectResponse(f"/packets/{known.packet}", 303)


def chosen_side(session: Session, packet: int, sides: Sequence[int]) -> SheetRow:
    """The one side of the packet that is to be scanned again. Raises NotPossible."""
    here = heading_of(session, packet)
    if here is None or not here.is_open:
        raise NotPossible(CLOSED if here is not None else CHANGED)
    if len(sides) != 1:
        raise NotPossible(ONE_SIDE)
    row = side_in(session, packet, sides[0])
    if row is None:
        raise NotPossible(CHANGED)
    if any(request.side == row.id for request in open_requests(session)):
        raise NotPossible(ASKED)
    return row


def rescan_page(desk: Desk, visitor: Visitor, session: Session, packet: int, sides: Sequence[int]) -> Response:
    """Which side is to be scanned again, and why: to be confirmed."""
    try:
        side = paper_side(chosen_side(session, packet, sides))
    except NotPossible as exc:
        return packet_page(desk, visitor, session, packet, problem=str(exc))
    here = heading_of(session, packet)
    return desk.page("rescan.html", visitor=visitor, packet=here, side=side, title=title_of(side), reasons=RESCAN_REASONS)
