"""The experience of one applicant on a page: evidence in the text, periods, months, and the question about one row."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.experience import FIELDS, NONE
from pipeline.sheet import FieldValue
from pipeline.store import Store
from pipeline.store.audit import entries
from pipeline.store.deciding import decide_all
from pipeline.store.tables import FieldRow, QueueRow
from tests.papers import application, read
from tests.review.office import Office, Person, employ
from tests.review.scene import EVIL
from tests.store.papers import read_scan

TWO = "保険商品のアウトバウンド業務で既契約者に満期の案内を行い、コンプライアンスに沿った説明と申込受付を担当した。"
"""Undecided between CS and CR, by the model as shipped."""
ONE = "過去の入電実績から30分単位の呼量を予測し、必要人数を算出して60名分の月間シフトを作成した。"
"""Field OP."""


def undecided(row: int, main: str = "CS") -> FieldValue:
    ranked = (main, *(name for name in (*FIELDS, NONE) if name != main))
    candidates = tuple((name, math.log(0.6 if name == main else 0.05)) for name in ranked)
    return FieldValue(f"rows[{row}].classified", "field", main, main, None, 0.6, "review", "field_undecided", candidates, None)


def with_duties(*texts: str, **more: Any) -> dict[str, Any]:
    """What stands in the rows of B: these duties, each undecided."""
    duties = {f"rows[{row}].duties": read(f"rows[{row}].duties", "multiline", text) for row, text in enumerate(texts)}
    return {**duties, **{f"rows[{row}].classified": undecided(row) for row in range(len(texts))}, **more}


@pytest.fixture
def sato(office: Office) -> Person:
    employ(office.store, "sato", "reviewer")
    return office.at_work("sato")


def fill(office: Office, changes: dict[str, Any]) -> None:
    read_scan(office.store, *application(changes={"b": changes}))
    decide_all(office.store, office.settings)


def item_of(store: Store, field: str) -> int:
    with store.reading() as session:
        return session.scalars(select(QueueRow.id).where(QueueRow.field == field, QueueRow.state == "open")).one()


def without_tags(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_the_words_that_carried_the_answer_are_marked_and_named(office: Office, sato: Person) -> None:
    fill(office, with_duties(TWO, ONE))
    page = sato.get("/packets/1/experience").text
    marks = dict(re.findall(r'<mark class="([^"]+?) ?">コンプライアンス<span class="unseen">（([^）]+)の根拠）', page))
    assert marks == {"for-second": "CR"}
    assert re.search(r'<mark class="for-first ">シフト<span class="unseen">（OPの根拠）</span></mark>', page)
    one, other = re.findall(r"<h4>(\d \w\w（[^）]+）)", page)[:2]
    assert (one, other) == ("2 CS（カスタマーサービス）", "3 CR（CRM）")
    assert len(re.findall(r"<h4>", page)) == 3, "two fields where it is undecided, one where it is not"
    assert page.count("手引きの近い例") == 3
    assert page.count(f'href="/items/{item_of(office.store, "rows[0].classified")}"') == 1
    ranks = re.findall(r'<td class="number">([\d.]+) %', page)
    assert len(ranks) == 16
    assert [float(rank) for rank in ranks[:8]] == sorted((float(rank) for rank in ranks[:8]), reverse=True)
    with office.store.reading() as session:
        assert [(entry.who, entry.about) for entry in entries(session, 5) if entry.action == "experience_seen"] == [("sato", {"packet": 1})]


def test_periods_months_and_differences_are_said_in_words(office: Office, sato: Person) -> None:
    sums = {
        f"months_by_field[{number}]": read(f"months_by_field[{number}]", "months", text)
        for number, text in ((3, "3年0ヶ月"), (4, "5年0ヶ月"))
    }
    other = {"rows[1].from": "2017年4月", "rows[1].field": read("rows[1].field", "digits", "5")}
    nothing = {f"rows[{row}].other_fields": read(f"rows[{row}].other_fields", "digits", "") for row in (0, 1)}
    fill(office, {**with_duties(ONE, ONE), **sums, **other, **nothing, "total_months": "7年0ヶ月"})
    page = sato.get("/packets/1/experience").text
    text = without_tags(page)
    assert "2015年4月2018年3月3年4 OP（オペレーション）2行目と1年" in text.replace("\n", "")
    assert page.count('<rect class="overlap"') == 1
    assert "合計（重なりは一度だけ）1行目、2行目6年\n7年\n記入が1年多い" in text
    assert "5 HR（ヒューマンリソースマネジメント）2行目4年\n5年\n記入が1年多い" in text
    assert "4 OP（オペレーション）1行目3年\n3年\n一致" in text
    assert "合計月数の記入は7年ですが、各行の期間から数えると6年です" in text


def test_a_page_without_rows_and_a_packet_that_is_not_there(office: Office, sato: Person) -> None:
    others = [sheet for sheet in application() if sheet.sheet != "b"]
    read_scan(office.store, *[replace(sheet, page=number) for number, sheet in enumerate(others, 1)])
    decide_all(office.store, office.settings)
    assert "業務経験証明書（B）に記入された行がありません。" in sato.get("/packets/1/experience").text
    assert sato.get("/packets/2/experience").status_code == 404
    assert sato.get("/packets/x/experience").status_code == 404


def test_nothing_that_was_read_becomes_a_tag(office: Office, sato: Person) -> None:
    fill(office, with_duties(EVIL + ONE))
    for path in ("/packets/1/experience", f"/items/{item_of(office.store, 'rows[0].classified')}/evidence"):
        page = sato.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_question_shows_the_evidence_and_is_answered_by_the_number_of_the_field(office: Office, sato: Person) -> None:
    fill(office, with_duties(TWO))
    item = item_of(office.store, "rows[0].classified")
    question = sato.get(f"/items/{item}").text
    assert f'hx-get="/items/{item}/evidence"' in question
    assert re.findall(r'name="choice" value="(\w+)"', question) == [*FIELDS, NONE]
    part = sato.get(f"/items/{item}/evidence", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "/packets/1/experience#row-" in part
    anchor = part.split("/packets/1/experience#")[1].split('"')[0]
    assert f'id="{anchor}"' in sato.get("/packets/1/experience").text
    sato.post(f"/items/{item}", answer="value", choice="CR")
    with office.store.reading() as session:
        row = session.scalars(select(FieldRow).where(FieldRow.name == "rows[0].classified")).one()
        assert (row.value, row.decision) == ("CR", "accept")
    assert "（人が確定）" in sato.get("/packets/1/experience").text


def test_a_text_corrected_at_the_desk_settles_its_field_and_the_undo_asks_again(office: Office, sato: Person) -> None:
    doubtful = replace(read("rows[0].duties", "multiline", TWO), decision="review", reason="low_probability")
    fill(office, with_duties(TWO, **{"rows[0].duties": doubtful}))
    assert "業務内容の文字は確認待ちです" in sato.get("/packets/1/experience").text
    item = item_of(office.store, "rows[0].duties")
    sato.get(f"/items/{item}")
    sato.post(f"/items/{item}", answer="value", text=ONE)
    page = without_tags(sato.get("/packets/1/experience").text)
    assert "OP（オペレーション）（自動で確定）" in page
    assert "確認待ちです" not in page
    sato.post("/undo")
    assert "未確定" in without_tags(sato.get("/packets/1/experience").text)
    assert item_of(office.store, "rows[0].classified")


def test_only_questions_about_a_row_have_evidence(office: Office, sato: Person) -> None:
    doubtful = replace(read("rows[0].employer", "text", "架空"), decision="review", reason="low_probability")
    fill(office, with_duties(ONE, **{"rows[0].employer": doubtful}))
    assert sato.get(f"/items/{item_of(office.store, 'rows[0].employer')}/evidence").status_code == 404
    assert sato.get("/items/999/evidence").status_code == 404
