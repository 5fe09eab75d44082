"""How long "save and next" takes at the review desk: 20 people at once over HTTP, with 100,000 items behind.

    python -m benchmarks.review_desk [--database URL] [--people 20] [--queue 100000] [--packets 300] [--seconds 30]

Two crowds: one that answers every 3 s on average (exponential pauses; an office at its peak), and one without any pause, each sending as
soon as the page of the next item is there: that one says how many answers a second the desk can take. The people are threads of a
process of their own, so their work is not the desk's; CPU is counted for each of the two. The packets are made of read sheets without
pictures. With --database (a server where databases may be made) the store is a new database there, and SQLite otherwise.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import random
import re
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import numpy as np
from sqlalchemy import func, insert, select

from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.tables import FieldRow, PacketRow, PageRow, QueueRow, Row, ScanRow, SheetRow
from tests.databases import database
from tests.review.office import Person, employ, served
from tests.review.scene import fill

ITEM = re.compile(r'data-item="(\d+)"')
FAR = date(2099, 1, 1)
NOW, DAY = datetime.now(UTC), date(2026, 11, 10)
SCAN = {"name": "x.pdf", "media": "pdf", "page_count": 5, "state": "read", "added_at": NOW, "received": DAY}
PACKET = {"received": DAY, "verdict": "undecided", "state": "review"}
PAGE = {"version": "1", "state": "read", "done_at": NOW}
SHEET = {"sheet": "a", "fingerprint": "", "findings": [], "role": "main"}
DOUBT = {"name": "name", "kind": "name", "raw": "架空 花子", "value": "架空 花子", "problem": None, "confidence": 0.6}
DOUBT |= {"decision": "review", "reason": "low_probability"}
FIELD = {**DOUBT, "position": 0, "reading": {**DOUBT, "candidates": [["架空 花子", -0.5]], "box": [10, 10, 50, 8]}}
ITEM_BEHIND = {"kind": "field", "reason": "low_probability", "field": "name", "subject_hash": "0" * 64, "state": "open", "opened_at": NOW}
SIDES = 5
"""Sides of a packet, each with one doubtful field."""
PAUSE = 3.0
"""Seconds between two answers of one person in an office at its peak."""
ANSWER = {"answer": "value", "text": "架空 次朗", "kind": "field"}
HTMX = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Told:
    """What a crowd says of its work: seconds of each answer, CPU seconds of the crowd, and how long it worked."""

    times: list[float]
    cpu: float
    seconds: float


def lengthen(store: Store, number: int) -> None:
    """So many items behind those that are worked on, each with its field, side, page, scan and packet."""
    tables = (ScanRow, PacketRow, PageRow, SheetRow, FieldRow, QueueRow)
    made: dict[type[Row], list[dict[str, Any]]] = {table: [] for table in tables}
    with store.writing() as session:
        scan, packet, page, sheet = ((session.scalar(select(func.max(table.id))) or 0) + 1 for table in tables[:4])
        for each in range(number // SIDES):
            made[ScanRow].append({**SCAN, "id": scan + each, "sha256": _sha(each)})
            made[PacketRow].append({**PACKET, "id": packet + each, "key": f"{_sha(each)}-1", "deadline": _due(each)})
            for side in range(SIDES):
                place, home = each * SIDES + side, {"packet_id": packet + each}
                made[PageRow].append({**PAGE, "id": page + place, "scan_id": scan + each, "number": side + 1})
                made[SheetRow].append({**SHEET, **home, "id": sheet + place, "page_id": page + place, "position": side})
                made[FieldRow].append({**FIELD, "sheet_id": sheet + place})
                about = {"identity": f"field|{_sha(each)}|{side + 1}|name", "scan": _sha(each), "page": side + 1, "deadline": _due(each)}
                made[QueueRow].append({**ITEM_BEHIND, **home, **about})
        for table in tables:
            session.execute(insert(table), made[table])


def _sha(number: int) -> str:
    return f"{number:056x}behind00"


def _due(packet: int) -> date:
    return FAR + timedelta(days=packet % 30)


def log_in(address: str, name: str) -> dict[str, str]:
    """What the browser of somebody who is logged in sends with each answer."""
    person = Person(httpx.Client(base_url=address, timeout=60))
    assert person.log_in(name).status_code == 303
    cookies = "; ".join(f"{name}={value}" for name, value in person.browser.cookies.items())
    person.browser.close()
    return {**HTMX, "X-CSRF-Token": person.csrf, "Cookie": cookies}


def crowd(address: str, people: list[dict[str, str]], pause: float, seconds: float) -> Told:
    """Let everybody answer until the time is up or nothing is left. `pause`: mean seconds between two answers; 0 = none."""
    times: list[float] = []
    begin, cpu = time.monotonic(), time.process_time()
    work = [threading.Thread(target=_answer, args=(address, *pair, pause, begin + seconds, times)) for pair in enumerate(people)]
    for each in work:
        each.start()
    for each in work:
        each.join()
    return Told(times, time.process_time() - cpu, time.monotonic() - begin)


def _answer(address: str, seed: int, headers: dict[str, str], pause: float, until: float, times: list[float]) -> None:
    chance = random.Random(seed)
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    if pause:
        time.sleep(chance.uniform(0, pause))
    line.request("POST", "/queue/next", "kind=field", headers)
    there = line.getresponse()
    there.read()
    line.request("GET", there.headers["location"], headers=headers)
    page = line.getresponse().read().decode()
    while (found := ITEM.search(page)) and time.monotonic() < until:
        if pause:
            _post(line, f"/items/{found[1]}/check", {"text": ANSWER["text"]}, headers)  # as a browser does for each item it shows
            time.sleep(chance.expovariate(1 / pause))
            line.close()  # the desk lets go of a line that was quiet for 5 s; a new one costs little
        begin = time.perf_counter()
        page = _post(line, f"/items/{found[1]}", ANSWER, headers)
        times.append(time.perf_counter() - begin)


def _post(line: http.client.HTTPConnection, path: str, form: dict[str, str], headers: dict[str, str]) -> str:
    line.request("POST", path, urlencode(form), headers)
    answer = line.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text[:400]
    return text


def measure(store: Store, settings: Settings, names: list[str], seconds: float) -> None:
    """Both crowds, and a line of figures for each."""
    people = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    with served(store, settings) as office, people:
        logged_in = list(people.map(log_in, [office.address] * len(names), names))
        for mode, pause in (("every 3 s", PAUSE), ("no pause", 0.0)):
            own = time.process_time()
            told = people.submit(crowd, office.address, logged_in, pause, seconds).result()
            own = time.process_time() - own
            p50, p95, p99 = np.percentile(told.times, [50, 95, 99]) * 1000
            number = len(told.times)
            print(
                f"{store.engine.dialect.name}, {len(names)} people, {mode}: {number} answers, {number / told.seconds:.1f} a second; "
                f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms; "
                f"CPU an answer: desk {own * 1000 / number:.1f} ms, people {told.cpu * 1000 / number:.1f} ms"
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("packets", 300), ("people", 20), ("queue", 100_000), ("seconds", 30)):
        options.add_argument(f"--{name}", type=int, default=value)
    options.add_argument("--database")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home, database(chosen.database) as url:
        settings = Settings(home=Path(home), database_url=url)
        store = open_store(settings)
        fill(store, settings, chosen.packets)
        lengthen(store, chosen.queue)
        names = [f"person{number}" for number in range(chosen.people)]
        for name in names:
            employ(store, name, "reviewer")
        measure(store, settings, names, chosen.seconds)
        store.close()


if __name__ == "__main__":
    main()
