"""Who saw and did what at the desk: append only, each entry sealing the one before it.

A chain shows a change in its middle; entries cut off its end leave a chain that holds. Whoever wants to notice that too notes the
newest hash elsewhere (`intake audit verify` prints it) and asks later whether it is still there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.decisions import FIRST_HASH, first_broken
from pipeline.store.desk_tables import AuditRow
from pipeline.store.tables import DecisionRow


@dataclass(frozen=True)
class Chain:
    """What a walk over a chain says.

    Attributes:
        broken: id of the first entry that does not fit its hash or its predecessor; None when the chain holds.
        head: hash of the newest entry.
    """

    name: str
    entries: int
    broken: int | None
    head: str


def record(session: Session, who: str | None, action: str, **about: str | int | list[str] | None) -> None:
    """Append an entry. Call it in a writing transaction. `about`: ids and codes, never values of a paper."""
    last = session.scalar(select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1))
    row = AuditRow(at=datetime.now(UTC).isoformat(), who=who, action=action, about=dict(about), previous_hash=last or FIRST_HASH)
    row.hash = _seal(row)
    session.add(row)
    session.flush()


@dataclass(frozen=True)
class Entry:
    """One entry, apart from the database."""

    id: int
    at: str
    who: str | None
    action: str
    about: dict[str, Any]


def entries(session: Session, most: int) -> list[Entry]:
    """The newest entries, newest first."""
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(most))
    return [Entry(row.id, row.at, row.who, row.action, row.about) for row in rows]


def verify(session: Session) -> tuple[Chain, Chain]:
    """Walk the audit log and people's decisions."""
    previous, broken, number = FIRST_HASH, None, 0
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id)):
        number += 1
        if broken is None and (row.previous_hash != previous or row.hash != _seal(row)):
            broken = row.id
        previous = row.hash
    decisions = session.scalars(select(DecisionRow.hash).order_by(DecisionRow.id)).all()
    decided = Chain("decisions", len(decisions), first_broken(session), decisions[-1] if decisions else FIRST_HASH)
    return Chain("audit", number, broken, previous), decided


def holds(session: Session, head: str) -> bool:
    """Whether an entry with this hash, noted earlier, is still in one of the chains."""
    here = (session.scalar(select(row.id).where(row.hash == head)) for row in (AuditRow, DecisionRow))
    return any(found is not None for found in here)


def _seal(row: AuditRow) -> str:
    content: list[Any] = [row.previous_hash, row.at, row.who, row.action, row.about]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
