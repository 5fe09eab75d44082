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
from pipeline.review.queue import TAKEN, Kind, Reason, address_of, wanted_of
from pipeline.review.related import related
from pipeline.review.replying import checked, choices, reply_from, statement_from, way_of
from pipeline.review.words import HINTS, field_label, packet_name, shown_value
from pipeline.store import Session
from pipeline.store.answers import Answer
from pipeline.store.audit import record
from pipeline.store.claims import Wanted, claim, claim_next, claim_several, held, release
from pipeline.store.questions import Question, place_of, question
from pipeline.store.replies import Reply, reply_to_field, reply_to_statement, take_back

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

    @property
    def minutes(self) -> int:
        """How long a claim lasts."""
        return self.desk.settings.desk.claim_minutes


def seat_of(request: Request, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Seat:
    """The seat of a request that sends a form."""
    return Seat(request, desk, visitor, wanted_of(form))


TheSeat = Annotated[Seat, Depends(seat_of)]


@router.get("/items/{item}")
def show_item(item: Item, seat: TheSeat, kind: Kind = "", reason: Reason = "") -> Response:
    """The item, when this person holds it or may take it."""
    seat = replace(seat, wanted=Wanted(kind, reason))
    with seat.desk.store.writing() as session:
        if not claim(session, item, seat.visitor.name, minutes=seat.minutes):
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
        kept = said is not None and _keep(session, seat, item, said)
        place = _next(session, seat)
    return _show(seat, place, item if kept else Notice(TAKEN, "problem"))


@router.post("/items/{item}/check")
def check(item: Item, desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """What the typed text would be kept as, while it is typed."""
    asked = _mine(desk, item, visitor)
    if asked is None or asked.field is None:
        raise HTTPException(404)
    return desk.page("check.html", found=checked(asked.field, field(form, "text")))


@router.post("/items/{item}/skip")
def skip(item: Item, seat: TheSeat) -> Response:
    """Give this one back and show another."""
    with seat.desk.store.writing() as session:
        release(session, item, seat.visitor.name)
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
            again = claim(session, item, who, minutes=seat.minutes)
            place, notice = _this(session, seat, item) if again else _next(session, seat), Notice(BACK)
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


def _mine(desk: Desk, item: int, visitor: Visitor) -> Question | None:
    """What is asked, when this person holds it."""
    with desk.store.reading() as session:
        asked = question(session, item, said=False)
    return asked if asked is not None and asked.state == "open" and asked.claimed_by == visitor.name else None


def _said(asked: Question, desk: Desk, form: SentForm) -> Reply | str:
    """A reply to a field, one of `ANSWERS` to a statement, or the sentence that says why it is neither."""
    return reply_from(asked, desk.library, form) if asked.kind == "field" else statement_from(form)


def _keep(session: Session, seat: Seat, item: int, said: Reply | str) -> bool:
    """Keep what was said; False when somebody else holds the item by now."""
    who, settings = seat.visitor.name, seat.desk.settings
    row = held(session, item, who)
    if row is None:
        return False
    if isinstance(said, Reply):
        reply_to_field(session, settings, row, said, who=who)
    else:
        reply_to_statement(session, settings, row, ANSWERS[said], who=who)
    record(session, who, "item_answered", item=item)
    return True


def _next(session: Session, seat: Seat, beside: tuple[int, ...] = ()) -> Shown:
    """Claim the next item and the one after it; never one of `beside`."""
    rows = claim_several(session, seat.visitor.name, 2, minutes=seat.minutes, wanted=seat.wanted, beside=beside)
    if rows:
        record(session, seat.visitor.name, "item_seen", item=rows[0])
    return Shown(*rows)


def _this(session: Session, seat: Seat, item: int) -> Shown:
    """This item, which the person holds, and the one after it."""
    record(session, seat.visitor.name, "item_seen", item=item)
    return Shown(item, claim_next(session, seat.visitor.name, minutes=seat.minutes, wanted=seat.wanted, beside=(item,)))


def _show(seat: Seat, place: Shown, notice: Notice | int | None, *, typed: str | None = None) -> Response:
    """The page of an item. `notice`: what to say above it; the number of an item = what became of the answer to that."""
    with seat.desk.store.reading() as session:
        asked = None if place.item is None else question(session, place.item)
        said = _saved(seat.desk, session, notice) if isinstance(notice, int) else notice
    if asked is None:
        return _part(seat, {"asked": None, "notice": said})
    values: dict[str, Any] = {
        "asked": asked,
        "notice": said,
        "typed": typed,
        "ahead": place.ahead,
        "way": "statement" if asked.field is None else way_of(asked.field),
        "choices": choices(asked, seat.desk.library),
        "related": related(asked),
        "hint": HINTS.get(asked.field.kind, "") if asked.field else "",
        "today": seat.desk.settings.office_day,
    }
    return _part(seat, values)


def _part(seat: Seat, values: dict[str, Any]) -> Response:
    """The question alone for htmx, the whole page for a browser without scripts; its address is the item's."""
    alone = bool(seat.request.headers.get("hx-request"))
    answer = seat.desk.page("item_part.html" if alone else "item.html", visitor=seat.visitor, wanted=seat.wanted, **values)
    if alone and values["asked"] is not None:
        answer.headers["hx-replace-url"] = address_of(values["asked"].id, seat.wanted)
    return answer


def _saved(desk: Desk, session: Session, item: int) -> Notice:
    """What was kept and what became of the packet, in one line."""
    now = question(session, item, said=False)
    assert now is not None
    if now.field is not None:
        form = now.side.form if now.side else None
        said = f"{field_label(desk.library, form, now.field.name)}: {_kept(now)}"
    else:
        said = "回答を保存しました"
    if now.packet is None:
        return Notice(said)
    state = PACKET_STATES.get(now.packet.state, now.packet.state)
    waits = f"、あと {now.packet.open_items} 件" if now.packet.open_items else ""
    return Notice(f"{said}　→　申請書類 {packet_name(now.packet.key)} は「{state}」{waits}")


def _kept(now: Question) -> str:
    assert now.field is not None
    if now.field.reason == "unreadable":
        return "読めない"
    return f"「{shown_value(now.field)}」"
