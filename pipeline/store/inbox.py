"""Files that arrived -> scans in the store, or refused with the reason beside them.

Order within one file: blob on disk, then the row committed, then the file out of the inbox. Killed anywhere between, the next
batch does the rest: a file is never in no place at all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.errors import ScanRefused
from pipeline.ingest import Scan, readable_name
from pipeline.settings import Settings
from pipeline.store.blobs import blob_path, digest, keep, sync_folder
from pipeline.store.database import Store
from pipeline.store.scans import Refusal, add_refusal, add_scan, find_scan

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")
"""Endings that copy programs give to files they have not finished."""
NOT_PAPER = {"thumbs.db", "desktop.ini"}
"""Files that Windows leaves in every shared folder."""
SIDECAR = ".json"
SIDECAR_BROKEN = ("sidecar", '受付日を書いた添付ファイル（.json）が読めません。{"received": "2026-11-10"} の形で書き直してください。')
AHEAD = "受付日（{year}年{month}月{day}日）が先の日付です。フォルダー名か添付ファイル（.json）の日付を直して、入れ直してください。"
DAYS_AHEAD = 1
"""By which a stated day may lie ahead of the office's: the evening's post is stamped with the next day in some mailrooms."""
DATED_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")
SIDECAR_BYTES = 10_000
"""A sidecar that says more than a day is none."""
RECEIVED_YEARS = range(2000, 2200)
"""Years in which paper can have arrived; a deadline counted from the end of the calendar could not be written down."""
NAME_BYTES = 180
"""Of a name that is put aside: with digest, `.reason.txt` and `.part` it stays below the 255 bytes that file systems take."""
CLOCK_AHEAD = 86_400.0
"""Seconds by which a modification time may lie ahead of our clock and still be believed: the office's machines disagree by less."""

Outcome = Literal["taken", "known", "refused", "waiting"]
OpenScan = Callable[[Path, date], Scan]
"""Looks at a file that arrived on a day; raises ScanRefused."""


@dataclass(frozen=True)
class Arrival:
    """What became of one file. `waiting` = left where it is, because it was changing; `code` = why it was refused."""

    outcome: Outcome
    sha256: str | None = None
    code: str | None = None


def arrivals(inbox: Path) -> list[Path]:
    """Files in `inbox` and its folders that may be scans, by name; half-written ones too."""
    return sorted(path for path in inbox.rglob("*") if _may_be_paper(path, inbox))


def is_left_alone(name: str) -> bool:
    """Whether a file of this name is never taken in: hidden, a sidecar, unfinished, or what a system leaves in folders."""
    lower = name.lower()
    return lower.startswith(".") or lower in NOT_PAPER or lower.endswith((SIDECAR, *UNFINISHED))


def settled(path: Path, seconds: float) -> bool:
    """Nothing has happened to the file for `seconds`. Its change time counts too: copies may set the modification time back."""
    state, now = path.stat(), time.time()
    believed = max(state.st_mtime, state.st_ctime) if state.st_mtime < now + CLOCK_AHEAD else state.st_ctime
    return now - believed >= seconds


def take_in(store: Store, settings: Settings, path: Path, open_scan: OpenScan) -> Arrival:
    """Take one file in, or put it aside with its reason. Raises OSError when the file cannot be read or moved."""
    if not path.exists() or not settled(path, settings.settle_seconds):
        return Arrival("waiting")
    state = path.stat()
    try:
        scan = open_scan(path, received_day(path, settings))
    except ScanRefused as refusal:
        return Arrival("waiting") if _changed(path, state) else _refuse(store, settings, path, refusal)
    with store.reading() as session:
        row = find_scan(session, scan.sha256)
        known = row is not None and row.state != "refused" and blob_path(settings.blobs, scan.sha256).exists()
    if known:
        _move_with_sidecar(path, _aside(settings.known, path, scan.sha256))
        return Arrival("known", scan.sha256)
    if not keep(settings.blobs, path, scan.sha256) or _changed(path, state):
        return Arrival("waiting")
    with store.writing() as session:
        add_scan(session, scan)
    _sidecar(path).unlink(missing_ok=True)  # before the file: a sidecar left alone would date the next file of that name
    path.unlink()
    return Arrival("taken", scan.sha256)


