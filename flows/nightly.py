"""`intake serve`: a Prefect server on this machine and the nightly batch on its schedule, until stopped."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.server import Server, local_server, prefect_environment, wait_until_ready
from pipeline.errors import IntakeError
from pipeline.settings import Settings


def serve(settings: Settings) -> None:
    """Serve the schedule until interrupted or terminated; nothing of it is left running then.

    Raises:
        IntakeError: it is served already on this home, or the server does not start.
    """
    home = settings.home / "prefect-server"
    os.umask(0o077)
    os.environ.update(exported(settings))
    with _only_one(settings), local_server(home, log_level=settings.log_level, scheduler=True) as server, prefect_environment(server):
        from prefect import serve as serve_deployments

        from flows.deployments import deployment
        from flows.history import mark_lost_runs

        wait_until_ready(server)
        mark_lost_runs()
        with _address(home, server):
            serve_deployments(deployment(settings), pause_on_shutdown=False, print_starting_message=False, limit=1)


def exported(settings: Settings) -> dict[str, str]:
    """The environment variables that make `Settings()` in another process equal to `settings`."""
    parts = (("INTAKE_LIMIT_", settings.limits), ("INTAKE_RULE_", settings.rules), ("INTAKE_DESK_", settings.desk))
    groups = (("INTAKE_", settings), *parts)
    return {
        f"{prefix}{name.upper()}": str(value)
        for prefix, group in groups
        for name, value in group.model_dump(mode="json", exclude={"limits", "rules", "desk"}).items()
        if value is not None
    }


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IntakeError("夜間処理はすでに動いています。") from exc
        yield


@contextmanager
def _address(home: Path, server: Server) -> Iterator[None]:
    """Leave where the server is, and its password, to the owner of `home`: for a look at its page, and for scripts."""
    note = home / "server.json"
    note.write_text(json.dumps({"api_url": server.api_url, "auth": server.environment["PREFECT_API_AUTH_STRING"]}), encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
