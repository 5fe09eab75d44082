"""The group view in a real browser, from the keyboard alone. Skipped where Debian's chromium or the `browser` extra is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.store.looks import LookRow
from pipeline.store.tables import QueueRow
from tests.review.office import Office, employ
from tests.review.scene import clear_oath
from tests.review.screen import opened, without_chromium

pytestmark = without_chromium
PATIENCE = 200
"""Times 50 ms."""
SHOWN = "() => document.activeElement.matches('.tile input') && !document.getElementById('confirm').disabled"


@pytest.fixture
def page(browser: Any, office: Office) -> Iterator[Any]:
    """A page of somebody who is logged in."""
    employ(office.store, "sato", "reviewer")
    with opened(browser, office, "sato") as shown:
        shown.goto("/queue")
        yield shown


def looks(office: Office) -> list[tuple[int, str, bool]]:
    with office.store.reading() as session:
        return [(row.piece, row.said, row.taken_back) for row in session.scalars(select(LookRow).order_by(LookRow.id))]


def holder(office: Office, item: int) -> str | None:
    with office.store.reading() as session:
        return session.get_one(QueueRow, item).claimed_by


def test_odd_ones_are_taken_out_the_rest_confirmed_and_taken_back_by_keys(page: Any, office: Office) -> None:
    item = clear_oath(office.store, office.settings)
    page.goto("/groups")
    page.wait_for_function("() => document.activeElement.matches('a.open')")
    assert page.inner_text("a.open:focus") in ("0", "2")  # 2024100123: three of each
    page.keyboard.press("Enter")
    page.wait_for_function(SHOWN)
    assert holder(office, item) == "sato"
    tiles = page.locator(".tile").count()
    assert tiles == 3
    page.keyboard.press("Enter")  # at once: nobody can have looked
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.inner_text("[data-left]") == "2"
    assert page.locator(".tile input:checked").get_attribute("aria-label") == "2 枚目を外す: D 合格者番号"
    assert looks(office) == []
    page.wait_for_timeout(750)
    page.keyboard.press("Enter")
    page.get_by_text("2 枚を確認しました").wait_for()
    found = looks(office)
    assert [said for _, said, _ in found] == ["as_read", "as_read", "odd"]
    assert holder(office, item) is None
    page.keyboard.press("z")
    page.get_by_text("直前の確定を取り消しました").wait_for()
    assert [back for *_, back in looks(office)] == [True] * 3
    page.wait_for_function(SHOWN)
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/groups")
    assert holder(office, item) is None


def test_nothing_is_cut_off_at_the_side_also_at_twice_the_size_and_going_away_gives_back(page: Any, office: Office) -> None:
    item = clear_oath(office.store, office.settings)
    for width, height in ((1366, 768), (683, 384)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/groups")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_function(SHOWN)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    assert holder(office, item) == "sato"
    page.goto("/queue")
    for _ in range(PATIENCE):  # the browser sends it on its own
        if holder(office, item) is None:
            break
        page.wait_for_timeout(50)
    assert holder(office, item) is None
