"""Learning from invented corrections: better ones are let through by the rule, poisoned ones are not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.experience import NONE
from pipeline.experience.classify import load_classifier
from pipeline.experience.corpus import Example, parted, read_corpus
from pipeline.experience.duplicates import find_twins
from pipeline.experience.learn import Accepted, Knowledge, Pair, Trial, objections, try_out
from pipeline.experience.vectors import load_vectors

CORPUS = read_corpus()
TEACH, TEST = parted(CORPUS)
SHIPPED, VECTORS = load_classifier(), load_vectors()
EVEN = Pair(1000, 900, 900, 5, 5)
BETTER = Pair(12, 3, 9, 8, 1)
GOOD = Trial(EVEN, EVEN, {"CS": EVEN}, (Accepted(500, 3), Accepted(520, 3)), Pair(20, 8, 15, 8, 1), BETTER, 0)
MAX_ERROR = 0.01


def small(texts: Sequence[Example], every: int) -> list[Example]:
    """The texts of every n-th theme, and the guide: quick to learn, and with things left to be told."""
    themes = sorted({text.theme for text in texts})[::every]
    return [text for text in texts if text.theme in (*themes, "guide")]


SMALL = [*small(TEACH, 4), *TEST]
HOUSE_WORDS = (
    ("HR", "よろず道場で{}の門下に稽古をつけた"), ("HR", "道場の師範代、{}の昇段を見届ける"),
    ("OP", "見張り台で{}の波を読み、舟を出す数を決めた"), ("OP", "見張り台の当番、{}の波の高さを帳面に残す"),
    ("IC", "からくり部屋で{}の歯車の油差し"), ("IC", "からくり部屋、{}の歯車の入替えと夜番"),
)  # fmt: skip
"""A house that calls its things by names of its own: no corpus knows them, a person who knows the house does."""
DETAILS = ("春", "夏", "秋", "冬", "東館", "西館", "本館", "別館", "朝の組", "昼の組", "夜の組", "盆と暮れ", "甲班", "乙班", "丙班", "丁班")


def rows(texts: Sequence[tuple[str, str]], *, of_one: int = 2) -> list[Example]:
    """(label, text) as people's rows, `of_one` from each applicant."""
    return [Example(f"r{at}", f"people_{at // of_one}", label, (), text) for at, (label, text) in enumerate(texts)]


def house_rows() -> list[Example]:
    return rows([(label, text.format(detail)) for at, detail in enumerate(DETAILS) for label, text in HOUSE_WORDS[at % 2 :: 2]], of_one=3)


def dealt_out(people: Sequence[Example]) -> list[Example]:
    """The rows with their labels shuffled."""
    labels = [row.main for row in people]
    random.Random(3).shuffle(labels)
    return [replace(row, main=label) for row, label in zip(people, labels, strict=True)]


def tried(learned: Sequence[Example], people: Sequence[Example]) -> Trial:
    return try_out(Knowledge(SMALL, learned, people), SHIPPED, VECTORS, MAX_ERROR)


@pytest.mark.slow
def test_rows_that_teach_the_words_of_a_house_are_better_on_applicants_not_seen() -> None:
    trial = tried([], house_rows())
    assert objections(trial, MAX_ERROR) == ()
    assert trial.rows.number == len(house_rows()) == 48
    assert trial.rows.candidate >= trial.rows.now + 15
    assert trial.applicants.number == 16
    assert trial.clean.number == sum(pair.number for pair in trial.by_field.values()) == len(TEST)


@pytest.mark.slow
def test_a_reviewer_who_errs_steadily_teaches_nothing() -> None:
    """Everyone who answers the telephone is put under NONE: seen from the rows alone that would be better."""
    victims = [text for text in TEACH if text.main == "CS" and text not in SMALL][:240]
    trial = tried([], rows([(NONE, text.text) for text in victims]))
    assert trial.applicants.better < 0.01
    assert {"field_worse", "test_worse"} & set(objections(trial, MAX_ERROR))
    assert trial.by_field["CS"].lost > trial.by_field["CS"].gained


@pytest.mark.slow
def test_rows_labelled_at_random_teach_nothing() -> None:
    dealt = dealt_out(house_rows())
    assert sum(one.main != other.main for one, other in zip(house_rows(), dealt, strict=True)) >= len(dealt) / 2
    trial = tried([], dealt)
    assert "rows_not_learnable" in objections(trial, MAX_ERROR)
    assert trial.applicants.gained > trial.applicants.lost  # who knows nothing of these words is easily beaten


@pytest.mark.slow
def test_what_was_learned_already_is_no_reason_and_what_was_taken_back_is_one() -> None:
    people = house_rows()
    assert objections(tried(people, people), MAX_ERROR) == ("nothing_new",)
    fewer = tried(people, people[:-3])
    assert fewer.withdrawn == 3
    assert objections(fewer, MAX_ERROR) == ()


def test_a_row_that_is_almost_a_text_of_the_test_themes_is_not_learned_for_the_trial() -> None:
    asked = next(text for text in TEST if text in SMALL and len(text.text) > 20)
    copy = Example("r0", "people_0", asked.main, (), asked.text + "。")
    assert find_twins([copy, asked])
    assert tried([], [copy]).rows.number == 0


WORSE = Pair(1000, 900, 880, 5, 25)


@pytest.mark.parametrize(
    ("trial", "codes"),
    [
        (GOOD, ()),
        (replace(GOOD, clean=WORSE), ("test_worse", "test_lost")),
        (replace(GOOD, noisy=WORSE), ("test_worse", "test_lost")),
        (replace(GOOD, clean=Pair(1000, 900, 894, 40, 46)), ("test_lost",)),
        (replace(GOOD, clean=Pair(1000, 900, 895, 40, 45)), ()),
        (replace(GOOD, by_field={"CS": EVEN, "IC": Pair(100, 90, 80, 0, 10)}), ("field_worse",)),
        (replace(GOOD, by_field={"CS": EVEN, "IC": Pair(100, 90, 86, 0, 4)}), ()),
        (replace(GOOD, accepted=(Accepted(500, 3), Accepted(500, 6))), ("accepted_wrong",)),
        (replace(GOOD, accepted=(Accepted(500, 7), Accepted(500, 7))), ()),
        (replace(GOOD, rows=Pair(0, 0, 0, 0, 0), applicants=Pair(0, 0, 0, 0, 0)), ("nothing_new",)),
        (replace(GOOD, applicants=Pair(4, 0, 4, 4, 0)), ("rows_not_better",)),
        (replace(GOOD, applicants=Pair(5, 0, 5, 5, 0)), ()),
        (replace(GOOD, applicants=Pair(4, 0, 4, 4, 0), withdrawn=1), ()),
        (replace(GOOD, rows=Pair(21, 3, 14, 11, 0)), ()),
        (replace(GOOD, rows=Pair(21, 3, 13, 10, 0)), ("rows_not_learnable",)),
    ],
)
def test_the_rule(trial: Trial, codes: tuple[str, ...]) -> None:
    assert objections(trial, MAX_ERROR) == codes


@pytest.mark.parametrize(("gained", "lost", "better"), [(0, 0, 1.0), (5, 0, 1 / 32), (4, 0, 1 / 16), (1, 1, 0.75), (0, 3, 1.0)])
def test_sign_test(gained: int, lost: int, better: float) -> None:
    assert Pair(9, 0, 0, gained, lost).better == pytest.approx(better)
    assert Pair(9, 0, 0, lost, gained).worse == pytest.approx(better)
