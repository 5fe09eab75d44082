"""The first tables: scans, pages, sheets, fields, packets, findings, decisions, queue, transfers, exports."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """To this version."""
    for make in (_scans, _packets, _sheets, _findings, _decisions, _queue, _money, _exports):
        make()


def given(name: str, kind: Any) -> sa.Column[Any]:
    """A column that is never empty."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def _scans() -> None:
    op.create_table(
        "scans",
        given("id", sa.Integer()),
        given("sha256", WORD),
        given("name", sa.Text()),
        optional("media", WORD),
        given("page_count", sa.Integer()),
        given("received", sa.Date()),
        given("state", WORD),
        optional("refusal_code", WORD),
        optional("refusal_message", sa.Text()),
        given("added_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
        sa.UniqueConstraint("sha256", name="uq_scans_sha256"),
    )
    op.create_index("ix_scans_state", "scans", ["state"], unique=False)
    op.create_table(
        "pages",
        given("id", sa.Integer()),
        given("scan_id", sa.Integer()),
        given("number", sa.Integer()),
        given("version", WORD),
        given("state", WORD),
        optional("error", sa.Text()),
        given("done_at", MOMENT),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name="fk_pages_scan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("scan_id", "number", "version", name="uq_pages_scan_id_number_version"),
    )


def _packets() -> None:
    op.create_table(
        "packets",
        given("id", sa.Integer()),
        given("key", sa.String(length=128)),
        given("received", sa.Date()),
        optional("pass_number", WORD),
        optional("name", sa.Text()),
        given("verdict", WORD),
        given("state", WORD),
        given("deadline", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_packets"),
        sa.UniqueConstraint("key", name="uq_packets_key"),
    )
    op.create_index("ix_packets_pass_number", "packets", ["pass_number"], unique=False)
    op.create_index("ix_packets_state", "packets", ["state"], unique=False)


def _sheets() -> None:
    op.create_table(
        "sheets",
        given("id", sa.Integer()),
        given("page_id", sa.Integer()),
        optional("form", WORD),
        optional("sheet", WORD),
        given("fingerprint", sa.Text()),
        optional("match", JSON),
        given("findings", JSON),
        optional("packet_id", sa.Integer()),
        optional("position", sa.Integer()),
        optional("role", WORD),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_sheets_packet_id"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_sheets_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sheets"),
        sa.UniqueConstraint("page_id", name="uq_sheets_page_id"),
    )
    op.create_index("ix_sheets_packet_id", "sheets", ["packet_id"], unique=False)
    op.create_table(
        "fields",
        given("id", sa.Integer()),
        given("sheet_id", sa.Integer()),
        given("position", sa.Integer()),
        given("name", WORD),
        given("kind", WORD),
        given("raw", sa.Text()),
        optional("value", JSON),
        optional("problem", WORD),
        given("confidence", sa.Float()),
        given("decision", WORD),
        optional("reason", WORD),
        given("reading", JSON),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name="fk_fields_sheet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fields"),
        sa.UniqueConstraint("sheet_id", "name", name="uq_fields_sheet_id_name"),
    )
    op.create_index("ix_fields_decision", "fields", ["decision"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        given("id", sa.Integer()),
        given("packet_id", sa.Integer()),
        given("identity", sa.Text()),
        given("source", WORD),
        given("code", WORD),
        given("severity", WORD),
        given("message", sa.Text()),
        optional("scan", WORD),
        optional("page", sa.Integer()),
        optional("field", WORD),
        optional("box", JSON),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_findings_packet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("packet_id", "identity", name="uq_findings_packet_id_identity"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        given("id", sa.Integer()),
        given("at", sa.String(length=40)),
        given("who", sa.Text()),
        given("subject", JSON),
        optional("before", JSON),
        optional("after", JSON),
        given("previous_hash", WORD),
        given("hash", WORD),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("hash", name="uq_decisions_hash"),
        sa.UniqueConstraint("previous_hash", name="uq_decisions_previous_hash"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decisions_no_{change.lower()} BEFORE {change} ON decisions "
                "BEGIN SELECT RAISE(ABORT, 'decisions are append only'); END"
            )


def _queue() -> None:
    op.create_table(
        "queue_items",
        given("id", sa.Integer()),
        given("identity", sa.Text()),
        given("kind", WORD),
        given("reason", WORD),
        optional("packet_id", sa.Integer()),
        optional("scan", WORD),
        optional("page", sa.Integer()),
        optional("field", WORD),
        given("subject_hash", WORD),
        given("deadline", sa.Date()),
        given("state", WORD),
        optional("claimed_by", sa.Text()),
        optional("claimed_until", MOMENT),
        given("opened_at", MOMENT),
        optional("closed_at", MOMENT),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_queue_items_packet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_queue_items"),
        sa.UniqueConstraint("identity", name="uq_queue_items_identity"),
    )
    op.create_index("ix_queue_items_packet_id", "queue_items", ["packet_id"], unique=False)
    op.create_index("ix_queue_items_state", "queue_items", ["state"], unique=False)


def _money() -> None:
    op.create_table(
        "transfers",
        given("id", sa.Integer()),
        given("source_sha256", WORD),
        given("line", sa.Integer()),
        given("booked_on", sa.Date()),
        given("amount_yen", sa.Integer()),
        given("payer", sa.Text()),
        optional("edi", sa.Text()),
        given("cancelled", sa.Boolean()),
        given("state", WORD),
        optional("packet_id", sa.Integer()),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_transfers_packet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
        sa.UniqueConstraint("source_sha256", "line", name="uq_transfers_source_sha256_line"),
    )
    op.create_index("ix_transfers_packet_id", "transfers", ["packet_id"], unique=False)
    op.create_index("ix_transfers_state", "transfers", ["state"], unique=False)


def _exports() -> None:
    op.create_table(
        "exports",
        given("id", sa.Integer()),
        given("packet_id", sa.Integer()),
        given("format", WORD),
        given("file_name", sa.Text()),
        given("file_sha256", WORD),
        given("at", MOMENT),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_exports_packet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sa.UniqueConstraint("packet_id", "file_sha256", name="uq_exports_packet_id_file_sha256"),
    )
