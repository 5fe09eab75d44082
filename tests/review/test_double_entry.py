"""Double entry, rulings and test items as people meet them: over HTTP, page by page."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from pipeline.errors import WrongUsage
from pipeline.review.desk import open_desk
from pipeline.settings import DeskSettings, Settings
from pipeline.store import Store, seeded
from pipeline.store.claims import Wanted
from pipeline.store.desk_tables import AuditRow
from pipeline.store.double_tables import SeededRow
from pipeline.store.tables import DecisionRow, FieldRow, PacketRow, QueueRow
from tests.databases import only_sqlite
from tests.papers import of_person, read
from tests.review.office import Office, Person, employ
from tests.review.scene import fill, with_field
from tests.review.test_items import send, shown, start
from tests.review.test_plans import steps, walks, watched
from tests.store.papers import read_scan
from tests.store.test_seeded import Fixed

BUTTON = re.compile(r'name="answer" value="(keyed:[0-9a-f]{16})" data-key="(\d)"><kbd>\d</kbd> <span class="read">([^<]*)</span>')
ROLES = {"sato": ["reviewer"], "suzuki": ["reviewer"], "judge": ["reviewer", "adjudicator"], "boss": ["adjudicator"]}
JIRO, JIROU = "架空 次郎一", "架空 次朗"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    desk = getattr(request, "param", DeskSettings(double_keyed="certifier_name", test_share=0))
    return settings.model_copy(update={"desk": desk})


class People(dict[str, Person]):
    """Who works here; somebody logs in when they are first asked for, which takes a tenth of a second."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office

    def __missing__(self, name: str) -> Person:
        employ(self.office.store, name, *ROLES[name])
        self[name] = self.office.at_work(name)
        return self[name]


@pytest.fixture
def people(office: Office) -> People:
    return People(office)


def key(person: Person, item: int, text: str, **more: str) -> httpx.Response:
    assert start(person) == item
    return send(person, f"/items/{item}", **{"answer": "value", "text": text, **more})


def packets(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(PacketRow.state)))


def neutral(page: str) -> str:
    """A page without what differs from person to person and from minute to minute."""
    return re.sub(r'value="[A-Za-z0-9_-]{20,}"|X-CSRF-Token": "[^"]+"|<span>[^<]* さん</span>', "", page)


