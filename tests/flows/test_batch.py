"""The steps of a batch, without Prefect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from flows.batch import MOST_ATTEMPTS, Batch, chunks_to_read, decide, read_chunk, take_in_all
from pipeline.errors import MissingOnMachine
from pipeline.ingest import Scan, open_scan
from pipeline.pool import PageResult
from pipeline.settings import Settings
from pipeline.store import open_store
from pipeline.store.counts import count_all


class Breaking:
    """A pool that breaks on files called bad.png, with `error`."""

    def __init__(self, settings: Settings, error: Exception) -> None:
        self._settings, self._error = settings, error

    def open_scan(self, path: Path, received: date) -> Scan:
        if path.name == "bad.png":
            raise self._error
        return open_scan(path, self._settings.limits, received=received)

    def read(self, scan: Scan, numbers: Sequence[int]) -> Iterator[PageResult]:
        del scan
        yield from (PageResult(number, None, type(self._error).__name__) for number in numbers)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", settle_seconds=0)
    made.inbox_folder.mkdir(parents=True)
    for shade, name in enumerate(("a.png", "bad.png", "c.png")):
        Image.new("L", (60, 80), shade).save(made.inbox_folder / name)
    return made


@pytest.mark.parametrize("error", [MemoryError(), OSError(), RuntimeError(), UnicodeEncodeError("utf-8", "x", 0, 1, "x")])
def test_a_file_that_breaks_its_reader_stays_and_all_others_are_taken(settings: Settings, error: Exception) -> None:
    store = open_store(settings)
    taken = take_in_all(Batch(settings, store, Breaking(settings, error)))
    store.close()
    assert taken == {"taken": 2, "failed": 1}
    assert [path.name for path in settings.inbox_folder.iterdir()] == ["bad.png"]


def test_what_is_missing_on_the_machine_ends_the_batch(settings: Settings) -> None:
    store = open_store(settings)
    with pytest.raises(MissingOnMachine):
        take_in_all(Batch(settings, store, Breaking(settings, MissingOnMachine("x"))))
    store.close()


def test_a_page_that_always_ends_in_an_error_goes_to_a_person_in_the_end(settings: Settings) -> None:
    store = open_store(settings)
    batch = Batch(settings, store, Breaking(settings, ZeroDivisionError("a bug")))
    take_in_all(batch)
    for _ in range(MOST_ATTEMPTS):
        chunks = chunks_to_read(batch)
        assert [read_chunk(batch, chunk) for chunk in chunks] == [(0, 1), (0, 1)]
        decide(batch)
    assert chunks_to_read(batch) == []
    with store.reading() as session:
        counts = count_all(session)
    store.close()
    assert counts.scans == {"read": 2}
    assert counts.queue == {("page", "page_unreadable"): 2}
