"""What people do to packets: chosen on the packet's page, shown with its effect, confirmed, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Form, Reviewer, SentForm, TheDesk, Visitor, field, reviewing
from pipeline.review.desk import Desk
from pipeline.review.packet_page import packet_page
from pipeline.review.packet_words import ACT_NAMES, title_of
from pipeline.review.rescans import ROW_NUMBER, rescan_page
from pipeline.store import Session
from pipeline.store.audit import record
from pipeline.store.dossier import Search, found_packets, heading_of, neighbours, paper_side
from pipeline.store.moving import CHANGED, NONE_CHOSEN, NotPossible, Plan, Wish, carry_out, planned
from pipeline.store.placings import ACTS
from pipeline.store.undoing import take_back

router = APIRouter(dependencies=[Depends(reviewing)])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Acts = Annotated[Literal["move", "split", "merge", "foreign", "rescan", "confirm"], Query()]
CONFIRM = "confirm"
"""On the page, moving doubtful sides into the packet in which they lie."""
MOST_SHOWN = 20
"""Packets offered to move sides to."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to do with a packet, as its page sends it. `text`: how another packet is looked for."""

    act: str
    sides: tuple[int, ...]
    other: int
    text: str


def asked_of(
    act: Acts,
    side: Annotated[list[int] | None, Query(max_length=500)] = None,
    other: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    q: Annotated[str, Query(max_length=64)] = "",
) -> Asked:
    """The query of a request."""
    return Asked(act, tuple(side or ()), other, q.strip())


@router.get("/packets/{packet}/plan")
def plan(packet: Number, asked: Annotated[Asked, Depends(asked_of)], desk: TheDesk, visitor: Reviewer) -> Response:
    """What an operation would do, to be confirmed; where it needs another packet, a choice of them first."""
    with desk.store.writing() as session:
        if asked.act == "rescan":
            return rescan_page(desk, visitor, session, packet, asked.sides)
        try:
            wish = _wish(packet, asked.act, asked.sides, asked.other)
            if wish.act in ("move", "merge") and not wish.other:
                return _choice(desk, visitor, session, wish, asked.text)
            return _plan_page(desk, visitor, session, wish, planned(session, wish))
        except NotPossible as exc:
            return packet_page(desk, visitor, session, packet, problem=str(exc))


@router.post("/packets/{packet}/place")
def place(packet: Number, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """Carry out what was confirmed, if everything is still as it was shown."""
    with desk.store.writing() as session:
        try:
            wish = _sent_wish(packet, form)
            found = planned(session, wish)
            if found.seen != field(form, "seen"):
                raise NotPossible(CHANGED)
            operation = carry_out(session, desk.settings, found, who=visitor.name)
        except NotPossible as exc:
            return packet_page(desk, visitor, session, packet, problem=str(exc))
        record(session, visitor.name, "packet_placed", packet=packet, act=wish.act, decision=operation)
    return RedirectResponse(f"/packets/{packet}?done={operation}", 303)


@router.post("/packets/{packet}/undo")
def undo(packet: Number, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """Take an operation back."""
    number = _row(field(form, "operation")) or 0
    with desk.store.writing() as session:
        try:
            take_back(session, desk.settings, number, who=visitor.name)
        except NotPossible as exc:
            return packet_page(desk, visitor, session, packet, problem=str(exc))
        record(session, visitor.name, "placing_undone", packet=packet, decision=number)
    return RedirectResponse(f"/packets/{packet}", 303)


def _wish(packet: int, act: str, sides: Iterable[int], other: int) -> Wish:
    if act == CONFIRM:
        return Wish("move", packet, frozenset(sides), packet)
    for known in ACTS:
        if act == known:
            return Wish(known, packet, frozenset(sides), other or None)
    raise NotPossible(CHANGED)


def _sent_wish(packet: int, form: Form) -> Wish:
    sides, other = [_row(side) for side in form.get("side", [])], _row(field(form, "other") or "0")
    if other is None or None in sides:
        raise NotPossible(CHANGED)
    return _wish(packet, field(form, "act"), [side for side in sides if side is not None], other)


def _row(text: str) -> int | None:
    """Number of a row; None for what is none."""
    return int(text) if ROW_NUMBER.fullmatch(text) else None


def _plan_page(desk: Desk, visitor: Visitor, session: Session, wish: Wish, found: Plan) -> Response:
    parts: dict[str, Any] = {name: [paper_side(row) for row in getattr(found, name)] for name in ("moving", "left", "there")}
    sides = [side for part in parts.values() for side in part]
    return desk.page(
        "plan.html",
        visitor=visitor,
        wish=wish,
        plan=found,
        source=heading_of(session, found.source.id),
        target=None if found.target is None else heading_of(session, found.target.id),
        titles={side.id: title_of(side) for side in sides},
        act_names=ACT_NAMES,
        **parts,
    )


def _choice(desk: Desk, visitor: Visitor, session: Session, wish: Wish, text: str) -> Response:
    """Packets to choose from: those that are looked for, or else those that came in the same files. Raises NotPossible."""
    here = heading_of(session, wish.packet)
    if here is None or not here.is_open:
        raise NotPossible(CHANGED)
    if wish.act == "move" and not wish.sides:
        raise NotPossible(NONE_CHOSEN)
    if text:
        found, total = found_packets(session, Search(text=text))
    else:
        found = neighbours(session, wish.packet)
        total = len(found)
    offered = [each for each in found if each.id != wish.packet and each.is_open][:MOST_SHOWN]
    return desk.page("choose.html", visitor=visitor, wish=wish, packet=here, offered=offered, text=text, total=total, act_names=ACT_NAMES)
