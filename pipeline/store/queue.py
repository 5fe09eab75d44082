"""What waits for a person: one item a doubtful field, one a doubtful statement about a paper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.packet import PacketSheet
from pipeline.store.readings import is_asked_about, open_sheets
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

Place = tuple[int | None, str | None, int | None]
"""Packet's row, field, page; page None where it is not said."""


@dataclass(frozen=True)
class Item:
    """Something to be asked. `identity` stays the same from run to run; `subject_hash` changes with what is asked about."""

    identity: str
    kind: str
    reason: str
    packet_id: int | None
    scan: str | None
    page: int | None
    field: str | None
    subject_hash: str
    deadline: date


def sync_queue(session: Session, *, review_days: int, packet: int | None = None, loose: Sequence[PacketSheet] = ()) -> None:
    """Make the queue hold what is in doubt now: unchanged items stay (claims too), solved ones are closed, new ones opened.

    An item a person has dealt with is opened again only when what was asked about has changed. With the row of a packet, only the
    items of that packet are looked at. `loose` are the sides in no packet, with what is said of them besides what they say themselves.
    """
    now = datetime.now(UTC)
    known = select(QueueRow) if packet is None else select(QueueRow).where(QueueRow.packet_id == packet)
    kept = {row.identity: row for row in session.scalars(known)}
    for item in _wanted(session, review_days, packet, loose):
        row = kept.pop(item.identity, None)
        if row is None:
            session.add(QueueRow(**vars(item), state="open", opened_at=now))
            continue
        if row.state == "solved" or (row.state == "done" and row.subject_hash != item.subject_hash):
            row.state, row.opened_at, row.closed_at = "open", now, None
        row.packet_id, row.deadline, row.reason, row.subject_hash = item.packet_id, item.deadline, item.reason, item.subject_hash
    for row in kept.values():
        if row.state == "open":
            row.state, row.closed_at, row.claimed_by, row.claimed_until = "solved", now, None, None
    session.flush()


def close_item(session: Session, identity: str) -> None:
    """A person has dealt with this item."""
    close(session.scalars(select(QueueRow).where(QueueRow.identity == identity)).one())


def close(row: QueueRow) -> None:
    """A person has dealt with this item."""
    row.state, row.closed_at, row.claimed_by, row.claimed_until = "done", datetime.now(UTC), None, None


def items_go_with_side(session: Session, side: tuple[str, int], packet: int | None) -> None:
    """Questions about the fields of a side belong to the packet that it lies in now; whoever works on one keeps it.

    None: the side is of no application, and nothing of it is asked.
    """
    scan, page = side
    for row in session.scalars(select(QueueRow).where(QueueRow.scan == scan, QueueRow.page == page, QueueRow.kind == "field")):
        row.packet_id = packet
        if packet is None and row.state == "open":
            row.state, row.closed_at, row.claimed_by, row.claimed_until = "solved", datetime.now(UTC), None, None
    session.flush()


def _wanted(session: Session, review_days: int, packet: int | None, loose: Sequence[PacketSheet]) -> Iterator[Item]:
    here = () if packet is None else (SheetRow.packet_id == packet,)
    homes = session.scalars(select(PacketRow)) if packet is None else [session.get_one(PacketRow, packet)]
    packets = {row.id: row for row in homes}
    doubtful: set[Place] = set()
    for item in _field_items(session, packets, review_days, *here):
        doubtful |= {(item.packet_id, item.field, item.page), (item.packet_id, item.field, None)}
        yield item
    if packet is None:
        yield from _page_items(session, review_days, {(side.scan, side.sheet.page): _asked(side) for side in loose})
    yield from _finding_items(session, packets, doubtful, *(() if packet is None else (FindingRow.packet_id == packet,)))


def _field_items(session: Session, packets: Mapping[int, PacketRow], review_days: int, *here: ColumnElement[bool]) -> Iterator[Item]:
    """Doubtful fields; not those of a second scan of a paper that is there."""
    query = select(FieldRow.name, FieldRow.reason, FieldRow.raw, SheetRow.packet_id, ScanRow.sha256, PageRow.number, ScanRow.received)
    doubtful = in_review(here=bool(here)), is_asked_about(), *here
    for name, reason, raw, packet, scan, page, received in session.execute(
        open_sheets(query.select_from(SheetRow).join(SheetRow.fields)).where(*doubtful).order_by(FieldRow.position)
    ):
        deadline = packets[packet].deadline if packet is not None else received + timedelta(days=review_days)
        identity = f"field|{scan}|{page}|{name}"
        yield Item(identity, "field", reason or "low_probability", packet, scan, page, name, text_hash(raw), deadline)


def in_review(*, here: bool) -> ColumnElement[bool]:
    """Whether a field is in doubt. `here`: among the few fields of one packet, which are not to be sought among all that are in doubt."""
    return func.coalesce(FieldRow.decision, "") == "review" if here else FieldRow.decision == "review"


def _asked(side: PacketSheet) -> set[str]:
    return {finding.code for finding in side.sheet.findings if finding.severity == "review"}


def _page_items(session: Session, review_days: int, said: Mapping[tuple[str, int], set[str]]) -> Iterator[Item]:
    """A side that is in no packet: its own doubts, and what is `said` of it by (scan, page)."""
    query = select(SheetRow.findings, ScanRow.sha256, PageRow.number, ScanRow.received).select_from(SheetRow)
    for findings, scan, page, received in session.execute(open_sheets(query).where(SheetRow.packet_id.is_(None), is_asked_about())):
        own = {finding["code"] for finding in findings if finding["severity"] == "review"}
        for code in sorted(own | said.get((scan, page), set())):
            deadline = received + timedelta(days=review_days)
            yield Item(f"page|{scan}|{page}|{code}", "page", code, None, scan, page, None, text_hash(code), deadline)


def _finding_items(session: Session, packets: Mapping[int, PacketRow], doubtful: set[Place], *here: ColumnElement[bool]) -> Iterator[Item]:
    """Statements that need a person; one about a field that is asked about anyway would be the same question twice."""
    for row in _open_findings(session, *here):
        if row.field and (row.packet_id, row.field, row.page) in doubtful:
            continue
        home = packets[row.packet_id]
        identity = f"finding|{home.key}|{row.identity}"
        yield Item(identity, "finding", row.code, home.id, row.scan, row.page, row.field, text_hash(row.message), home.deadline)


def _open_findings(session: Session, *here: ColumnElement[bool]) -> Sequence[FindingRow]:
    query = select(FindingRow).join(PacketRow, FindingRow.packet_id == PacketRow.id).where(*here)
    return session.scalars(query.where(FindingRow.severity == "review", PacketRow.state != "dissolved").order_by(FindingRow.id)).all()


def text_hash(text: str) -> str:
    """SHA-256 of what is asked about."""
    return hashlib.sha256(text.encode()).hexdigest()
