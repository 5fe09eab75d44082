"""The queue is found by every filter that a person may set, and a person's latest answers by their name."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

FILTERS = (("kind",), ("reason",), ("kind", "reason"))


def upgrade() -> None:
    """To this version."""
    for columns in FILTERS:
        names = ["state", *columns, "deadline", "id"]
        op.create_index(f"ix_queue_items_{'_'.join(names)}", "queue_items", names, unique=False)
    op.drop_index("ix_queue_items_state", "queue_items")  # each of these begins with it
    op.create_index("ix_decisions_who_id", "decisions", ["who", "id"], unique=False)
