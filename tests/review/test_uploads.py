"""Files sent to the scan desk: over HTTP, as browsers send them and as nobody should."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from pipeline.ingest import open_scan
from pipeline.ingest.refusals import REFUSALS
from pipeline.review.uploads import KNOWN, NO_ROOM, NO_SCAN, TAKEN
from pipeline.settings import DeskSettings, Limits, Settings
from pipeline.store import Store
from pipeline.store.desk_tables import AuditRow
from pipeline.store.inbox import take_in
from tests.review.office import Office, Person, employ, served

Sends = Callable[..., httpx.Response]


def picture(shade: int = 0, size: int = 40) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((size, size), 10 + shade).save(buffer, "PNG")
    return buffer.getvalue()


def at_the_scanner(office: Office) -> Person:
    employ(office.store, "sato", "scanner")
    return office.at_work("sato")


def send(person: Person, *files: tuple[str, bytes], csrf: str | None = None, **headers: str) -> httpx.Response:
    """As a form without scripts does: the token first, then the files."""
    token = person.csrf if csrf is None else csrf
    parts = [("csrf", (None, token)), *(("files", file) for file in files)]
    return person.browser.post("/scans", files=parts, headers=headers)  # type: ignore[arg-type]


def inbox(office: Office) -> dict[str, bytes]:
    folder = office.settings.inbox_folder
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_files_lie_in_the_inbox_under_their_names_and_the_audit_names_only_their_digests(office: Office) -> None:
    person, one, two = at_the_scanner(office), picture(1), picture(2)
    answer = send(person, ("検定 花子.png", one), ("束.png", two))
    assert answer.status_code == 200
    assert answer.text.count("受け付けました") == 2
    assert inbox(office) == {"検定 花子.png": one, "束.png": two}
    with office.store.reading() as session:
        noted = [row.about for row in session.scalars(select(AuditRow).where(AuditRow.action == "scan_sent"))]
    assert [sorted(about) for about in noted] == [["scan"], ["scan"]]
    assert "花子" not in str(noted)


def test_a_script_sends_the_token_in_a_header_and_gets_the_lines_alone(office: Office) -> None:
    person = at_the_scanner(office)
    headers = {"x-csrf-token": person.csrf, "hx-request": "true"}
    answer = person.browser.post("/scans", files={"files": ("a.png", picture())}, headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert list(inbox(office)) == ["a.png"]


def test_no_name_leads_out_of_the_inbox(office: Office) -> None:
    names = ["../../evil1.png", "..\\..\\evil2.png", "/etc/evil3.png", ".evil4.png", "evil5.png ", "a/../evil6.png"]
    send(at_the_scanner(office), *((name, picture(number)) for number, name in enumerate(names)))
    assert sorted(inbox(office)) == [f"evil{number}.png" for number in range(1, 7)]
    assert [path for path in office.settings.home.rglob("*evil*") if path.parent != office.settings.inbox_folder] == []


def test_a_name_with_a_script_in_it_is_only_shown(office: Office) -> None:
    answer = send(at_the_scanner(office), ("<img src=x onerror=alert(1)>.png", picture()))
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x onerror=alert(1)&gt;.png" in answer.text


def test_two_files_of_one_name_are_both_kept(office: Office) -> None:
    one, two = picture(1), picture(2)
    send(at_the_scanner(office), ("a.png", one), ("a.png", two))
    assert inbox(office) == {"a.png": one, "a (2).png": two}


REFUSED = [
    ("a.txt", b"hello " * 400, NO_SCAN),
    ("a.pdf", b"short text", NO_SCAN),
    ("a.png", b"", REFUSALS["empty"]),
    ("a.png.json", b'{"received": "2026-11-10"}', NO_SCAN),
    ("a.part", b"\x89PNG\r\n\x1a\n", NO_SCAN),
]


def test_a_refused_file_says_why_and_leaves_nothing(office: Office) -> None:
    answer = send(at_the_scanner(office), *((name, content) for name, content, _ in REFUSED), ("good.png", picture()))
    said = re.findall(r"<b>([^<]+)</b>: ([^<]+)</li>", answer.text)
    assert said == [*((name, why) for name, _, why in REFUSED), ("good.png", TAKEN)]
    assert list(inbox(office)) == ["good.png"]


def test_a_form_without_a_file_says_so(office: Office) -> None:
    person = at_the_scanner(office)
    empty = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--x\r\n' % person.csrf.encode()
    empty += b'Content-Disposition: form-data; name="files"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n'
    answer = person.browser.post("/scans", content=empty, headers={"content-type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    assert "ファイルを選んでから" in answer.text
    assert inbox(office) == {}


def test_a_file_without_a_name_gets_one(office: Office) -> None:
    person = at_the_scanner(office)
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--x\r\n' % person.csrf.encode()
    body += b'Content-Disposition: form-data; name="files"; filename=""\r\n\r\n' + picture() + b"\r\n--x--\r\n"
    assert person.browser.post("/scans", content=body, headers={"content-type": "multipart/form-data; boundary=x"}).status_code == 200
    assert list(inbox(office)) == ["scan"]


def test_what_came_before_is_said_and_not_taken_again(office: Office) -> None:
    person, content = at_the_scanner(office), picture()
    send(person, ("a.png", content))
    path = office.settings.inbox_folder / "a.png"
    take_in(office.store, office.settings, path, lambda path, day: open_scan(path, office.settings.limits, received=day))
    assert KNOWN in send(person, ("b.png", content)).text
    assert inbox(office) == {}


def test_nothing_is_written_without_the_token(office: Office) -> None:
    person = at_the_scanner(office)
    for token in ("", "made-up", "x" * 1000):
        assert send(person, ("a.png", picture()), csrf=token).status_code == 403
    late = person.browser.post("/scans", files=[("files", ("a.png", picture())), ("csrf", (None, person.csrf))])
    assert late.status_code == 403
    assert inbox(office) == {}


def test_another_site_and_other_roles_send_nothing(office: Office) -> None:
    person = at_the_scanner(office)
    assert send(person, ("a.png", picture()), Origin="https://example.com").status_code == 403
    employ(office.store, "suzuki", "reviewer", "admin")
    other = office.at_work("suzuki")
    assert send(other, ("a.png", picture())).status_code == 403
    assert 'id="drop"' not in other.get("/scans").text
    assert inbox(office) == {}


HALF = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nhalf'


def test_a_body_that_is_broken_leaves_nothing(office: Office) -> None:
    person = at_the_scanner(office)
    headers = {"content-type": "multipart/form-data; boundary=x", "x-csrf-token": person.csrf}
    for body in (b"", b"--x\r\n", b"no form", HALF):
        assert person.browser.post("/scans", content=body, headers=headers).status_code == 400
    assert inbox(office) == {}


def strict(settings: Settings, desk: DeskSettings | None = None, limits: Limits | None = None) -> Settings:
    return settings.model_copy(update={"desk": desk or settings.desk, "limits": limits or settings.limits})


def test_a_file_over_the_limit_is_refused_and_the_next_is_taken(store: Store, settings: Settings) -> None:
    small = picture(size=20)
    with served(store, strict(settings, limits=Limits(file_bytes=len(small) + 10))) as office:
        answer = send(at_the_scanner(office), ("big.png", picture(size=300)), ("small.png", small))
        assert "ファイルが大きすぎます" in answer.text
        assert list(inbox(office)) == ["small.png"]


def test_bodies_and_numbers_of_files_have_their_own_limit(store: Store, settings: Settings) -> None:
    with served(store, strict(settings, DeskSettings(upload_bytes=200_000, upload_files=2))) as office:
        person = at_the_scanner(office)
        big = picture(size=300)
        assert office.settings.desk.form_bytes < len(big) < 200_000
        assert send(person, ("a.png", big)).status_code == 200
        assert send(person, ("b.png", picture(3, size=300)), ("c.png", picture(4, size=500))).status_code == 413
        parts = iter([b'--x\r\nContent-Disposition: form-data; name="files"; filename="d.png"\r\n\r\n', picture(5, size=600)])
        headers = {"content-type": "multipart/form-data; boundary=x", "x-csrf-token": person.csrf}
        assert person.browser.post("/scans", content=parts, headers=headers).status_code == 413
        many = send(person, *((f"{number}.png", picture(number + 6)) for number in range(3)))
        assert many.status_code == 413
        assert sorted(inbox(office)) == ["0.png", "1.png", "a.png"]
        assert person.browser.post("/logout", content=big).status_code == 413


def test_a_full_disk_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.store.incoming.Part.write", full)
    assert NO_ROOM in send(at_the_scanner(office), ("a.png", picture())).text
    assert inbox(office) == {}


def test_the_app_does_not_read_a_body_before_it_knows_the_sender(office: Office) -> None:
    answer = office.person().browser.post("/scans", files={"files": ("a.png", picture(size=400))})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert not office.settings.inbox_folder.exists()


def test_only_a_form_with_files_may_be_long(office: Office) -> None:
    person = at_the_scanner(office)
    body = f"csrf={person.csrf}&x={'y' * 100_000}"
    for kind, status in (("application/x-www-form-urlencoded", 413), ("multipart/form-data", 400)):
        headers = {"content-type": kind, "x-csrf-token": person.csrf}
        assert person.browser.post("/scans", content=body, headers=headers).status_code == status
