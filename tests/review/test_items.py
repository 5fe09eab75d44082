"""One question after the other: answered, checked while typed, undone; never somebody else's; nothing unescaped."""

from __future__ import annotations

import re
from typing import get_args

import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import select, update

from pipeline.review.words import HINTS, REASONS
from pipeline.sheet import Reason
from pipeline.store import Store
from pipeline.store.audit import verify
from pipeline.store.deciding import decide_all
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.papers import application, foreign, unsure
from tests.review.office import Office, Person, employ
from tests.review.scene import EVIL, fill, scanned_oath, with_field
from tests.store.papers import read_scan

HTMX = {"HX-Request": "true"}
ITEM = re.compile(r'data-item="(\d+)"')


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


def start(person: Person) -> int:
    """Begin with the most urgent item; its number."""
    answer = person.post("/queue/next")
    found = re.match(r"/items/(\d+)", answer.headers["location"])
    assert found
    assert person.get(answer.headers["location"]).status_code == 200
    return int(found[1])


def send(person: Person, path: str, **fields: str | list[str]) -> httpx.Response:
    return person.browser.post(path, data=fields, headers={**HTMX, "X-CSRF-Token": person.csrf})


def shown(answer: httpx.Response) -> int | None:
    found = ITEM.search(answer.text)
    return int(found[1]) if found else None


def states(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(PacketRow.state).order_by(PacketRow.id)))


def test_every_reason_has_its_line() -> None:
    assert set(REASONS) == set(get_args(Reason))
    assert all(line.endswith("。") for line in (*REASONS.values(), HINTS["digits"]))


def test_a_queue_is_cleared_item_by_item_and_every_packet_follows_at_once(office: Office, sato: Person) -> None:
    items = fill(office.store, office.settings, 5)
    assert states(office.store) == ["review"] * 5
    item: int | None = start(sato)
    seen: list[int] = []
    while item is not None and len(seen) < len(items):
        seen.append(item)
        answer = send(sato, f"/items/{item}", answer="value", text="架空 次朗")
        assert states(office.store).count("ready") == len(seen)
        assert "「架空 次朗」　→　申請書類" in answer.text
        item = shown(answer)
    assert seen == items
    assert states(office.store) == ["ready"] * 5
    with office.store.reading() as session:
        assert {row.after["raw"] for row in session.scalars(select(DecisionRow)) if row.after} == {"架空 次朗"}
        assert [chain.broken for chain in verify(session)] == [None, None]


def test_the_item_after_the_shown_one_is_held_too_so_that_its_picture_can_be_fetched(office: Office, sato: Person) -> None:
    items = fill(office.store, office.settings, 3)
    employ(office.store, "suzuki", "reviewer")
    page = sato.get(sato.post("/queue/next").headers["location"])
    assert f'data-item="{items[0]}" data-ahead="{items[1]}"' in page.text
    assert start(office.at_work("suzuki")) == items[2]


def test_two_reviewers_never_get_the_same_item(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 8)
    employ(office.store, "suzuki", "reviewer")
    people = {"sato": sato, "suzuki": office.at_work("suzuki")}
    at: dict[str, int | None] = {name: start(person) for name, person in people.items()}
    answered: list[int] = []
    while any(at.values()) and len(answered) < 8:
        assert len({item for item in at.values() if item}) == len([item for item in at.values() if item])
        for name, person in people.items():
            item = at[name]
            if item:
                answered.append(item)
                at[name] = shown(send(person, f"/items/{item}", answer="value", text="架空 次朗"))
    assert len(answered) == len(set(answered)) == 8


def test_an_item_of_somebody_else_is_neither_shown_nor_answered(office: Office, sato: Person) -> None:
    item = fill(office.store, office.settings, 1)[0]
    employ(office.store, "suzuki", "reviewer")
    start(sato)
    other = office.at_work("suzuki")
    assert other.get(f"/items/{item}").headers["location"] == "/queue?problem=taken"
    assert other.post(f"/queue/{item}/take").headers["location"] == "/queue?problem=taken"
    answer = send(other, f"/items/{item}", answer="value", text="架空 三郎")
    assert "ほかの担当者が確認中" in answer.text
    assert send(other, f"/items/{item}/check", text="x").status_code == 404
    with office.store.reading() as session:
        assert session.scalars(select(DecisionRow)).all() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("髙橋　花子", "保存される値: 髙橋 花子"), ("12", "氏名に使わない文字があります"), ("", "入力がありません")],
)
def test_a_typed_text_is_checked_while_it_is_typed(office: Office, sato: Person, text: str, said: str) -> None:
    fill(office.store, office.settings, 1)
    assert said in send(sato, f"/items/{start(sato)}/check", text=text).text


def test_a_text_that_is_no_value_is_kept_only_as_such_and_typed_text_is_not_lost(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 1)
    item = start(sato)
    refused = send(sato, f"/items/{item}", answer="value", text="架空12")
    assert "氏名に使わない文字があります" in refused.text
    assert 'value="架空12"' in refused.text
    send(sato, f"/items/{item}", answer="invalid", text="架空12")
    with office.store.reading() as session:
        field = session.scalars(select(FieldRow).where(FieldRow.name == "certifier_name")).one()
        assert (field.raw, field.value, field.decision, field.reason) == ("架空12", None, "review", "invalid")
    assert states(office.store) == ["review"]


