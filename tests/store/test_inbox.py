from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from pipeline.errors import ScanRefused
from pipeline.ingest import Scan, open_scan
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.blobs import LEFT_SECONDS, blob_path, digest, sweep
from pipeline.store.inbox import Arrival, arrivals, received_day, settled, take_in
from pipeline.store.scans import find_scan


@pytest.fixture
def inbox(settings: Settings) -> Path:
    settings.inbox_folder.mkdir(parents=True)
    return settings.inbox_folder


@pytest.fixture
def dated(settings: Settings) -> Settings:
    """An office on a day of its own."""
    return settings.model_copy(update={"today": date(2026, 11, 12)})


def page(path: Path, shade: int = 128) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.new("L", (60, 80), shade).save(path, dpi=(10, 10))
    return path


def look(settings: Settings) -> Callable[[Path, date], Scan]:
    return lambda path, day: open_scan(path, settings.limits, received=day)


def take(store: Store, settings: Settings, path: Path) -> Arrival:
    return take_in(store, settings, path, look(settings))


def test_a_scan_moves_from_the_inbox_into_the_store(store: Store, settings: Settings, inbox: Path) -> None:
    path = page(inbox / "山田.png")
    content = path.read_bytes()
    arrival = take(store, settings, path)
    assert arrival.outcome == "taken"
    assert arrival.sha256 is not None
    assert blob_path(settings.blobs, arrival.sha256).read_bytes() == content
    assert list(inbox.iterdir()) == []
    with store.reading() as session:
        row = find_scan(session, arrival.sha256)
        assert row is not None
        assert (row.name, row.state, row.page_count) == ("山田.png", "open", 1)


def test_the_same_content_under_another_name_is_known_and_kept_aside(store: Store, settings: Settings, inbox: Path) -> None:
    first = take(store, settings, page(inbox / "a.png"))
    second = take(store, settings, page(inbox / "b.png"))
    assert (second.outcome, second.sha256) == ("known", first.sha256)
    assert [path.name.endswith("-b.png") for path in settings.known.iterdir()] == [True]


@pytest.mark.parametrize(("name", "content", "code"), [("a.pdf", b"", "empty"), ("b.pdf", b"hello, I am text", "not_a_scan")])
def test_a_refused_file_lies_beside_its_reason(store: Store, settings: Settings, inbox: Path, name: str, content: bytes, code: str) -> None:
    (inbox / name).write_bytes(content)
    arrival = take(store, settings, inbox / name)
    assert (arrival.outcome, arrival.code) == ("refused", code)
    reason = next(settings.rejected.glob("*.reason.txt"))
    assert code in reason.read_text(encoding="utf-8")
    assert (settings.rejected / reason.name.removesuffix(".reason.txt")).read_bytes() == content
    assert list(inbox.iterdir()) == []


def test_a_file_that_changes_while_it_is_read_is_left_alone(store: Store, settings: Settings, inbox: Path) -> None:
    path = page(inbox / "a.png")

    def meanwhile(seen: Path, day: date) -> Scan:
        scan = look(settings)(seen, day)
        with seen.open("ab") as file:
            file.write(b"more")
        return scan

    assert take_in(store, settings, path, meanwhile).outcome == "waiting"
    assert path.exists()
    with store.reading() as session:
        assert find_scan(session, digest(path)) is None
    assert [each for each in settings.blobs.rglob("*") if each.is_file()] == []


def test_a_fresh_file_waits_until_it_has_settled(store: Store, settings: Settings, inbox: Path) -> None:
    path = page(inbox / "a.png")
    os.utime(path, (0, 0))  # a copy that sets the old time back: the change time gives it away
    patient = settings.model_copy(update={"settle_seconds": 60})
    assert take(store, patient, path).outcome == "waiting"


def test_only_what_may_be_paper_is_looked_at(inbox: Path) -> None:
    for name in ("b.pdf", "a.tif", "x.pdf.part", ".hidden.pdf", "Thumbs.db", "a.tif.json", "2026-11-10/c.jpg", ".sync/d.pdf"):
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).touch()
    (inbox / "link.pdf").symlink_to("/etc/hostname")
    assert [str(path.relative_to(inbox)) for path in arrivals(inbox)] == ["2026-11-10/c.jpg", "a.tif", "b.pdf"]


@pytest.mark.parametrize(
    ("name", "sidecar", "expected"),
    [
        ("a.png", '{"received": "2026-11-10"}', date(2026, 11, 10)),
        ("2026-11-11/a.png", None, date(2026, 11, 11)),
        ("2026-11-11/a.png", '{"received": "2026-11-10"}', date(2026, 11, 10)),
        ("2026-13-45/a.png", None, date(2026, 1, 2)),
        ("9999-12-31/a.png", None, date(2026, 1, 2)),
        ("a.png", None, date(2026, 1, 2)),
    ],
)
def test_the_day_of_arrival(dated: Settings, inbox: Path, name: str, sidecar: str | None, expected: date) -> None:
    path = page(inbox / name)
    os.utime(path, (1_767_279_600, 1_767_279_600))  # 2026-01-01 15:00 UTC is the next day in Tokyo
    if sidecar is not None:
        path.with_name("a.png.json").write_text(sidecar)
    assert received_day(path, dated) == expected


