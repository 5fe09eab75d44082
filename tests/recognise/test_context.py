"""Characters that their neighbours decide."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recognise import Candidate
from pipeline.recognise.context import settle_email, settle_japanese, settle_kana, settled

JAPANESE = [
    ("コ一ポ桜203号室", "コーポ桜203号室"),
    ("第ーフ-ズ協会", "第一フーズ協会"),
    ("王子9—17ー13", "王子9-17-13"),
    ("スキ儿評価", "スキル評価"),
    ("オペレーションニ課", "オペレーション二課"),
    ("力スタマー", "カスタマー"),
    ("へルプデスク", "ヘルプデスク"),
    ("新宿第ニビル", "新宿第二ビル"),
    ("ハイッ1階", "ハイツ1階"),
    ("ファィナンス", "ファイナンス"),
    ("(株ABCリース", "㈱ABCリース"),
    ("丸和カスタマー(株)", "丸和カスタマー㈱"),
    ("中央4J目2-1", "中央4丁目2-1"),
    ("中央10]目", "中央10丁目"),
    ("ー般社団法人テレコム協議会", "一般社団法人テレコム協議会"),
    ("経理-般", "経理一般"),
]
KEPT = ["入口付近", "一カ月", "3カ月", "三ツ星", "株式会社ノート", "能力開発", "東京へ行く", "二人", "ティーチング", "一般社団法人"]
KEPT += ["J目", "4Jビル"]


@pytest.mark.parametrize(("read", "written"), JAPANESE)
def test_neighbours_settle(read: str, written: str) -> None:
    assert settle_japanese(read) == written


@pytest.mark.parametrize("text", KEPT)
def test_what_is_right_stays(text: str) -> None:
    assert settle_japanese(text) == text


@given(st.text("コ一ーニ二カ力ッツァア口ロへヘ課第9-—株式)J]目丁", max_size=8))
def test_settling_twice_changes_nothing(text: str) -> None:
    once = settle_japanese(text)
    assert settle_japanese(once) == once


def test_kana_and_email() -> None:
    assert settle_kana("サッ") == "サツ" and settle_kana("ャマダ") == "ヤマダ" and settle_kana("キョウ") == "キョウ"
    assert settle_email("sugaWara@example.com") == "sugawara@example.com"
    assert settle_email("OMP.Taro@example.com") == "OMP.Taro@example.com"


def test_texts_that_become_one_are_added_up() -> None:
    read = [Candidate("コ一ポ", math.log(0.5)), Candidate("コーポ", math.log(0.3)), Candidate("コープ", math.log(0.1))]
    found = settled(read, "japanese")
    assert found[0].text == "コーポ"
    assert math.exp(found[0].log_prob) == pytest.approx(0.8)


@pytest.mark.parametrize(("dotted", "bare"), [(0.98, 0.0), (0.7, 0.28), (0.5, 0.48)])
def test_a_full_stop_behind_kana_may_be_a_speck_and_is_never_sure(dotted: float, bare: float) -> None:
    read = [Candidate("リーダー.", math.log(dotted)), *([Candidate("リーダー", math.log(bare))] if bare else [])]
    first, second = settled(read, "japanese")
    assert (first.text, second.text) == ("リーダー", "リーダー.")
    assert math.exp(first.log_prob) == pytest.approx((dotted + bare) / 2) == pytest.approx(math.exp(second.log_prob))


@pytest.mark.parametrize("text", ["ABC Inc.", "リーダー", "3.5", "リーダー。"])
def test_other_ends_are_left_alone(text: str) -> None:
    assert settled([Candidate(text, -0.1)], "japanese") == (Candidate(text, -0.1),)


def test_a_dot_that_is_not_believed_takes_nothing_from_the_text_without_it() -> None:
    read = (Candidate("リーダー", math.log(0.9)), Candidate("リーダー.", math.log(0.05)))
    assert [candidate.log_prob for candidate in settled(read, "japanese")] == pytest.approx([math.log(0.9), math.log(0.05)])
