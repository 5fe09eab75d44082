"""The steps of one batch, plain functions over the store and the pool; `stages.py` makes Prefect tasks of them."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from pipeline.errors import IntakeError, StoreError
from pipeline.ingest import Media, Scan
from pipeline.pool import PageResult, Reads, given_up
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.blobs import blob_path, sweep
from pipeline.store.deciding import decide_all
from pipeline.store.inbox import arrivals, settled, take_in
from pipeline.store.readings import save_failure, save_sheet
from pipeline.store.scans import open_scans, pages_to_read
from pipeline.store.tables import ScanRow

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""Batches in which a page may end in a programme error before it goes to a person as it is: its scan would stay open for ever."""
CHUNK_PAGES = 20
"""Pages of one task: some 10 seconds of work, against 30 ms that a task costs."""

Progress = Callable[[int, int], None]
"""Called with pages done and pages there are; from any thread, one at a time."""


@dataclass(frozen=True)
class Chunk:
    """Pages of one scan that are read in one task."""

    scan_id: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class BatchReport:
    """What one batch did, in numbers.

    Attributes:
        files: taken, known, refused, waiting (half-written), failed (could not be read or moved; still in the inbox).
        pages_failed: pages that ended in a programme error; they are tried again by the next batch.
        packets: all open packets after the batch.
        deciding_seconds: what of `seconds` went into working out packets; it grows with all that is open, not with what was read.
        pages_left: not read because the batch was told to read only so many.
    """

    files: dict[str, int] = field(default_factory=dict)
    pages_read: int = 0
    pages_failed: int = 0
    packets: int = 0
    seconds: float = 0.0
    deciding_seconds: float = 0.0
    pages_left: int = 0


@dataclass
class Batch:
    """What the steps of one batch share.

    Attributes:
        tasks: Prefect task runs it will have had when it ends.
        unreadable: why no page can be read at all, found by the first chunk that tried.
        most_pages: how many pages to read at most, from the files with the fewest left; None = all.
        left: pages that are not read because of it.
        stop: set when somebody wants it to end soon; what is under way is kept, the rest is left to the next batch.
    """

    settings: Settings
    store: Store
    pool: Reads
    progress: Progress | None = None
    done: int = 0
    total: int = 0
    tasks: int = 0
    unreadable: Exception | None = None
    most_pages: int | None = None
    left: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def advance(self, pages: int) -> None:
        """Note that `pages` more are done."""
        with self._counting:
            self.done += pages
            if self.progress is not None:
                self.progress(self.done, self.total)


def take_in_all(batch: Batch) -> Counter[str]:
    """Take in every file of the inbox that is finished; how many went which way."""
    inbox = batch.settings.inbox_folder
    inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(batch.settings.blobs)
    files = arrivals(inbox)
    if any(_is_fresh(path, batch.settings.settle_seconds) for path in files):
        batch.stop.wait(batch.settings.settle_seconds)  # what was copied just before the batch has its chance; what still grows stays
    return Counter(_take_in_one(batch, path) for path in files if not batch.stop.is_set())


def chunks_to_read(batch: Batch) -> list[Chunk]:
    """The pages that nobody has read yet (of them, `most_pages` and up to a piece more), in pieces of at most CHUNK_PAGES."""
    with batch.store.reading() as session:
        waiting = [(scan.id, pages_to_read(session, scan)) for scan in open_scans(session)]
    if batch.most_pages is not None:  # an envelope does not wait for the stack that came before it
        waiting.sort(key=lambda scan: len(scan[1]))
    pieces, batch.total = [], 0
    for piece in (piece for scan, numbers in waiting for piece in _pieces(scan, numbers)):
        if batch.most_pages is None or batch.total < batch.most_pages:
            pieces.append(piece)
            batch.total += len(piece.numbers)
    batch.left = sum(len(numbers) for _, numbers in waiting) - batch.total
    batch.advance(0)
    return pieces


def read_chunk(batch: Batch, chunk: Chunk) -> tuple[int, int]:
    """Read pages and keep each at once. Returns how many were read and how many ended in a programme error.

    Raises what keeps every page from being read: a missing model, a broken template.
    """
    if batch.unreadable is not None:
        raise batch.unreadable
    read = failed = 0
    if batch.stop.is_set():
        return read, failed
    with batch.store.reading() as session:
        scan = _scan(batch.settings, session.get_one(ScanRow, chunk.scan_id))
    for result in _results(batch, scan, chunk.numbers):
        with batch.store.writing() as session:
            if result.sheet is not None:
                read += 1
                save_sheet(session, chunk.scan_id, result.sheet)
            else:
                failed += 1
                save_failure(session, chunk.scan_id, given_up(result.number), result.error or "", most=MOST_ATTEMPTS)
                log.error("page %d of scan %s failed: %s", result.number, scan.sha256[:12], result.error)
        batch.advance(1)
        if batch.stop.is_set():
            break
    return read, failed


def decide(batch: Batch) -> int:
    """Work out all open packets anew from their sheets, check them, and make the queue say what is in doubt. Returns their number."""
    if batch.stop.is_set():
        return 0
    return decide_all(batch.store, batch.settings)


def _is_fresh(path: Path, seconds: float) -> bool:
    """Whether waiting may help; a file that is gone by now is no matter."""
    try:
        return not settled(path, seconds)
    except OSError:
        return False


def _take_in_one(batch: Batch, path: Path) -> str:
    try:
        return take_in(batch.store, batch.settings, path, batch.pool.open_scan).outcome
    except IntakeError:
        raise  # the machine or the store, not this file
    except Exception as error:  # noqa: BLE001 - one file must not keep the others out, to-day and every night; it is listed, never hidden
        log.error("a file of the inbox cannot be taken in and stays there: %s", type(error).__name__)
        return "failed"


def _results(batch: Batch, scan: Scan, numbers: Sequence[int]) -> Iterator[PageResult]:
    try:
        yield from batch.pool.read(scan, numbers)
    except Exception as error:
        batch.unreadable = error
        raise


def _pieces(scan_id: int, numbers: Sequence[int]) -> Iterator[Chunk]:
    for start in range(0, len(numbers), CHUNK_PAGES):
        yield Chunk(scan_id, tuple(numbers[start : start + CHUNK_PAGES]))


def _scan(settings: Settings, row: ScanRow) -> Scan:
    if row.media not in get_args(Media):
        raise StoreError(f"スキャン {row.sha256[:12]} の種類が記録されていません。")
    media = cast(Media, row.media)
    return Scan(row.sha256, blob_path(settings.blobs, row.sha256), row.name, media, row.page_count, row.received)
