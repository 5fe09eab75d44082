"""Single sign-on: outside accounts of people, and logins on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "sso_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sso_links_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sso_links"),
        sa.UniqueConstraint("issuer", "subject", name="uq_sso_links_issuer_subject"),
        sa.UniqueConstraint("user_id", name="uq_sso_links_user_id"),
    )
    op.create_table(
        "sso_attempts",
        sa.Column("state_hash", WORD, nullable=False),
        sa.Column("browser_hash", WORD, nullable=False),
        sa.Column("nonce", WORD, nullable=False),
        sa.Column("verifier", WORD, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_sso_attempts"),
    )
    op.create_index("ix_sso_attempts_begun_at", "sso_attempts", ["begun_at"], unique=False)
