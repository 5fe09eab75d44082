"""Server-sent events for the scan desk: the database is asked once a second for all who look, and not at all while nobody does."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from pipeline.review.board import lines_part, read_lines, read_state, state_part
from pipeline.review.desk import Desk
from pipeline.store.arrived import pulse
from pipeline.store.sessions import still_in

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
"""Without a word for longer, proxies cut a stream."""
MOST_STREAMS = 4
"""Of one person; the oldest makes room. Browsers open six connections to a host, and the page itself needs one."""
RESTLESS_SECONDS = 5.0
"""After the pulse has changed, the lines are read at every look: a batch writes in several steps, not all of which the pulse shows."""
SURE_SECONDS = 15.0
"""The lines are read at least so often."""
OVER = "ログインの有効期限が切れました。画面を読み込み直してください。"
ELSEWHERE = "この画面の自動更新を止めました（ほかの画面でも開いています）。"
PARTS = ("state", "lines")


@dataclass(eq=False)
class Listener:
    """One open stream: whose it is, what it has shown, and why it is over."""

    user: str
    session: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    shown: dict[str, str] = field(default_factory=dict)
    over: str | None = None

    def end(self, why: str) -> None:
        """Let the stream say why, and close."""
        self.over = why
        self.woken.set()


@dataclass
class _Seen:
    """What the last looks found; `in_`: roles of those of the `asked` sessions that have not ended."""

    pulse: tuple[int | None, ...] = ()
    changed_at: float = 0.0
    lines_at: float = 0.0
    parts: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    in_: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Live:
    """Everybody who looks at the scan desk. Belongs to one event loop.

    Args:
        desk: what is looked at.
        roles: whoever loses all of these is shown no more.
    """

    def __init__(self, desk: Desk, roles: tuple[str, ...]) -> None:
        self._desk, self._roles = desk, roles
        self._listeners: list[Listener] = []
        self._seen = _Seen()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def stream(self, user: str, session: str) -> AsyncIterator[str]:
        """Events until the browser goes, the session (by its hash) ends, or the desk closes: `state` and `lines` with HTML, `end`."""
        listener = self._admit(Listener(user, session))
        try:
            yield "retry: 3000\n\n"
            while listener.over is None and not self._closed:
                listener.woken.clear()
                for name in PARTS:
                    part = self._seen.parts.get(name)
                    if part is not None and listener.shown.get(name) != part:
                        listener.shown[name] = part
                        yield event(name, part)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(listener.woken.wait(), HEARTBEAT_SECONDS)
                    continue
                yield ": still here\n\n"
            if listener.over is not None:
                yield event("end", listener.over)
        finally:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def close(self) -> None:
        """End every stream, so that the server can stop; browsers come back when there is one again."""
        self._closed = True
        for listener in self._listeners:
            listener.woken.set()

    def _admit(self, listener: Listener) -> Listener:
        theirs = [each for each in self._listeners if each.user == listener.user]
        for oldest in theirs[: len(theirs) + 1 - MOST_STREAMS]:
            self._listeners.remove(oldest)
            oldest.end(ELSEWHERE)
        self._listeners.append(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_on())
        return listener

    async def _look_on(self) -> None:
        while self._listeners and not self._closed:
            try:
                self._tell(await run_in_threadpool(self._look, tuple({each.session for each in self._listeners})))
            except Exception as error:  # noqa: BLE001 - a database that is busy or away for a moment; the next look may find it
                log.warning("the scan desk could not be read: %s", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)
        self._seen = _Seen()  # nobody is shown later what was there now

    def _look(self, sessions: tuple[str, ...]) -> _Seen:
        """Off the event loop: who may still look, who reads and how far, and the lines when something has changed."""
        before, now = self._seen, time.monotonic()
        with self._desk.store.reading() as session:
            in_ = still_in(session, sessions, self._desk.settings.desk)
            beat = pulse(session)
            changed_at = now if beat != before.pulse else before.changed_at
            parts = {**before.parts, "state": state_part(self._desk, read_state(session, self._desk.settings))}
            lines_at = before.lines_at
            if "lines" not in parts or now - changed_at < RESTLESS_SECONDS or now - lines_at >= SURE_SECONDS:
                parts["lines"], lines_at = lines_part(self._desk, read_lines(session, self._desk.settings)), now
        return _Seen(beat, changed_at, lines_at, parts, sessions, in_)

    def _tell(self, seen: _Seen) -> None:
        changed = seen.parts != self._seen.parts
        self._seen = seen
        for listener in list(self._listeners):
            asked = listener.session in seen.asked  # who came during the look is judged by the next one
            if asked and not set(seen.in_.get(listener.session, ())).intersection(self._roles):
                self._listeners.remove(listener)
                listener.end(OVER)
            elif changed:
                listener.woken.set()


def event(name: str, text: str) -> str:
    """One event; a text of several lines stays one."""
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in text.splitlines() or [""]) + "\n"
