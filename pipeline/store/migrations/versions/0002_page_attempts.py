"""How often the reading of a page ended in a programme error."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.add_column("pages", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
