"""Takes the pictures of docs/manual.md from the desk itself: python -m scripts.manual_pictures HOME OUT [NAME ...].

HOME is a home that `intake demo` has filled: drawn papers of invented people. It is copied first and stays as it is.
A new view of the desk gets one more line in PICTURES and a place in docs/manual.md. Needs the `browser` extra and Debian's chromium.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from pipeline.review.passwords import hash_password
from pipeline.review.serving import beside
from pipeline.settings import DeskSettings, Settings
from pipeline.store import Store, open_store
from pipeline.store.claims import Wanted, waiting
from pipeline.store.tables import PacketRow
from pipeline.store.users import accept, add_user, invite, invited

DAY = date(2026, 11, 16)
"""The office's day in the pictures: the demo's papers arrived some days before."""
WINDOW = {"width": 1366, "height": 768}
COLOURS = 64
"""Enough for a page of text and a bilevel crop; a picture stays below MOST_BYTES."""
MOST_BYTES = 120_000
RADIUS, BADGE, ON_BADGE, OUTLINE = 14, (190, 60, 0), (255, 255, 255), (255, 255, 255)
BELOW = 24
"""Pixels kept below the last thing on a page."""
PASSWORD = "picture-Book-of-8-desks"
PEOPLE = {
    "sato": ("佐藤 さくら", ("reviewer", "adjudicator")),
    "mori": ("森 一樹", ("scanner",)),
    "kanri": ("管理 太郎", ("admin", "reviewer")),
}
"""User name -> who it is, roles."""
MOST = 10_000


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of the file.
        path: address; `{...}` stands for an item of ITEMS or for the secret of a link.
        who: user name; None for nobody who is logged in.
        marks: what gets a number, 1 first, as CSS selectors.
        then: what is done before.
    """

    name: str
    path: str
    who: str | None
    marks: tuple[str, ...] = ()
    then: Callable[[Any], None] | None = None


