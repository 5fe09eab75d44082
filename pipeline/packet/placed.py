"""What people said of where sides belong, laid over what the machine made of them.

The machine groups all sheets as if nobody had said anything; then sides that people placed go where they were put. So a packet keeps
its key when its first sheet is taken out of it, and nothing a person moved draws other sheets after it. A sheet that nobody has seen
when sheets beside it were placed goes with those that it fits; where it fits several, or none, it lies in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from pipeline.packet.groups import Group
from pipeline.packet.piles import grouped
from pipeline.packet.record import PacketSheet

Spot = tuple[str, int]
"""Scan's sha-256 and page number: names a side."""
KEY_DIGITS = 16
"""Of the scan's sha-256 in a packet's key: 64 bits, no two scans of an office share them."""
MADE_BY_PEOPLE = "."
"""Stands in the keys of packets that people made by splitting, and in no other."""


@dataclass(frozen=True)
class Placed:
    """Where people say a side belongs.

    Attributes:
        packet: key of a packet; None: to no application.
        chosen: a person put it there. False: it was left there when others were taken away; other readings may still move it.
    """

    packet: str | None
    chosen: bool = True


Placings = Mapping[Spot, Placed]


@dataclass
class Part:
    """Sheets that make one packet, under its key."""

    key: str
    group: Group

    @property
    def sides(self) -> list[PacketSheet]:
        """All of them, the doubtful ones last."""
        return [*self.group.sides, *self.group.doubtful]


def spot(side: PacketSheet) -> Spot:
    """What names this side."""
    return side.scan, side.sheet.page


def own_key(side: PacketSheet) -> str:
    """Key of a packet that begins with this side."""
    return f"{side.scan[:KEY_DIGITS]}-{side.sheet.page}"


def is_foreign(side: PacketSheet, placed: Placings) -> bool:
    """Whether a person said that it belongs to no application."""
    said = placed.get(spot(side))
    return said is not None and said.chosen and said.packet is None


def without_questions(sheets: Sequence[PacketSheet], placed: Placings) -> list[PacketSheet]:
    """The sides; those that belong to no application leave no question open."""
    return [_settled(side) if is_foreign(side, placed) else side for side in sheets]


def _settled(side: PacketSheet) -> PacketSheet:
    kept = tuple(finding for finding in side.sheet.findings if finding.severity == "info")
    return replace(side, role="foreign", sheet=replace(side.sheet, findings=kept))


def parted(sides: Sequence[PacketSheet], placed: Placings, closed: Collection[str]) -> tuple[list[Part], Callable[[str], str]]:
    """One part per packet, in the order of their first sheets, and what finds the key that a packet has now from one it once had.

    Args:
        sides: sheets of our forms, in the order of their files and pages.
        placed: what people said.
        closed: keys of packets that are closed; none of these is given again.
    """
    groups = grouped(sides)
    keys, taken = [], set(closed)
    for group in groups:
        keys.append(_free_key(group, taken))
        taken.add(keys[-1])
    given = set(keys)
    begun = {own_key(side): key for key, group in zip(keys, groups, strict=True) for side in (*group.sides, *group.doubtful)}

    def now(key: str) -> str:
        return key if key in given or MADE_BY_PEOPLE in key else begun.get(key, key)

    parts: dict[str, Group] = {}
    unseen = [_lay(group, key, _said(group, key, placed, now), parts) for key, group in zip(keys, groups, strict=True)]
    for newcomers in unseen:
        newcomers.settle(parts)
    order = {id(side): number for number, side in enumerate(sides)}
    for group in parts.values():
        group.sides.sort(key=lambda side: order[id(side)])
    made = [Part(key, group) for key, group in parts.items() if group.sides or group.doubtful]
    return sorted(made, key=lambda part: order[id(part.sides[0])]), now


def _free_key(group: Group, taken: Collection[str]) -> str:
    keys = [own_key(side) for side in (*group.sides, *group.doubtful)]
    return next(key for key in chain(keys, (f"{keys[0]}{MADE_BY_PEOPLE}{number}" for number in count())) if key not in taken)


def _said(group: Group, key: str, placed: Placings, now: Callable[[str], str]) -> dict[int, Placed]:
    """By id of a side of the group: what people said of it that still holds; keys as they are now."""
    said = {id(side): placed[spot(side)] for side in (*group.sides, *group.doubtful) if spot(side) in placed}
    said = {side: replace(each, packet=None if each.packet is None else now(each.packet)) for side, each in said.items()}
    parts = {key, *(each.packet for each in said.values() if each.chosen)}
    return {side: each for side, each in said.items() if each.chosen or each.packet in parts}


@dataclass
class Newcomers:
    """Sheets of one of the machine's groups that nobody has placed, and the parts its other sheets went to; `own` is the group's key."""

    sides: Sequence[PacketSheet]
    own: str
    homes: Sequence[str]

    def settle(self, parts: Mapping[str, Group]) -> None:
        """Put each with the one part it fits; in doubt where it fits several, or none."""
        for side in self.sides:
            fitting = [home for home in self.homes if _fits(parts[home], side)]
            if len(fitting) == 1:
                parts[fitting[0]].sides.append(side)
                continue
            home = self.own if self.own in self.homes else self.homes[0]
            parts[home].doubtful.append(side)
            for each in self.homes:
                parts[each].doubt = True


def _lay(group: Group, key: str, said: Mapping[int, Placed], parts: dict[str, Group]) -> Newcomers:
    """Put the sides of one of the machine's groups into the parts where people placed them, and say which are left to be settled."""
    away = {each.packet for each in said.values() if each.packet is not None and each.packet != key}
    stay = [side for side in (*group.sides, *group.doubtful) if id(side) in said and said[id(side)].packet == key]
    homes = [*([key] if stay else []), *sorted(away)]
    newcomers = []
    for doubtful, sides in ((False, group.sides), (True, group.doubtful)):
        for side in sides:
            word = said.get(id(side), Placed(key, chosen=False))
            if id(side) not in said and away:
                newcomers.append(side)
            elif word.packet is not None:
                home = parts.setdefault(word.packet, Group([]))
                (home.doubtful if doubtful and not word.chosen else home.sides).append(side)
    if group.doubt and key in parts:
        parts[key].doubt = True
    return Newcomers(newcomers, key, homes)


def _fits(group: Group, side: PacketSheet) -> bool:
    """Whether it says the same number or name as a sheet of the packet, and nothing that any of them contradicts."""
    single = Group([side])
    said = {relation for other in group.sides for relation in (Group([other]).number(single), Group([other]).name(single))}
    return "same" in said and "different" not in said
