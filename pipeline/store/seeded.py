"""Test items: questions with a known answer among the others, to measure how much each person misses.

Where an answer counts as known, in this order:

1. two people keyed the field apart from each other and agreed, or an adjudicator ruled, and nobody has changed it since (`agreed`,
   `ruled`); never given to one of these people, and never where the answer was that nobody can read it;
2. where there is none of these: the machine accepted the field, no person corrected it, and its packet is ready or closed
   (`machine`). At most `max_error` of such fields are wrong, far fewer than people miss. Its runner-up must be another value.

A single person's answer is never taken as known. The page looks like that of an item in doubt: of a field that the machine accepted, the
runner-up stands first half the time, so that confirming without looking is a miss. Answering changes nothing but what is kept here.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.normalise import NORMALISERS, normalise
from pipeline.sheet import FieldValue, field_from_json
from pipeline.store.claims import Wanted
from pipeline.store.decisions import field_subject
from pipeline.store.double_entry import Said, same_answer
from pipeline.store.double_tables import OutcomeRow, SeededAnswerRow, SeededRow
from pipeline.store.questions import Question
from pipeline.store.queue import text_hash
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

Source = Literal["agreed", "ruled", "machine"]
RANDOM: random.Random = random.SystemRandom()
"""Nobody can work out which item is the next test."""
LOOKED_AT = 200
"""Rows looked through for one that suits: a person is waiting, and one item later will do as well."""
FIELDS_LOOKED_THROUGH = 2_000
"""Fields among which those rows are looked for."""
SHOWN_CHANCES = 0.55, 0.95
"""Between these lies the chance shown for a field that the machine was in truth sure of."""
SURE_STATES = "ready", "accepted"
"""Packets whose fields nobody doubts."""
SHOWN_REASON = "low_probability"
MOST_LEFT = 3
"""Open items that the packet is said to have."""


@dataclass(frozen=True)
class Known:
    """An item that can be given, and its answer."""

    item: QueueRow
    source: Source
    said: dict[str, Any]
    read: FieldValue


def is_drawn(share: float) -> bool:
    """Whether the next item shall be a test, as the share says."""
    return RANDOM.random() < share


def give(session: Session, who: str, *, wanted: Wanted, deadline: date, minutes: int) -> int | None:
    """Hand a test item to somebody; its queue row, or None when none suits. `deadline`: of the item it comes before."""
    known = next(_known(session, who, wanted), None)
    if known is None:
        return None
    shown = _shown(known)
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    row = SeededRow(who=who, source=known.source, known=known.said, shown=shown, deadline=deadline, until=until, state="given")
    row.item_id = known.item.id
    session.add(row)
    session.flush()
    return known.item.id


def given(session: Session, item: int, who: str) -> SeededRow | None:
    """The test that this item is for this person; None when it is none, or is really asked about meanwhile."""
    here = SeededRow.item_id == item, SeededRow.who == who, SeededRow.state == "given", QueueRow.state != "open"
    return session.scalar(select(SeededRow).join(QueueRow, SeededRow.item_id == QueueRow.id).where(*here))


def next_given(session: Session, who: str, *, wanted: Wanted, beside: Collection[int]) -> list[int]:
    """The test that somebody holds and has not answered (two, when an answer was taken back)."""
    here = SeededRow.who == who, SeededRow.state == "given", SeededRow.until > datetime.now(UTC), QueueRow.state != "open"
    query = select(QueueRow).join(SeededRow, SeededRow.item_id == QueueRow.id).where(*here, QueueRow.id.not_in(beside))
    return [row.id for row in session.scalars(query.order_by(SeededRow.id)) if wanted.takes(row)]


def hold(row: SeededRow, *, minutes: int) -> None:
    """Hold it longer, as a claim is."""
    row.until = datetime.now(UTC) + timedelta(minutes=minutes)


def answer_seeded(session: Session, row: SeededRow, said: Said) -> None:
    """Keep the answer, and whether it was right."""
    row.state, row.answered_at, row.correct = "answered", datetime.now(UTC), same_answer(row.known, said)
    words = {key: said.get(key) for key in ("raw", "value", "doubt")}
    session.add(SeededAnswerRow(seeded_id=row.id, at=row.answered_at, **words))
    session.flush()


def take_seeded_back(session: Session, row: SeededRow, *, minutes: int) -> None:
    """The answer is taken back; the item is in the person's hands again."""
    row.state, row.answered_at, row.correct = "given", None, None
    hold(row, minutes=minutes)
    session.add(SeededAnswerRow(seeded_id=row.id, at=datetime.now(UTC)))
    session.flush()


