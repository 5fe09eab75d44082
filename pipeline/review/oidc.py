"""OpenID Connect: the way to an identity provider and back (authorization code with PKCE), and what its token must fulfil.

Nothing that comes from outside is believed before it was checked: the provider's description must name the issuer of our settings, the
token must carry a signature of the provider's keys by an asymmetric algorithm, our client, our nonce, and a time that is now.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from pipeline.settings import DeskSettings, is_safe_address
from pipeline.store.sso import Attempt, Outsider

SCOPE = "openid profile email"
DESCRIPTION = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""By the provider's private key only: never "none", never a secret that a client knows."""
KEY_TYPES = ("RSA", "EC")
LEEWAY = 60
"""Seconds that two clocks may differ."""
PATIENCE = 10.0
"""Seconds for one answer of the provider."""
KNOWN_SECONDS = 3_600.0
"""How long the provider's description and keys are taken as they were; an unknown key is asked for at once."""
DOWN_SECONDS = 5.0
"""How long nobody asks again after a provider did not answer: everybody who waits for it holds a thread of the desk."""
AT_ONCE = 8
"""People on whose behalf the provider is asked at the same time, fewer than the desk has threads: the others go on working."""
TURN_SECONDS = 2.0
"""How long somebody waits for a turn."""
MOST_ANSWER = 1_000_000
"""Bytes of an answer: descriptions and keys are some thousand."""
SECRET_BYTES = 32
LONGEST_SUBJECT = 255
"""By the standard."""

Failure = Literal["provider_down", "provider_wrong", "refused", "token", "issuer", "busy"]


class SsoFailed(Exception):
    """A login that did not come through. `code` goes into the audit log; nothing that the provider sent is quoted anywhere."""

    def __init__(self, code: Failure) -> None:
        super().__init__(code)
        self.code: Failure = code


@dataclass(frozen=True)
class Departure:
    """Where the browser is sent, and what its return is held against."""

    url: str
    state: str
    attempt: Attempt


@dataclass(frozen=True)
class _Known:
    """What the provider says of itself, and its keys."""

    about: Mapping[str, Any]
    keys: KeySet
    until: float


