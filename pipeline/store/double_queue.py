"""Double-keyed items in the queue: what waits for whom, so that nothing vanishes where the second person or the adjudicator is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.store.claims import Wanted
from pipeline.store.double_entry import bars, is_named
from pipeline.store.double_tables import KeyedRow
from pipeline.store.tables import FieldRow, PageRow, QueueRow, ScanRow, SheetRow


@dataclass(frozen=True)
class WaitingForOthers:
    """Open items that were keyed.

    Attributes:
        second: wait for a second person.
        ruling: wait for an adjudicator.
        barred: those of both that the person who asks may not take.
    """

    second: int
    ruling: int
    barred: int


@dataclass(frozen=True)
class DoubleLine:
    """A double-keyed item in the list. It does not say whether somebody has keyed it, but for the person who did."""

    ruling: bool
    barred: bool


def count_others(session: Session, who: str, *, wanted: Wanted) -> WaitingForOthers:
    """How much waits for a second person and for an adjudicator; `barred` counts those that `wanted` asks for."""
    here = select(func.count()).select_from(KeyedRow).join(QueueRow, KeyedRow.item_id == QueueRow.id).where(QueueRow.state == "open")
    second, ruling, barred = (
        session.scalar(here.where(*conditions)) or 0
        for conditions in (
            [KeyedRow.stage == "second"],
            [KeyedRow.stage == "ruling"],
            [bars(who, rules=wanted.rules), *wanted.here()],
        )
    )
    return WaitingForOthers(second, ruling, barred)


def double_lines(session: Session, settings: Settings, items: Collection[int], who: str, *, rules: bool) -> dict[int, DoubleLine]:
    """Those of these items that two people key."""
    if not settings.desk.double_keyed_words:
        return {}
    keyed = select(KeyedRow.item_id).where(KeyedRow.item_id.in_(items))
    barred = set(session.scalars(keyed.where(bars(who, rules=rules))))
    ruling = set(session.scalars(keyed.where(KeyedRow.stage == "ruling")))
    query = select(QueueRow.id, FieldRow.kind, FieldRow.name).join(ScanRow, ScanRow.sha256 == QueueRow.scan)
    query = query.join(PageRow, (PageRow.scan_id == ScanRow.id) & (PageRow.number == QueueRow.page))
    query = query.join(SheetRow, SheetRow.page_id == PageRow.id).join(
        FieldRow, (FieldRow.sheet_id == SheetRow.id) & (FieldRow.name == QueueRow.field)
    )
    fields = session.execute(query.where(QueueRow.id.in_(items), QueueRow.kind == "field"))
    double = {row for row, kind, name in fields if is_named(settings, kind, name)}
    return {row: DoubleLine(row in ruling, row in barred) for row in double}
