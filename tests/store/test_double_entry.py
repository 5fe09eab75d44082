"""Two people key a field apart from each other; who waits for whom, and what makes an entry count no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from pipeline.settings import DeskSettings, Settings
from pipeline.store import Store
from pipeline.store.claims import Wanted
from pipeline.store.deciding import decide_all
from pipeline.store.desk_tables import AuditRow
from pipeline.store.double_entry import (
    add_entry,
    drop_stale,
    is_double_keyed,
    may_take,
    offered,
    same_answer,
    standing,
    take_entry_back,
    verdict_of,
)
from pipeline.store.double_queue import DoubleLine, count_others, double_lines
from pipeline.store.double_tables import EntryRow, KeyedRow
from pipeline.store.queue import text_hash
from pipeline.store.tables import QueueRow
from tests.papers import application, read, unsure
from tests.store.papers import read_scan

CERTIFIER = unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.4))
TWO = DeskSettings(double_keyed="certifier_name")


def said(value: Any, raw: str | None = None, **doubt: str) -> dict[str, Any]:
    return {"raw": str(value or "") if raw is None else raw, "value": value, **doubt}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"desk": TWO})


@pytest.fixture
def item(store: Store, settings: Settings) -> int:
    """A doubtful field that two people must key; its queue item."""
    read_scan(store, *application(1, {"c": {"certifier_name": CERTIFIER}}))
    decide_all(store, settings)
    with store.reading() as session:
        return session.scalars(select(QueueRow.id).where(QueueRow.state == "open")).one()


def key(store: Store, item: int, who: str, value: str) -> str:
    with store.writing() as session:
        return add_entry(session, session.get_one(QueueRow, item), said(value), who=who, kind="name").stage


def takers(store: Store, *people: str, rules: bool = False) -> set[str]:
    """Who of `people` may take the only open item."""
    with store.reading() as session:
        return {who for who in people if session.scalar(select(QueueRow.id).where(QueueRow.state == "open", may_take(who, rules=rules)))}


@pytest.mark.parametrize(
    ("words", "name", "kind", "double"),
    [
        ("", "pass_number", "digits", False),
        ("pass_number", "pass_number", "digits", True),
        ("pass_number", "postal_code", "digits", False),
        ("digits", "postal_code", "digits", True),
        (" employer , name", "rows[2].employer", "text", True),
        ("name", "certifier_name", "name", True),
        ("name", "name_kana", "kana", False),
    ],
)
def test_fields_are_chosen_by_kind_by_name_or_by_name_without_row(words: str, name: str, kind: str, *, double: bool) -> None:
    chosen = Settings(desk=DeskSettings(double_keyed=words))
    assert is_double_keyed(chosen, replace(read(name, "text", "x"), kind=kind)) is double


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (said("2026-11-01", "令和8年11月1日"), said("2026-11-01", "2026/11/1"), True),
        (said("髙橋"), said("高橋"), False),
        (said(None), said("", ""), True),
        (said(None), said([], ""), True),
        (said(None), said("x"), False),
        (said(None, doubt="unreadable"), said(None, doubt="unreadable"), True),
        (said(None), said(None, doubt="unreadable"), False),
        (said(None, "13月", doubt="invalid"), said(None, "１３月 ", doubt="invalid"), True),
        (said(None, "13月", doubt="invalid"), said(None, "18月", doubt="invalid"), False),
        (said(["a", "b"], "a,b"), said(["a", "b"], "a,b"), True),
        (said(value=True, raw="x"), said(1, "x"), False),
    ],
)
def test_answers_are_the_same_when_they_would_be_kept_as_the_same(
    one: dict[str, Any], other: dict[str, Any], *, equal: bool
) -> None:
    assert same_answer(one, other) is same_answer(other, one) is equal


def test_the_second_is_another_person_and_the_third_an_adjudicator_who_keyed_neither(store: Store, item: int) -> None:
    assert takers(store, "sato", "suzuki") == {"sato", "suzuki"}
    assert key(store, item, "sato", "架空 次郎") == "second"
    assert takers(store, "sato", "suzuki", "boss") == {"suzuki", "boss"}
    assert key(store, item, "suzuki", "架空 次朗") == "ruling"
    assert takers(store, "sato", "suzuki", "boss") == set()
    assert takers(store, "sato", "suzuki", "boss", rules=True) == {"boss"}
    with store.reading() as session:
        askers = ("sato", True), ("tanaka", False), ("boss", True)
        counts = [count_others(session, who, wanted=Wanted(rules=rules)) for who, rules in askers]
    assert [(count.second, count.ruling, count.barred) for count in counts] == [(0, 1, 1), (0, 1, 1), (0, 1, 0)]


def test_nobody_keys_the_same_item_twice(store: Store, item: int) -> None:
    key(store, item, "sato", "架空 次郎")
    with pytest.raises(AssertionError):
        key(store, item, "sato", "架空 次朗")


def test_both_answers_are_offered_in_an_order_that_does_not_tell_who_came_first(store: Store, item: int) -> None:
    orders = []
    for first, second in (("架空 次郎", "架空 次朗"), ("架空 次朗", "架空 次郎")):
        key(store, item, "sato", first)
        key(store, item, "suzuki", second)
        with store.writing() as session:
            row = session.get_one(QueueRow, item)
            orders.append(offered(session, row))
            assert verdict_of(standing(session, row), said(second)) == "second"
            assert verdict_of(standing(session, row), said("架空 次雄")) == "neither"
            for entry in reversed(standing(session, row).entries):
                take_entry_back(session, row, entry, who=str(entry.who))
            assert standing(session, row).stage == "first"
    assert orders[0] == orders[1]
    assert {answer.said["value"] for answer in orders[0]} == {"架空 次郎", "架空 次朗"}


def test_an_entry_that_is_taken_back_leaves_the_item_to_everybody(store: Store, item: int) -> None:
    key(store, item, "sato", "架空 次郎")
    with store.writing() as session:
        row = session.get_one(QueueRow, item)
        take_entry_back(session, row, standing(session, row).entries[0], who="sato")
    assert takers(store, "sato", "suzuki") == {"sato", "suzuki"}
    with store.reading() as session:
        assert list(session.scalars(select(EntryRow.act))) == ["keyed", "back"]
        assert session.scalars(select(KeyedRow)).all() == []


@pytest.mark.parametrize("change", ["reading", "setting"])
def test_entries_are_void_when_the_reading_or_the_setting_has_changed(store: Store, settings: Settings, item: int, change: str) -> None:
    key(store, item, "sato", "架空 次郎")
    with store.writing() as session:
        assert drop_stale(session, settings) == 0
        if change == "reading":
            session.get_one(QueueRow, item).subject_hash = text_hash("架空 次雄")
        now = settings if change == "reading" else settings.model_copy(update={"desk": DeskSettings()})
        assert drop_stale(session, now) == 1
    assert takers(store, "sato", "suzuki") == {"sato", "suzuki"}
    with store.reading() as session:
        row = session.get_one(QueueRow, item)
        assert standing(session, row).stage == "first"
        said_of_it = session.scalars(select(AuditRow).where(AuditRow.action == "entries_void")).one()
        assert said_of_it.about == {"item": item, "entries": 1}


def test_entries_of_an_item_that_was_solved_count_again_when_the_same_is_asked_again(store: Store, settings: Settings, item: int) -> None:
    key(store, item, "sato", "架空 次郎")
    with store.writing() as session:
        row = session.get_one(QueueRow, item)
        row.state = "solved"
        session.flush()
        assert drop_stale(session, settings) == 0
        assert count_others(session, "sato", wanted=Wanted()).second == 0
        row.state = "open"
    assert takers(store, "sato", "suzuki") == {"suzuki"}


@pytest.mark.parametrize("change", ["UPDATE field_entries SET raw = 'x'", "DELETE FROM field_entries"])
def test_entries_are_append_only(store: Store, item: int, change: str) -> None:
    key(store, item, "sato", "架空 次郎")
    with pytest.raises(IntegrityError, match="append only"), store.writing() as session:
        session.execute(text(change))


def test_the_queue_says_who_must_wait_and_not_that_somebody_has_keyed(store: Store, settings: Settings, item: int) -> None:
    def lines(who: str, *, rules: bool = False) -> dict[int, DoubleLine]:
        with store.reading() as session:
            return double_lines(session, settings, [item, 4711], who, rules=rules)

    assert lines("sato") == {item: DoubleLine(ruling=False, barred=False)}
    key(store, item, "sato", "架空 次郎")
    assert lines("sato") == {item: DoubleLine(ruling=False, barred=True)}
    assert lines("suzuki") == {item: DoubleLine(ruling=False, barred=False)}
    key(store, item, "suzuki", "架空 次朗")
    assert lines("tanaka") == {item: DoubleLine(ruling=True, barred=True)}
    assert lines("tanaka", rules=True) == {item: DoubleLine(ruling=True, barred=False)}
    with store.reading() as session:
        assert double_lines(session, settings.model_copy(update={"desk": DeskSettings()}), [item], "sato", rules=False) == {}
        assert count_others(session, "sato", wanted=Wanted("page")).barred == 0
