from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.store import Store, open_store
from tests.databases import database
from tests.review.office import Office, served
from tests.review.screen import chromium


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with database() as url:
        yield Settings(home=tmp_path / "home", settle_seconds=0, database_url=url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def office(store: Store, settings: Settings) -> Iterator[Office]:
    with served(store, settings) as desk:
        yield desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A started chromium; the test is skipped where it is missing."""
    with chromium() as started:
        yield started
