"""A batch of confirmations: kept, and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.forms import Library
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, field_from_json
from pipeline.store.claims import held
from pipeline.store.deciding import decide_packet
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.groups import Asked, Member, asked_now, unseen
from pipeline.store.looks import keep_looks, looked, newest_batch, take_back_looks
from pipeline.store.pieces import about
from pipeline.store.queue import close_item
from pipeline.store.readings import CLOSED_STATES, as_said, settle
from pipeline.store.replies import Reply
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

BATCH_BYTES = 8


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
    return Shown(member.asked.item, member.piece.number, about(member.asked.field, member.piece))


def confirm(
    session: Session, settings: Settings, library: Library, good: Collection[Shown], odd: Collection[Shown], *, who: str
) -> Confirmed:
    """Keep that these pieces are as they were read and those are not; decide the fields that are seen through, and their packets.

    A piece counts when its item is open, this person's, and still says what was shown. A field with an odd piece is not decided.
    """
    items = {each.item for each in (*good, *odd) if held(session, each.item, who) is not None}
    now = asked_now(session, settings, library, items)
    standing = [each for each in good if _stands(each, now)]
    out = [each for each in odd if _stands(each, now)]
    batch = secrets.token_hex(BATCH_BYTES)
    keep_looks(session, [(each.item, each.piece, each.about) for each in standing], "as_read", who=who, batch=batch)
    keep_looks(session, [(each.item, each.piece, each.about) for each in out], "odd", who=who, batch=batch)
    seen = looked(session, items)
    through = [asked for asked in now.values() if asked.item not in seen.odd and not unseen(asked, seen)]
    for asked in through:
        _decide_field(session, asked, who, batch, sorted({seen.as_read[asked.item, about(asked.field, piece)] for piece in asked.pieces}))
    _decide_packets(session, settings, [asked.item for asked in through])
    skipped = len(good) + len(odd) - len(standing) - len(out)
    return Confirmed(len(standing), tuple(asked.item for asked in through), tuple({each.item: None for each in out}), skipped)


def take_back_batch(session: Session, settings: Settings, *, who: str) -> tuple[list[int], int] | None:
    """Take this person's newest batch back: its items, and how many decisions had to stay; None when there is none.

    A decision stays when somebody answered the same field since, or its packet is closed.
    """
    newest = newest_batch(session, who)
    if newest is None:
        return None
    batch, began = newest
    items = take_back_looks(session, batch)
    made = session.scalars(select(DecisionRow).where(DecisionRow.who == who, DecisionRow.at >= began.isoformat()).order_by(DecisionRow.id))
    mine = [row for row in made if (row.before or {}).get("group") == batch]
    opened = [item for item in (_back(session, row, who) for row in mine) if item is not None]
    _decide_packets(session, settings, opened)
    return items, len(mine) - len(opened)


def _stands(each: Shown, now: dict[int, Asked]) -> bool:
    asked = now.get(each.item)
    pieces = asked.pieces if asked is not None else ()
    return asked is not None and any(piece.number == each.piece and about(asked.field, piece) == each.about for piece in pieces)


def reply_of(field: FieldValue) -> Reply:
    """What is kept of a field that is as it was read; the same as when it is answered alone."""
    if field.value is None or field.value is False or field.value == []:
        return Reply("", None)
    return Reply(field.raw.strip(), field.value)


def _decide_field(session: Session, asked: Asked, who: str, batch: str, looked_by: Sequence[str]) -> None:
    item = session.get_one(QueueRow, asked.item)
    assert item.scan is not None
    assert item.page is not None
    row, said = _field(session, item), reply_of(asked.field).as_said()
    before = {"raw": row.raw, "value": row.value, "decision": row.decision, "item": item.id, "group": batch, "looked": list(looked_by)}
    add_decision(session, Decision(who, field_subject((item.scan, item.page, row.name)), before, said))
    settle(row, as_said(field_from_json(row.reading), said))
    close_item(session, item.identity)


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
