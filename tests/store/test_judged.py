from __future__ import annotations

from typing import Any

import pytest

from pipeline.store import Store
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.judged import Judged, judged_rows
from tests.store.papers import SHA, field, read_scan, sheet

READ = "新人の研修"


def say(store: Store, name: str, after: dict[str, Any] | None) -> None:
    with store.writing() as session:
        add_decision(session, Decision("sato", field_subject((SHA, 1, name)), {"raw": "OP"}, after))


def chosen(label: str) -> dict[str, Any]:
    return {"raw": label, "value": label}


def found(store: Store) -> list[Judged]:
    with store.reading() as session:
        return judged_rows(session)


@pytest.mark.parametrize(
    ("decision", "typed", "text"),
    [
        ("accept", None, READ),
        ("review", None, None),
        ("blank", None, None),
        ("review", "新人の研修と面接", "新人の研修と面接"),
        ("review", "", None),
    ],
)
def test_the_text_is_the_one_that_was_decided(store: Store, decision: Any, typed: str | None, text: str | None) -> None:
    read_scan(store, sheet(1, field("rows[0].duties", READ, decision), field("rows[0].classified", "OP", "review")))
    say(store, "rows[0].classified", chosen("HR"))
    if typed is not None:
        say(store, "rows[0].duties", {"raw": typed, "value": typed or None})
    assert found(store) == [Judged(SHA, 1, "rows[0]", "HR", text)]


def test_only_the_last_word_of_people_counts_and_what_was_taken_back_does_not(store: Store) -> None:
    rows = [field(f"rows[{row}].{name}", READ) for row in range(3) for name in ("duties", "classified")]
    read_scan(store, sheet(1, *rows))
    say(store, "rows[0].classified", chosen("HR"))
    say(store, "rows[0].classified", chosen("OP"))
    say(store, "rows[1].classified", chosen("HR"))
    say(store, "rows[1].classified", None)
    say(store, "rows[2].duties", chosen("別の文"))
    assert [(each.row, each.chosen) for each in found(store)] == [("rows[0]", "OP")]
