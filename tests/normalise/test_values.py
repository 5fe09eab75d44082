"""Text by kind -> value or problem, as tables of what people and readers really write."""

from __future__ import annotations

import pytest

from pipeline.normalise import BLANK, NORMALISERS, PROBLEMS, Normalised, normalise

VALUES = [
    ("date", "令和6年4月1日", "2024-04-01"),
    ("date", "令和 元年 5月 1日", "2019-05-01"),
    ("date", "昭和64年1月7日", "1989-01-07"),
    ("date", "平成元年1月8日", "1989-01-08"),
    ("date", "㍻３１年４月３０日", "2019-04-30"),
    ("date", "R6.4.1", "2024-04-01"),
    ("date", "h12/3/31", "2000-03-31"),
    ("date", "昭63-12-1", "1988-12-01"),
    ("date", "2024年4月1日(月)", "2024-04-01"),
    ("date", "西暦1985年 4月 1日", "1985-04-01"),
    ("date", "2024-04-01", "2024-04-01"),
    ("date", "20240401", "2024-04-01"),
    ("date", "2024 4 1", "2024-04-01"),
    ("date", "2024年2月29日", "2024-02-29"),
    ("year_month", "平成27年4月", "2015-04"),
    ("year_month", "2015 04", "2015-04"),
    ("year_month", "平成31年4月", "2019-04"),
    ("year_month", "令和元年5月", "2019-05"),
    ("year_month", "昭和64年1月", "1989-01"),
    ("year_month", "現　在", "present"),
    ("year_month", "現在に至る", "present"),
    ("months", "5年2ヶ月", 62),
    ("months", "５年２か月", 62),
    ("months", "10年", 120),
    ("months", "8カ月", 8),
    ("months", "62ヶ月", 62),
    ("months", "62", 62),
    ("months", "5 2", 62),
    ("digits", "１２３-４５６７", "1234567"),
    ("number", "６５０点", 650),
    ("number", "1,234", 1234),
    ("number", "82%", 82),
    ("kana", "ｺﾝｹﾝ ﾀﾛｳ", "コンケン タロウ"),
    ("kana", "こんけん　たろう", "コンケン タロウ"),
    ("kana", "ｶﾞﾀﾔﾏ う゛ぃ", "ガタヤマ ヴィ"),
    ("kana", "サト－ ジョ一", "サトー ジョー"),
    ("kana", "夕カハシ カ力", "タカハシ カカ"),
    ("name", "髙橋　﨑子", "髙橋 﨑子"),
    ("name", "葛\U000e0100城 太郎", "葛城 太郎"),
    ("name", "⼭⽥ 花子", "山田 花子"),
    ("text", "㈱コンタクト　センター", "(株)コンタクト センター"),
    ("multiline", "応答率の\n管理と KPI\nreview", "応答率の管理と KPI review"),
    ("latin", "ＹＡＭＡＤＡ  Taro", "YAMADA Taro"),
    ("phone", "06-0516-0518", "0605160518"),
    ("phone", "(06)0516-0518", "0605160518"),
    ("phone", "060-5160-5181", "06051605181"),
    ("phone", "０３（１２３４）５６７８", "0312345678"),
    ("phone", "090-1234-5678", "09012345678"),
    ("phone", "+81 3-1234-5678", "0312345678"),
    ("phone", "TEL: 0120-123-456", "0120123456"),
    ("phone", "0800-123-4567", "08001234567"),
    ("phone", "03-1234-5678 内線 12", "0312345678"),
    ("email", "Taro.Conken＠EXAMPLE.co.jp", "Taro.Conken@example.co.jp"),
]

PROBLEM_TEXTS = [
    ("date", "平成31年5月2日", "date_outside_era"),
    ("date", "令和元年4月30日", "date_outside_era"),
    ("date", "昭和64年1月8日", "date_outside_era"),
    ("date", "平成元年1月7日", "date_outside_era"),
    ("date", "令和2024年4月1日", "date_outside_era"),
    ("date", "2023年2月29日", "date_impossible"),
    ("date", "令和6年13月1日", "date_impossible"),
    ("date", "2024年4月0日", "date_impossible"),
    ("date", "20240400", "date_impossible"),
    ("date", "6年4月1日", "era_missing"),
    ("date", "令和6年4月", "not_a_date"),
    ("year_month", "平成31年5月", "date_outside_era"),
    ("year_month", "27年4月", "era_missing"),
    ("year_month", "2015年", "not_a_year_month"),
    ("months", "5年14ヶ月", "not_a_duration"),
    ("months", "約五年", "not_a_duration"),
    ("digits", "12a4", "not_digits"),
    ("number", "82.5", "not_a_number"),
    ("kana", "山田 タロウ", "not_kana"),
    ("name", "山田 1郎", "not_a_name"),
    ("latin", "山田", "not_latin"),
    ("phone", "090-1234-567", "phone_length"),
    ("phone", "060-1234-567", "phone_length"),
    ("phone", "0605160518", "phone_length"),
    ("phone", "03-1234-56789", "phone_length"),
    ("phone", "1234-5678", "phone_prefix"),
    ("phone", "不明", "not_a_phone"),
    ("email", "taro@example", "email_syntax"),
    ("email", "taro..x@example.jp", "email_syntax"),
]


@pytest.mark.parametrize(("kind", "written", "value"), VALUES)
def test_value(kind: str, written: str, value: str | int) -> None:
    assert normalise(kind, written) == Normalised(value, None)


@pytest.mark.parametrize(("kind", "written", "name"), PROBLEM_TEXTS)
def test_problem(kind: str, written: str, name: str) -> None:
    assert normalise(kind, written) == Normalised(None, name)
    assert name in PROBLEMS


@pytest.mark.parametrize("kind", NORMALISERS)
@pytest.mark.parametrize("written", ["", "  ", "\n　\u200b"])
def test_blank_text_has_neither_value_nor_problem(kind: str, written: str) -> None:
    assert normalise(kind, written) == BLANK


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("pass_number", "2024100123", Normalised("2024100123", None)),
        ("pass_number", "202410012", Normalised(None, "wrong_length")),
        ("postal_code", "〒123－4567", Normalised("1234567", None)),
        ("certifier_postal_code", "123-456", Normalised(None, "wrong_length")),
        ("sheet_no", "2", Normalised("2", None)),
    ],
)
def test_digits_of_a_known_field_have_a_fixed_length(field: str, written: str, expected: Normalised) -> None:
    assert normalise("digits", written, field=field) == expected


def test_payer_name_takes_digits_and_a_company_mark() -> None:
    assert normalise("kana", "0123ｺﾝｹﾝﾀﾛｳ", field="transfer_name_kana") == Normalised("0123コンケンタロウ", None)
    assert normalise("kana", "0123ｺﾝｹﾝﾀﾛｳ", field="name_kana").problem == "not_kana"


@pytest.mark.parametrize("kind", ["marks", "choice", "signature", "seal", "nonsense"])
def test_what_is_no_text_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="no text"):
        normalise(kind, "x")
