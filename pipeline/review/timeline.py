"""Periods drawn on a time line: where the bars of an SVG lie. Units: those of the drawing's own view box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.checks.rows import duration_words, month_words
from pipeline.experience.months import Period, merged, merged_months

LEFT, RIGHT, WIDTH = 130, 20, 1200
"""Space for the names of the rows, for the last year's digits, and the whole."""
TOP, LANE, BAR = 34, 34, 22
"""Space for the years, height of a row, height of its bar."""
MOST_YEARS = 16
"""Years that are written above the line; of more, every second, fifth or tenth."""
YEAR_STEPS = (1, 2, 5, 10, 20, 50)
BESIDE = 330
"""Space that the words of a bar need beside it."""
INSIDE = 150
"""Width from which a bar holds the total."""


@dataclass(frozen=True)
class Lane:
    """One row: its name, its period, and the fields that colour it, the main one first."""

    name: str
    period: Period
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """A bar and the words inside or beside it. `look`: the main field in small letters, "none", or "merged"."""

    name: str
    x: float
    y: float
    width: float
    look: str
    words: str
    words_x: float
    anchor: str
    inside: bool = False


@dataclass(frozen=True)
class TimeLine:
    """The drawing. `years`: (x, year); `overlaps`: (x, width) of months that lie in more than one row."""

    height: int
    years: tuple[tuple[float, int], ...]
    bars: tuple[Bar, ...]
    overlaps: tuple[tuple[float, float], ...]
    width: int = WIDTH
    left: int = LEFT
    top: int = TOP
    bar: int = BAR


def time_line(lanes: Sequence[Lane]) -> TimeLine | None:
    """The drawing of rows whose periods run forward; None when there is none."""
    lanes = [lane for lane in lanes if lane.period[0] <= lane.period[1]]
    if not lanes:
        return None
    first, last = min(lane.period[0] for lane in lanes) // 12, max(lane.period[1] for lane in lanes) // 12 + 1
    scale = (WIDTH - LEFT - RIGHT) / (12 * (last - first))

    def across(month: int) -> float:
        return round(LEFT + (month - 12 * first) * scale, 1)

    bars = [_bar(lane.name, lane.period, number, across, _look(lane), _words(lane.period)) for number, lane in enumerate(lanes)]
    below = _merged_bars(merged([lane.period for lane in lanes]), len(lanes), across)
    step = next((step for step in YEAR_STEPS if (last - first) / step <= MOST_YEARS), YEAR_STEPS[-1])
    years = tuple((across(12 * year), year) for year in range(first, last + 1) if year % step == 0)
    overlaps = tuple((across(start), round((end - start + 1) * scale, 1)) for start, end in shared_spans([lane.period for lane in lanes]))
    return TimeLine(TOP + LANE * (len(lanes) + 1) + 8, years, (*bars, *below), overlaps)


def shared_spans(periods: Sequence[Period]) -> list[Period]:
    """The months that lie in more than one period, as spans."""
    days = Counter(month for first, last in periods for month in range(first, last + 1))
    return merged([(month, month) for month, number in days.items() if number > 1])


def shared_months(one: Period, other: Period) -> int:
    """Months that lie in both."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]) + 1)


def _merged_bars(spans: Sequence[Period], lane: int, across: Callable[[int], float]) -> list[Bar]:
    """What was counted, with the total in the widest span, or beside it where that is too narrow."""
    bars = [_bar("", span, lane, across, "merged", "") for span in spans]
    widest = max(range(len(spans)), key=lambda place: spans[place][1] - spans[place][0])
    total = f"合計 {duration_words(merged_months(spans))}"
    if bars[widest].width >= INSIDE:
        bars[widest] = replace(bars[widest], words=total, words_x=bars[widest].x + 8, anchor="start", inside=True)
    else:
        bars[-1] = _bar("", spans[-1], lane, across, "merged", total)
    bars[0] = replace(bars[0], name="数えた期間")
    return bars


def _bar(name: str, period: Period, lane: int, across: Callable[[int], float], look: str, words: str) -> Bar:
    x, end = across(period[0]), across(period[1] + 1)
    beside = end + BESIDE <= WIDTH
    words_x, anchor = (end + 6, "start") if beside else (x - 6, "end") if x - BESIDE >= LEFT else (x + 6, "start")
    return Bar(name, x, TOP + LANE * lane + (LANE - BAR) / 2, round(max(end - x, 2.0), 1), look, words, words_x, anchor)


def _look(lane: Lane) -> str:
    return lane.fields[0].lower() if lane.fields else "none"


def _words(period: Period) -> str:
    return f"{month_words(period[0])}～{month_words(period[1])}（{duration_words(period[1] - period[0] + 1)}）"
