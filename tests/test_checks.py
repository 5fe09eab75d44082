"""The office's rules: a complete application, and one change at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import RULES, Verdict, check
from pipeline.checks.certificate import last_valid_day
from pipeline.findings import Finding
from pipeline.packet import Packet, assemble, decide_together
from pipeline.settings import Rules
from pipeline.sheet import FieldValue
from tests.papers import COMPLETE, application, foreign, of_person, paper, read, stack, unsure

ARRIVED = date(2026, 11, 10)
RULE_SET = Rules()
PROVABLE = {
    *(f"sheet_missing_{kind}" for kind in ("a", "b", "c", "d", "certificate")),
    "certificate_expired", "oath_unsigned", "oath_not_agreed", "application_unsigned", "experience_too_short", "pass_number_mismatch",
    "name_mismatch", "exam_mismatch", "period_reversed", "total_months_mismatch", "period_not_covered", "certifier_is_applicant",
    "certificate_not_passed",
}  # fmt: skip
"""The only codes that may make a packet deficient."""


def verdict(changes: dict[str, dict[str, Any]], *, rules: Rules = RULE_SET, received: date = ARRIVED) -> Verdict:
    (packet,) = assemble(stack(*application(changes=changes)), received=received, same_paper=lambda _one, _two: False)[0]
    return check(decide_together(packet), rules)


def said(answer: Verdict) -> list[tuple[str, str]]:
    return sorted((finding.code, finding.severity) for finding in answer.findings)


def test_complete_application_is_complete() -> None:
    assert verdict({}) == Verdict("complete", ())


FAILS: list[tuple[str, dict[str, dict[str, Any]], str]] = [
    (
        "certificate_expired",
        {"certificate": {"issue_date": "2023年11月10日"}, "a": {"certificate_issue_date": "2023年11月10日"}},
        "有効期限（2026年11月9日）を過ぎています。発行日 2023年11月10日、到着日 2026年11月10日。",
    ),
    ("certificate_not_passed", {"certificate": {"result": "不合格"}}, "不合格"),
    ("certificate_not_passed", {"certificate": {"score": "499"}}, "499点"),
    ("certificate_not_passed", {"certificate": {"written_percent": "77"}}, "77%"),
    ("oath_unsigned", {"d": {"signature": False}}, "署名"),
    ("oath_unsigned", {"d": {"signature": ""}}, "署名"),
    ("oath_not_agreed", {"d": {"agreed": []}}, "同意"),
    ("application_unsigned", {"a": {"signature": False}}, "署名"),
    ("pass_number_mismatch", {"certificate": {"pass_number": "2024100128"}}, "合格証明書: 2024100128"),
    ("name_mismatch", {"certificate": {"name": "鈴木 花子"}}, "鈴木 花子"),
    ("exam_mismatch", {"a": {"qualification": ["CAP"]}}, "CAP"),
    ("certifier_is_applicant", {"c": {"certifier_name": "高橋花子"}}, "本人"),
    ("period_reversed", {"b": {"rows[2].from": "2026年3月", "rows[2].to": "2026年1月"}}, "3行目"),
    ("total_months_mismatch", {"b": {"total_months": "7年0ヶ月"}}, "7年ですが、各行の期間から数えると6年です"),
    ("total_months_mismatch", {"b": {"total_months": "5年9ヶ月"}}, "5年9か月"),
    ("period_not_covered", {"c": {"period_from": "2015年5月"}}, "1行目"),
    ("period_not_covered", {"c": {"period_to": "2021年2月"}}, "2行目"),
    ("sheet_missing_b", {"b": {"sheet_count": "2"}}, "2枚組"),
    (
        "experience_too_short",
        {"b": {"rows[1].from": "2018年4月", "rows[1].to": "2020年2月", "rows[1].months": "", "total_months": "59"}},
        "59か月で、必要な60か月に1か月足りません",
    ),
]


@pytest.mark.parametrize(("code", "changes", "words"), FAILS)
def test_proven_fault_makes_the_packet_deficient(code: str, changes: dict[str, dict[str, Any]], words: str) -> None:
    answer = verdict(changes)
    assert said(answer) == [(code, "error")]
    assert answer.name == "deficient"
    assert words in answer.findings[0].message
    assert code in PROVABLE


LOOKS: list[tuple[str, dict[str, dict[str, Any]]]] = [
    ("issue_date_mismatch", {"a": {"certificate_issue_date": "2024年4月2日"}}),
    ("name_mismatch", {"c": {"applicant_name": "高橋 花"}}),
    ("row_months_mismatch", {"b": {"rows[0].months": "3年1ヶ月"}}),
    (
        "period_after_application",
        {"b": {"rows[2].from": "2026年9月", "rows[2].to": "2026年12月", "total_months": "76"}, "c": {"period_to": "2026年12月"}},
    ),
    ("postal_mismatch", {"a": {"address": "大阪府大阪市北区梅田1-1"}}),
    ("postal_mismatch", {"c": {"certifier_postal_code": "1600022", "certifier_address": "大阪府大阪市北区梅田1-1"}}),
    ("birth_date_implausible", {"a": {"birth_date": "平成31年4月1日"}}),
    ("field_disagrees", {"b": {"rows[0].classified": "HR"}}),
    ("date_after_arrival", {"b": {"created_date": "2026年11月12日"}}),
    ("date_after_arrival", {"d": {"oath_date": "2027年11月1日"}}),
    ("date_after_arrival", {"c": {"certified_date": "2028年1月1日"}}),
    ("certificate_not_passed", {"certificate": {"result": "否"}}),
    ("field_disagrees", {"b": {"rows[0].classified": "NONE", "rows[0].other_fields": "25"}}),
]


@pytest.mark.parametrize(("code", "changes"), LOOKS)
def test_what_looks_odd_is_for_a_person(code: str, changes: dict[str, dict[str, Any]]) -> None:
    answer = verdict(changes)
    assert said(answer) == [(code, "review")]
    assert answer.name == "undecided"


HOLDS: list[dict[str, dict[str, Any]]] = [
    {"certificate": {"issue_date": "2023年11月11日"}, "a": {"certificate_issue_date": "2023年11月11日"}},
    {"certificate": {"name": "田中 花子"}, "a": {"former_name": "田中"}},
    {"certificate": {"name": "田中 花子"}, "a": {"former_name": "（旧姓）田中 花子"}},
    {"certificate": {"exam": "オペレーション・マネジメント（OMP）"}},
    {"b": {"total_months": "71"}},
    {"b": {"total_months": "70"}},
    {"b": {"rows[2].from": "2021年1月", "rows[2].to": "現在", "rows[2].months": "5年10ヶ月", "total_months": "11年7ヶ月"}},
    {"b": {"rows[0].classified": "OP"}},
    {"b": {"rows[0].classified": "HR", "rows[0].other_fields": "25"}},
    {"certificate": {"result": "", "written_percent": ""}},
    {"b": {"created_date": "2026年11月11日"}, "d": {"oath_date": "2026年11月11日"}},
    {"b": {"rows[1].from": "2017年4月", "rows[1].to": "2020年3月", "total_months": "60", "rows[1].months": "36"}},
]


@pytest.mark.parametrize("changes", HOLDS)
def test_what_is_in_order_stays_complete(changes: dict[str, dict[str, Any]]) -> None:
    assert verdict(changes) == Verdict("complete", ())


def _doubted(kind: str, name: str) -> FieldValue:
    field_kind, written = COMPLETE[kind][name]
    return replace(read(name, field_kind, written, 0.5), decision="review", reason="low_probability")


def test_a_certificate_dated_ahead_does_not_stay_valid_unasked() -> None:
    answer = verdict({"certificate": {"issue_date": "2034年4月1日"}, "a": {"certificate_issue_date": "2034年4月1日"}})
    assert said(answer) == [("date_after_arrival", "review"), ("date_after_arrival", "review")]
    assert "合格証明書の発行日（2034年4月1日）が到着日（2026年11月10日）より後です。" in {finding.message for finding in answer.findings}


UNTIL_NOW = {"rows[2].from": "2021年1月", "rows[2].to": "現在", "rows[2].months": "5年10ヶ月"}


@pytest.mark.parametrize("months", ["11年7ヶ月", "11年5ヶ月"])
def test_until_now_proves_nothing_while_the_day_of_the_sheet_is_in_doubt(months: str) -> None:
    """現在 is the day the sheet was made; the day of arrival in its place would make a right total wrong, or a wrong one right."""
    doubt = replace(read("created_date", "date", "2026年8月20日", 0.5), decision="review", reason="low_probability")
    answer = verdict({"b": {**UNTIL_NOW, "total_months": months, "rows[2].months": "", "created_date": doubt}})
    assert answer.name == "undecided"
    assert {(finding.code, finding.field) for finding in answer.findings} == {("rule_undecided", "created_date")}


@pytest.mark.parametrize("months", ["11年7ヶ月", "11年5ヶ月", "12年0ヶ月"])
def test_until_now_on_a_sheet_without_a_day_is_nobodys_month(months: str) -> None:
    """Neither the day of application nor that of arrival: the sheet may have been written a year before."""
    answer = verdict({"b": {**UNTIL_NOW, "total_months": months, "rows[2].months": "", "created_date": ""}})
    assert answer.name == "undecided"
    assert {(finding.code, finding.field) for finding in answer.findings} == {("rule_undecided", "created_date")}
    assert "作成日に記入がない" in answer.findings[0].message


def test_a_day_of_its_own_is_not_asked_for_where_nothing_hangs_on_it() -> None:
    assert verdict({"b": {"created_date": ""}}) == Verdict("complete", ())


def test_certified_until_now_without_a_day_waits_for_it() -> None:
    answer = verdict({"c": {"certified_date": ""}})
    assert (answer.name, {finding.field for finding in answer.findings}) == ("undecided", {"certified_date"})


def test_certified_until_now_waits_for_the_day_of_the_sheet() -> None:
    doubt = replace(read("certified_date", "date", "2016年8月20日", 0.5), decision="review", reason="low_probability")
    answer = verdict({"c": {"certified_date": doubt}})
    assert (answer.name, {finding.field for finding in answer.findings}) == ("undecided", {"certified_date"})


def test_a_second_sheet_with_its_own_total_may_come_in_a_file_of_its_own() -> None:
    """Both are page 2 of their file: rows are told apart by their sheet, not by the page's number."""
    first = stack(*application(changes={"b": {"sheet_count": "2", "total_months": "6年0ヶ月"}}))
    rows = {"rows[0].from": "2021年4月", "rows[0].to": "2023年3月", "rows[0].months": "2年0ヶ月", "rows[1].from": "", "rows[1].to": ""}
    more = {**rows, "rows[1].months": "", "rows[1].employer": "", "sheet_no": "2", "sheet_count": "2", "total_months": "2年0ヶ月"}
    second = stack(paper("b", 2, more, fingerprint="e" * 16), scan="6d" * 32)
    days = {first[0].scan: ARRIVED, second[0].scan: ARRIVED}
    packets, _ = assemble([*first, *second], received=days, same_paper=lambda _one, _two: False)
    (packet,) = packets
    codes = {finding.code for finding in check(decide_together(packet), RULE_SET).findings}
    assert "total_months_mismatch" not in codes


