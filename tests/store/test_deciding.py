"""Packets worked out anew by the batch and for the desk, with what people said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from pipeline.cover_sheets import Cover
from pipeline.findings import Finding
from pipeline.settings import Settings
from pipeline.sheet import COVER, Sheet, cover_fields
from pipeline.store import Store, deciding
from pipeline.store.answers import Answer, answer_item
from pipeline.store.counts import loose_sides, packet_states
from pipeline.store.deciding import decide_all, decide_packet
from pipeline.store.decisions import Decision, add_decision, corrections, field_subject
from pipeline.store.replies import reply_to_statement, take_back
from pipeline.store.tables import DecisionRow, PacketRow, QueueRow
from tests.papers import application, foreign, paper, unsure
from tests.store.papers import SHA, everything, read_scan

NAME = unsure("name", "name", ("髙橋 花子", 0.6), ("高橋 花子", 0.4))


def states(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(row.verdict, row.state) for row in session.scalars(select(PacketRow).order_by(PacketRow.id))]


MISSING = ("finding", "sheet_missing_certificate")


def waiting(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        rows = session.scalars(select(QueueRow).where(QueueRow.state == "open").order_by(QueueRow.id))
        return [(row.kind, row.field or row.reason) for row in rows]


def answer(store: Store, settings: Settings, reason: str, given: Answer) -> None:
    """As the desk does it: the answer, and the packet of the item anew."""
    with store.writing() as session:
        item = session.scalars(select(QueueRow).where(QueueRow.reason == reason, QueueRow.state == "open")).one()
        answer_item(session, item, given, who="sato")
        if item.packet_id is not None:
            decide_packet(session, settings, item.packet_id)


def without(sheets: Sequence[Sheet], kind: str) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.sheet != kind]


def test_a_side_that_a_person_found_to_be_none_of_ours_no_longer_leaves_a_sheet_in_doubt(store: Store, settings: Settings) -> None:
    read_scan(store, *without(application(), "certificate"), foreign(5))
    decide_all(store, settings)
    assert (states(store), waiting(store)) == (
        [("undecided", "review")],
        [("finding", "page_unknown"), ("finding", "sheet_missing_certificate")],
    )
    answer(store, settings, "page_unknown", "fine")
    assert (states(store), waiting(store)) == ([("deficient", "deficient")], [])
    decide_all(store, settings)
    assert (states(store), waiting(store)) == ([("deficient", "deficient")], [])


@pytest.mark.parametrize(("given", "state"), [("fine", ("complete", "ready")), ("fault", ("deficient", "deficient"))])
def test_an_answer_about_the_packet_decides_it_at_once_and_for_every_later_batch(
    store: Store, settings: Settings, given: Answer, state: tuple[str, str]
) -> None:
    read_scan(store, *application(), paper("d", 6, {"oath_date": "2026年11月2日"}))
    decide_all(store, settings)
    assert waiting(store) == [("finding", "sheet_repeated")]
    answer(store, settings, "sheet_repeated", given)
    assert (states(store), waiting(store)) == ([state], [])
    decide_all(store, settings)
    assert (states(store), waiting(store)) == ([state], [])


def test_an_answer_that_is_taken_back_is_asked_again(store: Store, settings: Settings) -> None:
    read_scan(store, *application(), paper("d", 6, {"oath_date": "2026年11月2日"}))
    decide_all(store, settings)
    answer(store, settings, "sheet_repeated", "fine")
    with store.writing() as session:
        given = session.scalars(select(DecisionRow)).one()
        add_decision(session, Decision("sato", given.subject, given.after, None, given.owner))
        session.scalars(select(QueueRow)).one().state = "open"
    decide_all(store, settings)
    assert (states(store), waiting(store)) == ([("undecided", "review")], [("finding", "sheet_repeated")])


@pytest.mark.parametrize("given", ["fine", "fault"])
def test_an_answer_about_the_packet_that_is_taken_back_at_the_desk_is_asked_again_at_once(
    store: Store, settings: Settings, given: Answer
) -> None:
    read_scan(store, *application(), paper("d", 6, {"oath_date": "2026年11月2日"}))
    decide_all(store, settings)
    with store.writing() as session:
        item = session.scalars(select(QueueRow)).one()
        reply_to_statement(session, settings, item, given, who="sato")
    assert waiting(store) == []
    with store.writing() as session:
        assert take_back(session, settings, who="sato") is not None
    asked = ([("undecided", "review")], [("finding", "sheet_repeated")])
    assert (states(store), waiting(store)) == asked
    decide_all(store, settings)
    assert (states(store), waiting(store)) == asked


def test_a_corrected_field_decides_its_packet_at_once(store: Store, settings: Settings) -> None:
    read_scan(store, *application(changes={"a": {"name": NAME}}))
    decide_all(store, settings)
    assert waiting(store) == [("field", "name")]
    with store.writing() as session:
        item = session.scalars(select(QueueRow)).one()
        subject = field_subject((SHA, item.page or 0, "name"))
        add_decision(session, Decision("sato", subject, None, {"raw": "髙橋 花子", "value": "髙橋 花子"}))
        decide_packet(session, settings, item.packet_id or 0)
    assert (states(store), waiting(store)) == ([("complete", "ready")], [])
    at_once = everything(store)
    decide_all(store, settings)
    assert everything(store) == at_once


def separator(page: int, *findings: Finding) -> Sheet:
    return Sheet(page, COVER, None, None, cover_fields(Cover(f"{page:06d}", None)), findings, "e" * 16)


def test_a_file_of_separators_alone_reaches_a_person_and_an_answer_settles_it(store: Store, settings: Settings) -> None:
    read_scan(store, separator(1), foreign(2, "page_blank"), separator(3))
    decide_all(store, settings)
    with store.reading() as session:
        rows = [(row.kind, row.reason, row.page, row.packet_id) for row in session.scalars(select(QueueRow).order_by(QueueRow.id))]
    assert rows == [("page", "cover_double", page, None) for page in (1, 3)]
    with store.writing() as session:
        for item in session.scalars(select(QueueRow)):
            answer_item(session, item, "fine", who="sato")
    decide_all(store, settings)
    assert (states(store), waiting(store)) == ([], [])


def test_every_blank_side_is_in_the_status_with_its_page(store: Store, settings: Settings) -> None:
    """Behind the sheets of a packet, and in a file that holds nothing else."""
    read_scan(store, foreign(1, "page_blank"), *application(2), foreign(7, "page_blank"))
    read_scan(store, foreign(1, "page_blank"), separator(2), sha256="b" * 64)
    decide_all(store, settings)
    with store.reading() as session:
        (packet,) = packet_states(session)
        blank = [(finding.scan, finding.page) for finding in packet.findings if finding.code == "page_blank"]
        loose = [(side.scan, side.page, side.codes, side.doubts) for side in loose_sides(session)]
    assert blank == [(SHA, 1), (SHA, 7)]
    assert loose == [("b" * 64, 1, ("page_blank",), ()), ("b" * 64, 2, (), ("cover_double",))]


def test_only_the_packet_that_is_asked_for_is_touched(store: Store, settings: Settings) -> None:
    read_scan(store, *application(changes={"a": {"name": NAME}}))
    read_scan(store, paper("a", 1, {"pass_number": "2024100999", "name": "検定 太郎", "signature": False}), sha256="b" * 64)
    decide_all(store, settings)
    before = everything(store)
    with store.writing() as session:
        decide_packet(session, settings, 2)
    assert everything(store) == before


def test_the_batch_begins_anew_when_a_person_decides_something_meanwhile(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_scan(store, *application(changes={"a": {"name": NAME}}))
    worked_out = deciding._worked_out
    said = iter([True, False, False])

    def interrupted(*args: object) -> object:
        decided = worked_out(*args)  # type: ignore[arg-type]
        if next(said):
            with store.writing() as session:
                add_decision(session, Decision("sato", field_subject((SHA, 1, "name")), None, {"raw": "髙橋 花子", "value": "髙橋 花子"}))
        return decided

    monkeypatch.setattr(deciding, "_worked_out", interrupted)
    assert decide_all(store, settings) == 1
    assert next(said) is False
    assert (states(store), waiting(store)) == ([("complete", "ready")], [])


def test_an_office_that_never_rests_cannot_keep_the_batch_from_ending(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_scan(store, *application())
    monkeypatch.setattr(deciding, "_written", lambda *_: False)
    assert decide_all(store, settings) == 1
    assert states(store) == [("complete", "ready")]


def test_pieces_make_the_same_rows_as_one(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        read_scan(store, *application(), foreign(6), sha256=f"{number}{SHA[1:]}")
    decide_all(store, settings)
    once = everything(store)
    monkeypatch.setattr(deciding, "PACKETS_A_TRANSACTION", 1)
    decide_all(store, settings)
    assert everything(store) == once


def test_a_decision_older_than_owners_is_still_found(store: Store) -> None:
    with store.writing() as session:
        row = add_decision(session, Decision("sato", {"kind": "field", "scan": SHA, "page": 1, "field": "name"}, None, {"raw": "検定"}))
        assert row.owner == SHA
        subject = {"kind": "field", "scan": SHA, "page": 1, "field": "name"}
        session.add(DecisionRow(at="", who="sato", subject=subject, after={"raw": "旧"}, previous_hash="1" * 64, hash="2" * 64))
        session.flush()
        assert corrections(session, {SHA}) == {(SHA, 1, "name"): {"raw": "旧"}}
        assert corrections(session, {"c" * 64}) == {(SHA, 1, "name"): {"raw": "旧"}}


def test_a_finding_answered_before_its_sentence_changed_is_asked_again(store: Store, settings: Settings) -> None:
    read_scan(store, *without(application(), "certificate"), foreign(5))
    decide_all(store, settings)
    answer(store, settings, "sheet_missing_certificate", "fine")
    assert MISSING not in waiting(store)
    with store.writing() as session:
        given = session.scalars(select(DecisionRow)).one()
        add_decision(session, Decision("sato", given.subject, None, {"answer": "fine", "about": "0" * 64}, given.owner))
        item = session.scalars(select(QueueRow).where(QueueRow.reason == "sheet_missing_certificate")).one()
        item.subject_hash = "0" * 64
    decide_all(store, settings)
    assert MISSING in waiting(store)
