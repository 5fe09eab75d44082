"""Which sheets are one applicant's: by pass number, then by name, then by their place in the stack. In doubt they stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

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
SLIP_DIGITS = 2
"""A number written by mistake differs from the right one in at most so many digits (assumption)."""


@dataclass
class Group:
    """Sheets of one applicant, in the order they came; `doubtful` are those only their place in the stack speaks for."""

    sides: list[PacketSheet]
    doubtful: list[PacketSheet] = field(default_factory=list)
    doubt: bool = False

    @property
    def scans(self) -> set[str]:
        """Files its sheets came in."""
        return {side.scan for side in self.sides}

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


def grouped(order: Sequence[PacketSheet]) -> list[Group]:
    """The sheets of our forms, in the order of their files and pages -> one group per applicant. Cost is linear in files."""
    groups = by_number(order)
    owner = {id(side): group for group in groups for side in group.sides}
    gone: set[int] = set()
    place = {id(side): number for number, side in enumerate(order)}
    for _, stretch in groupby(order, key=lambda side: side.scan):
        sides = list(stretch)
        here = list({id(owner[id(side)]): owner[id(side)] for side in sides}.values())
        left = by_place(by_name(here), sides)
        gone |= {id(group) for group in here} - {id(group) for group in left}
        owner |= {id(side): group for group in left for side in (*group.sides, *group.doubtful)}
    found = [group for group in groups if id(group) not in gone]
    for group in found:
        group.sides.sort(key=lambda side: place[id(side)])
    return sorted(found, key=lambda group: place[id(group.sides[0])])


def by_number(sides: Sequence[PacketSheet]) -> list[Group]:
    """Sheets with the same pass number together.

    The same number under another name is joined within one file only, as a slip of the writer or a former name; from another file,
    or when both hold the same sheet, it puts both in doubt.
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
    return groups


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
    same_scan = bool(group.scans & single.scans)
    return group.number(single, SAME_IN_SCAN if same_scan else SAME_ACROSS_SCANS) == "same"


def _joins(group: Group, single: Group) -> bool:
    """Whether names allow what the numbers say: another name is a slip or a former name only beside its own papers."""
    if group.name(single) != "different":
        return True
    beside = bool(group.scans & single.scans) and not group.collides(single)
    return beside and group.number(single, SAME_UNDER_OTHER_NAME) == "same"


def by_name(groups: list[Group]) -> list[Group]:
    """Join groups of one file under the same name, when their numbers cannot be told apart or a single sheet has another number.

    The latter is a slip of the writer, for the rules to state. With more than one possible partner, or two different numbers on
    several sheets each, all stay apart, in doubt.
    """
    left = list(groups)
    for group in sorted(groups, key=lambda group: len(group.sides)):
        partners = [other for other in left if other is not group and not group.collides(other) and group.name(other) == "same"]
        if len(partners) == 1 and _number_allows(group, partners[0]):
            partners[0].take(group)
            left = [one for one in left if one is not group]
        elif partners:
            for one in (group, *partners):
                one.doubt = True
    return left


def _number_allows(group: Group, other: Group) -> bool:
    return group.number(other) != "different" or min(len(group.sides), len(other.sides)) == 1


def by_place(groups: list[Group], order: Sequence[PacketSheet]) -> list[Group]:
    """A single sheet that says too little goes, marked doubtful, to the packet it lies in.

    Between two packets that may hold it, it stays alone and puts both in doubt.
    """
    left = list(groups)
    for group in groups:
        around = [other for other in _neighbours(group, left, order) if _may_hold(other, group)]
        if len(group.sides) != 1 or not around or _belongs_elsewhere(group, left, around):
            continue
        if len(around) == 1 and len(around[0].sides) > 1:
            _give(group, around[0])
            left = [one for one in left if one is not group]
        else:
            for other in (group, *around):
                other.doubt = True
    return left


def _neighbours(group: Group, groups: list[Group], order: Sequence[PacketSheet]) -> list[Group]:
    """Other groups that have a sheet next to a sheet of this one in the same file."""
    mine = {id(side) for side in group.sides}
    beside = {
        id(other)
        for one, two in pairwise(order)
        if one.scan == two.scan
        for side, other in ((one, two), (two, one))
        if id(side) in mine and id(other) not in mine
    }
    return [other for other in groups if other is not group and any(id(side) in beside for side in other.sides)]


def _may_hold(group: Group, single: Group) -> bool:
    """Whether the single sheet may be this packet's: the packet lacks it, and what it says differs by a slip at most."""
    if group.collides(single) or group.name(single) == "different":
        return False
    return group.number(single) != "different" or _is_slip(group, single)


def _belongs_elsewhere(single: Group, groups: list[Group], around: list[Group]) -> bool:
    """Whether its number is that of a packet it does not lie in, so that it can be no slip of its neighbour's."""
    others = [group for group in groups if group is not single and not any(group is one for one in around)]
    return any(group.number(single) == "same" for group in others) and all(group.number(single) == "different" for group in around)


def _is_slip(group: Group, single: Group) -> bool:
    numbers = [max(chances, key=lambda key: chances[key]) for side in group.sides if (chances := number_belief(side.sheet).chances)]
    own = number_belief(single.sides[0].sheet).chances
    written = max(own, key=lambda key: own[key]) if own else ""
    return any(sum(one != two for one, two in zip(written, number, strict=False)) <= SLIP_DIGITS for number in numbers)


def _give(group: Group, home: Group) -> None:
    """A number off by a slip is the writer's mistake and is for the rules; anything else is a doubt."""
    if home.number(group) == "different":
        home.sides += group.sides
    else:
        home.doubtful += group.sides
        home.doubt = True
