"""One question after the other: shown large, answered from the keyboard, the next one there at once.

What changes something does it in one short write transaction (the answer, the next claim, the audit). The page is put together after
that one has ended, so that nobody waits for another person's page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.report.words import PACKET_STATES
from pipeline.review.access import Reviewer, SentForm, TheDesk, Visitor, field, reviewing
from pipeline.review.desk import Desk
from pipeline.review.pictures import NoPicture, View
from pipeline.review.queue import TAKEN, Kind, Reason, address_of, wanted_by, wanted_of
from pipeline.review.related import related
from pipeline.review.replying import Choice, checked, choices, reply_from, statement_from, way_of
from pipeline.review.rulings import WHY, chosen_answer, shown_answers
from pipeline.review.words import HINTS, field_label, packet_name, shown_value
from pipeline.sheet import FieldValue
from pipeline.store import Session
from pipeline.store.answers import Answer
from pipeline.store.asking import Asked, answer_field, asked_of, is_theirs, next_items, open_item, put_off
from pipeline.store.asking import undo as take_back
from pipeline.store.audit import record
from pipeline.store.claims import Wanted
from pipeline.store.questions import Question, place_of, question
from pipeline.store.readings import as_said
from pipeline.store.replies import Reply, reply_to_statement
from pipeline.store.tables import QueueRow

router = APIRouter(dependencies=[Depends(reviewing)])

Item = Annotated[int, Path(ge=1, le=2**31 - 1)]
CACHED = "private, max-age=300"
"""Crops stay in the browser while the next item waits; logging out clears them."""
NOTHING_BACK = "取り消せる回答がありません。"
ANSWERS: dict[str, Answer] = {"fine": "fine", "fault": "fault"}
BACK = "直前の回答を取り消しました。"


@dataclass(frozen=True)
class Notice:
    """What the last step did, shown above the next question. `kind`: done or problem."""

    text: str
    kind: str = "done"


@dataclass(frozen=True)
class Shown:
    """Items that were claimed for a page: the one on it, and the one after it, whose picture is fetched ahead."""

    item: int | None = None
    ahead: int | None = None


@dataclass(frozen=True)
class Seat:
    """Where one request is answered: by which desk, for whom, with which filter."""

    request: Request
    desk: Desk
    visitor: Visitor
    wanted: Wanted

    def opens(self, session: Session, item: int) -> bool:
        """Whether this person may have the item; it is theirs then."""
        return open_item(session, self.desk.settings, item, self.visitor.name, rules=self.wanted.rules)

    def next_items(self, session: Session, number: int, beside: tuple[int, ...] = ()) -> list[int]:
        """Claim the next ones, never one of `beside`."""
        return next_items(session, self.desk.settings, self.visitor.name, number, wanted=self.wanted, beside=beside)


async def seat_of(request: Request, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Seat:
    """The seat of a request that sends a form."""
    return Seat(request, desk, visitor, wanted_by(visitor, wanted_of(form)))


TheSeat = Annotated[Seat, Depends(seat_of)]


@router.get("/items/{item}")
def show_item(item: Item, seat: TheSeat, kind: Kind = "", reason: Reason = "") -> Response:
    """The item, when this person holds it or may take it."""
    seat = replace(seat, wanted=wanted_by(seat.visitor, Wanted(kind, reason)))
    with seat.desk.store.writing() as session:
        if not seat.opens(session, item):
            return RedirectResponse("/queue?problem=taken", 303)
        place = _this(session, seat, item)
    return _show(seat, place, None)


@router.post("/items/{item}")
def answer(item: Item, seat: TheSeat, form: SentForm) -> Response:
    """Keep the answer, decide the packet again, and show the next item."""
    asked = _mine(seat.desk, item, seat.visitor)
    said = None if asked is None else _said(asked, seat.desk, form)
    if isinstance(said, str) and said not in ANSWERS:
        with seat.desk.store.writing() as session:
            place = _this(session, seat, item)
        return _show(seat, place, Notice(said, "problem"), typed=field(form, "text"))
    with seat.desk.store.writing() as session:
        kept = None if asked is None or said is None else _keep(session, seat, asked, said)
        place = _next(session, seat)
    return _show(seat, place, kept or Notice(TAKEN, "problem"))


@router.post("/items/{item}/check")
def check(item: Item, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """What the typed text would be kept as, while it is typed."""
    asked = _mine(desk, item, visitor)
    if asked is None or asked.question.field is None:
        raise HTTPException(404)
    return desk.page("check.html", found=checked(asked.question.field, field(form, "text")))


@router.post("/items/{item}/skip")
def skip(item: Item, seat: TheSeat) -> Response:
    """Give this one back and show another."""
    with seat.desk.store.writing() as session:
        put_off(session, item, seat.visitor.name)
        place = _next(session, seat, beside=(item,))
    return _show(seat, place, None)


@router.post("/undo")
def undo(seat: TheSeat) -> Response:
    """Take the latest answer back and show its item again."""
    who = seat.visitor.name
    with seat.desk.store.writing() as session:
        item = take_back(session, seat.desk.settings, who=who)
        if item is None:
            place, notice = _next(session, seat), Notice(NOTHING_BACK, "problem")
        else:
            record(session, who, "item_taken_back", item=item)
            place, notice = _this(session, seat, item) if seat.opens(session, item) else _next(session, seat), Notice(BACK)
    return _show(seat, place, notice)


@router.get("/crops/{item}/{view}")
def crop(item: Item, view: View, desk: TheDesk) -> Response:
    """A picture of the item: the field as on paper, its ink alone, or the whole page with the field marked."""
    with desk.store.reading() as session:
        place = place_of(session, item)
    if place is None:
        raise HTTPException(404)
    try:
        return Response(desk.pictures.png(place, view), media_type="image/png", headers={"cache-control": CACHED})
    except NoPicture as exc:
        raise HTTPException(404) from exc


def _mine(desk: Desk, item: int, visitor: Visitor) -> Asked | None:
    """What is asked, when this person holds it."""
    with desk.store.reading() as session:
        asked = asked_of(session, desk.settings, item, visitor.name, said=False)
    theirs = asked is not None and asked.question.state == "open" and asked.question.claimed_by == visitor.name
    return asked if theirs else None


def _said(asked: Asked, desk: Desk, form: SentForm) -> Reply | str:
    """A reply to a field, one of `ANSWERS` to a statement, or the sentence that says why it is neither."""
    if asked.question.kind != "field":
        return statement_from(form)
    return chosen_answer(asked, form) or reply_from(asked.question, desk.library, form)


def _keep(session: Session, seat: Seat, asked: Asked, said: Reply | str) -> Notice | int | None:
    """Keep what was said; None when somebody else holds the item by now. Returns what `_show` takes as its notice."""
    who, settings, item = seat.visitor.name, seat.desk.settings, asked.question.id
    if not is_theirs(session, item, who):
        return None
    if isinstance(said, Reply):
        way = answer_field(session, settings, item, said, who=who)
        return _as_if_kept(seat.desk, asked, said) if way in ("keyed", "test") else item
    reply_to_statement(session, settings, session.get_one(QueueRow, item), ANSWERS[said], who=who)
    record(session, who, "item_answered", item=item)
    return item


def _next(session: Session, seat: Seat, beside: tuple[int, ...] = ()) -> Shown:
    """Claim the next item and the one after it; never one of `beside`."""
    rows = seat.next_items(session, 2, beside)
    if rows:
        record(session, seat.visitor.name, "item_seen", item=rows[0])
    return Shown(*rows)


def _this(session: Session, seat: Seat, item: int) -> Shown:
    """This item, which the person holds, and the one after it."""
    record(session, seat.visitor.name, "item_seen", item=item)
    return Shown(item, *seat.next_items(session, 1, (item,)))


def _show(seat: Seat, place: Shown, notice: Notice | int | None, *, typed: str | None = None) -> Response:
    """The page of an item. `notice`: what to say above it; the number of an item = what became of the answer to that."""
    desk = seat.desk
    with desk.store.reading() as session:
        asked = None if place.item is None else asked_of(session, desk.settings, place.item, seat.visitor.name)
        said = _saved(desk, session, notice) if isinstance(notice, int) else notice
    if asked is None:
        return _part(seat, {"asked": None, "notice": said})
    found = asked.question
    values: dict[str, Any] = {
        "asked": found,
        "double": asked.double,
        "keyed": shown_answers(asked),
        "why": WHY,
        "notice": said,
        "typed": typed,
        "ahead": place.ahead,
        "way": "statement" if found.field is None else way_of(found.field),
        "choices": _choices(asked, desk),
        "related": related(found),
        "hint": HINTS.get(found.field.kind, "") if found.field else "",
        "today": desk.settings.office_day,
    }
    return _part(seat, values)


def _choices(asked: Asked, desk: Desk) -> tuple[Choice, ...]:
    """What can be chosen. Beside the answers of two people nothing is offered that the machine read: no text, nothing chosen already."""
    offered = choices(asked.question, desk.library)
    if not asked.answers:
        return offered
    typed = asked.question.field is not None and way_of(asked.question.field) == "text"
    return () if typed else tuple(replace(choice, chosen=False) for choice in offered)


def _part(seat: Seat, values: dict[str, Any]) -> Response:
    """The question alone for htmx, the whole page for a browser without scripts; its address is the item's."""
    alone = bool(seat.request.headers.get("hx-request"))
    answer = seat.desk.page("item_part.html" if alone else "item.html", visitor=seat.visitor, wanted=seat.wanted, **values)
    if alone and values["asked"] is not None:
        answer.headers["hx-replace-url"] = address_of(values["asked"].id, seat.wanted)
    return answer


