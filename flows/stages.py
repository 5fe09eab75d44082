"""The flow as Prefect sees it: a batch, its tasks, its report. Only ids and counts travel: parameters and artifacts stand in clear.

What the tasks work on (store, pool) is not a parameter: `run_flow` puts it where the tasks of this process find it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner

from flows.batch import Batch, BatchReport, Chunk, chunks_to_read, decide, read_chunk, take_in_all
from pipeline.store.counts import count_all

THREADS = (os.cpu_count() or 1) + 2
"""Tasks under way at once: enough that scans of one page keep every page worker busy."""

OTHER_TASKS = 3
"""Task runs beside those that read pages: take-in, decide, report."""

_BATCH: ContextVar[Batch] = ContextVar("batch")


@contextmanager
def working_on(batch: Batch) -> Iterator[None]:
    """The flow that is called inside the block works on `batch`."""
    token = _BATCH.set(batch)
    try:
        yield
    finally:
        _BATCH.reset(token)


@task(name="take-in", cache_policy=NO_CACHE, persist_result=False)
def take_in_task() -> dict[str, int]:
    """Files of the inbox into the store."""
    return dict(take_in_all(_BATCH.get()))


@task(name="read-pages", cache_policy=NO_CACHE, persist_result=False, task_run_name="read-scan-{scan_id}")
def read_task(scan_id: int, numbers: tuple[int, ...]) -> tuple[int, int]:
    """Pages of one scan into the store: how many were read, how many failed."""
    return read_chunk(_BATCH.get(), Chunk(scan_id, numbers))


@task(name="decide", cache_policy=NO_CACHE, persist_result=False)
def decide_task() -> int:
    """Packets, checks and queue, from all that was read."""
    return decide(_BATCH.get())


@task(name="report", cache_policy=NO_CACHE, persist_result=False)
def report_task() -> None:
    """A table of counts, to be seen beside the run."""
    with _BATCH.get().store.reading() as session:
        counts = count_all(session)
    table = [
        {"what": f"{what} {state}", "number": number}
        for what, numbers in (("scans", counts.scans), ("pages", counts.pages), ("fields", counts.fields))
        for state, number in sorted(numbers.items())
    ]
    table += [{"what": f"queue {kind} {reason}", "number": number} for (kind, reason), number in counts.queue.items()]
    create_table_artifact(table, key="intake-report", description="Counts after the batch")


@flow(
    name="intake",
    task_runner=ThreadPoolTaskRunner(max_workers=THREADS),  # type: ignore[arg-type]  # Prefect's own type is invariant
    persist_result=False,
)
def intake() -> BatchReport:
    """One batch. A task that fails does not stop the others; the batch fails with the first such error when all have ended."""
    began = time.monotonic()
    batch = _BATCH.get()
    files = take_in_task()
    chunks = chunks_to_read(batch)
    batch.tasks = len(chunks) + OTHER_TASKS
    reading = [read_task.submit(chunk.scan_id, chunk.numbers) for chunk in chunks]
    wait(reading)
    read = time.monotonic()
    packets = decide_task()
    decided = time.monotonic()
    report_task()
    results = [future.result() for future in reading]
    return BatchReport(
        files=files,
        pages_read=sum(read for read, _ in results),
        pages_failed=sum(failed for _, failed in results),
        packets=packets,
        seconds=time.monotonic() - began,
        deciding_seconds=decided - read,
        pages_left=batch.left,
    )
