"""The audit log shows a change in its middle, and with a noted hash one at its end."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pipeline.errors import WrongUsage
from pipeline.store import Store
from pipeline.store.audit import holds, record, verify
from pipeline.store.users import add_user, disable_user, enable_user, find_user, set_roles
from tests.databases import unguard


def write(store: Store, number: int) -> None:
    with store.writing() as session:
        for each in range(number):
            record(session, "sato", "login", item=each)


def broken(store: Store) -> int | None:
    with store.reading() as session:
        return verify(session)[0].broken


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'suzuki' WHERE id = 2", "DELETE FROM audit WHERE id = 2"])
def test_the_database_refuses_a_change_and_the_chain_shows_one_made_around_it(store: Store, change: str) -> None:
    write(store, 4)
    assert broken(store) is None
    with pytest.raises(IntegrityError, match="append only"), store.writing() as session:
        session.execute(text(change))
    with store.writing() as session:
        unguard(session, "audit", "update", "delete")
        session.execute(text(change))
    assert broken(store) == (2 if change.startswith("UPDATE") else 3)


def test_entries_cut_off_the_end_are_missed_by_their_noted_hash(store: Store) -> None:
    write(store, 4)
    with store.reading() as session:
        chain, _ = verify(session)
        assert (chain.entries, holds(session, chain.head)) == (4, True)
    with store.writing() as session:
        unguard(session, "audit", "delete")
        session.execute(text("DELETE FROM audit WHERE id = 4"))
    with store.reading() as session:
        shorter, _ = verify(session)
        assert (shorter.entries, shorter.broken, holds(session, chain.head)) == (3, None, False)


@pytest.mark.parametrize(("name", "roles"), [("Sato", ["admin"]), ("s", ["admin"]), ("sato", []), ("sato", ["king"]), ("佐藤", ["admin"])])
def test_a_user_needs_a_name_and_known_roles(store: Store, name: str, roles: list[str]) -> None:
    with pytest.raises(WrongUsage), store.writing() as session:
        add_user(session, name, "", roles, by=None)


def test_the_last_admin_cannot_be_taken_away(store: Store) -> None:
    with store.writing() as session:
        boss = add_user(session, "boss", "", ["admin"], by=None)
        with pytest.raises(WrongUsage):
            set_roles(session, boss, ["reviewer"], by=None)
        with pytest.raises(WrongUsage):
            disable_user(session, boss, by=None)
        other = add_user(session, "other", "", ["admin"], by="boss")
        disable_user(session, other, by="boss")
        with pytest.raises(WrongUsage):
            disable_user(session, boss, by=None)
        enable_user(session, other, by="boss")
        disable_user(session, boss, by="other")
        found = find_user(session, "boss")
    assert found is not None
    assert found.disabled
