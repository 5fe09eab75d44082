"""The scan desk's events, over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import httpx
import pytest

from pipeline.review import live
from pipeline.review.live import ELSEWHERE, MOST_STREAMS, OVER, event
from pipeline.review.serving import beside
from pipeline.settings import DeskSettings, Settings
from pipeline.sheet import Sheet
from pipeline.store import Store
from pipeline.store.deciding import decide_all
from pipeline.store.users import disable_user, wanted_user
from pipeline.store.watchers import begin_watching
from tests.papers import of_person
from tests.review.office import Office, Person, employ
from tests.store.papers import read_scan


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.02)


def envelope(without: str) -> list[Sheet]:
    sheets = [sheet for sheet in of_person("2024100123", "髙橋 花子") if sheet.sheet != without]
    return [replace(sheet, page=place) for place, sheet in enumerate(sheets, start=1)]


@contextmanager
def listening(person: Person) -> Iterator[Iterator[tuple[str, str]]]:
    """(name, text) of the events as they come."""
    with person.browser.stream("GET", "/scans/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield _events(answer)


def _events(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    name, lines = "", []
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            lines.append(line.removeprefix("data: "))
        elif not line and name:
            yield name, "\n".join(lines)
            name, lines = "", []


def until(events: Iterator[tuple[str, str]], name: str, words: str) -> str:
    """The first event of this name that says these words."""
    return next(text for seen, text in events if seen == name and words in text)


@pytest.fixture
def person(office: Office) -> Person:
    employ(office.store, "sato", "scanner")
    return office.at_work("sato")


def test_what_came_in_is_told_as_it_is_decided(office: Office, person: Person) -> None:
    with listening(person) as events:
        until(events, "lines", "まだありません")
        read_scan(office.store, *envelope(without="c"))
        decide_all(office.store, office.settings)
        assert "C 上司もしくは監督者による証明が同封されていません。" in until(events, "lines", "不備あり")


def test_it_is_said_whether_somebody_reads_and_what_waits(office: Office, person: Person) -> None:
    with listening(person) as events:
        until(events, "state", "読み取り処理が動いていません")
        with office.store.writing() as session:
            begin_watching(session)
        until(events, "state", "待っているファイルはありません")
        office.settings.inbox_folder.mkdir(parents=True)
        (office.settings.inbox_folder / "a.pdf").touch()
        until(events, "state", "待っているファイル: 1")


def test_a_stream_ends_with_the_session(office: Office, person: Person) -> None:
    other = Person(httpx.Client(base_url=office.address, cookies=dict(person.browser.cookies)), person.csrf)
    with listening(person) as events:
        next(events)
        assert other.post("/logout").status_code == 303
        assert until(events, "end", "") == OVER
        assert list(events) == []
    other.browser.close()
    assert person.get("/scans/events").status_code == 303


def test_a_person_who_is_stopped_sees_no_more(office: Office, person: Person) -> None:
    with listening(person) as events:
        next(events)
        with office.store.writing() as session:
            disable_user(session, wanted_user(session, "sato"), by=None)
        assert until(events, "end", "") == OVER


def test_who_comes_while_the_database_is_asked_is_judged_by_the_next_look(
    office: Office, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    employ(office.store, "suzuki", "reviewer")
    other = office.at_work("suzuki")
    looked, begun, go_on = live.Live._look, threading.Event(), threading.Event()

    def slow(self: live.Live, sessions: tuple[str, ...]) -> object:
        begun.set()
        go_on.wait(20)
        return looked(self, sessions)

    monkeypatch.setattr(live.Live, "_look", slow)
    with listening(person) as one:
        assert begun.wait(20)
        with listening(other) as two:
            go_on.set()
            assert next(one)[0] == next(two)[0] == "state"
            read_scan(office.store, *envelope(without="d"))
            decide_all(office.store, office.settings)
            until(two, "lines", "不備あり")


def test_the_oldest_stream_of_a_person_makes_room(person: Person) -> None:
    with listening(person) as oldest:
        next(oldest)
        others = [person.browser.stream("GET", "/scans/events") for _ in range(MOST_STREAMS)]
        for each in others:
            assert each.__enter__().status_code == 200
        assert until(oldest, "end", "") == ELSEWHERE
        for each in others:
            each.__exit__(None, None, None)


def test_the_database_is_asked_once_for_all_and_not_at_all_without_listeners(
    office: Office, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    looked = live.Live._look

    def counting(self: live.Live, sessions: tuple[str, ...]) -> object:
        asked.append(len(sessions))
        return looked(self, sessions)

    monkeypatch.setattr(live.Live, "_look", counting)
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.2)
    with listening(person) as one, listening(person) as two:
        next(one), next(two)
        read_scan(office.store, *envelope(without="d"))
        decide_all(office.store, office.settings)
        until(one, "lines", "不備あり")
        until(two, "lines", "不備あり")
    assert set(asked) == {1}  # two streams of one session
    threading.Event().wait(0.6)
    count = len(asked)
    threading.Event().wait(0.6)
    assert len(asked) == count


def test_streams_end_in_order_when_the_desk_stops(store: Store, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    employ(store, "sato", "scanner")
    with ExitStack() as opened:
        with beside(settings.model_copy(update={"desk": DeskSettings(port=0)}), lambda _: None) as address:
            person = Person(opened.enter_context(httpx.Client(base_url=address, timeout=30)))
            person.log_in("sato")
            events = opened.enter_context(listening(person))
            next(events)
        assert "end" not in [name for name, _ in events]  # a stream that was cut off would raise here
    assert "Cancel" not in caplog.text


def test_a_text_of_several_lines_is_one_event() -> None:
    assert event("lines", "<p>\nx</p>") == "event: lines\ndata: <p>\ndata: x</p>\n\n"
    assert event("lines", "") == "event: lines\ndata: \n\n"
