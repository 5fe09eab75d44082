"""uvicorn around the app, alone or beside the night's schedule."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from pipeline.errors import IntakeError
from pipeline.review.app import create_app
from pipeline.settings import Settings
from pipeline.store import open_store
from pipeline.store.reclassify import warm_up
from pipeline.store.users import first_admin

PRIVATE = 0o077
STOP_SECONDS = 5
"""How long open requests may take when the desk is stopped."""

Say = Callable[[str], None]


def serve(settings: Settings, say: Say) -> None:
    """Serve until interrupted. Raises IntakeError when the port is taken."""
    os.umask(PRIVATE)
    with _open(settings, say) as (server, listener):
        server.run(sockets=[listener])


@contextmanager
def beside(settings: Settings, say: Say) -> Iterator[str]:
    """The desk in a thread of this process, which ends it; yields its address."""
    with _open(settings, say) as (server, listener):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield _address(settings, listener)
        finally:
            server.should_exit = True
            thread.join(2 * STOP_SECONDS)


@contextmanager
def _open(settings: Settings, say: Say) -> Iterator[tuple[uvicorn.Server, socket.socket]]:
    store = open_store(settings)
    listener = _listen(settings)
    try:
        address = _address(settings, listener)
        say(f"確認デスク: {address}/")
        with store.writing() as session:
            secret = first_admin(session)
        if secret is not None:
            say(f"最初の管理者のパスワードを次のリンクで決めてください（24 時間以内に 1 回だけ使えます）: {address}/welcome/{secret}")
        app = create_app(settings, store)
        threading.Thread(target=warm_up, args=(settings,)).start()
        yield uvicorn.Server(_config(app, settings)), listener
    finally:
        listener.close()
        store.close()


def _config(app: Callable[..., object], settings: Settings) -> uvicorn.Config:
    """No access log: addresses hold the secrets of links. No server name for strangers."""
    return uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_config=None,
        ws="none",
        http="h11",
        lifespan="off",
        proxy_headers=settings.desk.https,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _listen(settings: Settings) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.desk.host, settings.desk.port))
    except OSError as exc:
        listener.close()
        place = f"{settings.desk.host}:{settings.desk.port}"
        raise IntakeError(f"確認デスクを {place} で開けません。別の番号を INTAKE_DESK_PORT で指定してください。") from exc
    return listener


def _address(settings: Settings, listener: socket.socket) -> str:
    return f"{'https' if settings.desk.https else 'http'}://{settings.desk.host}:{listener.getsockname()[1]}"
