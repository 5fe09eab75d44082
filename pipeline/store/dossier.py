"""A packet as people see it: its sides, what they say now, what is wrong with it, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager, selectinload

from pipeline.sheet import FieldValue, Match, field_from_json
from pipeline.store.packets import SAID_IN_DOUBT
from pipeline.store.questions import Side
from pipeline.store.readings import CLOSED_STATES, SETTLED
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

OURS = ("a", "b", "c", "d", "certificate")
"""Sheets an application is made of, in their order."""
PER_PAGE = 50
"""Packets a page of the list holds."""
KEY_SHOWN = 8
"""Digits of a key that people see."""
SEARCHED = ("pass_number", "name", "applicant_name")
"""Fields whose text is looked through where number or name of a packet are not decided."""


@dataclass(frozen=True)
class Line:
    """A field of a side as it stands now.

    Attributes:
        item: row of the queue item about it, open or done; None when it never waited.
        waits: whether that item is open.
        left: a person called it unreadable or no valid value, and no item is open: nothing goes on by itself.
    """

    field: FieldValue
    item: int | None
    waits: bool
    left: bool

    @property
    def is_empty_row(self) -> bool:
        """Whether it is a cell of a table in which nothing is written."""
        return self.field.decision == "blank" and self.field.name.startswith("rows[")


@dataclass(frozen=True)
class PaperSide:
    """A side of the packet. `id` is its row, which finds its picture; `file` is the name its scan came under."""

    id: int
    side: Side
    role: str | None
    file: str
    blank: bool
    lines: tuple[Line, ...]

    @property
    def spot(self) -> tuple[str, int]:
        """Scan's sha-256 and page number."""
        return self.side.scan, self.side.page

    @property
    def is_ours(self) -> bool:
        """Whether it is a sheet of the application, not a blank or foreign side."""
        return self.side.sheet in OURS


@dataclass(frozen=True)
class Stated:
    """A finding.

    Attributes:
        side, page: row and number of the side it is about; None for the packet as a whole.
        item: row of its open queue item.
    """

    source: str
    code: str
    severity: str
    message: str
    side: int | None
    page: int | None
    item: int | None


@dataclass(frozen=True)
class Heading:
    """A packet in one line."""

    id: int
    key: str
    received: date
    deadline: date
    pass_number: str | None
    name: str | None
    verdict: str
    state: str
    open_items: int

    @property
    def is_open(self) -> bool:
        """Whether people may still change what is in it."""
        return self.state not in (*CLOSED_STATES, "dissolved")

    @property
    def is_open_or_gone(self) -> bool:
        """Whether what was done with it may still be taken back."""
        return self.state not in CLOSED_STATES


@dataclass(frozen=True)
class Dossier:
    """A packet with all that is known of it. `held`: open items by whom they are worked on."""

    heading: Heading
    sides: tuple[PaperSide, ...]
    findings: tuple[Stated, ...]
    held: dict[int, str]

    @property
    def left(self) -> tuple[tuple[PaperSide, Line], ...]:
        """Fields with which nothing goes on by itself; those of a second scan are nobody's concern."""
        return tuple((side, line) for side in self.sides if side.role != "duplicate" for line in side.lines if line.left)

    def used(self, kind: str) -> int:
        """How many sheets of this kind the rules look at."""
        return sum(side.role == "used" and side.side.sheet == kind for side in self.sides)


@dataclass(frozen=True)
class Search:
    """What is looked for among the packets. `text`: part of a pass number, a name or a key; empty = all that are not dissolved."""

    state: str = ""
    text: str = ""
    page: int = 1


def heading_of(session: Session, packet: int) -> Heading | None:
    """The packet with this row in one line; None when there is none."""
    row = session.get(PacketRow, packet)
    if row is None:
        return None
    number = session.scalar(select(func.count()).select_from(QueueRow).where(QueueRow.packet_id == packet, QueueRow.state == "open"))
    return _heading(row, number or 0)


def dossier_of(session: Session, packet: int) -> Dossier | None:
    """The packet with this row; None when there is none."""
    heading = heading_of(session, packet)
    if heading is None:
        return None
    items = session.scalars(select(QueueRow).where(QueueRow.packet_id == packet)).all()
    rows = side_rows(session, SheetRow.packet_id == packet)
    ids = {(row.page.scan.sha256, row.page.number): row.id for row in rows}
    findings = session.scalars(select(FindingRow).where(FindingRow.packet_id == packet).order_by(FindingRow.id)).all()
    by_identity = {item.identity: item.id for item in items if item.state == "open"}
    return Dossier(
        heading,
        tuple(paper_side(row, items) for row in rows),
        tuple(_stated(row, ids, by_identity.get(f"finding|{heading.key}|{row.identity}")) for row in findings),
        _held(items),
    )


def side_rows(session: Session, *here: object) -> list[SheetRow]:
    """Rows of sides with their fields, pages and scans, in the order of their packet."""
    query = select(SheetRow).join(SheetRow.page).join(PageRow.scan).where(*here)  # type: ignore[arg-type]
    loaded = query.options(contains_eager(SheetRow.page).contains_eager(PageRow.scan), selectinload(SheetRow.fields))
    return list(session.scalars(loaded.order_by(SheetRow.position, SheetRow.id)))


def side_of(row: SheetRow) -> Side:
    """Where a side's picture is found."""
    scan = row.page.scan
    match = None if row.match is None else Match(**{**row.match, "scan_from_page": tuple(row.match["scan_from_page"])})
    return Side(scan.sha256, row.page.number, scan.media or "", scan.page_count, scan.received, row.form, row.sheet, match)


