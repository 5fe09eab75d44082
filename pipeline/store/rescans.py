"""Sides that are to be scanned again: asked for by a person, ended when the sheet has come again or the request is taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.decisions import Decision, add_decision
from pipeline.store.tables import DecisionRow, PacketRow, PageRow, ScanRow, SheetRow

OWNER = "rescans"
KIND = "rescan"
REASONS = ("unreadable", "cut", "skewed", "double_feed", "other")
MOST_NOTE = 200
"""Characters of a note to whoever scans."""


@dataclass(frozen=True)
class Request:
    """Somebody wants a side scanned again.

    Attributes:
        reason: one of REASONS; `note` is free text.
        side: row of the side; packet: row and key of the packet it lies in now, None when it lies in none.
        sheet: its kind; None for a side that is none of our sheets: only a person can say that it has come again.
        file, page, received: where the paper is found.
        end: None while it is open; `came`, `withdrawn`, or `needless` when a person called the side foreign.
    """

    id: int
    at: datetime
    who: str
    reason: str
    note: str
    scan: str
    page: int
    side: int
    sheet: str | None
    packet: int | None
    key: str | None
    pass_number: str | None
    name: str | None
    file: str
    received: date
    end: str | None = None


def ask_for_rescan(session: Session, side: SheetRow, reason: str, note: str, *, who: str) -> int:
    """Keep a request, in a writing transaction; its row."""
    said = {"reason": reason, "note": note}
    return add_decision(session, Decision(who, _subject(side.page.scan.sha256, side.page.number), None, said, OWNER)).id


def withdraw(session: Session, request: Request, *, who: str) -> None:
    """Take a request back."""
    add_decision(session, Decision(who, _subject(request.scan, request.page), {"takes_back": request.id}, None, OWNER))


def requests(session: Session, scans: Collection[str] | None = None) -> list[Request]:
    """All requests (for sides of these scans), oldest first."""
    asked: dict[int, DecisionRow] = {}
    ended: set[int] = set()
    for row in session.scalars(select(DecisionRow).where(DecisionRow.owner == OWNER).order_by(DecisionRow.id)):
        if row.after is not None:
            if scans is None or row.subject["scan"] in scans:
                asked[row.id] = row
        elif row.before is not None:
            ended.add(row.before["takes_back"])
    found = (_request(session, row, is_withdrawn=row.id in ended) for row in asked.values())
    return [request for request in found if request is not None]


def open_requests(session: Session) -> list[Request]:
    """Requests that still wait for the paper."""
    return [request for request in requests(session) if request.end is None]


def packets_waiting_for_paper(session: Session, packet: int | None = None) -> set[int]:
    """Rows of packets (or the one with this row) with a side that is to be scanned again."""
    here = select(ScanRow.sha256).join(PageRow, PageRow.scan_id == ScanRow.id).join(SheetRow, SheetRow.page_id == PageRow.id)
    scans = None if packet is None else set(session.scalars(here.where(SheetRow.packet_id == packet)))
    return {request.packet for request in requests(session, scans) if request.end is None and request.packet is not None}


def _request(session: Session, row: DecisionRow, *, is_withdrawn: bool) -> Request | None:
    scan, page = row.subject["scan"], row.subject["page"]
    here = select(SheetRow).join(SheetRow.page).join(PageRow.scan).where(ScanRow.sha256 == scan, PageRow.number == page)
    side = session.scalars(here.order_by(PageRow.id.desc())).first()
    if side is None:
        return None
    packet = None if side.packet_id is None else session.get(PacketRow, side.packet_id)
    at = datetime.fromisoformat(row.at)
    end = "withdrawn" if is_withdrawn else _end(session, side, at)
    return Request(
        id=row.id,
        at=at,
        who=row.who,
        reason=(row.after or {})["reason"],
        note=(row.after or {})["note"],
        scan=scan,
        page=page,
        side=side.id,
        sheet=side.sheet,
        packet=side.packet_id,
        key=None if packet is None else packet.key,
        pass_number=None if packet is None else packet.pass_number,
        name=None if packet is None else packet.name,
        file=side.page.scan.name,
        received=side.page.scan.received,
        end=end,
    )


def _end(session: Session, side: SheetRow, since: datetime) -> str | None:
    """It has come when the packet has a sheet of the same kind in a file that arrived after the request."""
    if side.role == "foreign":
        return "needless"
    if side.sheet is None or side.packet_id is None:
        return None
    same = SheetRow.packet_id == side.packet_id, SheetRow.sheet == side.sheet, SheetRow.id != side.id
    query = select(SheetRow.id).join(SheetRow.page).join(PageRow.scan).where(*same, ScanRow.added_at > since)
    return None if session.scalars(query.limit(1)).first() is None else "came"


def _subject(scan: str, page: int) -> dict[str, Any]:
    return {"kind": KIND, "scan": scan, "page": page}
