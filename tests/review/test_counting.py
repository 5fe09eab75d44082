"""Counting a long queue is not done for each who looks at it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from pipeline.review.counting import Counted
from pipeline.store import Store
from pipeline.store.tables import QueueRow
from tests.store.test_claims import DAY, fill


class Clock:
    """Goes on by `step` seconds each time somebody looks."""

    def __init__(self, step: float) -> None:
        self.step, self.now = step, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.mark.parametrize(("later", "number"), [(0.0, 3), (18.0, 3), (25.0, 2)])
def test_what_took_a_second_to_count_holds_for_twenty(store: Store, later: float, number: int) -> None:
    clock = Clock(step=1.0)
    counted = Counted(clock)
    fill(store, 1, 2, 3)
    assert counted.counts(store, DAY).total == 3
    with store.writing() as session:
        session.execute(update(QueueRow).where(QueueRow.id == 1).values(state="done"))
    clock.now += later
    assert counted.counts(store, DAY).total == number


def test_another_day_is_counted_anew(store: Store) -> None:
    counted = Counted(Clock(step=1.0))
    fill(store, 0)
    assert counted.counts(store, DAY).late == 0
    assert counted.counts(store, date(2026, 11, 25)).late == 1
