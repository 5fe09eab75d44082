"""Operations on packets taken back: by a further decision, with what other operations say of the sides holding again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from pipeline.packet import Spot
from pipeline.settings import Settings
from pipeline.store.dossier import side_rows
from pipeline.store.moving import CLOSED, NotPossible, as_it_is, rearrange, spot_of, union
from pipeline.store.placings import Before, Kept, Operation, merged_into, operations, placings_of, take_operation_back
from pipeline.store.readings import CLOSED_STATES
from pipeline.store.tables import PacketRow, PageRow, ScanRow, SheetRow

LATER = "このあとに同じページへの操作があります。新しい操作から順に取り消してください。"
GONE = "この操作は、すでに取り消されています。"


def take_back(session: Session, settings: Settings, operation: int, *, who: str) -> None:
    """Undo an operation by a further decision; what other operations say of its sides holds again. Raises NotPossible."""
    known = [each for each in operations(session) if each.back is None]
    kept = next((each for each in known if each.id == operation), None)
    if kept is None:
        raise NotPossible(GONE)
    sides = kept.operation.sides
    if any(each.id > kept.id and not each.operation.sides.keys().isdisjoint(sides) for each in known):
        raise NotPossible(LATER)
    others = [each for each in known if each is not kept]
    homes, roles = _as_without(kept, others)
    lying = _packets_of(session, sides)
    keys = {*kept.operation.keys, *(key for key in homes.values() if key is not None), *(row.key for row in lying)}
    rows = {row.key: row for row in session.scalars(select(PacketRow).where(PacketRow.key.in_(keys)))}
    if any(row.state in CLOSED_STATES for row in rows.values()):
        raise NotPossible(CLOSED)
    after = {key: _restored(session, row, kept.operation.before.get(key)) for key, row in rows.items()}
    late = _late_in(session, rows.get(kept.operation.target or ""), kept.operation)
    take_operation_back(session, kept, who=who)
    rearrange(session, settings, homes, roles | dict.fromkeys(late, "doubtful"), after)


def _as_without(kept: Kept, others: Sequence[Kept]) -> tuple[dict[Spot, str | None], dict[Spot, str | None]]:
    """Where the sides of an operation belong when it does not hold, and the roles they had there."""
    said = placings_of(others)
    origin = merged_into(others, kept.operation.source)
    homes: dict[Spot, str | None] = {}
    for spot in kept.operation.sides:
        word = said.get(spot)
        homes[spot] = word.packet if word is not None and word.chosen else origin
    return homes, {spot: role for spot, role in kept.operation.sides.items() if homes[spot] == kept.operation.source}


def _packets_of(session: Session, sides: Collection[Spot]) -> Sequence[PacketRow]:
    """Packets in which these sides lie now."""
    here = tuple_(ScanRow.sha256, PageRow.number).in_(list(sides))
    lying = select(SheetRow.packet_id).join(SheetRow.page).join(PageRow.scan).where(here, SheetRow.packet_id.is_not(None))
    return session.scalars(select(PacketRow).where(PacketRow.id.in_(lying))).all()


def _restored(session: Session, row: PacketRow, before: Before | None) -> Before:
    now = as_it_is(session, row)
    return now if before is None else Before(before.received, union(before.findings, now.findings))


def _late_in(session: Session, target: PacketRow | None, operation: Operation) -> list[Spot]:
    """Sheets that came to the packet since, perhaps only because of the sides that leave it now: the next batch knows better."""
    if target is None:
        return []
    known = {*operation.sides, *operation.left}
    rows = side_rows(session, SheetRow.packet_id == target.id, SheetRow.role == "used")
    return [spot_of(row) for row in rows if spot_of(row) not in known]
