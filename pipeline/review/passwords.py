"""Passwords: argon2id with the parameters of RFC 9106 for little memory (64 MiB, 3 passes), as argon2-cffi sets them."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 12
"""Characters; length is what counts (NIST SP 800-63B)."""
MOST_LENGTH = 128
LEAST_DIFFERENT = 5
"""Different characters: "aaaaaaaaaaaa" is no password."""
AT_ONCE = 2
"""Hashes worked out at the same time: each takes 64 MiB, and anybody can ask for one."""

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)
_nobody = _hasher.hash("nobody has this password")
"""Verified against when there is no such user, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _turns:
        return _hasher.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password; without `kept` the answer is no, after the same time."""
    if len(password) > MOST_LENGTH:
        return False
    try:
        with _turns:
            return _hasher.verify(kept or _nobody, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, user: str) -> str | None:
    """Why a password is not taken, as a sentence; None when it is."""
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        return f"パスワードは {LEAST_LENGTH} 文字以上 {MOST_LENGTH} 文字以下にしてください。"
    if len(set(password)) < LEAST_DIFFERENT:
        return "同じ文字の繰り返しは使えません。"
    if user in password.lower():
        return "利用者名を含むパスワードは使えません。"
    return None