class Provider:
    """The identity provider of the settings."""

    def __init__(self, desk: DeskSettings) -> None:
        self.desk = desk
        self.lock = threading.Lock()
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.known: _Known | None = None
        self.down_until = 0.0

    def depart(self, back: str) -> Departure:
        """The way to the provider; `back` is our address to which it sends the browser. Raises SsoFailed."""
        with self._turn():
            about = self._known().about
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        challenge = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        where, client = about["authorization_endpoint"], self.desk.oidc_client_id
        url = prepare_grant_uri(where, client, "code", back, SCOPE, state, nonce=nonce, **challenge)
        return Departure(str(url), state, Attempt(nonce, verifier))

    def arrive(self, answer: Mapping[str, str], attempt: Attempt, back: str) -> Outsider:
        """Who came back with `answer`, the query that the provider sent the browser with. Raises SsoFailed."""
        with self._turn():
            return self._arrived(answer, attempt, back)

    def farewell(self) -> str | None:
        """Where somebody logs out at the provider, if it is known and has such a page."""
        where = "" if self.known is None else self.known.about.get("end_session_endpoint", "")
        return where if isinstance(where, str) and is_safe_address(where) else None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.turns.acquire(timeout=TURN_SECONDS):
            raise SsoFailed("busy")
        try:
            yield
        finally:
            self.turns.release()

    def _arrived(self, answer: Mapping[str, str], attempt: Attempt, back: str) -> Outsider:
        known = self._known()
        always = known.about.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if always else self.desk.oidc_issuer) != self.desk.oidc_issuer:
            raise SsoFailed("issuer")  # the answer of another provider (RFC 9207)
        if "error" in answer or not answer.get("code"):
            raise SsoFailed("refused")
        tokens = self._tokens(known.about["token_endpoint"], answer["code"], attempt, back)
        claims = self._claims(tokens, attempt)
        return Outsider(self.desk.oidc_issuer, claims["sub"], self._name(claims, tokens, known.about))

    def _tokens(self, where: str, code: str, attempt: Attempt, back: str) -> Mapping[str, Any]:
        secret = self.desk.oidc_client_secret.get_secret_value()
        ways = self._known().about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "none" if not secret else "client_secret_post" if "client_secret_basic" not in ways else "client_secret_basic"
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": attempt.verifier}
        body = str(httpx.QueryParams(sent))
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        url, headers, body = ClientAuth(self.desk.oidc_client_id, secret, way).prepare("POST", where, headers, body)
        return _asked("POST", url, headers, body)

    def _claims(self, tokens: Mapping[str, Any], attempt: Attempt) -> Mapping[str, Any]:
        """What the token says, once everything about it is as it must be."""
        try:
            token = self._opened(str(tokens.get("id_token", "")))
            wanted = {name: {"essential": True, "value": value} for name, value in self._ours().items()}
            params = {"nonce": attempt.nonce, "client_id": self.desk.oidc_client_id, "access_token": tokens.get("access_token")}
            claims = CodeIDToken(token.claims, token.header, wanted, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as exc:
            raise SsoFailed("token") from exc
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise SsoFailed("token")
        return dict(claims)

    def _ours(self) -> dict[str, str]:
        return {"iss": self.desk.oidc_issuer, "aud": self.desk.oidc_client_id}

    def _opened(self, token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(token, self._known().keys, registry=registry)
        except InvalidKeyIdError:  # the provider has new keys
            return jwt.decode(token, self._known(anew=True).keys, registry=registry)

    def _name(self, claims: Mapping[str, Any], tokens: Mapping[str, Any], about: Mapping[str, Any]) -> str:
        """The user name that an account carries, in its token or in the provider's answer about it; "" for none."""
        said, access = claims, tokens.get("access_token")
        if self.desk.oidc_name not in claims and about.get("userinfo_endpoint") and isinstance(access, str):
            said = _asked("GET", _safe(about, "userinfo_endpoint"), {"authorization": f"Bearer {access}"})
            if said.get("sub") != claims["sub"]:
                raise SsoFailed("token")
        value = said.get(self.desk.oidc_name)
        if not isinstance(value, str) or (self.desk.oidc_name == "email" and said.get("email_verified") is not True):
            return ""
        name, at, domain = value.strip().lower().rpartition("@")
        if not at:
            return domain
        return name if self.desk.oidc_domain and domain == self.desk.oidc_domain.lower() else ""

    def _known(self, *, anew: bool = False) -> _Known:
        with self.lock:
            if self.known is not None and not anew and self.known.until > time.monotonic():
                return self.known
            if self.down_until > time.monotonic():
                raise SsoFailed("provider_down")
            try:
                self.known = self._asked_anew()
            except SsoFailed:
                self.down_until = time.monotonic() + DOWN_SECONDS
                raise
            return self.known

    def _asked_anew(self) -> _Known:
        issuer = self.desk.oidc_issuer
        about = _asked("GET", issuer.rstrip("/") + DESCRIPTION)
        if about.get("issuer") != issuer or origin_of(_safe(about, "authorization_endpoint")) != origin_of(issuer):
            raise SsoFailed("provider_wrong")
        _safe(about, "token_endpoint")
        keys = _asked("GET", _safe(about, "jwks_uri")).get("keys")
        signing = [key for key in keys if _signs(key)] if isinstance(keys, list) else []
        if not signing:
            raise SsoFailed("provider_wrong")
        try:
            return _Known(about, KeySet.import_key_set({"keys": signing}), time.monotonic() + KNOWN_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as exc:
            raise SsoFailed("provider_wrong") from exc


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as a policy names them."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _signs(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"


def _safe(about: Mapping[str, Any], name: str) -> str:
    where = about.get(name)
    if not isinstance(where, str) or not is_safe_address(where):
        raise SsoFailed("provider_wrong")
    return where


def _asked(method: str, url: str, headers: Mapping[str, str] | None = None, body: str | None = None) -> Mapping[str, Any]:
    """A JSON object from the provider. No redirects: where secrets are sent was checked."""
    try:
        with httpx.Client(timeout=PATIENCE) as client, client.stream(method, url, headers=headers, content=body) as answer:
            text = b"".join(_limited(answer))
            if answer.status_code >= 500:
                raise SsoFailed("provider_down")
            if answer.status_code != 200:
                raise SsoFailed("refused" if method == "POST" else "provider_wrong")
            found = httpx.Response(200, content=text).json()
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise SsoFailed("provider_down") from exc
    except ValueError as exc:
        raise SsoFailed("provider_wrong") from exc
    if not isinstance(found, dict):
        raise SsoFailed("provider_wrong")
    return found


def _limited(answer: httpx.Response) -> list[bytes]:
    parts, left = [], MOST_ANSWER
    for part in answer.iter_bytes():
        left -= len(part)
        if left < 0:
            raise SsoFailed("provider_wrong")
        parts.append(part)
    return parts
