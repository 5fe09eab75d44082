"""The rows. Every one has a natural key, so that each step may be done again without a second row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names, the same in every database, so that a migration can name what it alters."""

SHA256 = String(64)
"""Hex digest."""
WORD = String(64)
"""A machine name: code, state, kind, form id."""


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware."""
        del dialect
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Row(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON(none_as_null=True), list[Any]: JSON(none_as_null=True)}


class ScanRow(Row):
    """A file that arrived. `state`: open (pages still to be read), read, refused."""

    __tablename__ = "scans"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(SHA256, unique=True)
    name: Mapped[str] = mapped_column(Text)
    media: Mapped[str | None] = mapped_column(WORD)
    page_count: Mapped[int]
    received: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(WORD, index=True)
    refusal_code: Mapped[str | None] = mapped_column(WORD)
    refusal_message: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Moment)


class PageRow(Row):
    """One side, under one version of the reading.

    `state`: read, or failed by a programme error whose type is in `error`; `attempts` counts such errors.
    """

    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("scan_id", "number", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"))
    number: Mapped[int]
    version: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    done_at: Mapped[datetime] = mapped_column(Moment)
    scan: Mapped[ScanRow] = relationship()


class SheetRow(Row):
    """What was read from one side, and the packet it belongs to, in which role. `findings` are the reading's own, as JSON."""

    __tablename__ = "sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"), unique=True)
    form: Mapped[str | None] = mapped_column(WORD)
    sheet: Mapped[str | None] = mapped_column(WORD)
    fingerprint: Mapped[str] = mapped_column(Text)
    match: Mapped[dict[str, Any] | None]
    findings: Mapped[list[Any]]
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packets.id"), index=True)
    position: Mapped[int | None]
    role: Mapped[str | None] = mapped_column(WORD)
    page: Mapped[PageRow] = relationship()
    fields: Mapped[list[FieldRow]] = relationship(order_by="FieldRow.position")


class FieldRow(Row):
    """One field. The columns say what holds now (the packet's sheets weighed together); `reading` is what the page alone said."""

    __tablename__ = "fields"
    __table_args__ = (UniqueConstraint("sheet_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(WORD)
    kind: Mapped[str] = mapped_column(WORD)
    raw: Mapped[str] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    problem: Mapped[str | None] = mapped_column(WORD)
    confidence: Mapped[float]
    decision: Mapped[str] = mapped_column(WORD, index=True)
    reason: Mapped[str | None] = mapped_column(WORD)
    reading: Mapped[dict[str, Any]]


class PacketRow(Row):
    """One applicant's papers. `state`: see `packets.STATES`."""

    __tablename__ = "packets"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    received: Mapped[date] = mapped_column(Date)
    pass_number: Mapped[str | None] = mapped_column(WORD, index=True)
    name: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD, index=True)
    deadline: Mapped[date] = mapped_column(Date)


class FindingRow(Row):
    """What is wrong with a packet. `source`: sheet, packet or rule. `identity` tells it from the packet's others."""

    __tablename__ = "findings"
    __table_args__ = (UniqueConstraint("packet_id", "identity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    identity: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(WORD)
    code: Mapped[str] = mapped_column(WORD)
    severity: Mapped[str] = mapped_column(WORD)
    message: Mapped[str] = mapped_column(Text)
    scan: Mapped[str | None] = mapped_column(SHA256)
    page: Mapped[int | None]
    field: Mapped[str | None] = mapped_column(WORD)
    box: Mapped[list[Any] | None]


class DecisionRow(Row):
    """What a person decided. Never altered or removed; each row seals the one before it.

    `owner`: the scan or the packet's key it is about, from `subject`; None in rows older than the column.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_who_id", "who", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(Text)
    subject: Mapped[dict[str, Any]]
    owner: Mapped[str | None] = mapped_column(String(128), index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str] = mapped_column(SHA256, unique=True)
    hash: Mapped[str] = mapped_column(SHA256, unique=True)


CLAIMED_BY_ORDER = (
    ("state", "deadline", "id"),
    ("state", "kind", "deadline", "id"),
    ("state", "reason", "deadline", "id"),
    ("state", "kind", "reason", "deadline", "id"),
)
"""Columns of the queue's indexes: one for each filter a person may set, so that the most urgent item is its first entry."""


class QueueRow(Row):
    """Something that waits for a person. `state`: open, done (by a person), solved (the reason went away by itself)."""

    __tablename__ = "queue_items"
    __table_args__ = tuple(Index(f"ix_queue_items_{'_'.join(columns)}", *columns) for columns in CLAIMED_BY_ORDER)

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(WORD)
    reason: Mapped[str] = mapped_column(WORD)
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packets.id"), index=True)
    scan: Mapped[str | None] = mapped_column(SHA256)
    page: Mapped[int | None]
    field: Mapped[str | None] = mapped_column(WORD)
    subject_hash: Mapped[str] = mapped_column(SHA256)
    deadline: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(WORD)
    claimed_by: Mapped[str | None] = mapped_column(Text, index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class TransferRow(Row):
    """One line of a bank file. Money may come weeks before or after the papers, so it may have no packet."""

    __tablename__ = "transfers"
    __table_args__ = (UniqueConstraint("source_sha256", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_sha256: Mapped[str] = mapped_column(SHA256)
    line: Mapped[int]
    booked_on: Mapped[date] = mapped_column(Date)
    amount_yen: Mapped[int]
    payer: Mapped[str] = mapped_column(Text)
    edi: Mapped[str | None] = mapped_column(Text)
    cancelled: Mapped[bool]
    state: Mapped[str] = mapped_column(WORD, index=True)
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packets.id"), index=True)


class ExportRow(Row):
    """A packet that was handed on, and the file it went out in."""

    __tablename__ = "exports"
    __table_args__ = (UniqueConstraint("packet_id", "file_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"))
    format: Mapped[str] = mapped_column(WORD)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(SHA256)
    at: Mapped[datetime] = mapped_column(Moment)
