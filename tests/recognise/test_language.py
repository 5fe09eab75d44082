"""The language's say in free text, on probabilities made for the test: no OCR here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.recognise import Candidate
from pipeline.recognise.context import settled
from pipeline.recognise.decoder import EXHAUSTIVE, decode
from pipeline.recognise.language import Weights, likely_text, log_probability, path_cost, pieces_of, searched, with_known_word

SURE = 0.999


def steps(*choices: dict[str, float]) -> tuple[NDArray[np.float64], str]:
    """A line in which each character stands in one step, sure blanks between; the rest of a step's probability is the blank's."""
    allowed = "".join(dict.fromkeys(char for choice in choices for char in choice))
    rows = []
    for choice in choices:
        row = np.full(len(allowed) + 1, 1e-7)
        for char, probability in choice.items():
            row[1 + allowed.index(char)] = probability
        row[0] = max(1 - row[1:].sum(), 1e-7)
        rows += [np.eye(len(row))[0] * (1 - 1e-6) + 1e-7, row]
    return np.array(rows), allowed


def with_doubt(text: str, place: int, wrong: str, lead: float) -> tuple[NDArray[np.float64], str]:
    """`text` in which the reader sees `wrong` at `place`, `lead` times as probable as what stands there."""
    choices = [{char: SURE} for char in text]
    right = 0.98 / (1 + lead)
    choices[place] = {text[place]: right, wrong: right * lead}
    return steps(*choices)


def best_of(probs: NDArray[np.float64], allowed: str) -> Candidate:
    return decode(probs, allowed)[0][0]


@pytest.mark.parametrize(
    ("text", "place", "wrong"),
    [("応答率を維持するための計画を担当した。", 5, "特"), ("新人研修を実施した。", 0, "親")],
)
def test_the_language_puts_a_near_miss_right(text: str, place: int, wrong: str) -> None:
    probs, allowed = with_doubt(text, place, wrong, lead=3.0)
    best = best_of(probs, allowed)
    assert best.text != text
    found = likely_text(probs, allowed, best)
    assert found is not None and found.text == text


def test_it_does_not_outvote_a_reader_who_is_sure() -> None:
    text = "応答率を維持するための計画を担当した。"
    probs, allowed = with_doubt(text, 5, "特", lead=5e4)
    best = best_of(probs, allowed)
    found = likely_text(probs, allowed, best)
    assert found is None or found.text == best.text


def test_what_it_finds_is_no_more_certain_than_the_reader_says() -> None:
    text = "応答率を維持するための計画を担当した。"
    probs, allowed = with_doubt(text, 5, "特", lead=3.0)
    best = best_of(probs, allowed)
    found = likely_text(probs, allowed, best)
    assert found is not None
    assert found.log_prob < best.log_prob
    assert found.log_prob == pytest.approx(math.log(0.98 / 4 * SURE ** (len(text) - 1)), abs=0.05)


@pytest.mark.parametrize(
    ("text", "place", "wrong"), [("平成28年の計画を担当した。", 2, "7"), ("東京都新宿区西新宿2-8-1", 9, "一"), ("髙橋の指導", 0, "高")]
)
def test_numbers_dashes_and_variants_are_not_the_languages_to_judge(text: str, place: int, wrong: str) -> None:
    probs, allowed = with_doubt(text, place, wrong, lead=1.5)
    assert likely_text(probs, allowed, settled([best_of(probs, allowed)], "japanese")[0]) is None


def test_a_line_is_cut_at_sure_blanks_and_doubts_stay_apart() -> None:
    probs, allowed = with_doubt("品質管理", 1, "筫", lead=1.0)
    pieces = pieces_of(probs, allowed)
    assert [len(piece) for piece in pieces] == [1, 3, 1, 1]
    assert {candidate.text for candidate in pieces[1]} == {"質", "筫", ""}


def test_without_weight_the_readers_best_text_wins() -> None:
    probs, allowed = with_doubt("応対品質", 1, "封", lead=2.0)
    assert searched(pieces_of(probs, allowed), Weights(0.0, 0.0)).text == best_of(probs, allowed).text == "応封品質"


@pytest.mark.parametrize("seed", range(6))
def test_the_probability_of_a_text_is_the_sum_over_its_paths(seed: int) -> None:
    probs = np.random.default_rng(seed).dirichlet(np.full(4, 0.6), 5)
    for candidate in decode(probs, "あいう", EXHAUSTIVE)[0]:
        assert log_probability(probs, "あいう", candidate.text) == pytest.approx(candidate.log_prob, abs=1e-9)


def test_a_text_of_other_characters_is_impossible() -> None:
    assert log_probability(np.full((3, 3), 1 / 3), "あい", "う") == -math.inf


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("株式会社テレマーケティンク", "株式会社テレマーケティング"),
        ("テレマーケティンクジャパン", "テレマーケティングジャパン"),
        ("コミユニケーションズ", "コミュニケーションズ"),
        ("株式会社テレマーケティング", None),
        ("ハンクス", None),
        ("応答率の管理", None),
    ],
)
def test_an_unknown_word_one_mark_from_a_known_one(text: str, known: str | None) -> None:
    assert with_known_word(text) == known


def test_a_lost_mark_is_a_doubt_and_never_silent() -> None:
    close = with_doubt("テレマーケティング", 8, "ク", lead=20.0)
    best = best_of(*close)
    found = likely_text(*close, best)
    assert best.text == "テレマーケティンク" and found is not None and found.text == "テレマーケティング"
    assert found.log_prob < best.log_prob - 2.5
    far = with_doubt("テレマーケティング", 8, "ク", lead=1e6)
    best = best_of(*far)
    assert likely_text(*far, best) == best


def test_good_japanese_costs_less() -> None:
    assert path_cost("ありがとうございました。") < path_cost("ありがとうエざいまっにた。")
    assert path_cost("") == 0
