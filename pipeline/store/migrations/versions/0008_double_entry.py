"""Double entry and test items: what each person keyed apart from the others, where an item stands, and what came of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORD = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)
APPEND_ONLY = ("field_entries", "seeded_answers")


def upgrade() -> None:
    """To this version."""
    _entries()
    _standings()
    _seeded()
    for table in APPEND_ONLY:
        _append_only(table)


def _append_only(table: str) -> None:
    """As 0003 and 0007 do for the chains; the function that PostgreSQL calls is made there."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    does = f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END" if sqlite else "EXECUTE FUNCTION append_only()"
    for change in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {does}")


def given(name: str, kind: Any) -> sa.Column[Any]:
    """A column that is never empty."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """A column that names a row of another table."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _entries() -> None:
    op.create_table(
        "field_entries",
        given("id", sa.Integer()),
        given("item_id", sa.Integer()),
        given("about", WORD),
        given("act", WORD),
        optional("of", sa.Integer()),
        optional("who", WORD),
        optional("raw", sa.Text()),
        optional("value", JSON),
        optional("doubt", WORD),
        given("at", MOMENT),
        refers("field_entries", "item_id", "queue_items"),
        sa.PrimaryKeyConstraint("id", name="pk_field_entries"),
    )
    op.create_index("ix_field_entries_item_id", "field_entries", ["item_id"], unique=False)
    op.create_index("ix_field_entries_who_id", "field_entries", ["who", "id"], unique=False)


def _standings() -> None:
    op.create_table(
        "keyed_items",
        given("item_id", sa.Integer()),
        given("about", WORD),
        given("kind", WORD),
        given("stage", WORD),
        given("first_by", WORD),
        optional("second_by", WORD),
        refers("keyed_items", "item_id", "queue_items"),
        sa.PrimaryKeyConstraint("item_id", name="pk_keyed_items"),
    )
    op.create_table(
        "double_outcomes",
        given("decision_id", sa.Integer()),
        given("item_id", sa.Integer()),
        given("first_by", WORD),
        given("second_by", WORD),
        given("verdict", WORD),
        given("at", MOMENT),
        refers("double_outcomes", "decision_id", "decisions"),
        refers("double_outcomes", "item_id", "queue_items"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_double_outcomes"),
    )
    op.create_index("ix_double_outcomes_at", "double_outcomes", ["at"], unique=False)
    op.create_index("ix_double_outcomes_item_id", "double_outcomes", ["item_id"], unique=False)


def _seeded() -> None:
    op.create_table(
        "seeded_items",
        given("id", sa.Integer()),
        given("item_id", sa.Integer()),
        given("who", WORD),
        given("source", WORD),
        given("known", JSON),
        given("shown", JSON),
        given("deadline", sa.Date()),
        given("until", MOMENT),
        given("state", WORD),
        optional("correct", sa.Boolean()),
        optional("answered_at", MOMENT),
        refers("seeded_items", "item_id", "queue_items"),
        sa.PrimaryKeyConstraint("id", name="pk_seeded_items"),
    )
    op.create_index("ix_seeded_items_answered_at", "seeded_items", ["answered_at"], unique=False)
    op.create_index("ix_seeded_items_item_id_who", "seeded_items", ["item_id", "who"], unique=False)
    op.create_index("ix_seeded_items_who_state", "seeded_items", ["who", "state"], unique=False)
    op.create_table(
        "seeded_answers",
        given("id", sa.Integer()),
        given("seeded_id", sa.Integer()),
        optional("raw", sa.Text()),
        optional("value", JSON),
        optional("doubt", WORD),
        given("at", MOMENT),
        refers("seeded_answers", "seeded_id", "seeded_items"),
        sa.PrimaryKeyConstraint("id", name="pk_seeded_answers"),
    )
    op.create_index("ix_seeded_answers_seeded_id", "seeded_answers", ["seeded_id"], unique=False)