NEEDED = [
    ("certificate", "issue_date"), ("certificate", "pass_number"), ("certificate", "exam"), ("a", "name"), ("a", "qualification"),
    ("a", "signature"), ("d", "signature"), ("d", "agreed"), ("b", "rows[1].to"), ("b", "total_months"), ("c", "period_from"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), NEEDED)
def test_value_in_review_leaves_the_rule_undecided(kind: str, name: str) -> None:
    """Not even a fault that the doubted value shows is proven by it."""
    for value in (_doubted(kind, name), replace(_doubted(kind, name), value=None, raw="？？", candidates=())):
        answer = verdict({kind: {name: value}})
        assert answer.name == "undecided"
        assert {finding.code for finding in answer.findings} == {"rule_undecided"}
        assert name in {finding.field for finding in answer.findings}


TYPED = [
    ("certificate", "issue_date", "2024/04/01"), ("certificate", "issue_date", "2024-4-1"), ("certificate", "issue_date", "2024-04"),
    ("b", "rows[1].to", "2021/03"), ("c", "period_to", "今"),
    ("b", "total_months", "6年"), ("b", "total_months", "--72"), ("b", "created_date", "10月20日です"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "value"), TYPED)
def test_what_a_person_typed_and_no_rule_can_reckon_with_is_asked_again(kind: str, name: str, value: str) -> None:
    """It neither ends the batch nor lets the rule pass unasked."""
    typed = replace(read(name, COMPLETE[kind][name][0], COMPLETE[kind][name][1]), raw=value, value=value)
    answer = verdict({kind: {name: typed, **(UNTIL_NOW if name == "created_date" else {})}})
    assert answer.name == "undecided"
    assert name in {finding.field for finding in answer.findings}


