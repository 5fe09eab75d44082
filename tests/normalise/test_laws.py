"""Laws of normalising, over generated texts, and the comparison of names and addresses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import NORMALISERS, fold, fold_for_comparison, has_known_variant, may_be_variant, normalise, postal_matches
from pipeline.normalise.dates import ERA_STARTS
from pipeline.normalise.text import COMMON_FORM, VARIANT_GROUPS

TYPICAL = "0123456789元年月日令和平成現在ヶか ー-./()@aZｶﾞ゛ぱ髙﨑㈱㍻①〒\n\u3000\ufe00\U000e0101+内線,株"
WRITTEN = st.text(alphabet=st.sampled_from(TYPICAL) | st.characters())
FIELDS = st.sampled_from(["", "pass_number", "postal_code", "transfer_name_kana", "rows[0].duties"])


@given(st.sampled_from(sorted(NORMALISERS)), WRITTEN, FIELDS)
def test_normalising_a_value_again_changes_nothing(kind: str, written: str, field: str) -> None:
    once = normalise(kind, written, field=field)
    assert once.value is None or once.problem is None
    if once.value is not None:
        assert normalise(kind, str(once.value), field=field) == once


@given(WRITTEN)
def test_folding_twice_changes_nothing(written: str) -> None:
    assert fold(fold(written)) == fold(written)
    assert fold_for_comparison(fold_for_comparison(written)) == fold_for_comparison(written)


@given(st.dates(date(1868, 1, 25), date(2100, 12, 31)))
def test_every_day_has_exactly_one_era(day: date) -> None:
    """A day written in any era either comes back as itself or is refused; exactly one era takes it."""
    taken = []
    for name, letter, start in ERA_STARTS:
        if day.year < start.year:
            continue
        year = day.year - start.year + 1
        for era in (name, letter):
            result = normalise("date", f"{era}{year}年{day.month}月{day.day}日")
            assert result.value == day.isoformat() or result.problem == "date_outside_era"
        if result.value is not None:
            taken.append(name)
    assert len(taken) == 1


@given(st.integers(0, 80), st.integers(0, 11))
def test_a_duration_counts_in_months(years: int, months: int) -> None:
    assert normalise("months", f"{years}年{months}ヶ月").value == 12 * years + months


def test_variant_groups_do_not_overlap() -> None:
    members = [mark for group in VARIANT_GROUPS for mark in group]
    assert len(members) == len(set(members))
    assert not set(map(ord, (group[0] for group in VARIANT_GROUPS))) & set(COMMON_FORM)
    assert all(fold(mark) == mark for mark in members), "NFKC already folds it"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("髙橋 花子", "高橋花子", True),
        ("渡邉　一郎", "渡邊一郎", True),
        ("齋藤", "斉藤", True),
        ("山﨑", "山崎", True),
        ("山﨑", "山埼", False),
        ("𠮷田", "吉田", True),
        ("佐藤", "加藤", False),
        ("サトー", "サト-", True),
    ],
)
def test_comparison_folds_variants_only(left: str, right: str, *, same: bool) -> None:
    assert (fold_for_comparison(left) == fold_for_comparison(right)) is same


@pytest.mark.parametrize(("name", "known"), [("髙橋", True), ("高橋", False), ("葛\U000e0100城", False), ("渡邊", True)])
def test_known_variants(name: str, *, known: bool) -> None:
    assert has_known_variant(name) is known


@pytest.mark.parametrize(("name", "open_"), [("髙橋", True), ("高橋", True), ("佐藤", False)])
def test_names_whose_writing_may_be_another_form(name: str, *, open_: bool) -> None:
    assert may_be_variant(name) is open_


@pytest.mark.parametrize(
    ("code", "address", "expected"),
    [
        ("1600022", "東京都新宿区新宿3-1-1", True),
        ("1600022", "新宿区新宿三丁目1番1号", True),
        ("1600022", "東京都新宿区西早稲田1-1", False),
        ("1600022", "大阪府大阪市北区梅田1-1", False),
        ("2550003", "神奈川県大磯町大磯1-1", True),  # 中郡 left out
        ("9999999", "東京都新宿区新宿3-1-1", None),
        ("1600022", "", None),
        ("6048151", "京都府京都市中京区蛸薬師通烏丸西入橋弁慶町227", True),
    ],
)
def test_postal_code_and_address(code: str, address: str, *, expected: bool | None) -> None:
    assert postal_matches(code, address) is expected
