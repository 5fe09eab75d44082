from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.checks import Verdict, VerdictName
from pipeline.findings import Finding
from pipeline.packet import Packet
from pipeline.store import Store
from pipeline.store.counts import packet_states
from pipeline.store.packets import dissolve_others, settle_states, write_packets
from pipeline.store.queue import close_item, sync_queue
from pipeline.store.tables import PacketRow, QueueRow
from tests.store.papers import DAY, everything, field, packet, read_scan, sheet, verdict

NAME = field("name", "検定", "review")
UNSIGNED = Finding("signature_missing", "error", "署名がありません。", page=1, field="signature")
DOUBT = Finding("packet_doubtful", "review", "誰の書類か確かめてください。", page=1)


def decide(store: Store, *decided: tuple[Packet, Verdict]) -> None:
    with store.writing() as session:
        write_packets(session, decided, review_days=7)
        dissolve_others(session, decided)
        sync_queue(session, review_days=7)
        settle_states(session)


def queue(store: Store) -> list[tuple[str, str | None, str]]:
    with store.reading() as session:
        return [(row.kind, row.field, row.state) for row in session.scalars(select(QueueRow).order_by(QueueRow.id))]


@pytest.mark.parametrize(
    ("name", "fields", "findings", "state"),
    [
        ("complete", (), (), "ready"),
        ("complete", (NAME,), (), "review"),
        ("complete", (), (DOUBT,), "review"),
        ("undecided", (), (), "review"),
        ("deficient", (NAME,), (UNSIGNED,), "deficient"),
    ],
)
def test_state_follows_from_verdict_and_queue(
    store: Store, name: VerdictName, fields: tuple[()], findings: tuple[Finding, ...], state: str
) -> None:
    page = sheet(1, *fields)
    read_scan(store, page)
    decide(store, (packet(page), verdict(name, *findings)))
    with store.reading() as session:
        assert [each.state for each in packet_states(session)] == [state]


def test_deciding_twice_makes_the_same_rows_as_once(store: Store) -> None:
    page = sheet(1, NAME, findings=(DOUBT,))
    read_scan(store, page)
    decided = (packet(page, findings=(DOUBT, DOUBT)), verdict("deficient", UNSIGNED))
    decide(store, decided)
    once = everything(store)
    decide(store, decided)
    assert everything(store) == once


def test_what_the_sheets_say_together_is_kept_beside_what_the_page_said(store: Store) -> None:
    read_scan(store, sheet(1, NAME))
    decide(store, (packet(sheet(1, replace(NAME, decision="accept", reason=None, confidence=0.9999))), verdict()))
    fields = everything(store)["fields"]
    assert len(fields) == 1
    assert "accept" in fields[0]
    assert "review" in str(fields[0][-1])
    assert queue(store) == []


def test_an_item_closes_by_itself_and_opens_again(store: Store) -> None:
    doubtful, sure = sheet(1, NAME), sheet(1, replace(NAME, decision="accept"))
    read_scan(store, doubtful)
    for page, state in ((doubtful, "open"), (sure, "solved"), (doubtful, "open")):
        decide(store, (packet(page), verdict()))
        assert queue(store) == [("field", "name", state)]


def test_what_a_person_closed_stays_closed_until_something_else_is_asked(store: Store) -> None:
    page = sheet(1)
    read_scan(store, page)
    decide(store, (packet(page, findings=(DOUBT,)), verdict()))
    with store.writing() as session:
        close_item(session, session.scalars(select(QueueRow.identity)).one())
    decide(store, (packet(page, findings=(DOUBT,)), verdict()))
    assert queue(store) == [("finding", None, "done")]
    with store.reading() as session:
        assert session.scalars(select(PacketRow.state)).one() == "ready"
    decide(store, (packet(page, findings=(replace(DOUBT, message="別の書類も混ざっています。"),)), verdict()))
    assert queue(store) == [("finding", None, "open")]


def test_a_rule_that_waits_for_a_doubtful_field_does_not_ask_twice(store: Store) -> None:
    page = sheet(1, NAME)
    read_scan(store, page)
    waits = Finding("name_undecided", "review", "氏名が確定していません。", field="name")
    decide(store, (packet(page), verdict("undecided", waits)))
    assert queue(store) == [("field", "name", "open")]


def test_a_page_without_a_packet_is_asked_about_by_itself(store: Store) -> None:
    read_scan(store, sheet(1), replace(sheet(2, findings=(Finding("page_unknown", "review", "？", page=2),)), form=None, sheet=None))
    decide(store, (packet(sheet(1)), verdict()))
    assert queue(store) == [("page", None, "open")]
    with store.reading() as session:
        assert session.scalars(select(QueueRow.deadline)).one() == DAY + timedelta(days=7)


def test_a_packet_that_another_took_over_is_dissolved_and_its_row_kept(store: Store) -> None:
    one, two = sheet(1, NAME), sheet(2)
    read_scan(store, one, two)
    decide(store, (packet(one, key="k-1"), verdict("deficient", UNSIGNED)), (packet(two, key="k-2"), verdict()))
    decide(store, (packet(one, two, key="k-1"), verdict()))
    with store.reading() as session:
        assert session.execute(select(PacketRow.key, PacketRow.state).order_by(PacketRow.id)).tuples().all() == [
            ("k-1", "review"),
            ("k-2", "dissolved"),
        ]
        assert [each.sheets for each in packet_states(session)] == [2]
