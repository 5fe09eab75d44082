"""Replies become decisions, the packet follows at once, and both can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.deciding import decide_all
from pipeline.store.questions import Question, question
from pipeline.store.replies import Reply, reply_to_field, reply_to_statement, take_back
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.papers import NAME, application, foreign, unsure
from tests.store.papers import read_scan

WHO = "sato"
CERTIFIER = unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.4))


@pytest.fixture
def doubtful(store: Store, settings: Settings) -> int:
    """A packet with one doubtful field; its queue item."""
    read_scan(store, *application(1, {"c": {"certifier_name": CERTIFIER}}))
    decide_all(store, settings)
    with store.reading() as session:
        (item,) = session.scalars(select(QueueRow.id).where(QueueRow.state == "open"))
        return item


def reply(store: Store, settings: Settings, item: int, said: Reply) -> None:
    with store.writing() as session:
        reply_to_field(session, settings, session.get_one(QueueRow, item), said, who=WHO)


def back(store: Store, settings: Settings, who: str = WHO) -> int | None:
    with store.writing() as session:
        return take_back(session, settings, who=who)


def now(store: Store, item: int, name: str = "certifier_name") -> tuple[str, str, str, str | None]:
    """State of the packet and of the item, decision and reason of the field."""
    with store.reading() as session:
        field = session.scalars(select(FieldRow).where(FieldRow.name == name)).one()
        packet = session.scalars(select(PacketRow)).one()
        return packet.state, session.get_one(QueueRow, item).state, field.decision, field.reason


def ask(store: Store, item: int) -> Question:
    with store.reading() as session:
        found = question(session, item)
    assert found is not None
    return found


def test_a_question_says_what_was_read_and_what_else_the_packet_says(store: Store, doubtful: int) -> None:
    asked = ask(store, doubtful)
    assert asked.field is not None
    assert asked.packet is not None
    assert asked.side is not None
    assert (asked.kind, asked.reason, asked.field.raw) == ("field", "low_probability", "架空 次郎")
    assert (asked.side.sheet, asked.side.page) == ("c", 3)
    assert [text for text, _ in asked.field.candidates] == ["架空 次郎", "架空 次朗"]
    assert (asked.packet.state, asked.packet.open_items) == ("review", 1)
    names = {(said.sheet, said.field.name): said.field.value for said in asked.said}
    assert names[("a", "name")] == names[("certificate", "name")] == NAME
    with store.reading() as session:
        assert question(session, 4711) is None


def test_a_value_settles_the_field_and_the_packet_at_once(store: Store, settings: Settings, doubtful: int) -> None:
    assert now(store, doubtful) == ("review", "open", "review", "low_probability")
    reply(store, settings, doubtful, Reply("架空 次朗", "架空 次朗"))
    assert now(store, doubtful) == ("ready", "done", "accept", None)
    decide_all(store, settings)
    assert now(store, doubtful) == ("ready", "done", "accept", None)


@pytest.mark.parametrize(("said", "reason"), [(Reply("", None, "unreadable"), "unreadable"), (Reply("？？", None, "invalid"), "invalid")])
def test_what_nobody_can_read_stays_in_doubt_and_is_not_asked_again(
    store: Store, settings: Settings, doubtful: int, said: Reply, reason: str
) -> None:
    reply(store, settings, doubtful, said)
    assert now(store, doubtful) == ("review", "done", "review", reason)
    decide_all(store, settings)
    assert now(store, doubtful) == ("review", "done", "review", reason)


def test_other_sheets_do_not_speak_for_a_number_that_a_person_cannot_read(store: Store, settings: Settings) -> None:
    number = unsure("pass_number", "digits", ("2024100128", 0.5), ("2024100123", 0.4))
    read_scan(store, *application(1, {"d": {"pass_number": number}}))
    decide_all(store, settings)
    with store.reading() as session:
        items = session.scalars(select(QueueRow.id).where(QueueRow.field == "pass_number", QueueRow.state == "open")).all()
    assert len(items) == 1
    reply(store, settings, items[0], Reply("", None, "unreadable"))
    with store.reading() as session:
        fields = session.scalars(select(FieldRow).where(FieldRow.name == "pass_number").order_by(FieldRow.id))
        assert [(field.decision, field.value) for field in fields] == [
            ("accept", "2024100123"),
            ("accept", "2024100123"),
            ("accept", "2024100123"),
            ("review", None),
            ("accept", "2024100123"),
        ]
        assert session.scalars(select(PacketRow.pass_number)).one() == "2024100123"


def test_blank_is_a_fact_that_rules_may_use(store: Store, settings: Settings) -> None:
    signature = unsure("signature", "signature", ("x", 0.5))
    read_scan(store, *application(1, {"d": {"signature": signature}}))
    decide_all(store, settings)
    with store.reading() as session:
        (item,) = session.scalars(select(QueueRow.id).where(QueueRow.state == "open"))
    reply(store, settings, item, Reply("", None))
    with store.reading() as session:
        assert session.scalars(select(PacketRow.state)).one() == "deficient"


def test_an_answer_is_taken_back_step_by_step(store: Store, settings: Settings, doubtful: int) -> None:
    reply(store, settings, doubtful, Reply("架空 次朗", "架空 次朗"))
    assert back(store, settings, "suzuki") is None
    assert back(store, settings) == doubtful
    assert now(store, doubtful) == ("review", "open", "review", "low_probability")
    assert back(store, settings) is None
    reply(store, settings, doubtful, Reply("", None, "unreadable"))
    assert back(store, settings) == doubtful
    assert ask(store, doubtful).field == CERTIFIER
    with store.reading() as session:
        assert [row.after is None for row in session.scalars(select(DecisionRow).order_by(DecisionRow.id))] == [False, True, False, True]


def test_what_somebody_else_has_answered_since_is_left_alone(store: Store, settings: Settings, doubtful: int) -> None:
    reply(store, settings, doubtful, Reply("架空 次朗", "架空 次朗"))
    with store.writing() as session:
        reply_to_field(session, settings, session.get_one(QueueRow, doubtful), Reply("架空 次郎", "架空 次郎"), who="suzuki")
    assert back(store, settings) is None
    assert back(store, settings, "suzuki") == doubtful
    with store.reading() as session:
        assert session.scalars(select(FieldRow.raw).where(FieldRow.name == "certifier_name")).one() == "架空 次朗"


def test_an_answer_to_a_statement_is_taken_back_too(store: Store, settings: Settings) -> None:
    read_scan(store, *application()[:4], foreign(5))
    decide_all(store, settings)
    with store.reading() as session:
        item = session.scalars(select(QueueRow.id).where(QueueRow.reason == "page_unknown")).one()
    with store.writing() as session:
        reply_to_statement(session, settings, session.get_one(QueueRow, item), "fine", who=WHO)
        assert session.scalars(select(PacketRow.state)).one() == "deficient"
    assert back(store, settings) == item
    with store.reading() as session:
        assert session.scalars(select(PacketRow.state)).one() == "review"
        assert session.get_one(QueueRow, item).state == "open"


def test_a_closed_packet_is_not_opened_by_taking_back(store: Store, settings: Settings, doubtful: int) -> None:
    reply(store, settings, doubtful, Reply("架空 次朗", "架空 次朗"))
    with store.writing() as session:
        session.scalars(select(PacketRow)).one().state = "accepted"
    assert back(store, settings) is None
