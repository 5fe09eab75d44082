"""Single sign-on: to the identity provider of the settings and back, for people who are at the desk already."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.access import SentForm, TheDesk
from pipeline.review.desk import Desk
from pipeline.review.login import PAUSED, STALE_FORM, address_key, address_pause, is_ours, let_in, login_page
from pipeline.settings import DeskSettings
from pipeline.store.audit import record
from pipeline.store.sessions import login_failed
from pipeline.store.sso import ATTEMPT_MINUTES, Outsider, begin, person_of, take

router = APIRouter(prefix="/login/sso")

BROWSER_BYTES = 32
SENTENCES = {
    "provider_down": "認証サービスに接続できません。しばらく待ってからやり直すか、管理者に連絡してください。",
    "provider_wrong": "認証サービスの設定に誤りがあります。管理者に連絡してください。",
    "refused": "認証サービスでのログインが完了しませんでした。もう一度お試しください。",
    "token": "認証サービスからの応答を確認できませんでした。もう一度ログインしてください。",
    "issuer": "認証サービスからの応答を確認できませんでした。もう一度ログインしてください。",
    "stale": "ログインの手続きが時間切れになったか、すでに使われています。もう一度ログインしてください。",
    "unknown": "このアカウントは確認デスクに登録されていません。管理者に登録を依頼してください。",
    "disabled": "この利用者は停止中です。管理者に連絡してください。",
    "taken": "この利用者名には、別のアカウントが結び付いています。管理者に連絡してください。",
    "busy": "ログインが込み合っています。しばらく待ってからやり直してください。",
}
"""What is said of a login that failed; the word goes into the audit log."""
STATUS = {"provider_down": 502, "provider_wrong": 502, "busy": 503}
"""401 otherwise."""
NO_GUESS = ("provider_down", "provider_wrong", "busy", "refused")
"""Nobody's fault at this address."""


@router.post("")
def depart(request: Request, desk: TheDesk, form: SentForm) -> Response:
    """To the provider; the browser keeps a secret with which alone the way back is open."""
    from pipeline.review.oidc import SsoFailed

    provider = desk.provider
    if provider is None:
        raise HTTPException(404)
    if not is_ours(request, form):
        return login_page(desk, 403, STALE_FORM)
    if address_pause(request, desk):
        return login_page(desk, 429, PAUSED)
    try:
        way = provider.depart(_back(request, desk.settings.desk))
    except SsoFailed as failure:
        return _failed(request, desk, failure.code)
    browser = secrets.token_urlsafe(BROWSER_BYTES)
    with desk.store.writing() as session:
        begin(session, way.state, browser, way.attempt)
    answer = RedirectResponse(way.url, 303)
    rules = desk.settings.desk
    answer.set_cookie(_cookie(rules), browser, max_age=60 * ATTEMPT_MINUTES, httponly=True, samesite="lax", secure=rules.https)
    return answer


@router.get("/callback")
def arrive(request: Request, desk: TheDesk) -> Response:
    """Back from the provider: a session for the person whose account it is."""
    from pipeline.review.oidc import SsoFailed

    provider = desk.provider
    if provider is None:
        raise HTTPException(404)
    if address_pause(request, desk):
        return login_page(desk, 429, PAUSED)
    answer = dict(request.query_params)
    with desk.store.writing() as session:
        attempt = take(session, answer.get("state", ""), request.cookies.get(_cookie(desk.settings.desk), ""))
    if attempt is None:
        return _failed(request, desk, "stale")
    try:
        outsider = provider.arrive(answer, attempt, _back(request, desk.settings.desk))
    except SsoFailed as failure:
        return _failed(request, desk, failure.code)
    return _enter(request, desk, outsider)


def _enter(request: Request, desk: Desk, outsider: Outsider) -> Response:
    with desk.store.writing() as session:
        found = person_of(session, outsider)
        name = None if isinstance(found, str) else found.name
    if name is None:
        return _failed(request, desk, str(found))
    answer = let_in(request, desk, name, way="sso")
    answer.delete_cookie(_cookie(desk.settings.desk), secure=desk.settings.desk.https, httponly=True, samesite="lax")
    return answer


def _failed(request: Request, desk: Desk, code: str) -> Response:
    """The login page with a sentence; what could be a guess counts for the pause of this address."""
    with desk.store.writing() as session:
        if code not in NO_GUESS:
            login_failed(session, address_key(request))
        record(session, None, "login_failed", way="sso", reason=code)
    return login_page(desk, STATUS.get(code, 401), SENTENCES[code])


def _back(request: Request, rules: DeskSettings) -> str:
    """Our own address at which the provider is to send the browser back; the guard has checked the host's name."""
    return f"{'https' if rules.https else 'http'}://{request.headers['host']}{router.prefix}/callback"


def _cookie(rules: DeskSettings) -> str:
    return "__Host-desk_sso" if rules.https else "desk_sso"
