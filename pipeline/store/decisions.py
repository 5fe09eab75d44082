"""What people decided: append only, each entry sealing the one before it (SHA-256 over its content and the previous hash)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.store.tables import DecisionRow

FIRST_HASH = "0" * 64
"""What the first entry has before it."""

FieldKey = tuple[str, int, str]
"""Scan's sha-256, page number, field name."""


@dataclass(frozen=True)
class Decision:
    """What a person said.

    Attributes:
        who: user name.
        subject: {"kind": "field", "scan", "page", "field"} or {"kind": "finding", "item": what `answers.answer_key` says}.
        owner: the scan, or the packet's key, it is about.
        before: what stood there, e.g. {"raw", "value", "decision"}.
        after: what stands there now; for a field {"raw", "value"}.
    """

    who: str
    subject: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    owner: str | None = None


def field_subject(key: FieldKey) -> dict[str, Any]:
    """The `subject` of a decision about one field."""
    return {"kind": "field", "scan": key[0], "page": key[1], "field": key[2]}


def add_decision(session: Session, decision: Decision, *, at: datetime | None = None) -> DecisionRow:
    """Append `decision`. Call it in a writing transaction: the chain has one end."""
    last = session.scalar(select(DecisionRow).order_by(DecisionRow.id.desc()).limit(1))
    row = DecisionRow(
        at=(at or datetime.now(UTC)).isoformat(),
        who=decision.who,
        subject=decision.subject,
        owner=decision.owner or decision.subject.get("scan"),
        before=decision.before,
        after=decision.after,
        previous_hash=last.hash if last else FIRST_HASH,
    )
    row.hash = _seal(row)
    session.add(row)
    session.flush()
    return row


def first_broken(session: Session) -> int | None:
    """Id of the first entry that does not fit its hash or its predecessor; None when the chain holds."""
    previous = FIRST_HASH
    for row in session.scalars(select(DecisionRow).order_by(DecisionRow.id)):
        if row.previous_hash != previous or row.hash != _seal(row):
            return row.id
        previous = row.hash
    return None


def decisions(session: Session, owners: Collection[str] | None = None) -> list[DecisionRow]:
    """Decisions, oldest first; only those about these scans and packets when `owners` is given."""
    query = select(DecisionRow).order_by(DecisionRow.id)
    if owners is not None:
        query = query.where(DecisionRow.owner.in_(owners) | DecisionRow.owner.is_(None))
    return list(session.scalars(query))


def last_decision(session: Session) -> int:
    """Id of the newest decision; 0 when there is none."""
    return session.scalar(select(func.max(DecisionRow.id))) or 0


def corrections(session: Session, scans: Collection[str] | None = None) -> dict[FieldKey, dict[str, Any]]:
    """What people last said of each field (of these scans): {"raw", "value"}. One that was taken back is not among them."""
    return corrections_in(decisions(session, scans))


def corrections_in(rows: Iterable[DecisionRow]) -> dict[FieldKey, dict[str, Any]]:
    """`corrections`, of decisions that were read already."""
    said: dict[FieldKey, dict[str, Any]] = {}
    for row in rows:
        if row.subject.get("kind") != "field":
            continue
        key = (row.subject["scan"], row.subject["page"], row.subject["field"])
        said.pop(key, None)
        if row.after is not None:
            said[key] = row.after
    return said


def _seal(row: DecisionRow) -> str:
    content = [row.previous_hash, row.at, row.who, row.subject, row.before, row.after]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
