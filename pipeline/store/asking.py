"""What a person is asked next and what becomes of the answer: a decision, one of two entries, a ruling, or the answer to a test item.

The four must not be told apart by the person, but for a ruling: so the pages know this module and not what lies behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store import seeded
from pipeline.store.audit import record
from pipeline.store.claims import Wanted, claim, claim_several, held, let_go, release
from pipeline.store.double_entry import (
    Offered,
    add_entry,
    is_double_keyed,
    note_outcome,
    offered,
    standing,
    take_entry_back,
    verdict_of,
    void_entries,
)
from pipeline.store.double_tables import EntryRow, SeededRow
from pipeline.store.questions import Question, question
from pipeline.store.replies import Reply, last_answer, reply_to_field, take_back
from pipeline.store.tables import QueueRow

Way = Literal["decided", "keyed", "ruled", "test"]
"""What became of an answer. To the person, `test` looks like `decided`, or like `keyed` where the field is keyed twice."""

DONE: dict[Way, str] = {"decided": "item_answered", "keyed": "item_keyed", "ruled": "item_ruled", "test": "test_answered"}
"""What the audit log calls it."""


@dataclass(frozen=True)
class Asked:
    """A question as this person sees it.

    Attributes:
        double: two people key this field.
        answers: what these two said, for the adjudicator; else none.
        test: the answer is known, and changes nothing.
    """

    question: Question
    double: bool
    answers: tuple[Offered, ...]
    test: bool


def next_items(
    session: Session, settings: Settings, who: str, number: int, *, wanted: Wanted, beside: Collection[int] = ()
) -> list[int]:
    """Claim the next items for somebody and return their rows, up to `number` of them. Now and then the last of them is a test item.

    The item whose place it takes stays claimed and comes after it: what was announced as the next is the next.
    """
    minutes = settings.desk.claim_minutes
    tests = seeded.next_given(session, who, wanted=wanted, beside=beside)[:number]
    real = claim_several(session, who, number - len(tests), minutes=minutes, wanted=wanted, beside=beside)
    if tests or len(real) < number or not seeded.is_drawn(settings.desk.test_share):
        return [*tests, *real]
    before = session.get_one(QueueRow, real[-1])
    test = seeded.give(session, who, wanted=wanted, deadline=before.deadline, minutes=minutes)
    return real if test is None else [*real[:-1], test]


def open_item(session: Session, settings: Settings, item: int, who: str, *, rules: bool) -> bool:
    """Hold this item for somebody; False when they may not have it (now)."""
    test = seeded.given(session, item, who)
    if test is not None:
        seeded.hold(test, minutes=settings.desk.claim_minutes)
        return True
    return claim(session, item, who, minutes=settings.desk.claim_minutes, rules=rules)


def asked_of(session: Session, settings: Settings, item: int, who: str, *, said: bool = True) -> Asked | None:
    """The question of an item that this person has opened; None when there is no such item. `said`: as for `question`."""
    found, test = question(session, item, said=said), seeded.given(session, item, who)
    if found is None:
        return None
    if test is not None:
        found = seeded.disguised(session, found, test)
    double = found.field is not None and is_double_keyed(settings, found.field)
    answers = () if test is not None or found.kind != "field" else offered(session, session.get_one(QueueRow, item))
    return Asked(found, double or bool(answers), answers, test is not None)


def is_theirs(session: Session, item: int, who: str) -> bool:
    """Whether this person holds the item, to answer it."""
    return seeded.given(session, item, who) is not None or held(session, item, who) is not None


def answer_field(session: Session, settings: Settings, item: int, reply: Reply, *, who: str) -> Way:
    """Keep what somebody said of a field they hold."""
    test = seeded.given(session, item, who)
    if test is not None:
        seeded.answer_seeded(session, test, reply.as_said())
        way: Way = "test"
    else:
        found = question(session, item, said=False)
        assert found is not None
        assert found.field is not None
        way = _kept(session, settings, session.get_one(QueueRow, item), found.field, reply, who)
    record(session, who, DONE[way], item=item)
    return way


def put_off(session: Session, item: int, who: str) -> None:
    """Give the item back."""
    seeded.put_off(session, who, item)
    release(session, item, who)


def put_all_off(session: Session, who: str) -> None:
    """Give back all that somebody holds."""
    seeded.put_off(session, who)
    let_go(session, who)


def undo(session: Session, settings: Settings, *, who: str) -> int | None:
    """Take this person's latest answer back and return its item; None when there is none, or others have gone on from it.

    Of two entries only the newer one can be taken back (the other person has answered since), and not while an adjudicator looks at both.
    """
    entry, test, decision = _last_entry(session, who), _last_test(session, who), last_answer(session, who)
    moments = {
        "entry": None if entry is None else entry.at,
        "test": None if test is None else test.answered_at,
        "decision": None if decision is None else datetime.fromisoformat(decision.at),
    }
    newest = max((at, name) for name, at in moments.items() if at is not None)[1] if any(moments.values()) else ""
    if newest == "entry" and entry is not None:
        return _entry_back(session, entry, who)
    if newest == "test" and test is not None:
        seeded.take_seeded_back(session, test, minutes=settings.desk.claim_minutes)
        return test.item_id
    return take_back(session, settings, who=who)


def _kept(session: Session, settings: Settings, item: QueueRow, field: FieldValue, reply: Reply, who: str) -> Way:
    now, said = standing(session, item), reply.as_said()
    if now.differs:
        decision = reply_to_field(session, settings, item, reply, who=who, keyed_by=now.people)
        note_outcome(session, item, now, decision, verdict_of(now, said))
        return "ruled"
    if not is_double_keyed(settings, field):
        if now.entries:
            void_entries(session, item)
        reply_to_field(session, settings, item, reply, who=who)
        return "decided"
    if now.stage == "ruling":  # two that agreed, and the decision was taken back without them
        void_entries(session, item)
    now = add_entry(session, item, said, who=who, kind=field.kind)
    if now.stage == "ruling" and not now.differs:
        decision = reply_to_field(session, settings, item, reply, who=who, keyed_by=now.people)
        note_outcome(session, item, now, decision, "agreed")
    return "keyed"


def _entry_back(session: Session, entry: EntryRow, who: str) -> int | None:
    item = session.get_one(QueueRow, entry.item_id)
    now = standing(session, item)
    ruled_on = now.stage == "ruling" and item.claimed_until is not None and item.claimed_until > datetime.now(UTC)
    if item.state != "open" or now.entries[-1:] != (entry,) or ruled_on:
        return None
    take_entry_back(session, item, entry, who=who)
    return item.id


def _last_entry(session: Session, who: str) -> EntryRow | None:
    """The newest entry of somebody that counts, or did when a decision came of it."""
    later = aliased(EntryRow)
    gone = select(later.id).where(later.item_id == EntryRow.item_id, later.of == EntryRow.id).exists()
    mine = select(EntryRow).where(EntryRow.who == who, EntryRow.act == "keyed", ~gone)
    return session.scalars(mine.order_by(EntryRow.id.desc()).limit(1)).first()


def _last_test(session: Session, who: str) -> SeededRow | None:
    mine = select(SeededRow).where(SeededRow.who == who, SeededRow.state == "answered")
    return session.scalars(mine.order_by(SeededRow.answered_at.desc()).limit(1)).first()
