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


ROWS = [((100, 111), ("OP", "HR")), ((106, 117), ("OP",))]


@pytest.mark.parametrize(
    ("rows", "full", "shared"),
    [
        (ROWS, {"HR": 12, "OP": 18}, {"HR": 6, "OP": 15}),
        (ROWS[::-1], {"HR": 12, "OP": 18}, {"HR": 6, "OP": 15}),
        ([((100, 111), ("ST", "OP", "HR"))], {"ST": 12, "OP": 12, "HR": 12}, {"ST": 4, "OP": 4, "HR": 4}),
        ([((100, 111), ("CS", "CS"))], {"CS": 12}, {"CS": 12}),
        ([((100, 111), ("CS",)), ((100, 111), ("OP",))], {"CS": 12, "OP": 12}, {"CS": 12, "OP": 12}),
        ([((100, 111), ())], {}, {}),
        ([((111, 100), ("CS",))], {"CS": 0}, {"CS": 0}),
    ],
)
def test_months_of_rows_with_several_fields(
    rows: list[tuple[tuple[int, int], tuple[str, ...]]], full: dict[str, int], shared: dict[str, int]
) -> None:
    assert months_by_field(rows) == full
    assert months_by_field(rows, shared=True) == shared


NAMED = st.tuples(st.sampled_from([("OP",), ("OP", "HR"), ("ST", "OP", "HR")]), st.integers(0, 60), st.integers(0, 40))


@given(st.lists(NAMED, max_size=6))
def test_a_field_never_has_more_months_than_all_rows_and_shared_never_more_than_full(rows: list[tuple[tuple[str, ...], int, int]]) -> None:
    named = [((first, first + length), fields) for fields, first, length in rows]
    full, shared = months_by_field(named), months_by_field(named, shared=True)
    assert all(shared[name] <= full[name] <= merged_months([period for period, _ in named]) for name in full)
    assert all(full[name] == merged_months([period for period, fields in named if name in fields]) for name in full)
