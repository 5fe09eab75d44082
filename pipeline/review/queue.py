"""What waits for a person, the most urgent first, and getting the next of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import RedirectResponse, Response

from pipeline.report.words import label
from pipeline.review.access import Reviewer, SentForm, TheDesk, Visitor, field, reviewing
from pipeline.review.words import KINDS
from pipeline.store.asking import next_items, open_item, put_all_off
from pipeline.store.claims import QueueCounts, Wanted, waiting
from pipeline.store.double_queue import count_others, double_lines

router = APIRouter(dependencies=[Depends(reviewing)])

LINES = 50
"""Items listed; the rest is counted."""
TAKEN = "この項目は、ほかの担当者が確認中か、すでに確認が済んでいます。"

Kind = Annotated[Literal["", "field", "finding", "page"], Query()]
Reason = Annotated[str, Query(max_length=64, pattern="^[a-z_]*$")]


def wanted_of(form: SentForm) -> Wanted:
    """The filter that a form carries along."""
    return Wanted(field(form, "kind"), field(form, "reason"))


def wanted_by(visitor: Visitor, wanted: Wanted) -> Wanted:
    """The filter for this person: an adjudicator wants what two people differ about as well."""
    return replace(wanted, rules=visitor.may("adjudicator"))


@router.get("/queue")
def show_queue(desk: TheDesk, visitor: Reviewer, kind: Kind = "", reason: Reason = "", problem: str = "") -> Response:
    """Counts, filters, and the first lines."""
    wanted = wanted_by(visitor, Wanted(kind, reason))
    counts = desk.counted.counts(desk.store, desk.settings.office_day)
    with desk.store.reading() as session:
        lines = waiting(session, most=LINES, wanted=wanted)
        others = count_others(session, visitor.name, wanted=wanted)
        double = double_lines(session, desk.settings, [line.id for line in lines], visitor.name, rules=wanted.rules)
    return desk.page(
        "queue.html",
        visitor=visitor,
        counts=counts,
        lines=lines,
        wanted=wanted,
        here_count=_matching(counts, wanted),
        others=others,
        double=double,
        filters=_filters(counts),
        today=desk.settings.office_day,
        problem=TAKEN if problem == "taken" else None,
    )


@router.post("/queue/next")
def take_next(desk: TheDesk, visitor: Reviewer, form: SentForm) -> Response:
    """Claim the most urgent item and go to it."""
    wanted = wanted_by(visitor, wanted_of(form))
    with desk.store.writing() as session:
        item = next(iter(next_items(session, desk.settings, visitor.name, 1, wanted=wanted)), None)
    return RedirectResponse("/queue" if item is None else address_of(item, wanted), 303)


@router.post("/queue/release")
def release(desk: TheDesk, visitor: Reviewer) -> Response:
    """Give back what this person holds."""
    with desk.store.writing() as session:
        put_all_off(session, visitor.name)
    return RedirectResponse("/queue", 303)


@router.post("/queue/{item}/take")
def take(item: Annotated[int, Path(ge=1, le=2**31 - 1)], desk: TheDesk, visitor: Reviewer) -> Response:
    """Claim this item and go to it."""
    with desk.store.writing() as session:
        taken = open_item(session, desk.settings, item, visitor.name, rules=visitor.may("adjudicator"))
    return RedirectResponse(f"/items/{item}" if taken else "/queue?problem=taken", 303)


def address_of(item: int, wanted: Wanted) -> str:
    """Where an item is shown, with the filter; its words are ours (`Wanted` compares them with columns, nothing else)."""
    parts = [f"{name}={value}" for name, value in (("kind", wanted.kind), ("reason", wanted.reason)) if value.isidentifier()]
    return f"/items/{item}" + (f"?{'&'.join(parts)}" if parts else "")


def _matching(counts: QueueCounts, wanted: Wanted) -> int:
    return sum(
        number for (kind, reason), number in counts.kinds.items() if wanted.kind in ("", kind) and wanted.reason in ("", reason)
    )


def _filters(counts: QueueCounts) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """(kind, its name, [(reason, its name, number)]), the most frequent reason first."""
    found: list[tuple[str, str, list[tuple[str, str, int]]]] = []
    for kind, name in KINDS.items():
        parts = [(reason, label(reason), number) for (other, reason), number in counts.kinds.items() if other == kind]
        found.append((kind, name, sorted(parts, key=lambda part: -part[2])))
    return found
