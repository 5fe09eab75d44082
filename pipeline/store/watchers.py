"""Who takes in what lies in the inbox: the desk says so, and above all when nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.store.desk_tables import WatcherRow

BEAT_SECONDS = 10.0
"""How often a watcher says that it is there."""
LOST = timedelta(seconds=6 * BEAT_SECONDS)
"""One that has said nothing for so long is gone: a busy machine and a batch that holds the database make it late."""


@dataclass(frozen=True)
class Watching:
    """Whether somebody takes in what lies in the inbox. `problem`: why the last batch did not come to its end."""

    here: bool
    problem: str | None = None


def begin_watching(session: Session) -> int:
    """A row for a new watcher; those that are gone lose theirs."""
    now = datetime.now(UTC)
    session.execute(delete(WatcherRow).where(WatcherRow.seen_at < now - LOST))
    row = WatcherRow(seen_at=now)
    session.add(row)
    session.flush()
    return row.id


def still_watching(session: Session, watcher: int, problem: str | None) -> None:
    """The watcher is there, and this is what keeps it from reading, if anything."""
    session.merge(WatcherRow(id=watcher, seen_at=datetime.now(UTC), problem=problem))


def end_watching(session: Session, watcher: int) -> None:
    """The watcher stops."""
    session.execute(delete(WatcherRow).where(WatcherRow.id == watcher))


def watching(session: Session) -> Watching:
    """What the newest of those that are there says."""
    rows = select(WatcherRow).where(WatcherRow.seen_at >= datetime.now(UTC) - LOST)
    row = session.scalar(rows.order_by(WatcherRow.id.desc()).limit(1))
    return Watching(here=row is not None, problem=row.problem if row else None)
