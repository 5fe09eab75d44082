"""One batch on this machine: lock, page workers, a Prefect server for as long as it takes, the flow, and its record kept whole.

Prefect is imported inside: it reads its settings from the environment when it is imported, and they depend on ours.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.batch import Batch, BatchReport, Progress
from flows.server import local_server, prefect_environment, wait_until_ready
from pipeline.errors import IntakeError
from pipeline.pool import PagePool
from pipeline.settings import Settings
from pipeline.store import open_store

log = logging.getLogger(__name__)

PRIVATE = 0o077
"""umask: what we write is people's papers."""


class AtWork(IntakeError):
    """Another batch works on the same home."""


def run_batch(settings: Settings, *, on_progress: Progress | None = None) -> BatchReport:
    """Take in what is new, read it, decide the packets. Idempotent: killed and called again, it ends in the same rows.

    Raises:
        IntakeError: another batch is at work on the same home (AtWork), or something is missing on the machine.
    """
    with (
        run_lock(settings),
        private_files(),
        open_batch(settings, on_progress) as batch,
        prefect_ready(settings.home / "prefect", settings.log_level),
    ):
        return run_flow(batch)


@contextmanager
def prefect_ready(home: Path, log_level: str) -> Iterator[None]:
    """A Prefect server with its records in `home` that answers this thread; runs that were lost under an earlier one are marked."""
    with local_server(home, log_level=log_level, scheduler=False) as server, prefect_environment(server):
        from flows.history import mark_lost_runs

        wait_until_ready(server)
        mark_lost_runs()
        yield


def run_flow(batch: Batch) -> BatchReport:
    """The flow over `batch`, and its record complete. Call it where Prefect is ready. Raises what the flow raised."""
    from flows.history import wait_until_recorded
    from flows.stages import intake, working_on

    with working_on(batch):
        state = intake(return_state=True)
    if not wait_until_recorded(state, batch.tasks):
        log.warning("the record of this batch is not complete")
    return _report(state.result())


def _report(result: object) -> BatchReport:
    if not isinstance(result, BatchReport):
        raise IntakeError("読み取り処理が終わりませんでした。もう一度実行してください。")
    return result


@contextmanager
def run_lock(settings: Settings, *, wait: bool = False) -> Iterator[None]:
    """Only one batch at a time works on a home; the lock goes with the process, however it ends. Raises AtWork unless `wait`."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "run.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as exc:
            raise AtWork("別の読み取り処理が動いています。終わってからもう一度実行してください。") from exc
        yield


@contextmanager
def open_batch(settings: Settings, on_progress: Progress | None = None) -> Iterator[Batch]:
    """Store and page workers for one batch."""
    store = open_store(settings)
    try:
        with PagePool(settings) as pool:
            yield Batch(settings, store, pool, on_progress)
    finally:
        store.close()


@contextmanager
def private_files() -> Iterator[None]:
    """What is written inside the block is for its owner alone."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)
