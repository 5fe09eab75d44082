"""Months of experience: periods merged, overlaps counted once.

A period is (first month, last month), both counted, each month an integer: year * 12 + month - 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Period = tuple[int, int]


def month_number(year: int, month: int) -> int:
    """The month as an integer; months that follow each other differ by one."""
    return year * 12 + month - 1


def parse_month(text: str) -> int:
    """Month number of an ISO "2015-04"."""
    year, month = text.split("-")
    return month_number(int(year), int(month))


def merged(periods: Sequence[Period]) -> list[Period]:
    """The periods as disjoint spans in order; those that touch are joined. A period that ends before it begins is left out."""
    spans: list[Period] = []
    for first, last in sorted(period for period in periods if period[0] <= period[1]):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
    return spans


def merged_months(periods: Sequence[Period]) -> int:
    """Months that lie in at least one period."""
    return sum(last - first + 1 for first, last in merged(periods))


def months_by_field(rows: Sequence[tuple[Period, Sequence[str]]]) -> Mapping[str, int]:
    """Months per field of the seven: every field of a row gets the row's months in full, overlaps within a field count once."""
    names = sorted({name for _, fields in rows for name in fields})
    return {name: merged_months([period for period, fields in rows if name in fields]) for name in names}
