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
class Board:
    """One moment. `waiting`: files in the inbox that nobody has taken in yet."""

    lines: tuple[Line, ...]
    more: int
    progress: Progress
    watching: Watching
    waiting: int


def look(desk: Desk) -> Board:
    """What came to-day, how far it has been read, and who reads."""
    with desk.store.reading() as session:
        return read_board(session, desk.settings)


def read_board(session: Session, settings: Settings) -> Board:
    """The same in a session."""
    lines = arrived_since(session, day_began(settings), most=MOST_FILES)
    waiting = len(arrivals(settings.inbox_folder)) if settings.inbox_folder.is_dir() else 0
    shown = tuple(lines[:LINES])
    return Board(shown, len(lines) - len(shown), reading_progress(session), watching(session), waiting)


def day_began(settings: Settings) -> datetime:
    """Midnight in the office, of its own day or of the clock's, whichever is earlier: trials with old papers set the day."""
    zone = ZoneInfo(settings.timezone)
    return datetime.combine(min(settings.office_day, datetime.now(zone).date()), time.min, zone)


def state_part(desk: Desk, board: Board) -> str:
    """Who reads and how far it has got, as HTML."""
    return desk.templates.get_template("scan_state.html").render(board=board)


def lines_part(desk: Desk, board: Board) -> str:
    """The table, as HTML."""
    return desk.templates.get_template("scan_lines.html").render(board=board, zone=ZoneInfo(desk.settings.timezone))