def _saved(desk: Desk, session: Session, item: int) -> Notice:
    """What was kept and what became of the packet."""
    now = question(session, item, said=False)
    assert now is not None
    return _line(desk, now, None if now.field is None else _kept(now.field))


def _as_if_kept(desk: Desk, asked: Asked, said: Reply) -> Notice:
    """The same of an answer that has changed nothing (yet). Of a field that two people key, nothing is said of the packet."""
    found = asked.question
    assert found.field is not None
    return _line(desk, replace(found, packet=None) if asked.double else found, _kept(as_said(found.field, said.as_said())))


def _line(desk: Desk, now: Question, kept: str | None) -> Notice:
    said = "回答を保存しました"
    if now.field is not None:
        form = now.side.form if now.side else None
        said = f"{field_label(desk.library, form, now.field.name)}: {kept}"
    if now.packet is None:
        return Notice(said)
    state = PACKET_STATES.get(now.packet.state, now.packet.state)
    waits = f"、あと {now.packet.open_items} 件" if now.packet.open_items else ""
    return Notice(f"{said}　→　申請書類 {packet_name(now.packet.key)} は「{state}」{waits}")


def _kept(now: FieldValue) -> str:
    return "読めない" if now.reason == "unreadable" else f"「{shown_value(now)}」"
