from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store import Store, open_store
from tests.databases import database


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with database() as url:
        yield Settings(home=tmp_path / "home", settle_seconds=0, database_url=url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()
