"""People: who may do what, and the one-time links with which they choose a password."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.errors import WrongUsage
from pipeline.store.audit import record
from pipeline.store.desk_tables import InvitationRow, UserRow
from pipeline.store.sessions import SECRET_BYTES, end_sessions, hashed

Role = Literal["scanner", "reviewer", "adjudicator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
FIRST_ADMIN = "admin"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LINK_HOURS = 24
"""How long a one-time link can be used."""


@dataclass(frozen=True)
class Account:
    """A person, apart from the database. `password` is an argon2 string, None until one was chosen."""

    name: str
    display: str
    roles: tuple[str, ...]
    password: str | None
    disabled: bool


def account_of(row: UserRow) -> Account:
    """What a row says."""
    return Account(row.name, row.display, tuple(row.roles), row.password, row.disabled)


def find_account(session: Session, name: str) -> Account | None:
    """The person with this user name, disabled or not."""
    row = find_user(session, name)
    return None if row is None else account_of(row)


def add_user(session: Session, name: str, display: str, roles: Collection[str], *, by: str | None) -> UserRow:
    """A new person without a password. Raises WrongUsage for a name that is taken or no user name, or an unknown role."""
    if not NAME.fullmatch(name):
        raise WrongUsage("利用者名は半角の英小文字・数字・「.」「_」「-」で、2～32 文字にしてください。")
    if find_user(session, name) is not None:
        raise WrongUsage(f"利用者名 {name} はすでに使われています。")
    row = UserRow(name=name, display=display.strip() or name, roles=_checked(roles), disabled=False, added_at=datetime.now(UTC))
    session.add(row)
    session.flush()
    record(session, by, "user_added", user=name, roles=row.roles)
    return row


def find_user(session: Session, name: str) -> UserRow | None:
    """The row of the person with this user name."""
    return session.scalar(select(UserRow).where(UserRow.name == name))


def wanted_user(session: Session, name: str) -> UserRow:
    """The person with this user name; WrongUsage when there is none."""
    row = find_user(session, name)
    if row is None:
        raise WrongUsage(f"利用者 {name} は登録されていません。")
    return row


def all_users(session: Session) -> list[Account]:
    """Everybody, by user name."""
    return [account_of(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def set_roles(session: Session, user: UserRow, roles: Collection[str], *, by: str | None) -> None:
    """Give a person exactly these roles. Raises WrongUsage for the last admin, who would lock everybody out."""
    chosen = _checked(roles)
    if "admin" not in chosen:
        _keep_an_admin(session, user)
    user.roles = chosen
    record(session, by, "roles_set", user=user.name, roles=chosen)


def disable_user(session: Session, user: UserRow, *, by: str | None) -> None:
    """Let a person in no more: sessions and links end at once. Raises WrongUsage for the last admin."""
    _keep_an_admin(session, user)
    user.disabled = True
    end_sessions(session, user)
    _end_links(session, user)
    record(session, by, "user_disabled", user=user.name)


def enable_user(session: Session, user: UserRow, *, by: str | None) -> None:
    """Let a person in again, with the password they had."""
    user.disabled = False
    record(session, by, "user_enabled", user=user.name)


def invite(session: Session, user: UserRow, *, by: str | None) -> str:
    """The secret of a new one-time link; older links of this person are void, the password stays until the link is used."""
    if user.disabled:
        raise WrongUsage(f"利用者 {user.name} は停止中です。")
    _end_links(session, user)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session.add(InvitationRow(user_id=user.id, secret_hash=hashed(secret), expires_at=datetime.now(UTC) + timedelta(hours=LINK_HOURS)))
    record(session, by, "link_made", user=user.name)
    return secret


def invited(session: Session, secret: str) -> InvitationRow | None:
    """The link with this secret when it can still be used."""
    row = session.scalar(select(InvitationRow).where(InvitationRow.secret_hash == hashed(secret)))
    usable = row is not None and row.used_at is None and row.expires_at > datetime.now(UTC) and not row.user.disabled
    return row if usable else None


def accept(session: Session, invitation: InvitationRow, password: str) -> UserRow:
    """Use a link up: `password` (an argon2 string) holds from now on, and whoever was logged in with the old one is out."""
    user = invitation.user
    user.password, invitation.used_at = password, datetime.now(UTC)
    end_sessions(session, user)
    record(session, user.name, "password_set", user=user.name)
    return user


def first_admin(session: Session) -> str | None:
    """The secret of a link for the first admin; None as soon as anybody has a password. Every call makes the link before it void."""
    if session.scalar(select(func.count()).select_from(UserRow).where(UserRow.password.is_not(None))):
        return None
    row = find_user(session, FIRST_ADMIN) or add_user(session, FIRST_ADMIN, "管理者", ROLES, by=None)
    return invite(session, row, by=None)


def _checked(roles: Collection[str]) -> list[str]:
    unknown = sorted(set(roles).difference(ROLES))
    if unknown or not roles:
        raise WrongUsage(f"役割は {'、'.join(ROLES)} から選んでください。")
    return [role for role in ROLES if role in roles]


def _keep_an_admin(session: Session, leaving: UserRow) -> None:
    others = session.scalars(select(UserRow).where(UserRow.id != leaving.id, UserRow.disabled.is_(False)))
    if "admin" in leaving.roles and not any("admin" in other.roles for other in others):
        raise WrongUsage("管理者がいなくなるため、変更できません。")


def _end_links(session: Session, user: UserRow) -> None:
    now = datetime.now(UTC)
    session.execute(update(InvitationRow).where(InvitationRow.user_id == user.id, InvitationRow.used_at.is_(None)).values(used_at=now))
