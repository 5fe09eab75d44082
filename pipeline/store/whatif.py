"""How sure the fields of open packets are, counted in bands between thresholds: what other error rates would have accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Label, case, func, literal, select
from sqlalchemy.orm import Session

from pipeline.store.readings import CLOSED_STATES
from pipeline.store.tables import FieldRow, PacketRow, SheetRow

LIFTABLE = ("low_probability", "readers_disagree")
"""Reasons of fields that wait for their confidence alone; any other keeps a field waiting at every error rate."""

Levels = Mapping[str, Sequence[float]]
"""Kind of field -> thresholds, falling. A kind that is not there has no confidence that could be held against one."""


@dataclass(frozen=True)
class Band:
    """Fields of one kind that are alike.

    Attributes:
        decision: accept, review or blank.
        liftable: whether it waits for its confidence alone.
        person: whether a person has settled it.
        level: how many of the kind's thresholds its confidence does not reach; -1 for a kind without thresholds.
        fields: their number.
        doubt: sum of 1 - confidence.
    """

    kind: str
    decision: str
    liftable: bool
    person: bool
    level: int
    fields: int
    doubt: float


def bands(session: Session, levels: Levels) -> list[Band]:
    """All fields of open packets but those of second scans of a paper, in bands."""
    fields = (
        select(
            FieldRow.kind,
            FieldRow.decision,
            FieldRow.reason.in_(LIFTABLE).label("liftable"),
            ((FieldRow.confidence >= 1) & (FieldRow.decision != "review")).label("person"),  # no reading is said to be as sure as that
            _level(levels),
            FieldRow.confidence,
        )
        .join(SheetRow, FieldRow.sheet_id == SheetRow.id)
        .join(PacketRow, SheetRow.packet_id == PacketRow.id)
        .where(PacketRow.state.not_in([*CLOSED_STATES, "dissolved"]), SheetRow.role.is_distinct_from("duplicate"))
        .subquery()
    )
    alike = fields.c.kind, fields.c.decision, fields.c.liftable, fields.c.person, fields.c.level
    query = select(*alike, func.count(), func.sum(1 - fields.c.confidence)).group_by(*alike)
    found = session.execute(query)
    return [Band(kind, decision, bool(lift), bool(who), level, n, doubt) for kind, decision, lift, who, level, n, doubt in found]


def _level(levels: Levels) -> Label[int]:
    ordered = sorted(levels, key=lambda kind: tuple(levels[kind]))
    groups = [(tuple(kinds), steps) for steps, kinds in groupby(ordered, key=lambda kind: tuple(levels[kind]))]
    of_kind = [
        (FieldRow.kind.in_(kinds), case(*((FieldRow.confidence >= step, place) for place, step in enumerate(steps)), else_=len(steps)))
        for kinds, steps in groups
    ]
    return case(*of_kind, else_=literal(-1)).label("level")
