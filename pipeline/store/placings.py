"""What people decided about where sides belong: operations on packets, in force until they are taken back.

One decision is one operation. Where a side belongs follows from the operations in force, in their order, so that taking one back leaves
what holds without it. All of them have the same owner: they are few, and every one of them may concern any packet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.findings import Finding
from pipeline.packet import Placed, Placings, Spot
from pipeline.store.decisions import Decision, add_decision
from pipeline.store.tables import DecisionRow

Act = Literal["move", "split", "merge", "foreign"]
ACTS: tuple[Act, ...] = get_args(Act)
OWNER = "placings"
KIND = "placing"


@dataclass(frozen=True)
class Before:
    """A packet before an operation: when it arrived, and what was found of its make-up."""

    received: date
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Operation:
    """Sides that a person placed.

    Attributes:
        source: key of the packet they were taken from.
        target: key of the packet they came to; None: to no application.
        sides: the sides, with the role they had in `source`.
        left: sides of both packets that stayed where they are, with their packet's key: seen, not chosen.
        before: the packets concerned, by key.
    """

    act: Act
    source: str
    target: str | None
    sides: Mapping[Spot, str | None]
    left: Mapping[Spot, str]
    before: Mapping[str, Before]

    @property
    def keys(self) -> set[str]:
        """Keys of the packets concerned."""
        return {self.source, self.target} - {None}  # type: ignore[return-value]


@dataclass(frozen=True)
class Kept:
    """An operation as it stands among the decisions. `back`: when and by whom it was taken back."""

    id: int
    at: datetime
    who: str
    operation: Operation
    back: tuple[datetime, str] | None = None


def keep_operation(session: Session, operation: Operation, *, who: str) -> int:
    """Append an operation to the decisions, in a writing transaction; its row."""
    before = {
        "roles": [[*spot, role] for spot, role in operation.sides.items()],
        "packets": {
            key: {"received": was.received.isoformat(), "findings": [_plain(finding) for finding in was.findings]}
            for key, was in operation.before.items()
        },
    }
    after = {
        "act": operation.act,
        "sides": [list(spot) for spot in operation.sides],
        "packet": operation.target,
        "left": [[*spot, key] for spot, key in operation.left.items()],
    }
    return add_decision(session, Decision(who, _subject(operation.source), before, after, OWNER)).id


def take_operation_back(session: Session, kept: Kept, *, who: str) -> None:
    """Append that an operation holds no longer."""
    add_decision(session, Decision(who, _subject(kept.operation.source), {"takes_back": kept.id}, None, OWNER))


def operations(session: Session) -> list[Kept]:
    """All operations, oldest first, those taken back too."""
    found: dict[int, Kept] = {}
    for row in session.scalars(select(DecisionRow).where(DecisionRow.owner == OWNER).order_by(DecisionRow.id)):
        at = datetime.fromisoformat(row.at)
        if row.after is not None:
            found[row.id] = Kept(row.id, at, row.who, _operation(row))
        elif row.before is not None and row.before.get("takes_back") in found:
            kept = found[row.before["takes_back"]]
            found[kept.id] = Kept(kept.id, kept.at, kept.who, kept.operation, (at, row.who))
    return list(found.values())


def merged_into(kept: Sequence[Kept], key: str) -> str:
    """Key of the packet that the one with this key was merged into, and so on; its own when it was not."""
    merged = {each.operation.source: each.operation.target for each in kept if each.operation.act == "merge" and each.back is None}
    while (onward := merged.pop(key, None)) is not None:
        key = onward
    return key


def placings_of(kept: Sequence[Kept]) -> dict[Spot, Placed]:
    """Where sides belong by these operations. One that was taken back says only that its sides were seen in the packet they were in.

    Args:
        kept: in their order.
    """
    placed: dict[Spot, Placed] = {}
    for each in kept:
        operation = each.operation
        seen = dict(operation.left)
        if each.back is not None:
            seen |= dict.fromkeys(operation.sides, merged_into(kept, operation.source))
        for spot, key in seen.items():
            if spot not in placed or not placed[spot].chosen:
                placed[spot] = Placed(key, chosen=False)
        if each.back is None:
            placed |= dict.fromkeys(operation.sides, Placed(operation.target))
    return placed


def placings(session: Session) -> Placings:
    """Where people say that sides belong."""
    return placings_of(operations(session))


def concerning(kept: Iterable[Kept], key: str, spots: Collection[Spot]) -> list[Kept]:
    """Operations that this packet or one of these sides had part in."""
    return [each for each in kept if key in each.operation.keys or not each.operation.sides.keys().isdisjoint(spots)]


def _subject(key: str) -> dict[str, Any]:
    return {"kind": KIND, "packet": key}


def _operation(row: DecisionRow) -> Operation:
    before, after = row.before or {}, row.after or {}
    return Operation(
        act=after["act"],
        source=row.subject["packet"],
        target=after["packet"],
        sides={(scan, page): role for scan, page, role in before["roles"]},
        left={(scan, page): key for scan, page, key in after["left"]},
        before={
            key: Before(date.fromisoformat(was["received"]), tuple(Finding(**each) for each in was["findings"]))
            for key, was in before["packets"].items()
        },
    )


def _plain(finding: Finding) -> dict[str, Any]:
    """Findings about a packet's make-up have no box."""
    return {name: value for name, value in vars(finding).items() if name != "box"}