def received_day(path: Path, settings: Settings) -> date:
    """The day the paper arrived: what a sidecar says, else a folder named after a day, else the file's own day in the office's zone.

    Raises ScanRefused when there is a sidecar that makes no sense, or a stated day that is still to come: a wrong day would make a
    valid certificate expire.
    """
    sidecar, today = _sidecar(path), settings.office_day
    if sidecar.exists():
        return _not_ahead(_stated_day(sidecar), today)
    if DATED_FOLDER.fullmatch(path.parent.name):
        with suppress(ValueError):  # no day of the calendar: a name like any other
            return _not_ahead(_possible(date.fromisoformat(path.parent.name)), today)
    try:
        return min(_possible(datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(settings.timezone)).date()), today)
    except (ValueError, OverflowError):  # a clock that was never set
        return today


def _stated_day(sidecar: Path) -> date:
    try:
        if sidecar.is_symlink() or not sidecar.is_file() or sidecar.stat().st_size > SIDECAR_BYTES:
            raise ValueError("no sidecar of ours")
        return _possible(date.fromisoformat(json.loads(sidecar.read_text(encoding="utf-8"))["received"]))
    except (ValueError, LookupError, TypeError, RecursionError) as exc:
        raise ScanRefused(*SIDECAR_BROKEN) from exc


def _not_ahead(day: date, today: date) -> date:
    if (day - today).days > DAYS_AHEAD:
        raise ScanRefused("received_ahead", AHEAD.format(year=day.year, month=day.month, day=day.day))
    return day


def _possible(day: date) -> date:
    """`day`, if paper can have arrived on it. Raises ValueError."""
    if day.year not in RECEIVED_YEARS:
        raise ValueError("not a day of arrival")
    return day


def _may_be_paper(path: Path, inbox: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(inbox).parts)
    if hidden or is_left_alone(path.name):
        return False
    return path.is_file() and not path.is_symlink()


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)


def _changed(path: Path, before: os.stat_result) -> bool:
    if not path.exists():
        return True
    now = path.stat()
    return (now.st_size, now.st_mtime_ns, now.st_ctime_ns) != (before.st_size, before.st_mtime_ns, before.st_ctime_ns)


def _refuse(store: Store, settings: Settings, path: Path, refusal: ScanRefused) -> Arrival:
    sha256 = digest(path)
    try:
        received = received_day(path, settings)
    except ScanRefused:
        received = settings.office_day
    with store.writing() as session:
        add_refusal(session, Refusal(sha256, readable_name(path), received, refusal.code, str(refusal)))
    target = _aside(settings.rejected, path, sha256)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.with_name(target.name + ".reason.txt").write_text(f"{refusal}\n({refusal.code})\n", encoding="utf-8")
    _move_with_sidecar(path, target)
    return Arrival("refused", sha256, refusal.code)


def _aside(folder: Path, path: Path, sha256: str) -> Path:
    """Where a file that is not taken in is put: its own name behind its digest, cut at the front where it is too long."""
    return folder / f"{sha256[:12]}-{os.fsdecode(os.fsencode(path.name)[-NAME_BYTES:])}"


def _move_with_sidecar(path: Path, target: Path) -> None:
    """Move a file and its sidecar, the sidecar first; across file systems too. The content names the target: a second move is the same."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for source, place in _pairs(path, target):
        try:
            source.replace(place)
        except OSError:
            aside = place.with_name(place.name + ".part")
            shutil.copy2(source, aside)
            with aside.open("rb+") as copy:
                os.fsync(copy.fileno())
            aside.replace(place)
            source.unlink()
    sync_folder(target.parent)


def _pairs(path: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    if _sidecar(path).exists():
        yield _sidecar(path), _sidecar(target)
    yield path, target
