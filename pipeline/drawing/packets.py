"""An applicant's whole packet as truth: every sheet agrees with every other, unless a fault is planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pipeline.drawing.career import Job, field_months, invent_career, month_text, row_fields, span_text, total_months
from pipeline.drawing.names import SUPERIORS, TITLES
from pipeline.drawing.people import Person, invent_person, pick

Fields = dict[str, str | bool | list[str]]
ISSUER = "一般社団法人 日本コンタクトセンター教育検定協会"
ROWS_PER_SHEET = 6
YEAR, MONTH = 2026, 10
"""When the invented papers are written; they arrive in the month after."""
ARRIVAL = "2026-11-10"


@dataclass(frozen=True)
class Applicant:
    """Who applies, for what, with which career, and who certifies it."""

    person: Person
    certifier: Person
    jobs: list[Job]
    pass_number: str
    exam: str
    exam_date: str
    issue_date: str
    title: str
    superior: str
    scores: tuple[int, ...]


@dataclass(frozen=True)
class Packet:
    """Truth of one applicant's papers: (form id, fields) in the order they are enclosed, and what is wrong with them."""

    applicant: Applicant
    sheets: tuple[tuple[str, Fields], ...]
    codes: tuple[str, ...] = ()


def invent_applicant(rng: np.random.Generator, months: list[int] | None = None, *, overlap: int = 0) -> Applicant:
    """An applicant who may be accepted, unless `months` (lengths of the jobs, newest first) are too few."""
    person = invent_person(rng)
    certifier = invent_person(rng)
    while certifier.name == person.name:
        certifier = invent_person(rng)
    lengths = months or [int(length) for length in rng.integers(22, 60, int(rng.integers(3, 5)))]
    year = int(rng.integers(2024, 2027))
    exam_month = int(rng.integers(2, 7))
    return Applicant(
        person=person,
        certifier=replace(certifier, employer=person.employer, office=person.office),
        jobs=invent_career(rng, person.employer, YEAR * 12 + MONTH - 1, lengths, overlap),
        pass_number=f"{year}{exam_month:02d}{int(rng.integers(10000)):04d}",
        exam=pick(rng, ("OMP", "OMP", "CAP")),
        exam_date=f"{year}年{exam_month}月{int(rng.integers(1, 29))}日",
        issue_date=f"{year}年{exam_month + 1}月{int(rng.integers(1, 29))}日",
        title=pick(rng, TITLES),
        superior=pick(rng, SUPERIORS),
        scores=tuple(int(score) for score in [rng.integers(520, 760), rng.integers(79, 97), *rng.integers(55, 100, 7)]),
    )


def _day(day: int) -> str:
    return f"{YEAR}年{MONTH}月{day}日"


def application(a: Applicant) -> Fields:
    """Sheet A."""
    person = a.person
    return {
        "application_date": _day(28),
        "qualification": [a.exam],
        "pass_number": a.pass_number,
        "certificate_issue_date": a.issue_date,
        "name_kana": person.kana,
        "name": person.name,
        "former_name": "",
        "birth_date": person.birth_date,
        "postal_code": person.home.postal_code,
        "address": person.home.address,
        "building": person.building,
        "phone": person.phone,
        "email": person.email,
        "employer": person.employer,
        "department": person.department,
        "job_title": a.title,
        "employer_phone": person.office_phone,
        "send_to": ["自宅"],
        "transfer_date": _day(26),
        "transfer_name_kana": a.pass_number[-4:] + person.kana.replace(" ", ""),
        "enclosed": ["certificate", "a", "b", "c", "d"],
        "signature": True,
        "seal": True,
    }


def experience(a: Applicant) -> list[tuple[str, Fields]]:
    """Sheet B and, for more than six jobs, its continuation."""
    parts = [a.jobs[start : start + ROWS_PER_SHEET] for start in range(0, len(a.jobs), ROWS_PER_SHEET)]
    sheets: list[tuple[str, Fields]] = []
    for number, jobs in enumerate(parts, 1):
        head: Fields = {"pass_number": a.pass_number, "created_date": _day(25), "name": a.person.name}
        count: Fields = {"sheet_count": str(len(parts)), "sheet_no": str(number)}
        sums: Fields = {"total_months": span_text(total_months(a.jobs)), **field_months(a.jobs)} if number == 1 else {}
        sheets.append(("b" if number == 1 else "b_continued", {**head, **count, **row_fields(jobs), **sums}))
    return sheets


