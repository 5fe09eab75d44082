"""The decoder against the definition: every path of a small alphabet, added up."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.recognise.decoder import EXHAUSTIVE, Floats, decode, decode_from


def random_steps(seed: int, steps: int, letters: int) -> Floats:
    found = np.random.default_rng(seed).dirichlet(np.full(letters + 1, 0.6), steps)
    return np.asarray(found, dtype=np.float64)


def by_brute_force(probs: Floats, allowed: str) -> dict[str, float]:
    """Sum of the probabilities of all paths, by the text they collapse to."""
    sums: dict[str, float] = {}
    for path in itertools.product(range(probs.shape[1]), repeat=len(probs)):
        kept = [label for label, _ in itertools.groupby(path) if label]
        text = "".join(allowed[label - 1] for label in kept)
        sums[text] = sums.get(text, 0.0) + math.prod(float(probs[step, label]) for step, label in enumerate(path))
    return sums


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 3))
def test_an_exhaustive_search_is_exact(seed: int, steps: int, letters: int) -> None:
    probs, allowed = random_steps(seed, steps, letters), "ニ二ロ"[:letters]
    truth = by_brute_force(probs, allowed)
    found, inside = decode(probs, allowed, EXHAUSTIVE)
    assert inside == pytest.approx(0.0, abs=1e-9)
    assert {candidate.text for candidate in found} == {text for text in truth if text}
    for candidate in found:
        assert math.exp(candidate.log_prob) == pytest.approx(truth[candidate.text], rel=1e-9)
    assert [c.log_prob for c in found] == sorted((c.log_prob for c in found), reverse=True)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_a_pruned_search_never_claims_more_than_there_is(seed: int) -> None:
    """On steps of noise, far flatter than any reader's, pruning mistakes near ties: one seed in fifty, never more than a tenth apart."""
    probs = random_steps(seed, 6, 3)
    truth = by_brute_force(probs, "012")
    found, _ = decode(probs, "012")
    assert sum(math.exp(candidate.log_prob) for candidate in found) <= 1 + 1e-9
    for candidate in found:
        assert math.exp(candidate.log_prob) <= truth[candidate.text] * (1 + 1e-9)
    assert truth[found[0].text] >= 0.8 * max(probability for text, probability in truth.items() if text)


def test_mass_outside_the_field_is_told_apart_from_doubt_within_it() -> None:
    probs = np.array([[0.02, 0.18, 0.0], [0.98, 0.01, 0.01]])  # four fifths of the first step went to characters not allowed
    found, inside = decode(probs, "07")
    assert found[0].text == "0"
    assert math.exp(found[0].log_prob) > 0.85
    assert math.exp(inside) == pytest.approx(0.2)


def test_a_doubled_letter_needs_a_blank_between() -> None:
    steps = np.array([[0.01, 0.99], [0.01, 0.99], [0.99, 0.01], [0.01, 0.99]])
    assert decode(steps, "1")[0][0].text == "11"


def test_hundreds_of_unclear_steps_do_not_underflow() -> None:
    probs = np.full((700, 11), 1 / 11)
    found, _ = decode(probs, "0123456789")
    assert found and all(math.isfinite(candidate.log_prob) for candidate in found)
    assert found[0].log_prob < -300


def test_no_step_no_text() -> None:
    assert decode(np.zeros((0, 3)), "01") == ((), 0.0)


def test_texts_with_a_given_start_are_the_same_ones_on_the_same_scale() -> None:
    rng = np.random.default_rng(3)
    probs = rng.dirichlet(np.ones(4), 6)
    every = {one.text: one.log_prob for one in decode(probs, "abc", EXHAUSTIVE)[0]}
    for start in ("a", "ba", "aab"):
        begun = {one.text: one.log_prob for one in decode_from(probs, "abc", start, EXHAUSTIVE)}
        assert begun == pytest.approx({text: log_prob for text, log_prob in every.items() if text.startswith(start)})
    assert decode_from(probs, "abc", "x") == ()
