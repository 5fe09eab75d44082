"""What the sheets of one packet say of its applicant's experience at this moment, open or closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from pipeline.packet import Packet, PacketSheet, Role
from pipeline.sheet import FieldValue, Sheet, field_from_json
from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.readings import SETTLED
from pipeline.store.tables import FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow


@dataclass(frozen=True)
class Career:
    """A packet with the values that hold now.

    Attributes:
        id, state: of the packet's row.
        packet: its sides in order, without pictures and findings.
        waiting: field -> the open queue item that asks about it.
        said: fields that people have the last word on.
    """

    id: int
    state: str
    packet: Packet
    waiting: Mapping[FieldKey, int]
    said: frozenset[FieldKey]


def career(session: Session, packet: int) -> Career | None:
    """The packet with this row; None when there is none."""
    row = session.get(PacketRow, packet)
    if row is None:
        return None
    sides = _sides(session, packet)
    made = Packet(row.key, row.received, row.pass_number, row.name, sides, ())
    said = corrections(session, {side.scan for side in sides})
    return Career(row.id, row.state, made, _waiting(session, packet), frozenset(said))


def row_of_item(session: Session, item: int) -> tuple[FieldKey, str, int | None] | None:
    """Of a queue item about the field of a row: which, the duties as they stand now, and the packet's row; None for any other item."""
    asked = session.get(QueueRow, item)
    if asked is None or asked.scan is None or asked.page is None or not (asked.field or "").endswith(".classified"):
        return None
    name = str(asked.field)
    query = select(FieldRow.raw).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan)
    here = ScanRow.sha256 == asked.scan, PageRow.number == asked.page, FieldRow.name == name.removesuffix("classified") + "duties"
    duties = session.scalars(query.where(*here).order_by(PageRow.id.desc())).first()
    return None if duties is None else ((asked.scan, asked.page, name), duties, asked.packet_id)


def _sides(session: Session, packet: int) -> tuple[PacketSheet, ...]:
    query = (
        select(SheetRow)
        .join(SheetRow.page)
        .join(PageRow.scan)
        .where(SheetRow.packet_id == packet)
        .options(contains_eager(SheetRow.page).contains_eager(PageRow.scan), selectinload(SheetRow.fields))
        .order_by(PageRow.id)
    )
    newest = {(row.page.scan.sha256, row.page.number): row for row in session.scalars(query)}
    return tuple(_side(row) for row in sorted(newest.values(), key=lambda row: row.position or 0))


def _side(row: SheetRow) -> PacketSheet:
    fields = tuple(_value(field) for field in row.fields)
    sheet = Sheet(row.page.number, row.form, row.sheet, None, fields, (), "")
    return PacketSheet(row.page.scan.sha256, sheet, cast(Role, row.role or "used"))


def _value(row: FieldRow) -> FieldValue:
    return replace(field_from_json(row.reading), **{column: getattr(row, column) for column in SETTLED})


def _waiting(session: Session, packet: int) -> dict[FieldKey, int]:
    items = session.scalars(select(QueueRow).where(QueueRow.packet_id == packet, QueueRow.state == "open", QueueRow.kind == "field"))
    return {(item.scan or "", item.page or 0, item.field or ""): item.id for item in items}
