"""What the store holds, in numbers, for `intake status`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.store.readings import CLOSED_STATES, open_sheets
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

T = TypeVar("T")
GONE = "dissolved"


@dataclass(frozen=True)
class FindingState:
    """A finding without its message, which may hold values of the form."""

    code: str
    severity: str
    scan: str | None
    page: int | None
    field: str | None


@dataclass(frozen=True)
class PacketState:
    """One packet without its person's name.

    Attributes:
        scans: sha-256 of the files its sheets came in.
        doubts: reasons of its open queue items.
    """

    key: str
    received: date
    deadline: date
    pass_number: str | None
    state: str
    verdict: str
    sheets: int
    scans: tuple[str, ...]
    findings: tuple[FindingState, ...]
    doubts: tuple[str, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """Codes of what is proven to be wrong with the papers, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings if finding.severity == "error"))


@dataclass(frozen=True)
class LooseSide:
    """A side that lies in no packet. `name` of its file may hold a person's name: for the mailroom's eyes, not for logs.

    Attributes:
        codes: what was found of the side itself; none for a side that nobody put anywhere.
        doubts: reasons of its open queue items.
    """

    scan: str
    name: str
    page: int
    codes: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class RefusedFile:
    """A file in rejected/. `name` may hold a person's name: for the mailroom's eyes, not for logs."""

    name: str
    code: str
    message: str


@dataclass(frozen=True)
class Counts:
    """Scans by state, pages by state, fields by decision, open queue items by (kind, reason)."""

    scans: dict[str, int]
    pages: dict[str, int]
    fields: dict[str, int]
    queue: dict[tuple[str, str], int]


def count_all(session: Session) -> Counts:
    """All counts. Fields are those of sheets that belong to a packet."""
    waiting = select(QueueRow.kind, QueueRow.reason, func.count()).where(QueueRow.state == "open").group_by(QueueRow.kind, QueueRow.reason)
    fields = (
        select(FieldRow.decision, func.count())
        .join(SheetRow, FieldRow.sheet_id == SheetRow.id)
        .where(SheetRow.packet_id.is_not(None))
        .group_by(FieldRow.decision)
    )
    return Counts(
        scans=dict(session.execute(select(ScanRow.state, func.count()).group_by(ScanRow.state)).tuples().all()),
        pages=dict(session.execute(select(PageRow.state, func.count()).group_by(PageRow.state)).tuples().all()),
        fields=dict(session.execute(fields).tuples().all()),
        queue={(kind, reason): number for kind, reason, number in session.execute(waiting.order_by(QueueRow.kind, QueueRow.reason))},
    )


def packet_states(session: Session) -> list[PacketState]:
    """Every packet that is not closed, by arrival."""
    findings = _grouped((row.packet_id, row) for row in session.scalars(select(FindingRow).order_by(FindingRow.id)))
    open_items = select(QueueRow.packet_id, QueueRow.reason).where(QueueRow.state == "open").order_by(QueueRow.id)
    doubts = _grouped(session.execute(open_items).tuples().all())
    sheets = select(SheetRow.packet_id, ScanRow.sha256).join(SheetRow.page).join(PageRow.scan).order_by(PageRow.id)
    scans = _grouped(session.execute(sheets).tuples().all())
    rows = select(PacketRow).where(PacketRow.state.not_in([GONE, *CLOSED_STATES])).order_by(PacketRow.received, PacketRow.id)
    return [
        PacketState(
            key=row.key,
            received=row.received,
            deadline=row.deadline,
            pass_number=row.pass_number,
            state=row.state,
            verdict=row.verdict,
            sheets=len(scans.get(row.id, [])),
            scans=tuple(dict.fromkeys(scans.get(row.id, []))),
            findings=tuple(FindingState(f.code, f.severity, f.scan, f.page, f.field) for f in findings.get(row.id, [])),
            doubts=tuple(doubts.get(row.id, [])),
        )
        for row in session.scalars(rows)
    ]


def loose_sides(session: Session) -> list[LooseSide]:
    """Every side that was read and lies in no packet, by file and page: blank, foreign and separator sheets of a file without a form."""
    asked: dict[tuple[str | None, int | None], list[str]] = {}
    items = select(QueueRow.scan, QueueRow.page, QueueRow.reason).where(QueueRow.state == "open", QueueRow.kind == "page")
    for scan, page, reason in session.execute(items.order_by(QueueRow.id)):
        asked.setdefault((scan, page), []).append(reason)
    sides = select(SheetRow.findings, ScanRow.sha256, ScanRow.name, PageRow.number).select_from(SheetRow)
    rows = session.execute(open_sheets(sides).where(SheetRow.packet_id.is_(None)))
    return [
        LooseSide(scan, name, page, tuple(finding["code"] for finding in findings), tuple(asked.get((scan, page), ())))
        for findings, scan, name, page in rows
    ]


def refused_files(session: Session) -> list[RefusedFile]:
    """Files that were not taken in, by arrival."""
    rows = session.scalars(select(ScanRow).where(ScanRow.state == "refused").order_by(ScanRow.id))
    return [RefusedFile(row.name, row.refusal_code or "", row.refusal_message or "") for row in rows]


def _grouped(pairs: Iterable[tuple[int | None, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for packet, what in pairs:
        if packet is not None:
            found.setdefault(packet, []).append(what)
    return found
