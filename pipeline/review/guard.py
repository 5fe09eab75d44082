"""Around every request: who may call from where, how much they may send, what the browser is told, and errors without contents."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.settings import DeskSettings

log = logging.getLogger(__name__)

FORMS = "form-action 'self'"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    f"{FORMS}; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # no-referrer would make browsers send "Origin: null" with our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
KEPT_BY_NOBODY = "no-store"
"""Of pages that do not say otherwise: they show people's papers."""
HSTS = "max-age=31536000"
LENGTH = re.compile(r"[0-9]{1,15}")
SAFE = {"GET", "HEAD", "OPTIONS"}
UPLOADS = ("POST", "/scans")
"""The one request that may carry files, in a body that is taken apart as it comes; who sends it is asked before."""
FILES = "multipart/form-data"
TOO_LONG = "送信された内容が長すぎます。"
BROKEN = "処理中に問題が起きました。もう一度お試しください。"


class TooLong(Exception):
    """A body that goes on past the limit."""


class Guard:
    """ASGI middleware; the outermost one, so that nothing answers without it."""

    def __init__(self, app: ASGIApp, desk: DeskSettings) -> None:
        self.app = app
        self.desk = desk
        self.names = {name.strip().lower() for name in desk.names.split(",")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        dressed = self._dressed(send, scope["path"])
        headers = Headers(scope=scope)
        most = self.desk.upload_bytes if _carries_files(scope, headers) else self.desk.form_bytes
        refusal = self._refusal(scope["method"], headers, most)
        if refusal is not None:
            await refusal(scope, receive, dressed)
            return
        await self._run(scope, _Limited(receive, most), dressed)

    async def _run(self, scope: Scope, receive: _Limited, send: _Dressed) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as exc:  # noqa: BLE001 - the last place where an error can be told without quoting what it was about
            last = traceback.extract_tb(exc.__traceback__)[-1]  # the place is told, the message may quote a paper
            log.error("%s at %s:%s", type(exc).__name__, last.filename, last.lineno)
            if not send.started:
                await PlainTextResponse(BROKEN, 500)(scope, receive, send)

    def _refusal(self, method: str, headers: Headers, most: int) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if _split(f"//{host}")[0] not in self.names:
            return PlainTextResponse("この名前では利用できません。", 421)
        if method not in SAFE and _is_foreign(headers, host):
            return PlainTextResponse("別のサイトからの操作は受け付けません。", 403)
        length = headers.get("content-length", "0")
        return None if LENGTH.fullmatch(length) and int(length) <= most else _too_long()

    def _dressed(self, send: Send, path: str) -> _Dressed:
        headers = dict(HEADERS)
        if self.desk.oidc_issuer and path.split("/")[1:2] == ["login"]:
            headers["content-security-policy"] = POLICY.replace(FORMS, f"{FORMS} {_origin(self.desk.oidc_issuer)}")
        if self.desk.https:
            headers["strict-transport-security"] = HSTS
        return _Dressed(send, headers.items())


class _Dressed:
    """Sends with our headers."""

    def __init__(self, send: Send, headers: Iterable[tuple[str, str]]) -> None:
        self.send = send
        self.headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self.headers:
                headers[name] = value
            headers.setdefault("cache-control", KEPT_BY_NOBODY)
        await self.send(message)


class _Limited:
    """Receives up to a limit, whatever the headers say."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive = receive
        self.left = most

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.left -= len(message.get("body", b""))
            if self.left < 0:
                raise TooLong
        return message


def _carries_files(scope: Scope, headers: Headers) -> bool:
    return (scope["method"], scope["path"]) == UPLOADS and headers.get("content-type", "").lower().startswith(FILES)


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a page of another site made the browser send this."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and _split(origin)[1] != host.lower()


def _split(address: str) -> tuple[str, str]:
    """Name and whole host of an address, in small letters; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return (parts.hostname or ""), parts.netloc.lower()


def _origin(address: str) -> str:
    """The provider to which the login form may lead on; no other page of ours leads anywhere else."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _too_long() -> PlainTextResponse:
    return PlainTextResponse(TOO_LONG, 413)
