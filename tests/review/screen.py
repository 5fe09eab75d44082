"""A real browser at the desk: Debian's chromium through playwright, skipped where either is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.review.office import Office

CHROMIUM = shutil.which("chromium")
without_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
WINDOW = {"width": 1366, "height": 768}


@contextmanager
def chromium() -> Iterator[Any]:
    """A started browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the `browser` extra is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])  # the tests may run as root
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, office: Office, who: str | None, **more: Any) -> Iterator[Any]:
    """A page in the window of an office PC, of somebody who is logged in; what the browser complains about fails the test."""
    context = browser.new_context(**{"viewport": WINDOW, "locale": "ja-JP", "base_url": office.address, **more})
    if who is not None:
        cookies = office.at_work(who).browser.cookies
        context.add_cookies([{"name": "desk", "value": str(cookies["desk"]), "url": office.address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))  # type: ignore[func-returns-value]
    try:
        yield page
    finally:
        context.close()
    assert complaints == []
