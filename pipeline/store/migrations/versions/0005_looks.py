"""Looks at pieces of fields among their like: what was confirmed there, and what was taken out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("piece", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name="fk_looks_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
    )
    op.create_index("ix_looks_item_id", "looks", ["item_id"], unique=False)
    op.create_index("ix_looks_batch", "looks", ["batch"], unique=False)
    op.create_index("ix_looks_who", "looks", ["who"], unique=False)
