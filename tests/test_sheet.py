"""A sheet goes through JSON and comes back equal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.findings import Finding
from pipeline.geometry import Box
from pipeline.sheet import FieldValue, Match, Sheet, sheet_from_json, sheet_to_json

NUMBERS = st.floats(-1e6, 1e6)
TEXTS = st.text(max_size=8)
BOXES = st.none() | st.builds(Box, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
FIELD_VALUES = st.builds(
    FieldValue,
    name=TEXTS,
    kind=TEXTS,
    raw=TEXTS,
    value=st.none() | TEXTS | st.integers() | st.booleans() | st.lists(TEXTS, max_size=3),
    problem=st.none() | TEXTS,
    confidence=st.floats(0, 1),
    decision=st.sampled_from(["accept", "review", "blank"]),
    reason=st.none() | st.sampled_from(["low_probability", "sheets_disagree"]),
    candidates=st.lists(st.tuples(TEXTS, NUMBERS), max_size=3).map(tuple),
    box=BOXES,
)
MATCHES = st.builds(Match, NUMBERS, NUMBERS, st.sampled_from([0, 90]), NUMBERS, st.lists(NUMBERS, min_size=9, max_size=9).map(tuple))
PAGES = st.none() | st.integers(1, 9)
FINDINGS = st.builds(Finding, TEXTS, st.sampled_from(["error", "review", "info"]), TEXTS, PAGES, st.none() | TEXTS, BOXES)
SHEETS = st.builds(
    Sheet,
    page=st.integers(1, 500),
    form=st.none() | TEXTS,
    sheet=st.none() | TEXTS,
    match=st.none() | MATCHES,
    fields=st.lists(FIELD_VALUES, max_size=3).map(tuple),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    fingerprint=TEXTS,
)


@given(SHEETS)
def test_nothing_is_lost_in_json(sheet: Sheet) -> None:
    assert sheet_from_json(json.loads(json.dumps(sheet_to_json(sheet)))) == sheet


def test_unknown_and_missing_keys_are_errors() -> None:
    document = sheet_to_json(Sheet(1, "a", "a", Match(1, 0.1, 0, 0.0, (1.0,) * 9), (), (), "0" * 16))
    with pytest.raises(KeyError):
        sheet_from_json({key: value for key, value in document.items() if key != "form"})
    with pytest.raises(TypeError):
        sheet_from_json({**document, "match": {**document["match"], "colour": 1}})
