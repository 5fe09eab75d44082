"""How long "save and next" takes at the review desk: people at once over HTTP, with a long queue behind.

    python -m benchmarks.review_desk [--packets 60] [--people 4] [--queue 100000]

The packets are made of read sheets without pictures; the time is from sending an answer to having read the page of the next item.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.tables import QueueRow
from tests.review.office import Office, employ, served
from tests.review.scene import fill

ITEM = re.compile(r'data-item="(\d+)"')
FAR = date(2099, 1, 1)


def lengthen(store: Store, number: int) -> None:
    """So many items behind those of the packets."""
    with store.writing() as session:
        rows = [
            {
                "identity": f"page|{each:064x}|1|page_unknown",
                "kind": "page",
                "reason": "page_unknown",
                "subject_hash": "0" * 64,
                "deadline": FAR + timedelta(days=each % 30),
                "state": "open",
                "opened_at": datetime.now(UTC),
            }
            for each in range(number)
        ]
        if rows:
            session.execute(insert(QueueRow), rows)


def work(office: Office, name: str, times: list[float]) -> None:
    """Answer fields until none is left."""
    person = office.at_work(name)
    page = person.browser.post("/queue/next", data={"csrf": person.csrf, "kind": "field"}, follow_redirects=True)
    while found := ITEM.search(page.text):
        answer = {"answer": "value", "text": "架空 次朗", "kind": "field"}
        begin = time.perf_counter()
        page = person.browser.post(f"/items/{found[1]}", data=answer, headers={"X-CSRF-Token": person.csrf, "HX-Request": "true"})
        times.append(time.perf_counter() - begin)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, value in (("packets", 60), ("people", 4), ("queue", 100_000)):
        options.add_argument(f"--{name}", type=int, default=value)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        store = open_store(settings)
        fill(store, settings, chosen.packets)
        lengthen(store, chosen.queue)
        times: list[float] = []
        with served(store, settings) as office:
            names = [f"person{number}" for number in range(chosen.people)]
            for name in names:
                employ(store, name, "reviewer")
            crowd = [threading.Thread(target=work, args=(office, name, times)) for name in names]
            for each in crowd:
                each.start()
            for each in crowd:
                each.join()
        store.close()
    p50, p95 = np.percentile(times, [50, 95]) * 1000
    print(f"{len(times)} answers by {chosen.people} people, {chosen.queue} items behind: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
