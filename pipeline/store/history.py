"""What people decided about a packet and its papers, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.desk_tables import UserRow
from pipeline.store.tables import DecisionRow

MOST = 200
"""Decisions shown of one packet: five sheets have about 150 fields."""

Place = tuple[str, int]
"""Scan's sha-256 and page number."""


@dataclass(frozen=True)
class Event:
    """One decision.

    Attributes:
        who: what the person is called.
        kind: field or finding.
        place: the side it is about; None for the packet as a whole.
        what: field's name, or the code of the finding.
        said: what was said; None when an earlier word was taken back.
    """

    id: int
    at: datetime
    who: str
    kind: str
    place: Place | None
    what: str
    said: dict[str, Any] | None
    takes_back: bool


def history_of(session: Session, key: str, places: Collection[Place]) -> list[Event]:
    """Decisions about the packet with this key, and about these sides."""
    owners = {key, *(scan for scan, _ in places)}
    rows = session.scalars(select(DecisionRow).where(DecisionRow.owner.in_(owners)).order_by(DecisionRow.id.desc()))
    names = display_names(session)
    concerned = [event for row in rows if (event := _event(row, key, set(places))) is not None][:MOST]
    return [replace(event, who=names.get(event.who, event.who)) for event in concerned]


def display_names(session: Session) -> dict[str, str]:
    """What people are called, by user name."""
    return dict(session.execute(select(UserRow.name, UserRow.display)).tuples().all())


def _event(row: DecisionRow, key: str, places: Collection[Place]) -> Event | None:
    subject = row.subject
    if subject["kind"] == "field":
        place, what = (subject["scan"], subject["page"]), subject["field"]
        return _said(row, place, what) if place in places else None
    if subject["kind"] != "finding":
        return None
    owner, *parts = subject["item"].split("|")
    if owner == "sheet":
        place = (parts[0], int(parts[1]))
        return _said(row, place, parts[3]) if place in places else None
    return _said(row, None, parts[4]) if owner == key else None


def _said(row: DecisionRow, place: Place | None, what: str) -> Event:
    back = row.before is not None and "takes_back" in row.before
    return Event(row.id, datetime.fromisoformat(row.at), row.who, row.subject["kind"], place, what, row.after, back)
