"""`intake users`, `intake audit`, `intake review`: as an admin at the terminal calls them."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from pipeline import cli
from pipeline.errors import IntakeError
from pipeline.review.serving import beside
from pipeline.settings import DeskSettings, Settings
from pipeline.store import open_store


def intake(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words), catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTAKE_HOME", str(tmp_path))
    return tmp_path


def test_users_are_added_listed_and_disabled() -> None:
    code, printed = intake("users", "add", "sato", "--display", "佐藤", "--role", "reviewer", "--role", "scanner")
    assert code == 0
    assert re.search(r"^http://127\.0\.0\.1:8765/welcome/[\w-]{43}$", printed, re.MULTILINE)
    intake("users", "disable", "sato")
    _, listed = intake("users", "list", "--json")
    assert json.loads(listed) == [{"name": "sato", "display": "佐藤", "roles": ["scanner", "reviewer"], "disabled": True}]


def test_a_broken_chain_ends_the_check_with_1(home: Path) -> None:
    intake("users", "add", "sato", "--role", "reviewer")
    code, printed = intake("audit", "verify", "--json")
    said = json.loads(printed)
    assert (code, said["fine"], said["chains"][0]["entries"]) == (0, True, 2)
    head = said["chains"][0]["head"]
    assert intake("audit", "verify", "--head", head)[0] == 0
    assert intake("audit", "verify", "--head", "0" * 64)[0] == 1
    store = open_store(Settings(home=home))
    with store.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET who = 'suzuki' WHERE id = 1"))
    store.close()
    assert intake("audit", "verify")[0] == 1


def test_the_desk_beside_the_schedule_names_the_first_link_and_ends_with_it(home: Path) -> None:
    said: list[str] = []
    settings = Settings(home=home, desk=DeskSettings(port=0))
    with beside(settings, said.append) as address:
        link = re.search(r"http://\S+/welcome/\S+", " ".join(said))
        assert link
        assert httpx.get(link[0]).status_code == 200
        assert "server" not in httpx.get(f"{address}/login").headers
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/login")


def test_a_port_that_is_taken_is_said_in_one_sentence(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = Settings(home=home, desk=DeskSettings(port=other.getsockname()[1]))
        said: list[str] = []
        with pytest.raises(IntakeError, match="INTAKE_DESK_PORT"), beside(settings, said.append):
            pass
