"""The packet view: all papers of an applicant on one page, and the list in which a packet is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response

from pipeline.checks.facts import SHEETS
from pipeline.report.words import PACKET_STATES
from pipeline.review.access import Reviewer, TheDesk, reviewing
from pipeline.review.desk import Desk
from pipeline.review.packet_words import ROLES, SEVERITIES, VERDICTS_LONG, event_words
from pipeline.review.pictures import NoPicture
from pipeline.store.audit import record
from pipeline.store.dossier import (
    OURS,
    PER_PAGE,
    Dossier,
    PaperSide,
    Search,
    dossier_of,
    found_packets,
    packet_with_key,
    packets_by_state,
    side_at,
)
from pipeline.store.history import history_of
from pipeline.store.questions import Place

router = APIRouter(dependencies=[Depends(reviewing)])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
State = Annotated[Literal["", "review", "deficient", "ready", "accepted", "withdrawn"], Query()]
MOST_PAGES = 100_000
CACHED = "private, max-age=300"
"""As crops: they stay in the browser while one works on the packet."""
FIRST_SHOWN = {"error": 0, "review": 1, "info": 2}


@dataclass(frozen=True)
class Presence:
    """One of the papers an application is made of: how many are there, and whether that is right, a fault, or not known yet."""

    title: str
    number: int
    state: Literal["there", "short", "missing", "unknown"]


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
def show_packet(packet: Number, desk: TheDesk, visitor: Reviewer) -> Response:
    """The packet with its sides, findings, values and history."""
    with desk.store.writing() as session:
        dossier = dossier_of(session, packet)
        if dossier is None:
            raise HTTPException(404)
        record(session, visitor.name, "packet_seen", packet=packet)
        events = history_of(session, dossier.heading.key, places_of(dossier.sides))
    told = [event_words(desk, dossier, event) for event in events]
    return desk.page("packet.html", visitor=visitor, **shown(desk, dossier), events=told)


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


def shown(desk: Desk, dossier: Dossier) -> dict[str, Any]:
    """What the packet's page shows."""
    return {
        "packet": dossier.heading,
        "dossier": dossier,
        "sides": dossier.sides,
        "titles": {side.id: side_title(side) for side in dossier.sides},
        "presence": presence(dossier),
        "findings": sorted(dossier.findings, key=lambda each: FIRST_SHOWN.get(each.severity, 2)),
        "severities": SEVERITIES,
        "side_roles": ROLES,
        "verdicts": VERDICTS_LONG,
        "today": desk.settings.office_day,
    }


def presence(dossier: Dossier) -> list[Presence]:
    """Each paper of an application, and whether the packet has it, as far as the rules could say."""
    said = {finding.code: finding.severity for finding in dossier.findings}
    return [_presence(dossier, kind, said.get(f"sheet_missing_{kind}")) for kind in OURS]


def _presence(dossier: Dossier, kind: str, severity: str | None) -> Presence:
    number = dossier.used(kind)
    if severity == "error":
        return Presence(SHEETS[kind], number, "short" if number else "missing")
    return Presence(SHEETS[kind], number, "unknown" if severity or not number else "there")


def side_title(side: PaperSide) -> str:
    """What a side is called: its form, or what kind of page it is."""
    if side.is_ours:
        return SHEETS[str(side.side.sheet)]
    if side.side.form == "cover":
        return "封筒仕切り票"
    return "白紙" if side.blank else "様式不明のページ"


def _address(search: Search, **changed: str | int) -> str:
    parts = {"state": search.state, "q": search.text, "page": 1, **changed}
    kept = {name: value for name, value in parts.items() if value and (name, value) != ("page", 1)}
    return f"/packets?{urlencode(kept)}" if kept else "/packets"


def places_of(sides: Sequence[PaperSide]) -> list[tuple[str, int]]:
    """Scan and page of each side."""
    return [(side.side.scan, side.side.page) for side in sides]