@pytest.mark.parametrize(("answer", "state"), [("unreadable", "review"), ("blank", "blank")])
def test_unreadable_and_blank_are_answers(office: Office, sato: Person, answer: str, state: str) -> None:
    fill(office.store, office.settings, 1)
    send(sato, f"/items/{start(sato)}", answer=answer)
    with office.store.reading() as session:
        assert session.scalars(select(FieldRow.decision).where(FieldRow.name == "certifier_name")).one() == state
        assert session.scalars(select(QueueRow.state).where(QueueRow.field == "certifier_name", QueueRow.kind == "field")).one() == "done"


def test_the_latest_answer_is_taken_back_and_shown_again(office: Office, sato: Person) -> None:
    fill(office.store, office.settings, 2)
    first = start(sato)
    second = shown(send(sato, f"/items/{first}", answer="value", text="架空 次朗"))
    assert states(office.store) == ["ready", "review"]
    back = send(sato, "/undo")
    assert (shown(back), states(office.store)) == (first, ["review", "review"])
    assert second != first
    assert "取り消せる回答がありません" in send(sato, "/undo").text


def test_skipping_gives_an_item_back(office: Office, sato: Person) -> None:
    items = fill(office.store, office.settings, 3)
    assert shown(send(sato, f"/items/{start(sato)}/skip")) == items[1]
    with office.store.reading() as session:
        assert session.get_one(QueueRow, items[0]).claimed_by is None


def test_a_statement_about_a_page_is_answered(office: Office, sato: Person) -> None:
    read_scan(office.store, *application()[:4], foreign(5))
    decide_all(office.store, office.settings)
    with office.store.writing() as session:
        session.execute(update(QueueRow).where(QueueRow.reason != "page_unknown").values(state="done"))
    item = start(sato)
    assert "「問題なし」か" in send(sato, f"/items/{item}", answer="value").text
    send(sato, f"/items/{item}", answer="fine")
    assert states(office.store) == ["deficient"]


def test_what_a_paper_says_is_shown_as_text_never_as_markup(office: Office, sato: Person) -> None:
    evil = unsure("certifier_address", "text", (EVIL, 0.6), ("{{ 7 * 7 }}", 0.3))
    read_scan(office.store, *with_field(application(), "c", evil))
    decide_all(office.store, office.settings)
    item = start(sato)
    for page in (sato.get(f"/items/{item}"), sato.get("/queue"), send(sato, f"/items/{item}/check", text=EVIL)):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert "&lt;script&gt;" in sato.get(f"/items/{item}").text
    answer = send(sato, f"/items/{item}", answer="value", text=EVIL)
    assert "<script>alert" not in answer.text


def test_only_one_of_the_choices_is_taken(office: Office, sato: Person) -> None:
    office_day = unsure("qualification", "choice", ("OMP", 0.6))
    read_scan(office.store, *with_field(application(), "a", office_day))
    decide_all(office.store, office.settings)
    item = start(sato)
    for chosen in (["OMP", "CAP"], ["XYZ"], []):
        assert shown(send(sato, f"/items/{item}", answer="value", choice=chosen)) == item
    send(sato, f"/items/{item}", answer="value", choice=["CAP"])
    with office.store.reading() as session:
        assert session.scalars(select(FieldRow.value).where(FieldRow.name == "qualification")).one() == ["CAP"]


def test_crops_show_the_field_and_come_by_number_only(office: Office, sato: Person) -> None:
    item = scanned_oath(office.store, office.settings)
    sizes, dark = {}, {}
    for view in ("original", "ink", "page"):
        answer = sato.get(f"/crops/{item}/{view}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["cache-control"] == "private, max-age=300"
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        sizes[view], dark[view] = picture.shape, float((picture < 128).mean())
    assert sizes["page"] == (1286, 910)
    assert sizes["original"][0] < 300
    assert 0 < dark["ink"] < dark["original"] * 2
    for path in (f"/crops/{item}/..%2f..%2fscan", f"/crops/{item}/negative", "/crops/0/ink", "/crops/99999/ink", "/crops/scan.png/ink"):
        assert sato.get(path).status_code == 404


@pytest.mark.parametrize(("kind", "number"), [("text", 5), ("multiline", 3)])
def test_as_many_candidates_as_leave_the_place_to_type_on_the_screen(office: Office, sato: Person, kind: str, number: int) -> None:
    many = unsure("certifier_address", kind, *((f"東京都架空区{each}丁目", 0.1) for each in range(7)))
    read_scan(office.store, *with_field(application(), "c", many))
    decide_all(office.store, office.settings)
    assert sato.get(f"/items/{start(sato)}").text.count("data-fills") == number


def test_a_scan_that_is_gone_leaves_no_picture_and_no_error(office: Office, sato: Person) -> None:
    item = fill(office.store, office.settings, 1)[0]
    assert sato.get(f"/crops/{item}/original").status_code == 404
    assert "架空" in sato.get(f"/items/{item}").text
