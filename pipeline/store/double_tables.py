"""The rows of double entry and of test items: what each person keyed apart from the others, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import SHA256, WORD, Moment, Row


class EntryRow(Row):
    """What happened to a double-keyed item short of a decision. Never altered or removed.

    Attributes:
        about: the item's subject hash at the time; an entry about another reading counts no more.
        act: keyed (somebody's answer), back (they took it back), void (it no longer counts).
        of: the entry that was taken back or became void.
        who: None when nobody did it.
    """

    __tablename__ = "field_entries"
    __table_args__ = (Index("ix_field_entries_who_id", "who", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id"), index=True)
    about: Mapped[str] = mapped_column(SHA256)
    act: Mapped[str] = mapped_column(WORD)
    of: Mapped[int | None]
    who: Mapped[str | None] = mapped_column(WORD)
    raw: Mapped[str | None] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    doubt: Mapped[str | None] = mapped_column(WORD)
    at: Mapped[datetime] = mapped_column(Moment)


class KeyedRow(Row):
    """Where a double-keyed item stands: worked out from its entries, so that claims need not read them.

    `stage`: second (waits for a second person), ruling (two differ, waits for an adjudicator). No row: nobody has keyed it.
    """

    __tablename__ = "keyed_items"

    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id"), primary_key=True)
    about: Mapped[str] = mapped_column(SHA256)
    kind: Mapped[str] = mapped_column(WORD)
    stage: Mapped[str] = mapped_column(WORD)
    first_by: Mapped[str] = mapped_column(WORD)
    second_by: Mapped[str | None] = mapped_column(WORD)


class OutcomeRow(Row):
    """A decision that two people's entries led to; goes when the decision is taken back.

    `verdict`: agreed, or whom the adjudicator followed: first, second, neither.
    """

    __tablename__ = "double_outcomes"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id"), index=True)
    first_by: Mapped[str] = mapped_column(WORD)
    second_by: Mapped[str] = mapped_column(WORD)
    verdict: Mapped[str] = mapped_column(WORD)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class SeededRow(Row):
    """An item with a known answer in somebody's hands.

    Attributes:
        source: agreed, ruled, machine.
        known: the answer, as a decision keeps it: {"raw", "value"} and perhaps "doubt".
        shown: what the page says instead of what is true now, see `seeded.Shown`.
        deadline: the day shown.
        until: how long it is held, as a claim is.
        state: given, answered, dropped (put off, or given back).
    """

    __tablename__ = "seeded_items"
    __table_args__ = (Index("ix_seeded_items_who_state", "who", "state"), Index("ix_seeded_items_item_id_who", "item_id", "who"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("queue_items.id"))
    who: Mapped[str] = mapped_column(WORD)
    source: Mapped[str] = mapped_column(WORD)
    known: Mapped[dict[str, Any]]
    shown: Mapped[dict[str, Any]]
    deadline: Mapped[date] = mapped_column(Date)
    until: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(WORD)
    correct: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


class SeededAnswerRow(Row):
    """What somebody answered to a test item, or that they took it back (`raw` None then). Never altered or removed."""

    __tablename__ = "seeded_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    seeded_id: Mapped[int] = mapped_column(ForeignKey("seeded_items.id"), index=True)
    raw: Mapped[str | None] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    doubt: Mapped[str | None] = mapped_column(WORD)
    at: Mapped[datetime] = mapped_column(Moment)
