"""The network that reads a description in its order."""

import numpy as np
import pytest

from pipeline.experience import NONE
from pipeline.experience.classify import LABELS
from pipeline.experience.corpus import checksum, read_corpus
from pipeline.experience.features import describe
from pipeline.experience.network import SISTERS, load_family

EVERY = 11
"""Texts asked: every so many of the corpus."""
LEAST_RIGHT = 0.85
"""Of texts whose themes were not taught."""


def test_every_theme_is_unseen_by_one_sister_and_all_were_taught_with_the_corpus_as_it_is() -> None:
    family, corpus = load_family(), read_corpus()
    themes = {example.theme for example in corpus}
    assert family.whole.seen == themes
    assert len(family.sisters) == SISTERS
    assert all(sum(theme not in sister.seen for sister in family.sisters) == 1 for theme in themes)
    assert {network.corpus for network in (family.whole, *family.sisters)} == {checksum(corpus)}


def test_a_theme_of_people_is_answered_by_the_whole_one() -> None:
    assert load_family().unseen("people_0123456789ab") is load_family().whole


def test_themes_not_taught_are_answered_rightly_and_taught_ones_better() -> None:
    family, asked = load_family(), read_corpus()[::EVERY]
    said = [family.unseen(example.theme).answer(describe(example.text)) for example in asked]
    known = [family.whole.answer(describe(example.text)) for example in asked]
    unseen, seen = (np.mean([LABELS[row.argmax()] == each.main for row, each in zip(rows, asked, strict=True)]) for rows in (said, known))
    assert LEAST_RIGHT <= unseen < seen


@pytest.mark.parametrize("text", ["", "。", "研", "応対" * 200])
def test_chances_of_whatever_is_asked_sum_to_one(text: str) -> None:
    assert np.exp(load_family().whole.answer(describe(text))).sum() == pytest.approx(1, abs=1e-4)


def test_the_order_of_the_words_counts() -> None:
    network = load_family().whole
    trained, calls = (network.answer(describe(text)) for text in ("問い合わせ対応の研修", "研修の問い合わせ対応"))
    assert trained[LABELS.index("HR")] - trained[LABELS.index("CS")] > calls[LABELS.index("HR")] - calls[LABELS.index("CS")]


def test_what_is_no_work_of_the_trade_is_none_of_the_seven() -> None:
    assert LABELS[load_family().whole.answer(describe("惣菜の調理と盛り付け")).argmax()] == NONE
