"""Processes that read pages: one Kit each, a time limit a page, and a page that kills its reader is found and put aside.

A worker never holds Prefect or the database. It dies with its parent, also when that is killed.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import signal
import sys
import threading
import traceback
import types
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.popen_spawn_posix import Popen
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from pipeline.errors import ScanRefused
from pipeline.findings import Finding
from pipeline.ingest import Scan, open_scan
from pipeline.ingest.refusals import refusal
from pipeline.settings import Settings
from pipeline.sheet import Sheet

P = ParamSpec("P")
T = TypeVar("T")

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT")
"""A process per core: threads of the libraries on top would only get in each other's way."""
WALL_FACTOR = 5
"""Wall time a page may take, in multiples of its CPU time: workers share the machine, and some wait for outside programs."""
NO_MEMORY = -4
"""OpenCV's `code` when it cannot get memory (StsNoMem)."""
UNREADABLE = "このページの読み取り中に異常が起きたため、読み取りを打ち切りました。原本を見て確認してください。"

PageReader = Callable[[Scan, int], Sheet]
"""Reads one side, number from 1. Bad paper becomes findings; what it raises is a programme error."""


class Reads(Protocol):
    """What a batch needs of a pool."""

    def open_scan(self, path: Path, received: date) -> Scan:
        """Look at a file; raises ScanRefused."""
        ...

    def read(self, scan: Scan, numbers: Sequence[int]) -> Iterator[PageResult]:
        """Results of pages, in the order they get done. Raises what kept the reader from opening: no page can be read then."""
        ...


@dataclass(frozen=True)
class PageResult:
    """A read page, or type and place of the programme error that kept it from being read (`sheet` None)."""

    number: int
    sheet: Sheet | None
    error: str | None = None


def line_reader(settings: Settings) -> PageReader:
    """The real line, loaded once. Raises MissingOnMachine, TemplateError, EngineError."""
    from pipeline import run  # models and OpenCV belong into the worker, not into the process that hands out pages

    kit = run.open_kit(settings)
    return lambda scan, number: run.read_pages(kit, scan, [number])[0]


