"""The seven sums of B: rows 1 and 2 of the complete application are 36 months each, 2015-04 to 2021-03."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.checks import Verdict, check
from pipeline.packet import assemble, decide_together
from pipeline.settings import Rules
from pipeline.sheet import FieldValue
from tests.papers import application, read, stack

Written = dict[str, str]


def verdict(written: dict[str, Any], rules: Rules | None = None) -> Verdict:
    values: dict[str, FieldValue] = {}
    for name, value in {"rows[0].other_fields": "", "rows[1].other_fields": "", **written}.items():
        kind = "months" if name.startswith(("months_by_field", "total")) else "digits"
        values[name] = value if isinstance(value, FieldValue) else read(name, kind, value)
    (packet,) = assemble(stack(*application(changes={"b": values})), received=date(2026, 11, 10), same_paper=lambda _one, _two: False)[0]
    return check(decide_together(packet), rules or Rules())


def codes(written: dict[str, Any], rules: Rules | None = None) -> list[str]:
    return [f"{finding.code} {finding.field}" for finding in verdict(written, rules).findings]


OP_THEN_OP_AND_HR = {"rows[0].field": "4", "rows[1].field": "4", "rows[1].other_fields": "5"}
ALL_ROWS = {"rows[0].field": "1", "rows[0].other_fields": "45", "rows[1].field": "4"}
BAD = "months_by_field_mismatch months_by_field"
SHARED = Rules(months_of_several_fields="shared")


@pytest.mark.parametrize(
    ("rows", "sums", "said"),
    [
        (OP_THEN_OP_AND_HR, {3: "6年0ヶ月", 4: "3年0ヶ月"}, []),
        (OP_THEN_OP_AND_HR, {3: "5年10ヶ月"}, []),
        (OP_THEN_OP_AND_HR, {3: "5年9ヶ月"}, [f"{BAD}[3]"]),
        (OP_THEN_OP_AND_HR, {4: "3年1ヶ月"}, [f"{BAD}[4]"]),
        (OP_THEN_OP_AND_HR, {4: "0ヶ月"}, []),
        (OP_THEN_OP_AND_HR, {6: "1ヶ月"}, [f"{BAD}[6]"]),
        (ALL_ROWS, {0: "3年0ヶ月", 3: "6年0ヶ月", 4: "3年0ヶ月"}, []),
        (ALL_ROWS, {3: "3年0ヶ月"}, []),
        (ALL_ROWS, {3: "6年1ヶ月"}, [f"{BAD}[3]", "months_by_field_over_total months_by_field[3]"]),
        (ALL_ROWS, {3: ""}, []),
    ],
)
def test_a_sum_is_held_against_the_rows(rows: Written, sums: dict[int, str], said: list[str]) -> None:
    stated = {f"months_by_field[{number}]": months for number, months in sums.items()}
    assert codes({**rows, **stated}) == said


def test_rows_that_overlap_count_once_for_their_field() -> None:
    rows = {"rows[0].field": "4", "rows[1].field": "4", "total_months": "5年0ヶ月", "rows[1].months": ""}
    moved = {"rows[1].from": read("rows[1].from", "year_month", "2017年4月"), "rows[1].to": read("rows[1].to", "year_month", "2020年3月")}
    assert codes({**rows, **moved, "months_by_field[3]": "5年0ヶ月"}) == []
    assert codes({**rows, **moved, "months_by_field[3]": "6年0ヶ月"})[0] == f"{BAD}[3]"


@pytest.mark.parametrize(("months", "said"), [("4年6ヶ月", []), ("5年10ヶ月", [f"{BAD}[3]"]), ("2年9ヶ月", [f"{BAD}[3]"])])
def test_an_office_may_share_a_rows_months_among_its_fields(months: str, said: list[str]) -> None:
    rows = {"rows[0].field": "1", "rows[0].other_fields": "4", "rows[1].field": "4", "rows[1].other_fields": ""}
    assert codes({**rows, "months_by_field[3]": months}, SHARED) == said


def test_the_message_names_the_assumption_only_where_it_matters() -> None:
    (with_several,) = verdict({**OP_THEN_OP_AND_HR, "months_by_field[4]": "4年0ヶ月"}).findings
    assert "3年です" in with_several.message
    assert "仮の扱い" in with_several.message
    (alone,) = verdict({"rows[0].field": "4", "rows[1].field": "4", "months_by_field[3]": "5年0ヶ月"}).findings
    assert "分野4（オペレーション）の期間の記入は5年ですが、各行から数えると6年です" in alone.message
    assert "仮の扱い" not in alone.message
    assert alone.severity == "review"


@pytest.mark.parametrize("name", ["rows[0].field", "rows[1].other_fields", "rows[0].to", "months_by_field[3]"])
def test_nothing_is_said_of_sums_while_a_value_waits(name: str) -> None:
    doubt = replace(read(name, "digits", "4", 0.5), decision="review", reason="low_probability")
    said = codes({**OP_THEN_OP_AND_HR, "months_by_field[3]": "1年0ヶ月", name: doubt})
    assert not [each for each in said if each.startswith("months_by_field")]


def test_a_blank_number_is_taken_from_the_classifier_when_it_is_sure() -> None:
    sure = FieldValue("rows[1].classified", "field", "HR", "HR", None, 0.99, "accept", None, (), None)
    rows = {"rows[0].field": "4", "rows[1].field": "", "rows[1].classified": sure}
    assert codes({**rows, "months_by_field[4]": "3年0ヶ月"}) == []
    assert codes({**rows, "months_by_field[3]": "6年0ヶ月"}) == [f"{BAD}[3]"]


def test_more_months_in_a_field_than_in_all_is_said_whatever_the_rows_say() -> None:
    doubt = replace(read("rows[0].field", "digits", "4", 0.5), decision="review", reason="low_probability")
    said = codes({"rows[0].field": doubt, "rows[1].field": "4", "months_by_field[3]": "6年1ヶ月"})
    assert "months_by_field_over_total months_by_field[3]" in said
