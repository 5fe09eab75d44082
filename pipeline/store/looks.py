"""What people said of pieces of fields among their like: append only but for the mark that a look was taken back.

A look is no decision. When every piece of a field has been looked at and is as it was read, the field is decided (`groups.confirm`);
a piece that was taken out keeps its field out of all groups: somebody saw that something is wrong there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from pipeline.store.tables import SHA256, WORD, Moment, QueueRow, Row

Said = Literal["as_read", "odd"]
UNDO_HOURS = 12
"""A working day, the longest that a session lasts: a key pressed next week must not open again what was finished long ago."""


class LookRow(Row):
    """One look. `about`: what was shown (`pieces.about`); one at something that has changed since says nothing any more."""

    __tablename__ = "looks"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id"), index=True)
    piece: Mapped[int]
    about: Mapped[str] = mapped_column(SHA256)
    said: Mapped[str] = mapped_column(WORD)
    who: Mapped[str] = mapped_column(Text, index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    batch: Mapped[str] = mapped_column(WORD, index=True)
    taken_back: Mapped[bool]


@dataclass(frozen=True)
class Looked:
    """The looks that hold: by what was shown, those who found it as it was read; and the items of which a piece was taken out."""

    as_read: dict[tuple[int, str], str]
    odd: frozenset[int]


def looked(session: Session, items: Collection[int] | None = None) -> Looked:
    """The looks that hold at open items (at these)."""
    query = select(LookRow.item_id, LookRow.about, LookRow.said, LookRow.who).join(QueueRow, LookRow.item_id == QueueRow.id)
    query = query.where(QueueRow.state == "open", LookRow.taken_back.is_(False))
    rows = session.execute(query if items is None else query.where(LookRow.item_id.in_(items))).all()
    return Looked(
        {(row.item_id, row.about): row.who for row in rows if row.said == "as_read"},
        frozenset(row.item_id for row in rows if row.said == "odd"),
    )


def keep_looks(session: Session, looks: Iterable[tuple[int, int, str]], said: Said, *, who: str, batch: str) -> None:
    """Keep a look at each (item, piece, about)."""
    now = datetime.now(UTC)
    session.add_all(
        LookRow(item_id=item, piece=piece, about=about, said=said, who=who, at=now, batch=batch, taken_back=False)
        for item, piece, about in looks
    )
    session.flush()


def newest_batch(session: Session, who: str) -> tuple[str, datetime] | None:
    """This person's newest batch of today that holds, and when it began."""
    since = datetime.now(UTC) - timedelta(hours=UNDO_HOURS)
    mine = LookRow.who == who, LookRow.at > since, LookRow.taken_back.is_(False)
    batch = session.scalar(select(LookRow.batch).where(*mine).order_by(LookRow.id.desc()).limit(1))
    if batch is None:
        return None
    began = session.scalars(select(LookRow.at).where(LookRow.batch == batch).order_by(LookRow.id).limit(1)).one()
    return batch, began


def take_back_looks(session: Session, batch: str) -> list[int]:
    """Let the looks of a batch hold no longer; the items they were at."""
    rows = session.scalars(select(LookRow.item_id).where(LookRow.batch == batch).order_by(LookRow.id)).all()
    session.execute(update(LookRow).where(LookRow.batch == batch).values(taken_back=True))
    return list(dict.fromkeys(rows))