@pytest.mark.parametrize(
    ("seems", "name"),
    [("架空 次郎", "complete"), ("架橋 次郎", "complete"), ("高橋 次郎", "undecided"), ("高橋 花子", "undecided"), ("", "undecided")],
)
def test_certifier_hard_to_read_is_somebody_else_when_nothing_looks_like_the_applicant(seems: str, name: str) -> None:
    doubt = FieldValue("certifier_name", "name", seems, seems or None, None, 0.5, "review", "low_probability", (), None)
    assert verdict({"c": {"certifier_name": doubt}}).name == name


def test_which_variant_is_written_does_not_matter_to_the_comparison() -> None:
    def variant(name: str, written: str) -> FieldValue:
        return replace(read(name, "name", written, 0.7), decision="review", reason="variant_kanji")

    every = {"a": "name", "b": "name", "c": "applicant_name", "certificate": "name"}
    assert verdict({kind: {name: variant(name, "高橋 花子")} for kind, name in every.items()}).name == "complete"
    assert verdict({"certificate": {"name": variant("name", "高橋 花子")}}).name == "complete"
    assert verdict({"certificate": {"name": variant("name", "高田 花子")}}).name == "undecided"


@given(st.data())
def test_doubt_never_proves_a_fault(data: st.DataObject) -> None:
    """Turning any fields of a faultless application into doubtful ones, with whatever values, never makes it deficient."""
    places = [(kind, name) for kind, fields in COMPLETE.items() for name in fields if name != "pass_number"]
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=6, unique=True))
    changes: dict[str, dict[str, Any]] = {}
    for kind, name in chosen:
        value = data.draw(st.sampled_from([None, "1999-01-01", "2040-01", 3, False, "別人"]))
        raw = "" if value is None else str(value)
        doubt = FieldValue(name, COMPLETE[kind][name][0], raw, value, None, 0.5, "review", "low_probability", (), None)
        changes.setdefault(kind, {})[name] = doubt
    assert verdict(changes).name in ("complete", "undecided")


