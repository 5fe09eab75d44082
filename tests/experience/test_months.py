from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.experience.months import merged, merged_months, months_by_field, parse_month

PERIODS = st.lists(st.tuples(st.integers(24000, 24400), st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8)


@pytest.mark.parametrize(
    ("periods", "months"),
    [
        ([("2015-04", "2015-04")], 1),
        ([("2015-04", "2016-03")], 12),
        ([("2015-04", "2016-03"), ("2016-01", "2016-12")], 21),
        ([("2015-04", "2015-06"), ("2016-01", "2016-01")], 4),
        ([("2016-01", "2015-12")], 0),
        ([], 0),
    ],
)
def test_months_are_counted_once(periods: list[tuple[str, str]], months: int) -> None:
    assert merged_months([(parse_month(first), parse_month(last)) for first, last in periods]) == months


@given(PERIODS)
def test_merging_never_grows_the_total_and_is_stable(periods: list[tuple[int, int]]) -> None:
    assert merged_months(periods) <= sum(last - first + 1 for first, last in periods)
    assert merged(merged(periods)) == merged(periods)
    assert merged_months(list(reversed(periods))) == merged_months(periods)


@given(PERIODS, PERIODS)
def test_more_periods_never_mean_fewer_months(some: list[tuple[int, int]], more: list[tuple[int, int]]) -> None:
    assert merged_months(some + more) >= merged_months(some)


def test_every_field_of_a_row_gets_its_months_in_full() -> None:
    rows = [((100, 111), ("OP", "HR")), ((106, 117), ("OP",))]
    assert months_by_field(rows) == {"HR": 12, "OP": 18}
