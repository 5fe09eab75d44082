"""What the scan desk shows of what came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from pipeline.findings import Finding
from pipeline.settings import Settings
from pipeline.sheet import Sheet
from pipeline.store import Store
from pipeline.store.arrived import Line, Progress, arrived_since, pulse, reading_progress
from pipeline.store.deciding import decide_all
from pipeline.store.readings import save_sheet
from pipeline.store.scans import Refusal, add_refusal, add_scan, finish_scans
from pipeline.store.tables import ScanRow
from tests.papers import of_person
from tests.store.papers import DAY, read_scan, scan

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def lines(store: Store, since: datetime = YESTERDAY) -> list[Line]:
    with store.reading() as session:
        return arrived_since(session, since, most=100)


def marks(line: Line) -> str:
    return " ".join(f"{kind[0]}:{mark}" for kind, mark in line.marks.items())


def unsigned(sheet: Sheet) -> Sheet:
    fields = (replace(field, value=None, raw="", decision="blank") if field.name == "signature" else field for field in sheet.fields)
    return replace(sheet, fields=tuple(fields))


def envelope(number: str = "2024100123", without: str = "") -> list[Sheet]:
    sheets = [sheet for sheet in of_person(number, "髙橋 花子") if sheet.sheet != without]
    return [replace(sheet, page=place) for place, sheet in enumerate(sheets, start=1)]


@pytest.mark.parametrize("without", ["", "a", "b", "c", "d", "certificate"])
def test_what_is_not_in_the_envelope_is_missing(store: Store, settings: Settings, without: str) -> None:
    read_scan(store, *envelope(without=without))
    decide_all(store, settings)
    (line,) = lines(store)
    assert {kind for kind, mark in line.marks.items() if mark == "missing"} == ({without} if without else set())
    assert line.said == ("fault" if without else "fine")
    assert [remark.code for remark in line.remarks] == ([f"sheet_missing_{without}"] if without else [])
    assert all("同封されていません" in remark.message for remark in line.remarks)


def test_a_page_that_is_not_recognised_may_be_the_missing_one(store: Store, settings: Settings) -> None:
    unknown = Finding("page_unknown", "review", "どの様式とも一致しません。", page=5)
    read_scan(store, *envelope(without="c"), Sheet(5, None, None, None, (), (unknown,), ""))
    decide_all(store, settings)
    (line,) = lines(store)
    assert (line.marks["c"], line.marks["a"], line.said) == ("doubt", "there", "look")
    assert ("page_unknown", 5) in [(remark.code, remark.page) for remark in line.remarks]


def test_a_file_is_followed_from_its_first_page_to_its_packet(store: Store, settings: Settings) -> None:
    sheets = envelope(without="d")
    with store.writing() as session:
        row = add_scan(session, scan("b" * 64, len(sheets)))
        save_sheet(session, row.id, sheets[0])
    (line,) = lines(store)
    assert (line.state, line.done, line.pages, line.said) == ("reading", 1, 4, "wait")
    assert marks(line) == "a:there b:unseen c:unseen d:unseen c:unseen"
    with store.reading() as session:
        assert reading_progress(session) == Progress(1, 4, 1)
    with store.writing() as session:
        for each in sheets[1:]:
            save_sheet(session, row.id, each)
        finish_scans(session)
    assert [(line.state, line.said) for line in lines(store)] == [("deciding", "wait")]
    decide_all(store, settings)
    assert [(line.state, line.said) for line in lines(store)] == [("packet", "fault")]
    with store.reading() as session:
        assert reading_progress(session) == Progress(0, 0, 0)


def test_a_file_without_a_sheet_of_ours_and_one_that_was_refused(store: Store, settings: Settings) -> None:
    unknown = Finding("page_unknown", "review", "どの様式とも一致しません。", page=1)
    read_scan(store, Sheet(1, None, None, None, (), (unknown,), ""))
    with store.writing() as session:
        add_refusal(session, Refusal("c" * 64, "x.pdf", DAY, "empty", "ファイルの中身が空です。"))
    decide_all(store, settings)
    assert [(line.state, line.said, line.remarks[0].message) for line in lines(store)] == [
        ("refused", "fault", "ファイルの中身が空です。"),
        ("loose", "look", "どの様式とも一致しません。"),
    ]


def test_only_to_day_counts_and_a_late_sheet_brings_its_packet_back(store: Store, settings: Settings) -> None:
    read_scan(store, *envelope(without="c"), sha256="a" * 64)
    read_scan(store, *envelope("2024100999"), sha256="b" * 64)
    decide_all(store, settings)
    with store.writing() as session:
        session.execute(update(ScanRow).values(added_at=YESTERDAY - timedelta(hours=1)))
    assert lines(store) == []
    (late,) = (sheet for sheet in envelope() if sheet.sheet == "c")
    read_scan(store, replace(late, page=1), sha256="d" * 64)
    decide_all(store, settings)
    (line,) = lines(store)
    assert (line.said, len(line.files), set(line.marks.values())) == ("fine", 2, {"there"})


def test_a_rules_sentence_may_quote_the_paper_and_is_marked_so(store: Store, settings: Settings) -> None:
    read_scan(store, *(unsigned(sheet) for sheet in envelope(without="certificate")))
    decide_all(store, settings)
    (line,) = lines(store)
    said = {remark.code: remark.of_paper for remark in line.remarks}
    assert said["sheet_missing_certificate"] and not said["oath_unsigned"]


def test_two_applicants_in_one_file_are_told_apart_by_their_pages(store: Store, settings: Settings) -> None:
    second = [replace(sheet, page=sheet.page + 5) for sheet in envelope("2025777888", without="b")]
    read_scan(store, *envelope(), *second)
    decide_all(store, settings)
    assert sorted((line.span, line.said) for line in lines(store)) == [((1, 5), "fine"), ((6, 9), "fault")]


def test_the_pulse_changes_with_everything_that_is_shown(store: Store, settings: Settings) -> None:
    seen = []

    def beat() -> None:
        with store.reading() as session:
            seen.append(pulse(session))

    beat()
    with store.writing() as session:
        row = add_scan(session, scan("b" * 64, 1))
    beat()
    with store.writing() as session:
        save_sheet(session, row.id, envelope()[0])
    beat()
    with store.writing() as session:
        finish_scans(session)
    beat()
    decide_all(store, settings)
    beat()
    assert len(set(seen)) == 5
