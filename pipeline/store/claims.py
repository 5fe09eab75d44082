"""Who works on what: the most urgent item goes to one person, for a while.

An item is claimed in a writing transaction. SQLite lets one writer in at a time; on PostgreSQL a row that another claim holds is passed
over (FOR UPDATE SKIP LOCKED), so nobody waits and nobody gets the same item.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.store.double_entry import may_take
from pipeline.store.tables import PacketRow, PageRow, QueueRow, ScanRow, SheetRow


@dataclass(frozen=True)
class Wanted:
    """Which items somebody wants to work on; empty = all. `rules`: what two people differ about as well (an adjudicator wants it)."""

    kind: str = ""
    reason: str = ""
    rules: bool = False

    def here(self) -> list[ColumnElement[bool]]:
        """As conditions on the queue."""
        return [QueueRow.state == "open"] + [
            column == value for column, value in ((QueueRow.kind, self.kind), (QueueRow.reason, self.reason)) if value
        ]

    def takes(self, row: QueueRow) -> bool:
        """Whether an item is wanted."""
        return self.kind in ("", row.kind) and self.reason in ("", row.reason)


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. `claimed_by`: who works on it now, or None."""

    id: int
    kind: str
    reason: str
    field: str | None
    sheet: str | None
    packet: str | None
    received: date | None
    deadline: date
    claimed_by: str | None


@dataclass(frozen=True)
class QueueCounts:
    """Open items: by (kind, reason), past their deadline, and in somebody's hands."""

    kinds: dict[tuple[str, str], int]
    late: int
    claimed: int

    @property
    def total(self) -> int:
        """All open items."""
        return sum(self.kinds.values())


def claim_next(session: Session, who: str, *, minutes: int, wanted: Wanted | None = None, beside: Collection[int] = ()) -> int | None:
    """Claim the most urgent item that nobody else holds and return its row; None when there is none. As `claim_several`, one."""
    return next(iter(claim_several(session, who, 1, minutes=minutes, wanted=wanted, beside=beside)), None)


def claim_several(
    session: Session, who: str, number: int, *, minutes: int, wanted: Wanted | None = None, beside: Collection[int] = ()
) -> list[int]:
    """Claim the most urgent items that nobody else holds and return their rows, up to `number` of them.

    What this person holds already comes first: a browser that was closed goes on where it was.

    Args:
        session: a writing transaction.
        who: user name.
        number: how many.
        minutes: how long the claim lasts.
        wanted: which items.
        beside: rows to leave out, because the person has them on the screen.
    """
    chosen, now = wanted or Wanted(), datetime.now(UTC)
    rows = _mine(session, who, chosen, beside, now)[:number]
    if len(rows) < number:
        others = [may_take(who, rules=chosen.rules), *([QueueRow.id.not_in(beside)] if beside else [])]
        rows += session.scalars(_most_urgent(number - len(rows), *chosen.here(), *others, _is_free(now)))
    for row in rows:
        row.claimed_by, row.claimed_until = who, now + timedelta(minutes=minutes)
    session.flush()
    return [row.id for row in rows]


def claim(session: Session, item: int, who: str, *, minutes: int, rules: bool = False) -> bool:
    """Claim this item, or hold it longer; False when it is closed, somebody else's, or not theirs to answer (see `may_take`)."""
    now = datetime.now(UTC)
    here = QueueRow.id == item, QueueRow.state == "open", or_(QueueRow.claimed_by == who, _is_free(now)), may_take(who, rules=rules)
    row = session.scalar(select(QueueRow).where(*here).with_for_update(skip_locked=True))
    if row is None:
        return False
    row.claimed_by, row.claimed_until = who, now + timedelta(minutes=minutes)
    session.flush()
    return True


def held(session: Session, item: int, who: str) -> QueueRow | None:
    """The open item when it is this person's, also after the time ran out as long as nobody else took it."""
    query = select(QueueRow).where(QueueRow.id == item, QueueRow.state == "open", QueueRow.claimed_by == who)
    return session.scalar(query.with_for_update())


def release(session: Session, item: int, who: str) -> None:
    """Give one item back."""
    row = held(session, item, who)
    if row is not None:
        row.claimed_by = row.claimed_until = None
        session.flush()


def let_go(session: Session, who: str) -> None:
    """Give back all that somebody holds."""
    mine = update(QueueRow).where(QueueRow.claimed_by == who, QueueRow.state == "open")
    session.execute(mine.values(claimed_by=None, claimed_until=None))


def waiting(session: Session, *, most: int, wanted: Wanted | None = None) -> list[Waiting]:
    """Open items, the most urgent first."""
    first = select(QueueRow).where(*(wanted or Wanted()).here()).order_by(QueueRow.deadline, QueueRow.id).limit(most).subquery()
    sides = select(func.max(SheetRow.sheet)).join(SheetRow.page).join(PageRow.scan)
    sheet = sides.where(ScanRow.sha256 == first.c.scan, PageRow.number == first.c.page).correlate(first).scalar_subquery()
    query = (
        select(first, PacketRow.key, PacketRow.received, sheet.label("sheet"))
        .outerjoin(PacketRow, first.c.packet_id == PacketRow.id)
        .order_by(first.c.deadline, first.c.id)
    )
    now = datetime.now(UTC)
    return [
        Waiting(
            id=row.id,
            kind=row.kind,
            reason=row.reason,
            field=row.field,
            sheet=row.sheet,
            packet=row.key,
            received=row.received,
            deadline=row.deadline,
            claimed_by=row.claimed_by if row.claimed_until is not None and row.claimed_until > now else None,
        )
        for row in session.execute(query)
    ]


def count_queue(session: Session, today: date) -> QueueCounts:
    """How much waits: read from indexes alone, and still in proportion to what waits."""
    by_kind = select(QueueRow.kind, QueueRow.reason, func.count()).where(QueueRow.state == "open").group_by(QueueRow.kind, QueueRow.reason)
    number = select(func.count()).select_from(QueueRow).where(QueueRow.state == "open")
    few = QueueRow.claimed_by > "", func.coalesce(QueueRow.state, "") == "open"  # found by who holds them, not among all that wait
    return QueueCounts(
        {(kind, reason): count for kind, reason, count in session.execute(by_kind)},
        session.scalar(number.where(QueueRow.deadline < today)) or 0,
        session.scalar(select(func.count()).select_from(QueueRow).where(*few, QueueRow.claimed_until > datetime.now(UTC))) or 0,
    )


def _mine(session: Session, who: str, wanted: Wanted, beside: Collection[int], now: datetime) -> list[QueueRow]:
    """What somebody holds, the most urgent first. It is little: sorted here, the database need not walk the queue in its order."""
    held_now = select(QueueRow).where(QueueRow.claimed_by == who, QueueRow.claimed_until > now).with_for_update()
    rows = [row for row in session.scalars(held_now) if row.state == "open" and row.id not in beside and wanted.takes(row)]
    return sorted(rows, key=lambda row: (row.deadline, row.id))


def _most_urgent(number: int, *here: ColumnElement[bool]) -> Select[tuple[QueueRow]]:
    return select(QueueRow).where(*here).order_by(QueueRow.deadline, QueueRow.id).limit(number).with_for_update(skip_locked=True)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Whether nobody holds an item (any more)."""
    return or_(QueueRow.claimed_until.is_(None), QueueRow.claimed_until <= now)
