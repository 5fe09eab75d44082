"""The hot folder: the loop with batches of its own, and the whole process once with the real flow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from flows import watch as watching
from flows import watching as beside_serve
from flows.batch import Batch, BatchReport, Chunk, chunks_to_read, decide, read_chunk, take_in_all
from flows.intake import run_lock
from flows.watch import BROKEN, RunBatch, Watch, beating, look, watch
from pipeline.errors import IntakeError, MissingOnMachine
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.incoming import Part
from pipeline.store.watchers import BEAT_SECONDS, LOST, Watching
from pipeline.store.watchers import watching as who_watches
from tests.flows.scene import Office, office, processes, put_scan, wait_for
from tests.flows.unorchestrated import InThisProcess, opened

WATCH = "import tests.flows.scene as s\nif __name__ == '__main__': s.watch_now()"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", settle_seconds=0)
    made.inbox_folder.mkdir(parents=True)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    made = open_store(settings)
    yield made
    made.close()


class Scene:
    """A watch whose steps the test makes, and what it told."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.reports: list[BatchReport] = []
        self.openings = 0
        self.settings, self.store = settings, store
        self.error: Exception | None = None
        self.watch = Watch(settings, self._opener, threading.Event(), self.reports.append)

    @contextmanager
    def _opener(self) -> Iterator[RunBatch]:
        self.openings += 1
        with opened(self.settings, self.store, self.watch.stop) as run:
            yield lambda most_pages: self._run(run, most_pages)

    def _run(self, run: RunBatch, most_pages: int) -> BatchReport:
        if self.error is not None:
            raise self.error
        return run(most_pages)

    @property
    def taken(self) -> list[int]:
        return [report.files.get("taken", 0) for report in self.reports]


@pytest.fixture
def scene(settings: Settings, store: Store) -> Scene:
    return Scene(settings, store)


def test_a_batch_runs_for_what_is_new_and_not_again_for_what_is_known(scene: Scene) -> None:
    scene.watch.step(0.0)
    assert scene.taken == [0]  # the first one mends what a killed batch has left
    put_scan(scene.settings.inbox_folder, "a.tif", 3)
    scene.watch.step(1.0)
    scene.watch.step(2.0)
    assert scene.taken == [0, 1]
    assert scene.openings == 1
    assert list(scene.settings.inbox_folder.iterdir()) == []


