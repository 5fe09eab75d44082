"""Duties that a person corrected are put into a field again, by the desk at once and by the batch alike."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.experience import FIELDS, NONE
from pipeline.experience.loaded import Remembered
from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store import Store
from pipeline.store.deciding import decide_all, decide_packet
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.replies import Reply, reply_to_field, take_back
from pipeline.store.tables import FieldRow, PacketRow, QueueRow
from tests.papers import application, read
from tests.store.papers import SHA, everything, read_scan

SURE = "過去の入電実績から30分単位の呼量を予測し、必要人数を算出して60名分の月間シフトを作成した。"
"""OP, with 99.9 % by the model as shipped."""
MISREAD = "過去の八電実緒から30分単位の呼童を子測し、心要人教を算出して60名分の月間シフトを作成した。"
OPEN = "保険商品のアウトバウンド業務で既契約者に満期の案内を行い、コンプライアンスに沿った説明と申込受付を担当した。"
"""Undecided between CS and CR."""
ROW = "rows[1]"
DUTIES, CLASSIFIED = f"{ROW}.duties", f"{ROW}.classified"


def classified(main: str, *, sure: bool) -> FieldValue:
    ranked = (main, *(name for name in (*FIELDS, NONE) if name != main))
    candidates = tuple((name, math.log(0.7 if name == main else 0.04)) for name in ranked)
    value = FieldValue(CLASSIFIED, "field", main, main, None, 0.7, "accept", None, candidates, None)
    return value if sure else replace(value, decision="review", reason="field_undecided")


def begin(store: Store, settings: Settings, text: str, answer: FieldValue | None, *, doubtful: bool = True) -> None:
    duties = read(DUTIES, "multiline", text)
    if doubtful:
        duties = replace(duties, decision="review", reason="low_probability", confidence=0.8)
    fields: dict[str, Any] = {DUTIES: duties} if answer is None else {DUTIES: duties, CLASSIFIED: answer}
    read_scan(store, *application(changes={"b": fields}))
    decide_all(store, settings)


def say(store: Store, settings: Settings, field: str, reply: Reply) -> None:
    """As the desk does it."""
    with store.writing() as session:
        item = session.scalars(select(QueueRow).where(QueueRow.field == field, QueueRow.state == "open")).one()
        reply_to_field(session, settings, item, reply, who="sato")


def back(store: Store, settings: Settings) -> None:
    with store.writing() as session:
        assert take_back(session, settings, who="sato") is not None


def now(store: Store) -> tuple[str, str, list[str | None], str]:
    """Field and decision of the row, the open items, the state of the packet."""
    with store.reading() as session:
        row = session.scalars(select(FieldRow).where(FieldRow.name == CLASSIFIED)).one()
        items = list(session.scalars(select(QueueRow.field).where(QueueRow.state == "open").order_by(QueueRow.id)))
        return row.raw, row.decision, items, session.scalars(select(PacketRow.state)).one()


def same_after_the_batch(store: Store, settings: Settings) -> bool:
    at_once = everything(store)
    decide_all(store, settings)
    return everything(store) == at_once


def test_a_corrected_text_answers_the_question_about_its_field_and_asks_it_again_when_taken_back(store: Store, settings: Settings) -> None:
    begin(store, settings, MISREAD, classified("HR", sure=False))
    before = now(store)
    assert before == ("HR", "review", [DUTIES, CLASSIFIED], "review")
    say(store, settings, DUTIES, Reply(SURE, SURE))
    assert now(store) == ("OP", "accept", [], "ready")
    assert same_after_the_batch(store, settings)
    back(store, settings)
    assert now(store) == before
    assert same_after_the_batch(store, settings)


def test_a_text_that_was_confirmed_as_read_is_no_longer_a_doubt_of_its_field(store: Store, settings: Settings) -> None:
    begin(store, settings, SURE, classified("OP", sure=False))
    say(store, settings, DUTIES, Reply(SURE, SURE))
    assert now(store) == ("OP", "accept", [], "ready")


def test_a_text_that_turns_out_undecided_is_asked_about(store: Store, settings: Settings) -> None:
    begin(store, settings, SURE, classified("OP", sure=True))
    assert now(store) == ("OP", "accept", [DUTIES], "review")
    say(store, settings, DUTIES, Reply(OPEN, OPEN))
    assert now(store) == ("CS", "review", [CLASSIFIED], "review")
    assert same_after_the_batch(store, settings)
    say(store, settings, CLASSIFIED, Reply("CR", "CR"))
    assert now(store) == ("CR", "accept", [], "ready")
    back(store, settings)
    assert now(store) == ("CS", "review", [CLASSIFIED], "review")
    back(store, settings)
    assert now(store) == ("OP", "accept", [DUTIES], "review")


def test_what_a_person_chose_stays_whatever_becomes_of_the_text(store: Store, settings: Settings) -> None:
    begin(store, settings, MISREAD, classified("HR", sure=False))
    say(store, settings, CLASSIFIED, Reply("AR", "AR"))
    say(store, settings, DUTIES, Reply(SURE, SURE))
    assert now(store) == ("AR", "accept", [], "ready")
    assert same_after_the_batch(store, settings)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("", None), ("", "blank", [], "ready")),
        (Reply("", None, "unreadable"), ("OP", "review", [CLASSIFIED], "review")),
        (Reply(SURE, None, "invalid"), ("OP", "review", [CLASSIFIED], "review")),
    ],
)
def test_without_a_text_to_rely_on_no_field_is_accepted(
    store: Store, settings: Settings, reply: Reply, expected: tuple[str, str, list[str], str]
) -> None:
    begin(store, settings, SURE, classified("OP", sure=True))
    say(store, settings, DUTIES, reply)
    assert now(store) == expected
    assert same_after_the_batch(store, settings)


@pytest.mark.parametrize(("text", "expected"), [(SURE, ("OP", "accept", [], "ready")), (OPEN, ("CS", "review", [CLASSIFIED], "review"))])
def test_a_text_that_only_a_person_could_read_gets_a_field_too(
    store: Store, settings: Settings, text: str, expected: tuple[str, str, list[str], str]
) -> None:
    begin(store, settings, "", None, doubtful=False)
    with store.writing() as session:
        row = add_decision(session, Decision("sato", field_subject((SHA, 2, DUTIES)), None, {"raw": text, "value": text}))
        decide_packet(session, settings, 1)
    assert now(store) == expected
    assert same_after_the_batch(store, settings)
    with store.writing() as session:
        add_decision(session, Decision("sato", row.subject, row.after, None))
        decide_packet(session, settings, 1)
    assert now(store) == ("", "blank", [], "ready")
    assert same_after_the_batch(store, settings)


def test_nothing_is_classified_where_nobody_touched_the_duties(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store, settings, MISREAD, classified("HR", sure=False))

    def refused(*_: object, **__: object) -> object:
        raise AssertionError

    monkeypatch.setattr(Remembered, "classify", refused)
    say(store, settings, CLASSIFIED, Reply("AR", "AR"))
    decide_all(store, settings)
    assert now(store) == ("AR", "accept", [DUTIES], "review")
    with pytest.raises(AssertionError):
        back(store, settings)
        say(store, settings, DUTIES, Reply(SURE, SURE))
