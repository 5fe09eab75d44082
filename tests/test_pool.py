from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import MissingOnMachine, ScanRefused
from pipeline.ingest import Scan
from pipeline.pool import PagePool
from pipeline.settings import Limits, Settings
from tests.flows import fake_reader

PROJECT = Path(__file__).resolve().parent.parent
FAKE = "tests.flows.fake_reader:open_reader"
SCAN = Scan("ab" * 32, Path("nowhere.pdf"), "x.pdf", "pdf", 30, date(2026, 11, 10))


@contextmanager
def pool(*, reader: str = FAKE, seconds: int = 60) -> Iterator[PagePool]:
    with PagePool(Settings(workers=2, reader=reader, limits=Limits(page_seconds=seconds))) as opened:
        yield opened


def test_every_page_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_reader.LOG, str(tmp_path / "log"))
    with pool() as readers:
        results = list(readers.read(SCAN, range(1, 31)))
    assert sorted(result.number for result in results) == list(range(1, 31))
    assert all(result.sheet == fake_reader.sheet(SCAN.sha256, result.number) for result in results)
    assert len((tmp_path / "log").read_text().splitlines()) == 30


def test_a_page_that_kills_its_reader_is_put_aside_and_all_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_reader.KILLERS, "3")
    with pool() as readers:
        sheets = {result.number: result.sheet for result in readers.read(SCAN, range(1, 9))}
    findings = {number: [finding.code for finding in sheet.findings] for number, sheet in sheets.items() if sheet and number < 6}
    assert findings == {1: [], 2: [], 3: ["page_unreadable"], 4: [], 5: []}
    assert set(sheets) == set(range(1, 9))


def test_pages_that_work_or_wait_for_ever_or_eat_all_memory_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_reader.BUSY, "2")
    monkeypatch.setenv(fake_reader.SLOW, "3")
    monkeypatch.setenv(fake_reader.HUNGRY, "4")
    with pool(seconds=1) as readers:
        sheets = {result.number: result.sheet for result in readers.read(SCAN, [1, 2, 3, 4, 5])}
    assert {number for number, sheet in sheets.items() if sheet and [each.code for each in sheet.findings] == ["page_unreadable"]} == {
        2,
        3,
        4,
    }
    assert {number for number, sheet in sheets.items() if sheet and sheet.form} == {1, 5}


def test_a_bug_on_a_page_is_listed_and_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_reader.BUGS, "2")
    with pool() as readers:
        results = {result.number: result for result in readers.read(SCAN, [1, 2, 3])}
    assert results[2].sheet is None
    assert re.fullmatch(r"ZeroDivisionError \(fake_reader\.py:\d+\)", results[2].error or "")
    assert results[1].sheet is not None
    assert results[3].sheet is not None


def test_what_is_missing_on_the_machine_ends_the_batch() -> None:
    with pool(reader="tests.flows.fake_reader:missing_reader") as readers, pytest.raises(MissingOnMachine, match="モデル"):
        list(readers.read(SCAN, [1, 2]))


def test_a_refusal_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_text("a text file")
    with pool() as readers, pytest.raises(ScanRefused) as refused:
        readers.open_scan(path, date(2026, 11, 10))
    assert refused.value.code == "not_a_scan"
    assert "PDF" in str(refused.value)


def test_workers_hold_neither_prefect_nor_the_main_module(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import prefect\nimport tests.test_pool as t\nif __name__ == '__main__':\n    t.print_worker_modules()\n")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    run = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout.split() == ["clean"]


def print_worker_modules() -> None:
    with pool(reader="tests.flows.fake_reader:spying_reader") as readers:
        (result,) = readers.read(SCAN, [1])
    sys.stdout.write("clean" if result.sheet is not None else str(result.error))


def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    program = "import tests.test_pool as t\nif __name__ == '__main__': t.read_for_ever()"
    environment = {**os.environ, fake_reader.SECONDS: "0.2", fake_reader.LOG: str(tmp_path / "log")}
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT, env=environment)
    log = tmp_path / "log"
    wait_for(lambda: log.exists() and len(log.read_text().splitlines()) > 2)
    workers = children(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert len(workers) >= 2
    wait_for(lambda: not any(alive(worker) for worker in workers))


def read_for_ever() -> None:
    with pool() as readers:
        for _ in readers.read(SCAN, range(1, 10_000)):
            pass


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    """Child processes, by /proc."""
    return [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
