"""Whole batches in processes of their own: the real flow, the real store, a page reader without OCR."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from pathlib import Path

import pytest

from flows.intake import run_lock
from pipeline.errors import IntakeError
from pipeline.report import read_status
from tests.flows import fake_reader
from tests.flows.scene import RUN, Office, office, processes, put_scan, wait_for

SCANS = (("a.tif", 23, 0), ("b.tif", 9, 60), ("c.tif", 1, 120))
PAGES = sum(pages for _, pages, _ in SCANS)


def fill(inbox: Path) -> None:
    for name, pages, shade in SCANS:
        put_scan(inbox, name, pages, shade=shade)
    (inbox / "bad.pdf").write_text("a text file called .pdf")
    (inbox / "bad.pdf.json").write_text('{"received": "2026-11-10"}')


def prefect_rows(home: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "prefect" / "prefect.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    """A batch that nobody disturbed, and what it printed."""
    quiet = office(tmp_path_factory.mktemp("quiet") / "home")
    fill(quiet.inbox)
    return quiet, quiet.run()


@pytest.mark.slow
def test_a_batch_from_inbox_to_queue(undisturbed: tuple[Office, str]) -> None:
    quiet, printed = undisturbed
    assert "'taken': 3" in printed
    assert "'refused': 1" in printed
    assert f"read={PAGES} failed=0 packets=3 last=({PAGES}, {PAGES})" in printed
    assert sorted(quiet.read_pages) == sorted(set(quiet.read_pages))
    assert len(quiet.read_pages) == PAGES
    status = read_status(quiet.settings)
    assert [packet.received.isoformat() for packet in status.packets] == ["2026-11-10"] * 3
    assert [file.code for file in status.refused] == ["not_a_scan"]
    assert status.counts.queue[("field", "low_probability")] == 3
    assert list(quiet.inbox.iterdir()) == []
    assert processes(quiet.home) == []


@pytest.mark.slow
def test_prefects_record_is_complete_and_holds_no_word_of_the_papers(undisturbed: tuple[Office, str]) -> None:
    home = undisturbed[0].home
    assert prefect_rows(home, "SELECT state_type, count(*) FROM flow_run GROUP BY 1") == [("COMPLETED", 1)]
    tasks = prefect_rows(home, "SELECT task_key, state_type FROM task_run")
    assert sorted(str(key).split("-")[0] for key, _ in tasks) == ["decide_task", *["read_task"] * 4, "report_task", "take_in_task"]
    assert {state for _, state in tasks} == {"COMPLETED"}
    content = b"".join(path.read_bytes() for path in (home / "prefect").iterdir() if path.is_file())
    assert not any(word.encode() in content for word in ("検定太郎", "a.tif", "bad.pdf"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.glob("*/*.db*"))


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again_the_rows_are_the_same(undisturbed: tuple[Office, str], tmp_path: Path) -> None:
    quiet, _ = undisturbed
    disturbed = office(tmp_path / "home", **{fake_reader.SECONDS: "0.2"})
    shutil.copytree(quiet.home / "prefect", disturbed.home / "prefect")  # the server's own tables: 10 s to make
    fill(disturbed.inbox)
    batch = disturbed.start(RUN)
    wait_for(lambda: len(disturbed.read_pages) >= 11, 120)
    batch.send_signal(signal.SIGKILL)
    batch.communicate()
    wait_for(lambda: processes(disturbed.home) == [], 20)
    kept = len(disturbed.facts()["sheets"])
    assert 0 < kept < PAGES
    assert disturbed.run().startswith("{}")
    assert disturbed.facts() == quiet.facts()
    assert len(disturbed.read_pages) - PAGES <= 3  # read, but not yet written down, when it was killed
    states = prefect_rows(disturbed.home, "SELECT state_type, count(*) FROM flow_run GROUP BY 1 ORDER BY 1")
    assert states == [("COMPLETED", 2), ("CRASHED", 1)]


def test_two_batches_never_work_on_one_home(tmp_path: Path) -> None:
    settings = office(tmp_path / "home").settings
    with run_lock(settings), pytest.raises(IntakeError, match="別の読み取り処理"), run_lock(settings):
        pass
    with run_lock(settings):
        pass
