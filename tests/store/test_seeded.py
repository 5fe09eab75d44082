"""Test items: whose answers count as known, who is given what, and that answering changes nothing in the packet."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.settings import DeskSettings, Settings
from pipeline.sheet import FieldValue, Sheet
from pipeline.store import Store, seeded
from pipeline.store.asking import Asked, answer_field, asked_of, next_items, open_item, put_all_off, put_off, undo
from pipeline.store.claims import Wanted
from pipeline.store.deciding import decide_all
from pipeline.store.double_tables import SeededRow
from pipeline.store.performance import Share, misses, performances
from pipeline.store.replies import Reply
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.papers import of_person, read, unsure
from tests.store.papers import everything, read_scan

CERTIFIER = unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.4))
SURE = replace(
    read("certifier_name", "name", "架空 次郎"),
    candidates=(("架空 次郎", math.log(0.9999)), ("架空 次朗", math.log(0.0001))),
)
JIRO, JIROU = Reply("架空 次郎", "架空 次郎"), Reply("架空 次朗", "架空 次朗")
TWO = DeskSettings(double_keyed="certifier_name", test_share=0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Fixed(random.Random):
    """Always draws a test, the first of the rows, and shows the runner-up first or not."""

    def __init__(self, draw: float = 0.0) -> None:
        super().__init__(1)
        self.draw = draw

    def random(self) -> float:
        return self.draw


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeded, "RANDOM", Fixed())


def office(settings: Settings, **words: Any) -> Settings:
    return settings.model_copy(update={"desk": DeskSettings(**{"test_share": 0.5, **words})})


def scan_of(number: int) -> str:
    return f"{number + 1:04x}" * 16


def papers(store: Store, settings: Settings, number: int, certifier: FieldValue, start: int = 0) -> list[int]:
    """Packets whose certifier reads like this; the items they have."""
    for each in range(start, start + number):
        sheets: list[Sheet] = of_person(f"20241{each:05d}", "佐藤 太郎")
        changed = [replace(sheet, fields=tuple(certifier if f.name == certifier.name else f for f in sheet.fields)) for sheet in sheets]
        read_scan(store, *(new if new.sheet == "c" else old for new, old in zip(changed, sheets, strict=True)), sha256=scan_of(each))
    decide_all(store, settings)
    with store.reading() as session:
        return list(session.scalars(select(QueueRow.id).where(QueueRow.state == "open").order_by(QueueRow.id)))


def take(store: Store, settings: Settings, who: str, **wanted: Any) -> int | None:
    with store.writing() as session:
        return next(iter(next_items(session, settings, who, 1, wanted=Wanted(**wanted))), None)


def say(store: Store, settings: Settings, item: int, who: str, reply: Reply) -> str:
    with store.writing() as session:
        return answer_field(session, settings, item, reply, who=who)


def ask(store: Store, settings: Settings, item: int, who: str) -> Asked:
    with store.reading() as session:
        asked = asked_of(session, settings, item, who)
    assert asked is not None
    return asked


@pytest.fixture
def settled(store: Store, settings: Settings) -> int:
    """An item that two people agreed on, and one more that is open."""
    two = settings.model_copy(update={"desk": TWO})
    item, _ = papers(store, two, 2, CERTIFIER)
    for who in ("sato", "suzuki"):
        assert take(store, two, who) == item
        say(store, two, item, who, JIROU)
    return item


def test_a_test_looks_like_the_item_did_and_changes_nothing(store: Store, settings: Settings, settled: int) -> None:
    tanaka = office(settings)
    assert take(store, tanaka, "tanaka") == settled
    asked = ask(store, tanaka, settled, "tanaka")
    assert asked.test
    shown, packet = asked.question, asked.question.packet
    assert packet is not None
    assert shown.field == CERTIFIER
    assert (shown.state, shown.claimed_by, shown.reason, packet.state) == ("open", "tanaka", "low_probability", "review")
    assert packet.open_items > 0
    assert ask(store, tanaka, settled, "sato").question.state == "done"
    before = everything(store)
    assert say(store, tanaka, settled, "tanaka", JIROU) == "test"
    changed = {name for name, rows in everything(store).items() if rows != before[name]}
    assert changed == {"seeded_items", "seeded_answers", "audit"}


def test_right_and_missed_are_counted_and_the_last_answer_holds(store: Store, settings: Settings, settled: int) -> None:
    tanaka = office(settings)
    take(store, tanaka, "tanaka")
    say(store, tanaka, settled, "tanaka", JIRO)
    with store.writing() as session:
        assert performances(session, LONG_AGO, "tanaka")[0].missed == Share(1, 1)
        (miss,) = misses(session, LONG_AGO, 5)
        assert (miss.who, miss.item, miss.source, miss.sheet, miss.field) == ("tanaka", settled, "agreed", "c", "certifier_name")
        assert undo(session, tanaka, who="tanaka") == settled
        assert performances(session, LONG_AGO, "tanaka")[0].missed == Share(0, 0)
        assert open_item(session, tanaka, settled, "tanaka", rules=False)
    say(store, tanaka, settled, "tanaka", JIROU)
    with store.reading() as session:
        assert performances(session, LONG_AGO, "tanaka")[0].missed == Share(0, 1)
        assert performances(session, datetime.now(UTC) + timedelta(days=1), "tanaka")[0].missed == Share(0, 0)


def test_who_answered_it_before_is_never_tested_with_it(store: Store, settings: Settings, settled: int) -> None:
    for who in ("sato", "suzuki"):
        assert take(store, office(settings), who) != settled
        with store.writing() as session:
            put_all_off(session, who)
    assert take(store, office(settings), "tanaka") == settled
    say(store, office(settings), settled, "tanaka", JIROU)
    assert take(store, office(settings), "tanaka") != settled


def test_no_test_without_a_share_nor_when_nothing_else_waits(store: Store, settings: Settings, settled: int) -> None:
    assert take(store, office(settings, test_share=0), "tanaka") != settled
    with store.writing() as session:
        session.execute(update(QueueRow).values(state="done"))
    assert take(store, office(settings), "tanaka") is None


def test_a_test_comes_before_the_item_it_was_drawn_for_and_with_its_deadline(store: Store, settings: Settings, settled: int) -> None:
    tanaka = office(settings)
    with store.writing() as session:
        open_one = session.scalars(select(QueueRow).where(QueueRow.state == "open")).one()
        open_one.deadline = date(2026, 1, 7)
    assert [take(store, tanaka, "tanaka"), take(store, tanaka, "tanaka")] == [settled, settled]
    assert ask(store, tanaka, settled, "tanaka").question.deadline == date(2026, 1, 7)
    with store.writing() as session:
        assert next_items(session, tanaka, "tanaka", 1, wanted=Wanted(), beside=(settled,)) == [open_one.id]
        assert next_items(session, tanaka, "tanaka", 2, wanted=Wanted()) == [settled, open_one.id]


def test_one_put_off_may_come_again_and_one_that_timed_out_can_still_be_answered(store: Store, settings: Settings, settled: int) -> None:
    tanaka = office(settings)
    assert take(store, tanaka, "tanaka") == settled
    with store.writing() as session:
        put_off(session, settled, "tanaka")
        assert seeded.given(session, settled, "tanaka") is None
    assert take(store, tanaka, "tanaka") == settled
    with store.writing() as session:
        session.execute(update(SeededRow).values(until=LONG_AGO))
    assert say(store, tanaka, settled, "tanaka", JIROU) == "test"


def test_an_answer_that_was_taken_back_or_changed_is_known_no_more(store: Store, settings: Settings, settled: int) -> None:
    with store.writing() as session:
        assert undo(session, office(settings), who="suzuki") == settled
    assert take(store, office(settings), "tanaka") == settled
    assert not ask(store, office(settings), settled, "tanaka").test


def test_a_single_persons_answer_is_never_known(store: Store, settings: Settings) -> None:
    alone = office(settings)
    item, other = papers(store, office(settings, test_share=0), 2, CERTIFIER)
    assert take(store, office(settings, test_share=0), "sato") == item
    assert say(store, alone, item, "sato", JIROU) == "decided"
    assert take(store, alone, "tanaka") == other


@pytest.mark.parametrize(("draw", "first"), [(0.0, "架空 次朗"), (0.9, "架空 次郎")])
def test_a_field_the_machine_was_sure_of_is_shown_as_one_in_doubt(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, draw: float, first: str
) -> None:
    tanaka = office(settings)
    papers(store, tanaka, 1, SURE)
    open_one = papers(store, tanaka, 1, CERTIFIER, start=5)[0]
    test = take(store, tanaka, "tanaka")
    assert test is not None
    assert test != open_one
    with store.writing() as session:
        seeded.put_off(session, "tanaka")
        monkeypatch.setattr(seeded, "RANDOM", Fixed(draw))
        assert seeded.give(session, "tanaka", wanted=Wanted(), deadline=date(2026, 1, 7), minutes=5) == test
    shown = ask(store, tanaka, test, "tanaka").question
    assert shown.field is not None
    assert (shown.field.raw, shown.field.candidates[0][0], shown.field.reason) == (first, first, "low_probability")
    assert 0.5 < shown.field.confidence < 0.96
    assert say(store, tanaka, test, "tanaka", JIRO) == "test"
    with store.reading() as session:
        assert performances(session, LONG_AGO) == [performances(session, LONG_AGO, "tanaka")[0]]
        assert performances(session, LONG_AGO, "tanaka")[0].missed == Share(0, 1)


@pytest.mark.parametrize("spoilt", ["corrected", "in review", "without another value"])
def test_a_field_of_the_machine_is_known_only_as_long_as_nobody_doubts_it(store: Store, settings: Settings, spoilt: str) -> None:
    tanaka = office(settings)
    lone = replace(SURE, candidates=(SURE.candidates[0], ("架空　次郎", -9.0)))
    papers(store, tanaka, 1, lone if spoilt == "without another value" else SURE)
    open_one = papers(store, tanaka, 1, CERTIFIER, start=5)[0]
    with store.writing() as session:
        if spoilt == "in review":
            session.execute(update(PacketRow).values(state="review"))
        if spoilt == "corrected":
            subject = {"kind": "field", "scan": scan_of(0), "page": 3, "field": "certifier_name"}
            row = DecisionRow(at="", who="x", subject=subject, owner=scan_of(0), previous_hash="0", hash="1")
            session.add(row)
    assert take(store, tanaka, "tanaka") == open_one


def test_the_row_of_a_machine_test_does_not_keep_the_field_from_being_asked_about(store: Store, settings: Settings) -> None:
    tanaka = office(settings)
    papers(store, tanaka, 1, SURE)
    papers(store, tanaka, 1, CERTIFIER, start=5)
    test = take(store, tanaka, "tanaka")
    with store.writing() as session:
        field = session.scalars(select(FieldRow).where(FieldRow.name == "certifier_name").order_by(FieldRow.id)).first()
        assert field is not None
        field.reading = {**field.reading, "decision": "review", "reason": "grammar"}
    decide_all(store, tanaka)
    with store.writing() as session:
        assert test is not None
        assert session.get_one(QueueRow, test).state == "open"
        assert seeded.given(session, test, "tanaka") is None


def test_a_test_fits_the_filter_a_person_has_set(store: Store, settings: Settings, settled: int) -> None:
    assert take(store, office(settings), "tanaka", kind="field", reason="low_probability") == settled
    with store.writing() as session:
        put_off(session, settled, "tanaka")
        session.execute(update(QueueRow).where(QueueRow.state == "open").values(reason="grammar"))
    assert take(store, office(settings), "tanaka", reason="grammar") != settled


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 30, 0.0, 0.1157), (1, 30, 0.0008, 0.1722), (30, 30, 0.8843, 1.0), (5, 100, 0.0164, 0.1128)],
)
def test_intervals_are_those_of_clopper_and_pearson(hits: int, number: int, low: float, high: float) -> None:
    assert Share(hits, number).interval == pytest.approx((low, high), abs=1e-4)


def test_overruled_counts_what_the_adjudicator_did_not_follow(store: Store, settings: Settings) -> None:
    two = settings.model_copy(update={"desk": TWO})
    answers = [(JIRO, JIRO, None), (JIRO, JIROU, JIROU), (JIRO, JIROU, Reply("架空 次雄", "架空 次雄")), (JIRO, JIROU, JIRO)]
    for item, (first, second, ruling) in zip(papers(store, two, 4, CERTIFIER), answers, strict=True):
        with store.writing() as session:
            answer_field(session, two, item, first, who="sato")
            answer_field(session, two, item, second, who="suzuki")
            if ruling is not None:
                answer_field(session, two, item, ruling, who="judge")
    with store.reading() as session:
        figures = [(each.who, each.overruled, each.disputed) for each in performances(session, LONG_AGO)]
    assert figures == [("sato", Share(2, 4), 3), ("suzuki", Share(2, 4), 3)]
