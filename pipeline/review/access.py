"""Who asks, with which role, and whether what was sent came from a form of ours."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request

from pipeline.review.desk import Desk, desk_of
from pipeline.review.guard import SAFE
from pipeline.settings import DeskSettings
from pipeline.store.desk_tables import SessionRow
from pipeline.store.sessions import find_session, is_stale
from pipeline.store.users import Role

CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
MOST_FIELDS = 100
STALE = "画面の有効期限が切れました。開き直してください。"


class NotSignedIn(Exception):
    """Nobody, or nobody any more: to the login page."""


@dataclass(frozen=True)
class Visitor:
    """Who is logged in."""

    name: str
    display: str
    roles: tuple[str, ...]
    csrf: str

    def may(self, *roles: str) -> bool:
        """Whether they have one of these roles."""
        return any(role in self.roles for role in roles)


Form = Mapping[str, Sequence[str]]


def cookie_name(desk: DeskSettings) -> str:
    """Name of the session's cookie; browsers let no other host and no unencrypted page set one that begins with __Host-."""
    return "__Host-desk" if desk.https else "desk"


async def sent_form(request: Request) -> Form:
    """The fields of an urlencoded body; none for a request that only reads."""
    if request.method in SAFE:
        return {}
    try:
        return parse_qs((await request.body()).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError) as exc:
        raise HTTPException(400, "送信された内容を読み取れません。") from exc


SentForm = Annotated[Form, Depends(sent_form)]
TheDesk = Annotated[Desk, Depends(desk_of)]


def field(form: Form, name: str) -> str:
    """The one value of a field; "" when it was not sent."""
    return next(iter(form.get(name, [])), "")


def signed_in(request: Request, desk: TheDesk, form: SentForm) -> Visitor:
    """Who asks. What would change something is taken only with the token of their session."""
    visitor = caller(request, desk)
    if request.method not in SAFE:
        hold_token(visitor, request.headers.get(CSRF_HEADER) or field(form, CSRF_FIELD))
    return visitor


def caller(request: Request, desk: TheDesk) -> Visitor:
    """Who asks, without a look at what was sent: whoever takes files in must hold the token against them before the first one."""
    secret = request.cookies.get(cookie_name(desk.settings.desk))
    visitor = _visitor(desk, secret) if secret else None
    if visitor is None:
        raise NotSignedIn
    return visitor


def hold_token(visitor: Visitor, token: str) -> None:
    """Raise 403 unless `token` is the one that stands in this session's forms."""
    if not hmac.compare_digest(token.encode(), visitor.csrf.encode()):
        raise HTTPException(403, STALE)


def _visitor(desk: Desk, secret: str) -> Visitor | None:
    rules = desk.settings.desk
    with desk.store.reading() as session:
        row = find_session(session, secret, rules)
        if row is None or not is_stale(row):
            return None if row is None else _as_visitor(row)
    with desk.store.writing() as session:
        row = find_session(session, secret, rules)
        if row is None:
            return None
        row.seen_at = datetime.now(UTC)
        return _as_visitor(row)


def _as_visitor(row: SessionRow) -> Visitor:
    return Visitor(row.user.name, row.user.display, tuple(row.user.roles), row.csrf)


def needs(*roles: Role) -> Callable[[Visitor], Visitor]:
    """A dependency that lets in whoever has one of `roles`."""

    def check(visitor: Annotated[Visitor, Depends(signed_in)]) -> Visitor:
        hold_role(visitor, *roles)
        return visitor

    return check


def hold_role(visitor: Visitor, *roles: Role) -> None:
    """Raise 403 unless they have one of these roles."""
    if not visitor.may(*roles):
        raise HTTPException(403, "この画面を使う権限がありません。")


anybody = signed_in
reviewing = needs("reviewer", "adjudicator")
administrating = needs("admin")
Anybody = Annotated[Visitor, Depends(anybody)]
Reviewer = Annotated[Visitor, Depends(reviewing)]
Admin = Annotated[Visitor, Depends(administrating)]
