"""The review desk: people, links, sessions, failed logins, the audit log; the queue is found by its deadlines and by who holds what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """To this version."""
    _people()
    _sessions()
    _audit()
    op.create_index("ix_queue_items_state_deadline_id", "queue_items", ["state", "deadline", "id"], unique=False)
    op.create_index("ix_queue_items_claimed_by", "queue_items", ["claimed_by"], unique=False)


def given(name: str, kind: Any) -> sa.Column[Any]:
    """A column that is never empty."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def _people() -> None:
    op.create_table(
        "users",
        given("id", sa.Integer()),
        given("name", WORD),
        given("display", sa.Text()),
        given("roles", JSON),
        optional("password", sa.Text()),
        given("disabled", sa.Boolean()),
        given("added_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "invitations",
        given("id", sa.Integer()),
        given("user_id", sa.Integer()),
        given("secret_hash", WORD),
        given("expires_at", MOMENT),
        optional("used_at", MOMENT),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invitations_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("secret_hash", name="uq_invitations_secret_hash"),
    )
    op.create_index("ix_invitations_user_id", "invitations", ["user_id"], unique=False)


def _sessions() -> None:
    op.create_table(
        "sessions",
        given("id", sa.Integer()),
        given("secret_hash", WORD),
        given("user_id", sa.Integer()),
        given("csrf", WORD),
        given("started_at", MOMENT),
        given("seen_at", MOMENT),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    op.create_table(
        "login_attempts",
        given("key", WORD),
        given("failures", sa.Integer()),
        given("last_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_last_at", "login_attempts", ["last_at"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit",
        given("id", sa.Integer()),
        given("at", sa.String(length=40)),
        optional("who", WORD),
        given("action", WORD),
        given("about", JSON),
        given("previous_hash", WORD),
        given("hash", WORD),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
        sa.UniqueConstraint("previous_hash", name="uq_audit_previous_hash"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
            )
