"""Several programmes on one database, on PostgreSQL too: tests/store and tests/review run there when INTAKE_TEST_POSTGRES is set."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.audit import record, verify
from pipeline.store.claims import claim_several
from pipeline.store.decisions import Decision, add_decision
from pipeline.store.desk_tables import AuditRow
from pipeline.store.tables import QueueRow
from tests.databases import only_postgresql
from tests.store.test_claims import DAY

OFFICES = 3
ROUNDS = 20


def test_desks_that_share_a_database_give_nothing_to_two_and_seal_one_chain(store: Store, settings: Settings) -> None:
    with store.writing() as session:
        session.add_all(_item(number) for number in range(2 * OFFICES * ROUNDS))
    got: list[int] = []

    def work(who: str) -> None:
        own = open_store(settings)  # a store of its own takes no turns with the others: only the database holds them apart
        for _ in range(ROUNDS):
            with own.writing() as session:
                rows = claim_several(session, who, 2, minutes=10)
                for row in rows:
                    session.get_one(QueueRow, row).state = "done"
                add_decision(session, Decision(who, {"kind": "field", "scan": "s"}, None, {"raw": who}))
                record(session, who, "item_answered", item=rows[0])
            got.extend(rows)
        own.close()

    people = [threading.Thread(target=work, args=(f"p{number}",)) for number in range(OFFICES)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert len(got) == len(set(got)) == 2 * OFFICES * ROUNDS
    with store.reading() as session:
        assert [(chain.entries, chain.broken) for chain in verify(session)] == [(OFFICES * ROUNDS, None)] * 2


@only_postgresql
def test_a_reader_sees_one_moment_and_waits_for_nobody(store: Store) -> None:
    with store.writing() as writer, store.reading() as reader:
        record(writer, "sato", "login")
        assert _entries(reader) == 0
        with store.engine.begin() as other:
            other.execute(insert(QueueRow).values(**_values(0)))
        assert reader.scalar(select(func.count()).select_from(QueueRow)) == 0


def _entries(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(AuditRow))


def _item(number: int) -> QueueRow:
    return QueueRow(**_values(number))


def _values(number: int) -> dict[str, object]:
    opened = {"state": "open", "opened_at": datetime.now(UTC), "deadline": DAY}
    return {"identity": f"page|{number}", "kind": "page", "reason": "page_unknown", "subject_hash": "0" * 64, **opened}
