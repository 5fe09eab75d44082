"""A person's answers to queue items: kept as decisions, the packet decided again in the same transaction, and taken back again.

A reply to a field is one of: a value; nothing written (raw "" and value None); `unreadable`, nobody can say what is written; `invalid`,
this is what is written and it is no valid value. The last two leave the field in doubt for good, so that no rule relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.sheet import field_from_json
from pipeline.store.answers import Answer, answer_item, state_again
from pipeline.store.deciding import decide_packet
from pipeline.store.decisions import Decision, FieldKey, add_decision, field_subject
from pipeline.store.double_entry import is_double_keyed, outcome_taken_back
from pipeline.store.queue import close, text_hash
from pipeline.store.readings import CLOSED_STATES, as_said, settle
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

Doubt = Literal["unreadable", "invalid"]
UNDO_DEPTH = 50
"""Decisions of a person that are looked through for one to take back."""


@dataclass(frozen=True)
class Reply:
    """What a person said of a field. `doubt`: see the module's docstring; None when `value` holds."""

    raw: str
    value: str | int | bool | list[str] | None
    doubt: Doubt | None = None

    def as_said(self) -> dict[str, Any]:
        """As kept in a decision."""
        said = {"raw": self.raw, "value": self.value}
        return said if self.doubt is None else {**said, "doubt": self.doubt}


def reply_to_field(
    session: Session, settings: Settings, item: QueueRow, reply: Reply, *, who: str, keyed_by: Sequence[str] = ()
) -> DecisionRow:
    """Keep a reply to a queue item of kind `field`, close the item and decide its packet again. `keyed_by`: whose entries led to it."""
    key = _key(item)
    row = _field(session, key)
    assert keyed_by or not is_double_keyed(settings, row), "a field that two people key is answered through `asking`"
    before = {"raw": row.raw, "value": row.value, "decision": row.decision, "item": item.id}
    if keyed_by:
        before["keyed_by"] = list(keyed_by)
    decision = add_decision(session, Decision(who, field_subject(key), before, reply.as_said()))
    _settle(row, reply.as_said())
    close(item)
    if reply.doubt is not None:
        item.subject_hash = text_hash(reply.raw)  # the field stays in doubt; the same question is not asked again
    _decide(session, settings, item)
    return decision


def reply_to_statement(session: Session, settings: Settings, item: QueueRow, answer: Answer, *, who: str) -> None:
    """Keep an answer to a queue item of kind `finding` or `page`, and decide its packet again."""
    answer_item(session, item, answer, who=who)
    _decide(session, settings, item)


def take_back(session: Session, settings: Settings, *, who: str) -> int | None:
    """Take this person's latest answer back and return its item, open again unless an earlier answer holds; None when there is none.

    Left alone: what somebody else has answered since, and what belongs to a closed packet.
    """
    row = last_answer(session, who)
    return None if row is None else _taken_back(session, settings, row, who)


def last_answer(session: Session, who: str) -> DecisionRow | None:
    """This person's latest answer that they have not taken back."""
    rows = session.scalars(select(DecisionRow).where(DecisionRow.who == who).order_by(DecisionRow.id.desc()).limit(UNDO_DEPTH))
    undone: set[int] = set()
    for row in rows:
        if row.before is not None and "takes_back" in row.before:
            undone.add(row.before["takes_back"])
        elif row.id not in undone:
            return row
    return None


def _taken_back(session: Session, settings: Settings, row: DecisionRow, who: str) -> int | None:
    item = _item_of(session, row)
    if item is None or item.state == "open" or _is_closed(session, item) or _answered_since(session, row):
        return None
    before = {"takes_back": row.id}
    after = _said_before(session, row)
    add_decision(session, Decision(who, row.subject, before, after, row.owner))
    item.state, item.closed_at = "open", None
    if item.kind == "field":
        _settle(_field(session, _key(item)), after)
    elif after is None:
        state_again(session, item, row.before or {})
    session.flush()
    _decide(session, settings, item)
    if item.kind == "field":
        outcome_taken_back(session, item, row.id, who=who, kind=_field(session, _key(item)).kind)
    return item.id


def _item_of(session: Session, row: DecisionRow) -> QueueRow | None:
    subject = row.subject
    if subject["kind"] == "field":
        identity = f"field|{subject['scan']}|{subject['page']}|{subject['field']}"
        return session.scalar(select(QueueRow).where(QueueRow.identity == identity))
    number = (row.before or {}).get("item")
    return None if number is None else session.get(QueueRow, number)


def _is_closed(session: Session, item: QueueRow) -> bool:
    packet = None if item.packet_id is None else session.get(PacketRow, item.packet_id)
    return packet is not None and packet.state in CLOSED_STATES


def _answered_since(session: Session, row: DecisionRow) -> bool:
    later = session.scalars(select(DecisionRow).where(DecisionRow.id > row.id, DecisionRow.owner == row.owner))
    return any(each.subject == row.subject for each in later)


def _said_before(session: Session, row: DecisionRow) -> dict[str, Any] | None:
    """What people had said of the same subject before this decision."""
    earlier = session.scalars(
        select(DecisionRow).where(DecisionRow.id < row.id, DecisionRow.owner == row.owner).order_by(DecisionRow.id.desc())
    )
    return next((each.after for each in earlier if each.subject == row.subject), None)


def _settle(row: FieldRow, said: dict[str, Any] | None) -> None:
    """Make the row say it now: the side may lie in no packet, and then nothing else does."""
    settle(row, as_said(field_from_json(row.reading), said))


def _decide(session: Session, settings: Settings, item: QueueRow) -> None:
    if item.packet_id is not None:
        decide_packet(session, settings, item.packet_id)


def _key(item: QueueRow) -> FieldKey:
    assert item.scan is not None
    assert item.page is not None
    assert item.field is not None
    return item.scan, item.page, item.field


def _field(session: Session, key: FieldKey) -> FieldRow:
    scan, page, name = key
    query = select(FieldRow).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan)
    here = ScanRow.sha256 == scan, PageRow.number == page, FieldRow.name == name
    return session.scalars(query.where(*here).order_by(PageRow.id.desc())).first() or _missing(key)


def _missing(key: FieldKey) -> FieldRow:
    raise LookupError(f"no field {key[2]} on page {key[1]}")

