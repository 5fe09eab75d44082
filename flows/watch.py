"""`intake watch`: batches as soon as files lie in the inbox, until stopped. Looks once a second: shared folders tell nobody of new files.

Page workers and Prefect's server stay between batches, because starting them takes longer than reading an envelope.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flows.batch import Batch, BatchReport
from flows.intake import AtWork, prefect_ready, run_flow, run_lock
from pipeline.errors import IntakeError
from pipeline.pool import PagePool
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.inbox import arrivals, settled
from pipeline.store.incoming import is_being_sent
from pipeline.store.watchers import BEAT_SECONDS, begin_watching, end_watching, still_watching

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 300.0
"""After which what a batch has left behind (a page that failed, a file that cannot be moved) is tried again."""
PAUSE_SECONDS = 30.0
"""After a batch that did not come to its end."""
MOST_PAGES = 40
"""Of one batch, some 20 seconds of reading: whoever drops an envelope beside a large stack waits so long at most."""
DECIDING_SHARE = 0.2
"""Of a batch's time that may go into working out packets, which takes as long as there is much open: batches are longer then."""
BROKEN = "読み取り処理で異常が起きました。自動でやり直しますが、続くようなら管理者に連絡してください。"

RunBatch = Callable[[int], BatchReport]
"""One batch of at most so many pages. Raises AtWork while another one is at work."""
Open = Callable[[], AbstractContextManager[RunBatch]]
"""Makes ready what batches need, for as long as the block lasts."""
Told = Callable[[BatchReport], None]
Marks = dict[Path, tuple[int, int, int]]
"""By file: size and the moments of its changes; the same numbers mean that nothing has happened to it."""


@dataclass(frozen=True)
class Inbox:
    """One look at the inbox. `ready`: files that have settled; `coming`: those that change, or are being sent."""

    ready: Marks
    coming: bool


def look(settings: Settings) -> Inbox:
    """What lies in the inbox now."""
    ready: Marks = {}
    coming = is_being_sent(settings.inbox_folder)
    for path in arrivals(settings.inbox_folder) if settings.inbox_folder.is_dir() else ():
        try:
            state, still = path.stat(), settled(path, settings.settle_seconds)
        except OSError:  # gone, or out of reach for the moment
            continue
        if still:
            ready[path] = state.st_size, state.st_mtime_ns, state.st_ctime_ns
        coming = coming or not still
    return Inbox(ready, coming)


@dataclass
class Watch:
    """The loop: what keeps batches warm, and what they have left behind.

    Attributes:
        problem: why the last batch did not come to its end; None when it did.
    """

    settings: Settings
    opener: Open
    stop: threading.Event
    told: Told
    problem: str | None = None
    left: Marks = field(default_factory=dict)
    again_at: float = 0.0
    not_before: float = 0.0
    used_at: float = 0.0
    most_pages: int = MOST_PAGES
    warm: ExitStack = field(default_factory=ExitStack)
    run: RunBatch | None = None

    def until_stopped(self) -> None:
        """Run batches until `stop` is set. The first one at once: it does what a killed one has left."""
        try:
            while not self.stop.is_set():
                self.step(time.monotonic())
                self.stop.wait(LOOK_SECONDS)
        finally:
            self.cool()

    def step(self, now: float) -> None:
        """One look, and a batch when there is something for it. What goes wrong is told by the desk, and tried again later."""
        if now < self.not_before:
            return
        try:
            self._act(now, look(self.settings))
        except AtWork:
            return  # `intake run` or the night's batch: it takes what is there
        except IntakeError as error:
            self._fail(str(error), error)
        except Exception as error:  # noqa: BLE001 - the hot folder outlives a batch; the type is told, the message may quote a paper
            self._fail(BROKEN, error)

    def cool(self) -> None:
        """Let go of what was kept warm."""
        self.run = None
        self.warm.close()

    def _act(self, now: float, inbox: Inbox) -> None:
        new = {path for path, mark in inbox.ready.items() if self.left.get(path) != mark}
        again = now >= self.again_at
        if new or inbox.coming:
            self.used_at = now
        elif self.run is not None and not again and now - self.used_at > 60 * self.settings.watch_idle_minutes:
            self.cool()
        if self.run is None and (new or inbox.coming or again):
            self.run, self.used_at = self.warm.enter_context(self.opener()), now
        if self.run is not None and (new or again):
            self._batch(self.run, inbox.ready)

    def _batch(self, run: RunBatch, before: Marks) -> None:
        report = run(self.most_pages)
        after = look(self.settings).ready
        self.left = {path: mark for path, mark in before.items() if after.get(path) == mark}
        self.again_at = _again_at(report, left=bool(self.left))
        self.most_pages = pages_of_next(report)
        self.problem = None
        self.told(report)

    def _fail(self, problem: str, error: Exception) -> None:
        log.error("a batch did not come to its end: %s", type(error).__name__)
        self.cool()
        self.problem = problem
        self.not_before, self.again_at = time.monotonic() + PAUSE_SECONDS, 0.0


