"""Double entry in a real browser, by keyboard alone: two people differ, an adjudicator rules, and takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.settings import DeskSettings, Settings
from pipeline.store.tables import FieldRow, PacketRow, QueueRow
from tests.review.office import Office, employ
from tests.review.scene import fill
from tests.review.screen import opened, without_chromium

pytestmark = without_chromium


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"desk": DeskSettings(double_keyed="certifier_name", test_share=0)})


@pytest.fixture
def people(browser: Any, office: Office) -> Iterator[dict[str, Any]]:
    """A page of each person, logged in."""
    with ExitStack() as shown:
        pages = {}
        for name, role in (("sato", "reviewer"), ("suzuki", "reviewer"), ("boss", "adjudicator")):
            employ(office.store, name, role)
            pages[name] = shown.enter_context(opened(browser, office, name))
            pages[name].goto("/queue")
        yield pages


def begin(page: Any) -> None:
    page.reload()
    page.wait_for_function("() => document.activeElement.matches('button.main:enabled')")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'asked'")


def state(office: Office) -> tuple[str, str, str]:
    with office.store.reading() as session:
        raw = session.scalars(select(FieldRow.raw).where(FieldRow.name == "certifier_name")).one()
        return session.scalars(select(PacketRow.state)).one(), session.scalars(select(QueueRow.state)).one(), raw


def test_two_people_differ_and_an_adjudicator_rules_by_keyboard(office: Office, people: dict[str, Any]) -> None:
    fill(office.store, office.settings, 1)
    sato, suzuki, boss = people.values()
    begin(sato)
    assert sato.locator(".double").inner_text() == "二人入力"
    sato.keyboard.press("2")
    sato.keyboard.press("Enter")
    sato.get_by_text("確認待ちはありません").wait_for()
    assert "「架空 次朗」" in sato.inner_text("[role=status]")
    sato.goto("/queue")
    assert sato.locator("button.main").is_disabled()

    begin(suzuki)
    suzuki.keyboard.press("e")
    suzuki.keyboard.type("架空 三郎")
    suzuki.keyboard.press("Enter")
    suzuki.get_by_text("確認待ちはありません").wait_for()
    assert state(office) == ("review", "open", "架空 次郎一")

    begin(boss)
    shown = boss.locator(".keyed .read").all_inner_texts()
    assert sorted(shown) == ["架空 三郎", "架空 次朗"]
    assert not {"sato", "suzuki"} & set(boss.inner_text("body").split())
    boss.keyboard.press(str(shown.index("架空 三郎") + 1))
    boss.get_by_text("確認待ちはありません").wait_for()
    assert state(office) == ("ready", "done", "架空 三郎")

    boss.keyboard.press("z")
    boss.wait_for_selector(".keyed")
    assert state(office) == ("review", "open", "架空 次郎一")
    boss.keyboard.press("e")
    boss.keyboard.type("架空 四郎")
    boss.get_by_text("保存される値: 架空 四郎").wait_for()
    boss.keyboard.press("Enter")
    boss.get_by_text("確認待ちはありません").wait_for()
    assert state(office) == ("ready", "done", "架空 四郎")
