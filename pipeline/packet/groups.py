"""Which sheets are one applicant's, first step: by pass number. In doubt they stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.packet.belief import (
    NAME_FIELDS,
    SAME_ACROSS_SCANS,
    SAME_IN_SCAN,
    SAME_UNDER_OTHER_NAME,
    Relation,
    name_belief,
    number_belief,
)
from pipeline.packet.record import PacketSheet

ONCE = frozenset({"a", "c", "d", "certificate"})
"""Sheets an applicant sends once; B has continuation sheets."""


@dataclass
class Group:
    """Sheets of one applicant, in the order they came; `doubtful` are those only their place in the stack speaks for."""

    sides: list[PacketSheet]
    doubtful: list[PacketSheet] = field(default_factory=list)
    doubt: bool = False

    @property
    def places(self) -> set[str]:
        """Files its sheets came in, or envelopes, where separator sheets tell them."""
        return {side.place for side in self.sides}

    @property
    def kinds(self) -> set[str]:
        """Kinds of sheets it has."""
        return {side.sheet.sheet for side in self.sides if side.sheet.sheet}

    def collides(self, other: Group) -> bool:
        """Whether both have a sheet that is sent once."""
        return bool(self.kinds & other.kinds & ONCE)

    def number(self, other: Group, same_from: float = SAME_IN_SCAN) -> Relation:
        """Whether the two have the same pass number."""
        return _strongest(
            number_belief(one.sheet).relation(number_belief(two.sheet), same_from) for one in self.sides for two in other.sides
        )

    def name(self, other: Group) -> Relation:
        """Whether the two have the same applicant's name."""
        return _strongest(
            name_belief(one.sheet).relation(name_belief(two.sheet), SAME_IN_SCAN) for one in self.sides for two in other.sides
        )

    def take(self, other: Group) -> None:
        """Make the other's sheets this group's."""
        self.sides += other.sides
        self.doubtful += other.doubtful
        self.doubt |= other.doubt


def _strongest(relations: Iterable[Relation]) -> Relation:
    found = set(relations)
    return "same" if "same" in found else "different" if "different" in found else "unknown"


def by_number(sides: Sequence[PacketSheet]) -> tuple[list[Group], dict[str, list[Group]]]:
    """Sheets with the same pass number together, and the groups by every number they may have.

    The same number under another name is joined within one file or envelope only, as a slip of the writer or a former name; from
    another one, or when both hold the same sheet, it puts both in doubt.
    """
    groups: list[Group] = []
    index: dict[str, list[Group]] = {}
    for side in sorted(sides, key=lambda side: side.sheet.sheet not in NAME_FIELDS):
        single = Group([side])
        keys = number_belief(side.sheet).chances
        near = list({id(group): group for key in keys for group in index.get(key, [])}.values())
        home = _home(single, near)
        if home is None:
            groups.append(single)
            home = single
        else:
            home.take(single)
        for key in keys:
            if not any(known is home for known in index.setdefault(key, [])):
                index[key].append(home)
    return groups, index


def _home(single: Group, near: list[Group]) -> Group | None:
    """The group the sheet joins. Unless the name settles it, a number that another group has as well puts all of them in doubt."""
    alike = [group for group in _nearest_first(near, single.sides[0]) if _same_number(group, single)]
    joining = [group for group in alike if _joins(group, single)]
    if joining and joining[0].name(single) == "same":
        return joining[0]
    rivals = [group for group in alike if group.kinds & set(NAME_FIELDS)]
    if len(rivals) > 1 or (rivals and not joining):
        for one in (single, *rivals):
            one.doubt = True
        return None
    return joining[0] if joining else None


def _nearest_first(groups: list[Group], side: PacketSheet) -> list[Group]:
    mine = number_belief(side.sheet)
    return sorted(groups, key=lambda group: -max(mine.overlap(number_belief(other.sheet)) for other in group.sides))


def _same_number(group: Group, single: Group) -> bool:
    together = bool(group.places & single.places)
    return group.number(single, SAME_IN_SCAN if together else SAME_ACROSS_SCANS) == "same"


def _joins(group: Group, single: Group) -> bool:
    """Whether names allow what the numbers say: another name is a slip or a former name only beside its own papers."""
    if group.name(single) != "different":
        return True
    beside = bool(group.places & single.places) and not group.collides(single)
    return beside and group.number(single, SAME_UNDER_OTHER_NAME) == "same"
