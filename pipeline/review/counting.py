"""The counts above the queue, which everybody looks at: counted once for all who ask at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

from pipeline.store import Store
from pipeline.store.claims import QueueCounts, count_queue

SHARE = 0.05
"""Of the time that counting may take: what took 10 ms holds for 200 ms, and a short queue is counted for each who asks."""


class Counted:
    """What was counted last, and until when it holds. `clock`: seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.lock = threading.Lock()
        self.known: tuple[date, QueueCounts] | None = None
        self.until = 0.0

    def counts(self, store: Store, today: date) -> QueueCounts:
        """How much waits, as of now or a moment ago."""
        with self.lock:
            begin = self.clock()
            if self.known is None or self.known[0] != today or begin >= self.until:
                with store.reading() as session:
                    self.known = today, count_queue(session, today)
                took = self.clock() - begin
                self.until = begin + took + took / SHARE
            return self.known[1]
