from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pipeline.store import Store
from pipeline.store.decisions import Decision, add_decision, first_broken
from tests.databases import unguard


def decided(store: Store, number: int) -> None:
    with store.writing() as session:
        for value in range(number):
            add_decision(session, Decision("sato", {"kind": "field", "page": value}, {"raw": "旧"}, {"raw": "新", "value": value}))


def broken(store: Store) -> int | None:
    with store.reading() as session:
        return first_broken(session)


def test_the_chain_holds(store: Store) -> None:
    decided(store, 3)
    assert broken(store) is None


@pytest.mark.parametrize("change", ["UPDATE decisions SET who = 'x' WHERE id = 2", "DELETE FROM decisions WHERE id = 2"])
def test_the_database_refuses_to_alter_a_decision(store: Store, change: str) -> None:
    decided(store, 3)
    with pytest.raises(IntegrityError, match="append only"), store.writing() as session:
        session.execute(text(change))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE decisions SET who = 'x' WHERE id = 2", 2),
        ('UPDATE decisions SET after = \'{"raw": "他"}\' WHERE id = 1', 1),
        ("UPDATE decisions SET at = '2020-01-01' WHERE id = 3", 3),
        ("DELETE FROM decisions WHERE id = 2", 3),
    ],
)
def test_a_change_behind_the_databases_back_shows(store: Store, change: str, where: int) -> None:
    decided(store, 3)
    with store.writing() as session:
        unguard(session, "decisions", "update", "delete")
        session.execute(text(change))
    assert broken(store) == where
