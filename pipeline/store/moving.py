"""Operations on packets: what one would do is shown first, then it is carried out at once, and it can be taken back.

The packets concerned are worked out anew from their own sides here; whether other sheets belong to them now is for the next batch,
which knows all the others. What nobody can know before then is left in doubt, never taken as settled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.cleanup.fingerprint import same_paper
from pipeline.findings import Finding
from pipeline.packet import MADE_BY_PEOPLE, Packet, Role, Spot, regrouped
from pipeline.packet.assemble import UNREAD_BESIDE
from pipeline.packet.envelopes import TWO_PEOPLE
from pipeline.settings import Settings
from pipeline.store.deciding import conclude_packet, decide_again
from pipeline.store.dossier import side_rows
from pipeline.store.packets import dissolve, packet_findings
from pipeline.store.placings import Act, Before, Operation, keep_operation
from pipeline.store.queue import items_go_with_side
from pipeline.store.readings import CLOSED_STATES, sheets_at
from pipeline.store.reclassify import reclassifier
from pipeline.store.tables import FindingRow, PacketRow, PageRow, ScanRow, SheetRow

CLOSED = "受理または取下げが済んだ申請書類は変更できません。"
CHANGED = "この申請書類は、ほかの担当者の操作で変わりました。いまの内容を確かめてから、もう一度操作してください。"
NONE_CHOSEN = "ページを選んでください。"
NO_SHEET = "分割するページに、申請書（A～D）か合格証明書を1枚以上含めてください。"
NOTHING_LEFT = "申請書と合格証明書をすべて選ぶと、分割になりません。"
SAME = "移す先は、別の申請書類を選んでください。"
FIRST_SPLIT = 2
"""Number in the key of the first packet that is split off with this first side."""
FOLLOW_PAPER = frozenset({"cover_missing", "cover_double", "cover_day_odd", "unread_page_beside"})
"""Findings about what lay around the sides in the stack: they go wherever the sides go."""


class NotPossible(Exception):
    """An operation cannot be done; the message says why, for the person who asked."""


@dataclass(frozen=True)
class Wish:
    """What a person wants to do: with which packet open before them, which of its sides, and which other packet."""

    act: Act
    packet: int
    sides: frozenset[int] = frozenset()
    other: int | None = None


@dataclass(frozen=True)
class Plan:
    """What an operation would do.

    Attributes:
        target: None for a split and for foreign sides.
        moving: sides that go, blank backs and what would be left alone included.
        left: sides that stay in `source`; there: sides that are in `target` already.
        seen: changes when anything of this changes.
    """

    act: Act
    source: PacketRow
    target: PacketRow | None
    moving: tuple[SheetRow, ...]
    left: tuple[SheetRow, ...]
    there: tuple[SheetRow, ...]
    seen: str


def planned(session: Session, wish: Wish) -> Plan:
    """What the operation would do now. Raises NotPossible."""
    this, other = _open(session, wish.packet), None if wish.other is None else _open(session, wish.other)
    source, target = (other, this) if wish.act == "merge" else (this, other)
    if source is None or (target is None and wish.act == "move"):
        raise NotPossible(SAME)
    rows = side_rows(session, SheetRow.packet_id == source.id)
    chosen = rows if wish.act == "merge" else [row for row in rows if row.id in wish.sides]
    if not chosen or (wish.act != "merge" and len(chosen) != len(wish.sides)):
        raise NotPossible(CHANGED if wish.sides else NONE_CHOSEN)
    moving = chosen if wish.act == "foreign" else _with_followers(chosen, rows)
    left = tuple(row for row in rows if row not in moving)
    if source is target and not all(row.role == "doubtful" for row in moving):
        raise NotPossible(SAME)
    if wish.act == "split":
        _check_split(moving, left)
    there = () if target is None or target is source else tuple(side_rows(session, SheetRow.packet_id == target.id))
    return Plan(wish.act, source, target, tuple(moving), left, there, _fingerprint([*rows, *there], [source, target]))


def carry_out(session: Session, settings: Settings, plan: Plan, *, who: str) -> int:
    """Do it, in a writing transaction; the row of the decision."""
    source, target = plan.source, plan.target
    key = _new_key(session, plan.moving) if plan.act == "split" else None if target is None else target.key
    before = {row.key: as_it_is(session, row) for row in (source, target) if row is not None}
    left = {spot_of(row): source.key for row in plan.left} | {spot_of(row): target.key for row in plan.there if target is not None}
    operation = Operation(plan.act, source.key, key, {spot_of(row): row.role for row in plan.moving}, left, before)
    kept = keep_operation(session, operation, who=who)
    after = dict(before)
    if key is not None and target is not source:
        beside = (UNREAD_BESIDE,) if _has_unread(session, source) else ()
        after[key] = _joined(before[source.key], before.get(key), beside, _arrived(plan, plan.moving))
    if plan.left and target is not source:
        after[source.key] = replace(before[source.key], received=_arrived(plan, plan.left))
    rearrange(session, settings, dict.fromkeys(operation.sides, key), {}, after)
    return kept


def spot_of(row: SheetRow) -> Spot:
    """What names the side of this row."""
    return row.page.scan.sha256, row.page.number


def _open(session: Session, packet: int) -> PacketRow:
    row = session.get(PacketRow, packet)
    if row is None or row.state == "dissolved":
        raise NotPossible(CHANGED)
    if row.state in CLOSED_STATES:
        raise NotPossible(CLOSED)
    return row


def _with_followers(chosen: Sequence[SheetRow], rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The chosen sides with their blank backs; with all that is none of our sheets when none of those would be left with it."""
    spots = {spot_of(row) for row in chosen}
    alone = not any(row.sheet is not None and row not in chosen for row in rows)
    return [row for row in rows if row in chosen or (row.sheet is None and (alone or _is_back(row, spots)))]


