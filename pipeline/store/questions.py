"""A queue item as the person sees it: what was read, what else the packet says, and where it stands on the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.geometry import Box
from pipeline.sheet import FieldValue, Match, field_from_json
from pipeline.store.readings import SETTLED
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow


@dataclass(frozen=True)
class Said:
    """A field of the packet as it stands now."""

    sheet: str | None
    page: int
    scan: str
    field: FieldValue


@dataclass(frozen=True)
class Side:
    """A side of paper. `media`, `scan` and `page` find its picture; `match` is how it lies on its template."""

    scan: str
    page: int
    media: str
    page_count: int
    received: date
    form: str | None
    sheet: str | None
    match: Match | None


@dataclass(frozen=True)
class PacketNow:
    """The packet at this moment."""

    id: int
    key: str
    state: str
    verdict: str
    received: date
    open_items: int


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        side: None when it is about the packet as a whole.
        field: None for a statement; `message` says what is stated then.
        said: all fields of the packet (or of the side, when it lies in none), in the order of the sheets.
    """

    id: int
    kind: str
    reason: str
    deadline: date
    state: str
    claimed_by: str | None
    packet: PacketNow | None
    side: Side | None
    field: FieldValue | None
    message: str
    box: Box | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Place:
    """Where to look: a side of paper, and the field on it."""

    side: Side
    field: str | None
    box: Box | None


@dataclass(frozen=True)
class _Rows:
    """An item and the rows it is about."""

    item: QueueRow
    packet: PacketRow | None
    scan: ScanRow | None
    page: PageRow | None
    sheet: SheetRow | None
    field: FieldRow | None

    @property
    def side(self) -> Side | None:
        """The side it is about, when it was read."""
        if self.scan is None or self.page is None or self.sheet is None:
            return None
        return _side(self.sheet, self.page, self.scan)


def place_of(session: Session, item: int) -> Place | None:
    """Where the item with this row is to be seen; None when it is about no side."""
    rows = _rows(session, item)
    side = None if rows is None else rows.side
    if rows is None or side is None:
        return None
    finding = _finding(session, rows.item)
    box = finding.box if finding is not None and finding.box else rows.field.reading["box"] if rows.field is not None else None
    return Place(side, rows.item.field, None if box is None else Box(*box))


def question(session: Session, item: int, *, said: bool = True) -> Question | None:
    """The queue item with this row; None when there is none. Without `said` for whoever does not show it: it is most of the work."""
    rows = _rows(session, item)
    if rows is None:
        return None
    row = rows.item
    finding = _finding(session, row)
    return Question(
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        deadline=row.deadline,
        state=row.state,
        claimed_by=row.claimed_by,
        packet=_packet(session, rows.packet),
        side=rows.side,
        field=_value(rows.field) if rows.field is not None and row.kind == "field" else None,
        message=_message(row, finding, rows.sheet),
        box=None if finding is None or not finding.box else Box(*finding.box),
        said=_said(session, row.packet_id, rows.sheet) if said else (),
    )


def _rows(session: Session, item: int) -> _Rows | None:
    """In one statement; of a page read under several versions, the newest reading."""
    query = (
        select(QueueRow, PacketRow, ScanRow, PageRow, SheetRow, FieldRow)
        .outerjoin(PacketRow, PacketRow.id == QueueRow.packet_id)
        .outerjoin(ScanRow, ScanRow.sha256 == QueueRow.scan)
        .outerjoin(PageRow, (PageRow.scan_id == ScanRow.id) & (PageRow.number == QueueRow.page))
        .outerjoin(SheetRow, SheetRow.page_id == PageRow.id)
        .outerjoin(FieldRow, (FieldRow.sheet_id == SheetRow.id) & (FieldRow.name == QueueRow.field))
        .where(QueueRow.id == item)
        .order_by(SheetRow.id.is_(None), PageRow.id.desc())
    )
    found = session.execute(query.limit(1)).first()
    return None if found is None else _Rows(*found)


def _finding(session: Session, row: QueueRow) -> FindingRow | None:
    if row.kind != "finding":
        return None
    identity = row.identity.split("|", 2)[2]
    return session.scalar(select(FindingRow).where(FindingRow.packet_id == row.packet_id, FindingRow.identity == identity))


def _message(row: QueueRow, finding: FindingRow | None, sheet: SheetRow | None) -> str:
    if finding is not None:
        return finding.message
    own = sheet.findings if row.kind == "page" and sheet is not None else []
    return next((str(each["message"]) for each in own if each["code"] == row.reason), "")


def _packet(session: Session, row: PacketRow | None) -> PacketNow | None:
    if row is None:
        return None
    items = select(func.count()).select_from(QueueRow).where(QueueRow.packet_id == row.id, QueueRow.state == "open")
    return PacketNow(row.id, row.key, row.state, row.verdict, row.received, session.scalar(items) or 0)


def _side(sheet: SheetRow, page: PageRow, scan: ScanRow) -> Side:
    match = None if sheet.match is None else Match(**{**sheet.match, "scan_from_page": tuple(sheet.match["scan_from_page"])})
    return Side(scan.sha256, page.number, scan.media or "", scan.page_count, scan.received, sheet.form, sheet.sheet, match)


def _value(row: FieldRow) -> FieldValue:
    """What holds now, with the candidates and the place of the reading."""
    return _settled(row.reading, [getattr(row, column) for column in SETTLED])


def _settled(reading: Mapping[str, Any], now: Sequence[Any]) -> FieldValue:
    return field_from_json({**reading, **dict(zip(SETTLED, now, strict=True))})


def _said(session: Session, packet: int | None, sheet: SheetRow | None) -> tuple[Said, ...]:
    """Columns instead of rows: as objects of the session they would be half of the time that a page takes."""
    if packet is None and sheet is None:
        return ()
    here = SheetRow.packet_id == packet if packet is not None else SheetRow.id == (sheet.id if sheet else 0)
    query = (
        select(SheetRow.sheet, PageRow.number, ScanRow.sha256, FieldRow.reading, *(getattr(FieldRow, column) for column in SETTLED))
        .select_from(FieldRow)
        .join(SheetRow, FieldRow.sheet_id == SheetRow.id)
        .join(SheetRow.page)
        .join(PageRow.scan)
        .where(here, SheetRow.role.is_distinct_from("duplicate"))
        .order_by(SheetRow.position, FieldRow.position)
    )
    return tuple(Said(kind, page, scan, _settled(reading, now)) for kind, page, scan, reading, *now in session.execute(query))
