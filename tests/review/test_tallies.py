"""Months per field against the sheet, with the difference in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.checks.facts import Facts
from pipeline.checks.rows import rows
from pipeline.packet import Packet
from pipeline.review.tallies import Tallies, tallies
from pipeline.settings import Rules
from pipeline.sheet import FieldValue
from tests.papers import paper, read, stack, unsure

SUMS = {"months_by_field[3]": "months", "months_by_field[4]": "months", "rows[1].field": "digits", "rows[1].other_fields": "digits"}


def of(changes: dict[str, Any], rules: Rules | None = None) -> Tallies:
    """Sums of a sheet B: row 1 is field 4 over 36 months, row 2 is 36 months, what else stands there is in `changes`."""
    made = {name: read(name, SUMS[name], value) if name in SUMS and isinstance(value, str) else value for name, value in changes.items()}
    blank = {"rows[0].other_fields": read("rows[0].other_fields", "digits", "")}
    facts = Facts(Packet("k-1", date(2026, 11, 10), None, None, tuple(stack(paper("b", 2, {**blank, **made}))), ()), rules or Rules())
    return tallies(facts, [(f"{number + 1}行目", row) for number, row in enumerate(rows(facts))])


def shown(sums: Tallies, field: str) -> tuple[str, tuple[str, ...], list[tuple[str, str, str]]]:
    tally = next(each for each in (*sums.fields, sums.total) if each.field == field)
    return tally.months, tally.rows, [(each.text, each.difference, each.look) for each in tally.written]


BOTH = {"rows[1].field": "5", "rows[1].other_fields": "4"}


@pytest.mark.parametrize(
    ("written", "difference"),
    [
        ("6年0ヶ月", ("6年", "一致", "same")),
        ("3年0ヶ月", ("3年", "記入が3年少ない（認められる数え方の範囲内）", "near")),
        ("5年11ヶ月", ("5年11か月", "記入が1か月少ない（認められる数え方の範囲内）", "near")),
        ("6年1ヶ月", ("6年1か月", "記入が1か月多い", "off")),
        ("2年0ヶ月", ("2年", "記入が4年少ない", "off")),
        ("", ("空欄", "記入なし", "near")),
    ],
)
def test_a_difference_is_said_and_a_fault_only_where_the_rules_see_one(written: str, difference: tuple[str, str, str]) -> None:
    sums = of({**BOTH, "months_by_field[3]": written})
    assert shown(sums, "OP") == ("6年", ("1行目", "2行目"), [difference])
    assert ("どの分野にも全期間" in sums.assumed, any("分野4" in line for line in sums.sentences)) == (True, difference[2] == "off")


def test_a_row_of_two_fields_is_shared_where_the_office_says_so() -> None:
    sums = of({**BOTH, "months_by_field[4]": "1年6ヶ月"}, Rules(months_of_several_fields="shared"))
    assert shown(sums, "HR") == ("1年6か月", ("2行目",), [("1年6か月", "一致", "same")])
    assert "等分" in sums.assumed


def test_overlaps_are_counted_once_in_the_total() -> None:
    sums = of({"rows[1].from": "2017年4月", **BOTH})
    assert shown(sums, "") == ("6年", ("1行目", "2行目"), [("6年", "一致", "same")])
    assert of(BOTH).assumed
    assert not of({"rows[1].field": "5", "rows[1].other_fields": ""}).assumed


def test_rows_that_are_not_counted_are_named_with_the_reason() -> None:
    waiting = unsure("rows[1].to", "year_month", ("2021年3月", 0.6), ("2024年3月", 0.4))
    assert of({**BOTH, "rows[1].to": waiting}).left_out == ("2行目: 期間が確定していないため、合計にも分野にも数えていません。",)
    assert of({**BOTH, "rows[1].to": "2017年3月"}).left_out == ("2行目: 期間が逆のため、合計にも分野にも数えていません。",)
    open_field = of({"rows[1].field": "", "months_by_field[3]": "3年0ヶ月"})
    assert open_field.left_out == ("2行目: 分野が確定していないため、合計にだけ数えています。",)
    assert shown(open_field, "OP") == ("3年", ("1行目",), [("3年", "一致", "same")])
    none = FieldValue("rows[1].classified", "field", "NONE", "NONE", None, 0.99, "accept", None, (("NONE", -0.01),), None)
    assert of({"rows[1].field": "", none.name: none}).left_out == ("2行目: 7分野のどれにも当たらないため、合計にだけ数えています。",)


def test_a_sum_that_waits_or_rests_on_rows_that_wait_is_no_fault() -> None:
    waiting = replace(unsure("months_by_field[3]", "months", ("9年0ヶ月", 0.6)), confidence=0.6)
    assert shown(of({**BOTH, waiting.name: waiting}), "OP")[2] == [("9年0ヶ月", "読み取りの確認待ち", "open")]
    assert shown(of({"rows[1].field": "", "months_by_field[3]": "4年0ヶ月"}), "OP")[2] == [
        ("4年", "記入が1年多い（数えていない行あり）", "open")
    ]