@pytest.mark.parametrize(
    ("name", "sidecar", "ahead"),
    [
        ("a.png", "2026-11-13", False),
        ("a.png", "2026-11-14", True),
        ("a.png", "2027-11-10", True),
        ("2026-11-13/a.png", None, False),
        ("2027-11-10/a.png", None, True),
        ("2027-11-10/a.png", "2026-11-10", False),
    ],
)
def test_a_day_that_is_still_to_come_refuses_the_file(
    store: Store, dated: Settings, inbox: Path, name: str, sidecar: str | None, *, ahead: bool
) -> None:
    path = page(inbox / name)
    if sidecar is not None:
        path.with_name("a.png.json").write_text(json.dumps({"received": sidecar}))
    arrival = take(store, dated, path)
    assert (arrival.outcome, arrival.code) == (("refused", "received_ahead") if ahead else ("taken", None))
    if ahead:
        reason = next(dated.rejected.glob("*.reason.txt")).read_text(encoding="utf-8")
        assert ("先の日付" in reason, "年11月1" in reason) == (True, True)


SENSELESS = [
    "", "[]", '{"received": "10 Nov"}', '{"day": "2026-11-10"}', '{"received": "9999-12-31"}', "[" * 9_000,
    '{"received": "2026-11-10"}' + " " * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("sidecar", SENSELESS)
def test_a_sidecar_without_sense_refuses_the_file_and_goes_along(store: Store, settings: Settings, inbox: Path, sidecar: str) -> None:
    path = page(inbox / "a.png")
    path.with_name("a.png.json").write_text(sidecar)
    with pytest.raises(ScanRefused):
        received_day(path, settings)
    assert take(store, settings, path).code == "sidecar"
    assert list(inbox.iterdir()) == []
    assert len(list(settings.rejected.iterdir())) == 3


@pytest.mark.parametrize("killed_before", ["store", "unlink"])
def test_killed_between_two_steps_nothing_is_lost_and_nothing_twice(
    store: Store, dated: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch, killed_before: str
) -> None:
    path = page(inbox / "a.png")
    path.with_name("a.png.json").write_text(json.dumps({"received": "2026-11-10"}))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        target = "pipeline.store.inbox.add_scan" if killed_before == "store" else "pathlib.Path.unlink"
        patch.setattr(target, _killed)
        take(store, dated, path)
    assert path.exists()
    arrival = take(store, dated, path)
    assert arrival.outcome == ("taken" if killed_before == "store" else "known")
    assert not path.exists()
    with store.reading() as session:
        row = find_scan(session, str(arrival.sha256))
        assert row is not None
        assert (row.id, row.received) == (1, date(2026, 11, 10))


def _killed(*_args: object, **_options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", [0.0, 4_102_444_800.0, 300_000_000_000.0])
def test_a_file_from_a_clock_that_is_wrong_arrives_to_day_and_waits_for_nothing(settings: Settings, inbox: Path, moment: float) -> None:
    path = page(inbox / "a.png")
    os.utime(path, (0, moment))
    assert received_day(path, settings) == datetime.now(ZoneInfo(settings.timezone)).date()
    assert settled(path, 0.0)


def test_a_name_in_another_encoding_is_taken_in_and_made_out(store: Store, settings: Settings, inbox: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(inbox) + b"/" + "申請書\x1b[2J.png".encode("cp932")))
    arrival = take(store, settings, page(path))
    assert arrival.outcome == "taken"
    with store.reading() as session:
        row = find_scan(session, str(arrival.sha256))
        assert row is not None and row.name == "申請書\ufffd[2J.png"


def test_a_file_with_the_longest_name_and_another_encoding_is_put_aside(store: Store, settings: Settings, inbox: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(inbox) + b"/" + "あ".encode("cp932") * 123 + b".png"))
    path.write_bytes(b"no picture")
    assert take(store, settings, path).outcome == "refused"
    assert list(inbox.iterdir()) == []
    assert len(list(settings.rejected.iterdir())) == 2


def test_what_a_copy_that_was_cut_off_left_is_swept_away_later(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    old, new, kept = (tmp_path / "ab" / name for name in ("abc.1.part", "abc.2.part", "abc"))
    for path in (old, new, kept):
        path.write_bytes(b"x")
    yesterday = time.time() - LEFT_SECONDS - 60
    for path in (old, kept):
        os.utime(path, (yesterday, yesterday))
    sweep(tmp_path)
    assert sorted(path.name for path in (tmp_path / "ab").iterdir()) == ["abc", "abc.2.part"]
