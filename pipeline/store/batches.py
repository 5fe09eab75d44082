"""A batch of confirmations: kept, and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.sheet import FieldValue, field_from_json
from pipeline.store.audit import record
from pipeline.store.claims import held
from pipeline.store.database import Store
from pipeline.store.deciding import decide_packet
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.groups import Asked, Member, PieceIndex, asked_now, unseen
from pipeline.store.looks import keep_looks, looked, newest_batch, take_back_looks
from pipeline.store.queue import close_item
from pipeline.store.readings import CLOSED_STATES, as_said, settle
from pipeline.store.replies import Reply
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

BATCH_BYTES = 8
"""Of a batch's random name."""
FIELDS_A_TRANSACTION = 5
"""Deciding a packet takes some 30 ms, and everybody else's answers wait as long as one transaction takes."""


@dataclass(frozen=True)
class Confirmed:
    """What became of a batch.

    Attributes:
        pieces: how many were confirmed.
        items: those decided by it.
        odd: those of which a piece was taken out.
        skipped: pieces passed over, because their item was answered, taken or changed meanwhile.
    """

    pieces: int
    items: tuple[int, ...]
    odd: tuple[int, ...]
    skipped: int


@dataclass(frozen=True)
class Shown:
    """One piece as it was on the screen."""

    item: int
    piece: int
    about: str


def shown(member: Member) -> Shown:
    """What is remembered of a piece on a screen."""
    return Shown(member.asked.item, member.cut.piece.number, member.cut.about)


def confirm(store: Store, index: PieceIndex, good: Collection[Shown], odd: Collection[Shown], *, who: str) -> Confirmed:
    """Keep that these pieces are as they were read and those are not; decide the fields that are seen through, and their packets.

    A piece counts when its item is open, this person's, and still says what was shown. A field with an odd piece is not decided. Ended
    half-way, the looks are kept, and fields that were seen through and not decided wait to be answered alone.
    """
    batch = secrets.token_hex(BATCH_BYTES)
    with store.writing() as session:
        standing, out = _standing(session, index, good, odd, who)
        keep_looks(session, [(each.item, each.piece, each.about) for each in standing], "as_read", who=who, batch=batch)
        keep_looks(session, [(each.item, each.piece, each.about) for each in out], "odd", who=who, batch=batch)
        through = _seen_through(session, index, {each.item for each in standing}, who)
        skipped = len(good) + len(odd) - len(standing) - len(out)
        items, odd_items = [str(each.item) for each, _ in through], list(dict.fromkeys(each.item for each in out))
        record(session, who, "group_confirmed", items=items, odd=[str(each) for each in odd_items], pieces=len(standing), skipped=skipped)
    decided: list[int] = []
    for start in range(0, len(through), FIELDS_A_TRANSACTION):
        wanted = {asked.item for asked, _ in through[start : start + FIELDS_A_TRANSACTION]}
        with store.writing() as session:
            decided += _decide(session, index, wanted, who, batch)
    return Confirmed(len(standing), tuple(decided), tuple(odd_items), skipped)


def take_back_batch(store: Store, settings: Settings, *, who: str) -> tuple[int, int] | None:
    """Take this person's newest batch back: how many fields wait again, and how many had to stay decided; None when there is none.

    A decision stays when somebody answered the same field since, or its packet is closed.
    """
    with store.writing() as session:
        newest = newest_batch(session, who)
        if newest is None:
            return None
        batch, began = newest
        items = take_back_looks(session, batch)
        made = select(DecisionRow).where(DecisionRow.who == who, DecisionRow.at >= began.isoformat()).order_by(DecisionRow.id)
        mine = [row.id for row in session.scalars(made) if (row.before or {}).get("group") == batch]
        record(session, who, "group_taken_back", items=[str(item) for item in items])
    opened: list[int] = []
    for start in range(0, len(mine), FIELDS_A_TRANSACTION):
        with store.writing() as session:
            rows = [session.get_one(DecisionRow, number) for number in mine[start : start + FIELDS_A_TRANSACTION]]
            part = [item for item in (_back(session, row, who) for row in rows) if item is not None]
            _decide_packets(session, settings, part)
            opened += part
    return len(opened), len(mine) - len(opened)


