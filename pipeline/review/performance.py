"""How much each person misses: their own figures for everybody, all people's for administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from pipeline.review.access import TheDesk, Visitor, needs
from pipeline.store.audit import record
from pipeline.store.performance import Share, misses, performances

measured = needs("reviewer", "adjudicator", "admin")
router = APIRouter(dependencies=[Depends(measured)])

Days = Annotated[Literal["7", "30", "90", "365"], Query()]
SPANS = ("7", "30", "90", "365")
MOST_MISSES = 20
"""Lines of missed test items."""
SOURCES = {"agreed": "二人の入力が一致", "ruled": "判定担当の判定", "machine": "機械の読み取り"}


@router.get("/performance")
def show_performance(desk: TheDesk, visitor: Annotated[Visitor, Depends(measured)], days: Days = "30") -> Response:
    """Miss rates over the last days; that an administrator saw everybody's goes into the log."""
    since = datetime.now(UTC) - timedelta(days=int(days))
    all_people, zone = visitor.may("admin"), ZoneInfo(desk.settings.timezone)
    with desk.store.writing() if all_people else desk.store.reading() as session:
        own = performances(session, since, visitor.name)[0]
        people = performances(session, since) if all_people else []
        missed = misses(session, since, MOST_MISSES) if all_people else []
        if all_people:
            record(session, visitor.name, "performance_seen")
    return desk.page(
        "performance.html",
        visitor=visitor,
        own=own if visitor.may("reviewer", "adjudicator") else None,
        people=people,
        missed=missed,
        days=days,
        spans=SPANS,
        sources=SOURCES,
        shown_share=shown_share,
        office_time=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        test_share=desk.settings.desk.test_share,
        double_keyed=bool(desk.settings.desk.double_keyed_words),
    )


def shown_share(share: Share) -> str:
    """A rate in percent with its interval; a dash while there is nothing to divide by."""
    if share.rate is None:
        return "－"
    low, high = share.interval
    return f"{share.rate * 100:.1f} %（{low * 100:.1f}～{high * 100:.1f} %）"
