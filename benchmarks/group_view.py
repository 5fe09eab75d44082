"""How long the group view takes: its list, a group, forty confirmations and taking them back, with a long queue behind.

    python -m benchmarks.group_view [--packets 40] [--waiting 10000] [--queue 100000]
    python -m benchmarks.group_view --home DIR [--pieces 40]

Without a home: packets of read sheets without pictures, each with a doubtful date; `waiting` more fields that groups may hold, of sides
in no packet; `queue` items behind that they may not. With a home (a copy: somebody is added to it), the pictures of one group: how long
forty come one after the other, made and kept.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert

from benchmarks.review_desk import lengthen
from pipeline.settings import Settings
from pipeline.sheet import Sheet, sheet_to_json
from pipeline.store import Store, open_store
from pipeline.store.deciding import decide_all
from pipeline.store.tables import FieldRow, PageRow, QueueRow, ScanRow, SheetRow
from tests.papers import of_person, unsure
from tests.review.office import Person, employ, served
from tests.review.scene import NAMES, with_field
from tests.store.papers import read_scan

SENT = re.compile(r'name="shown" value="([^"]+)"')
TILE = re.compile(r'src="(/tiles/[^"]+)"')
GROUP = re.compile(r'href="/groups/([0-9a-f]{16})"')
NOW = datetime.now(UTC)


def fill(store: Store, settings: Settings, packets: int) -> None:
    """Packets that wait for a date each."""
    for each in range(packets):
        doubtful = unsure("certified_date", "date", ("2026年10月25日", 0.9))
        sheets = with_field(of_person(f"20241{each:05d}", NAMES[each % len(NAMES)]), "c", doubtful)
        read_scan(store, *sheets, sha256=f"{each + 1:04x}" * 16)
    decide_all(store, settings)


def add_waiting(store: Store, number: int) -> None:
    """So many sides with a doubtful pass number each."""
    with store.writing() as session:
        for table, row in (("scans", _scan), ("pages", _page), ("sheets", _sheet), ("fields", _field), ("items", _item)):
            kind = {"scans": ScanRow, "pages": PageRow, "sheets": SheetRow, "fields": FieldRow, "items": QueueRow}[table]
            session.execute(insert(kind), [row(each) for each in range(1_000_000, 1_000_000 + number)])


def _scan(each: int) -> dict[str, object]:
    return {"id": each, "sha256": f"{each:064x}", "name": "x", "page_count": 1, "received": NOW.date(), "state": "read", "added_at": NOW}


def _page(each: int) -> dict[str, object]:
    return {"id": each, "scan_id": each, "number": 1, "version": "x", "state": "read", "attempts": 0, "done_at": NOW}


def _sheet(each: int) -> dict[str, object]:
    return {"id": each, "page_id": each, "form": "d", "sheet": "d", "fingerprint": "0", "findings": []}


def _field(each: int) -> dict[str, object]:
    written = f"{each:010d}"
    value = unsure("pass_number", "digits", (written, 0.9), (written[:-1] + "0", 0.001), (written[1:], 0.0001))
    reading = sheet_to_json(Sheet(1, "d", "d", None, (value,), (), "0"))["fields"][0]
    now = {key: reading[key] for key in ("name", "kind", "raw", "value", "problem", "confidence", "decision", "reason")}
    return {"id": each, "sheet_id": each, "position": 0, "reading": reading, **now}


def _item(each: int) -> dict[str, object]:
    about = {"scan": f"{each:064x}", "page": 1, "field": "pass_number", "deadline": date(2099, 1, 1), "state": "open", "opened_at": NOW}
    return {"identity": f"field|{each:064x}|1|pass_number", "kind": "field", "reason": "low_probability", "subject_hash": "0" * 64, **about}


def timed(what: str, act: Callable[[], str]) -> str:
    """Print how long it took, and how much of it was work of this process (desk and browser); the page that came."""
    begin, work = time.perf_counter(), time.process_time()
    text = act()
    print(f"{what}: {(time.perf_counter() - begin) * 1000:.0f} ms, CPU {(time.process_time() - work) * 1000:.0f} ms")
    return text


def confirmations(person: Person) -> None:
    """Go through the three groups of the packets' dates."""

    def post(path: str, **fields: object) -> str:
        return person.browser.post(path, data=fields, headers={"X-CSRF-Token": person.csrf, "HX-Request": "true"}).text  # type: ignore[arg-type]

    listed = timed("list of groups", lambda: person.get("/groups").text)
    for token in dict.fromkeys(GROUP.findall(listed)):
        page = person.get(f"/groups/{token}").text
        if "証明日" not in page:
            continue
        page = timed("a group", lambda token=token: person.get(f"/groups/{token}").text)  # type: ignore[misc]
        shown = SENT.findall(page)
        answer = timed(f"confirm {len(shown)}", lambda token=token, shown=shown: post(f"/groups/{token}", shown=shown, next="more"))  # type: ignore[misc]
        print("   ", re.findall(r'class="(?:done|problem)">([^<]+)', answer))
    timed("take back", lambda: post(f"/groups/{'0' * 16}/undo"))


def pictures(person: Person, most: int) -> None:
    """Fetch the pieces of the largest group twice."""
    token = GROUP.findall(person.get("/groups").text)[0]
    paths = TILE.findall(person.get(f"/groups/{token}").text)[:most]
    for what in ("made", "kept"):
        begin, work, size = time.perf_counter(), time.process_time(), 0
        times = []
        for path in paths:
            start = time.perf_counter()
            size += len(person.get(path).content)
            times.append(time.perf_counter() - start)
        total = time.perf_counter() - begin
        cpu = time.process_time() - work
        took = f"{total * 1000:.0f} ms in all, CPU {cpu * 1000:.0f} ms, the slowest {max(times) * 1000:.0f} ms"
        print(f"{len(paths)} pieces {what}: {took}, {size / 1000:.0f} kB")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, value in (("packets", 40), ("waiting", 10_000), ("queue", 100_000), ("pieces", 40)):
        options.add_argument(f"--{name}", type=int, default=value)
    options.add_argument("--home", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        settings = Settings(home=chosen.home or Path(made))
        store = open_store(settings)
        if chosen.home is None:
            fill(store, settings, chosen.packets)
            add_waiting(store, chosen.waiting)
            lengthen(store, chosen.queue)
        who = f"person{int(time.time())}"
        employ(store, who, "reviewer")
        with served(store, settings) as office:
            if chosen.home is None:
                confirmations(office.at_work(who))
            else:
                pictures(office.at_work(who), chosen.pieces)
        store.close()


if __name__ == "__main__":
    main()
