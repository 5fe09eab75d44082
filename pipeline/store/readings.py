"""Sheets into their rows and out again, with people's decisions on top of what the machine read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, insert, select, tuple_
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from pipeline.packet import PacketSheet, Role
from pipeline.sheet import FieldValue, Sheet, sheet_from_json, sheet_to_json
from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.scans import page_row
from pipeline.store.tables import FieldRow, PacketRow, PageRow, ScanRow, SheetRow

Again = Callable[[Sheet, Collection[str]], Sheet]
"""A corrected sheet and the names of the fields people have the last word on -> the sheet with what is made of these made again."""

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


def add_made(row: SheetRow, field: FieldValue) -> None:
    """A row for a value that was made of people's words alone: the page itself said nothing of it."""
    nothing = replace(field, raw="", value=None, problem=None, confidence=1.0, decision="blank", reason=None, candidates=())
    reading = sheet_to_json(Sheet(0, None, None, None, (nothing,), (), ""))["fields"][0]
    row.fields.append(FieldRow(position=len(row.fields), name=field.name, kind=field.kind, reading=reading, **_settled(field)))


def settle(row: FieldRow, field: FieldValue) -> None:
    """Write down what holds for a field now; what the page alone said stays in `reading`."""
    for column, value in _settled(field).items():
        if getattr(row, column) != value:
            setattr(row, column, value)


def all_sheets(session: Session, again: Again | None = None) -> list[PacketSheet]:
    """Every side of every scan that was read to its end, as read, with people's corrections, without those of closed packets.

    `again` makes anew what was made of corrected fields.
    """
    rows = list(session.scalars(_with_fields(open_sheets(select(SheetRow)))))
    said = corrections(session)
    return [_side(row, said, again) for row in rows]


def packet_rows(session: Session, packet: int) -> dict[tuple[str, int], SheetRow]:
    """The sides of one packet by (scan, page), in their order."""
    rows = session.scalars(_with_fields(open_sheets(select(SheetRow)).where(SheetRow.packet_id == packet)))
    placed = sorted(rows, key=lambda row: row.position or 0)
    return {(row.page.scan.sha256, row.page.number): row for row in placed}


def packet_sheets(
    rows: Iterable[SheetRow], said: Mapping[FieldKey, dict[str, Any]], again: Again | None = None
) -> list[PacketSheet]:
    """These sides as `all_sheets` gives them, in the roles they have."""
    return [replace(_side(row, said, again), role=cast(Role, row.role)) for row in rows]


def _side(row: SheetRow, said: Mapping[FieldKey, dict[str, Any]], again: Again | None) -> PacketSheet:
    return PacketSheet(row.page.scan.sha256, _as_it_holds(row, said, again))


def _as_it_holds(row: SheetRow, said: Mapping[FieldKey, dict[str, Any]], again: Again | None) -> Sheet:
    scan = row.page.scan.sha256
    sheet = corrected(_sheet(row), scan, said)
    names = [field.name for field in sheet.fields if (scan, sheet.page, field.name) in said] if again is not None else []
    return again(sheet, names) if again is not None and names else sheet


def sheets_at(session: Session, places: Collection[tuple[str, int]], again: Again | None = None) -> list[PacketSheet]:
    """The sides at these (scan, page), in the order in which they came, otherwise as `all_sheets` gives them."""
    here = tuple_(ScanRow.sha256, PageRow.number).in_(places)
    rows = list(session.scalars(_with_fields(open_sheets(select(SheetRow)).where(here))))
    said = corrections(session, {row.page.scan.sha256 for row in rows})
    return [_side(row, said, again) for row in rows]


def is_asked_about() -> ColumnElement[bool]:
    """Whether what is in doubt on a side waits for a person: not on a second scan of a paper that is there, nor on a foreign side."""
    return SheetRow.role.is_(None) | SheetRow.role.not_in(("duplicate", "foreign"))


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
