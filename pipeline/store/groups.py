"""Pieces of doubtful fields that were read as the same sign, looked at together and confirmed together.

What may be looked at so is in `pieces`. A batch of confirmations is one action, of which each field keeps a decision of its own: made by
the person whose look was the last one at its pieces, with the batch and all who looked in `before`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import Session

from pipeline.forms import Library
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, field_from_json
from pipeline.store.double_entry import is_named
from pipeline.store.looks import Looked, looked
from pipeline.store.pieces import REASONS, Piece, about, pieces_of
from pipeline.store.readings import SETTLED, open_sheets
from pipeline.store.tables import FieldRow, PageRow, QueueRow, ScanRow, SheetRow

TOKEN_HEX = 16
"""Hex digits of a group's name in addresses: what was read goes into no address."""
MOST_KNOWN = 50_000
"""Fields of which the pieces are remembered; one takes some 5 kB."""
ROWS_AT_ONCE = 500
"""Readings fetched by one statement: SQLite takes no more than 32,766 values in one, older ones 999."""


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
class Cut:
    """A piece with what it is found by: its group, and what was shown of it (`pieces.about`)."""

    piece: Piece
    key: GroupKey
    token: str
    about: str


@dataclass(frozen=True)
class Asked:
    """A doubtful field that may be looked at in pieces."""

    item: int
    sheet: str | None
    form: str | None
    deadline: date
    field: FieldValue
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class Member:
    """One piece among its like."""

    asked: Asked
    cut: Cut


@dataclass(frozen=True)
class Group:
    """Pieces that wait to be looked at together. `fields`: how many fields they belong to; `deadline`: the nearest of them."""

    key: GroupKey
    token: str
    pieces: int
    fields: int
    deadline: date


def key_of(name: str, piece: Piece) -> GroupKey:
    """The group of a piece of the field with this name.

    Signs, squares and ovals look alike wherever they stand, circles around one word, and large pieces in fields of one name.
    """
    alike = {"circle": piece.name, **dict.fromkeys(("word", "signature", "seal", "blank"), name.rpartition("].")[2])}
    return GroupKey(piece.look, piece.text, alike.get(piece.look, ""))


Known = dict[tuple[object, ...], tuple[FieldValue, tuple[Cut, ...]]]
"""By a field's row and all that its pieces depend on."""


class PieceIndex:
    """The pieces of fields, worked out once for each state of a field: ten thousand fields have a hundred thousand pieces."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self.settings = settings
        self.specs = {(template.id, spec.name): spec for template in library.templates if template.fixed for spec in template.fields}
        self.known: Known = {}

    def asked(self, session: Session, *here: ColumnElement[bool]) -> list[Asked]:
        """Open items with something to be looked at; no field that two people must key apart from each other."""
        rows = session.execute(self._open_fields().where(*here)).all()
        known = self.known if len(self.known) < MOST_KNOWN else {}  # a new one: another thread may be reading the old one
        self._learn(session, known, [row for row in rows if _state(row) not in known])
        self.known = known
        found = []
        for row in rows:
            field, cuts = known[_state(row)]
            if cuts and not is_named(self.settings, field.kind, field.name):
                found.append(Asked(row.item, row.sheet, row.form, row.deadline, field, cuts))
        return found

    def _open_fields(self) -> Select[Any]:
        """Open items with what holds for their fields, narrowed by kind and reason."""
        identity = "field|" + ScanRow.sha256 + "|" + cast(PageRow.number, String) + "|" + FieldRow.name
        now = [getattr(FieldRow, column) for column in ("name", "kind", *SETTLED)]
        columns = (QueueRow.id.label("item"), QueueRow.deadline, SheetRow.form, SheetRow.sheet, FieldRow.id.label("row"), *now)
        query = open_sheets(select(*columns).select_from(SheetRow).join(SheetRow.fields)).join(QueueRow, QueueRow.identity == identity)
        reasons = {reason for each in REASONS.values() for reason in each}
        doubtful = FieldRow.decision == "review", FieldRow.kind.in_(REASONS), FieldRow.reason.in_(reasons)
        return query.where(QueueRow.state == "open", *doubtful)

    def _learn(self, session: Session, known: Known, rows: Sequence[Any]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = {row.row: row for row in rows[start : start + ROWS_AT_ONCE]}
            readings = session.execute(select(FieldRow.id, FieldRow.reading).where(FieldRow.id.in_(part)))
            for number, reading in readings:
                row = part[number]
                now = replace(field_from_json(reading), **{column: getattr(row, column) for column in SETTLED})
                pieces = pieces_of(now, self.specs.get((row.form, row.name)))
                known[_state(row)] = now, tuple(_cut(now, piece) for piece in pieces)


def _state(row: Any) -> tuple[object, ...]:
    return row.row, row.form, row.raw, str(row.value), row.confidence, row.reason


def _cut(field: FieldValue, piece: Piece) -> Cut:
    key = key_of(field.name, piece)
    return Cut(piece, key, key.token, about(field, piece))


def groups(session: Session, index: PieceIndex, who: str) -> list[Group]:
    """All groups of what this person may take, the largest first."""
    pieces: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    first: dict[str, GroupKey] = {}
    due: dict[str, date] = {}
    for asked, waiting in _waiting(session, index, who):
        tokens = [cut.token for cut in waiting]
        pieces.update(tokens)
        fields.update(set(tokens))
        for cut in waiting:
            first.setdefault(cut.token, cut.key)
            due[cut.token] = min(asked.deadline, due.get(cut.token, asked.deadline))
    found = [Group(first[token], token, number, fields[token], due[token]) for token, number in pieces.items()]
    return sorted(found, key=lambda group: (-group.pieces, group.key.look, group.key.text, group.key.family))


def members(session: Session, index: PieceIndex, who: str, token: str) -> list[Member]:
    """The pieces of one group that this person may take, those first that are most likely odd ones."""
    found = [Member(asked, cut) for asked, waiting in _waiting(session, index, who) for cut in waiting if cut.token == token]
    return sorted(found, key=lambda each: (each.cut.piece.gap, each.asked.field.confidence, each.asked.item, each.cut.piece.number))


def asked_now(session: Session, index: PieceIndex, items: Collection[int]) -> dict[int, Asked]:
    """These open items as they stand now, whoever holds them; without those that are not to be looked at in groups (any more)."""
    return {asked.item: asked for asked in index.asked(session, QueueRow.id.in_(items))}


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


def _waiting(session: Session, index: PieceIndex, who: str) -> Iterator[tuple[Asked, Sequence[Cut]]]:
    """Fields that nobody else holds, with the pieces nobody has looked at yet; without those of which a piece was taken out."""
    now = datetime.now(UTC)
    free = or_(QueueRow.claimed_by == who, QueueRow.claimed_until.is_(None), QueueRow.claimed_until <= now)
    seen = looked(session)
    for asked in index.asked(session, free):
        if asked.item not in seen.odd:
            yield asked, unseen(asked, seen)


def unseen(asked: Asked, seen: Looked) -> Sequence[Cut]:
    """The pieces that nobody has found to be as they were read, as they stand now."""
    return [cut for cut in asked.cuts if (asked.item, cut.about) not in seen.as_read] if seen.as_read else asked.cuts
