"""The packet view in a real browser, from the keyboard alone. Skipped where chromium or the `browser` extra is missing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pipeline.store.tables import PacketRow, SheetRow
from tests.review.office import Office
from tests.review.scene import scanned_oath
from tests.review.screen import without_chromium
from tests.review.test_browser import page
from tests.review.test_placing import two

__all__ = ["page", "two"]
pytestmark = without_chromium


def homes(office: Office) -> list[int | None]:
    with office.store.reading() as session:
        return list(session.scalars(select(SheetRow.packet_id).order_by(SheetRow.id)))


def press(page: Any, selector: str, key: str) -> None:
    """Reach something with the tab key, as somebody without a mouse does, and press a key on it."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the tab key")


@pytest.mark.usefixtures("two")
def test_a_packet_is_merged_and_the_merge_undone_from_the_keyboard(page: Any, office: Office) -> None:
    page.goto("/packets")
    page.keyboard.type("佐藤")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    press(page, "td a[href='/packets/2']", "Enter")
    page.wait_for_url("**/packets/2")
    press(page, "a[href*='act=merge']", "Enter")
    page.wait_for_selector("#q")
    page.keyboard.type("2024100123")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=2024100123")
    press(page, "td button", "Enter")
    page.wait_for_url("**other=1")
    # two numbers: nothing happens by pressing Enter once more
    page.wait_for_function("() => document.activeElement.matches('a.cancel')")
    press(page, "button.main", "Enter")
    page.wait_for_url("**done=**")
    assert homes(office) == [2] * 10
    press(page, ".done-line button", "Enter")
    page.wait_for_url("**/packets/2")
    assert homes(office) == [1] * 5 + [2] * 5
    with office.store.reading() as session:
        assert set(session.scalars(select(PacketRow.state))) == {"ready"}


def test_a_side_is_set_aside_from_the_keyboard_and_nothing_is_cut_off(page: Any, office: Office) -> None:
    scanned_oath(office.store, office.settings)
    page.goto("/packets/1")
    press(page, "input[name=side]", "Space")
    press(page, "button[value=foreign]", "Enter")
    page.wait_for_url("**act=foreign")
    page.wait_for_function("() => document.querySelector('.sheet-picture img').naturalWidth === 228")
    press(page, "button.main", "Enter")
    page.wait_for_url("**done=**")
    assert homes(office) == [None]
    for width, height in ((1366, 768), (1920, 1080), (683, 384)):
        page.set_viewport_size({"width": width, "height": height})
        for path in ("/packets", "/packets/1", "/rescans"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
