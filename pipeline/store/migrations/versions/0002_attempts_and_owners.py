"""How often the reading of a page ended in a programme error; which paper a decision is about, so that it is found without reading all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version. Decisions made before it have no owner and are always looked at: they may not be altered."""
    op.add_column("pages", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("decisions", sa.Column("owner", sa.String(length=128), nullable=True))
    op.create_index("ix_decisions_owner", "decisions", ["owner"], unique=False)
