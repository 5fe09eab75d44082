"""The same sign from many packets on one screen: the odd ones taken out, all the rest confirmed with one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Form, Reviewer, SentForm, TheDesk, Visitor, field, reviewing
from pipeline.review.desk import Desk
from pipeline.review.items import CACHED, Item, Notice
from pipeline.review.pictures import NoPicture
from pipeline.store.audit import record
from pipeline.store.batches import Confirmed, Shown, confirm, shown, take_back_batch
from pipeline.store.groups import GroupKey, Member, asked_now, beside_of, give_back, groups, hold, members
from pipeline.store.pieces import MARKED
from pipeline.store.questions import place_of

router = APIRouter(dependencies=[Depends(reviewing)])

Token = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Number = Annotated[int, Path(ge=0, le=999)]
Count = Annotated[int | None, Query(ge=0, le=9_999)]
ALL = "0" * 16
"""In the place of a group's name: none of them, the list."""
MOST = {"cell": 40, "tick": 40, "oval": 40, "circle": 40, "part": 32, "seal": 32, "word": 20, "signature": 20, "blank": 20}
"""Pieces shown together: four rows, so that all of them are seen at once on a screen of 1366 x 768."""
NAMES = {
    "cell": "1 字ずつの枠の数字",
    "part": "記入された数字",
    "word": "証明書の語句",
    "tick": "チェック欄",
    "circle": "丸で囲む選択肢",
    "oval": "塗りつぶす選択肢",
    "signature": "署名",
    "seal": "印影",
    "blank": "空欄",
}
"""What the pieces of a group are."""
NOTHING_BACK = "取り消せる確定がありません。"
UNREADABLE = "送信された内容を読み取れません。"


@dataclass(frozen=True)
class Seat:
    """Where one request is answered."""

    request: Request
    desk: Desk
    visitor: Visitor


def seat_of(request: Request, desk: TheDesk, visitor: Reviewer) -> Seat:
    """The seat of a request."""
    return Seat(request, desk, visitor)


TheSeat = Annotated[Seat, Depends(seat_of)]


@router.get("/groups")
def list_groups(desk: TheDesk, visitor: Reviewer, opened: Count = None, stayed: Count = None) -> Response:
    """All groups, the largest first. `opened`, `stayed`: what was taken back on this page just now."""
    with desk.store.reading() as session:
        found = groups(session, desk.index, visitor.name)
    several = [group for group in found if group.pieces > 1]
    words: dict[str, Any] = {"read_as": read_as, "names": NAMES, "today": desk.settings.office_day, "all": ALL}
    notice = None if stayed is None else _taken_back(None if opened is None else (opened, stayed))
    return desk.page("groups.html", visitor=visitor, groups=several, alone=len(found) - len(several), notice=notice, **words)


@router.get("/groups/{token}")
def show_group(token: Token, seat: TheSeat) -> Response:
    """The pieces that look least like the others first, all held for this person."""
    return _show(seat, token, None)


@router.post("/groups/{token}")
def confirm_group(token: Token, seat: TheSeat, form: SentForm) -> Response:
    """Confirm what was not taken out, and show the next pieces of the group, or those taken out one after the other."""
    on_screen, out = _sent(form, "shown"), set(_sent(form, "out"))
    good, odd = [each for each in on_screen if each not in out], [each for each in on_screen if each in out]
    who, desk = seat.visitor.name, seat.desk
    done = confirm(desk.store, desk.index, good, odd, who=who)
    one_by_one = field(form, "next") == "odd" and bool(done.odd)
    with desk.store.writing() as session:
        give_back(session, {each.item for each in on_screen} - (set(done.odd) if one_by_one else set()), who)
    if one_by_one:
        return _to(seat.request, f"/items/{done.odd[0]}")
    return _show(seat, token, Notice(_said(done), "problem" if done.skipped else "done"))


@router.post("/groups/{token}/undo")
def undo(token: Token, seat: TheSeat) -> Response:
    """Take this person's newest batch back."""
    back = take_back_batch(seat.desk.store, seat.desk.settings, who=seat.visitor.name)
    if token == ALL:
        return _to(seat.request, "/groups?stayed=0" if back is None else f"/groups?opened={back[0]}&stayed={back[1]}")
    return _show(seat, token, _taken_back(back))


