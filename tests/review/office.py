"""A review desk that is really served, and people at it: a browser without a screen (httpx with cookies and our CSRF field)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import uvicorn

from pipeline.review.app import create_app
from pipeline.review.passwords import hash_password
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.users import accept, add_user, invite, invited

PASSWORD = "green-Tea-and-8-cups"
KEPT = hash_password(PASSWORD)
"""Hashed once: it takes a tenth of a second."""
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Person:
    """Somebody with a browser."""

    browser: httpx.Client
    csrf: str = ""

    def get(self, path: str, **more: object) -> httpx.Response:
        return self.browser.get(path, **more)  # type: ignore[arg-type]

    def post(self, path: str, **fields: str | Sequence[str]) -> httpx.Response:
        return self.browser.post(path, data={"csrf": self.csrf, **fields})

    def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.csrf = token(self.get("/login"))
        answer = self.post("/login", name=name, password=password)
        if answer.status_code == 303:
            self.csrf = token(self.get("/", follow_redirects=True))
        return answer


@dataclass(frozen=True)
class Office:
    """A served desk."""

    store: Store
    settings: Settings
    address: str
    browsers: ExitStack

    def person(self) -> Person:
        return Person(self.browsers.enter_context(httpx.Client(base_url=self.address, timeout=30)))

    def at_work(self, name: str) -> Person:
        """Somebody who is logged in."""
        person = self.person()
        assert person.log_in(name).status_code == 303
        return person


def token(page: httpx.Response) -> str:
    """The CSRF token of the first form on a page."""
    found = CSRF.search(page.text)
    assert found, page.text[:400]
    return found[1]


def employ(store: Store, name: str, *roles: str) -> None:
    """A user with the password of all tests."""
    with store.writing() as session:
        user = add_user(session, name, f"{name} さん", roles, by=None)
        invitation = invited(session, invite(session, user, by=None))
        assert invitation is not None
        accept(session, invitation, KEPT)


@contextmanager
def served(store: Store, settings: Settings) -> Iterator[Office]:
    """The desk on a free port of this machine, in a thread."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, store), port=0, log_config=None, access_log=False, ws="none", http="h11", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with ExitStack() as browsers:
            yield Office(store, settings, f"http://127.0.0.1:{port}", browsers)
    finally:
        server.should_exit = True
        thread.join(20)
