"""Miss rates: one's own for everybody, all people's for administrators only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pipeline.review.performance import shown_share
from pipeline.store import Store
from pipeline.store.desk_tables import AuditRow
from pipeline.store.double_tables import SeededRow
from pipeline.store.performance import Share
from pipeline.store.tables import QueueRow
from tests.review.office import Office, employ
from tests.review.scene import fill


def answered(store: Store, item: int, who: str, right: int, wrong: int, days_ago: int = 1) -> None:
    """Test items that somebody answered."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    with store.writing() as session:
        deadline = session.get_one(QueueRow, item).deadline
        for number in range(right + wrong):
            row = SeededRow(item_id=item, who=who, source="machine", known={}, shown={}, deadline=deadline, until=at, state="answered")
            row.correct, row.answered_at = number < right, at
            session.add(row)


@pytest.fixture
def people(office: Office) -> Office:
    item = fill(office.store, office.settings, 1)[0]
    employ(office.store, "sato", "reviewer")
    employ(office.store, "suzuki", "adjudicator")
    employ(office.store, "boss", "admin")
    answered(office.store, item, "sato", 29, 1)
    answered(office.store, item, "suzuki", 7, 2)
    answered(office.store, item, "sato", 1, 3, days_ago=60)
    return office


def test_everybody_sees_their_own_figures_and_nobody_elses(people: Office) -> None:
    sato, suzuki = people.at_work("sato").get("/performance").text, people.at_work("suzuki").get("/performance").text
    assert "さんの記録（過去 30 日）" in sato
    assert "<b>30</b> 件のうち誤り <b>1</b> 件" in sato
    assert "3.3 %（0.1～17.2 %）" in sato
    assert "<b>9</b> 件のうち誤り <b>2</b> 件" in suzuki
    for page in (sato, suzuki):
        assert "全員の記録" not in page
    assert "suzuki" not in sato
    assert "sato" not in suzuki


def test_an_administrator_sees_all_and_the_log_says_so(people: Office) -> None:
    page = people.at_work("boss").get("/performance?days=90").text
    assert "さんの記録" not in page
    assert [f'<th scope="row">{who}</th>' in page for who in ("sato", "suzuki")] == [True, True]
    assert "11.8 %" in page
    assert "22.2 %" in page
    assert page.count("機械の読み取り</td>") == 6
    assert "架空" not in page
    with people.store.reading() as session:
        assert session.scalars(select(AuditRow.who).where(AuditRow.action == "performance_seen")).all() == ["boss"]


@pytest.mark.parametrize(("days", "status"), [("7", 200), ("365", 200), ("0", 404), ("-1", 404), ("x", 404)])
def test_only_the_spans_offered_are_shown(people: Office, days: str, status: int) -> None:
    assert people.at_work("sato").get(f"/performance?days={days}").status_code == status


def test_a_rate_is_said_with_its_interval() -> None:
    assert shown_share(Share(0, 0)) == "－"
    assert shown_share(Share(0, 30)) == "0.0 %（0.0～11.6 %）"