@router.post("/groups/{token}/leave")
def leave(token: Token, seat: TheSeat, form: SentForm) -> Response:
    """Give back what was on the screen."""
    del token
    with seat.desk.store.writing() as session:
        give_back(session, {each.item for each in _sent(form, "shown")}, seat.visitor.name)
    return _to(seat.request, "/groups")


@router.get("/tiles/{item}/{number}")
def tile(item: Item, number: Number, desk: TheDesk) -> Response:
    """A picture of one piece of an item."""
    with desk.store.reading() as session:
        place = place_of(session, item)
        near = asked_now(session, desk.index, beside_of(session, item))
    own = near[item].cuts if item in near else ()
    if place is None or number >= len(own):
        raise HTTPException(404)
    try:
        png = desk.tiles.png(place.side, own[number].piece, [cut.piece for asked in near.values() for cut in asked.cuts])
    except NoPicture as exc:
        raise HTTPException(404) from exc
    return Response(png, media_type="image/png", headers={"cache-control": CACHED})


def read_as(key: GroupKey) -> str:
    """What the pieces of a group were read as, short enough to be written large."""
    match key.look:
        case "cell" | "part" | "word":
            return key.text
        case "tick" | "oval":
            return "印あり" if key.text == MARKED else "印なし"
        case "circle":
            return f"{key.family} に{'丸あり' if key.text == MARKED else '丸なし'}"
        case "blank":
            return "記入なし"
        case _:
            return f"{NAMES[key.look]}{'あり' if key.text == MARKED else 'なし'}"


def _show(seat: Seat, token: str, notice: Notice | None) -> Response:
    """The next pieces of a group, held; the part alone for htmx."""
    here, ahead, waiting = _held(seat, token)
    alone = bool(seat.request.headers.get("hx-request"))
    return seat.desk.page(
        "group_part.html" if alone else "group.html",
        visitor=seat.visitor,
        token=token,
        key=here[0].cut.key if here else None,
        members=[(member, shown(member)) for member in here],
        ahead=ahead,
        waiting=waiting,
        notice=notice,
        read_as=read_as,
        names=NAMES,
    )


def _held(seat: Seat, token: str) -> tuple[list[Member], list[Member], int]:
    """Pieces for one screen, claimed; those of the next; and how many the group has.

    What takes long is done before the database is locked for the claim.
    """
    desk, who = seat.desk, seat.visitor.name
    with desk.store.reading() as session:
        found = members(session, desk.index, who, token)
    if not found:
        return [], [], 0
    most = MOST[found[0].cut.piece.look]
    first = found[:most]
    with desk.store.writing() as session:
        mine = hold(session, {member.asked.item for member in first}, who, minutes=desk.settings.desk.claim_minutes)
        record(session, who, "group_seen", items=_names(sorted(mine)))
    return [member for member in first if member.asked.item in mine], found[most : 2 * most], len(found)


def _sent(form: Form, name: str) -> list[Shown]:
    """The pieces named in a form. Raises HTTPException for what no page of ours sends."""
    try:
        return [_one(text) for text in form.get(name, [])]
    except ValueError as exc:
        raise HTTPException(400, UNREADABLE) from exc


def _one(text: str) -> Shown:
    item, piece, about = text.split("-")
    return Shown(int(item), int(piece), about)


def _names(items: Sequence[int]) -> list[str]:
    return [str(item) for item in items]


def _said(done: Confirmed) -> str:
    """What a batch did, in one line."""
    decided = f"（{len(done.items)} 件の記入欄が確定）" if done.items else ""
    odd = f"　外した {len(done.odd)} 件は「確認待ち」に残しました。" if done.odd else ""
    skipped = f"　{done.skipped} 枚は、ほかの担当者が先に回答したか内容が変わったため、確定していません。" if done.skipped else ""
    return f"{done.pieces} 枚を確認しました{decided}。{odd}{skipped}"


def _taken_back(back: tuple[int, int] | None) -> Notice:
    """What taking back did, in one line."""
    if back is None:
        return Notice(NOTHING_BACK, "problem")
    opened, stayed = back
    again = f"{opened} 件の記入欄が確認待ちに戻りました。" if opened else ""
    kept = f"{stayed} 件は、その後の回答があるため残しました。" if stayed else ""
    return Notice(f"直前の確定を取り消しました。{again}{kept}", "problem" if stayed else "done")


def _to(request: Request, address: str) -> Response:
    """To another page, also from a part that htmx asked for."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"hx-redirect": address})
    return RedirectResponse(address, 303)
