"""The packet view: found by what is written on it, shown with all its papers, values, findings and history."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from pipeline.store.audit import entries
from pipeline.store.deciding import decide_all
from pipeline.store.tables import PacketRow, QueueRow, SheetRow
from tests.papers import application, foreign, paper
from tests.review.office import Office, Person, employ
from tests.review.scene import EVIL, fill, scanned_oath, with_field
from tests.store.papers import SHA, read_scan


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


def listed(person: Person, query: str) -> list[str]:
    return re.findall(r'<a href="/packets/(\d+)">', person.get(f"/packets{query}").text)


def told(page: str) -> list[str]:
    """What the history says was done, newest first."""
    return [re.sub("<[^>]*>", "", what).strip() for what in re.findall(r'<td class="what">(.*?)</td>', page)]


FOUND = {
    "": ["1", "2", "3"],
    "?q=2024100001": ["2"],
    "?q=00001": ["2"],
    "?q=鈴木一郎": ["3"],
    "?q=鈴木　一": ["3"],
    "?q=00020002-1": ["2"],
    "?q=000300030003": ["3"],
    "?state=review&q=佐藤": ["2"],
    "?state=ready": [],
    "?q=%25": [],
    "?page=2": [],
}


def test_packets_are_found_by_state_number_name_and_key(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 3)
    assert {query: listed(sato, query) for query in FOUND} == FOUND


def test_a_packet_whose_number_is_open_is_found_by_what_was_read(office: Office, sato: Person) -> None:
    read_scan(office.store, *application(changes={"a": {"pass_number": "2024100999"}}))
    decide_all(office.store, office.settings)
    with office.store.reading() as session:
        assert session.scalars(select(PacketRow.pass_number)).one() is None
    assert listed(sato, "?q=2024100999") == listed(sato, "?q=2024100123") == ["1"]


def test_a_packet_shows_its_papers_what_is_missing_and_why(office: Office, sato: Person) -> None:
    read_scan(office.store, *application()[:4], foreign(5, "page_blank"))
    decide_all(office.store, office.settings)
    page = sato.get("/packets/1").text
    assert re.findall(r'<li class="(there|short|missing|unknown)">', page) == ["there"] * 4 + ["missing"]
    assert page.count('class="sheet-picture"') == 5
    assert "合格証明書（試験結果レポート）が同封されていません。" in page
    assert "不備があります" in page
    assert "2015 年 4 月" in page
    assert "まだ使えません" in page


def test_a_value_that_waits_leads_to_its_item_and_an_answer_is_in_the_history(office: Office, sato: Person) -> None:
    item = fill(office.store, office.settings, 1)[0]
    assert f'<a href="/items/{item}">確認する</a>' in sato.get("/packets/1").text
    employ(office.store, "suzuki", "reviewer")
    assert office.at_work("suzuki").get(f"/items/{item}").status_code == 200
    assert "suzuki が確認中" in sato.get("/packets/1").text
    with office.store.writing() as session:
        session.get_one(QueueRow, item).claimed_by = "sato"
    sato.post(f"/items/{item}", answer="unreadable")
    sato.post("/undo")
    sato.post(f"/items/{item}", answer="value", text="架空 次朗")
    page = sato.get("/packets/1").text
    assert told(page) == [
        "C 証明者氏名: 「架空 次朗」と回答",
        "C 証明者氏名: 回答を取り消し",
        "C 証明者氏名: 「読めない」と回答",
    ]
    assert "sato さん" in page
    with office.store.reading() as session:
        assert [entry.about for entry in entries(session, 9) if entry.action == "packet_seen"][0] == {"packet": 1}


def test_two_people_in_one_file_do_not_share_a_history(office: Office, sato: Person) -> None:
    read_scan(office.store, *application(), *[paper("d", 6, {"pass_number": "2024100777", "signature": False})])
    decide_all(office.store, office.settings)
    with office.store.reading() as session:
        assert session.scalars(select(SheetRow.packet_id).order_by(SheetRow.id)).all() == [1] * 5 + [2]
        scans = set(session.scalars(select(QueueRow.scan).where(QueueRow.packet_id == 2)))
    assert scans <= {SHA, None}
    item = fill(office.store, office.settings, 1)[0]
    sato.get(f"/items/{item}")
    sato.post(f"/items/{item}", answer="fine")
    assert "人による操作はまだありません" in sato.get("/packets/1").text


def test_what_a_paper_says_is_text_on_these_pages_too(office: Office, sato: Person) -> None:
    evil = paper("c", 3, {"certifier_address": EVIL}).value("certifier_address")
    assert evil is not None
    read_scan(office.store, *with_field(application(), "c", evil))
    decide_all(office.store, office.settings)
    for page in (sato.get("/packets/1").text, sato.get("/packets", params={"q": EVIL[:60]}).text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_sides_are_seen_small_and_large_and_only_by_their_row(office: Office, sato: Person) -> None:
    scanned_oath(office.store, office.settings)
    sizes = {}
    for view in ("thumb", "page"):
        answer = sato.get(f"/sides/1/{view}")
        assert answer.headers["cache-control"] == "private, max-age=300"
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        sizes[view] = picture.shape
    assert sizes == {"thumb": (322, 228), "page": (1286, 910)}
    for path in ("/sides/1/ink", "/sides/99/thumb", "/sides/..%2fscan/page", "/packets/99", "/packets/by-key/none", "/packets/0"):
        assert sato.get(path).status_code == 404


def test_the_queue_leads_to_the_packet(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 1)
    link = re.search(r'href="(/packets/by-key/[^"]+)"', sato.get("/queue").text)
    assert link
    assert sato.get(link[1]).headers["location"] == "/packets/1"