def _again_at(report: BatchReport, *, left: bool) -> float:
    """When to run a batch although nothing new has come."""
    if report.pages_left:
        return 0.0
    return time.monotonic() + AGAIN_SECONDS if left or report.pages_failed else float("inf")


def pages_of_next(report: BatchReport) -> int:
    """How many pages the next batch reads at most: so many that working out the packets takes at most DECIDING_SHARE of its time."""
    reading = report.seconds - report.deciding_seconds
    if not report.pages_read or reading <= 0:
        return MOST_PAGES
    worth = report.deciding_seconds * (1 / DECIDING_SHARE - 1)
    return max(MOST_PAGES, round(worth * report.pages_read / reading))


def watch(settings: Settings, stop: threading.Event, told: Told, *, wait: bool = False) -> None:
    """Watch until `stop` is set. Call it from a thread that is not the main one: there, Prefect would take SIGTERM for itself.

    Raises:
        IntakeError: somebody watches this home already, unless `wait`; the database cannot be used.
    """
    with _only_one(settings, stop, wait=wait) as ours:
        if not ours:
            return
        store = open_store(settings)
        try:
            watching = Watch(settings, lambda: _warm(settings, store, stop), stop, told)
            with beating(store, watching):
                watching.until_stopped()
        finally:
            store.close()


@contextmanager
def _warm(settings: Settings, store: Store, stop: threading.Event) -> Iterator[RunBatch]:
    """Page workers and Prefect's server; workers load their models while the server starts."""
    with PagePool(settings) as pool:
        pool.warm_up()
        with prefect_ready(settings.home / "prefect-watch", settings.log_level):

            def run(most_pages: int) -> BatchReport:
                with run_lock(settings):
                    return run_flow(Batch(settings, store, pool, most_pages=most_pages, stop=stop))

            yield run


@contextmanager
def beating(store: Store, watching: Watch) -> Iterator[None]:
    """Let the desk know that somebody watches, and how it goes."""
    with store.writing() as session:
        watcher = begin_watching(session)
    ended = threading.Event()

    def beat() -> None:
        said = watching.problem
        passed = 0.0
        while not ended.wait(LOOK_SECONDS):
            passed += LOOK_SECONDS
            if passed >= BEAT_SECONDS or watching.problem != said:
                said, passed = watching.problem, 0.0
                _tell(store, watcher, said)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with store.writing() as session:
            end_watching(session, watcher)


def _tell(store: Store, watcher: int, problem: str | None) -> None:
    try:
        with store.writing() as session:
            still_watching(session, watcher, problem)
    except Exception as error:  # noqa: BLE001 - the next beat may find the database free
        log.warning("the desk could not be told that the inbox is watched: %s", type(error).__name__)


@contextmanager
def _only_one(settings: Settings, stop: threading.Event, *, wait: bool) -> Iterator[bool]:
    """One watcher for a home; False when it was stopped while it waited for another one to end."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "watch.lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as exc:
                if not wait:
                    raise IntakeError("受付フォルダーはすでに見張られています（intake serve または intake watch）。") from exc
                if stop.wait(LOOK_SECONDS):
                    yield False
                    return
        yield True
