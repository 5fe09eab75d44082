from __future__ import annotations

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from pipeline import store as store_package
from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.scans import add_scan
from pipeline.store.tables import Row
from tests.databases import only_sqlite
from tests.store.papers import scan


def test_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    modules = [f"{store_package.__name__}.{module.name}" for module in pkgutil.iter_modules(store_package.__path__)]
    for name in modules:
        importlib.import_module(name)  # whatever brings tables
    assert {"users", "sso_links"} <= set(Row.metadata.tables)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []


@only_sqlite
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 20_000)])
def test_sqlite_is_set_up_to_lose_nothing(store: Store, pragma: str, value: object) -> None:
    with store.reading() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_opening_again_keeps_what_is_there(settings: Settings, store: Store) -> None:
    with store.writing() as session:
        add_scan(session, scan())
    again = open_store(settings)
    with again.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM scans")) == 1
    again.close()


def test_a_writer_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as session:
        add_scan(session, scan())
        raise ZeroDivisionError
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM scans")) == 0


@only_sqlite
def test_a_second_writer_waits_and_a_reader_does_not(store: Store) -> None:
    with store.writing() as session:
        add_scan(session, scan())
        with store.reading() as reader:
            assert reader.scalar(text("SELECT count(*) FROM scans")) == 0
        with store.engine.connect() as other:
            other.exec_driver_sql("ROLLBACK")
            other.exec_driver_sql("PRAGMA busy_timeout = 1")
            with pytest.raises(OperationalError, match="locked"):
                other.exec_driver_sql("BEGIN IMMEDIATE")


def test_a_row_without_its_parent_is_refused(store: Store) -> None:
    insert = "INSERT INTO findings (packet_id, identity, source, code, severity, message) VALUES (7, 'i', 'rule', 'c', 'info', 'm')"
    with pytest.raises(IntegrityError), store.writing() as session:
        session.execute(text(insert))


@only_sqlite
def test_a_database_that_cannot_be_opened_is_said_in_one_sentence(settings: Settings) -> None:
    settings.home.mkdir()
    (settings.home / "intake.db").write_text("this is no database, but it is long enough to be taken for one" * 20)
    with pytest.raises(StoreError, match="データベースを開けません"):
        open_store(settings)


def test_a_driver_that_is_not_there_is_said_in_one_sentence(settings: Settings) -> None:
    with pytest.raises(StoreError, match="ライブラリがありません"):
        open_store(settings.model_copy(update={"database_url": "mysql+pymysql://127.0.0.1:1/x"}))


def test_a_server_that_is_not_there_is_said_in_one_sentence(settings: Settings) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'conken-intake[postgres]'")
    with pytest.raises(StoreError, match="開けません"):
        open_store(settings.model_copy(update={"database_url": "postgresql+psycopg://127.0.0.1:1/x?connect_timeout=1"}))


def test_an_error_of_the_database_does_not_quote_the_paper(store: Store) -> None:
    with pytest.raises(IntegrityError) as caught, store.writing() as session:
        session.execute(text("INSERT INTO scans (sha256, name) VALUES (:sha, :name)"), {"sha": "ab" * 32, "name": "高橋花子.pdf"})
    assert "高橋花子" not in str(caught.value)