def put_off(session: Session, who: str, item: int | None = None) -> None:
    """Give back a test, or all that somebody holds."""
    here = (SeededRow.who == who, SeededRow.state == "given", *(() if item is None else (SeededRow.item_id == item,)))
    session.execute(update(SeededRow).where(*here).values(state="dropped"))


def disguised(session: Session, question: Question, row: SeededRow) -> Question:
    """The question as it would be asked if nobody knew the answer."""
    read = _read(session, session.get_one(QueueRow, row.item_id))
    assert read is not None
    first, second, *others = (*read.candidates, None, None)
    swapped = row.shown["swapped"] and first is not None and second is not None
    order = (second, first, *others) if swapped else (first, second, *others)
    candidates = tuple(candidate for candidate in order if candidate is not None)
    field = replace(read, candidates=candidates, confidence=row.shown["confidence"], decision="review", reason=row.shown["reason"])
    packet = None if question.packet is None else replace(question.packet, state="review", open_items=row.shown["open_items"])
    return replace(
        question,
        reason=row.shown["reason"],
        deadline=row.deadline,
        state="open",
        claimed_by=row.who,
        packet=packet,
        field=replace(field, raw=candidates[0][0]) if swapped else field,
    )


def _shown(known: Known) -> dict[str, Any]:
    sure = known.source == "machine"
    return {
        "reason": SHOWN_REASON if sure else known.item.reason,
        "confidence": RANDOM.uniform(*SHOWN_CHANCES) if sure else known.read.confidence,
        "open_items": RANDOM.randint(1, MOST_LEFT),
        "swapped": sure and RANDOM.random() < 0.5,
    }


def _known(session: Session, who: str, wanted: Wanted) -> Iterator[Known]:
    """What suits, the better known first; the machine's fields are looked for only when they are wanted, for each gets a row."""
    sources = [_by_people(session, who)]
    if wanted.kind in ("", "field") and wanted.reason in ("", SHOWN_REASON):
        sources.append(_by_machine(session))
    for known in chain.from_iterable(sources):
        if wanted.takes(known.item) and not _had(session, known.item, who):
            yield known


def _by_people(session: Session, who: str) -> Iterator[Known]:
    query = select(OutcomeRow, QueueRow, DecisionRow).join(QueueRow, OutcomeRow.item_id == QueueRow.id)
    query = query.join(DecisionRow, OutcomeRow.decision_id == DecisionRow.id).where(QueueRow.state == "done")
    for start in _starts(session, OutcomeRow.decision_id):
        some = query.where(OutcomeRow.decision_id >= start).order_by(OutcomeRow.decision_id).limit(LOOKED_AT)
        rows = session.execute(some).tuples().all()
        for outcome, item, decision in RANDOM.sample(rows, len(rows)):
            said, read = decision.after, _read(session, item)
            if said is None or said.get("doubt") or read is None or who in (outcome.first_by, outcome.second_by, decision.who):
                continue
            if _last_word(session, item) == decision.id:
                yield Known(item, "agreed" if outcome.verdict == "agreed" else "ruled", said, read)