def test_known_faults_outweigh_what_waits() -> None:
    answer = verdict({"d": {"signature": False}, "a": {"name": _doubted("a", "name")}})
    assert answer.name == "deficient"
    assert ("rule_undecided", "review") in said(answer)


def test_enough_known_months_need_no_further_row() -> None:
    row = unsure("rows[2].from", "year_month", ("2022年1月", 0.4))
    answer = verdict({"b": {"rows[2].from": row, "rows[2].to": "2022年3月"}})
    assert not any("合計月数を" in finding.message for finding in answer.findings if "業務経験" in finding.message)


@pytest.mark.parametrize("kind", ["a", "b", "c", "d", "certificate"])
def test_missing_sheet_is_proven_only_without_a_side_in_doubt(kind: str) -> None:
    rest = [sheet for sheet in application() if sheet.sheet != kind]
    blank, unknown, cover = foreign(9, "page_blank"), foreign(9), foreign(9, "cover_unreadable")
    proven, open_ = ("error", "deficient"), ("review", "undecided")
    for extra, (severity, name) in (((), proven), ((unknown,), open_), ((cover,), open_), ((blank,), proven)):
        (packet,) = assemble(stack(*rest, *extra), received=ARRIVED, same_paper=lambda _one, _two: False)[0]
        answer = check(packet, RULE_SET)
        assert said(answer) == [(f"sheet_missing_{kind}", severity)]
        assert answer.name == name


