"""What it costs to put corrected duties into a field again: one answer at the desk, and a batch over packets that are all corrected.

    python -m benchmarks.corrected_duties [--packets 30] [--rows 4]

The packets are made of read sheets without pictures. "other" answers settle a certifier's name; "duties" answers settle a text of B.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlalchemy import select

from pipeline.experience import FIELDS, NONE, loaded
from pipeline.experience.corpus import DATA, read_corpus
from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store import Session, Store, open_store
from pipeline.store.deciding import decide_all
from pipeline.store.reclassify import warm_up
from pipeline.store.replies import Reply, reply_to_field
from pipeline.store.tables import FieldRow, PageRow, QueueRow, ScanRow, SheetRow
from tests.papers import of_person, read, unsure
from tests.store.papers import read_scan


def fill(store: Store, settings: Settings, packets: int, rows: int) -> None:
    """Packets whose certifier and duties wait; the texts are those of the corpus, in turn."""
    texts = [example.text for example in read_corpus(DATA)]
    ranked = tuple((name, math.log(1 / 8)) for name in (*FIELDS, NONE))
    for number in range(packets):
        sheets = of_person(f"20241{number:05d}", "架空 花子")
        fields: list[FieldValue] = []
        for row in range(rows):
            duties = read(f"rows[{row}].duties", "multiline", texts[(number * rows + row) * 7 % len(texts)])
            fields.append(replace(duties, decision="review", reason="low_probability", confidence=0.8))
            fields.append(FieldValue(f"rows[{row}].classified", "field", "OP", "OP", None, 0.5, "review", "field_undecided", ranked, None))
        certifier = unsure("certifier_name", "name", ("架空 次郎", 0.6), ("架空 次朗", 0.3))
        added = {"b": tuple(fields), "c": (certifier,)}
        changed = [replace(sheet, fields=_with(sheet.fields, added.get(sheet.sheet or "", ()))) for sheet in sheets]
        read_scan(store, *changed, sha256=f"{number + 1:04x}" * 16)
    decide_all(store, settings)


def _with(fields: tuple[FieldValue, ...], added: tuple[FieldValue, ...]) -> tuple[FieldValue, ...]:
    names = {field.name for field in added}
    return (*(field for field in fields if field.name not in names), *added)


def answer_all(store: Store, settings: Settings, ending: str) -> list[float]:
    """Seconds of each answer to a field whose name ends so, with the text as it stands."""
    with store.reading() as session:
        items = list(session.scalars(select(QueueRow.id).where(QueueRow.field.endswith(ending), QueueRow.state == "open")))
    times = []
    for number in items:
        with store.writing() as session:
            item = session.get_one(QueueRow, number)
            text = row_of(session, item)
            begin = time.perf_counter()
            reply_to_field(session, settings, item, Reply(text, text), who="sato")
            times.append(time.perf_counter() - begin)
    return times


def row_of(session: Session, item: QueueRow) -> str:
    """What was read there."""
    query = select(FieldRow.raw).join(SheetRow, FieldRow.sheet_id == SheetRow.id).join(SheetRow.page).join(PageRow.scan)
    return session.scalars(query.where(ScanRow.sha256 == item.scan, PageRow.number == item.page, FieldRow.name == item.field)).one()


def timed_batch(store: Store, settings: Settings) -> float:
    """Seconds of a batch by a process that has classified nothing yet, the model loaded."""
    loaded._answer.cache_clear()
    begin = time.perf_counter()
    decide_all(store, settings)
    return time.perf_counter() - begin


def main() -> None:
    """Prints the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=30)
    parser.add_argument("--rows", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        store = open_store(settings)
        fill(store, settings, asked.packets, asked.rows)
        begin = time.perf_counter()
        warm_up(settings)
        print(f"loading: {time.perf_counter() - begin:.2f} s, once a process")
        batches = [timed_batch(store, settings)]
        for name, ending in (("other", "certifier_name"), ("duties", ".duties")):
            times = np.array(answer_all(store, settings, ending)) * 1000
            print(f"{name}: {len(times)} answers, p50 {np.percentile(times, 50):.1f} ms, p95 {np.percentile(times, 95):.1f} ms")
        batches.append(timed_batch(store, settings))
        settled = asked.packets * asked.rows
        print(f"batch over {asked.packets} packets: {batches[0]:.2f} s before, {batches[1]:.2f} s with all {settled} texts settled")
        store.close()


if __name__ == "__main__":
    main()
