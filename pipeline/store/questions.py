"""A queue item as the person sees it: what was read, what else the packet says, and where it stands on the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

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


def place_of(session: Session, item: int) -> Place | None:
    """Where the item with this row is to be seen; None when it is about no side."""
    row = session.get(QueueRow, item)
    sheet = None if row is None else _sheet(session, row)
    if row is None or sheet is None:
        return None
    finding = _finding(session, row)
    field = next((each for each in sheet.fields if each.name == row.field), None)
    box = finding.box if finding is not None and finding.box else field.reading["box"] if field is not None else None
    return Place(_side(sheet), row.field, None if box is None else Box(*box))


def question(session: Session, item: int, *, said: bool = True) -> Question | None:
    """The queue item with this row; None when there is none. Without `said` for whoever does not show it: it is most of the work."""
    row = session.get(QueueRow, item)
    if row is None:
        return None
    sheet = _sheet(session, row)
    finding = _finding(session, row)
    name = row.field if row.kind == "field" else None
    field = next((each for each in sheet.fields if each.name == name), None) if sheet else None
    return Question(
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        deadline=row.deadline,
        state=row.state,
        claimed_by=row.claimed_by,
        packet=_packet(session, row.packet_id),
        side=None if sheet is None else _side(sheet),
        field=None if field is None else _value(field),
        message=_message(row, finding, sheet),
        box=None if finding is None or not finding.box else Box(*finding.box),
        said=_said(session, row.packet_id, sheet) if said else (),
    )


def _sheet(session: Session, row: QueueRow) -> SheetRow | None:
    if row.scan is None or row.page is None:
        return None
    query = select(SheetRow).join(SheetRow.page).join(PageRow.scan).where(ScanRow.sha256 == row.scan, PageRow.number == row.page)
    return session.scalars(query.order_by(PageRow.id.desc())).first()


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


def _packet(session: Session, packet: int | None) -> PacketNow | None:
    row = None if packet is None else session.get(PacketRow, packet)
    if row is None:
        return None
    items = select(func.count()).select_from(QueueRow).where(QueueRow.packet_id == row.id, QueueRow.state == "open")
    return PacketNow(row.id, row.key, row.state, row.verdict, row.received, session.scalar(items) or 0)


def _side(sheet: SheetRow) -> Side:
    scan = sheet.page.scan
    match = None if sheet.match is None else Match(**{**sheet.match, "scan_from_page": tuple(sheet.match["scan_from_page"])})
    return Side(scan.sha256, sheet.page.number, scan.media or "", scan.page_count, scan.received, sheet.form, sheet.sheet, match)


def _value(row: FieldRow) -> FieldValue:
    """What holds now, with the candidates and the place of the reading."""
    read = field_from_json(row.reading)
    return replace(read, **{column: getattr(row, column) for column in SETTLED})


def _said(session: Session, packet: int | None, sheet: SheetRow | None) -> tuple[Said, ...]:
    if packet is None and sheet is None:
        return ()
    here = SheetRow.packet_id == packet if packet is not None else SheetRow.id == (sheet.id if sheet else 0)
    query = (
        select(FieldRow, SheetRow.sheet, PageRow.number, ScanRow.sha256)
        .join(SheetRow, FieldRow.sheet_id == SheetRow.id)
        .join(SheetRow.page)
        .join(PageRow.scan)
        .where(here, SheetRow.role.is_distinct_from("duplicate"))
        .order_by(SheetRow.position, FieldRow.position)
    )
    return tuple(Said(kind, page, scan, _value(row)) for row, kind, page, scan in session.execute(query))
