"""An invented career whose months add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.drawing.duties import DUTIES, Duty
from pipeline.drawing.names import COMPANIES, TITLES
from pipeline.drawing.people import pick
from pipeline.experience.months import merged_months

FIELD_COUNT = 7
LONGEST_TEXT = 120
TWO_DUTIES = 0.4
"""Share of rows that tell two duties of one field."""


@dataclass(frozen=True)
class Job:
    """One row: months as year * 12 + month - 1, both counted."""

    first: int
    last: int
    present: bool
    employer: str
    position: str
    duties: str
    field: int
    others: tuple[int, ...]

    @property
    def months(self) -> int:
        """Length, both ends counted."""
        return self.last - self.first + 1


def month_text(month: int) -> str:
    """2015年4月."""
    return f"{month // 12}年{month % 12 + 1}月"


def span_text(months: int) -> str:
    """3年2ヶ月, or 8ヶ月 below a year."""
    years, rest = divmod(months, 12)
    return f"{years}年{rest}ヶ月" if years else f"{rest}ヶ月"


def total_months(jobs: list[Job]) -> int:
    """Overlaps counted once."""
    return merged_months([(job.first, job.last) for job in jobs])


def invent_career(rng: np.random.Generator, employer: str, now: int, months: list[int], overlap: int = 0) -> list[Job]:
    """Jobs, the newest first.

    Args:
        rng: decides everything not given.
        employer: where the person works now.
        now: month the papers are written in, still worked in.
        months: length of each job, the newest first; its count is the number of rows.
        overlap: months that the second job and the newest one have in common.
    """
    order = [DUTIES[int(place)] for place in rng.permutation(len(DUTIES))]
    jobs: list[Job] = []
    last = now
    for place, length in enumerate(months):
        duty = order[place]
        text, others = duty.text, duty.others
        second = next((other for other in order[len(months) :] if other.field == duty.field), None)
        if second and rng.random() < TWO_DUTIES and len(text + second.text) <= LONGEST_TEXT:
            order.remove(second)
            text, others = text + second.text, _together(duty, second)
        where = employer if place == 0 or rng.random() < 0.3 else pick(rng, COMPANIES)
        jobs.append(Job(last - length + 1, last, place == 0, where, pick(rng, TITLES), text, duty.field, others))
        gap = int(rng.choice([0, 0, 1, 3]))
        last = jobs[-1].first - 1 + overlap if place == 0 and overlap else jobs[-1].first - 1 - gap
    return jobs


def _together(duty: Duty, second: Duty) -> tuple[int, ...]:
    return tuple(sorted({*duty.others, *second.others} - {duty.field}))[:2]


def row_fields(jobs: list[Job]) -> dict[str, str]:
    """The jobs as the rows of one sheet B."""
    fields: dict[str, str] = {}
    for number, job in enumerate(jobs):
        row = f"rows[{number}]."
        fields[row + "from"] = month_text(job.first)
        fields[row + "to"] = "現在" if job.present else month_text(job.last)
        fields[row + "months"] = span_text(job.months)
        fields[row + "employer"] = job.employer
        fields[row + "position"] = job.position
        fields[row + "duties"] = job.duties
        fields[row + "field"] = str(job.field)
        fields[row + "other_fields"] = "".join(str(other) for other in job.others)
    return fields


def field_months(jobs: list[Job]) -> dict[str, str]:
    """The seven sums by main field; fields without a month stay blank."""
    sums = {number: merged_months([(job.first, job.last) for job in jobs if job.field == number]) for number in range(1, FIELD_COUNT + 1)}
    return {f"months_by_field[{number - 1}]": span_text(months) if months else "" for number, months in sums.items()}