def test_a_half_written_file_is_never_taken(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(settings.model_copy(update={"settle_seconds": 0.2}), store)
    put_scan(settings.inbox_folder, "a.tif", 2)
    path = settings.inbox_folder / "a.tif"
    whole, quiet = path.read_bytes(), 0.0
    monkeypatch.setattr("pipeline.store.inbox.time.time", lambda: path.stat().st_ctime + quiet)
    path.write_bytes(b"")
    for start in range(0, len(whole), len(whole) // 4):
        with path.open("ab") as file:  # a scanner that writes a piece at a time
            file.write(whole[start : start + len(whole) // 4])
        quiet = 0.15
        scene.watch.step(1.0)
        assert scene.watch.run is not None  # warm by now
    assert path.read_bytes() == whole
    assert [report.files for report in scene.reports] == [{"waiting": 1}]
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM scans")).scalar() == 0
    quiet = 0.25
    scene.watch.step(2.0)
    assert scene.taken[1:] == [1]


def test_a_file_that_is_being_sent_warms_the_workers_and_is_taken_when_it_is_whole(scene: Scene, tmp_path: Path) -> None:
    scene.watch.step(0.0)
    scene.watch.cool()
    put_scan(tmp_path, "a.tif", 1)
    part = Part(scene.settings.inbox_folder)
    part.write((tmp_path / "a.tif").read_bytes())
    scene.watch.step(1.0)
    assert (scene.openings, scene.taken) == (2, [0])
    part.place("a.tif")
    scene.watch.step(2.0)
    assert scene.taken == [0, 1]


def test_a_file_that_cannot_be_moved_does_not_keep_the_folder_busy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object) -> None:
        raise PermissionError

    scene.watch.step(0.0)
    monkeypatch.setattr("flows.batch.take_in", stuck)
    put_scan(scene.settings.inbox_folder, "a.tif", 1)
    for now in (1.0, 2.0, 3.0):
        scene.watch.step(now)
    assert len(scene.reports) == 2
    monkeypatch.undo()
    scene.watch.step(time.monotonic() + watching.AGAIN_SECONDS + 1)
    assert scene.taken == [0, 0, 1]


def test_a_known_file_that_was_written_anew_is_new(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.watch.step(0.0)
    with monkeypatch.context() as patch:
        patch.setattr("flows.batch.take_in", lambda *_: (_ for _ in ()).throw(PermissionError()))
        put_scan(scene.settings.inbox_folder, "a.tif", 1)
        scene.watch.step(1.0)
    put_scan(scene.settings.inbox_folder, "a.tif", 2)
    scene.watch.step(2.0)
    assert scene.taken == [0, 0, 1]


def test_workers_are_let_go_after_a_quiet_time(scene: Scene) -> None:
    scene.watch.step(0.0)
    assert scene.watch.run is not None
    scene.watch.step(60.0 * scene.settings.watch_idle_minutes - 1)
    assert scene.watch.run is not None
    scene.watch.step(60.0 * scene.settings.watch_idle_minutes + 1)
    assert scene.watch.run is None
    put_scan(scene.settings.inbox_folder, "a.tif", 1)
    scene.watch.step(60.0 * scene.settings.watch_idle_minutes + 2)
    assert (scene.openings, scene.taken) == (2, [0, 1])


def test_while_another_batch_is_at_work_nothing_is_a_problem(scene: Scene) -> None:
    put_scan(scene.settings.inbox_folder, "a.tif", 1)
    with run_lock(scene.settings):
        scene.watch.step(0.0)
    assert (scene.reports, scene.watch.problem) == ([], None)
    scene.watch.step(1.0)
    assert scene.taken == [1]


@pytest.mark.parametrize(
    ("error", "said"), [(MissingOnMachine("モデルがありません。"), "モデルがありません。"), (ZeroDivisionError("検定 花子"), BROKEN)]
)
def test_what_goes_wrong_is_said_without_the_paper_and_tried_again(
    scene: Scene, caplog: pytest.LogCaptureFixture, error: Exception, said: str
) -> None:
    put_scan(scene.settings.inbox_folder, "a.tif", 1)
    scene.error = error
    scene.watch.step(0.0)
    assert (scene.watch.problem, scene.watch.run) == (said, None)
    assert "花子" not in caplog.text
    scene.error = None
    scene.watch.step(time.monotonic() + watching.PAUSE_SECONDS - 10)
    assert scene.reports == []
    scene.watch.step(time.monotonic() + watching.PAUSE_SECONDS + 1)
    assert (scene.watch.problem, scene.taken) == (None, [1])


def test_the_desk_hears_that_somebody_watches_and_what_keeps_them(scene: Scene, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> Watching:
        with store.reading() as session:
            return who_watches(session)

    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)
    with beating(store, scene.watch):
        assert said() == Watching(here=True)
        scene.watch.problem = "モデルがありません。"
        wait_for(lambda: said() == Watching(here=True, problem="モデルがありません。"), 20)
    assert said() == Watching(here=False)


def test_a_watcher_that_was_killed_is_forgotten(store: Store) -> None:
    with store.writing() as session:
        session.execute(text("INSERT INTO watchers (seen_at) VALUES (:then)"), {"then": "2026-11-10 00:00:00.000000"})
    with store.reading() as session:
        assert not who_watches(session).here
    assert LOST.total_seconds() > BEAT_SECONDS


def test_only_one_watches_a_home_and_one_that_waits_can_be_stopped(settings: Settings) -> None:
    first, second = threading.Event(), threading.Event()
    with watching._only_one(settings, first, wait=False):
        with pytest.raises(IntakeError, match="すでに見張られています"):
            watch(settings, second, lambda _: None)
        second.set()
        watch(settings, second, lambda _: None, wait=True)


def test_a_batch_that_is_stopped_keeps_what_it_has_read_and_the_next_one_does_the_rest(settings: Settings, store: Store) -> None:
    put_scan(settings.inbox_folder, "a.tif", 5)
    batch = Batch(settings, store, InThisProcess(settings))
    take_in_all(batch)
    (chunk,) = chunks_to_read(batch)

    def after_two(done: int, _total: int) -> None:
        if done == 2:
            batch.stop.set()

    batch.progress = after_two
    assert read_chunk(batch, chunk) == (2, 0)
    assert read_chunk(batch, chunk) == (0, 0)
    assert decide(batch) == 0
    rest = Batch(settings, store, InThisProcess(settings))
    assert chunks_to_read(rest) == [Chunk(chunk.scan_id, (3, 4, 5))]
    assert read_chunk(rest, chunks_to_read(rest)[0]) == (3, 0)
    assert decide(rest) == 1


def test_an_envelope_does_not_wait_for_the_stack_before_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.batch.CHUNK_PAGES", 4)
    put_scan(scene.settings.inbox_folder, "stack.tif", 20)
    monkeypatch.setattr(watching, "MOST_PAGES", 6)
    scene.watch.most_pages = 6
    scene.watch.step(0.0)
    put_scan(scene.settings.inbox_folder, "envelope.tif", 3, shade=100)
    scene.watch.step(1.0)
    with scene.store.reading() as session:
        states = dict(session.execute(text("SELECT name, state FROM scans")).tuples().all())
    assert states == {"stack.tif": "open", "envelope.tif": "read"}
    scene.watch.step(2.0)  # nothing new has come, and still there is something to read
    assert [(report.pages_read, report.pages_left) for report in scene.reports] == [(8, 12), (7, 8), (8, 0)]


@pytest.mark.parametrize(
    ("read", "seconds", "deciding", "pages"),
    [(0, 3.0, 1.0, 40), (40, 22.0, 2.0, 40), (40, 100.0, 80.0, 640), (5, 4.0, 0.1, 40)],
)
def test_batches_grow_with_what_working_out_the_packets_costs(read: int, seconds: float, deciding: float, pages: int) -> None:
    assert watching.pages_of_next(BatchReport(pages_read=read, seconds=seconds, deciding_seconds=deciding)) == pages


def test_a_look_passes_over_what_is_no_paper(settings: Settings) -> None:
    for name in (".hidden.pdf", "a.pdf.part", "a.tif.json", "Thumbs.db"):
        (settings.inbox_folder / name).write_text("x")
    found = look(settings)
    assert (found.ready, found.coming) == ({}, False)
    (settings.inbox_folder / ".upload-1.part").write_text("x")
    assert look(settings).coming
    os.utime(settings.inbox_folder / ".upload-1.part", (0, 0))
    assert not look(settings).coming


def test_the_process_beside_is_started_again_and_ends_with_the_block(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    programs = ["raise SystemExit(3)", "import time; time.sleep(600)"]

    def start(given: Settings) -> subprocess.Popen[bytes]:
        assert given is settings
        started.append(subprocess.Popen([sys.executable, "-c", programs[len(started)]], stdin=subprocess.PIPE))
        return started[-1]

    monkeypatch.setattr(beside_serve, "_start", start)
    monkeypatch.setattr(beside_serve, "RESTART_SECONDS", 0.01)
    with beside_serve.beside(settings):
        wait_for(lambda: len(started) == 2, 60)
        assert started[1].poll() is None
    assert [process.returncode for process in started] == [3, -signal.SIGTERM]
    assert "ended with 3 and is started again" in caplog.text


@pytest.mark.slow
def test_the_whole_process_takes_files_as_they_come_and_ends_in_order(tmp_path: Path) -> None:
    day: Office = office(tmp_path / "home")
    process = day.start(WATCH)
    try:
        wait_for(lambda: (day.home / "watch.lock").exists(), 60)
        for number, name in enumerate(("a.tif", "b.tif")):
            put_scan(day.inbox, name, 3, shade=60 * number)
            wait_for(lambda: len(packets(day)) == number + 1, 180)  # noqa: B023 - it is called in this turn
    finally:
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert printed.count("受付 1。3 ページを読み取りました。") == 2
    assert len(day.read_pages) == 6
    wait_for(lambda: processes(day.home) == [], 20)


def packets(day: Office) -> list[tuple[object, ...]]:
    return day.facts()["packets"] if (day.home / "intake.db").exists() else []
