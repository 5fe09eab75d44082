"""Packets are worked out anew from the sheets each time; a packet that is still the same keeps its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from pipeline.checks import Verdict
from pipeline.findings import Finding, Severity
from pipeline.packet import Packet, PacketSheet
from pipeline.store.answers import Statement, packet_statements, statements
from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.judged import CLASSIFIED
from pipeline.store.queue import in_review
from pipeline.store.readings import CLOSED_STATES, add_made, corrected, is_asked_about, open_sheets, settle, sheet_rows
from pipeline.store.rescans import packets_waiting_for_paper
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

STATES = ("review", "deficient", "ready", "dissolved", *CLOSED_STATES)
"""review: a person must look; deficient: papers lack something, proven; ready: papers complete, waits for the payment; dissolved: its
sheets turned out to belong to another packet."""

SAID_IN_DOUBT = ("unreadable", "invalid")
"""Reasons of fields that people left in doubt."""

DecidedPacket = tuple[Packet, Verdict]


def write_packets(session: Session, decided: Sequence[DecidedPacket], *, review_days: int) -> None:
    """Make these packets' rows say what `decided` says. Same key, same row; people's decisions are not touched."""
    rows = sheet_rows(session, [(side.scan, side.sheet.page) for packet, _ in decided for side in packet.sheets])
    said = corrections(session, {scan for scan, _ in rows})
    for packet, verdict in decided:
        home = _packet_row(session, packet)
        rewrite_packet(session, home, (packet, verdict), Sides(rows, said), review_days=review_days)


@dataclass(frozen=True)
class Sides:
    """Sides by (scan, page), and what people last said of their fields."""

    rows: Mapping[tuple[str, int], SheetRow]
    said: Mapping[FieldKey, dict[str, Any]]


def rewrite_packet(session: Session, home: PacketRow, decided: DecidedPacket, sides: Sides, *, review_days: int) -> None:
    """Make one packet's row, its sides and findings say what `decided` says."""
    packet, verdict = decided
    home.received, home.deadline = packet.received, packet.received + timedelta(days=review_days)
    home.pass_number, home.name, home.verdict = packet.pass_number, packet.name, verdict.name
    session.flush()
    _attach_sheets(home, packet, sides.rows, sides.said)
    _replace_findings(session, home, all_findings(packet, verdict))


def closed_keys(session: Session) -> frozenset[str]:
    """Keys of the packets that nothing changes any more."""
    return frozenset(session.scalars(select(PacketRow.key).where(PacketRow.state.in_(CLOSED_STATES))))


def dissolve_others(session: Session, decided: Sequence[DecidedPacket], foreign: Sequence[PacketSheet] = ()) -> None:
    """Open packets that are not among `decided` are no more, and sides that are in none of these are in no packet.

    `foreign` are sides that a person said to belong to no application: they are known as such, and nothing of them is asked.
    """
    placed = {(side.scan, side.sheet.page) for packet, _ in decided for side in packet.sheets}
    sides = open_sheets(select(SheetRow.id, ScanRow.sha256, PageRow.number).select_from(SheetRow)).where(SheetRow.packet_id.is_not(None))
    loose = [row for row, scan, page in session.execute(sides) if (scan, page) not in placed]
    if loose:
        session.execute(update(SheetRow), [{"id": row, "packet_id": None, "position": None, "role": None} for row in loose])
    for row in sheet_rows(session, [(side.scan, side.sheet.page) for side in foreign]).values():
        row.role = "foreign"
    session.flush()
    keys = {packet.key for packet, _ in decided}
    for old in session.scalars(select(PacketRow).where(PacketRow.state.not_in([*CLOSED_STATES, "dissolved"]))):
        if old.key not in keys:
            dissolve(session, old)


def dissolve(session: Session, packet: PacketRow) -> None:
    """The packet is no more: its sides are in others, or in none."""
    packet.state = "dissolved"
    _replace_findings(session, packet, [])


def all_findings(packet: Packet, verdict: Verdict) -> list[Statement]:
    """Findings of the sheets, of the packet's make-up and of the rules."""
    of_sheets = statements("sheet", ((side.scan, finding) for side in packet.sheets for finding in side.sheet.findings))
    return [
        *of_sheets,
        *packet_statements(packet, "packet", packet.findings),
        *packet_statements(packet, "rule", verdict.findings),
    ]


def packet_findings(session: Session, packet: int) -> tuple[Finding, ...]:
    """What was last found about the make-up of the packet with this row."""
    rows = session.scalars(select(FindingRow).where(FindingRow.packet_id == packet, FindingRow.source == "packet").order_by(FindingRow.id))
    return tuple(Finding(row.code, cast(Severity, row.severity), row.message, row.page, row.field) for row in rows)


def settle_states(session: Session, packet: int | None = None) -> None:
    """State of every open packet (or of the one with this row), from its verdict and from what still waits for a person."""
    query = select(QueueRow.packet_id).where(QueueRow.state == "open")
    here = () if packet is None else (PacketRow.id == packet,)
    waiting = set(session.scalars(query if packet is None else query.where(QueueRow.packet_id == packet)))
    waiting |= set(session.scalars(_in_doubt_for_good(packet))) | packets_waiting_for_paper(session, packet)
    for row in session.scalars(select(PacketRow).where(PacketRow.state.not_in([*CLOSED_STATES, "dissolved"]), *here)):
        if row.verdict == "deficient":
            row.state = "deficient"
        else:
            row.state = "ready" if row.verdict == "complete" and row.id not in waiting else "review"


def _in_doubt_for_good(packet: int | None) -> Select[tuple[int | None]]:
    """Packets with a field that a person looked at in vain: no item waits any more, and still nobody may rely on it."""
    query = select(SheetRow.packet_id).join(SheetRow.fields).where(FieldRow.reason.in_(SAID_IN_DOUBT))
    here = () if packet is None else (SheetRow.packet_id == packet,)
    return query.where(in_review(here=bool(here)), is_asked_about(), *here)


def _packet_row(session: Session, packet: Packet) -> PacketRow:
    row = session.scalar(select(PacketRow).where(PacketRow.key == packet.key))
    if row is None:
        row = PacketRow(key=packet.key, state="review")
        session.add(row)
    if row.state == "dissolved":
        row.state = "review"
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
                settle(field, values.pop(field.name))
        for made in values.values():
            if made.name.endswith(CLASSIFIED):  # of a row whose duties only a person could read
                add_made(row, made)


def _replace_findings(session: Session, home: PacketRow, stated: Sequence[Statement]) -> None:
    kept = {row.identity: row for row in session.scalars(select(FindingRow).where(FindingRow.packet_id == home.id))}
    for each in stated:
        row = kept.pop(each.identity, None)
        if row is None:
            row = FindingRow(packet_id=home.id, identity=each.identity, source=each.source, scan=each.scan)
            session.add(row)
        finding = each.finding
        row.code, row.severity, row.message = finding.code, finding.severity, finding.message
        row.page, row.field, row.box = finding.page, finding.field, finding.box.as_list() if finding.box else None
    for gone in kept.values():
        session.delete(gone)
    session.flush()
