"""The rows of the review desk: people, their one-time links, sessions, failed logins, and who saw and changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.store.tables import SHA256, WORD, Moment, Row


class UserRow(Row):
    """A person. `password` is an argon2 string, None until the person has chosen one; `roles` are words of `users.ROLES`."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(WORD, unique=True)
    display: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[Any]]
    password: Mapped[str | None] = mapped_column(Text)
    disabled: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(Moment)


class InvitationRow(Row):
    """A link with which a person chooses a password, once. Only the hash of its secret is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(SHA256, unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    user: Mapped[UserRow] = relationship()


class SessionRow(Row):
    """Somebody who is logged in. Only the hash of the cookie is kept; `csrf` goes into every form of this session."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(SHA256, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(WORD)
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[UserRow] = relationship()


class AttemptRow(Row):
    """Failed logins under one key (hash of a user name, or of an address) since the last success or pause."""

    __tablename__ = "login_attempts"

    key: Mapped[str] = mapped_column(SHA256, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class AuditRow(Row):
    """Who saw or did what. Never altered or removed; each row seals the one before it. `about` holds ids and codes, no values of papers."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(40))
    who: Mapped[str | None] = mapped_column(WORD)
    action: Mapped[str] = mapped_column(WORD)
    about: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(SHA256, unique=True)
    hash: Mapped[str] = mapped_column(SHA256, unique=True)


class WatcherRow(Row):
    """A process that takes in what lies in the inbox. `problem`: why its last batch did not come to its end, one sentence."""

    __tablename__ = "watchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(Text)