def _is_back(row: SheetRow, spots: Collection[Spot]) -> bool:
    scan, page = spot_of(row)
    return (scan, page - 1) in spots and any(finding["code"] == "page_blank" for finding in row.findings)


def _check_split(moving: Sequence[SheetRow], left: Sequence[SheetRow]) -> None:
    if all(row.sheet is None for row in moving):
        raise NotPossible(NO_SHEET)
    if all(row.sheet is None for row in left):
        raise NotPossible(NOTHING_LEFT)


def _fingerprint(rows: Iterable[SheetRow], packets: Iterable[PacketRow | None]) -> str:
    lying = sorted((row.id, row.packet_id or 0, row.role or "") for row in rows)
    states = sorted({(row.id, row.state) for row in packets if row is not None})
    return hashlib.sha256(repr((lying, states)).encode()).hexdigest()


def _new_key(session: Session, moving: Sequence[SheetRow]) -> str:
    """A key that no packet has had: made of the first sheet, as the machine's keys are, and a number."""
    scan, page = min((row.page.scan_id, row.page.number, spot_of(row)) for row in moving if row.sheet is not None)[2]
    stem = f"{scan[:16]}-{page}{MADE_BY_PEOPLE}"
    number = FIRST_SPLIT
    while session.scalar(select(PacketRow.id).where(PacketRow.key == f"{stem}{number}")) is not None:
        number += 1
    return f"{stem}{number}"


def as_it_is(session: Session, row: PacketRow) -> Before:
    """The packet at this moment."""
    return Before(row.received, packet_findings(session, row.id))


def _arrived(plan: Plan, part: Sequence[SheetRow]) -> date:
    """Day this part of the packet arrived: the packet's when all came in one scan; else no day that is too early for any of it."""
    scans = {row.page.scan_id for row in (*plan.moving, *plan.left)}
    if len(scans) == 1 or not plan.left:
        return plan.source.received
    return max(plan.source.received, min(row.page.scan.received for row in part))


