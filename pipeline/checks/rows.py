"""The rows of B as periods: months as integers, both ends counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.checks.facts import Fact, Facts, fact_of
from pipeline.experience.months import Period, merged_months, month_number, parse_month
from pipeline.normalise import PRESENT
from pipeline.packet import PacketSheet

ROW = re.compile(r"^rows\[(\d+)\]\.")
DATED_BY = ("created_date", "certified_date")
"""Fields that hold the day a sheet was made on: of B, of C."""
FILLED_BY = ("employer", "duties")
"""A row with one of these read without doubt is a row, even when its period is blank."""


@dataclass(frozen=True)
class Row:
    """One line of B. `present` is the month that stands for 現在, None when it is not known."""

    start: Fact
    end: Fact
    months: Fact
    field: Fact
    other_fields: Fact
    classified: Fact
    present: int | None
    made: Fact
    """Day the sheet was made, which 現在 stands for."""

    @property
    def label(self) -> str:
        """Bの2行目."""
        return self.start.label.removesuffix("の期間（自）")

    @property
    def open_ended(self) -> bool:
        """Whether it lasts until 現在."""
        return self.end.text == PRESENT

    @property
    def first(self) -> int | None:
        """Its first month."""
        return month_of(self.start, None)

    @property
    def last(self) -> int | None:
        """Its last month."""
        return month_of(self.end, self.present)

    @cached_property
    def period(self) -> Period | None:
        """First and last month, None unless both are known."""
        return None if self.first is None or self.last is None else (self.first, self.last)

    @property
    def reversed(self) -> bool:
        """Whether it ends before it begins: nobody knows then how long it was."""
        return self.period is not None and self.period[0] > self.period[1]

    @property
    def needed(self) -> tuple[Fact, ...]:
        """What must be known to count it."""
        return (self.start, self.end, self.made) if self.open_ended and self.present is None else (self.start, self.end)


def month_of(fact: Fact, present: int | None) -> int | None:
    """Month number of a year and month or of a full date; `present` for 現在."""
    if fact.text == PRESENT:
        return present
    return parse_month(fact.text[: len("2015-04")]) if fact.known else None


def rows(facts: Facts) -> list[Row]:
    """The filled-in lines of all B sheets."""
    return [row for side in facts.sides("b") for row in rows_of(side)]


def rows_of(side: PacketSheet) -> list[Row]:
    """The filled-in lines of one B sheet."""
    present = present_month(side)
    numbers = sorted({int(match[1]) for value in side.sheet.fields if (match := ROW.match(value.name))})
    return [_row(side, number, present) for number in numbers if _is_filled(side, number)]


def _is_filled(side: PacketSheet, number: int) -> bool:
    dates = [side.sheet.value(f"rows[{number}].{name}") for name in ("from", "to")]
    dated = any(value is not None and value.decision != "blank" for value in dates)
    return dated or any(fact_of(side, f"rows[{number}].{name}").known for name in FILLED_BY)


def _row(side: PacketSheet, number: int, present: int | None) -> Row:
    names = ("from", "to", "months", "field", "other_fields", "classified")
    start, end, months, field, others, classified = (fact_of(side, f"rows[{number}].{name}") for name in names)
    return Row(start, end, months, field, others, classified, present, made_on(side))


def made_on(side: PacketSheet) -> Fact:
    """The day a sheet says it was made on, by whatever name."""
    return fact_of(side, next((name for name in DATED_BY if side.sheet.value(name) is not None), DATED_BY[0]))


def present_month(side: PacketSheet) -> int | None:
    """現在 on a sheet is the day it was made.

    None where that day was left blank or waits for a person: the day of application or of arrival may lie months later, so that
    experience would be counted that nobody has certified, and a fault proven by it would be no proof.
    """
    day = made_on(side).day
    return None if day is None else month_number(day.year, day.month)


def total(counted: list[Row]) -> int:
    """Months of the rows whose period is known, overlaps once."""
    return merged_months([row.period for row in counted if row.period is not None])


def month_words(month: int) -> str:
    """2015年4月."""
    return f"{month // 12}年{month % 12 + 1}月"


def duration_words(months: int) -> str:
    """5年2か月."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}か月" if rest or not years else "")