def confirmation(a: Applicant) -> Fields:
    """Sheet C."""
    certifier = a.certifier
    fields = sorted({number for job in a.jobs for number in (job.field, *job.others)})
    return {
        "certified_date": _day(27),
        "applicant_name": a.person.name,
        "pass_number": a.pass_number,
        "period_from": month_text(min(job.first for job in a.jobs)),
        "period_to": "現在",
        "fields": [str(number) for number in fields],
        "relation": ["上司"],
        "certifier_company": certifier.employer,
        "certifier_postal_code": certifier.office.postal_code,
        "certifier_address": certifier.office.address,
        "certifier_department": certifier.department,
        "certifier_title": a.superior,
        "certifier_name_kana": certifier.kana,
        "certifier_name": certifier.name,
        "certifier_seal": True,
        "certifier_phone": certifier.office_phone,
        "certifier_email": certifier.email,
        "may_contact": ["可"],
    }


def oath(a: Applicant) -> Fields:
    """Sheet D."""
    return {"agreed": ["同意"], "oath_date": _day(28), "pass_number": a.pass_number, "signature": True}


def certificate(a: Applicant) -> Fields:
    """The certificate of the exam."""
    score, written, *by_field = a.scores
    return {
        "name": a.person.name,
        "name_roman": a.person.roman,
        "candidate_id": f"CK{a.pass_number[::-1][:7]}",
        "pass_number": a.pass_number,
        "exam": a.exam,
        "exam_date": a.exam_date,
        "issue_date": a.issue_date,
        "score": str(score),
        "written_percent": str(written),
        "result": "合格",
        **{f"scores_by_field[{place}]": str(value) for place, value in enumerate(by_field)},
        "issuer": ISSUER,
    }


def packet(a: Applicant) -> Packet:
    """Everything in order: A, B, C, D, certificate."""
    sheets = (("a", application(a)), *experience(a), ("c", confirmation(a)), ("d", oath(a)), ("certificate", certificate(a)))
    return Packet(a, sheets)


def plain(whole: Packet) -> Packet:
    """The same papers on forms without printed marks."""
    return replace(whole, sheets=tuple((form if form == "certificate" else f"{form}_plain", fields) for form, fields in whole.sheets))


def _changed(whole: Packet, form: str, **fields: str | bool) -> Packet:
    """The packet with some fields of one sheet other than they should be."""
    sheets = tuple((name, {**old, **fields}) if name.removesuffix("_plain") == form else (name, old) for name, old in whole.sheets)
    return replace(whole, sheets=sheets)


def without(whole: Packet, form: str) -> Packet:
    """The packet with a sheet left at home."""
    kept = tuple((name, fields) for name, fields in whole.sheets if name.removesuffix("_plain") != form)
    return replace(whole, sheets=kept, codes=(*whole.codes, f"sheet_missing_{form}"))


def _expired(whole: Packet) -> Packet:
    """A certificate issued more than three years before the papers arrive."""
    exam, issue = "2022年6月12日", "2022年7月5日"
    older = _changed(_changed(whole, "certificate", exam_date=exam, issue_date=issue), "a", certificate_issue_date=issue)
    return replace(older, applicant=replace(whole.applicant, exam_date=exam, issue_date=issue))


def _reversed(whole: Packet) -> Packet:
    first, second = whole.applicant.jobs[1].first, whole.applicant.jobs[1].last
    return _changed(whole, "b", **{"rows[1].from": month_text(second), "rows[1].to": month_text(first)})


def _other_digit(number: str) -> str:
    return f"{number[:-2]}{(int(number[-2]) + 3) % 10}{number[-1]}"


FAULTS: dict[str, Callable[[Packet], Packet]] = {
    "certificate_expired": _expired,
    "oath_unsigned": lambda whole: _changed(whole, "d", signature=False),
    "application_unsigned": lambda whole: _changed(whole, "a", signature=False),
    "pass_number_mismatch": lambda whole: _changed(whole, "b", pass_number=_other_digit(whole.applicant.pass_number)),
    "name_mismatch": lambda whole: _changed(whole, "c", applicant_name="本田 和也"),
    "period_reversed": _reversed,
    "total_months_mismatch": lambda whole: _changed(whole, "b", total_months=span_text(total_months(whole.applicant.jobs) + 12)),
}
"""Finding code -> what makes it true. `experience_too_short` is a career, see `invent_applicant`; for missing sheets see `without`."""


def faulty(whole: Packet, code: str) -> Packet:
    """The packet with the fault that `code` (a key of FAULTS) names."""
    return replace(FAULTS[code](whole), codes=(*whole.codes, code))
