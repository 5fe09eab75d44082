"""Headers, sizes, foreign callers, and what the log says of an error."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import httpx
import pytest

from pipeline.review.desk import HERE
from pipeline.review.guard import Guard
from pipeline.settings import DeskSettings
from tests.review.office import Office, employ

PAPER = "髙橋 花子"


def test_every_answer_carries_the_headers(office: Office) -> None:
    for path in ("/login", "/static/desk.css", "/nothing-here", "/welcome/made-up", "/"):
        headers = httpx.get(office.address + path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store" or path.startswith("/static")


def test_no_template_holds_an_inline_script_or_style() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (HERE / "templates").glob("*.html")]
    assert len(pages) >= 6
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe|hx-on|hx-vals=.js", re.IGNORECASE)
    assert [found.group() for page in pages for found in inline.finditer(page)] == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://example.com"}])
def test_another_site_cannot_make_a_browser_send(office: Office, headers: dict[str, str]) -> None:
    employ(office.store, "sato", "reviewer")
    person = office.at_work("sato")
    answer = person.browser.post("/logout", data={"csrf": person.csrf}, headers=headers)
    assert answer.status_code == 403
    assert person.get("/queue").status_code == 200


def test_only_our_own_names_are_answered(office: Office) -> None:
    assert httpx.get(f"{office.address}/login", headers={"Host": "attacker.example"}).status_code == 421
    assert httpx.get(f"{office.address}/login", headers={"Host": "localhost"}).status_code == 200


def test_a_long_body_is_refused_whether_or_not_it_says_how_long_it_is(office: Office) -> None:
    big = b"name=" + b"x" * office.settings.desk.form_bytes
    assert httpx.post(f"{office.address}/login", content=big).status_code == 413
    assert httpx.post(f"{office.address}/login", content=iter([big[:1000], big[1000:]])).status_code == 413


OUTSIDE = ("/static/../templates/base.html", "/static/%2e%2e/desk.py", "/static/..%2f..%2fsettings.py", "/openapi.json", "/docs")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_but_the_static_files_is_read_from_disk(office: Office, path: str) -> None:
    with httpx.Client(base_url=office.address) as browser:
        answer = browser.send(browser.build_request("GET", httpx.URL(office.address).copy_with(raw_path=path.encode())))
    assert answer.status_code == 404


def test_an_error_is_logged_without_what_it_was_about(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError(f"cannot read {PAPER}")

    sent: list[Any] = []

    async def call() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", b"localhost")]
        await Guard(broken, DeskSettings())({"type": "http", "method": "GET", "headers": headers, "path": "/"}, receive, send)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(call())
    assert sent[0]["status"] == 500
    assert PAPER not in sent[1]["body"].decode()
    assert "ValueError" in caplog.text
    assert PAPER not in caplog.text
