"""What becomes of an answer: two entries agree, differ, are taken back; what the packet shows meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pipeline.settings import DeskSettings, Settings
from pipeline.store import Store
from pipeline.store.asking import answer_field, asked_of, next_items, open_item, undo
from pipeline.store.audit import verify
from pipeline.store.claims import Wanted
from pipeline.store.deciding import decide_all
from pipeline.store.double_entry import standing
from pipeline.store.double_tables import OutcomeRow
from pipeline.store.questions import question
from pipeline.store.replies import Reply
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.papers import application, unsure
from tests.store.papers import everything, read_scan

CERTIFIER = unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.4))
KINDS = DeskSettings(double_keyed="certifier_name", test_share=0)
JIRO, JIROU, BLANK, NOBODY = (
    Reply("架空 次郎", "架空 次郎"),
    Reply("架空 次朗", "架空 次朗"),
    Reply("", None),
    Reply("", None, "unreadable"),
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"desk": KINDS})


@pytest.fixture
def item(store: Store, settings: Settings) -> int:
    read_scan(store, *application(1, {"c": {"certifier_name": CERTIFIER}}))
    decide_all(store, settings)
    with store.reading() as session:
        return session.scalars(select(QueueRow.id).where(QueueRow.state == "open")).one()


def take(store: Store, settings: Settings, who: str, *, rules: bool = False) -> int | None:
    with store.writing() as session:
        return next(iter(next_items(session, settings, who, 1, wanted=Wanted(rules=rules))), None)


def say(store: Store, settings: Settings, item: int, who: str, reply: Reply, *, rules: bool = False) -> str:
    assert take(store, settings, who, rules=rules) == item
    with store.writing() as session:
        return answer_field(session, settings, item, reply, who=who)


def back(store: Store, settings: Settings, who: str) -> int | None:
    with store.writing() as session:
        return undo(session, settings, who=who)


def now(store: Store, item: int) -> tuple[str, str, str, str]:
    """State of packet and item, what the field says, and whom the item waits for."""
    with store.reading() as session:
        field = session.scalars(select(FieldRow).where(FieldRow.name == "certifier_name")).one()
        row = session.get_one(QueueRow, item)
        return session.scalars(select(PacketRow.state)).one(), row.state, field.raw, standing(session, row).stage


def test_the_first_answer_changes_nothing_that_the_second_person_sees(store: Store, settings: Settings, item: int) -> None:
    with store.reading() as session:
        asked = question(session, item)
    before = everything(store)
    assert say(store, settings, item, "sato", JIROU) == "keyed"
    after = everything(store)
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"field_entries", "keyed_items", "audit"}
    assert take(store, settings, "sato") is None
    with store.reading() as session:
        assert question(session, item) == asked
    assert take(store, settings, "suzuki") == item


@pytest.mark.parametrize(("first", "second", "raw"), [(JIROU, JIROU, "架空 次朗"), (BLANK, BLANK, ""), (NOBODY, NOBODY, "")])
def test_two_equal_answers_are_a_decision_that_names_both(
    store: Store, settings: Settings, item: int, first: Reply, second: Reply, raw: str
) -> None:
    say(store, settings, item, "sato", first)
    assert say(store, settings, item, "suzuki", second) == "keyed"
    assert now(store, item)[1:3] == ("done", raw)
    decide_all(store, settings)
    assert now(store, item)[1:3] == ("done", raw)
    with store.reading() as session:
        decision = session.scalars(select(DecisionRow)).one()
        assert decision.before is not None
        assert (decision.who, decision.before["keyed_by"]) == ("suzuki", ["sato", "suzuki"])
        assert [chain.broken for chain in verify(session)] == [None, None]


def test_two_that_differ_wait_for_an_adjudicator_who_has_the_last_word(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    assert say(store, settings, item, "suzuki", JIROU) == "keyed"
    assert now(store, item) == ("review", "open", "架空 次郎", "ruling")
    decide_all(store, settings)
    assert now(store, item) == ("review", "open", "架空 次郎", "ruling")
    assert [take(store, settings, who) for who in ("sato", "suzuki", "tanaka")] == [None, None, None]
    assert [take(store, settings, who, rules=True) for who in ("sato", "suzuki")] == [None, None]
    assert say(store, settings, item, "judge", JIROU, rules=True) == "ruled"
    assert now(store, item)[:3] == ("ready", "done", "架空 次朗")
    with store.reading() as session:
        assert [row.verdict for row in session.scalars(select(OutcomeRow))] == ["second"]


def test_a_person_with_both_roles_rules_only_on_what_others_keyed(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "judge", JIRO, rules=True)
    say(store, settings, item, "suzuki", JIROU)
    with store.writing() as session:
        assert not open_item(session, settings, item, "judge", rules=True)
        assert not open_item(session, settings, item, "tanaka", rules=False)
        assert open_item(session, settings, item, "other", rules=True)
        asked = asked_of(session, settings, item, "other")
    assert asked is not None
    assert {answer.said["value"] for answer in asked.answers} == {"架空 次郎", "架空 次朗"}
    assert not {"judge", "suzuki"} & {str(value) for answer in asked.answers for value in vars(answer).values()}


def test_the_first_entry_is_taken_back_until_somebody_else_has_keyed(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    assert back(store, settings, "suzuki") is None
    assert back(store, settings, "sato") == item
    say(store, settings, item, "sato", JIROU)
    say(store, settings, item, "suzuki", JIRO)
    assert back(store, settings, "sato") is None
    assert now(store, item)[3] == "ruling"


def test_the_second_entry_is_taken_back_whether_they_agreed_or_not(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    say(store, settings, item, "suzuki", JIRO)
    assert now(store, item)[:2] == ("ready", "done")
    assert back(store, settings, "sato") is None
    assert back(store, settings, "suzuki") == item
    assert now(store, item) == ("review", "open", "架空 次郎", "second")
    assert take(store, settings, "sato") is None
    say(store, settings, item, "suzuki", JIROU)
    assert back(store, settings, "suzuki") == item
    assert now(store, item) == ("review", "open", "架空 次郎", "second")
    with store.reading() as session:
        assert session.scalars(select(OutcomeRow)).all() == []


@pytest.mark.parametrize("reply", [JIRO, NOBODY])
def test_a_ruling_is_taken_back_and_the_two_answers_stand_again(store: Store, settings: Settings, item: int, reply: Reply) -> None:
    say(store, settings, item, "sato", JIRO)
    say(store, settings, item, "suzuki", JIROU)
    say(store, settings, item, "judge", reply, rules=True)
    assert back(store, settings, "suzuki") is None
    assert back(store, settings, "judge") == item
    assert now(store, item) == ("review", "open", "架空 次郎", "ruling")
    assert take(store, settings, "suzuki", rules=True) is None
    say(store, settings, item, "judge", JIROU, rules=True)
    assert now(store, item)[:3] == ("ready", "done", "架空 次朗")


def test_while_an_adjudicator_looks_at_both_nothing_is_taken_back(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    say(store, settings, item, "suzuki", JIROU)
    assert take(store, settings, "judge", rules=True) == item
    assert back(store, settings, "suzuki") is None


def test_with_the_setting_off_one_answer_is_enough_again(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    alone = settings.model_copy(update={"desk": DeskSettings(test_share=0)})
    decide_all(store, alone)
    assert say(store, alone, item, "sato", JIROU) == "decided"
    assert now(store, item)[:3] == ("ready", "done", "架空 次朗")


def test_a_claim_that_ran_out_loses_no_entry(store: Store, settings: Settings, item: int) -> None:
    say(store, settings, item, "sato", JIRO)
    assert take(store, settings, "suzuki") == item
    with store.writing() as session:
        session.get_one(QueueRow, item).claimed_until = session.get_one(QueueRow, item).opened_at
    assert say(store, settings, item, "tanaka", JIRO) == "keyed"
    assert now(store, item)[:2] == ("ready", "done")


def test_other_fields_are_answered_as_ever(store: Store, settings: Settings, item: int) -> None:
    other: dict[str, Any] = {"desk": DeskSettings(double_keyed="pass_number", test_share=0)}
    assert say(store, settings.model_copy(update=other), item, "sato", JIRO) == "decided"
    assert back(store, settings, "sato") == item
    assert now(store, item)[3] == "first"
