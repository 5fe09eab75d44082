"""What came in since a moment, as the scan desk shows it: a line for each packet, and for each file that is in none (yet)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.checks.facts import SHEETS
from pipeline.store.decisions import last_decision
from pipeline.store.scans import READING_VERSION
from pipeline.store.tables import FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

T = TypeVar("T")
K = TypeVar("K")
Mark = Literal["there", "missing", "doubt", "waived", "unseen"]
"""Of one kind of sheet: it is there; it is proven not to be; a person must look; a person did and said it is in order; not read yet."""
State = Literal["packet", "reading", "deciding", "loose", "refused"]
"""deciding: read to its end, its packet is being worked out; loose: nothing in it is a sheet of ours."""

MISSING = "sheet_missing_"
TOLD = frozenset({"page_duplicate", "unread_page_beside"})
"""Findings that ask for nothing and still tell whoever holds the papers something."""
BLANK = "page_blank"
OF_PAPER = ("sheet", "packet")
"""Sources of findings about paper; what rules say of values is the reviewers' work, unless it is proven or a sheet is missing."""


@dataclass(frozen=True)
class Remark:
    """What is wrong, for whoever holds the papers.

    Attributes:
        file: its name when the line is about several files.
        of_paper: whether it speaks of the paper; a rule's sentence may quote what is written on it.
    """

    code: str
    severity: str
    message: str
    file: str | None = None
    page: int | None = None
    of_paper: bool = True


@dataclass(frozen=True)
class Line:
    """One packet or file.

    Attributes:
        key: the packet's, or the file's sha-256.
        files: names of the files it came in; they may hold a person's name: for the mailroom's eyes, not for logs.
        pages: sides in them (of a packet: sides that lie in it), `done` of them read, `blank` of them with nothing on them.
        span: first and last page of a packet that is only a part of its one file.
        marks: by kind of sheet; empty for what has no sheets.
        copies: sheets in use, by kind.
        arrived: when the newest of the files was taken in.
    """

    state: State
    key: str
    files: tuple[str, ...]
    pages: int
    done: int
    blank: int
    marks: Mapping[str, Mark]
    copies: Mapping[str, int]
    remarks: tuple[Remark, ...]
    arrived: datetime
    span: tuple[int, int] | None = None

    @property
    def said(self) -> Literal["fault", "look", "fine", "wait"]:
        """The line in one word."""
        if self.state in ("reading", "deciding"):
            return "wait"
        if self.state == "refused" or any(remark.severity == "error" for remark in self.remarks):
            return "fault"
        waits = self.state == "loose" or any(remark.severity == "review" for remark in self.remarks) or "doubt" in self.marks.values()
        return "look" if waits else "fine"


@dataclass(frozen=True)
class Progress:
    """Pages of all files that are being read."""

    files: int
    pages: int
    done: int


@dataclass(frozen=True)
class _Side:
    scan: int
    packet: int | None
    page: int
    kind: str | None
    role: str | None
    findings: Sequence[Mapping[str, Any]]

    @property
    def is_blank(self) -> bool:
        return any(finding["code"] == BLANK for finding in self.findings)


def arrived_since(session: Session, since: datetime, *, most: int) -> list[Line]:
    """Packets with a file that came since then, and such files in no packet; newest first, at most the newest `most` files' lines."""
    newest = select(ScanRow).where(ScanRow.added_at >= since).order_by(ScanRow.id.desc()).limit(most)
    scans = {row.id: row for row in session.scalars(newest)}
    own = _sides(session, PageRow.scan_id.in_(scans))
    packets = {side.packet for side in own if side.packet is not None}
    lines = [*_packet_lines(session, packets, scans), *_file_lines(scans.values(), own)]
    return sorted(lines, key=lambda line: (line.arrived, line.key), reverse=True)


def reading_progress(session: Session) -> Progress:
    """How far the files that are being read have got."""
    files, pages = session.execute(
        select(func.count(), func.coalesce(func.sum(ScanRow.page_count), 0)).where(ScanRow.state == "open")
    ).one()
    read = select(func.count()).select_from(PageRow).join(PageRow.scan)
    done = session.scalar(read.where(ScanRow.state == "open", PageRow.version == READING_VERSION, PageRow.state == "read"))
    return Progress(files, pages, done or 0)


def pulse(session: Session) -> tuple[int | None, ...]:
    """Numbers that change when something came in, was read, decided or answered: one cheap row."""
    newest = [select(func.max(row.id)).scalar_subquery() for row in (ScanRow, PageRow, PacketRow, FindingRow, QueueRow)]
    opened = select(func.count()).where(ScanRow.state == "open").scalar_subquery()
    return (last_decision(session), *session.execute(select(*newest, opened)).one())


