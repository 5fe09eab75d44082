"""The scan desk in a real browser, beside the watcher's own loop with a reader without OCR. Skipped as `test_browser` is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.watch import Watch, beating
from tests.flows.scene import put_scan
from tests.flows.unorchestrated import opened as kept_open
from tests.review.office import PASSWORD, Office, employ
from tests.review.screen import opened, without_chromium

pytestmark = without_chromium


@pytest.fixture
def watcher(office: Office) -> Iterator[None]:
    """Somebody who watches the inbox."""
    stop = threading.Event()
    watch = Watch(office.settings, lambda: kept_open(office.settings, office.store, stop), stop, lambda _: None)
    thread = threading.Thread(target=watch.until_stopped, daemon=True)
    with beating(office.store, watch):
        thread.start()
        yield
        stop.set()
        thread.join(20)


@pytest.fixture
def page(browser: Any, office: Office, watcher: None) -> Iterator[Any]:
    """The scan desk, of somebody who scans."""
    del watcher
    employ(office.store, "sato", "scanner")
    with opened(browser, office, None) as shown:
        shown.goto("/login")
        shown.keyboard.type("sato")
        shown.keyboard.press("Tab")
        shown.keyboard.type(PASSWORD)
        shown.keyboard.press("Enter")
        shown.wait_for_url("**/scans")
        yield shown


def cells(page: Any, name: str) -> list[str]:
    """Kind, sign and word of each sheet in the line of a file."""
    row = page.locator("#lines tbody tr", has_text=name)
    return ["".join(cell.text_content().split()) for cell in row.locator("td.mark").all()]


def test_a_scanner_drops_a_file_and_sees_what_is_missing(page: Any, tmp_path: Path) -> None:
    put_scan(tmp_path, "envelope.tif", 3)
    page.get_by_text("自動で更新しています").wait_for()
    content = (tmp_path / "envelope.tif").read_bytes().hex()
    page.evaluate(
        """([hex, name]) => {
            const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], name));
            const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
            document.getElementById("drop").dispatchEvent(drop);
        }""",
        [content, "envelope.tif"],
    )
    page.locator("#sent li", has_text="受け付けました").wait_for()
    page.locator("#lines tr.fault", has_text="envelope.tif").wait_for()
    assert cells(page, "envelope.tif") == ["A✓あり", "B✓あり", "C✓あり", "D✗なし", "合格証✗なし"]
    assert "D 宣誓書が同封されていません。" in page.inner_text("#lines tr.fault .why")
    assert page.text_content("#news") == "envelope.tif、不備あり、D なし、合格証 なし"


def test_a_file_is_chosen_from_the_keyboard_and_one_that_is_no_scan_is_refused(page: Any, tmp_path: Path) -> None:
    put_scan(tmp_path, "whole.tif", 5)
    (tmp_path / "letter.pdf").write_text("a text called .pdf " * 100)
    page.keyboard.press("Tab")
    for _ in range(8):
        if page.evaluate("document.activeElement.id") == "files":
            break
        page.keyboard.press("Tab")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([tmp_path / "whole.tif", tmp_path / "letter.pdf"])
    page.locator("#sent li.problem", has_text="letter.pdf: スキャンしたファイルではありません").wait_for()
    page.locator("#lines tr.fine", has_text="whole.tif").wait_for()
    assert cells(page, "whole.tif") == ["A✓あり", "B✓あり", "C✓あり", "D✓あり", "合格証✓あり"]


def test_the_page_says_why_it_is_no_longer_kept_up_to_date(page: Any) -> None:
    page.get_by_text("自動で更新しています").wait_for()
    page.context.new_page().goto("/scans")
    page.context.pages[1].get_by_role("button", name="ログアウト").click()
    page.get_by_text("ログインの有効期限が切れました").wait_for()
    assert page.get_by_text("自動で更新しています").count() == 0


def test_nothing_is_cut_off_at_the_side(page: Any, tmp_path: Path) -> None:
    name = f"{'長い名前の封筒' * 8}.tif"
    put_scan(tmp_path, name, 2)
    page.set_input_files("#files", tmp_path / name)
    page.locator("#lines tr.fault").wait_for()
    for width, height in ((1366, 768), (1920, 1080), (683, 384)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