def _by_machine(session: Session) -> Iterator[Known]:
    query = select(FieldRow, SheetRow.packet_id, PacketRow.deadline, ScanRow.sha256, PageRow.number)
    query = query.join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(PacketRow, SheetRow.packet_id == PacketRow.id)
    query = query.join(SheetRow.page).join(PageRow.scan)
    decision, state = FieldRow.decision.concat(""), PacketRow.state.concat("")  # so written, no index of all accepted fields is walked
    sure = decision == "accept", FieldRow.kind.in_(NORMALISERS), state.in_(SURE_STATES)
    for start in _starts(session, FieldRow.id):
        here = FieldRow.id.between(start, start + FIELDS_LOOKED_THROUGH), SheetRow.role.is_distinct_from("duplicate")
        rows = session.execute(query.where(*sure, *here).order_by(FieldRow.id).limit(LOOKED_AT)).tuples().all()
        for field, packet, deadline, scan, page in RANDOM.sample(rows, len(rows)):
            read = field_from_json(field.reading)
            place = QueueRow(packet_id=packet, scan=scan, page=page, field=field.name, deadline=deadline)
            if not _is_sure(field, read) or _read(session, place) != read or _last_word(session, place) is not None:
                continue
            item = _queue_row(session, place, read)
            if item.state == "solved":
                yield Known(item, "machine", {"raw": read.raw, "value": read.value}, read)


def _starts(session: Session, number: InstrumentedAttribute[int]) -> tuple[int, ...]:
    """Where to begin looking: somewhere, and then at the first row. Two statements: for both ends at once all rows would be read."""
    low, high = session.scalar(select(func.min(number))), session.scalar(select(func.max(number)))
    return () if low is None or high is None else (RANDOM.randint(low, high), low)


def _is_sure(field: FieldRow, read: FieldValue) -> bool:
    """Accepted as read, with a runner-up that would be another value."""
    if read.decision != "accept" or read.value != field.value or len(read.candidates) < 2:
        return False
    first, second = (text for text, _ in read.candidates[:2])
    other = normalise(read.kind, second, field=read.name)
    return first == read.raw and other.value not in (None, "", read.value)


def _queue_row(session: Session, place: QueueRow, read: FieldValue) -> QueueRow:
    """The row under which the field can be shown. It says `solved`: if the field is in doubt one day, it is asked about as any other."""
    identity = f"field|{place.scan}|{place.page}|{place.field}"
    row = session.scalar(select(QueueRow).where(QueueRow.identity == identity))
    if row is None:
        now = datetime.now(UTC)
        row = QueueRow(identity=identity, kind="field", reason=SHOWN_REASON, subject_hash=text_hash(read.raw), state="solved")
        row.packet_id, row.scan, row.page, row.field, row.deadline = place.packet_id, place.scan, place.page, place.field, place.deadline
        row.opened_at = row.closed_at = now
        session.add(row)
        session.flush()
    return row


def _read(session: Session, item: QueueRow) -> FieldValue | None:
    """What the page alone said, in its newest reading."""
    query = select(FieldRow.reading).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan)
    here = ScanRow.sha256 == item.scan, PageRow.number == item.page, FieldRow.name == item.field
    reading = session.scalars(query.where(*here).order_by(PageRow.id.desc()).limit(1)).first()
    return None if reading is None else field_from_json(reading)


def _last_word(session: Session, item: QueueRow) -> int | None:
    """The newest decision about the field."""
    subject = field_subject((str(item.scan), item.page or 0, str(item.field)))
    rows = session.scalars(select(DecisionRow).where(DecisionRow.owner == item.scan).order_by(DecisionRow.id.desc()))
    return next((row.id for row in rows if row.subject == subject), None)


def _had(session: Session, item: QueueRow, who: str) -> bool:
    """Whether somebody had this test already."""
    here = SeededRow.item_id == item.id, SeededRow.who == who, SeededRow.state != "dropped"
    return session.scalar(select(SeededRow.id).where(*here).limit(1)) is not None
