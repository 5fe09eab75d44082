"""Who is logged in, and how often somebody failed to."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from pipeline.settings import DeskSettings
from pipeline.store.desk_tables import AttemptRow, SessionRow, UserRow

SEEN_EVERY = timedelta(seconds=60)
"""`seen_at` is written no more often than this: a write for every picture would make readers wait."""
FORGOTTEN = timedelta(days=1)
"""Failed logins older than this say nothing any more."""
SECRET_BYTES = 32
"""Of links and sessions: 256 bits cannot be guessed."""
FIRST_PAUSE = 30.0
"""Seconds; every further failure doubles it."""
DOUBLINGS = 20
"""More would only make numbers too large."""


def hashed(secret: str) -> str:
    """What is kept of a secret that is random itself; it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start_session(session: Session, user: UserRow, *, instead_of: str | None) -> str:
    """Log a person in under a new secret, which goes into the cookie. A session under `instead_of`, the cookie before, ends."""
    if instead_of is not None:
        end_session(session, instead_of)
    secret, now = secrets.token_urlsafe(SECRET_BYTES), datetime.now(UTC)
    csrf = secrets.token_urlsafe(SECRET_BYTES)
    session.add(SessionRow(secret_hash=hashed(secret), user_id=user.id, csrf=csrf, started_at=now, seen_at=now))
    session.flush()
    return secret


def find_session(session: Session, secret: str, desk: DeskSettings) -> SessionRow | None:
    """The session under this cookie, when neither idle nor too old, and its person may still come in."""
    mine = select(SessionRow).where(SessionRow.secret_hash == hashed(secret))
    row = session.scalar(mine.options(joinedload(SessionRow.user)))
    if row is None or row.user.disabled:
        return None
    now = datetime.now(UTC)
    idle = now - row.seen_at > timedelta(minutes=desk.idle_minutes)
    return None if idle or now - row.started_at > timedelta(hours=desk.session_hours) else row


def is_stale(row: SessionRow) -> bool:
    """Whether it is time to note that this session is in use."""
    return datetime.now(UTC) - row.seen_at > SEEN_EVERY


def end_session(session: Session, secret: str) -> None:
    """Log out."""
    session.execute(delete(SessionRow).where(SessionRow.secret_hash == hashed(secret)))


def end_sessions(session: Session, user: UserRow) -> None:
    """Log a person out everywhere."""
    session.execute(delete(SessionRow).where(SessionRow.user_id == user.id))


def sweep_sessions(session: Session, desk: DeskSettings) -> None:
    """Remove what has expired."""
    now = datetime.now(UTC)
    session.execute(delete(SessionRow).where(SessionRow.started_at < now - timedelta(hours=desk.session_hours)))
    session.execute(delete(AttemptRow).where(AttemptRow.last_at < now - FORGOTTEN))


def login_pause(session: Session, key: str, desk: DeskSettings, *, tries: int) -> float:
    """Seconds until somebody may try again under `key`; 0 when they may now.

    From the `tries`-th failure on there is a pause, twice as long with each failure, up to `login_pause_minutes`.
    """
    row = session.get(AttemptRow, hashed(key))
    if row is None or row.failures < tries:
        return 0.0
    doubled: int = 2 ** min(row.failures - tries, DOUBLINGS)
    pause = min(FIRST_PAUSE * doubled, 60.0 * desk.login_pause_minutes)
    return max(0.0, pause - (datetime.now(UTC) - row.last_at).total_seconds())


def login_failed(session: Session, key: str) -> None:
    """Count a failure under `key`."""
    row = session.get(AttemptRow, hashed(key))
    if row is None:
        row = AttemptRow(key=hashed(key), failures=0)
        session.add(row)
    row.failures, row.last_at = row.failures + 1, datetime.now(UTC)
    session.flush()


def login_worked(session: Session, key: str) -> None:
    """Forget the failures under `key`."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == hashed(key)))
