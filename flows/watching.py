"""`intake watch` as a process: in the foreground until Ctrl-C or SIGTERM, or beside `intake serve`, gone with it and started again."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from zoneinfo import ZoneInfo

from flows.batch import BatchReport
from flows.intake import PRIVATE
from flows.nightly import exported
from flows.server import stop_process
from flows.watch import watch
from pipeline import log as logs
from pipeline.settings import PROJECT, Settings

log = logging.getLogger(__name__)

STOP_SECONDS = 60
"""How long the process beside may take to end: a page under way, and Prefect's record."""
RESTART_SECONDS = 10
"""Until a watcher that ended by itself is started again."""


def watch_until_stopped(settings: Settings, stop: threading.Event, *, wait: bool = False) -> None:
    """Watch until `stop` is set or a signal comes; a second signal ends the process at once. Raises what `watch` raises."""
    raised: list[BaseException] = []

    def body() -> None:
        try:
            watch(settings, stop, lambda report: _say(settings, report), wait=wait)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the caller waits
            raised.append(error)

    os.umask(PRIVATE)
    thread = threading.Thread(target=body, daemon=True)
    with _stopped_by_signals(stop):
        thread.start()
        while thread.is_alive():
            thread.join(1.0)
    if raised:
        raise raised[0]


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """A watcher in a process of its own for the length of the block."""
    ended = threading.Event()
    process: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not ended.is_set():
            process[:] = [_start(settings)]
            if ended.is_set():  # the block has ended meanwhile and did not see this one
                stop_process(process[0], STOP_SECONDS)
            code = process[0].wait()
            if process[0].stdin is not None:
                process[0].stdin.close()
            if not ended.is_set():
                log.error("the watcher of the inbox ended with %d and is started again", code)
                ended.wait(RESTART_SECONDS)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        for each in process:
            stop_process(each, STOP_SECONDS)
        thread.join(STOP_SECONDS)


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    python_path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "flows.watching"],
        env={**os.environ, **exported(settings), "PYTHONPATH": python_path},
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the parent, which ends it in order
    )


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def ask(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[number])

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(settings: Settings, report: BatchReport) -> None:
    """A line for each batch that did something: numbers, no names."""
    if not (report.files or report.pages_read or report.pages_failed):
        return
    words = {"taken": "受付", "known": "既知", "refused": "受け付けず", "waiting": "書き込み中", "failed": "失敗"}
    files = "、".join(f"{name} {report.files[key]}" for key, name in words.items() if report.files.get(key))
    failed = f"（失敗 {report.pages_failed}）" if report.pages_failed else ""
    now = datetime.now(ZoneInfo(settings.timezone))
    sys.stdout.write(f"{now:%H:%M:%S} {files or '新しいファイルなし'}。{report.pages_read} ページを読み取りました{failed}。\n")
    sys.stdout.flush()


def _stop_with_parent(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


def main() -> None:
    """The process beside `intake serve`: watches until its parent ends or asks it to; waits while somebody else watches."""
    settings = Settings()
    logs.configure(settings.log_level)
    stop = threading.Event()
    threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
    watch_until_stopped(settings, stop, wait=True)


if __name__ == "__main__":
    main()
