"""The way on with a field that a person called unreadable or no valid value: asked once more, or given a value after all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.sheet import field_from_json
from pipeline.store.deciding import decide_packet
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.double_entry import is_double_keyed, start_over
from pipeline.store.moving import CHANGED, CLOSED, NotPossible
from pipeline.store.packets import SAID_IN_DOUBT
from pipeline.store.readings import CLOSED_STATES, settle
from pipeline.store.replies import Reply, reply_to_field
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

TWO_PEOPLE = "二人入力の欄です。ここでは入力できません。「もう一度確認に回す」を選んでください。"


def left_in_doubt(session: Session, packet: int, item: int) -> QueueRow:
    """The item about a field of this packet with which nothing goes on by itself. Raises NotPossible."""
    row = session.get(QueueRow, item)
    if row is None or row.packet_id != packet or row.kind != "field" or row.state == "open":
        raise NotPossible(CHANGED)
    if session.get_one(PacketRow, packet).state in CLOSED_STATES:
        raise NotPossible(CLOSED)
    field = _field(session, row)
    if field is None or field.decision != "review" or field.reason not in SAID_IN_DOUBT:
        raise NotPossible(CHANGED)
    return row


def to_be_entered(session: Session, settings: Settings, packet: int, item: int) -> QueueRow:
    """As `left_in_doubt`, of a field that one person alone may answer."""
    row = left_in_doubt(session, packet, item)
    field = _field(session, row)
    if field is not None and is_double_keyed(settings, field):
        raise NotPossible(TWO_PEOPLE)
    return row


def ask_again(session: Session, settings: Settings, item: QueueRow, *, who: str) -> None:
    """Take the answer to this item back: what was read holds again, and the item is open unless that settles it."""
    field = _field(session, item)
    assert field is not None
    assert item.scan is not None
    assert item.page is not None
    subject = field_subject((item.scan, item.page, field.name))
    given = session.scalars(select(DecisionRow).where(DecisionRow.owner == item.scan).order_by(DecisionRow.id.desc()))
    last = next(row for row in given if row.subject == subject)
    add_decision(session, Decision(who, subject, {"takes_back": last.id, "item": item.id}, None))
    item.state, item.closed_at, item.claimed_by, item.claimed_until = "open", None, None, None
    settle(field, field_from_json(field.reading))
    start_over(session, item)
    session.flush()
    if item.packet_id is not None:
        decide_packet(session, settings, item.packet_id)


def enter_value(session: Session, settings: Settings, item: QueueRow, reply: Reply, *, who: str) -> None:
    """Answer this item after all."""
    reply_to_field(session, settings, item, reply, who=who)


def _field(session: Session, item: QueueRow) -> FieldRow | None:
    here = ScanRow.sha256 == item.scan, PageRow.number == item.page, FieldRow.name == item.field
    query = select(FieldRow).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan).where(*here)
    return session.scalars(query.order_by(PageRow.id.desc())).first()