def _open_keys(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")


def _type_wrongly(page: Any) -> None:
    page.keyboard.press("e")
    page.keyboard.type("髙橋12")
    page.wait_for_selector("#feedback .problem")


def _open_first(page: Any) -> None:
    page.click("tbody a")
    page.wait_for_selector("#confirm")
    page.wait_for_load_state("networkidle")


def _as_on_a_day(page: Any) -> None:
    """The readers of this desk are not started; of the demo those files that are no scans came last and would hide the others."""
    page.evaluate("""document.querySelectorAll('#state .problem, .envelopes tbody tr').forEach(each => {
      if (!each.matches('tr') || /受け付けず|too-short|other-pass/.test(each.textContent)) each.remove(); })""")


def _add_somebody(page: Any) -> None:
    page.fill("#name", "suzuki")
    page.fill("#display", "鈴木 一郎")
    page.check("fieldset input[value=reviewer]")
    page.click("form.grid button.main")
    page.wait_for_selector("a.secret")
    page.evaluate("document.querySelector('a.secret').textContent = 'http://（この PC の名前）:8765/welcome/…'")


PLACE = """(each, radius) => { const box = each.getBoundingClientRect(), middle = box.y + box.height / 2;
  if (each.matches('button, img, table, .choices, .card')) return {x: Math.max(box.x, radius + 2), y: box.y};
  if (each.matches('input, .tick, td') && box.x > 3 * radius) return {x: box.x - radius / 2, y: middle};
  const range = document.createRange(); range.selectNodeContents(each); const text = range.getBoundingClientRect();
  return {x: text.right + radius + 6, y: middle}; }"""
"""Where the number of an element stands: on the corner of a button or a picture, before a field, after a text."""
ANSWER = ("#reply button[value=value]", "#reply button[value=blank]", "#reply button[value=unreadable]")
ITEMS = {
    "name": ("variant_kanji", "name"),
    "text": ("low_probability", "certifier_email"),
    "long": ("low_probability", "rows[0].duties"),
    "marks": ("mark_doubt", "enclosed"),
    "signature": ("signature_typed", "signature"),
    "page": ("page_unknown", None),
}
"""An open item of the demo: its reason and its field."""
PICTURES = (
    Picture("welcome", "/welcome/{secret}", None, ("#password", "#again", "button.main")),
    Picture("login", "/login", None, ("#name", "#password", "button.main")),
    Picture("queue", "/queue", "sato", ("button.main", ".filters h2", "tbody td.day", "tbody button")),
    Picture("item", "/items/{name}", "sato", (".why", ".sight .original", ".choices", "#text", *ANSWER, ".others h2")),
    Picture("wrong", "/items/{name}", "sato", ("#text", "#feedback .problem"), _type_wrongly),
    Picture("marks", "/items/{marks}", "sato", (".sight .original", ".choices", ANSWER[0])),
    Picture("signature", "/items/{signature}", "sato", (".sight .original", ".choices", ANSWER[0])),
    Picture("page", "/items/{page}", "sato", (".why", ".whole img", "#reply button[value=fine]", "#reply button[value=fault]")),
    Picture("keys", "/items/{name}", "sato", (), _open_keys),
    Picture("scans", "/scans", "mori", ("#files", ".envelopes thead th:nth-child(4)"), _as_on_a_day),
    Picture("groups", "/groups", "sato", ("thead th",)),
    Picture("group", "/groups", "sato", ("#read .what", ".tile img", "#confirm"), _open_first),
    Picture("packets", "/packets", "sato", ("#q", ".filters h2", "tbody a")),
    Picture("packet", "/packets/{packet}", "sato", (".packet-head .state", "#papers-title", ".sides img", "nav.jumps a:last-child")),
    Picture("experience", "/packets/{packet}/experience", "sato", ("#periods-title", "#sums-title")),
    Picture("performance", "/performance", "sato", (".spans a:last-child", "#own-title")),
    Picture("people", "/people", "kanri", ("tbody td:nth-child(3)", "tbody form.line button", "tbody td:last-child button", "#name")),
    Picture("link", "/people", "kanri", ("a.secret",), _add_somebody),
)


def main() -> None:
    """Take all pictures, or those that are named."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("home", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("names", nargs="*")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = shutil.copytree(given.home, Path(folder) / "home")
        take(home, given.out, set(given.names) or {picture.name for picture in PICTURES})


def take(home: Path, out: Path, names: set[str]) -> None:
    """The pictures with these names, from a home that may be changed."""
    settings = Settings(home=home, today=DAY, desk=DeskSettings(port=0))
    store = open_store(settings)
    try:
        places = {**_items(store), "packet": _packet(store), "secret": _employ(store)}
        with beside(settings, lambda _line: None) as address, _browser() as browser:
            for picture in PICTURES:
                if picture.name in names:
                    found = _taken(browser, address, picture, picture.path.format(**places))
                    found.save(out / f"{picture.name}.png", optimize=True)
    finally:
        store.close()


def _items(store: Store) -> dict[str, str]:
    with store.reading() as session:
        lines = waiting(session, most=MOST, wanted=Wanted())
    found = {(line.reason, line.field): str(line.id) for line in reversed(lines)}
    return {name: found[wanted] for name, wanted in ITEMS.items()}


def _packet(store: Store) -> str:
    """A packet that the desk has something to say about."""
    with store.reading() as session:
        return str(session.scalars(select(PacketRow.id).where(PacketRow.state == "deficient").order_by(PacketRow.id)).first())


def _employ(store: Store) -> str:
    """The people; the secret of a link that nobody has used yet."""
    kept = hash_password(PASSWORD)
    with store.writing() as session:
        for name, (display, roles) in PEOPLE.items():
            user = add_user(session, name, display, roles, by=None)
            link = invited(session, invite(session, user, by=None))
            assert link is not None
            accept(session, link, kept)
        newcomer = add_user(session, "tanaka", "田中 みどり", ("reviewer",), by=None)
        return invite(session, newcomer, by=None)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def _taken(browser: Any, address: str, picture: Picture, path: str) -> Image.Image:
    context = browser.new_context(viewport=WINDOW, locale="ja-JP", base_url=address, color_scheme="light")
    page = context.new_page()
    if picture.who is not None:
        page.goto("/login")
        page.fill("#name", picture.who)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: not url.endswith("/login"))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    if picture.then is not None:
        picture.then(page)
        page.wait_for_load_state("networkidle")
    places = [page.locator(selector).first.evaluate(PLACE, RADIUS) for selector in picture.marks]
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    last = page.evaluate("Math.max(...[...document.querySelectorAll('main *')].map(each => each.getBoundingClientRect().bottom))")
    context.close()
    shot = shot.crop((0, 0, shot.width, min(shot.height, int(last) + BELOW)))
    for number, place in enumerate(places, 1):
        _mark(shot, number, place["x"], place["y"])
    return shot.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def _mark(shot: Image.Image, number: int, x: float, y: float) -> None:
    """A number in a disc."""
    draw = ImageDraw.Draw(shot)
    draw.ellipse((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), BADGE, OUTLINE, 2)
    draw.text((x, y), str(number), ON_BADGE, ImageFont.load_default(RADIUS * 1.4), "mm")


if __name__ == "__main__":
    main()
