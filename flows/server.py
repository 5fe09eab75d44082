"""A Prefect server of our own for the length of a batch or of `intake serve`: this machine only, behind a password, gone with its parent.

Prefect's own temporary server outlives a killed parent and takes a port it hopes to be free. Ours gets its listening socket handed
down and ends when the pipe from its parent closes, however the parent ends.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import EngineError
from pipeline.settings import PROJECT

START_SECONDS = 90
"""How long the server may take to answer: 4 s as a rule, 13 s the first time, more on a machine under load."""
STOP_SECONDS = 5
"""How long it may take to end when asked."""
TALKATIVE = ("DEBUG", "INFO")
"""Log levels at which somebody looks for the cause of something."""
SCHEDULER_SECONDS = 15
"""How often runs are made from schedules; Prefect's 60 leave a new schedule without a run for a minute."""
HISTORY_BATCH = 100
"""Task runs written at once; one at a time, the record of a batch is not finished when the batch is."""


@dataclass(frozen=True)
class Server:
    """A running server: its process, where its API is, and the environment that Prefect must see to use it."""

    process: subprocess.Popen[bytes]
    api_url: str
    environment: Mapping[str, str]


@contextmanager
def local_server(home: Path, *, log_level: str, scheduler: bool) -> Iterator[Server]:
    """Start a server that keeps its records in `home`; ends with the block. It may not be ready yet: see `wait_until_ready`.

    Args:
        home: PREFECT_HOME; one server at a time.
        log_level: of the server and of Prefect in this process.
        scheduler: also run what makes runs from schedules, and the page to look at.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        api_url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        environment = _environment(home, api_url, log_level, scheduler=scheduler)
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(listener.fileno(),),
            start_new_session=True,  # Ctrl-C is for the parent, which still needs the server to end in order
        )
    try:
        yield Server(process, api_url, environment)
    finally:
        stop_process(process)


def wait_until_ready(server: Server) -> None:
    """Return when the server answers. Raises EngineError when it ended or takes too long."""
    until = time.monotonic() + START_SECONDS
    request = urllib.request.Request(f"{server.api_url}/health", headers={"Authorization": f"Basic {_basic(server.environment)}"})
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise EngineError("Prefect のサーバーが起動しません。もう一度実行し、続くようなら INTAKE_LOG_LEVEL=DEBUG で原因を確かめてください。")


@contextmanager
def prefect_environment(server: Server) -> Iterator[None]:
    """Let Prefect in this process talk to `server`. Prefect may be imported inside the block for the first time."""
    before = dict(os.environ)
    _replace_environment(server.environment)
    try:
        from prefect.context import use_profile
        from prefect.settings import Profile

        with use_profile(Profile(name="intake", settings={}), include_current_context=False):
            yield
    finally:
        _replace_environment(before)


def _environment(home: Path, api_url: str, log_level: str, *, scheduler: bool) -> dict[str, str]:
    """The caller's environment with our own Prefect settings in place of all others."""
    secret = f"intake:{secrets.token_urlsafe(32)}"
    prefect_level = log_level if log_level in TALKATIVE else "CRITICAL"  # what fails is told once, by the command that ran
    own = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url,
        "PREFECT_API_AUTH_STRING": secret,
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": api_url.removesuffix("/api"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": str(scheduler).lower(),
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": str(HISTORY_BATCH),
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": str(HISTORY_BATCH),
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_LOGGING_LEVEL": prefect_level,
        "PREFECT_SERVER_LOGGING_LEVEL": prefect_level,
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "DO_NOT_TRACK": "1",
    }
    if scheduler:
        own["PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS"] = str(SCHEDULER_SECONDS)
    else:
        own["PREFECT__SERVER_EPHEMERAL"] = "1"
    others = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    python_path = os.pathsep.join(filter(None, (str(PROJECT), others.get("PYTHONPATH"))))
    return {**others, **own, "PYTHONPATH": python_path}


def _replace_environment(wanted: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def _basic(environment: Mapping[str, str]) -> str:
    return b64encode(environment["PREFECT_API_AUTH_STRING"].encode()).decode()


def stop_process(process: subprocess.Popen[bytes], seconds: float = STOP_SECONDS) -> None:
    """End a process in order, and by force when it does not end within `seconds`."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def main() -> None:
    """The server process: serve on the socket handed down until the parent ends."""
    import uvicorn

    os.umask(0o077)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