def test_the_second_person_gets_the_same_page_as_the_first_and_not_a_trace_of_the_answer(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    first = people["sato"].get(f"/items/{item}").text
    assert '<span class="double">二人入力</span>' in first
    answer = key(people["sato"], item, "架空 三郎")
    assert "「架空 三郎」" in answer.text
    assert "申請書類" not in answer.text
    assert shown(answer) is None
    assert packets(office.store) == ["review"]
    assert neutral(people["suzuki"].get(f"/items/{item}").text) == neutral(first)
    assert "三郎" not in people["suzuki"].get("/queue").text


@pytest.mark.parametrize("second", [JIRO, JIROU])
def test_nobody_is_told_whether_the_other_said_the_same(office: Office, people: People, second: str) -> None:
    (item,) = fill(office.store, office.settings, 1)
    first = key(people["sato"], item, JIRO)
    after = key(people["suzuki"], item, second)
    assert neutral(after.text).replace(second, "") == neutral(first.text).replace(JIRO, "")
    assert packets(office.store) == ["ready" if second == JIRO else "review"]


def test_who_has_keyed_it_is_not_let_in_again_and_the_queue_says_whom_it_waits_for(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    key(people["sato"], item, JIRO)
    page = people["sato"].get("/queue").text
    assert "二人目の入力待ち <b>1</b> 件" in page
    assert "<td>ほかの人</td>" in page
    assert "確認を始める（0 件）" in page
    assert people["sato"].get(f"/items/{item}").headers["location"] == "/queue?problem=taken"
    assert people["sato"].post(f"/queue/{item}/take").headers["location"] == "/queue?problem=taken"
    assert people["sato"].post("/queue/next").headers["location"] == "/queue"
    assert "確認を始める（1 件）" in people["suzuki"].get("/queue").text
    key(people["suzuki"], item, JIROU)
    page = people["suzuki"].get("/queue").text
    assert "判定待ち <b>1</b> 件" in page
    assert "<td>判定担当</td>" in page


def test_the_adjudicator_sees_both_answers_and_neither_name_and_has_the_last_word(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    key(people["sato"], item, JIRO)
    key(people["suzuki"], item, JIROU)
    assert start(people["boss"]) == item
    page = people["boss"].get(f"/items/{item}").text
    buttons = {text: value for value, _, text in BUTTON.findall(page)}
    assert set(buttons) == {JIRO, JIROU}
    assert not re.search("sato|suzuki", page)
    assert 'name="pick"' not in page
    assert 'id="text" name="text" value=""' in page
    answer = send(people["boss"], f"/items/{item}", answer=buttons[JIROU], text="")
    assert "「架空 次朗」　→　申請書類" in answer.text
    assert packets(office.store) == ["ready"]
    with office.store.reading() as session:
        decision = session.scalars(select(DecisionRow)).one()
        assert (decision.who, (decision.before or {})["keyed_by"], (decision.after or {})["value"]) == ("boss", ["sato", "suzuki"], JIROU)
        done = set(session.scalars(select(AuditRow.action)))
    assert {"item_keyed", "item_ruled"} <= done


@pytest.mark.parametrize(("answer", "text", "raw"), [("value", "架空 次雄", "架空 次雄"), ("blank", "", ""), ("unreadable", "", "")])
def test_the_adjudicator_may_say_a_third_thing(office: Office, people: People, answer: str, text: str, raw: str) -> None:
    (item,) = fill(office.store, office.settings, 1)
    key(people["sato"], item, JIRO)
    key(people["suzuki"], item, "", answer="unreadable")
    assert "「" not in send(people["boss"], f"/items/{item}/check", text="架空 次雄").text
    assert start(people["boss"]) == item
    page = people["boss"].get(f"/items/{item}").text
    assert [text for _, _, text in BUTTON.findall(page)].count("読めない") == 1
    send(people["boss"], f"/items/{item}", answer=answer, text=text)
    with office.store.reading() as session:
        assert session.scalars(select(FieldRow.raw).where(FieldRow.name == "certifier_name")).one() == raw


def test_a_made_up_answer_token_and_an_empty_one_keep_nothing(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    key(people["sato"], item, JIRO)
    key(people["suzuki"], item, JIROU)
    assert start(people["boss"]) == item
    for answer in ("keyed:0000000000000000", "value", ""):
        assert "入力がありません" in send(people["boss"], f"/items/{item}", answer=answer, text="").text
    assert send(people["sato"], f"/items/{item}", answer="value", text=JIRO).text.count("ほかの担当者") == 1
    assert packets(office.store) == ["review"]


def test_who_may_adjudicate_does_not_rule_on_what_they_keyed(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    key(people["judge"], item, JIRO)
    key(people["suzuki"], item, JIROU)
    assert people["judge"].post("/queue/next").headers["location"] == "/queue"
    assert "<td>ほかの人</td>" in people["judge"].get("/queue").text
    assert start(people["boss"]) == item


def test_undo_shows_the_item_again_at_every_stage(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    for person, text in (("sato", JIRO), ("suzuki", JIROU), ("boss", "架空 次雄")):
        key(people[person], item, text)
        assert shown(send(people[person], "/undo")) == item
        key(people[person], item, text)
    assert "取り消せる回答がありません" in send(people["sato"], "/undo").text
    assert packets(office.store) == ["ready"]


def test_what_two_people_could_not_read_is_not_entered_by_one_but_keyed_anew_by_two(office: Office, people: People) -> None:
    (item,) = fill(office.store, office.settings, 1)
    for person in ("sato", "suzuki"):
        key(people[person], item, "", answer="unreadable")
    assert packets(office.store) == ["review"]
    way = f"/packets/1/answer/{item}"
    refused = [people["boss"].get(way), people["boss"].post(way, answer="value", text=JIRO)]
    assert ["二人入力の欄です" in answer.text for answer in refused] == [True, True]
    assert people["boss"].post(f"{way}/again").status_code == 303
    key(people["sato"], item, JIRO)
    assert packets(office.store) == ["review"]
    key(people["suzuki"], item, JIRO)
    assert packets(office.store) == ["ready"]


def test_a_misspelt_word_in_the_setting_is_said_at_the_start(store: Store) -> None:
    with pytest.raises(WrongUsage, match="pas_number"):
        open_desk(Settings(desk=DeskSettings(double_keyed="digits,employer,pas_number")), store)


@pytest.fixture
def tested(office: Office, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[int]]:
    """Everything drawn is a test: of a field the machine was sure of. The test item, and those really open."""
    monkeypatch.setattr(seeded, "RANDOM", Fixed())
    candidates = (("架空 花子", math.log(0.9999)), ("架空 華子", math.log(0.0001)))
    sure = replace(read("certifier_name", "name", "架空 花子"), candidates=candidates)
    read_scan(office.store, *with_field(of_person("2024200001", "見本 太郎"), "c", sure), sha256="fe" * 32)
    items = fill(office.store, office.settings, 3)
    with office.store.writing() as session:
        test = seeded.give(session, "nobody", wanted=Wanted(), deadline=session.get_one(QueueRow, items[0]).deadline, minutes=1)
    assert test is not None
    return test, items


@pytest.mark.parametrize("settings", [DeskSettings(test_share=0.5)], indirect=True)
def test_a_test_item_is_the_announced_next_one_and_looks_like_the_others(office: Office, tested: tuple[int, list[int]]) -> None:
    test, items = tested
    employ(office.store, "sato", "reviewer")
    sato = office.at_work("sato")
    seen: list[int] = []
    pages: dict[int, str] = {}
    answer = sato.get(sato.post("/queue/next").headers["location"])
    while (item := shown(answer)) is not None:
        seen.append(item)
        pages[item] = answer.text
        ahead = re.search(r'data-ahead="(\d+)"', answer.text)
        answer = send(sato, f"/items/{item}", answer="value", text="架空 次朗")
        if ahead:
            assert shown(answer) == int(ahead[1])
    assert sorted(seen) == sorted([test, *items])
    parts = {item: page.split('id="asked"')[1].split("<dialog")[0] for item, page in pages.items()}
    assert len({tuple(re.findall(r"<\w+", part)) for part in parts.values()}) == 1
    assert re.search(r'申請書類 <a href="/packets/\d+">\w+-\d</a>（確認待ち）', pages[test])
    with office.store.reading() as session:
        assert session.scalars(select(SeededRow.correct).where(SeededRow.who == "sato")).all() == [False]
        assert packets(office.store) == ["ready"] * 4
        assert len(session.scalars(select(DecisionRow)).all()) == 3


@pytest.mark.parametrize("settings", [DeskSettings(test_share=0.5)], indirect=True)
def test_a_test_item_is_put_off_checked_and_undone_like_any_other(office: Office, tested: tuple[int, list[int]]) -> None:
    test, _ = tested
    employ(office.store, "sato", "reviewer")
    sato = office.at_work("sato")
    assert start(sato) == test
    assert "保存される値: 架空 花子" in send(sato, f"/items/{test}/check", text="架空　花子").text
    assert "入力がありません" in send(sato, f"/items/{test}", answer="value", text="").text
    done = send(sato, f"/items/{test}", answer="value", text="架空 花子")
    assert re.search("「架空 花子」　→　申請書類 fefefefe-1 は「確認待ち」、あと \\d 件", done.text)
    assert shown(send(sato, "/undo")) == test
    after = send(sato, f"/items/{test}/skip")
    assert shown(after) not in (None, test)
    assert sato.get(f"/crops/{test}/original").status_code == 404
    with office.store.reading() as session:
        assert session.scalars(select(SeededRow.state).where(SeededRow.who == "sato")).first() == "dropped"


@only_sqlite
@pytest.mark.usefixtures("tested")
@pytest.mark.parametrize("settings", [DeskSettings(double_keyed="certifier_name", test_share=0.5)], indirect=True)
def test_no_answer_walks_through_what_grows(office: Office, people: People) -> None:
    for person in (people["sato"], people["suzuki"], people["boss"]):
        item = start(person)
        with watched(office.store) as seen:
            send(person, f"/items/{item}", answer="value", text=JIROU)
            send(person, "/undo")
            person.post("/queue/release")
        assert any("keyed_items" in sql for sql, _ in seen)
        assert walks(office.store, seen) == []
        plans = [step for statement in seen if "keyed_items" in statement[0] for step in steps(office.store, statement)]
        assert not [step for step in plans if step.startswith("SCAN keyed_items")]
