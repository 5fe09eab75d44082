"""The packet view: all papers of an applicant on one page, and the list in which a packet is found."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response

from pipeline.report.words import PACKET_STATES
from pipeline.review.access import Reviewer, TheDesk, reviewing
from pipeline.review.packet_page import packet_page
from pipeline.review.packet_words import VERDICTS_LONG
from pipeline.review.pictures import NoPicture
from pipeline.store.dossier import PER_PAGE, Search, found_packets, packet_with_key, packets_by_state, side_at
from pipeline.store.questions import Place

router = APIRouter(dependencies=[Depends(reviewing)])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
State = Annotated[Literal["", "review", "deficient", "ready", "accepted", "withdrawn"], Query()]
MOST_PAGES = 100_000
CACHED = "private, max-age=300"
"""As crops: they stay in the browser while one works on the packet."""


@router.get("/packets")
def list_packets(
    desk: TheDesk,
    visitor: Reviewer,
    state: State = "",
    q: Annotated[str, Query(max_length=64)] = "",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> Response:
    """Packets by state, pass number, name or key, the most urgent first."""
    search = Search(state, q.strip(), page)
    with desk.store.reading() as session:
        found, total = found_packets(session, search)
        counts = packets_by_state(session)
    pages = max((total + PER_PAGE - 1) // PER_PAGE, 1)
    return desk.page(
        "packets.html",
        visitor=visitor,
        search=search,
        found=found,
        total=total,
        pages=pages,
        filters=[(name, PACKET_STATES[name], counts.get(name, 0)) for name in PACKET_STATES],
        everything=sum(number for name, number in counts.items() if name in PACKET_STATES),
        address=lambda **changed: _address(search, **changed),
        verdicts=VERDICTS_LONG,
        today=desk.settings.office_day,
    )


@router.get("/packets/by-key/{key}")
def find_by_key(key: Annotated[str, Path(max_length=128)], desk: TheDesk) -> Response:
    """To the packet with this key: lists know keys, not rows."""
    with desk.store.reading() as session:
        packet = packet_with_key(session, key)
    if packet is None:
        raise HTTPException(404)
    return RedirectResponse(f"/packets/{packet}", 303)


@router.get("/packets/{packet}")
def show_packet(packet: Number, desk: TheDesk, visitor: Reviewer, done: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Response:
    """The packet with its sides, findings, values and history."""
    with desk.store.writing() as session:
        return packet_page(desk, visitor, session, packet, done=done)


@router.get("/sides/{side}/{view}")
def picture(side: Number, view: Literal["thumb", "page"], desk: TheDesk) -> Response:
    """A picture of a whole side: small, or large enough to read."""
    with desk.store.reading() as session:
        found = side_at(session, side)
    if found is None:
        raise HTTPException(404)
    try:
        png = desk.pictures.png(Place(found, None, None), view)
    except NoPicture as exc:
        raise HTTPException(404) from exc
    return Response(png, media_type="image/png", headers={"cache-control": CACHED})


def _address(search: Search, **changed: str | int) -> str:
    parts = {"state": search.state, "q": search.text, "page": 1, **changed}
    kept = {name: value for name, value in parts.items() if value and (name, value) != ("page", 1)}
    return f"/packets?{urlencode(kept)}" if kept else "/packets"
