"""Attacks, tried on every route that the app has: a new view is under them as soon as it is there.

A route with a part in its address that is not in `evil_places` fails here: say what stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from pipeline.review.desk import HERE
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.deciding import decide_all
from pipeline.store.readings import save_sheet
from pipeline.store.scans import add_scan, finish_scans
from pipeline.store.tables import PacketRow, QueueRow, SheetRow
from pipeline.store.users import ROLES, add_user, invite
from tests.papers import application, foreign, read, unsure
from tests.review.office import Office, Person, employ, served
from tests.review.screen import chromium, opened, without_chromium
from tests.review.test_access import routes
from tests.store.papers import everything, scan

EVILS = (
    '<script>window.hit=1</script>"><img src=x onerror=window.hit=2>',
    "' onfocus='window.hit=3' autofocus x='",
    '" onmouseover="window.hit=4" style="position:fixed;inset:0" x="',
    "javascript:window.hit=5",
    "</textarea></title><svg onload=window.hit=6>",
    "{{ 7 * 7 }}{% include 'audit.html' %}",
)
"""What a paper, a file's name or a person's may say: tags, ends of attributes, an address that is a script, our templates' own words."""
OUR_SCRIPTS = re.compile(r"/static/[\w.-]+\.js")
UPLOADS: frozenset[str] = frozenset()
"""POST routes that take more than a form."""
UPWARDS = ("..%2f..%2fintake.db", "%2e%2e", "..%5c..%5cintake.db", "%2fetc%2fpasswd")
DEEP = (*UPWARDS, "%00", "-1", "0", "1e3", "%EF%BC%91", "9" * 400, "1%0d%0aX-Evil:%201")
"""Where a number, a word or a name belongs."""
REFUSED = (303, 400, 403, 404, 405, 409, 410, 413, 422)


@dataclass(frozen=True)
class Evil:
    """A served desk whose papers, files and people all carry markup; what stands for the parts of addresses."""

    office: Office
    places: dict[str, str]
    calls: tuple[tuple[str, str], ...]

    def gets(self) -> list[str]:
        return [self.path(path) for method, path in self.calls if method == "GET"]

    def posts(self) -> list[str]:
        return [self.path(path) for method, path in self.calls if method == "POST"]

    def path(self, pattern: str) -> str:
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: self.places[part[1]], pattern)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evil]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), settle_seconds=0)
    store = open_store(settings)
    places = evil_places(store, settings)
    with served(store, settings) as office:
        yield Evil(office, places, tuple(sorted(routes(store, settings))))
    store.close()


def evil_places(store: Store, settings: Settings) -> dict[str, str]:
    """Fill the desk; part of an address -> what stands for it."""
    for name in ("kudo", "other"):
        employ(store, name, *ROLES)
    with store.writing() as session:
        secret = invite(session, add_user(session, "mallory", EVILS[0], ["scanner"], by=None), by=None)
        row = add_scan(session, replace(scan(), name=f"{EVILS[0]}.pdf"))
        for sheet in (*application(changes=_evil_fields()), foreign(6)):
            save_sheet(session, row.id, sheet)
        finish_scans(session)
    decide_all(store, settings)
    with store.reading() as session:
        items = {item.field or item.reason: item.id for item in session.scalars(select(QueueRow).where(QueueRow.state == "open"))}
        packet = session.scalars(select(PacketRow)).one()
        side = session.scalars(select(SheetRow.id).where(SheetRow.packet_id == packet.id)).first()
        named = {"item": items["rows[0].duties"], "packet": packet.id, "key": packet.key, "side": side, "request": 1}
    words = {"view": "page", "name": "mallory", "secret": secret, "token": "0123456789abcdef", "number": "0"}
    return {**words, **{part: str(value) for part, value in named.items()}}


