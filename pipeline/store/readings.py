"""Sheets into their rows and out again, with people's decisions on top of what the machine read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from sqlalchemy import Select, insert, select, tuple_
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from pipeline.packet import PacketSheet, Role
from pipeline.sheet import FieldValue, Sheet, sheet_from_json, sheet_to_json
from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.scans import page_row
from pipeline.store.tables import FieldRow, PacketRow, PageRow, ScanRow, SheetRow

T = TypeVar("T", bound=tuple[Any, ...])
CLOSED_STATES = ("accepted", "withdrawn")
"""States of packets that new papers can no longer change."""
SETTLED = ("raw", "value", "problem", "confidence", "decision", "reason")
"""Columns of a field that say what holds now."""


def save_sheet(session: Session, scan_id: int, sheet: Sheet) -> None:
    """Keep what was read from a page. A page that is kept already stays as it is."""
    page = page_row(session, scan_id, sheet.page)
    if session.scalar(select(SheetRow.id).where(SheetRow.page_id == page.id)) is not None:
        return
    document = sheet_to_json(sheet)
    row = SheetRow(page_id=page.id, **{name: document[name] for name in ("form", "sheet", "fingerprint", "match", "findings")})
    session.add(row)
    session.flush()
    rows = [
        {"sheet_id": row.id, "position": place, "name": field.name, "kind": field.kind, "reading": reading, **_settled(field)}
        for place, (field, reading) in enumerate(zip(sheet.fields, document["fields"], strict=True))
    ]
    if rows:
        session.execute(insert(FieldRow), rows)


def save_failure(session: Session, scan_id: int, sheet: Sheet, error: str, *, most: int) -> None:
    """Note that reading a page ended in a programme error; after `most` times `sheet` is kept in its place, so that its scan can end."""
    page = page_row(session, scan_id, sheet.page, error=error)
    if page.attempts >= most:
        save_sheet(session, scan_id, sheet)


def _settled(field: FieldValue) -> dict[str, Any]:
    return {column: getattr(field, column) for column in SETTLED}


def settle(row: FieldRow, field: FieldValue) -> None:
    """Write down what holds for a field now; what the page alone said stays in `reading`."""
    for column, value in _settled(field).items():
        if getattr(row, column) != value:
            setattr(row, column, value)


def all_sheets(session: Session, packet: int | None = None) -> list[PacketSheet]:
    """Every side of every scan that was read to its end, as read, with people's corrections, without those of closed packets.

    With the row of a packet: only its sides, in their roles and order.
    """
    query = open_sheets(select(SheetRow))
    rows = list(session.scalars(_with_fields(query if packet is None else query.where(SheetRow.packet_id == packet))))
    said = corrections(session, None if packet is None else {row.page.scan.sha256 for row in rows})
    sides = [PacketSheet(row.page.scan.sha256, corrected(_sheet(row), row.page.scan.sha256, said)) for row in rows]
    if packet is None:
        return sides
    placed = sorted(zip(rows, sides, strict=True), key=lambda pair: pair[0].position or 0)
    return [replace(side, role=cast(Role, row.role)) for row, side in placed]


def sheet_rows(session: Session, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], SheetRow]:
    """The rows behind `all_sheets` at these (scan, page), without what each page said by itself."""
    here = tuple_(ScanRow.sha256, PageRow.number).in_(places)
    rows = session.scalars(_with_fields(open_sheets(select(SheetRow)).where(here), readings=False))
    return {(row.page.scan.sha256, row.page.number): row for row in rows}


def _with_fields(query: Select[tuple[SheetRow]], *, readings: bool = True) -> Select[tuple[SheetRow]]:
    fields = selectinload(SheetRow.fields)
    return query.options(contains_eager(SheetRow.page).contains_eager(PageRow.scan), fields if readings else fields.defer(FieldRow.reading))


def open_sheets(query: Select[T]) -> Select[T]:
    """`query` over sheets, their pages and scans, narrowed to scans read to their end and packets that are not closed.

    Of a page read under several versions, the newest counts.
    """
    later = aliased(PageRow)
    same_page = later.scan_id == PageRow.scan_id, later.number == PageRow.number
    newer = select(later.id).where(*same_page, later.state == "read", later.id > PageRow.id).correlate(PageRow).exists()
    return (
        query.join(SheetRow.page)
        .join(PageRow.scan)
        .outerjoin(PacketRow, SheetRow.packet_id == PacketRow.id)
        .where(ScanRow.state == "read", PageRow.state == "read", ~newer)
        .where(PacketRow.id.is_(None) | PacketRow.state.not_in(CLOSED_STATES))
        .order_by(ScanRow.id, PageRow.number)
    )


def corrected(sheet: Sheet, scan: str, said: Mapping[FieldKey, dict[str, Any]]) -> Sheet:
    """`sheet` with what people said of its fields: certain, accepted; or in doubt for good."""
    return replace(sheet, fields=tuple(as_said(field, said.get((scan, sheet.page, field.name))) for field in sheet.fields))


def as_said(field: FieldValue, said: dict[str, Any] | None) -> FieldValue:
    """The field as a person said it is; as it was read when nobody did."""
    if said is None:
        return field
    raw = str(said["raw"])
    if said.get("doubt"):  # a person looked and it stays in doubt: nothing may be made of it, by other sheets either
        sure = 1.0 if raw else 0.0
        return replace(field, raw=raw, value=None, problem=None, confidence=sure, decision="review", reason=said["doubt"], candidates=())
    return replace(
        field,
        raw=raw,
        value=said["value"],
        problem=None,
        confidence=1.0,
        decision="accept" if raw or said["value"] not in (None, "") else "blank",
        reason=None,
        candidates=((raw, 0.0),),
    )


def _sheet(row: SheetRow) -> Sheet:
    return sheet_from_json(
        {
            "page": row.page.number,
            "form": row.form,
            "sheet": row.sheet,
            "match": row.match,
            "fields": [field.reading for field in row.fields],
            "findings": row.findings,
            "fingerprint": row.fingerprint,
        }
    )
