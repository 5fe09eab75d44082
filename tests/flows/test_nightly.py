"""The schedule: a real server, a real deployment, a run that nobody started by hand."""

from __future__ import annotations

import importlib
import json
import signal
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.nightly import exported
from pipeline.settings import Limits, Settings
from tests.flows.scene import PROJECT, SERVE, Office, office, processes, put_scan, wait_for

SCHEDULED_WITHIN = 75
"""Seconds from the start until a run stands in the schedule; with the wrong SQLAlchemy it never does, silently."""
EVERY_MINUTE = "* * * * *"


def scheduled_runs(home: Path) -> int:
    database = home / "prefect-server" / "prefect.db"
    if not database.exists():
        return 0
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM flow_run WHERE auto_scheduled = 1").fetchone()[0])
    except sqlite3.OperationalError:  # the server is still making its tables
        return 0
    finally:
        connection.close()


def answered_without_password(api_url: str) -> int:
    try:
        with urllib.request.urlopen(f"{api_url}/admin/version", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


@pytest.mark.slow
def test_a_scheduled_run_appears_and_reads_the_inbox_and_all_ends_with_the_server(tmp_path: Path) -> None:
    night = office(tmp_path / "home", INTAKE_SCHEDULE=EVERY_MINUTE)
    put_scan(night.inbox, "a.tif", 5)
    serving = night.start(SERVE)
    try:
        wait_for(lambda: scheduled_runs(night.home) > 0, SCHEDULED_WITHIN + 60)  # 60: making the server's tables on a busy machine
        address = json.loads((night.home / "prefect-server" / "server.json").read_text())
        assert address["api_url"].startswith("http://127.0.0.1:")
        assert answered_without_password(address["api_url"]) == 401
        wait_for(lambda: finished(night), 180)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
    wait_for(lambda: processes(night.home) == [], 20)
    assert not (night.home / "prefect-server" / "server.json").exists()
    assert len(night.read_pages) == 5


def finished(night: Office) -> bool:
    return (night.home / "intake.db").exists() and len(night.facts()["packets"]) == 1


def test_the_server_module_imports() -> None:
    assert callable(importlib.import_module("prefect.server.api.server").create_app)


def test_another_process_gets_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path, schedule=EVERY_MINUTE, second_reader=False, limits=Limits(pages=7))
    for name, value in exported(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_prefect_yaml_deploys_the_same_flow_on_the_default_schedule() -> None:
    document: dict[str, Any] = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))
    (deployment,) = document["deployments"]
    path, _, name = deployment["entrypoint"].partition(":")
    flow = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    defaults = Settings.model_fields
    assert flow.name == deployment["name"] == "nightly"
    assert [(each["cron"], each["timezone"]) for each in deployment["schedules"]] == [
        (defaults["schedule"].default, defaults["timezone"].default)
    ]
