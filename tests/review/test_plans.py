"""No request at the desk walks through all items, pages or decisions: read from the plans that SQLite makes for its statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from pipeline.store import Store
from pipeline.store.claims import Wanted, claim_several, count_queue
from tests.databases import only_sqlite
from tests.review.office import Office, Person, employ
from tests.review.scene import fill
from tests.review.test_items import send, start
from tests.store.test_claims import DAY

KEYED = ("field_entries", "double_outcomes", "seeded_items", "seeded_answers")
GROWING = ("scans", "pages", "sheets", "fields", "packets", "findings", "decisions", "queue_items", "audit", *KEYED)
"""Tables that hold more each day."""

COARSE = ("ix_fields_decision", "ix_scans_state", "ix_packets_state")
"""Indexes that are no way to few rows: what waits in an office all has the same word there."""
NEWEST = re.compile(r"ORDER BY \w+\.id DESC\s+LIMIT \? OFFSET \?$")

pytestmark = only_sqlite

Statement = tuple[str, Any]


@contextmanager
def watched(store: Store) -> Iterator[list[Statement]]:
    """The statements that are run meanwhile."""
    seen: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:  # noqa: FBT001
        seen.append((statement, parameters[0] if many else parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def steps(store: Store, statement: Statement) -> list[str]:
    """The plan of a statement, one line a step."""
    with store.engine.connect() as connection:
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])]


def walks(store: Store, seen: list[Statement]) -> list[str]:
    """Steps that read a table that grows, or most of it; the newest row of a table is found from its end, without reading the rest."""
    found = []
    for sql, values in seen:
        reads = sql.startswith(("SELECT", "UPDATE", "DELETE")) and not NEWEST.search(sql)
        for step in steps(store, (sql, values)) if reads else []:
            whole = step.startswith("SCAN") and step.split()[1].startswith(GROWING)
            found += [f"{step}: {sql}"] if whole or any(name in step for name in COARSE) else []
    return found


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


REQUESTS: dict[str, Callable[[Person, int], object]] = {
    "queue": lambda person, _: person.get("/queue?kind=field"),
    "next": lambda person, _: person.post("/queue/next", kind="field"),
    "show": lambda person, item: person.get(f"/items/{item}"),
    "check": lambda person, item: send(person, f"/items/{item}/check", text="架空 次朗"),
    "skip": lambda person, item: send(person, f"/items/{item}/skip"),
    "answer": lambda person, item: send(person, f"/items/{item}", answer="value", text="架空 次朗", kind="field"),
    "crop": lambda person, item: person.get(f"/crops/{item}/original"),
}


@pytest.mark.parametrize("name", list(REQUESTS))
def test_no_request_walks_through_what_grows(office: Office, sato: Person, name: str) -> None:
    fill(office.store, office.settings, 3)
    item = start(sato)
    with watched(office.store) as seen:
        REQUESTS[name](sato, item)
    assert any("queue_items" in sql for sql, _ in seen)
    assert walks(office.store, seen) == []


def test_neither_does_taking_an_answer_back(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 3)
    send(sato, f"/items/{start(sato)}", answer="value", text="架空 次朗")
    with watched(office.store) as seen:
        assert "取り消しました" in send(sato, "/undo").text
    assert walks(office.store, seen) == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "state_deadline_id"),
        (Wanted(kind="field"), "state_kind_deadline_id"),
        (Wanted(reason="grammar"), "state_reason_deadline_id"),
        (Wanted(kind="field", reason="grammar"), "state_kind_reason_deadline_id"),
    ],
)
def test_the_most_urgent_item_is_the_first_entry_of_an_index(store: Store, wanted: Wanted, index: str) -> None:
    with watched(store) as seen, store.writing() as session:
        claim_several(session, "sato", 2, minutes=10, wanted=wanted)
    ordered = next(statement for statement in seen if "ORDER BY queue_items.deadline" in statement[0])
    step, *beside = steps(store, ordered)
    assert step.startswith(f"SEARCH queue_items USING INDEX ix_queue_items_{index} (")
    assert [line.partition(" (")[0] for line in beside if "SUBQUERY" not in line] == ["SEARCH keyed_items USING INTEGER PRIMARY KEY"]


def test_what_waits_is_counted_in_indexes_alone_and_what_is_held_by_its_holders(store: Store) -> None:
    with watched(store) as seen, store.reading() as session:
        count_queue(session, DAY)
    plans = [steps(store, statement)[0] for statement in seen if statement[0].startswith("SELECT")]
    assert [plan.split(" (")[0].removeprefix("SEARCH queue_items USING ") for plan in plans] == [
        "COVERING INDEX ix_queue_items_state_kind_reason_deadline_id",
        "COVERING INDEX ix_queue_items_state_deadline_id",
        "INDEX ix_queue_items_claimed_by",
    ]
