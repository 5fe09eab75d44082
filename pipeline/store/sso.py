"""Single sign-on in the store: logins on their way, and which person an outside account belongs to.

The rule of linking: a person is added at the desk first; nobody registers themselves. The first login whose account carries the user's
name ties this account (issuer and subject) to the person for good. From then on the account alone says who it is, and the name it
carries nothing: somebody who is given a used name by the provider later does not get the older person's place. An admin can untie.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.store.audit import record
from pipeline.store.desk_tables import UserRow
from pipeline.store.sessions import end_sessions, hashed
from pipeline.store.sso_tables import SsoAttemptRow, SsoLinkRow
from pipeline.store.users import find_user

ATTEMPT_MINUTES = 10
"""How long the way to the provider and back may take; a password and a second factor are typed meanwhile."""
MOST_ATTEMPTS = 1_000
"""Anybody can begin one: more than an office begins in ten minutes, and little enough to hold. The oldest give way."""

Refusal = Literal["unknown", "disabled", "taken"]


@dataclass(frozen=True)
class Attempt:
    """What a login on its way is held against. `nonce` comes back in the token, `verifier` (PKCE) goes with the code."""

    nonce: str
    verifier: str


@dataclass(frozen=True)
class Outsider:
    """An account at the provider. `name`: the user name it carries, "" for none."""

    issuer: str
    subject: str
    name: str


def begin(session: Session, state: str, browser: str, attempt: Attempt) -> None:
    """Keep a login that begins in the browser that holds the secret `browser`."""
    _sweep(session)
    newest = select(SsoAttemptRow.state_hash).order_by(SsoAttemptRow.begun_at.desc()).limit(MOST_ATTEMPTS - 1)
    session.execute(delete(SsoAttemptRow).where(SsoAttemptRow.state_hash.not_in(newest)))
    keys = {"state_hash": hashed(state), "browser_hash": hashed(browser)}
    session.add(SsoAttemptRow(**keys, nonce=attempt.nonce, verifier=attempt.verifier, begun_at=datetime.now(UTC)))
    session.flush()


def take(session: Session, state: str, browser: str) -> Attempt | None:
    """The login that began with `state`, used up whatever comes of it; None when it is over, used, or another browser's."""
    _sweep(session)
    row = session.get(SsoAttemptRow, hashed(state))
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return Attempt(row.nonce, row.verifier) if hmac.compare_digest(row.browser_hash, hashed(browser)) else None


def person_of(session: Session, outsider: Outsider) -> UserRow | Refusal:
    """The person to let in, tied to the account if this is its first login; or why nobody is."""
    known = session.scalar(select(SsoLinkRow).where(SsoLinkRow.issuer == outsider.issuer, SsoLinkRow.subject == outsider.subject))
    if known is not None:
        return "disabled" if known.user.disabled else known.user
    user = find_user(session, outsider.name) if outsider.name else None
    if user is None:
        return "unknown"
    if user.disabled:
        return "disabled"
    if _link(session, user) is not None:
        return "taken"
    now = datetime.now(UTC)
    session.add(SsoLinkRow(user_id=user.id, issuer=outsider.issuer, subject=outsider.subject, linked_at=now))
    session.flush()
    record(session, user.name, "sso_linked", user=user.name)
    return user


def untie(session: Session, user: UserRow, *, by: str | None) -> bool:
    """Forget whose account it was: the next login with the user's name ties anew, and who is logged in is out. False without one."""
    link = _link(session, user)
    if link is None:
        return False
    session.delete(link)
    end_sessions(session, user)
    record(session, by, "sso_untied", user=user.name)
    return True


def linked_names(session: Session) -> frozenset[str]:
    """User names of the people who are tied to an account."""
    return frozenset(session.scalars(select(UserRow.name).join(SsoLinkRow, SsoLinkRow.user_id == UserRow.id)))


def _link(session: Session, user: UserRow) -> SsoLinkRow | None:
    return session.scalar(select(SsoLinkRow).where(SsoLinkRow.user_id == user.id))


def _sweep(session: Session) -> None:
    session.execute(delete(SsoAttemptRow).where(SsoAttemptRow.begun_at < datetime.now(UTC) - timedelta(minutes=ATTEMPT_MINUTES)))
