"""Pieces of doubtful fields that were read as the same sign, looked at together and confirmed together.

What may be looked at so is in `pieces`. A batch of confirmations is one action, of which each field keeps a decision of its own: made by
the person whose look was the last one at its pieces, with the batch and all who looked in `before`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from pipeline.forms import FieldSpec, Library
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, field_from_json
from pipeline.store.looks import Looked, looked
from pipeline.store.pieces import REASONS, Piece, about, kinds_in_groups, pieces_of
from pipeline.store.readings import open_sheets
from pipeline.store.tables import FieldRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow

TOKEN_HEX = 16
"""Hex digits of a group's name in addresses: what was read goes into no address."""


@dataclass(frozen=True)
class GroupKey:
    """What the members of a group share. `family`: what else must be the same for them to look alike; "" where nothing must."""

    look: str
    text: str
    family: str

    @property
    def token(self) -> str:
        """Its name in addresses."""
        return hashlib.sha256(f"{self.look}|{self.text}|{self.family}".encode()).hexdigest()[:TOKEN_HEX]


@dataclass(frozen=True)
class Asked:
    """A doubtful field that may be looked at in pieces."""

    item: int
    packet: str | None
    sheet: str | None
    form: str | None
    deadline: date
    field: FieldValue
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Member:
    """One piece among its like."""

    asked: Asked
    piece: Piece

    @property
    def id(self) -> str:
        """What a form sends of it."""
        return f"{self.asked.item}-{self.piece.number}"

    @property
    def key(self) -> GroupKey:
        """Its group."""
        return key_of(self.asked, self.piece)


@dataclass(frozen=True)
class Group:
    """Pieces that wait to be looked at together. `fields`: how many fields they belong to; `deadline`: the nearest of them."""

    key: GroupKey
    pieces: int
    fields: int
    deadline: date


def key_of(asked: Asked, piece: Piece) -> GroupKey:
    """The group of a piece.

    Signs, squares and ovals look alike wherever they stand, circles around one word, and large pieces in fields of one name.
    """
    alike = {"circle": piece.name, **dict.fromkeys(("signature", "seal", "blank"), asked.field.name.rpartition("].")[2])}
    return GroupKey(piece.look, piece.text, alike.get(piece.look, ""))


def groups(session: Session, settings: Settings, library: Library, who: str) -> list[Group]:
    """All groups of what this person may take, the largest first."""
    pieces: Counter[GroupKey] = Counter()
    fields: Counter[GroupKey] = Counter()
    due: dict[GroupKey, date] = {}
    for asked, waiting in _waiting(session, settings, library, who):
        keys = [key_of(asked, piece) for piece in waiting]
        pieces.update(keys)
        fields.update(set(keys))
        due.update({key: min(asked.deadline, due.get(key, asked.deadline)) for key in keys})
    found = [Group(key, number, fields[key], due[key]) for key, number in pieces.items()]
    return sorted(found, key=lambda group: (-group.pieces, group.key.look, group.key.text, group.key.family))


def members(session: Session, settings: Settings, library: Library, who: str, token: str) -> list[Member]:
    """The pieces of one group that this person may take, those first that are most likely odd ones."""
    found = [
        Member(asked, piece)
        for asked, waiting in _waiting(session, settings, library, who)
        for piece in waiting
        if key_of(asked, piece).token == token
    ]
    return sorted(found, key=lambda member: (member.piece.gap, member.asked.field.confidence, member.asked.item, member.piece.number))


def asked_now(session: Session, settings: Settings, library: Library, items: Collection[int]) -> dict[int, Asked]:
    """These open items as they stand now, whoever holds them; without those that are not to be looked at in groups (any more)."""
    return {asked.item: asked for asked in _asked(session, settings, library, QueueRow.id.in_(items))}


def beside_of(session: Session, item: int) -> list[int]:
    """The open items about fields of the same side of paper, this one among them."""
    row = session.get(QueueRow, item)
    if row is None:
        return []
    here = QueueRow.scan == row.scan, QueueRow.page == row.page, QueueRow.kind == "field", QueueRow.state == "open"
    return list(session.scalars(select(QueueRow.id).where(*here)))


def hold(session: Session, items: Collection[int], who: str, *, minutes: int) -> set[int]:
    """Claim these open items, or hold them longer; those that are now this person's. Call it in a writing transaction."""
    now = datetime.now(UTC)
    free = or_(QueueRow.claimed_by == who, QueueRow.claimed_until.is_(None), QueueRow.claimed_until <= now)
    rows = session.scalars(select(QueueRow).where(QueueRow.id.in_(items), QueueRow.state == "open", free).with_for_update(skip_locked=True))
    taken = set()
    for row in rows:
        row.claimed_by, row.claimed_until = who, now + timedelta(minutes=minutes)
        taken.add(row.id)
    session.flush()
    return taken


def give_back(session: Session, items: Collection[int], who: str) -> None:
    """Give these items back, as far as this person holds them."""
    rows = session.scalars(select(QueueRow).where(QueueRow.id.in_(items), QueueRow.state == "open", QueueRow.claimed_by == who))
    for row in rows:
        row.claimed_by = row.claimed_until = None
    session.flush()


def _waiting(session: Session, settings: Settings, library: Library, who: str) -> Iterator[tuple[Asked, Sequence[Piece]]]:
    """Fields that nobody else holds, with the pieces nobody has looked at yet; without those of which a piece was taken out."""
    now = datetime.now(UTC)
    free = or_(QueueRow.claimed_by == who, QueueRow.claimed_until.is_(None), QueueRow.claimed_until <= now)
    seen = looked(session)
    for asked in _asked(session, settings, library, free):
        if asked.item not in seen.odd:
            yield asked, unseen(asked, seen)


def unseen(asked: Asked, seen: Looked) -> list[Piece]:
    """The pieces that nobody has found to be as they were read, as they stand now."""
    return [piece for piece in asked.pieces if (asked.item, about(asked.field, piece)) not in seen.as_read]


def _asked(session: Session, settings: Settings, library: Library, *here: Any) -> Iterator[Asked]:
    specs = {(template.id, spec.name): spec for template in library.templates if template.fixed for spec in template.fields}
    for row in session.execute(_open_fields(settings).where(*here)):
        asked = _as_asked(row, specs)
        if asked.pieces:
            yield asked


def _open_fields(settings: Settings) -> Any:
    """Open items with their fields, narrowed by kind and reason."""
    identity = "field|" + ScanRow.sha256 + "|" + cast(PageRow.number, String) + "|" + FieldRow.name
    kinds, reasons = kinds_in_groups(settings), {reason for each in REASONS.values() for reason in each}
    columns = (QueueRow.id, QueueRow.deadline, SheetRow.form, SheetRow.sheet, PacketRow.key, FieldRow)
    query = open_sheets(select(*columns).select_from(SheetRow).join(SheetRow.fields)).join(QueueRow, QueueRow.identity == identity)
    return query.where(
        QueueRow.state == "open", FieldRow.decision == "review", FieldRow.kind.in_(kinds), FieldRow.reason.in_(reasons)
    )


def _as_asked(row: Any, specs: dict[tuple[str, str], FieldSpec]) -> Asked:
    now = row.FieldRow
    read = field_from_json(now.reading)
    field = FieldValue(
        now.name, now.kind, now.raw, now.value, now.problem, now.confidence, now.decision, now.reason, read.candidates, read.box
    )
    spec = specs.get((row.form, now.name))
    return Asked(row.id, row.key, row.sheet, row.form, row.deadline, field, pieces_of(field, spec))
