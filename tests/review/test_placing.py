"""What people do to packets at the desk: shown first, confirmed, refused when something changed, undone, and told in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import select

from pipeline.store import Store
from pipeline.store.audit import entries, verify
from pipeline.store.deciding import decide_all
from pipeline.store.moving import CHANGED
from pipeline.store.tables import FieldRow, PacketRow, QueueRow, SheetRow
from tests.papers import application, of_person, paper, unsure
from tests.review.office import Office, Person, employ
from tests.review.scene import EVIL, fill, with_field
from tests.review.test_packets import told
from tests.store.papers import read_scan

MINE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


@pytest.fixture
def two(office: Office) -> Store:
    """Two complete packets: sides 1 to 5 in the first, 6 to 10 in the second."""
    read_scan(office.store, *application(), sha256=MINE)
    read_scan(office.store, *of_person("2025888888", "佐藤 太郎"), sha256=OTHER)
    decide_all(office.store, office.settings)
    return office.store


def homes(store: Store) -> list[int | None]:
    with store.reading() as session:
        return list(session.scalars(select(SheetRow.packet_id).order_by(SheetRow.id)))


def state(store: Store, packet: int) -> str:
    with store.reading() as session:
        return session.get_one(PacketRow, packet).state


def confirmed(person: Person, address: str) -> httpx.Response:
    """Look at the plan and press its button."""
    page = person.get(address)
    assert page.status_code == 200, page.text
    form = page.text.partition('class="answers"')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form):
        sent.setdefault(name, []).append(value)
    return person.post(f"/packets/{address.split('/')[2]}/place", **{name: values for name, values in sent.items() if name != "csrf"})


def undo_numbers(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="operation" value="(\d+)"', page)))


def test_sides_are_moved_to_a_packet_that_is_looked_for_and_back(sato: Person, two: Store) -> None:
    choice = sato.get("/packets/1/plan?act=move&side=4&q=佐藤")
    assert 'name="other" value="2"' in choice.text
    plan = sato.get("/packets/1/plan?act=move&side=4&other=2").text
    assert "合格者番号が違います（2024100123 と 2025888888）" in plan
    done = confirmed(sato, "/packets/1/plan?act=move&side=4&other=2")
    assert re.fullmatch(r"/packets/1\?done=\d+", done.headers["location"])
    assert homes(two) == [1, 1, 1, 2, 1, 2, 2, 2, 2, 2]
    page = sato.get(done.headers["location"]).text
    assert "ページを移しました。" in page
    assert "D 宣誓書が同封されていません。" in page
    assert "外したページ" in page
    assert told(page)[0].startswith("D 宣誓書 を別の申請書類に移した")
    assert told(sato.get("/packets/2").text)[0].startswith("D 宣誓書 を別の申請書類から移した")
    (number,) = undo_numbers(page)
    assert sato.post("/packets/2/undo", operation=number).headers["location"] == "/packets/2"
    assert homes(two) == [1] * 5 + [2] * 5
    page = sato.get("/packets/1").text
    assert told(page)[0].startswith("取り消し: D 宣誓書")
    assert "外したページ" not in page
    assert undo_numbers(page) == []
    with two.reading() as session:
        assert [entry.action for entry in entries(session, 40)][::-1].count("packet_placed") == 1
        assert "placing_undone" in {entry.action for entry in entries(session, 40)}
        assert [chain.broken for chain in verify(session)] == [None, None]


@pytest.mark.parametrize("night", [False, True])
def test_a_merge_is_undone_also_after_the_night(office: Office, sato: Person, two: Store, *, night: bool) -> None:
    done = confirmed(sato, "/packets/1/plan?act=merge&other=2")
    assert homes(two) == [1] * 10
    assert (state(two, 1), state(two, 2)) == ("deficient", "dissolved")
    assert "ほかの申請書類に移されています" in sato.get("/packets/2").text
    if night:
        decide_all(two, office.settings)
        assert homes(two) == [1] * 10
    (number,) = undo_numbers(sato.get(done.headers["location"]).text)
    sato.post("/packets/1/undo", operation=number)
    assert (homes(two), state(two, 1), state(two, 2)) == ([1] * 5 + [2] * 5, "ready", "ready")
    decide_all(two, office.settings)
    assert (homes(two), state(two, 1), state(two, 2)) == ([1] * 5 + [2] * 5, "ready", "ready")


def test_sides_are_split_off_and_a_side_is_foreign(office: Office, sato: Person, two: Store) -> None:
    confirmed(sato, "/packets/1/plan?act=split&side=4&side=5")
    assert homes(two) == [1, 1, 1, 3, 3, 2, 2, 2, 2, 2]
    assert told(sato.get("/packets/3").text)[0].startswith("D 宣誓書、合格証明書（試験結果レポート） を分けて、この申請書類を作った")
    confirmed(sato, "/packets/2/plan?act=foreign&side=9")
    assert homes(two)[8] is None
    assert "→ 対象外" in sato.get("/packets/2").text
    decide_all(two, office.settings)
    assert homes(two) == [1, 1, 1, 3, 3, 2, 2, 2, None, 2]


def test_of_two_people_at_once_the_second_is_told(office: Office, sato: Person, two: Store) -> None:
    employ(office.store, "suzuki", "adjudicator")
    seen = re.search(r'name="seen" value="(\w+)"', sato.get("/packets/1/plan?act=split&side=4").text)
    assert seen
    confirmed(office.at_work("suzuki"), "/packets/1/plan?act=move&side=5&other=2")
    answer = sato.post("/packets/1/place", act="split", side=["4"], other="", seen=seen[1])
    assert answer.status_code == 409
    assert CHANGED in answer.text
    assert homes(two) == [1, 1, 1, 1, 2, 2, 2, 2, 2, 2]


UNPLANNED: tuple[dict[str, str | Sequence[str]], ...] = (
    {"act": "split", "side": ["4"], "seen": "made-up"},
    {"act": "burn", "side": ["4"]},
    {"act": "move", "side": ["x"], "other": "2"},
    {"act": "move", "side": ["4"], "other": "../2"},
    {"act": "move", "side": ["4"], "other": "9" * 5000},
    {"act": "move", "side": ["9"], "other": "1"},
    {"act": "merge", "other": "1"},
    {},
)


def test_what_is_sent_without_a_plan_changes_nothing(sato: Person, two: Store) -> None:
    for sent in UNPLANNED:
        assert (sent, sato.post("/packets/1/place", **sent).status_code) == (sent, 409)
    for number in ("1", "x", "9" * 5000):
        assert sato.post("/packets/1/undo", operation=number).status_code == 409
    assert homes(two) == [1] * 5 + [2] * 5


SENSELESS = {
    "act=move": "ページを選んでください",
    "act=split&side=1&side=2&side=3&side=4&side=5": "分割になりません",
    "act=foreign": "ページを選んでください",
    "act=move&side=9&other=2": "ほかの担当者の操作で変わりました",
    "act=rescan&side=1&side=2": "1枚だけ",
}


def test_a_plan_that_makes_no_sense_says_why(sato: Person, two: Store) -> None:
    for query, said in SENSELESS.items():
        page = sato.get(f"/packets/1/plan?{query}")
        assert (query, page.status_code, said in page.text) == (query, 409, True)
    assert homes(two) == [1] * 5 + [2] * 5


def test_a_reviewer_whose_item_moved_can_still_answer_and_one_whose_item_is_gone_is_told(office: Office, sato: Person) -> None:
    doubtful = unsure("certifier_name", "name", ("架空 次郎", 0.6))
    read_scan(office.store, *with_field(application(), "c", doubtful), paper("d", 6, {"oath_date": "2026年11月2日"}), sha256=MINE)
    read_scan(office.store, *of_person("2025888888", "佐藤 太郎"), sha256=OTHER)
    decide_all(office.store, office.settings)
    with office.store.reading() as session:
        items = {row.reason: row.id for row in session.scalars(select(QueueRow).where(QueueRow.state == "open"))}
    employ(office.store, "suzuki", "reviewer")
    suzuki = office.at_work("suzuki")
    for item in items.values():
        assert suzuki.get(f"/items/{item}").status_code == 200
    confirmed(sato, "/packets/1/plan?act=move&side=3&other=2")
    confirmed(sato, "/packets/1/plan?act=foreign&side=6")
    gone = suzuki.post(f"/items/{items['sheet_repeated']}", answer="fine")
    assert "ほかの担当者が確認中か、すでに確認が済んでいます" in gone.text
    suzuki.post(f"/items/{items['low_probability']}", answer="value", text="架空 次朗")
    with office.store.reading() as session:
        assert "架空 次朗" in set(session.scalars(select(FieldRow.value).where(FieldRow.name == "certifier_name")))
        assert session.get_one(QueueRow, items["low_probability"]).packet_id == 2


def test_a_rescan_is_asked_for_seen_by_the_scanner_and_ends_when_the_sheet_came(office: Office, sato: Person, two: Store) -> None:
    employ(office.store, "mori", "scanner")
    mori = office.at_work("mori")
    assert "依頼はありません" in mori.get("/rescans").text
    assert "端が切れている" in sato.get("/packets/1/plan?act=rescan&side=4").text
    assert sato.post("/packets/1/rescan", side=["4"], reason="made-up").status_code == 409
    sato.post("/packets/1/rescan", side=["4"], reason="cut", note=EVIL)
    assert sato.post("/packets/1/rescan", side=["4"], reason="cut").status_code == 409
    listed = mori.get("/rescans").text
    assert "D 宣誓書" in listed
    assert "端が切れている・折れている" in listed
    assert "<script>alert" not in listed
    assert "/packets/1" not in listed
    assert state(two, 1) == "review"
    decide_all(two, office.settings)
    assert state(two, 1) == "review"
    assert "再スキャン依頼中" in sato.get("/packets/1").text
    read_scan(two, paper("d", 1, fingerprint=f"{4:016x}"), sha256="c" * 64)
    decide_all(two, office.settings)
    assert "依頼はありません" in mori.get("/rescans").text
    assert "届きました" in sato.get("/packets/1").text
    confirmed(sato, "/packets/1/plan?act=foreign&side=4")  # the two are told apart by a person: their fingerprints are too short here
    assert state(two, 1) == "ready"
    assert "依頼はありません" in mori.get("/rescans").text


def test_a_request_is_withdrawn(office: Office, sato: Person, two: Store) -> None:
    sato.post("/packets/1/rescan", side=["4"], reason="skewed")
    number = re.search(r"/rescans/(\d+)/withdraw", sato.get("/packets/1").text)
    assert number
    assert sato.post(f"/rescans/{number[1]}/withdraw").headers["location"] == "/packets/1"
    assert state(two, 1) == "ready"
    assert "取り下げ済み" in sato.get("/packets/1").text
    assert "すでに終わっています" in sato.post(f"/rescans/{number[1]}/withdraw").text
    assert office is not None


@pytest.mark.parametrize("answer", ["unreadable", "invalid"])
def test_a_field_that_nobody_could_read_is_asked_again_or_given_a_value(office: Office, sato: Person, answer: str) -> None:
    item = fill(office.store, office.settings, 1)[0]
    sato.get(f"/items/{item}")
    sato.post(f"/items/{item}", answer=answer, text="架空12")
    page = sato.get("/packets/1").text
    assert "このままでは進まない項目" in page
    assert f"/packets/1/answer/{item}" in page
    assert sato.post(f"/packets/1/answer/{item}/again").headers["location"] == "/packets/1"
    page = sato.get("/packets/1").text
    assert "このままでは進まない項目" not in page
    assert f'<a href="/items/{item}">確認する</a>' in page
    assert sato.post(f"/packets/1/answer/{item}/again").status_code == 409
    decide_all(office.store, office.settings)
    sato.get(f"/items/{item}")
    sato.post(f"/items/{item}", answer=answer, text="架空12")
    decide_all(office.store, office.settings)
    assert state(office.store, 1) == "review"
    assert sato.get(f"/packets/1/answer/{item}").status_code == 200
    assert "氏名に使わない文字があります" in sato.post(f"/packets/1/answer/{item}", answer="value", text="架空12").text
    sato.post(f"/packets/1/answer/{item}", answer="value", text="架空 次朗")
    assert state(office.store, 1) == "ready"
    decide_all(office.store, office.settings)
    assert state(office.store, 1) == "ready"
    assert sato.get(f"/packets/1/answer/{item}").status_code == 409


def test_nothing_is_offered_and_nothing_done_in_a_closed_packet(office: Office, sato: Person, two: Store) -> None:
    with two.writing() as session:
        session.get_one(PacketRow, 1).state = "accepted"
    assert 'name="side"' not in sato.get("/packets/1").text
    for query in ("act=split&side=4", "act=merge&other=2", "act=rescan&side=4", "act=move&side=4&other=2", "act=foreign&side=4"):
        assert sato.get(f"/packets/1/plan?{query}").status_code == 409
    assert sato.get("/packets/2/plan?act=merge&other=1").status_code == 409
    assert office is not None
