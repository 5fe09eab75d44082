"""The desk in a real browser, from the keyboard alone. Skipped where Debian's chromium or the `browser` extra is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.store.deciding import decide_all
from pipeline.store.desk_tables import AuditRow
from pipeline.store.tables import FieldRow, PacketRow, QueueRow
from tests.papers import application
from tests.review.office import PASSWORD, Office, employ
from tests.review.scene import fill, scanned_oath
from tests.review.screen import opened, without_chromium
from tests.review.test_experience import TWO, with_duties
from tests.store.papers import read_scan

pytestmark = without_chromium


@pytest.fixture
def page(browser: Any, office: Office) -> Iterator[Any]:
    """A page of somebody who has logged in from the keyboard."""
    employ(office.store, "sato", "reviewer")
    with opened(browser, office, None) as shown:
        shown.goto("/login")
        shown.keyboard.type("sato")
        shown.keyboard.press("Tab")
        shown.keyboard.type(PASSWORD)
        shown.keyboard.press("Enter")
        shown.wait_for_url("**/queue")
        yield shown


def asked(page: Any) -> str:
    return str(page.locator("[data-item]").get_attribute("data-item"))


def begin(page: Any) -> None:
    page.reload()
    page.wait_for_function("() => document.activeElement.matches('button.main:enabled')")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'asked'")


def wait_for_other(page: Any, item: str) -> None:
    page.wait_for_function("item => !document.querySelector(`[data-item='${item}']`)", arg=item)


def test_thirty_items_are_cleared_from_the_keyboard_alone(page: Any, office: Office) -> None:
    fill(office.store, office.settings, 30)
    begin(page)
    for number in range(30):
        item = asked(page)
        if number % 3 == 0:
            page.keyboard.press("2")
        elif number % 3 == 1:
            page.keyboard.press("e")
            page.keyboard.type("架空 三郎")
        page.keyboard.press("Enter")
        wait_for_other(page, item)
    assert "すべて終わりました" in page.inner_text("#desk")
    with office.store.reading() as session:
        values = list(session.scalars(select(FieldRow.value).where(FieldRow.name == "certifier_name").order_by(FieldRow.id)))
        assert set(values[0::3]) == {"架空 次朗"}
        assert set(values[1::3]) == {"架空 三郎"}
        assert all(re.fullmatch("架空 次郎[一二三四五六七八九十]", value) for value in values[2::3])
        assert set(session.scalars(select(PacketRow.state))) == {"ready"}


def test_an_answer_is_checked_while_typed_and_undone_by_a_key(page: Any, office: Office) -> None:
    fill(office.store, office.settings, 2)
    begin(page)
    first = asked(page)
    page.keyboard.press("e")
    page.keyboard.type("架空12")
    page.get_by_text("氏名に使わない文字があります").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.get_by_text("保存される値: 架空 次朗").wait_for()
    page.keyboard.press("Enter")
    wait_for_other(page, first)
    assert f"/items/{asked(page)}" in page.url
    page.keyboard.press("z")
    page.wait_for_selector(f"[data-item='{first}']")
    with office.store.reading() as session:
        assert session.get_one(QueueRow, int(first)).state == "open"


def test_pictures_are_there_the_next_ones_are_fetched_ahead_and_help_opens(page: Any, office: Office) -> None:
    item = scanned_oath(office.store, office.settings)
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url.removeprefix(office.address)))
    page.goto(f"/items/{item}")
    page.wait_for_load_state("networkidle")
    widths = page.eval_on_selector_all(".crop", "pictures => pictures.map(picture => picture.naturalWidth)")
    assert len(widths) == 2
    assert min(widths) > 300
    ahead = page.locator("[data-ahead]").get_attribute("data-ahead")
    assert f"/crops/{ahead}/original" in asked_for
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_function("() => document.querySelector('.whole img').naturalWidth === 910")
    page.keyboard.press("o")
    assert page.locator(".crop:visible").count() == 1
    with office.store.reading() as session:
        assert "item_seen" in set(session.scalars(select(AuditRow.action)))


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (683, 384)])
def test_nothing_is_cut_off_at_the_side_also_at_twice_the_size(page: Any, office: Office, width: int, height: int) -> None:
    item = scanned_oath(office.store, office.settings)
    page.set_viewport_size({"width": width, "height": height})
    for path in ("/queue", f"/items/{item}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_field_of_a_row_is_answered_by_its_number_with_the_evidence_beside_it(page: Any, office: Office) -> None:
    read_scan(office.store, *application(changes={"b": with_duties(TWO)}))
    decide_all(office.store, office.settings)
    begin(page)
    page.locator(".evidence mark").first.wait_for()
    item = asked(page)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    wait_for_other(page, item)
    assert "「CR（CRM）」" in page.inner_text("#desk")
    for width, height in ((1366, 768), (1920, 1080), (683, 384)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/packets/1/experience")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    with office.store.reading() as session:
        assert session.scalars(select(FieldRow.value).where(FieldRow.name == "rows[0].classified")).one() == "CR"


def test_the_slider_is_moved_from_the_keyboard_and_the_figures_follow(page: Any, office: Office) -> None:
    fill(office.store, office.settings, 1)
    page.goto("/queue/what-if")
    page.focus("#step")
    page.keyboard.press("ArrowRight")
    page.get_by_text("INTAKE_MAX_ERROR=0.002").wait_for()
    assert page.get_attribute("#step", "aria-valuetext") == "0.2 %"
    assert page.evaluate("document.activeElement.id") == "step"
    page.set_viewport_size({"width": 683, "height": 384})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
