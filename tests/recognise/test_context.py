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
]
KEPT = ["入口付近", "一カ月", "3カ月", "三ツ星", "株式会社ノート", "能力開発", "東京へ行く", "二人", "ティーチング", "一般社団法人"]


@pytest.mark.parametrize(("read", "written"), JAPANESE)
def test_neighbours_settle(read: str, written: str) -> None:
    assert settle_japanese(read) == written


@pytest.mark.parametrize("text", KEPT)
def test_what_is_right_stays(text: str) -> None:
    assert settle_japanese(text) == text


@given(st.text("コ一ーニ二カ力ッツァア口ロへヘ課第9-—株式)", max_size=8))
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
