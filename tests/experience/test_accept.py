import numpy as np
import pytest

from pipeline.experience.accept import thresholds, upper_bound

TRIALS = 200


def test_no_error_in_299_shows_one_percent() -> None:
    """The rule of three, exactly: 0.95 confidence needs ln 0.05 / ln 0.99 = 298.1 answers."""
    assert upper_bound(0, 298) > 0.01 >= upper_bound(0, 299)


def test_all_wrong_bounds_nothing() -> None:
    assert upper_bound(5, 5) == 1.0


@pytest.mark.parametrize(
    ("number", "wrong_from", "bounds"),
    [(50, 50, []), (200, 200, [0.05, 0.1]), (1300, 1300, [0.005, 0.01, 0.02, 0.05, 0.1]), (1300, 400, [0.02, 0.05, 0.1])],
)
def test_only_what_is_shown_gets_a_threshold(number: int, wrong_from: int, bounds: list[float]) -> None:
    """Certainty falls with the index; from `wrong_from` on every second answer is wrong."""
    sure = np.linspace(1, 0, number)
    hits = np.array([index < wrong_from or index % 2 == 0 for index in range(number)])
    assert [bound for bound, _ in thresholds(sure, hits)] == bounds


def test_the_bound_is_kept_with_the_promised_confidence() -> None:
    """Certainty is Beta(4, 1) and true to itself, so that the error beyond a threshold t is 1 - 4/5 (1 - t^5) / (1 - t^4)."""
    chance = np.random.default_rng(5)
    broken = 0
    for _ in range(TRIALS):
        sure = chance.beta(4, 1, 1500)
        level = dict(thresholds(sure, chance.random(1500) < sure)).get(0.05)
        if level is not None:
            broken += 1 - 0.8 * (1 - level**5) / (1 - level**4) > 0.05
    assert 0 < broken <= 0.09 * TRIALS
