"""Opening the store: engine, migrations, transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.settings import Settings

BUSY_MS = 20_000
"""How long a writer waits for another one; a batch's longest transaction takes about a second."""
WRITING = "intake_writing"
"""Execution option of a connection that will write."""


@dataclass(frozen=True)
class Store:
    """An open, migrated database. `turn`: writers of this process take turns, because SQLite lets waiting ones sleep and starve."""

    engine: Engine
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that takes the write lock at once and commits at the end; nothing stays after an exception."""
        engine = self.engine.execution_options(**{WRITING: True})
        waits = self.turn if self.engine.dialect.name == "sqlite" else nullcontext()
        with waits, Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_store(settings: Settings) -> Store:
    """Open the database of `settings`, made or brought up to date first. Raises StoreError."""
    url = settings.database
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        engine = _engine(url)
        upgrade(engine)
    except (SQLAlchemyError, sqlite3.Error, OSError) as exc:
        reason = type(exc).__name__
        raise StoreError(f"データベースを開けません（{reason}）。INTAKE_HOME と INTAKE_DATABASE_URL を確かめてください。") from exc
    return Store(engine)


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest version; two processes at once take turns on the write lock."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)  # the values of a failed statement are people's papers, and errors are logged
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """WAL: readers never wait for the writer. FULL: what is committed survives a power cut, and inbox files go after a commit."""
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer asks for the lock first: two readers that turn into writers half-way would lock each other out."""
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
