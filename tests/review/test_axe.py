"""Every page of the desk for people who see little, use no mouse, enlarge, or listen: axe-core in a real browser, and what axe cannot see.

axe-core (MPL-2.0) is a tool of the tests and no part of the package: `make axe` fetches it, or INTAKE_AXE names its axe.min.js.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import PROJECT
from tests.review.screen import opened, without_chromium
from tests.review.showcase import VIEWS, Showcase, View, showcase

AXE = Path(os.environ.get("INTAKE_AXE") or PROJECT / ".axe" / "node_modules" / "axe-core" / "axe.min.js")
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SEEN = """rules => axe.run(document, rules).then(found => found.violations.map(each =>
  `${each.impact} ${each.id}: ${each.nodes.slice(0, 4).map(node => node.target.join(' ') + ' ' +
    node.any.concat(node.all, node.none).map(check => check.message).join('; ')).join(' | ')}`))"""
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
TWICE = {"width": 683, "height": 384}
"""The window of an office PC at 200 %."""
MOVING = """() => [...document.querySelectorAll('*')].filter(each => { const style = getComputedStyle(each);
  return style.transitionDuration.split(',').some(time => parseFloat(time) > 0) || style.animationName !== 'none'; })
  .map(each => each.outerHTML.slice(0, 80))"""
WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 80))"""
STOPS = """() => { const open = document.querySelector('dialog[open]') || document.body; const radios = new Set();
  const seen = each => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length > 0 && !each.closest('[inert]');
  return [...open.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(each => {
    if (each.disabled || each.type === 'hidden' || !seen(each)) return false;
    if (each.type !== 'radio') return true;
    const first = !radios.has(each.name); radios.add(each.name); return first; }).length; }"""
START = """() => { const open = document.querySelector('dialog[open]') || document.body, start = document.createElement('span');
  start.tabIndex = -1; open.prepend(start); start.focus(); }"""
LAST = """() => { const last = document.activeElement; return !last.matches('body') && window.lastStop === last; }"""
FOCUS = """() => { const each = document.activeElement, seen = [each, each.closest('label') || each];
  const box = seen[1].getBoundingClientRect(), styles = seen.map(one => getComputedStyle(one));
  const before = window.lastStop; window.lastStop = each;
  return {what: each.outerHTML.slice(0, 90), body: each === document.body,
    outlined: styles.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    inside: box.width > 0 && box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0,
    forward: !before || Boolean(before.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)}; }"""

pytestmark = without_chromium


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    with showcase(tmp_path_factory.mktemp("home")) as served:
        yield served


@pytest.fixture(scope="module")
def pages(browser: Any, desk: Showcase) -> Iterator[dict[str | None, Any]]:
    """One page for each person of the table."""
    with ExitStack() as stack:
        people = {view.who for view in VIEWS}
        yield {who: stack.enter_context(opened(browser, desk.office, who, reduced_motion="reduce")) for who in people}


def show(pages: dict[str | None, Any], desk: Showcase, view: View) -> Any:
    page = pages[view.who]
    page.set_viewport_size({"width": 1366, "height": 768})
    page.emulate_media(color_scheme="light")
    page.goto(view.path.format(**desk.places))
    if view.then is not None:
        view.then(page)
    return page


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: `make axe` or INTAKE_AXE")
def test_axe_finds_what_is_wrong_on_purpose(pages: dict[str | None, Any], desk: Showcase) -> None:
    page = show(pages, desk, next(view for view in VIEWS if view.name == "login"))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelectorAll('label, .brand').forEach(each => each.matches('.brand') ? each.id = 'faint' : each.remove())")
    page.evaluate("document.getElementById('faint').style.color = '#bbbbbb'")
    found = " ".join(page.evaluate(SEEN, RULES))
    assert "critical label" in found
    assert "serious color-contrast" in found


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_page_is_for_everybody(pages: dict[str | None, Any], desk: Showcase, view: View) -> None:
    """Without axe-core the rest is looked at."""
    page = show(pages, desk, view)
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.evaluate(MOVING) == []
    if AXE.is_file():
        assert found_by_axe(page) == []
    assert stops(page) == []
    page.set_viewport_size(TWICE)
    assert page.evaluate(WIDE) == []


def found_by_axe(page: Any) -> list[str]:
    """What is wrong in light; of the contrast in dark."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    light = page.evaluate(SEEN, RULES)
    page.emulate_media(color_scheme="dark")
    return [*light, *page.evaluate(SEEN, CONTRAST)]


def stops(page: Any) -> list[str]:
    """Where the Tab key, pressed from the top of the page to its last stop, shows no focus, leaves the window or goes back."""
    number = page.evaluate(STOPS)
    page.evaluate(START)
    found = []
    for _ in range(number):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUS))
    assert page.evaluate(LAST)
    return [stop["what"] for stop in found if not (stop["outlined"] and stop["inside"] and stop["forward"])]