def _evil_fields() -> dict[str, dict[str, Any]]:
    duties = unsure("rows[0].duties", "multiline", *((text, 0.1) for text in EVILS[:3]))
    certifier = unsure("certifier_address", "text", *((text, 0.1) for text in EVILS))
    return {
        "a": {"address": read("address", "text", EVILS[0]), "name": unsure("name", "name", (EVILS[1], 0.5), (EVILS[4], 0.2))},
        "b": {"rows[0].duties": duties, "rows[0].employer": EVILS[4], "rows[1].employer": EVILS[2]},
        "c": {"certifier_address": certifier},
        "certificate": {"exam": EVILS[3], "result": EVILS[5]},
    }


@pytest.fixture
def kudo(evil: Evil) -> Person:
    return evil.office.at_work("kudo")


class Markup(HTMLParser):
    """What a page would make a browser run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if (tag == "script" and not OUR_SCRIPTS.fullmatch(said.get("src", ""))) or tag in ("iframe", "object", "embed", "style"):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        self.found += [f"{tag} {name}" for name in ("href", "src", "action", "formaction") if _is_script(said.get(name, ""))]


def _is_script(address: str) -> bool:
    return re.sub(r"[\s\x00-\x20]", "", address).lower().startswith(("javascript:", "data:", "vbscript:"))


def markup(page: httpx.Response) -> list[str]:
    """Inline scripts, handlers, styles and addresses that are scripts in a page."""
    if not page.headers.get("content-type", "").startswith("text/html"):
        return []
    parser = Markup()
    parser.feed(page.text)
    return parser.found


def asked(person: Person, method: str, path: str, **more: Any) -> httpx.Response:
    """An answer; of one that goes on for as long as somebody listens, its beginning without contents."""
    with person.browser.stream(method, path, **more) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer.read()
            return answer
        return httpx.Response(answer.status_code, headers=answer.headers)


def test_the_parser_finds_what_it_is_there_for() -> None:
    page = httpx.Response(200, html="".join(f"<p title='{text}'>{text}<a href='{text}'>x</a>" for text in EVILS))
    known = {"<script>", "img onerror", "p onfocus", "p onmouseover", "svg onload", "a href"}
    assert known <= {*markup(page), *_lines('<p onmouseover="1">')}


def _lines(text: str) -> list[str]:
    return markup(httpx.Response(200, html=text))


def test_what_papers_files_and_people_say_is_text_on_every_page(evil: Evil, kudo: Person) -> None:
    shown = 0
    for path in evil.gets():
        page = asked(kudo, "GET", path)
        assert (path, markup(page)) == (path, [])
        assert (path, "49{%" in page.text) == (path, False)
        shown += page.text.count("window.hit")
    assert shown > 10  # else nothing of it was shown at all
    with evil.office.store.reading() as session:
        items = list(session.scalars(select(QueueRow.id).where(QueueRow.state == "open")))
    for item in items:
        assert (item, markup(kudo.get(f"/items/{item}"))) == (item, [])


def test_what_was_sent_comes_back_as_text(evil: Evil, kudo: Person) -> None:
    item = evil.places["item"]
    kudo.get(f"/items/{item}")
    for text in EVILS:
        for path in (f"/items/{item}/check", "/people"):
            page = kudo.post(path, text=text, name=text, display=text, roles=text)
            assert (path, page.status_code < 500, markup(page)) == (path, True, [])
        for path in ("/queue", "/audit", "/login", f"/items/{item}"):
            page = kudo.get(path, params={"kind": text, "reason": text, "problem": text, "left": text})
            assert (path, page.status_code < 500, markup(page)) == (path, True, [])


@without_chromium
def test_a_real_browser_runs_nothing_of_it(evil: Evil) -> None:
    with chromium() as browser, opened(browser, evil.office, "kudo") as page:
        kudo = evil.office.at_work("kudo")
        answers = {path: asked(kudo, "GET", path).headers.get("content-type", "") for path in evil.gets()}
        for path in (path for path, kind in answers.items() if kind.startswith("text/html")):
            page.goto(path)
            page.wait_for_load_state("load")
            assert (path, page.evaluate("window.hit")) == (path, None)
        page.goto(f"/items/{evil.places['item']}")
        for text in EVILS:
            page.fill("#text", text)
            with page.expect_response("**/check"):
                page.keyboard.press("End")
                page.keyboard.type("x")
        page.keyboard.press("Escape")
        page.click("button[value=value]")
        page.wait_for_selector(".notice-line .done")
        assert page.evaluate("window.hit") is None
        page.keyboard.press("z")
        page.wait_for_selector(f"[data-item='{evil.places['item']}']")
        assert page.evaluate("window.hit") is None


def raw(office: Office, method: str, path: str, **more: Any) -> httpx.Response:
    """A request whose path goes out as it stands."""
    person: Person = more.pop("person")
    request = person.browser.build_request(method, "/", **more)
    request.url = httpx.URL(office.address).copy_with(raw_path=path.encode())
    return person.browser.send(request)


def test_no_part_of_an_address_reaches_anything_but_what_it_names(evil: Evil, kudo: Person) -> None:
    before = rows(evil)
    for method, pattern in evil.calls:
        for part in re.findall(r"\{(\w+)", pattern):
            for value in DEEP:
                path = evil.path(pattern.replace(f"{{{part}}}", value))
                data = {"csrf": kudo.csrf, "answer": "value", "text": "x"} if method == "POST" else None
                answer = raw(evil.office, method, path, person=kudo, data=data)
                assert (method, path, answer.status_code in REFUSED) == (method, path, True), answer.status_code
                assert b"SQLite" not in answer.content
                assert "x-evil" not in answer.headers
    assert rows(evil) == before


def rows(evil: Evil) -> dict[str, Any]:
    """All that is in the database, but who came and went."""
    found = everything(evil.office.store)
    return {name: lines for name, lines in found.items() if name not in COMING}


def test_every_answer_carries_the_headers_whatever_was_asked(evil: Evil, kudo: Person) -> None:
    people = kudo, evil.office.person()
    for method, pattern in evil.calls:
        for each in {method, "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}:
            for person in people:
                answer = asked(person, each, evil.path(pattern))
                told = f"{each} {pattern} {answer.status_code}"
                assert answer.status_code < 500, told
                policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
                assert (told, policy["script-src"], policy["default-src"]) == (told, "'self'", "'none'")
                assert (told, "unsafe" in answer.headers["content-security-policy"]) == (told, False)
                assert (told, answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == (told, "nosniff", "DENY")
                assert (told, "no-store" in answer.headers["cache-control"] or "private" in answer.headers["cache-control"]) == (told, True)


COMING = ("audit", "sessions", "login_attempts", "sqlite_sequence")
FOREIGN = ({"Origin": "https://attacker.example"}, {"Origin": "http://["}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


def test_another_site_can_make_a_browser_send_nothing(evil: Evil, kudo: Person) -> None:
    before = rows(evil)
    for path in evil.posts():
        for headers in FOREIGN:
            answer = kudo.browser.post(path, data={"csrf": kudo.csrf, "name": "x", "roles": "admin"}, headers=headers)
            assert (path, headers, answer.status_code) == (path, headers, 403)
        for token in ("", "made-up", kudo.csrf[:-1], kudo.csrf.swapcase()):
            answer = kudo.browser.post(path, data={"csrf": token, "name": "x", "password": "y", "again": "y"})
            assert (path, token, answer.status_code in (403, 404)) == (path, token, True)
    assert rows(evil) == before
    assert kudo.get("/queue").status_code == 200


def test_reading_changes_nothing(evil: Evil, kudo: Person) -> None:
    def kept() -> dict[str, Any]:
        return {name: lines for name, lines in rows(evil).items() if name != "queue_items"}  # opening a question claims it

    before = kept()
    for path in evil.gets():
        asked(kudo, "GET", path)
    assert kept() == before


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example", "localhost@attacker.example", "", "[::1", "[", "a b"])
def test_no_route_answers_under_another_name(evil: Evil, host: str) -> None:
    person = evil.office.person()
    for method, pattern in evil.calls:
        answer = person.browser.request(method, evil.path(pattern), headers={"Host": host})
        assert (method, pattern, answer.status_code in (400, 421)) == (method, pattern, True), answer.status_code


def test_a_name_that_a_proxy_might_forward_changes_no_address(evil: Evil, kudo: Person) -> None:
    forwarded = {"X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "gopher", "Forwarded": "host=attacker.example"}
    for path in evil.gets():
        answer = asked(kudo, "GET", path, headers=forwarded)
        assert (path, "attacker.example" in answer.text + str(answer.headers)) == (path, False)


def test_no_route_takes_a_body_that_is_too_long(evil: Evil, kudo: Person) -> None:
    big = b"csrf=" + kudo.csrf.encode() + b"&text=" + b"x" * evil.office.settings.desk.form_bytes
    for method, pattern in evil.calls:
        if pattern in UPLOADS:
            continue
        path = evil.path(pattern)
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert (path, kudo.browser.request(method, path, content=big, headers=form).status_code) == (path, 413)
        if method == "POST":
            halves = iter([big[:40_000], big[40_000:]])
            assert (path, kudo.browser.post(path, content=halves, headers=form).status_code) == (path, 413)


@pytest.mark.parametrize("body", [b"\xff\xfe=%ff", b"a=1&" * 5_000, b"csrf", b"%", b"a[]=1;b=2", b'{"csrf": "x"}'])
def test_a_body_that_is_no_form_of_ours_is_refused(evil: Evil, kudo: Person, body: bytes) -> None:
    for path in evil.posts():
        answer = kudo.browser.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert (path, answer.status_code in (400, 403, 404)) == (path, True), answer.status_code


def test_what_somebody_else_holds_is_neither_changed_nor_given_up(evil: Evil, kudo: Person) -> None:
    item = evil.places["item"]
    assert kudo.get(f"/items/{item}").status_code == 200
    other = evil.office.at_work("other")
    before = rows(evil)["decisions"], held_by(evil, item)
    assert before[1] == "kudo"
    for path in [path for path in evil.posts() if f"/{item}" in path and path.startswith(("/items/", "/queue/"))]:
        other.post(path, answer="value", text="x")
        other.post(path, answer="blank")
    assert (rows(evil)["decisions"], held_by(evil, item)) == before


def held_by(evil: Evil, item: str) -> str | None:
    with evil.office.store.reading() as session:
        return session.get_one(QueueRow, int(item)).claimed_by


def test_an_answer_of_somebody_else_is_not_taken_back(evil: Evil, kudo: Person) -> None:
    item = evil.places["item"]
    kudo.get(f"/items/{item}")
    kudo.post(f"/items/{item}", answer="value", text="架空")
    other = evil.office.at_work("other")
    before = rows(evil)["decisions"]
    assert "取り消せる回答がありません" in other.post("/undo").text
    assert rows(evil)["decisions"] == before
    assert f'data-item="{item}"' in kudo.post("/undo").text


def test_a_session_is_nobody_elses(evil: Evil, kudo: Person) -> None:
    secret = str(kudo.browser.cookies["desk"])
    flipped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for guess in ("", "1", flipped, secret.upper(), secret + "x", "' OR 1=1 --", "\u00e9", secret[:-1]):
        stranger = evil.office.person()
        answer = stranger.browser.get("/queue", headers=[(b"Cookie", f"desk={guess}".encode("latin-1"))])
        assert (guess, answer.status_code, answer.headers["location"]) == (guess, 303, "/login")




def test_every_form_that_changes_something_carries_the_token_without_scripts_too() -> None:
    forms = []
    for path in sorted((HERE / "templates").glob("*.html")):
        forms += re.findall(r'<form(?=[^>]*method="post").*?</form>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert len(forms) >= 12
    assert [form[:80] for form in forms if 'name="csrf"' not in form] == []
