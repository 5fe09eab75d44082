"""What the page of a packet shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import HTTPException
from fastapi.responses import Response

from pipeline.checks.facts import SHEETS
from pipeline.packet import Spot
from pipeline.review.access import Visitor
from pipeline.review.desk import Desk
from pipeline.review.packet_words import (
    DONE,
    RESCAN_REASONS,
    ROLES,
    SEVERITIES,
    VERDICTS_LONG,
    Told,
    event_words,
    moment,
    operation_words,
    title_of,
)
from pipeline.store import Session
from pipeline.store.audit import record
from pipeline.store.dossier import OURS, Dossier, Heading, PaperSide, dossier_of, headings, sides_at
from pipeline.store.history import display_names, history_of
from pipeline.store.placings import Kept, concerning, operations
from pipeline.store.rescans import Request, requests

FIRST_SHOWN = {"error": 0, "review": 1, "info": 2}
PROBLEM = 409
"""Status of a page that says why something was not done."""


@dataclass(frozen=True)
class Presence:
    """One of the papers an application is made of: how many are there, and whether that is right, a fault, or not known yet."""

    title: str
    number: int
    state: Literal["there", "short", "missing", "unknown"]


@dataclass(frozen=True)
class Gone:
    """A side that a person took out of the packet, and the operation that did."""

    side: PaperSide
    title: str
    to: Heading | None
    operation: int


def packet_page(desk: Desk, visitor: Visitor, session: Session, packet: int, *, done: int = 0, problem: str = "") -> Response:
    """The page of the packet with this row: `done` is an operation that was just carried out, `problem` says why one was not.

    Needs a writing transaction: who saw a packet is noted. Raises 404.
    """
    dossier = dossier_of(session, packet)
    if dossier is None:
        raise HTTPException(404)
    record(session, visitor.name, "packet_seen", packet=packet)
    spots = [side.spot for side in dossier.sides]
    kept = concerning(operations(session), dossier.heading.key, spots)
    asked = [request for request in requests(session) if (request.scan, request.page) in spots]
    known = sides_at(session, {*spots, *(spot for each in kept for spot in each.operation.sides)})
    others = headings(session, {key for each in kept for key in each.operation.keys})
    names = display_names(session)
    told = [(event.at, event_words(desk, dossier, event)) for event in history_of(session, dossier.heading.key, spots)]
    told += operation_words(desk, dossier.heading, kept, known, others, names)
    told += rescan_words(desk, asked, known, names)
    values = shown(desk, dossier) | {
        "events": [line for _, line in sorted(told, key=lambda pair: pair[0], reverse=True)],
        "gone": gone(dossier, kept, known, others),
        "done": next((each for each in kept if each.id == done and each.back is None), None),
        "done_words": DONE,
        "rescans": [request for request in asked if request.end is None],
        "problem": problem,
    }
    return desk.page("packet.html", PROBLEM if problem else 200, visitor=visitor, **values)


def shown(desk: Desk, dossier: Dossier) -> dict[str, Any]:
    """What the packet is now."""
    return {
        "packet": dossier.heading,
        "dossier": dossier,
        "sides": dossier.sides,
        "titles": {side.id: title_of(side) for side in dossier.sides},
        "presence": presence(dossier),
        "findings": sorted(dossier.findings, key=lambda each: FIRST_SHOWN.get(each.severity, 2)),
        "severities": SEVERITIES,
        "side_roles": ROLES,
        "verdicts": VERDICTS_LONG,
        "rescan_reasons": RESCAN_REASONS,
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


def gone(dossier: Dossier, kept: Sequence[Kept], known: Mapping[Spot, PaperSide], others: Mapping[str, Heading]) -> list[Gone]:
    """Sides that people took out of the packet and that are elsewhere now."""
    here = {side.spot for side in dossier.sides}
    found: dict[Spot, Gone] = {}
    for each in kept:
        if each.back is None and each.operation.source == dossier.heading.key:
            to = others.get(each.operation.target or "")
            for spot in each.operation.sides.keys() & (known.keys() - here):
                found[spot] = Gone(known[spot], title_of(known[spot]), to, each.id)
    return [found[spot] for spot in sorted(found)]


def rescan_words(desk: Desk, asked: Sequence[Request], known: Mapping[Spot, PaperSide], names: Mapping[str, str]) -> list[tuple[Any, Told]]:
    """Requests for a scan, as lines of the history."""
    lines = []
    for request in asked:
        note = f"・{request.note}" if request.note else ""
        what = f"{title_of(known[request.scan, request.page])} の再スキャンを依頼（{RESCAN_REASONS[request.reason]}{note}）"
        end = {"came": "　→ 届きました", "withdrawn": "　→ 取り下げ済み", "needless": "　→ 不要", None: ""}[request.end]
        lines.append((request.at, Told(moment(desk, request.at), names.get(request.who, request.who), what + end)))
    return lines
