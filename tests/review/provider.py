"""A small identity provider on this machine, as strict as the standard asks, and ways in which a bad one goes wrong."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "desk-client", "a-secret-of-the-tests-4711-and-long-enough"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"}) for kid in ("one", "two"))
"""Made once: it takes a second."""


@dataclass
class Provider:
    """An identity provider.

    Attributes:
        about: of its description, what is otherwise than right.
        claims: of its tokens, what is otherwise than right; None = left out.
        account: who logs in at /authorize, as claims.
    """

    issuer: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=lambda: account("sato"))
    info: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    alg: str = "RS256"
    down: bool = False
    given: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def consent(self, url: str, **more: str) -> str:
        """What the provider does when its page was filled in: the path with which the browser comes back to the desk."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.given[code] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer, **more})}"

    def description(self) -> dict[str, Any]:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
        found = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **found, **self.about}

    def tokens(self, sent: Mapping[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code, once; None when anything does not fit."""
        query = self.given.pop(sent.get("code", ""), None)
        if query is None or sent.get("redirect_uri") != query["redirect_uri"]:
            return None
        if create_s256_code_challenge(sent.get("code_verifier", "")) != query["code_challenge"]:
            return None
        if authorization != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"], **self.account, **self.claims}
        return {"access_token": "access-4711", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: Mapping[str, Any]) -> str:
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.alg == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, kept)]
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        key = OctKey.import_key(SECRET) if self.alg == "HS256" else self.key
        return jwt.encode({"alg": self.alg, "kid": self.key.kid}, kept, key, algorithms=[self.alg])


def account(name: str, subject: str | None = None, **more: Any) -> dict[str, Any]:
    """The claims about somebody."""
    return {"sub": subject or f"subject-of-{name}", "preferred_username": name, **more}


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider on a free port."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path == "/authorize":
                query = dict(parse_qsl(urlsplit(self.path).query))
                self.send_response(302)
                self.send_header("location", f"http://{urlsplit(query['redirect_uri']).netloc}{provider.consent(self.path)}")
                self.end_headers()
                return
            keys = {"keys": [{"kty": "oct", "k": "AAAA"}, provider.key.as_dict(private=False)]}
            said = {"/.well-known/openid-configuration": provider.description(), "/keys": keys, "/userinfo": provider.info}
            self._answer(said.get(path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            provider.asked.append(self.path)
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.tokens(sent, self.headers.get("authorization", "")))

        def _answer(self, said: Mapping[str, Any] | None) -> None:
            self.send_response(503 if provider.down else 400 if said is None else 200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(b"broken: Traceback" if provider.down else json.dumps(said or {"error": "invalid_grant"}).encode())

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    return Handler
