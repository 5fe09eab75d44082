"""Which sheets are one applicant's, second step: groups that lie together are joined by name, then by their place. In doubt not.

A pile is what lies together: the sheets of one envelope, where separator sheets tell the envelopes; else those of one file, or a run
of files with one sheet each (a scanner that writes a file per page, or per sheet with its blank back).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.packet.belief import number_belief
from pipeline.packet.groups import Group, by_number
from pipeline.packet.record import PacketSheet

SLIP_DIGITS = 2
"""A number written by mistake differs from the right one in at most so many digits (assumption)."""


@dataclass(frozen=True)
class Pile:
    """Sheets that lie together, in order. `owner` (by id of the side) and `holders` (by number) are shared by all piles."""

    sides: Sequence[PacketSheet]
    owner: dict[int, Group]
    holders: Mapping[str, Sequence[Group]]
    one_file: bool

    def groups(self) -> list[Group]:
        """The groups that have a sheet here, smallest first."""
        found = {id(group): group for side in self.sides if (group := self.owner[id(side)])}
        return sorted(found.values(), key=lambda group: len(group.sides))

    def beside(self) -> dict[int, list[Group]]:
        """By id of a group: the other groups that have a sheet next to one of its sheets."""
        found: dict[int, dict[int, Group]] = {}
        for one, two in zip(self.sides, self.sides[1:], strict=False):
            left, right = self.owner[id(one)], self.owner[id(two)]
            if left is not right:
                found.setdefault(id(left), {})[id(right)] = right
                found.setdefault(id(right), {})[id(left)] = left
        return {key: list(groups.values()) for key, groups in found.items()}

    def give(self, group: Group, home: Group, *, doubtful: bool = False) -> None:
        """Make the sheets of `group` those of `home`."""
        for side in (*group.sides, *group.doubtful):
            self.owner[id(side)] = home
        if doubtful:
            home.doubtful += group.sides
            home.doubt = True
        else:
            home.take(group)
        group.sides = []

    def is_of_another(self, single: Group, around: Sequence[Group]) -> bool:
        """Whether its number is that of a packet it does not lie in, so that it can be no slip of its neighbour's."""
        keys = number_belief(single.sides[0].sheet).chances
        known = [group for key in keys for group in self.holders.get(key, ()) if group.sides]
        others = [group for group in known if group is not single and not any(group is one for one in around)]
        return any(group.number(single) == "same" for group in others) and all(group.number(single) == "different" for group in around)


def piles_of(order: Sequence[PacketSheet]) -> list[list[PacketSheet]]:
    """Stretches that lie together: each envelope, each file with several written sides, each run of files with one sheet of paper."""
    written = Counter(side.scan for side in order if not side.is_blank)
    alone = {side.scan for side in order if written[side.scan] <= 1}
    return [list(run) for _, run in groupby(order, key=lambda side: "" if side.envelope is None and side.scan in alone else side.place)]


def grouped(order: Sequence[PacketSheet]) -> list[Group]:
    """The sheets of our forms, in the order of their files and pages -> one group per applicant. Cost is linear in files."""
    groups, holders = by_number(order)
    owner = {id(side): group for group in groups for side in group.sides}
    for sides in piles_of(order):
        pile = Pile(sides, owner, holders, len({side.scan for side in sides}) == 1)
        by_name(pile)
        by_place(pile)
    place = {id(side): number for number, side in enumerate(order)}
    found = [group for group in groups if group.sides]
    for group in found:
        group.sides.sort(key=lambda side: place[id(side)])
    return sorted(found, key=lambda group: place[id(group.sides[0])])


def by_name(pile: Pile) -> None:
    """Join groups under the same name, when their numbers cannot be told apart or a single sheet has another number.

    The latter is a slip of the writer, for the rules to state. With more than one possible partner, or two different numbers on
    several sheets each, all stay apart, in doubt. Over a run of files only neighbours are joined.
    """
    beside = {} if pile.one_file else pile.beside()
    groups = pile.groups()
    for group in groups:
        reach = groups if pile.one_file else beside.get(id(group), [])
        partners = [other for other in reach if other is not group and other.sides and not group.collides(other)]
        partners = [other for other in partners if group.sides and group.name(other) == "same"]
        if len(partners) == 1 and _number_allows(group, partners[0], one_file=pile.one_file):
            pile.give(group, partners[0])
        elif partners:
            for one in (group, *partners):
                one.doubt = True


def _number_allows(group: Group, other: Group, *, one_file: bool) -> bool:
    if group.number(other) != "different":
        return True
    small, large = sorted((group, other), key=lambda group: len(group.sides))
    return len(small.sides) == 1 and (one_file or _is_slip(large, small))


def by_place(pile: Pile) -> None:
    """A single sheet that says too little goes, marked doubtful, to the packet it lies in.

    Between two packets that may hold it, it stays alone and puts both in doubt.
    """
    beside = pile.beside()
    for group in pile.groups():
        if len(group.sides) != 1:
            continue
        around = [other for other in beside.get(id(group), []) if other.sides and _may_hold(other, group)]
        if not around or pile.is_of_another(group, around):
            continue
        if len(around) == 1 and len(around[0].sides) > 1:
            pile.give(group, around[0], doubtful=around[0].number(group) != "different")
        else:
            for other in (group, *around):
                other.doubt = True


def _may_hold(group: Group, single: Group) -> bool:
    """Whether the single sheet may be this packet's: the packet lacks it, and what it says differs by a slip at most."""
    if group.collides(single) or group.name(single) == "different":
        return False
    return group.number(single) != "different" or _is_slip(group, single)


def _is_slip(group: Group, single: Group) -> bool:
    numbers = [max(chances, key=lambda key: chances[key]) for side in group.sides if (chances := number_belief(side.sheet).chances)]
    own = number_belief(single.sides[0].sheet).chances
    written = max(own, key=lambda key: own[key]) if own else ""
    return any(sum(one != two for one, two in zip(written, number, strict=False)) <= SLIP_DIGITS for number in numbers)