def _standing(
    session: Session, index: PieceIndex, good: Collection[Shown], odd: Collection[Shown], who: str
) -> tuple[list[Shown], list[Shown]]:
    """Those of the pieces that are this person's and still say what was shown."""
    items = {each.item for each in (*good, *odd) if held(session, each.item, who) is not None}
    now = {
        Shown(asked.item, cut.piece.number, cut.about) for asked in asked_now(session, index, items).values() for cut in asked.cuts
    }
    return [each for each in good if each in now], [each for each in odd if each in now]


def _seen_through(session: Session, index: PieceIndex, items: Collection[int], who: str) -> list[tuple[Asked, list[str]]]:
    """Fields of these items of this person of which all pieces were found to be as they were read, with who looked at them."""
    seen, mine = looked(session, items), {item for item in items if held(session, item, who) is not None}
    through = [asked for asked in asked_now(session, index, mine).values() if asked.item not in seen.odd and not unseen(asked, seen)]
    return [(asked, sorted({seen.as_read[asked.item, cut.about] for cut in asked.cuts})) for asked in through]


def reply_of(field: FieldValue) -> Reply:
    """What is kept of a field that is as it was read; the same as when it is answered alone."""
    if field.value is None or field.value is False or field.value == []:
        return Reply("", None)
    return Reply(field.raw.strip(), field.value)


def _decide(session: Session, index: PieceIndex, items: Collection[int], who: str, batch: str) -> list[int]:
    """Decide the fields of these items, and each of their packets once."""
    through = _seen_through(session, index, items, who)
    for asked, looked_by in through:
        item = session.get_one(QueueRow, asked.item)
        assert item.scan is not None
        assert item.page is not None
        row, said = _field(session, item), reply_of(asked.field).as_said()
        before = {"raw": row.raw, "value": row.value, "decision": row.decision, "item": item.id, "group": batch, "looked": looked_by}
        add_decision(session, Decision(who, field_subject((item.scan, item.page, row.name)), before, said))
        settle(row, as_said(field_from_json(row.reading), said))
        close_item(session, item.identity)
    decided = [asked.item for asked, _ in through]
    _decide_packets(session, index.settings, decided)
    return decided


def _back(session: Session, row: DecisionRow, who: str) -> int | None:
    """Take one decision of a batch back and open its item, unless that is no longer to be done."""
    item = session.get_one(QueueRow, (row.before or {})["item"])
    packet = None if item.packet_id is None else session.get(PacketRow, item.packet_id)
    same = select(DecisionRow).where(DecisionRow.owner == row.owner).order_by(DecisionRow.id)
    said = [each for each in session.scalars(same) if each.subject == row.subject]
    if item.state == "open" or said[-1].id != row.id or (packet is not None and packet.state in CLOSED_STATES):
        return None
    after = said[-2].after if len(said) > 1 else None
    add_decision(session, Decision(who, row.subject, {"takes_back": row.id}, after, row.owner))
    item.state, item.closed_at = "open", None
    field = _field(session, item)
    settle(field, as_said(field_from_json(field.reading), after))
    session.flush()
    return item.id


def _decide_packets(session: Session, settings: Settings, items: Collection[int]) -> None:
    """Each packet once, however many of its fields were decided."""
    packets = select(QueueRow.packet_id).where(QueueRow.id.in_(items), QueueRow.packet_id.is_not(None)).distinct()
    for packet in session.scalars(packets).all():
        assert packet is not None
        decide_packet(session, settings, packet)


def _field(session: Session, item: QueueRow) -> FieldRow:
    query = select(FieldRow).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan)
    here = ScanRow.sha256 == item.scan, PageRow.number == item.page, FieldRow.name == item.field
    return session.scalars(query.where(*here).order_by(PageRow.id.desc()).limit(1)).one()
