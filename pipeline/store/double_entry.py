"""Double entry: fields of chosen kinds are keyed by two people apart from each other; an adjudicator rules where they differ.

The first answer is kept as an entry and changes nothing else, so that the second person sees what the first one saw. Two equal answers
are a decision; two that differ wait for somebody with the role `adjudicator` who is neither of the two. Entries are appended only, and
count as long as the item asks about the same reading; where an item stands is worked out from them.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store.audit import record
from pipeline.store.double_tables import EntryRow, KeyedRow, OutcomeRow
from pipeline.store.tables import DecisionRow, FieldRow, QueueRow

Stage = Literal["first", "second", "ruling"]
Verdict = Literal["agreed", "first", "second", "neither"]
Said = Mapping[str, Any]
"""An answer as a decision keeps it: {"raw", "value"} and perhaps "doubt"."""
TOKEN_DIGITS = 16


@dataclass(frozen=True)
class Standing:
    """The entries of an item that count, oldest first: none, one, or two that differ."""

    entries: tuple[EntryRow, ...]

    @property
    def stage(self) -> Stage:
        """Whom the item waits for."""
        stages: tuple[Stage, ...] = ("first", "second", "ruling")
        return stages[len(self.entries)]

    @property
    def differs(self) -> bool:
        """Whether there are two that say different things."""
        return self.stage == "ruling" and not same_answer(*(said_in(entry) for entry in self.entries))

    @property
    def people(self) -> tuple[str, ...]:
        """Who keyed it, in order."""
        return tuple(str(entry.who) for entry in self.entries)


@dataclass(frozen=True)
class Offered:
    """One of two answers as an adjudicator sees it. `token` names it by its content, so that neither person nor order shows."""

    token: str
    said: dict[str, Any]


def is_double_keyed(settings: Settings, field: FieldValue | FieldRow) -> bool:
    """Whether two people must key this field, by its kind, its name, or its name without its row."""
    return is_named(settings, field.kind, field.name)


def standing(session: Session, item: QueueRow) -> Standing:
    """Where the item stands by its entries."""
    rows = session.scalars(select(EntryRow).where(EntryRow.item_id == item.id).order_by(EntryRow.id)).all()
    gone = {row.of for row in rows}
    return Standing(tuple(row for row in rows if row.act == "keyed" and row.id not in gone and row.about == item.subject_hash))


def add_entry(session: Session, item: QueueRow, said: Said, *, who: str, kind: str) -> Standing:
    """Keep what somebody keyed and give the item back; where it stands then. Two entries may be equal: the caller decides by them."""
    before = standing(session, item)
    assert len(before.entries) < 2
    assert who not in before.people
    _append(session, item, "keyed", who, said=said)
    item.claimed_by = item.claimed_until = None
    return _stand(session, item, kind)


def take_entry_back(session: Session, item: QueueRow, entry: EntryRow, *, who: str) -> None:
    """This entry counts no more, because who keyed it says so."""
    _append(session, item, "back", who, of=entry.id)
    _stand(session, item, _kind_kept(session, item))


def same_answer(one: Said, other: Said) -> bool:
    """Whether two people said the same: the value, nothing there, nobody can read it, or the same text that is no valid value."""
    if one.get("doubt") != other.get("doubt"):
        return False
    if one.get("doubt"):
        return _folded(one) == _folded(other)
    return _value(one) == _value(other)


def said_in(entry: EntryRow) -> dict[str, Any]:
    """What an entry says."""
    said = {"raw": entry.raw, "value": entry.value}
    return said if entry.doubt is None else {**said, "doubt": entry.doubt}


def offered(session: Session, item: QueueRow) -> tuple[Offered, ...]:
    """Both answers for the adjudicator, ordered by a hash of what they say; none when the item does not wait for one."""
    now = standing(session, item)
    if not now.differs:
        return ()
    answers = [Offered(_token(item, said_in(entry)), said_in(entry)) for entry in now.entries]
    return tuple(sorted(answers, key=lambda answer: answer.token))


def verdict_of(now: Standing, said: Said) -> Verdict:
    """Whom a ruling follows."""
    first, second = now.entries
    return "first" if same_answer(said_in(first), said) else "second" if same_answer(said_in(second), said) else "neither"


def note_outcome(session: Session, item: QueueRow, now: Standing, decision: DecisionRow, verdict: Verdict) -> None:
    """Two entries became a decision; the item waits for nobody."""
    first, second = now.people
    row = OutcomeRow(decision_id=decision.id, item_id=item.id, first_by=first, second_by=second, verdict=verdict, at=datetime.now(UTC))
    session.add(row)
    _forget(session, item)
    session.flush()


def outcome_taken_back(session: Session, item: QueueRow, decision: int, *, who: str, kind: str) -> None:
    """The decision was taken back: a ruling leaves the two entries, an agreement only the one of the other person."""
    row = session.get(OutcomeRow, decision)
    if row is None:
        return
    if row.verdict == "agreed":
        mine = next((entry for entry in standing(session, item).entries if entry.who == who), None)
        if mine is not None:
            _append(session, item, "back", who, of=mine.id)
    session.delete(row)
    _stand(session, item, kind)


def drop_stale(session: Session, settings: Settings, packet: int | None = None) -> int:
    """Entries about a reading that has changed, or of fields keyed by one person now, count no more; the audit log says so.

    Returns the number of items. With the row of a packet, only its items are looked at.
    """
    query = select(KeyedRow, QueueRow).join(QueueRow, KeyedRow.item_id == QueueRow.id).where(QueueRow.state == "open")
    here = query if packet is None else query.where(KeyedRow.item_id.in_(select(QueueRow.id).where(QueueRow.packet_id == packet)))
    stale = [
        (row, item)
        for row, item in session.execute(here)
        if row.about != item.subject_hash or not is_named(settings, row.kind, str(item.field))
    ]
    for _, item in stale:
        void_entries(session, item)
    return len(stale)


def void_entries(session: Session, item: QueueRow) -> None:
    """Whatever people keyed of this item counts no more."""
    rows = session.scalars(select(EntryRow).where(EntryRow.item_id == item.id).order_by(EntryRow.id)).all()
    gone = {row.of for row in rows}
    counting = [row for row in rows if row.act == "keyed" and row.id not in gone]
    for row in counting:
        _append(session, item, "void", None, of=row.id)
    _forget(session, item)
    session.flush()
    if counting:
        record(session, None, "entries_void", item=item.id, entries=len(counting))


def start_over(session: Session, item: QueueRow) -> None:
    """The decision that entries of this item led to was taken back by somebody else: two people key it anew."""
    void_entries(session, item)
    session.execute(delete(OutcomeRow).where(OutcomeRow.item_id == item.id))


def may_take(who: str, *, rules: bool) -> ColumnElement[bool]:
    """A condition on the queue: not what this person has keyed; what two people differ about only for one who `rules`."""
    return ~select(KeyedRow.item_id).where(KeyedRow.item_id == QueueRow.id, bars(who, rules=rules)).correlate(QueueRow).exists()


def is_named(settings: Settings, kind: str, name: str) -> bool:
    """Whether two people must key a field of this kind and name."""
    return not settings.desk.double_keyed_words.isdisjoint({kind, name, name.rpartition(".")[2]})


def bars(who: str, *, rules: bool) -> ColumnElement[bool]:
    """A condition on where items stand: those that this person may not take."""
    keyed = or_(KeyedRow.first_by == who, func.coalesce(KeyedRow.second_by, "") == who)
    return keyed if rules else or_(keyed, KeyedRow.stage == "ruling")


def _append(session: Session, item: QueueRow, act: str, who: str | None, *, of: int | None = None, said: Said | None = None) -> None:
    words = {"raw": None, "value": None, "doubt": None} if said is None else {key: said.get(key) for key in ("raw", "value", "doubt")}
    session.add(EntryRow(item_id=item.id, about=item.subject_hash, act=act, of=of, who=who, at=datetime.now(UTC), **words))
    session.flush()


def _stand(session: Session, item: QueueRow, kind: str) -> Standing:
    """Write down where the item stands."""
    now = standing(session, item)
    _forget(session, item)
    if now.entries:
        first, second = (*now.people, None)[:2]
        session.add(KeyedRow(item_id=item.id, about=item.subject_hash, kind=kind, stage=now.stage, first_by=first, second_by=second))
    session.flush()
    return now


def _forget(session: Session, item: QueueRow) -> None:
    row = session.get(KeyedRow, item.id)
    if row is not None:
        session.delete(row)
        session.flush()


def _kind_kept(session: Session, item: QueueRow) -> str:
    return session.get_one(KeyedRow, item.id).kind


def _value(said: Said) -> object:
    """What is written; "", no mark and nothing are the same, True is not 1."""
    value = said["value"]
    return None if value in (None, "", []) else (type(value).__name__, value)


def _folded(said: Said) -> str:
    return unicodedata.normalize("NFKC", str(said["raw"] or "")).strip()


def _token(item: QueueRow, said: Said) -> str:
    content = json.dumps([item.id, item.subject_hash, said], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:TOKEN_DIGITS]
