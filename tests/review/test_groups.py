"""The group view over HTTP: pieces of many packets confirmed at once, odd ones left in the queue, all of it taken back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import select, update

from pipeline.forms import load_library
from pipeline.geometry import Box
from pipeline.review.pictures import Pictures
from pipeline.sheet import FieldValue
from pipeline.store import Store
from pipeline.store.audit import verify
from pipeline.store.batches import Shown, confirm
from pipeline.store.deciding import decide_all
from pipeline.store.desk_tables import AuditRow
from pipeline.store.groups import PieceIndex
from pipeline.store.looks import LookRow
from pipeline.store.questions import Side
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.papers import of_person, unsure
from tests.review.office import Office, Person, employ
from tests.review.scene import NAMES, clear_oath, with_field
from tests.store.papers import read_scan

HTMX = {"HX-Request": "true"}
SENT = re.compile(r'name="shown" value="([^"]+)"')
OPEN = re.compile(r'href="/groups/([0-9a-f]{16})"[^>]*>([^<]+)</a>')


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


def fill(office: Office, *months: str) -> None:
    """A packet for each of these months, which is doubtful in it."""
    for each, month in enumerate(months):
        sheets = of_person(f"20241{each:05d}", NAMES[each % len(NAMES)])
        doubtful = unsure("certified_date", "date", (f"2026年10月{month}日", 0.9 - each / 1000))
        read_scan(office.store, *with_field(sheets, "c", doubtful), sha256=f"{each + 1:04x}" * 16)
    decide_all(office.store, office.settings)


def send(person: Person, path: str, **fields: str | list[str]) -> httpx.Response:
    return person.browser.post(path, data=fields, headers={**HTMX, "X-CSRF-Token": person.csrf})


def listed(person: Person) -> dict[str, str]:
    """What was read -> the name of its group."""
    return {text: token for token, text in OPEN.findall(person.get("/groups").text)}


def on_screen(person: Person, token: str) -> list[str]:
    return SENT.findall(person.get(f"/groups/{token}").text)


def states(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(PacketRow.state).order_by(PacketRow.id)))


def open_fields(store: Store) -> int:
    with store.reading() as session:
        return len(session.scalars(select(QueueRow).where(QueueRow.kind == "field", QueueRow.state == "open")).all())


def see_through(person: Person, *but: str) -> None:
    """Confirm all groups but those of these signs."""
    for text, token in listed(person).items():
        if text not in but:
            send(person, f"/groups/{token}", shown=on_screen(person, token), next="more")


def test_like_pieces_of_many_packets_are_one_group_the_least_certain_first(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "7")
    found = listed(sato)
    assert set(found) == {"2026", "10", "25"}
    assert "仲間のない 1 種類" in sato.get("/groups").text
    shown = on_screen(sato, found["25"])
    with office.store.reading() as session:
        chances = [session.get_one(QueueRow, int(each.split("-")[0])).packet_id for each in shown]
    assert chances == [2, 1]


def test_a_field_is_decided_when_all_its_pieces_were_seen_and_its_packet_follows(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    tokens = listed(sato)
    for text, token in tokens.items():
        assert states(office.store) == ["review"] * 3
        answer = send(sato, f"/groups/{token}", shown=on_screen(sato, token), next="more")
        assert "3 枚を確認しました" in answer.text, text
    assert "（3 件の記入欄が確定）" in answer.text
    assert "この組は終わりました" in answer.text
    assert states(office.store) == ["ready"] * 3
    decide_all(office.store, office.settings)
    assert states(office.store) == ["ready"] * 3
    with office.store.reading() as session:
        rows = session.scalars(select(DecisionRow)).all()
        assert [row.after for row in rows] == [{"raw": "2026年10月25日", "value": "2026-10-25"}] * 3
        assert len({(row.before or {})["group"] for row in rows}) == 1
        assert [(row.before or {})["looked"] for row in rows] == [["sato"]] * 3
        assert [chain.broken for chain in verify(session)] == [None, None]


def test_an_odd_one_stays_in_the_queue_and_out_of_all_groups(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    see_through(sato, "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    answer = send(sato, f"/groups/{token}", shown=shown, out=[shown[1]], next="more")
    assert "2 枚を確認しました（2 件の記入欄が確定）" in answer.text
    assert "外した 1 件は「確認待ち」に残しました" in answer.text
    assert sorted(states(office.store)) == ["ready", "ready", "review"]
    assert (listed(sato), on_screen(sato, token), open_fields(office.store)) == ({}, [], 1)
    with office.store.reading() as session:
        odd = session.scalars(select(QueueRow).where(QueueRow.kind == "field", QueueRow.state == "open")).one()
        assert (odd.id, odd.claimed_by) == (int(shown[1].split("-")[0]), None)


def test_the_odd_ones_can_be_opened_one_by_one_next(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    answer = send(sato, f"/groups/{token}", shown=shown, out=shown[:2], next="odd")
    first = shown[0].split("-")[0]
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, f"/items/{first}")
    with office.store.reading() as session:
        held = session.scalars(select(QueueRow.id).where(QueueRow.claimed_by == "sato")).all()
    assert {str(item) for item in held} == {each.split("-")[0] for each in shown[:2]}
    page = sato.get(f"/items/{first}")
    assert f'data-item="{first}"' in page.text


def test_a_batch_is_taken_back_as_one_and_its_odd_one_comes_back_too(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    see_through(sato, "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    send(sato, f"/groups/{token}", shown=shown, out=[shown[0]], next="more")
    answer = send(sato, f"/groups/{token}/undo")
    assert "取り消しました" in answer.text
    assert sorted(SENT.findall(answer.text)) == sorted(shown)
    assert (states(office.store), open_fields(office.store)) == (["review"] * 3, 3)
    decide_all(office.store, office.settings)
    assert (states(office.store), open_fields(office.store)) == (["review"] * 3, 3)
    with office.store.reading() as session:
        assert [row.after is None for row in session.scalars(select(DecisionRow).order_by(DecisionRow.id))] == [False, False, True, True]
        assert set(session.scalars(select(FieldRow.decision).where(FieldRow.name == "certified_date"))) == {"review"}
    send(sato, f"/groups/{token}", shown=SENT.findall(answer.text), next="more")
    assert states(office.store) == ["ready"] * 3


def test_there_is_nothing_to_take_back_before_and_after(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    token = listed(sato)["25"]
    assert "取り消せる確定がありません" in send(sato, f"/groups/{token}/undo").text
    send(sato, f"/groups/{token}", shown=on_screen(sato, token), next="more")
    assert "取り消しました" in send(sato, f"/groups/{token}/undo").text
    assert "取り消せる確定がありません" in send(sato, f"/groups/{token}/undo").text


def test_a_batch_of_another_day_is_not_taken_back_by_a_key(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    token = listed(sato)["25"]
    send(sato, f"/groups/{token}", shown=on_screen(sato, token), next="more")
    with office.store.writing() as session:
        session.execute(update(LookRow).values(at=datetime.now(UTC) - timedelta(hours=13)))
    assert "取り消せる確定がありません" in send(sato, f"/groups/{token}/undo").text


def test_an_answer_given_since_stays_when_the_batch_is_taken_back(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    see_through(sato)
    with office.store.writing() as session:
        item = session.scalars(select(QueueRow).where(QueueRow.kind == "field").order_by(QueueRow.id)).first()
        assert item is not None
        session.execute(update(QueueRow).where(QueueRow.id == item.id).values(state="open", claimed_by="sato"))
    assert sato.post(f"/items/{item.id}", answer="value", text="2026年10月26日").status_code == 200
    answer = sato.post(f"/groups/{'0' * 16}/undo")
    assert answer.headers["location"] == "/groups?opened=1&stayed=1"
    page = sato.get(answer.headers["location"]).text
    assert "1 件の記入欄が確認待ちに戻りました。1 件は、その後の回答があるため残しました。" in page
    before = [send(sato, f"/groups/{'0' * 16}/undo").headers["hx-redirect"] for _ in range(3)]
    assert before == ["/groups?opened=0&stayed=0"] * 2 + ["/groups?stayed=0"]  # two batches of looks, and nothing more
    assert "取り消せる確定がありません" in sato.get(before[-1]).text
    with office.store.reading() as session:
        assert sorted(map(str, session.scalars(select(FieldRow.value).where(FieldRow.name == "certified_date")))) == [
            "2026-10-25",
            "2026-10-26",
        ]
    assert sorted(states(office.store)) == ["ready", "review"]


def test_what_is_on_one_screen_is_on_no_other(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    employ(office.store, "suzuki", "reviewer")
    suzuki = office.at_work("suzuki")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    assert (listed(suzuki), on_screen(suzuki, token)) == ({}, [])
    assert send(sato, f"/groups/{token}/leave", shown=shown).headers["hx-redirect"] == "/groups"
    assert on_screen(suzuki, token) == shown


def test_what_was_answered_or_taken_meanwhile_is_passed_over_and_said(office: Office, sato: Person) -> None:
    fill(office, "25", "25", "25")
    see_through(sato, "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    items = [int(each.split("-")[0]) for each in shown]
    with office.store.writing() as session:
        session.execute(update(QueueRow).where(QueueRow.id == items[0]).values(claimed_by="suzuki"))
        session.execute(update(QueueRow).where(QueueRow.id == items[1]).values(state="done"))
    answer = send(sato, f"/groups/{token}", shown=shown, next="more")
    assert "1 枚を確認しました" in answer.text
    assert "2 枚は、ほかの担当者が先に回答したか内容が変わったため、確定していません" in answer.text
    with office.store.reading() as session:
        assert [(row.before or {})["item"] for row in session.scalars(select(DecisionRow))] == [items[2]]


def test_what_now_says_something_else_than_was_shown_is_not_confirmed(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    forged = [each[:-1] + ("0" if each[-1] != "0" else "1") for each in shown]
    answer = send(sato, f"/groups/{token}", shown=forged, next="more")
    assert "0 枚を確認しました" in answer.text
    assert sorted(SENT.findall(answer.text)) == sorted(shown)


@pytest.mark.parametrize("sent", ["", "1", "a-b-c", "1-2", "1-2-3-4"])
def test_a_form_that_no_page_sends_is_refused(office: Office, sato: Person, sent: str) -> None:
    fill(office, "25", "25")
    assert send(sato, f"/groups/{listed(sato)['25']}", shown=sent).status_code == 400


def test_a_group_nobody_knows_is_over_and_a_tile_is_found_by_numbers_only(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    assert "この組は終わりました" in sato.get(f"/groups/{'0' * 16}").text
    for path in ("/groups/25", "/groups/..%2fqueue", "/tiles/0/0", "/tiles/1/999", "/tiles/1/x", "/tiles/99999/0"):
        assert sato.get(path).status_code == 404, path


def test_it_works_without_scripts_and_who_saw_and_confirmed_is_written_down(office: Office, sato: Person) -> None:
    fill(office, "25", "25")
    token = listed(sato)["25"]
    shown = on_screen(sato, token)
    page = sato.post(f"/groups/{token}", shown=shown, next="more")
    assert (page.status_code, "<html" in page.text) == (200, True)
    assert sato.post(f"/groups/{token}/leave").headers["location"] == "/groups"
    with office.store.reading() as session:
        entries = [(row.action, row.about) for row in session.scalars(select(AuditRow)) if row.action.startswith("group_")]
    items = sorted(each.split("-")[0] for each in shown)
    assert [action for action, _ in entries] == ["group_seen", "group_confirmed"]
    assert sorted(entries[0][1]["items"]) == items
    assert "25" not in {str(value) for _, about in entries for value in about.values()}


def test_the_crops_of_one_side_are_made_together_and_only_once(office: Office, sato: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    item = clear_oath(office.store, office.settings, {"signature": doubtful_signature()})
    made: list[int] = []
    cuts = Pictures.cuts

    def counted(pictures: Pictures, side: Side, parts: Sequence[tuple[Box, float]]) -> list[bytes]:
        made.append(len(parts))
        return cuts(pictures, side, parts)

    monkeypatch.setattr(Pictures, "cuts", counted)
    sizes = {}
    for number in range(10):
        answer = sato.get(f"/tiles/{item}/{number}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        sizes[number] = picture.shape
        assert 0.02 < float((picture < 128).mean()) < 0.4
    assert set(sizes.values()) == {(102, 83)}
    assert made == [11]


def doubtful_signature() -> FieldValue:
    return replace(unsure("signature", "signature", ("x", 0.6)), value=True, reason="mark_doubt", box=Box(40, 200, 60, 12))


@pytest.mark.parametrize("named", ["date", "certified_date"])
def test_what_two_people_key_is_in_no_group(office: Office, sato: Person, named: str) -> None:
    fill(office, "7", "7")
    alone = listed(sato)
    sent = on_screen(sato, alone["7"])
    desk = office.settings.desk.model_copy(update={"double_keyed": named})
    index = PieceIndex(office.settings.model_copy(update={"desk": desk}), load_library(office.settings.templates))
    with office.store.reading() as session:
        assert index.asked(session) == []
    shown_now = [Shown(int(item), int(piece), about) for item, piece, about in (each.split("-") for each in sent)]
    confirmed = confirm(office.store, index, shown_now, (), who="sato")
    assert (confirmed.pieces, confirmed.items, confirmed.skipped) == (0, (), len(sent))
