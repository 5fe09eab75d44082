"""Batches as the flow makes them, one step after the other and without Prefect, for tests of what goes on around them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flows.batch import Batch, BatchReport, chunks_to_read, decide, read_chunk, take_in_all
from flows.intake import run_lock
from flows.watch import RunBatch
from pipeline.ingest import Scan, open_scan
from pipeline.pool import PageResult
from pipeline.settings import Settings
from pipeline.store import Store
from tests.flows import fake_reader


class InThisProcess:
    """A pool that is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open_scan(self, path: Path, received: date) -> Scan:
        return open_scan(path, self._settings.limits, received=received)

    def read(self, scan: Scan, numbers: Sequence[int]) -> Iterator[PageResult]:
        for number in numbers:
            yield PageResult(number, fake_reader.read(scan, number))


@contextmanager
def opened(settings: Settings, store: Store, stop: threading.Event) -> Iterator[RunBatch]:
    """What `flows.watch` keeps warm."""

    def run(most_pages: int) -> BatchReport:
        with run_lock(settings):
            batch = Batch(settings, store, InThisProcess(settings), most_pages=most_pages, stop=stop)
            files = take_in_all(batch)
            read = [read_chunk(batch, chunk) for chunk in chunks_to_read(batch)]
            done, failed = sum(each for each, _ in read), sum(each for _, each in read)
            return BatchReport(dict(files), done, failed, decide(batch), pages_left=batch.left)

    yield run
