"""Where a test keeps its store: a file of its own, or a database of its own on the PostgreSQL server of INTAKE_TEST_POSTGRES.

INTAKE_TEST_POSTGRES=postgresql+psycopg://user@127.0.0.1:5432/postgres python -m pytest tests/store tests/review
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

SERVER = os.environ.get("INTAKE_TEST_POSTGRES")
"""URL of a server where databases may be made."""

only_sqlite = pytest.mark.skipif(SERVER is not None, reason="is about SQLite")
only_postgresql = pytest.mark.skipif(SERVER is None, reason="INTAKE_TEST_POSTGRES names no server")


@contextmanager
def database(server: str | None = SERVER) -> Iterator[str | None]:
    """The URL of a new database on this server, gone afterwards; None without a server, for a file in the test's home."""
    if server is None:
        yield None
        return
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def unguard(session: Session, table: str, *changes: str) -> None:
    """Take away what keeps a table append only, as somebody who owns the database could."""
    on = "" if SERVER is None else f" ON {table}"
    for change in changes:
        session.execute(text(f"DROP TRIGGER {table}_no_{change}{on}"))
