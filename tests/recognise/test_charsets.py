"""What a field may hold."""

from __future__ import annotations

import pytest

from pipeline.recognise import charsets
from pipeline.recognise.charsets import CHARSETS, characters, every_character, folds, kanji


@pytest.mark.parametrize("char", "一亜腕弌熙髙﨑濵德塚神栁桒𠮷剝塡")
def test_kanji_of_offices_are_there(char: str) -> None:
    assert char in kanji()


@pytest.mark.parametrize("char", "们这说电车东书长门发녕ไ")
def test_characters_of_other_languages_are_not(char: str) -> None:
    assert char not in every_character()


def test_sizes_are_what_the_standards_say() -> None:
    level_1_and_2 = 6355  # JIS X 0208
    assert level_1_and_2 <= len(kanji()) <= level_1_and_2 + 500


@pytest.mark.parametrize("name", CHARSETS)
def test_every_character_comes_once_and_no_fold_leads_out(name: str) -> None:
    found = characters(name)
    assert len(found) == len(set(found)) > 0
    assert set(folds(name).values()) <= set(found)
    assert all(char not in folds(name) or charsets.FULL_WIDTH.get(char) for char in found if name != "kana")


def test_same_shapes_count_for_the_fields_own_character() -> None:
    assert folds("kana")["口"] == "ロ" and folds("kana")["二"] == "ニ"
    assert folds("digits")["O"] == "0" and folds("digits")["l"] == "1"
    assert "O" not in folds("japanese")


def test_unknown_set() -> None:
    with pytest.raises(KeyError):
        characters("klingon")
