"""What the scan desk shows: read once for all who look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from pipeline.review.desk import Desk
from pipeline.settings import Settings
from pipeline.store import Session
from pipeline.store.arrived import Line, Progress, arrived_since, reading_progress
from pipeline.store.inbox import arrivals
from pipeline.store.watchers import Watching, watching

MOST_FILES = 1_000
"""Of a day that are looked at."""
LINES = 100
"""Of them shown, the newest; older ones are in the queue and in `intake status`."""


@dataclass(frozen=True)
class Readers:
    """Who reads, and how far it has got. `waiting`: files in the inbox that nobody has taken in yet."""

    progress: Progress
    watching: Watching
    waiting: int


@dataclass(frozen=True)
class Lines:
    """What came to-day, the newest first, and how many lines more there are."""

    shown: tuple[Line, ...]
    more: int


def read_state(session: Session, settings: Settings) -> Readers:
    """Who reads now: a few cheap rows, and a look into the inbox."""
    waiting = len(arrivals(settings.inbox_folder)) if settings.inbox_folder.is_dir() else 0
    return Readers(reading_progress(session), watching(session), waiting)


def read_lines(session: Session, settings: Settings) -> Lines:
    """What came to-day."""
    lines = arrived_since(session, day_began(settings), most=MOST_FILES)
    return Lines(tuple(lines[:LINES]), max(0, len(lines) - LINES))


def day_began(settings: Settings) -> datetime:
    """Midnight in the office, of its own day or of the clock's, whichever is earlier: trials with old papers set the day."""
    zone = ZoneInfo(settings.timezone)
    return datetime.combine(min(settings.office_day, datetime.now(zone).date()), time.min, zone)


def state_part(desk: Desk, readers: Readers) -> str:
    """Who reads and how far it has got, as HTML."""
    return desk.templates.get_template("scan_state.html").render(readers=readers)


def lines_part(desk: Desk, lines: Lines) -> str:
    """The table, as HTML."""
    return desk.templates.get_template("scan_lines.html").render(lines=lines, zone=ZoneInfo(desk.settings.timezone))
