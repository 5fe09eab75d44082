"""Months of experience: periods merged, overlaps counted once.

A period is (first month, last month), both counted, each month an integer: year * 12 + month - 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

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


def months_by_field(rows: Sequence[tuple[Period, Sequence[str]]], *, shared: bool = False) -> Mapping[str, Fraction]:
    """Months per field of the seven; overlaps within a field count once.

    Args:
        rows: period and fields of each row; a field that is named twice in a row counts once.
        shared: each month of a row is divided evenly among the row's fields; else every field of a row gets its months in full. Where
            rows of one field overlap, the larger share counts.
    """
    shares: dict[str, dict[int, Fraction]] = {}
    for (first, last), named in rows:
        fields = sorted(set(named))
        share = Fraction(1, len(fields)) if shared and fields else Fraction(1)
        for name in fields:
            months = shares.setdefault(name, {})
            months.update({month: max(share, months.get(month, share)) for month in range(first, last + 1)})
    return {name: sum(months.values(), Fraction()) for name, months in sorted(shares.items())}