class PagePool:
    """A pool of page workers. Safe to use from many threads.

    Args:
        settings: handed to every worker; `workers`, `reader` and `limits.page_seconds` count here.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.size = settings.workers or len(os.sched_getaffinity(0))
        self._seats = threading.Semaphore(self.size + 1)  # one page waits beside the workers; few suspects when one dies
        self._renewing, self._alone = threading.Lock(), threading.Lock()
        for name in ONE_THREAD:
            os.environ.setdefault(name, "1")
        self._workers = self._start(self.size)

    def __enter__(self) -> PagePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the workers finish what they hold and end them."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def warm_up(self) -> None:
        """Let the workers load their readers, beside whatever the caller does; what keeps them from it is said when a page is read."""
        for _ in range(self.size):
            self._submit(_warm_in_worker)

    def open_scan(self, path: Path, received: date) -> Scan:
        """Look at a file in a worker: a file made to break its reader must not take the batch along. Raises ScanRefused."""
        answer: Scan | tuple[str, str] | None
        try:
            answer = self._submit(_open_in_worker, path, received).result()
        except BrokenProcessPool:
            answer = self._try_alone(_open_in_worker, path, received)
        if isinstance(answer, Scan):
            return answer
        if answer is None:
            raise refusal("damaged", self._settings.limits)
        raise ScanRefused(*answer)

    def read(self, scan: Scan, numbers: Sequence[int]) -> Iterator[PageResult]:
        """Read pages of `scan`; each result as soon as it is there. Raises what kept a worker from opening its reader."""
        waiting, flying = deque(numbers), dict[Future[Sheet | str], int]()
        while waiting or flying:
            while waiting and self._seats.acquire(blocking=not flying):
                number = waiting.popleft()
                future = self._submit(_read_in_worker, scan, number)
                future.add_done_callback(lambda _: self._seats.release())
                flying[future] = number
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield self._result(future, scan, flying.pop(future))

    def _result(self, future: Future[Sheet | str], scan: Scan, number: int) -> PageResult:
        try:
            answer = self._answer(future, scan, number)
        except _NotOpened as unopened:
            raise unopened.args[0] from None
        if isinstance(answer, str):
            return PageResult(number, None, answer)
        return PageResult(number, answer or given_up(number))

    def _answer(self, future: Future[Sheet | str], scan: Scan, number: int) -> Sheet | str | None:
        try:
            return future.result()
        except BrokenProcessPool:
            return self._try_alone(_read_in_worker, scan, number)

    def _submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a call to a worker; when the pool has broken meanwhile, to a new one."""
        while True:
            workers = self._workers
            try:
                return workers.submit(call, *args, **kwargs)
            except BrokenProcessPool:
                self._renew(workers)

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        with self._renewing:
            if self._workers is broken:
                broken.shutdown(wait=False, cancel_futures=True)
                self._workers = self._start(self.size)

    def _try_alone(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """A call that was under way when a worker died, once more with nobody beside it; None when it kills its worker again."""
        with self._alone, self._start(1) as alone:
            try:
                return alone.submit(call, *args, **kwargs).result()
            except BrokenProcessPool:
                return None

    def _start(self, size: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(size, _BareContext(), _enter_worker, (self._settings,))


class _BareProcess(SpawnProcess):
    """A process that does not run the parent's main module again: under a scheduled run that is Prefect, 100 MB a worker."""

    _starting = threading.Lock()

    @staticmethod
    def _Popen(process_obj: Any) -> Popen:  # noqa: N802 - multiprocessing's name
        with _BareProcess._starting:
            main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                return Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _BareContext(SpawnContext):
    Process = _BareProcess


def given_up(number: int) -> Sheet:
    """The record of a side that no attempt could read: a person looks at the paper."""
    finding = Finding("page_unreadable", "review", UNREADABLE, page=number)
    return Sheet(number, None, None, None, (), (finding,), fingerprint="0" * 16)


class _NotOpened(Exception):
    """Carries to the parent what went wrong before the first page."""


class _Worker:
    """What a worker process knows of itself."""

    settings: Settings
    reader: PageReader | None = None


def _enter_worker(settings: Settings) -> None:
    """First thing in a worker. An interrupt from the keyboard is the parent's business."""
    _Worker.settings = settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (settings.limits.worker_bytes, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a person's papers on the disk
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _read_in_worker(scan: Scan, number: int) -> Sheet | str:
    """The sheet, or what the programme error was and where; not its message, which may quote the paper."""
    reader = _Worker.reader or _open_reader()
    with _TimeLimit(_Worker.settings.limits.page_seconds):
        try:
            return reader(scan, number)
        except Exception as error:  # noqa: BLE001 - a bug on one page must not stop the others; it is listed, never hidden
            if isinstance(error, MemoryError) or getattr(error, "code", None) == NO_MEMORY:
                return given_up(number)
            place = traceback.extract_tb(error.__traceback__)[-1]
            return f"{type(error).__name__} ({Path(place.filename).name}:{place.lineno})"


def _warm_in_worker() -> None:
    if _Worker.reader is None:
        _open_reader()


def _open_reader() -> PageReader:
    module, _, function = _Worker.settings.reader.partition(":")
    try:
        opener: Callable[[Settings], PageReader] = getattr(importlib.import_module(module), function)
        _Worker.reader = opener(_Worker.settings)
    except Exception as error:
        raise _NotOpened(error) from error
    return _Worker.reader


def _open_in_worker(path: Path, received: date) -> Scan | tuple[str, str]:
    """The scan, or code and message of the refusal: an exception with two arguments does not survive the way back."""
    with _TimeLimit(_Worker.settings.limits.page_seconds):
        try:
            return open_scan(path, _Worker.settings.limits, received=received)
        except ScanRefused as refused:
            return refused.code, str(refused)


class _TimeLimit:
    """Ends the process when the block takes more CPU time, or WALL_FACTOR times as long: the kernel's alarm stops C calls too."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, self._seconds * WALL_FACTOR)

    def __exit__(self, *_: object) -> None:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
