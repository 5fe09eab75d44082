"""Who gets what from the queue: the most urgent first, nobody the same, and back again when the time ran out."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql

from pipeline.store import Store, claims
from pipeline.store.claims import QueueCounts, Wanted, claim, claim_next, count_queue, held, let_go, waiting
from pipeline.store.tables import QueueRow

DAY = date(2026, 11, 24)


def fill(store: Store, *days: int, kind: str = "field", reason: str = "low_probability") -> None:
    """One item per number of days until its deadline."""
    with store.writing() as session:
        for place, ahead in enumerate(days):
            session.add(
                QueueRow(
                    identity=f"{kind}|{reason}|{place}",
                    kind=kind,
                    reason=reason,
                    subject_hash="0" * 64,
                    deadline=DAY + timedelta(days=ahead),
                    state="open",
                    opened_at=datetime.now(UTC),
                )
            )


def next_for(store: Store, who: str, **more: object) -> int | None:
    with store.writing() as session:
        return claim_next(session, who, minutes=10, **more)  # type: ignore[arg-type]


def run_out(store: Store) -> None:
    with store.writing() as session:
        session.execute(update(QueueRow).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))


def test_the_earliest_deadline_comes_first_and_then_the_oldest_item(store: Store) -> None:
    fill(store, 3, 1, 2, 1)
    order = [next_for(store, who) for who in ("a", "b", "c", "d", "e")]
    assert order == [2, 4, 3, 1, None]


def test_what_somebody_holds_already_comes_first_again_unless_it_is_on_the_screen(store: Store) -> None:
    fill(store, 3, 1)
    assert [next_for(store, "a"), next_for(store, "a")] == [2, 2]
    assert next_for(store, "a", beside=[2]) == 1


def test_only_the_wanted_kind_and_reason_are_given(store: Store) -> None:
    fill(store, 1, 1)
    fill(store, 5, kind="finding", reason="page_unknown")
    assert next_for(store, "a", wanted=Wanted(kind="finding")) == 3
    assert next_for(store, "b", wanted=Wanted(reason="page_unknown")) is None
    assert next_for(store, "b", wanted=Wanted(reason="low_probability")) == 1


def test_a_claim_that_ran_out_goes_to_somebody_else_who_then_holds_it_alone(store: Store) -> None:
    fill(store, 1)
    assert next_for(store, "a") == 1
    assert next_for(store, "b") is None
    run_out(store)
    with store.writing() as session:
        assert held(session, 1, "a") is not None, "nobody else took it: what was typed is not lost"
    assert next_for(store, "b") == 1
    with store.writing() as session:
        assert held(session, 1, "a") is None
        assert not claim(session, 1, "a", minutes=10)
        assert claim(session, 1, "b", minutes=10)


def test_letting_go_gives_everything_back(store: Store) -> None:
    fill(store, 1, 2)
    next_for(store, "a")
    with store.writing() as session:
        let_go(session, "a")
    assert next_for(store, "b") == 1


def test_twelve_people_at_once_never_get_the_same_item(store: Store) -> None:
    fill(store, *[day % 5 for day in range(60)])
    got: list[int] = []
    start = threading.Barrier(12)

    def work(who: str) -> None:
        start.wait()
        for _ in range(5):
            item = next_for(store, who)
            assert item is not None
            got.append(item)
            with store.writing() as session:
                session.execute(update(QueueRow).where(QueueRow.id == item).values(state="done"))

    people = [threading.Thread(target=work, args=(f"p{number}",)) for number in range(12)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(got) == list(range(1, 61))
    with store.reading() as session:
        assert Counter(session.scalars(select(QueueRow.claimed_by))) == {f"p{number}": 5 for number in range(12)}


def test_the_list_and_the_counts_say_what_waits(store: Store) -> None:
    fill(store, -1, 2, 0)
    fill(store, 1, kind="page", reason="page_unknown")
    next_for(store, "a")
    with store.reading() as session:
        lines = waiting(session, most=3)
        counts = count_queue(session, DAY)
    assert [(line.id, line.claimed_by) for line in lines] == [(1, "a"), (3, None), (4, None)]
    assert counts == QueueCounts({("field", "low_probability"): 3, ("page", "page_unknown"): 1}, late=1, claimed=1)
    assert counts.total == 4


@pytest.mark.parametrize("query", [claims._most_urgent(2, *Wanted(kind="field").here(), claims._is_free(datetime.now(UTC)))])
def test_the_claim_is_sql_that_postgresql_takes_and_passes_over_what_others_hold(query: object) -> None:
    sql = str(query.compile(dialect=postgresql.dialect()))  # type: ignore[attr-defined, no-untyped-call]
    assert sql.endswith("FOR UPDATE SKIP LOCKED")
    assert "ORDER BY queue_items.deadline, queue_items.id" in sql