def _has_unread(session: Session, packet: PacketRow) -> bool:
    """Whether something about its sides themselves is open: one of them may be a sheet that nobody could read."""
    asked = FindingRow.packet_id == packet.id, FindingRow.source == "sheet", FindingRow.severity == "review"
    return session.scalar(select(FindingRow.id).where(*asked).limit(1)) is not None


def _joined(source: Before, target: Before | None, beside: tuple[Finding, ...], arrived: date) -> Before:
    """The packet that sides come to: what was asked about the stack they lay in is asked there too."""
    follow = union(tuple(each for each in source.findings if each.code in FOLLOW_PAPER and each.message != TWO_PEOPLE), beside)
    if target is None:
        return Before(arrived, follow)
    return Before(min(target.received, arrived), union(target.findings, follow))


def union(one: Sequence[Finding], two: Sequence[Finding]) -> tuple[Finding, ...]:
    """Both, what says the same only once."""
    said = {(each.code, each.message) for each in one}
    return (*one, *(each for each in two if (each.code, each.message) not in said))


def rearrange(
    session: Session, settings: Settings, homes: Mapping[Spot, str | None], roles: Mapping[Spot, str | None], after: Mapping[str, Before]
) -> None:
    """Put sides into the packets with these keys (None: foreign), and work the packets of `after` out anew.

    Args:
        session: a writing transaction.
        settings: the office's rules.
        homes: for every side that goes somewhere, the key of its packet.
        roles: roles of sides that are not what they were, or not simply used.
        after: every packet concerned: its day of arrival, and what is found of its make-up besides what its sides say.
    """
    known = {row.key: row for row in session.scalars(select(PacketRow).where(PacketRow.key.in_(after)))}
    keys = {row.id: row.key for row in known.values()}
    lying = {spot_of(row): row for row in side_rows(session, SheetRow.packet_id.in_(keys))}
    at = {spot: keys[row.packet_id or 0] for spot, row in lying.items()} | dict(homes)
    sides = [
        replace(side, role=_role(lying.get(spot), spot, roles, is_ours=side.sheet.sheet is not None, moved=spot in homes))
        for side in sheets_at(session, set(at), reclassifier(settings))
        if (spot := (side.scan, side.sheet.page))
    ]
    packets = []
    for key, was in after.items():
        own = tuple(side for side in sides if at[side.scan, side.sheet.page] == key)
        if any(side.sheet.sheet is not None for side in own):
            packets.append(regrouped(Packet(key, was.received, None, None, own, was.findings), same_paper))
    decide_again(session, settings, packets)
    _empty(session, [row for row in known.values() if row.key not in {packet.key for packet in packets}])
    _make_foreign(session, [spot for spot, key in homes.items() if key is None])
    rows = {row.key: row for row in session.scalars(select(PacketRow).where(PacketRow.key.in_(after)))}
    for spot, home in homes.items():
        items_go_with_side(session, spot, None if home is None else rows[home].id)
    for row in rows.values():
        conclude_packet(session, settings, row.id)


def _role(row: SheetRow | None, spot: Spot, roles: Mapping[Spot, str | None], *, is_ours: bool, moved: bool) -> Role:
    """What a side is in its packet: what it was before, where that is known; used when a person put it there."""
    if not is_ours:
        return "other"
    said = roles.get(spot, "used" if moved or row is None else row.role)
    known: dict[str | None, Role] = {"doubtful": "doubtful", "duplicate": "duplicate"}
    return known.get(said, "used")


def _empty(session: Session, packets: Sequence[PacketRow]) -> None:
    """Packets without any sheet of ours are no more; what lies in them still is in none."""
    session.flush()
    for row in packets:
        session.execute(update(SheetRow).where(SheetRow.packet_id == row.id).values(packet_id=None, position=None, role=None))
        dissolve(session, row)


def _make_foreign(session: Session, spots: Collection[Spot]) -> None:
    for scan, page in spots:
        for row in side_rows(session, ScanRow.sha256 == scan, PageRow.number == page):
            row.packet_id, row.position, row.role = None, None, "foreign"
    session.flush()
