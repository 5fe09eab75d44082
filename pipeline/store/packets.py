"""Packets are worked out anew from the sheets each time; a packet that is still the same keeps its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.checks import Verdict
from pipeline.findings import Finding
from pipeline.packet import Packet
from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.readings import CLOSED_STATES, corrected, settle, sheet_rows
from pipeline.store.tables import FindingRow, PacketRow, QueueRow, SheetRow

STATES = ("review", "deficient", "ready", "dissolved", *CLOSED_STATES)
"""review: a person must look; deficient: papers lack something, proven; ready: papers complete, waits for the payment; dissolved: its
sheets turned out to belong to another packet."""

Source = Literal["sheet", "packet", "rule"]
DecidedPacket = tuple[Packet, Verdict]


@dataclass(frozen=True)
class Placed:
    """A finding and where it comes from; `scan` None when it is about more than one scan."""

    source: Source
    scan: str | None
    finding: Finding


def replace_packets(session: Session, decided: Sequence[DecidedPacket], *, review_days: int) -> None:
    """Make the open packets' rows say what `decided` says. Same key, same row; people's decisions are not touched."""
    rows = {(row.page.scan.sha256, row.page.number): row for row in sheet_rows(session, readings=False)}
    for row in rows.values():
        row.packet_id = row.position = row.role = None
    session.flush()
    said = corrections(session)
    for packet, verdict in decided:
        home = _packet_row(session, packet, verdict, review_days)
        _attach_sheets(home, packet, rows, said)
        _replace_findings(session, home, all_findings(packet, verdict))
    keys = {packet.key for packet, _ in decided}
    for old in session.scalars(select(PacketRow).where(PacketRow.state.not_in([*CLOSED_STATES, "dissolved"]))):
        if old.key not in keys:
            old.state = "dissolved"
            _replace_findings(session, old, [])


def all_findings(packet: Packet, verdict: Verdict) -> list[Placed]:
    """Findings of the sheets, of the packet's make-up and of the rules."""
    scans = {sheet.scan for sheet in packet.sheets}
    only = next(iter(scans)) if len(scans) == 1 else None
    placed = [Placed("sheet", each.scan, finding) for each in packet.sheets for finding in each.sheet.findings]
    placed += [Placed("packet", only if finding.page else None, finding) for finding in packet.findings]
    return placed + [Placed("rule", only if finding.page else None, finding) for finding in verdict.findings]


def settle_states(session: Session) -> None:
    """State of every open packet, from its verdict and from what still waits for a person."""
    waiting = set(session.scalars(select(QueueRow.packet_id).where(QueueRow.state == "open")))
    for row in session.scalars(select(PacketRow).where(PacketRow.state.not_in([*CLOSED_STATES, "dissolved"]))):
        if row.verdict == "deficient":
            row.state = "deficient"
        else:
            row.state = "ready" if row.verdict == "complete" and row.id not in waiting else "review"


def _packet_row(session: Session, packet: Packet, verdict: Verdict, review_days: int) -> PacketRow:
    row = session.scalar(select(PacketRow).where(PacketRow.key == packet.key))
    if row is None:
        row = PacketRow(key=packet.key, state="review")
        session.add(row)
    if row.state == "dissolved":
        row.state = "review"
    row.received, row.deadline = packet.received, packet.received + timedelta(days=review_days)
    row.pass_number, row.name, row.verdict = packet.pass_number, packet.name, verdict.name
    session.flush()
    return row


def _attach_sheets(
    home: PacketRow, packet: Packet, rows: Mapping[tuple[str, int], SheetRow], said: Mapping[FieldKey, dict[str, Any]]
) -> None:
    for place, each in enumerate(packet.sheets):
        row = rows[(each.scan, each.sheet.page)]
        row.packet_id, row.position, row.role = home.id, place, each.role
        values = {field.name: field for field in corrected(each.sheet, each.scan, said).fields}
        for field in row.fields:
            if field.name in values:
                settle(field, values[field.name])


def _replace_findings(session: Session, home: PacketRow, placed: Sequence[Placed]) -> None:
    kept = {row.identity: row for row in session.scalars(select(FindingRow).where(FindingRow.packet_id == home.id))}
    seen: Counter[str] = Counter()
    for each in placed:
        identity = f"{each.source}|{each.scan or ''}|{each.finding.page or ''}|{each.finding.field or ''}|{each.finding.code}"
        seen[identity] += 1
        if seen[identity] > 1:
            identity += f"|{seen[identity]}"
        row = kept.pop(identity, None)
        if row is None:
            row = FindingRow(packet_id=home.id, identity=identity, source=each.source, scan=each.scan)
            session.add(row)
        finding = each.finding
        row.code, row.severity, row.message = finding.code, finding.severity, finding.message
        row.page, row.field, row.box = finding.page, finding.field, finding.box.as_list() if finding.box else None
    for gone in kept.values():
        session.delete(gone)
    session.flush()
