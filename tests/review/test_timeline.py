"""Where the bars of the time line lie, and which months are shown to overlap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.experience.months import Period, merged_months, month_number
from pipeline.review.timeline import LEFT, RIGHT, WIDTH, Lane, shared_months, shared_spans, time_line

MONTHS = st.integers(month_number(1990, 1), month_number(2030, 12))
PERIODS = st.lists(st.tuples(MONTHS, MONTHS).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=8)


def test_bars_lie_to_scale_and_overlaps_between_them() -> None:
    """Two years on 1,050 units: a month is 43.75 wide."""
    one = Lane("1行目", (month_number(2015, 4), month_number(2016, 3)), ("OP",))
    other = Lane("2行目", (month_number(2016, 1), month_number(2016, 12)), ())
    drawing = time_line([one, other])
    assert drawing is not None
    month = (WIDTH - LEFT - RIGHT) / 24
    bars = [(bar.name, bar.x, bar.width, bar.look) for bar in drawing.bars]
    expected: list[Any] = [
        ("1行目", pytest.approx(LEFT + 3 * month, abs=0.1), pytest.approx(12 * month, abs=0.1), "op"),
        ("2行目", pytest.approx(LEFT + 12 * month, abs=0.1), pytest.approx(12 * month, abs=0.1), "none"),
        ("数えた期間", pytest.approx(LEFT + 3 * month, abs=0.1), pytest.approx(21 * month, abs=0.1), "merged"),
    ]
    overlap: list[Any] = [(pytest.approx(LEFT + 12 * month, abs=0.1), pytest.approx(3 * month, abs=0.1))]
    assert bars == expected
    assert list(drawing.overlaps) == overlap
    assert [year for _, year in drawing.years] == [2015, 2016, 2017]
    assert drawing.bars[2].words == "合計 1年9か月"
    assert drawing.bars[0].words == "2015年4月～2016年3月（1年）"


def test_a_period_that_runs_backwards_is_not_drawn() -> None:
    assert time_line([Lane("1行目", (24_002, 24_001), ())]) is None
    assert time_line([]) is None


def test_many_years_are_not_all_written() -> None:
    drawing = time_line([Lane("1行目", (month_number(1980, 1), month_number(2026, 1)), ("ST",))])
    assert drawing is not None
    assert [year for _, year in drawing.years] == list(range(1980, 2028, 5))


@given(PERIODS)
def test_every_bar_lies_on_the_paper_and_overlaps_are_what_is_counted_once(periods: list[Period]) -> None:
    drawing = time_line([Lane(f"{n}行目", period, ("OP",)) for n, period in enumerate(periods)])
    assert drawing is not None
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH - RIGHT + 2.1 for bar in drawing.bars)
    shared = shared_spans(periods)
    twice = sum(last - first + 1 for first, last in periods) - merged_months(periods)
    assert (twice > 0) == bool(shared)
    assert merged_months(shared) <= twice
    if len(periods) == 2:
        assert shared_months(*periods) == twice == merged_months(shared)
