"""Thresholds: what is shown by count, what is extrapolated, and that the promise holds on readings that were not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.recognise.calibrate import LOG_ODDS, Sample, confidence, fit_calibration, held_out
from pipeline.recognise.calibration import MOST_CONFIDENT, Calibration, Step

PROVEN = (Step(0.999, 4000, 0), Step(0.99, 5000, 1), Step(0.5, 6000, 40))


def with_steps(pooled: Sequence[Step], own: Sequence[Step] = ()) -> Calibration:
    return Calibration({}, {"all": tuple(pooled), "text": tuple(own)}, {})


STEPS: list[tuple[tuple[Step, ...], float, float]] = [
    # 0.1 %: 4,000 without an error show it, and 5,000 with one
    (PROVEN, 0.001, 0.99),
    ((Step(0.999, 4800, 0), Step(0.99, 5500, 3)), 0.001, 0.999),
    # 5 %: never below one that is ten times as likely wrong; 40 of 6,000 would pass
    (PROVEN, 0.05, 0.5),
    (PROVEN, 0.01, 0.99),
    # the loosest set would pass, but one before it does not: the test has ended there
    ((Step(0.9999, 7000, 0), Step(0.999, 8000, 12), Step(0.99, 40_000, 13)), 0.001, 0.9999),
]


@pytest.mark.parametrize(("steps", "max_error", "threshold"), STEPS)
def test_the_threshold_is_the_last_that_is_shown(steps: tuple[Step, ...], max_error: float, threshold: float) -> None:
    found = with_steps(steps)
    assert found.is_shown(max_error)
    assert found.threshold("text", max_error) == threshold


def test_few_readings_show_less_and_allow_less() -> None:
    """600 without an error show 0.5 %; at 0.1 % only a fifth or less of the doubt is allowed that stands there."""
    few = with_steps([Step(0.99, 600, 0), Step(0.9, 700, 30)])
    assert few.threshold("text", 0.005) == 0.99
    assert not few.is_shown(0.001)
    assert 1 - 0.01 / 5 <= few.threshold("text", 0.001) <= 1 - 0.01 / 6
    nothing = with_steps([Step(0.99, 2, 2)])
    assert nothing.threshold("text", 0.001) > MOST_CONFIDENT


OWN: list[tuple[tuple[Step, ...], float]] = [
    ((), 0.99),
    # little is known of the family, nothing against it
    ((Step(0.999, 20, 0), Step(0.99, 50, 0)), 0.99),
    # one wrong among 2,000 is what the office accepts
    ((Step(0.999, 1500, 0), Step(0.99, 2000, 1)), 0.99),
    # three are not
    ((Step(0.999, 1500, 0), Step(0.99, 2000, 3)), 0.999),
    # and a family that is wrong wherever it is sure passes nowhere
    ((Step(0.999, 50, 9), Step(0.99, 60, 9)), 1.0),
]


@pytest.mark.parametrize(("own", "threshold"), OWN)
def test_a_family_is_raised_by_its_own_errors(own: tuple[Step, ...], threshold: float) -> None:
    assert with_steps(PROVEN, own).threshold("text", 0.001) == threshold


def test_a_second_reader_has_steps_of_its_own() -> None:
    both = Calibration({}, {"all": PROVEN, "all+second": PROVEN[:1]}, {})
    assert [both.threshold("text", 0.001, second) for second in (None, "second", "stock")] == [0.99, 0.999, 0.99]


def drawn(rng: np.random.Generator, number: int, group: str) -> list[Sample]:
    """Readings whose odds speak the truth up to a factor, in two families of which one boasts; a view that agrees mostly when right."""
    samples = []
    for _ in range(number):
        family = "text" if rng.random() < 0.7 else "name"
        odds = float(rng.normal(6, 3))
        truth = odds if family == "text" else odds - 1.5
        right = bool(rng.random() < 1 / (1 + np.exp(-truth)))
        agrees = 1.0 if rng.random() < (0.95 if right else 0.2) else -1.0
        samples.append(Sample(family, {"odds": odds}, right, {"view": agrees}, group=group))
    return samples


@pytest.mark.parametrize("max_error", [0.005, 0.02])
def test_the_error_asked_for_is_kept_on_readings_that_were_not_seen(max_error: float) -> None:
    """In 20 trials 1 may fail by the certainty chosen, and 3 of 20 would happen once in 13 times."""
    broken = 0
    for seed in range(20):
        rng = np.random.default_rng([17, seed])
        known = [sample for group in "abcd" for sample in drawn(rng, 500, group)]
        found = fit_calibration(known, {})
        fresh = drawn(rng, 20_000, "new")
        passed = [s for s in fresh if confidence(found, s) >= found.threshold(s.family, max_error)]
        assert len(passed) > 0.3 * len(fresh)
        broken += sum(not sample.right for sample in passed) > max_error * len(passed)
    assert broken <= 3


def test_no_sample_is_judged_by_a_model_that_has_seen_its_group() -> None:
    """Readings of one hand that are wrong however sure: only who has seen that hand may know better."""
    rng = np.random.default_rng(5)
    honest = [sample for group in "abc" for sample in drawn(rng, 300, group)]
    odd = [Sample("text", {"odds": 8.0, "oddity": 1.0}, right=False, group="odd") for _ in range(100)]
    judged = [(sample, model) for sample, model in held_out([*honest, *odd])]
    assert len(judged) == 1000
    for sample, model in judged:
        assert ("oddity" in model.models["text"].weights) == (sample.group != "odd")
    assert min(confidence(model, sample) for sample, model in judged if sample.group == "odd") > 0.9


def test_steps_stand_at_confidences_fixed_in_advance_and_leave_out_what_a_person_sees_anyway() -> None:
    samples = drawn(np.random.default_rng(6), 200, "a")
    barred = [Sample("text", {"odds": 11.0}, right=False, barred=True, group="b")] * 50
    steps = fit_calibration([*samples, *barred], {}).steps["all"]
    assert len(steps) == len(LOG_ODDS)
    assert all(one.confidence > two.confidence and one.accepted <= two.accepted for one, two in zip(steps, steps[1:], strict=False))
    assert steps[-1].accepted <= 200


def test_a_family_of_few_readings_stays_near_all_families() -> None:
    rng = np.random.default_rng(7)
    known = [sample for group in "abcd" for sample in drawn(rng, 500, group)]
    few = [Sample("latin", {"odds": 4.0}, right=True, group=group) for group in "abcd"]
    found = fit_calibration([*known, *few], {})
    text, latin = (found.probability(family, {"odds": 4.0}, asked=False) for family in ("text", "latin"))
    assert abs(text - latin) < 0.05


def test_a_fit_finds_the_probabilities_it_was_drawn_from() -> None:
    rng = np.random.default_rng(3)
    odds = rng.uniform(-3, 9, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-odds))
    samples = [Sample("text", {"odds": float(o)}, bool(r)) for o, r in zip(odds, right, strict=True)]
    fitted = fit_calibration(samples, {"by": "a test"})
    for value in (-1.0, 1.0, 3.0):
        expected = 1 / (1 + np.exp(-value))
        assert fitted.probability("text", {"odds": value}, asked=False) == pytest.approx(expected, abs=0.04)
    last = fitted.steps["all"][-1]
    assert (last.confidence, last.accepted) == (0.5, sum(fitted.probability("text", {"odds": float(o)}, asked=False) >= 0.5 for o in odds))