def _packet_lines(session: Session, packets: Iterable[int], scans: Mapping[int, ScanRow]) -> list[Line]:
    rows = list(session.scalars(select(PacketRow).where(PacketRow.id.in_(list(packets)))))
    sides = _grouped(_sides(session, SheetRow.packet_id.in_([row.id for row in rows])), lambda side: side.packet)
    found = _grouped(
        session.scalars(select(FindingRow).where(FindingRow.packet_id.in_([row.id for row in rows])).order_by(FindingRow.id)),
        lambda row: row.packet_id,
    )
    older = {side.scan for lying in sides.values() for side in lying}.difference(scans)
    files = {**scans, **{row.id: row for row in session.scalars(select(ScanRow).where(ScanRow.id.in_(older)))}}
    return [_packet_line(row, sides[row.id], found[row.id], files) for row in rows]


def _packet_line(row: PacketRow, sides: Sequence[_Side], findings: Sequence[FindingRow], files: Mapping[int, ScanRow]) -> Line:
    came = {side.scan: files[side.scan] for side in sides}
    copies = Counter(side.kind for side in sides if side.role == "used" and side.kind is not None)
    names = {scan.sha256: scan.name for scan in came.values()} if len(came) > 1 else {}
    return Line(
        state="packet",
        key=row.key,
        files=tuple(scan.name for scan in came.values()),
        pages=len(sides),
        done=len(sides),
        blank=sum(side.is_blank for side in sides),
        marks={kind: _mark(kind, copies, findings) for kind in SHEETS},
        copies=copies,
        remarks=tuple(_remark(each, names.get(each.scan or "")) for each in findings if _is_told(each)),
        arrived=max(scan.added_at for scan in came.values()),
        span=_span(sides, list(came.values())),
    )


def _span(sides: Sequence[_Side], files: Sequence[ScanRow]) -> tuple[int, int] | None:
    if len(files) != 1 or len(sides) == files[0].page_count:
        return None
    return min(side.page for side in sides), max(side.page for side in sides)


def _mark(kind: str, copies: Mapping[str, int], findings: Sequence[FindingRow]) -> Mark:
    said = {finding.severity for finding in findings if finding.code == MISSING + kind}
    if said:
        return "missing" if "error" in said else "doubt"
    return "there" if copies.get(kind) else "waived"


def _remark(finding: FindingRow, file: str | None) -> Remark:
    of_paper = _is_of_paper(finding)
    return Remark(finding.code, finding.severity, finding.message, file, finding.page if of_paper else None, of_paper)


def _is_told(finding: FindingRow) -> bool:
    return finding.severity == "error" or finding.code in TOLD or (finding.severity == "review" and _is_of_paper(finding))


def _is_of_paper(finding: FindingRow) -> bool:
    return finding.source in OF_PAPER or finding.code.startswith(MISSING)


def _file_lines(scans: Iterable[ScanRow], sides: Iterable[_Side]) -> list[Line]:
    by_scan = _grouped(sides, lambda side: side.scan)
    return [_file_line(row, by_scan[row.id]) for row in scans if all(side.packet is None for side in by_scan[row.id])]


def _file_line(row: ScanRow, sides: Sequence[_Side]) -> Line:
    copies = Counter(side.kind for side in sides if side.kind is not None)
    state: State = "refused" if row.state == "refused" else "reading" if row.state == "open" else "deciding" if copies else "loose"
    shown = state in ("reading", "deciding")
    refused = (Remark(row.refusal_code or "", "error", row.refusal_message or ""),) if state == "refused" else ()
    found = (Remark(each["code"], each["severity"], each["message"], None, side.page) for side in sides for each in side.findings)
    return Line(
        state=state,
        key=row.sha256,
        files=(row.name,),
        pages=row.page_count,
        done=len(sides),
        blank=sum(side.is_blank for side in sides),
        marks={kind: "there" if copies.get(kind) else "unseen" for kind in SHEETS} if shown else {},
        copies=copies,
        remarks=refused or tuple(remark for remark in found if remark.code != BLANK),
        arrived=row.added_at,
    )


def _sides(session: Session, where: ColumnElement[bool]) -> list[_Side]:
    columns = select(PageRow.scan_id, SheetRow.packet_id, PageRow.number, SheetRow.sheet, SheetRow.role, SheetRow.findings)
    query = columns.select_from(SheetRow).join(SheetRow.page).where(PageRow.state == "read", where)
    return [_Side(*row) for row in session.execute(query.order_by(PageRow.scan_id, PageRow.number))]


def _grouped(things: Iterable[T], of: Callable[[T], K]) -> defaultdict[K, list[T]]:
    found: defaultdict[K, list[T]] = defaultdict(list)
    for thing in things:
        found[of(thing)].append(thing)
    return found
