"""How often each person misses a known answer, and how often an adjudicator overrules what they keyed, each with its interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scipy.stats import beta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.store.double_tables import OutcomeRow, SeededRow
from pipeline.store.tables import PacketRow, PageRow, QueueRow, ScanRow, SheetRow

CERTAINTY = 0.95
"""Of the two-sided interval."""


@dataclass(frozen=True)
class Share:
    """`hits` of `number`."""

    hits: int
    number: int

    @property
    def rate(self) -> float | None:
        """None when there is nothing to divide by."""
        return self.hits / self.number if self.number else None

    @property
    def interval(self) -> tuple[float, float]:
        """Two-sided interval at CERTAINTY (Clopper and Pearson 1934); everything is possible while nothing was seen."""
        tail = (1 - CERTAINTY) / 2
        low = float(beta.ppf(tail, self.hits, self.number - self.hits + 1)) if self.hits else 0.0
        high = float(beta.ppf(1 - tail, self.hits + 1, self.number - self.hits)) if self.hits < self.number else 1.0
        return low, high


@dataclass(frozen=True)
class Performance:
    """One person.

    Attributes:
        missed: of the test items they answered.
        overruled: of the double-keyed fields of theirs that are settled, those where the adjudicator followed somebody else.
        disputed: how many of these had to be ruled on.
    """

    who: str
    missed: Share
    overruled: Share
    disputed: int


@dataclass(frozen=True)
class Miss:
    """A test item that somebody answered otherwise than known: where it is, no values."""

    who: str
    item: int
    source: str
    packet: str | None
    sheet: str | None
    field: str
    at: datetime


def performances(session: Session, since: datetime, who: str | None = None) -> list[Performance]:
    """Everybody who answered something measurable since then, by user name; or this person alone, always."""
    tests, settled = _tests(session, since), _settled(session, since)
    people = sorted({*tests, *settled}) if who is None else [who]
    return [Performance(name, tests[name], *settled[name]) for name in people]


def misses(session: Session, since: datetime, most: int) -> list[Miss]:
    """The newest misses: each may also be a wrong answer that was taken for known, so somebody should look."""
    sheet = select(func.max(SheetRow.sheet)).join(SheetRow.page).join(PageRow.scan)
    sheet = sheet.where(ScanRow.sha256 == QueueRow.scan, PageRow.number == QueueRow.page).correlate(QueueRow)
    query = (
        select(SeededRow, QueueRow, PacketRow.key, sheet.scalar_subquery())
        .join(QueueRow, SeededRow.item_id == QueueRow.id)
        .outerjoin(PacketRow, QueueRow.packet_id == PacketRow.id)
        .where(SeededRow.state == "answered", SeededRow.correct.is_(False), SeededRow.answered_at >= since)
        .order_by(SeededRow.answered_at.desc())
        .limit(most)
    )
    return [
        Miss(row.who, item.id, row.source, packet, kind, str(item.field), row.answered_at)
        for row, item, packet, kind in session.execute(query)
        if row.answered_at is not None
    ]


def _tests(session: Session, since: datetime) -> defaultdict[str, Share]:
    query = select(SeededRow.who, SeededRow.correct, func.count()).where(SeededRow.state == "answered", SeededRow.answered_at >= since)
    counts: defaultdict[str, dict[bool, int]] = defaultdict(dict)
    for who, correct, number in session.execute(query.group_by(SeededRow.who, SeededRow.correct)):
        counts[who][bool(correct)] = number
    shares = {who: Share(each.get(False, 0), sum(each.values())) for who, each in counts.items()}
    return defaultdict(lambda: Share(0, 0), shares)


def _settled(session: Session, since: datetime) -> defaultdict[str, tuple[Share, int]]:
    lost: defaultdict[str, int] = defaultdict(int)
    disputed, number = lost.copy(), lost.copy()
    for who, verdict, won, count in _parts(session, since):
        number[who] += count
        disputed[who] += count if verdict != "agreed" else 0
        lost[who] += count if verdict not in ("agreed", won) else 0
    return defaultdict(lambda: (Share(0, 0), 0), {who: (Share(lost[who], number[who]), disputed[who]) for who in number})


def _parts(session: Session, since: datetime) -> Iterator[tuple[str, str, str, int]]:
    """(person, verdict, the verdict by which they win, how many)."""
    for column, won in ((OutcomeRow.first_by, "first"), (OutcomeRow.second_by, "second")):
        query = select(column, OutcomeRow.verdict, func.count()).where(OutcomeRow.at >= since)
        for who, verdict, count in session.execute(query.group_by(column, OutcomeRow.verdict)):
            yield who, verdict, won, count
