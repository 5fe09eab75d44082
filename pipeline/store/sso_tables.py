"""The rows of single sign-on: whom an outside account belongs to, and logins that were begun and not yet finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.store.desk_tables import UserRow
from pipeline.store.tables import SHA256, WORD, Moment, Row


class SsoLinkRow(Row):
    """A person's account at an identity provider, by what never changes there: issuer and subject. One account, one person."""

    __tablename__ = "sso_links"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[UserRow] = relationship()


class SsoAttemptRow(Row):
    """A login on its way. It is used up by the first answer; only hashes are kept of what the browser holds."""

    __tablename__ = "sso_attempts"

    state_hash: Mapped[str] = mapped_column(SHA256, primary_key=True)
    browser_hash: Mapped[str] = mapped_column(SHA256)
    nonce: Mapped[str] = mapped_column(WORD)
    verifier: Mapped[str] = mapped_column(WORD)
    begun_at: Mapped[datetime] = mapped_column(Moment, index=True)
