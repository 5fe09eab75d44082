"""The experience of one applicant: the words that speak for a field, the periods on a time line, months per field against the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import Response

from pipeline.checks.by_field import fields_of
from pipeline.checks.facts import Facts
from pipeline.checks.rows import Row, duration_words, month_words, rows_of
from pipeline.experience.loaded import classifier_in_use
from pipeline.packet import PacketSheet
from pipeline.review.access import Reviewer, TheDesk, reviewing
from pipeline.review.explained import Explained, Settled, explained, settled_by
from pipeline.review.tallies import tallies
from pipeline.review.timeline import Lane, shared_months, time_line
from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store.audit import record
from pipeline.store.careers import Career, career, row_of_item

router = APIRouter(dependencies=[Depends(reviewing)])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ROW = re.compile(r"rows\[(\d+)\]\.")


@dataclass(frozen=True)
class Line:
    """One row of B as the page shows it. `explained`: None where no duties are written; `item`: the question that is open about it."""

    name: str
    anchor: str
    page: int
    row: Row | None
    duties: FieldValue | None
    classified: FieldValue | None
    settled: Settled
    explained: Explained | None
    item: int | None


@dataclass(frozen=True)
class Span:
    """One period in words, for who does not see the time line."""

    name: str
    first: str
    last: str
    months: str
    fields: tuple[str, ...]
    shared: str


@router.get("/packets/{packet}/experience")
def show_experience(packet: Number, desk: TheDesk, visitor: Reviewer) -> Response:
    """The rows of B with their evidence, the time line and the sums."""
    with desk.store.reading() as session:
        found = career(session, packet)
    if found is None:
        raise HTTPException(404)
    with desk.store.writing() as session:
        record(session, visitor.name, "experience_seen", packet=packet)
    lines = list(_lines(found, desk.settings))
    facts = Facts(found.packet, desk.settings.rules)
    named = [(line.name, line.row) for line in lines if line.row is not None]
    lanes = [Lane(name, row.period, fields_of(row)) for name, row in named if row.period is not None and not row.reversed]
    return desk.page(
        "experience.html",
        visitor=visitor,
        career=found,
        lines=lines,
        drawing=time_line(lanes),
        spans=list(_spans(lanes)),
        sums=tallies(facts, named),
        required=duration_words(desk.settings.rules.required_months),
    )


@router.get("/items/{item}/evidence")
def show_evidence(item: Number, request: Request, desk: TheDesk, visitor: Reviewer) -> Response:
    """What speaks for the fields of one row, in small, beside the question about it."""
    with desk.store.reading() as session:
        found = row_of_item(session, item)
    if found is None:
        raise HTTPException(404)
    (scan, page, name), duties, packet = found
    why = _why(desk.settings, duties)
    whole = "evidence_part.html" if request.headers.get("hx-request") else "evidence.html"
    return desk.page(whole, visitor=visitor, why=why, packet=packet, anchor=_anchor(scan, page, name), item=item)


def _lines(found: Career, settings: Settings) -> Iterator[Line]:
    sides = found.packet.used("b")
    for place, side in enumerate(sides):
        of_rules = {_number(row.start.name): row for row in rows_of(side)}
        written = [value.name for value in side.sheet.fields if value.name.endswith(".duties") and value.raw]
        for number in sorted({*map(_number, written), *of_rules}):
            name = f"{number + 1}行目" if len(sides) == 1 else f"{place + 1}枚目の{number + 1}行目"
            duties = side.sheet.value(f"rows[{number}].duties")
            why = None if duties is None else _why(settings, duties.raw)
            yield _line(name, number, side, of_rules.get(number), found, why)


def _why(settings: Settings, text: str) -> Explained | None:
    """One text at a time: what is saved at the desk meanwhile may need the classifier, too."""
    if not text:
        return None
    with classifier_in_use(settings.home) as classifier:
        return explained(classifier, text, max_error=settings.max_error_fields)


def _line(name: str, number: int, side: PacketSheet, row: Row | None, found: Career, why: Explained | None) -> Line:
    duties, classified = (side.sheet.value(f"rows[{number}].{leaf}") for leaf in ("duties", "classified"))
    key = (side.scan, side.sheet.page, f"rows[{number}].classified")
    settled = settled_by(classified, said=key in found.said)
    return Line(name, _anchor(*key), side.sheet.page, row, duties, classified, settled, why, found.waiting.get(key))


def _spans(lanes: list[Lane]) -> Iterator[Span]:
    for lane in lanes:
        first, last = lane.period
        both = [(other.name, shared_months(lane.period, other.period)) for other in lanes if other is not lane]
        shared = "、".join(f"{name}と{duration_words(months)}" for name, months in both if months) or "なし"
        yield Span(lane.name, month_words(first), month_words(last), duration_words(last - first + 1), lane.fields, shared)


def _number(name: str) -> int:
    match = ROW.match(name)
    assert match is not None
    return int(match[1])


def _anchor(scan: str, page: int, name: str) -> str:
    """Where a row stands on the page of its packet."""
    return f"row-{scan[:8]}-{page}-{_number(name)}"
