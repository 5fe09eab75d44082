"""Logging in and out, and the one-time link with which a password is chosen."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import Anybody, SentForm, TheDesk, cookie_name, field
from pipeline.review.desk import Desk
from pipeline.review.passwords import hash_password, is_right, weakness
from pipeline.store.audit import record
from pipeline.store.sessions import end_session, login_failed, login_pause, login_worked, start_session, sweep_sessions
from pipeline.store.users import accept, account_of, find_account, find_user, invited

router = APIRouter()

FORM_COOKIE = "desk_form"
"""Holds what the form of somebody who is not logged in yet must send back: another site can make a browser send, but not know it."""
ADDRESS_SHARE = 4
"""An office shares an address: it may fail so many times more often than one name."""
WRONG = "利用者名またはパスワードが違います。"
PAUSED = "ログインの失敗が続いたため、しばらく受け付けません。少し待ってからやり直してください。"
LINK_OVER = "このリンクは使えません（使用済み、または有効期限切れ）。管理者に新しいリンクを依頼してください。"
NO_PASSWORDS = "パスワードでのログインは使えません。シングルサインオンでログインしてください。"
STALE_FORM = "画面の有効期限が切れました。もう一度入力してください。"
Secret = Annotated[str, Path(max_length=64)]


@router.get("/login")
def show_login(desk: TheDesk, left: str = "") -> Response:
    """The login page."""
    return login_page(desk, 200, None, left=bool(left))


@router.post("/login")
def log_in(request: Request, desk: TheDesk, form: SentForm) -> Response:
    """Check a password; a session of its own, never the one before."""
    if not is_ours(request, form):
        return login_page(desk, 403, STALE_FORM)
    if not desk.settings.desk.password_login:
        return login_page(desk, 403, NO_PASSWORDS)
    name, password = field(form, "name").strip().lower(), field(form, "password")
    if not _may_try(desk, name, address_key(request)):
        return login_page(desk, 429, PAUSED)
    with desk.store.reading() as session:
        user = find_account(session, name)
    if not is_right(user.password if user and not user.disabled else None, password):
        with desk.store.writing() as session:
            record(session, user.name if user else None, "login_failed")
        return login_page(desk, 401, WRONG)
    return let_in(request, desk, name)


@router.post("/logout")
def log_out(request: Request, desk: TheDesk, visitor: Anybody) -> Response:
    """End the session; what the browser kept of our pictures goes too."""
    name = cookie_name(desk.settings.desk)
    with desk.store.writing() as session:
        end_session(session, request.cookies.get(name, ""))
        record(session, visitor.name, "logout")
    answer = RedirectResponse("/login?left=yes" if desk.provider else "/login", 303, headers={"clear-site-data": '"cache"'})
    answer.delete_cookie(name, secure=desk.settings.desk.https, httponly=True, samesite="lax")
    return answer


@router.get("/welcome/{secret}")
def show_welcome(secret: Secret, desk: TheDesk) -> Response:
    """The page behind a one-time link. Looking at it does not use it up."""
    return _welcome_page(desk, secret, 200, None)


@router.post("/welcome/{secret}")
def choose_password(secret: Secret, request: Request, desk: TheDesk, form: SentForm) -> Response:
    """Take the password and log in."""
    if not is_ours(request, form):
        return _welcome_page(desk, secret, 403, STALE_FORM)
    password = field(form, "password")
    problem = _problem(desk, secret, password, field(form, "again"))
    if problem is not None:
        return _welcome_page(desk, secret, 400, problem)
    kept = hash_password(password)
    with desk.store.writing() as session:
        invitation = invited(session, secret)
        if invitation is None:
            raise HTTPException(410, LINK_OVER)
        name = accept(session, invitation, kept).name
    return let_in(request, desk, name)


def _problem(desk: Desk, secret: str, password: str, again: str) -> str | None:
    with desk.store.reading() as session:
        invitation = invited(session, secret)
        name = None if invitation is None else invitation.user.name
    if name is None:
        raise HTTPException(410, LINK_OVER)
    return "2 回の入力が一致しません。" if password != again else weakness(password, name)


def address_key(request: Request) -> str:
    """Under which failures from one address are counted."""
    return f"address|{request.client.host if request.client else ''}"


def address_pause(request: Request, desk: Desk) -> bool:
    """Whether so much failed from this address that nothing is taken from it for a while."""
    rules = desk.settings.desk
    with desk.store.reading() as session:
        return login_pause(session, address_key(request), rules, tries=rules.login_tries * ADDRESS_SHARE) > 0


def _may_try(desk: Desk, name: str, address: str) -> bool:
    """Count a failure before the password is looked at: guesses sent at once must not slip through. A success takes it back."""
    rules = desk.settings.desk
    limits = {f"user|{name}": rules.login_tries, address: rules.login_tries * ADDRESS_SHARE}
    with desk.store.writing() as session:
        if any(login_pause(session, key, rules, tries=tries) for key, tries in limits.items()):
            return False
        for key in limits:
            login_failed(session, key)
        return True


def let_in(request: Request, desk: Desk, name: str, *, way: str = "password") -> Response:
    """A session for this person, never the one before; to the first page."""
    cookie = cookie_name(desk.settings.desk)
    with desk.store.writing() as session:
        user = find_user(session, name)
        if user is None or user.disabled:
            raise HTTPException(403, WRONG)
        sweep_sessions(session, desk.settings.desk)
        for key in (f"user|{name}", address_key(request)):
            login_worked(session, key)
        secret = start_session(session, user, instead_of=request.cookies.get(cookie))
        record(session, user.name, "login", way=way)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(cookie, secret, httponly=True, samesite="lax", secure=desk.settings.desk.https)
    answer.delete_cookie(FORM_COOKIE)
    return answer


def is_ours(request: Request, form: SentForm) -> bool:
    """Whether the form of somebody who is not logged in yet came from our page."""
    kept = request.cookies.get(FORM_COOKIE, "")
    return bool(kept) and hmac.compare_digest(kept.encode(), field(form, "csrf").encode())


def _with_form_cookie(desk: Desk, answer: Response, token: str) -> Response:
    answer.set_cookie(FORM_COOKIE, token, httponly=True, samesite="strict", secure=desk.settings.desk.https)
    return answer


def login_page(desk: Desk, status: int, problem: str | None, *, left: bool = False) -> Response:
    """The login page. `left`: somebody has just logged out here, perhaps not at the identity provider."""
    token = secrets.token_urlsafe(16)
    farewell = desk.provider.farewell() if left and desk.provider else None
    page = desk.page("login.html", status, problem=problem, token=token, left=left and desk.provider is not None, farewell=farewell)
    return _with_form_cookie(desk, page, token)


def _welcome_page(desk: Desk, secret: str, status: int, problem: str | None) -> Response:
    with desk.store.reading() as session:
        invitation = invited(session, secret)
        user = None if invitation is None else account_of(invitation.user)
    if user is None:
        raise HTTPException(410, LINK_OVER)
    token = secrets.token_urlsafe(16)
    return _with_form_cookie(desk, desk.page("welcome.html", status, problem=problem, token=token, user=user), token)
