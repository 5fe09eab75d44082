from __future__ import annotations

from dataclasses import replace

from pipeline.findings import Finding
from pipeline.geometry import Box
from pipeline.store import Store
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.readings import all_sheets, save_sheet
from pipeline.store.scans import Refusal, add_refusal, add_scan, find_scan, finish_scans, page_row, pages_to_read
from tests.store.papers import DAY, SHA, everything, field, read_scan, scan, sheet


def test_a_sheet_comes_back_as_it_went_in(store: Store) -> None:
    finding = Finding("page_doubt", "review", "確認してください。", 1, "name", Box(1, 2, 3, 4))
    marks = replace(field("fields", "1,3"), value=["1", "3"], kind="marks", box=None)
    sheets = [sheet(1, field("name", "検定"), marks, findings=(finding,)), replace(sheet(2), form=None, sheet=None, match=None)]
    read_scan(store, *sheets)
    with store.reading() as session:
        assert [each.sheet for each in all_sheets(session)] == sheets


def test_every_step_twice_makes_the_same_rows_as_once(store: Store) -> None:
    read_scan(store, sheet(1, field("name", "検定")), sheet(2))
    once = everything(store)
    read_scan(store, sheet(1, field("name", "別の読み")), sheet(2))
    assert everything(store) == once


def test_pages_still_to_be_read(store: Store) -> None:
    with store.writing() as session:
        row = add_scan(session, scan(pages=4))
        save_sheet(session, row.id, sheet(2))
        page_row(session, row.id, 3, error="ZeroDivisionError")
        assert pages_to_read(session, row) == [1, 3, 4]
        assert finish_scans(session) == []
        save_sheet(session, row.id, sheet(3))
        assert pages_to_read(session, row) == [1, 4]


def test_sheets_of_a_half_read_scan_are_not_assembled(store: Store) -> None:
    with store.writing() as session:
        row = add_scan(session, scan(pages=2))
        save_sheet(session, row.id, sheet(1))
        finish_scans(session)
        assert all_sheets(session) == []


def test_a_persons_word_stands_above_the_reading(store: Store) -> None:
    read_scan(store, sheet(1, field("name", "検定大郎", "review")))
    with store.writing() as session:
        for said in ("検定犬郎", "検定太郎"):
            add_decision(session, Decision("sato", field_subject((SHA, 1, "name")), None, {"raw": said, "value": said}))
        value = all_sheets(session)[0].sheet.value("name")
    assert value is not None
    assert (value.value, value.decision, value.confidence) == ("検定太郎", "accept", 1.0)


def test_a_refused_file_may_be_taken_in_later_but_not_the_other_way_round(store: Store) -> None:
    refusal = Refusal(SHA, "x.pdf", DAY, "damaged", "壊れています。")
    with store.writing() as session:
        assert add_refusal(session, refusal).state == "refused"
        assert add_refusal(session, refusal).id == 1
        assert add_scan(session, scan()).state == "open"
        add_refusal(session, refusal)
        row = find_scan(session, SHA)
        assert row is not None
        assert (row.id, row.state, row.refusal_code) == (1, "open", None)
