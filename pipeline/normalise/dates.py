"""Dates, months and durations: era, Western and shorthand writings -> ISO 8601 or months."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from pipeline.normalise.result import BLANK, Normalised, problem
from pipeline.normalise.text import one_line

ERA_STARTS = (
    ("明治", "M", date(1868, 1, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("昭和", "S", date(1926, 12, 25)),
    ("平成", "H", date(1989, 1, 8)),
    ("令和", "R", date(2019, 5, 1)),
)
"""Name, letter and first day of each era; it ends on the day before the next one begins."""
YEARS = range(1868, 2200)
"""Western years a form of ours may hold."""
PRESENT = "present"

ERA = r"(?P<era>明治?|大正?|昭和?|平成?|令和?|[MTSHR](?![a-z])|西暦)?"
GAP = r"[\s./・,\-‐−ー年]+"
YEAR = rf"^{ERA}[\s.]*(?P<year>元|\d{{1,4}}){GAP}(?P<month>\d{{1,2}})"
DATE = re.compile(rf"{YEAR}[\s./・,\-‐−ー月]+(?P<day>\d{{1,2}})\s*日?\s*(\([日月火水木金土祝・]+\)|[日月火水木金土]曜日?)?$", re.IGNORECASE)
YEAR_MONTH = re.compile(rf"{YEAR}\s*(?:月|月\s*(?:から|より|まで|[~〜]))?$", re.IGNORECASE)
COMPACT_DATE = re.compile(r"^(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)$")
COMPACT_MONTH = re.compile(r"^(?P<year>\d{4})(?P<month>\d\d)$")
NOW = re.compile(r"^(present|現\s*在(\s*に\s*至る|\s*まで)?|至\s*現在|在\s*[職籍]\s*中|今日まで)$")
DURATION = re.compile(r"^(?:(?P<years>\d{1,2})\s*(?:年間?|\s)\s*)?(?:(?P<months>\d{1,3})\s*(?:[ヶヵケカかけ箇個]\s*月間?|月)?)?$")
MONTHS_A_YEAR = 12


def day(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A full date -> "2024-04-01"; a date outside its era is a problem, never silently moved into the next era."""
    folded = one_line(text)
    if not folded:
        return BLANK
    match = COMPACT_DATE.match(folded) or DATE.match(folded)
    if match is None:
        return problem("not_a_date")
    return _checked(match, int(match["day"]))


def year_month(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A month -> "2015-04", or 現在 and its like -> "present"."""
    folded = one_line(text)
    if not folded:
        return BLANK
    if NOW.match(folded):
        return Normalised(PRESENT, None)
    match = COMPACT_MONTH.match(folded) or YEAR_MONTH.match(folded)
    if match is None:
        return problem("not_a_year_month")
    return _checked(match, None)


def duration(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A length of time such as 5年2ヶ月, 62ヶ月 or a bare number of months -> total months."""
    folded = one_line(text)
    if not folded:
        return BLANK
    match = DURATION.match(folded)
    if match is None:
        return problem("not_a_duration")
    years, months = int(match["years"] or 0), int(match["months"] or 0)
    if match["years"] and months >= MONTHS_A_YEAR:
        return problem("not_a_duration")
    return Normalised(years * MONTHS_A_YEAR + months, None)


def _checked(match: re.Match[str], day_of_month: int | None) -> Normalised:
    groups = match.groupdict()
    era = _era_index(groups.get("era"))
    written = 1 if groups["year"] == "元" else int(groups["year"])
    if era is None and len(groups["year"]) < 4:
        return problem("era_missing")
    year = written if era is None else ERA_STARTS[era][2].year + written - 1
    month = int(match["month"])
    first_day = 1 if day_of_month is None else day_of_month
    if year not in YEARS or not 1 <= month <= MONTHS_A_YEAR or not 1 <= first_day <= monthrange(year, month)[1]:
        return problem("date_outside_era" if era is not None and year not in YEARS else "date_impossible")
    first = date(year, month, first_day)
    last = date(year, month, day_of_month or monthrange(year, month)[1])
    if era is not None and not _inside(era, first, last):
        return problem("date_outside_era")
    return Normalised(first.isoformat() if day_of_month else f"{year:04d}-{month:02d}", None)


def _era_index(written: str | None) -> int | None:
    """Place in ERA_STARTS; None for a Western year. A single kanji or letter stands for its era."""
    if written is None or written == "西暦":
        return None
    return next(index for index, (name, letter, _) in enumerate(ERA_STARTS) if written[0] == name[0] or written.upper() == letter)


def _inside(era: int, first: date, last: date) -> bool:
    """Whether some day from `first` to `last` lies in the era."""
    begins = ERA_STARTS[era][2]
    ends_before = ERA_STARTS[era + 1][2] if era + 1 < len(ERA_STARTS) else date.max
    return last >= begins and first < ends_before