@pytest.mark.parametrize("code", ["cover_missing", "envelopes_differ"])
def test_missing_sheet_is_not_proven_where_the_envelopes_are_in_doubt(code: str) -> None:
    (packet,) = assemble(stack(*application()[:4]), received=ARRIVED, same_paper=lambda _one, _two: False)[0]
    answer = check(replace(packet, findings=(Finding(code, "review", "封筒を確認してください。"),)), RULE_SET)
    assert check(packet, RULE_SET).name == "deficient"
    assert answer.name == "undecided"


def test_two_different_applications_prove_nothing_by_themselves() -> None:
    sheets = [*application(), paper("a", 6, {"signature": False})]
    (packet,) = assemble(stack(*sheets), received=ARRIVED, same_paper=lambda _one, _two: False)[0]
    assert check(packet, RULE_SET).name == "undecided"


def test_continuation_sheet_counts_and_its_total_is_of_all() -> None:
    second = {"sheet_no": "2", "sheet_count": "2", "rows[0].from": "2022年1月", "rows[0].to": "2022年12月", "rows[0].months": "12"}
    empty = {f"rows[1].{name}": "" for name in ("from", "to", "months", "employer")}
    sheets = application(changes={"b": {"sheet_count": "2", "total_months": "7年0ヶ月"}})
    extra = paper("b", 6, second | empty | {"total_months": "7年0ヶ月"})
    (packet,) = assemble(stack(*sheets, extra), received=ARRIVED, same_paper=lambda _one, _two: False)[0]
    assert check(packet, RULE_SET) == Verdict("complete", ())


def test_a_number_of_sheets_that_waits_proves_neither_that_all_are_there_nor_that_the_time_is_short() -> None:
    unclear = unsure("sheet_count", "number", ("1", 0.6), ("2", 0.4))
    assert verdict({"b": {"sheet_count": unclear}}).name == "undecided"
    short = verdict({"b": {"sheet_count": unclear, "rows[1].to": "2018年4月", "total_months": "3年1ヶ月", "rows[1].months": "1"}})
    assert "experience_too_short" not in {code for code, _ in said(short)}


def test_office_may_hold_the_certificate_against_the_application_date() -> None:
    changes = {"certificate": {"issue_date": "2023年11月5日"}, "a": {"certificate_issue_date": "2023年11月5日"}}
    assert verdict(changes).name == "deficient"
    by_application = Rules(certificate_held_against="application_date")
    assert verdict(changes, rules=by_application).name == "complete"


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2023, 4, 1), date(2026, 3, 31)),
        (date(2023, 1, 1), date(2025, 12, 31)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2021, 3, 1), date(2024, 2, 29)),
    ],
)
def test_last_valid_day(issued: date, last: date) -> None:
    assert last_valid_day(issued, 3) == last


def test_rules_do_not_depend_on_the_order_of_pages() -> None:
    sheets = application(changes={"d": {"signature": False}})
    for order in permutations(sheets):
        (packet,) = assemble(stack(*order), received=ARRIVED, same_paper=lambda _one, _two: False)[0]
        assert said(check(packet, RULE_SET)) == [("oath_unsigned", "error")]


def test_only_proven_codes_are_errors_in_an_empty_packet() -> None:
    packet = Packet("0" * 16 + "-1", ARRIVED, None, None, (), ())
    answer = check(packet, RULE_SET)
    assert {finding.code for finding in answer.findings} <= PROVABLE
    assert len(RULES) == len(set(RULES))
    assert len(of_person("2024100124", "鈴木 一郎")) == len(answer.findings)