def paper_side(row: SheetRow, items: Iterable[QueueRow] = ()) -> PaperSide:
    """A side as it stands now, with the queue items about its fields."""
    side = side_of(row)
    asked = {item.field: item for item in items if item.kind == "field" and (item.scan, item.page) == (side.scan, side.page)}
    blank = any(finding["code"] == "page_blank" for finding in row.findings)
    return PaperSide(row.id, side, row.role, row.page.scan.name, blank, tuple(_line(field, asked.get(field.name)) for field in row.fields))


def _line(row: FieldRow, item: QueueRow | None) -> Line:
    field = replace(field_from_json(row.reading), **{column: getattr(row, column) for column in SETTLED})
    waits = item is not None and item.state == "open"
    left = not waits and field.decision == "review" and field.reason in SAID_IN_DOUBT
    return Line(field, None if item is None else item.id, waits, left)


def _stated(row: FindingRow, ids: dict[tuple[str, int], int], item: int | None) -> Stated:
    side = ids.get((row.scan, row.page)) if row.scan is not None and row.page is not None else None
    return Stated(row.source, row.code, row.severity, row.message, side, row.page, item)


def _held(items: Sequence[QueueRow]) -> dict[int, str]:
    now = datetime.now(UTC)
    return {
        item.id: item.claimed_by
        for item in items
        if item.state == "open" and item.claimed_by is not None and item.claimed_until is not None and item.claimed_until > now
    }


def found_packets(session: Session, search: Search) -> tuple[list[Heading], int]:
    """One page of the packets that are looked for, the most urgent first, and how many there are in all."""
    query = _matching(search)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(PacketRow.deadline, PacketRow.id).offset((search.page - 1) * PER_PAGE).limit(PER_PAGE)
    rows = session.scalars(page).all()
    waiting = select(QueueRow.packet_id, func.count()).where(QueueRow.packet_id.in_([row.id for row in rows]), QueueRow.state == "open")
    numbers = dict(session.execute(waiting.group_by(QueueRow.packet_id)).tuples().all())
    return [_heading(row, numbers.get(row.id, 0)) for row in rows], total


def packets_by_state(session: Session) -> dict[str, int]:
    """How many packets are in each state."""
    return dict(session.execute(select(PacketRow.state, func.count()).group_by(PacketRow.state)).tuples().all())


def _matching(search: Search) -> Select[tuple[PacketRow]]:
    query = select(PacketRow).where(PacketRow.state == search.state if search.state else PacketRow.state != "dissolved")
    text = search.text.replace(" ", "").replace("\u3000", "")
    if not text:
        return query
    name = func.replace(func.replace(PacketRow.name, " ", ""), "\u3000", "")
    scan, _, page = text.rpartition("-")  # as `packet_name` shows a key: eight digits of the scan, and the page
    key = PacketRow.key.startswith(text, autoescape=True)
    if len(scan) >= KEY_SHOWN:
        key |= PacketRow.key.startswith(scan, autoescape=True) & PacketRow.key.endswith(f"-{page}", autoescape=True)
    known = PacketRow.pass_number.contains(text, autoescape=True) | name.contains(text, autoescape=True)
    return query.where(key | known | PacketRow.id.in_(_read_as(text)))


def _read_as(text: str) -> Select[tuple[int | None]]:
    """Packets whose number or name is still open, with a sheet that was read with this text."""
    raw = func.replace(func.replace(FieldRow.raw, " ", ""), "\u3000", "")
    undecided = PacketRow.pass_number.is_(None) | PacketRow.name.is_(None)
    query = select(SheetRow.packet_id).join(PacketRow, SheetRow.packet_id == PacketRow.id).join(SheetRow.fields)
    return query.where(undecided, FieldRow.name.in_(SEARCHED), raw.contains(text, autoescape=True))


def neighbours(session: Session, packet: int) -> list[Heading]:
    """Other packets with sides in the same files."""
    scans = select(PageRow.scan_id).join(SheetRow, SheetRow.page_id == PageRow.id).where(SheetRow.packet_id == packet)
    lying = select(SheetRow.packet_id).join(SheetRow.page).where(PageRow.scan_id.in_(scans), SheetRow.packet_id != packet)
    rows = session.scalars(select(PacketRow).where(PacketRow.id.in_(lying)).order_by(PacketRow.id))
    return [_heading(row, 0) for row in rows]


def headings(session: Session, keys: Collection[str]) -> dict[str, Heading]:
    """The packets with these keys, by key; their open items are not counted."""
    return {row.key: _heading(row, 0) for row in session.scalars(select(PacketRow).where(PacketRow.key.in_(keys)))}


def packet_with_key(session: Session, key: str) -> int | None:
    """Row of the packet with this key."""
    return session.scalar(select(PacketRow.id).where(PacketRow.key == key))


def side_in(session: Session, packet: int, side: int) -> SheetRow | None:
    """The side with this row, when it lies in this packet."""
    return next(iter(side_rows(session, SheetRow.packet_id == packet, SheetRow.id == side)), None)


def sides_at(session: Session, spots: Collection[tuple[str, int]]) -> dict[tuple[str, int], PaperSide]:
    """The sides at these (scan, page), wherever they lie."""
    here = tuple_(ScanRow.sha256, PageRow.number).in_(list(spots))
    return {(row.page.scan.sha256, row.page.number): paper_side(row) for row in side_rows(session, here)}


def side_at(session: Session, side: int) -> Side | None:
    """Where the picture of the side with this row is found; None when there is no such row."""
    row = session.get(SheetRow, side)
    return None if row is None else side_of(row)


def _heading(row: PacketRow, open_items: int) -> Heading:
    return Heading(row.id, row.key, row.received, row.deadline, row.pass_number, row.name, row.verdict, row.state, open_items)
