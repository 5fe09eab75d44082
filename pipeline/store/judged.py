"""What people said of the field of a row of B, beside the duties it was said of: what the classifier may learn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.decisions import FieldKey, corrections
from pipeline.store.tables import FieldRow, PageRow, ScanRow, SheetRow

CLASSIFIED = ".classified"
DUTIES = ".duties"


@dataclass(frozen=True)
class Judged:
    """A person's choice for one row.

    Attributes:
        scan, page, row: where it stands; `row` is "rows[0]".
        chosen: what the person chose, as they said it.
        duties: the text as decided (read without doubt, or settled by a person); None while it waits or when the row has none.
    """

    scan: str
    page: int
    row: str
    chosen: str
    duties: str | None


def judged_rows(session: Session) -> list[Judged]:
    """Every row whose field people have the last word on, of open and closed packets, in a fixed order."""
    said = corrections(session)
    places = sorted(key for key in said if key[2].endswith(CLASSIFIED))
    return [_judged(session, key, said) for key in places]


def _judged(session: Session, key: FieldKey, said: dict[FieldKey, dict[str, object]]) -> Judged:
    scan, page, name = key
    row = name.removesuffix(CLASSIFIED)
    own = said.get((scan, page, row + DUTIES))
    duties = str(own["raw"]) if own is not None else next(_decided(session, scan, page, row + DUTIES), None)
    return Judged(scan, page, row, str(said[key]["value"]), duties or None)


def _decided(session: Session, scan: str, page: int, name: str) -> Iterator[str]:
    """The text of a field that was accepted, of the newest reading of its page."""
    query = (
        select(FieldRow)
        .join(SheetRow, FieldRow.sheet_id == SheetRow.id)
        .join(SheetRow.page)
        .join(PageRow.scan)
        .where(ScanRow.sha256 == scan, PageRow.number == page, FieldRow.name == name)
        .order_by(PageRow.id.desc())
        .limit(1)
    )
    return (field.raw for field in session.scalars(query) if field.decision == "accept")
