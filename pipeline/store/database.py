"""Opening the store: engine, migrations, transactions.

On SQLite and on PostgreSQL alike one writer writes at a time: the chains have one end, and what a writer has read still holds when it
commits. SQLite does so by itself; on PostgreSQL a writer takes a lock that all writers of this database ask for, so the short transactions
that the desk needs on SQLite are what it needs there too. Readers never wait and see one moment.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.settings import Settings

BUSY_MS = 20_000
"""How long a writer waits for another one; a batch's longest transaction takes about a second."""
WRITING = "intake_writing"
"""Execution option of a connection that will write."""
WRITERS = 0x696E74616B65
"""Key of the writers' lock on PostgreSQL; any number that is nobody else's: "intake" in ASCII."""
BROKEN_CONSTRAINT = "23"
"""How PostgreSQL's codes of broken constraints begin; the first line of such a message names tables, columns and constraints only."""
CONNECTIONS = 10
"""Kept open. Some requests of 20 people overlap; each lasts a few hundredths of a second."""
MORE_CONNECTIONS = 30
"""Opened beyond these when needed: with them, one for each thread that answers requests (40)."""
NO_DRIVER = (
    "INTAKE_DATABASE_URL のデータベースに接続するためのライブラリがありません。"
    "PostgreSQL を使うには pip install 'conken-intake[postgres]' を実行し、URL を postgresql+psycopg://… の形で指定してください。"
)


@dataclass(frozen=True)
class Store:
    """An open, migrated database. `turn`: writers of this process take turns, so that waiting ones hold no connection and none starves."""

    engine: Engine
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing."""
        engine = self.engine
        if engine.dialect.name != "sqlite":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with Session(engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that takes the write lock at once and commits at the end; nothing stays after an exception."""
        engine = self.engine.execution_options(**{WRITING: True})
        with self.turn, Session(engine, expire_on_commit=False) as session, session.begin():
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
    except ImportError as exc:
        raise StoreError(NO_DRIVER) from exc
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
    """With `hide_parameters`: the values of a failed statement are people's papers, and errors are logged."""
    sizes = {"pool_size": CONNECTIONS, "max_overflow": MORE_CONNECTIONS}
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, **sizes)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    waits = {"options": f"-c lock_timeout={BUSY_MS}"}
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=waits, **sizes)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "handle_error", _without_values)
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


def _begin_postgresql(connection: Connection) -> None:
    """A writer waits for the others; what it reads from then on is what the last one left (READ COMMITTED looks anew at each statement)."""
    if connection.get_execution_options().get(WRITING, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL's messages quote the row they are about. Left is the kind of error; of a broken constraint, which one."""
    code = str(getattr(context.original_exception, "sqlstate", None) or "")
    if code:
        first, _, _ = str(context.original_exception).partition("\n")
        said = f"{code} {first}" if code.startswith(BROKEN_CONSTRAINT) else code
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None:
                error.args = (said,)
