"""The queue is found by every filter that may be set, a person's latest answers by their name; chains are append only on PostgreSQL."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

CHAINS = ("decisions", "audit")
FILTERS = (("kind",), ("reason",), ("kind", "reason"))


def upgrade() -> None:
    """To this version."""
    for columns in FILTERS:
        names = ["state", *columns, "deadline", "id"]
        op.create_index(f"ix_queue_items_{'_'.join(names)}", "queue_items", names, unique=False)
    op.drop_index("ix_queue_items_state", "queue_items")  # each of these begins with it
    op.create_index("ix_decisions_who_id", "decisions", ["who", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _append_only()


def _append_only() -> None:
    """As 0001 and 0003 do on SQLite."""
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are append only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in CHAINS:
        for change in ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} EXECUTE FUNCTION append_only()")
