"""Scans and pages: what is known, and what is still to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.ingest import Scan
from pipeline.store.tables import PageRow, ScanRow

READING_VERSION = "1"
"""Raised when the line changes so much that a half-read scan must not mix old and new readings."""


@dataclass(frozen=True)
class Refusal:
    """A file that was not taken in: its digest, its name, the day it arrived, and why."""

    sha256: str
    name: str
    received: date
    code: str
    message: str


def find_scan(session: Session, sha256: str) -> ScanRow | None:
    """The scan with this content, refused ones too."""
    return session.scalar(select(ScanRow).where(ScanRow.sha256 == sha256))


def add_scan(session: Session, scan: Scan) -> ScanRow:
    """The row of `scan`. A scan that is known keeps its row; one that was refused before and is fine now becomes open."""
    row = find_scan(session, scan.sha256)
    if row is None:
        row = ScanRow(sha256=scan.sha256, received=scan.received, added_at=datetime.now(UTC))
        session.add(row)
    elif row.state != "refused":
        return row
    row.name, row.media, row.page_count, row.state = scan.name, scan.media, scan.page_count, "open"
    row.refusal_code = row.refusal_message = None
    session.flush()
    return row


def add_refusal(session: Session, refusal: Refusal) -> ScanRow:
    """Note a refused file, once. A scan that was taken in before stays as it is."""
    row = find_scan(session, refusal.sha256)
    if row is None:
        row = ScanRow(sha256=refusal.sha256, received=refusal.received, added_at=datetime.now(UTC), state="refused", page_count=0)
        session.add(row)
    if row.state == "refused":
        row.name, row.refusal_code, row.refusal_message = refusal.name, refusal.code, refusal.message
    session.flush()
    return row


def open_scans(session: Session) -> list[ScanRow]:
    """Scans with pages still to be read, in the order they came."""
    return list(session.scalars(select(ScanRow).where(ScanRow.state == "open").order_by(ScanRow.id)))


def pages_to_read(session: Session, scan: ScanRow) -> list[int]:
    """Numbers of the pages of `scan` that nobody has read yet; a page that failed is tried again."""
    done = session.scalars(
        select(PageRow.number).where(PageRow.scan_id == scan.id, PageRow.version == READING_VERSION, PageRow.state == "read")
    )
    return sorted(set(range(1, scan.page_count + 1)).difference(done))


def received_days(session: Session) -> dict[str, date]:
    """Day of arrival of every scan that was taken in, by sha-256."""
    return dict(session.execute(select(ScanRow.sha256, ScanRow.received).where(ScanRow.state != "refused")).tuples().all())


def page_row(session: Session, scan_id: int, number: int, *, error: str | None = None) -> PageRow:
    """The row of a page under this version, now read (or failed with `error`, once more than before)."""
    row = session.scalar(select(PageRow).where(PageRow.scan_id == scan_id, PageRow.number == number, PageRow.version == READING_VERSION))
    if row is None:
        row = PageRow(scan_id=scan_id, number=number, version=READING_VERSION, attempts=0)
        session.add(row)
    if error is not None:
        row.attempts += 1
    row.state, row.error, row.done_at = ("read" if error is None else "failed"), error, datetime.now(UTC)
    session.flush()
    return row


def finish_scans(session: Session) -> Sequence[ScanRow]:
    """Mark scans whose pages were all read; those just marked."""
    finished = [scan for scan in open_scans(session) if not pages_to_read(session, scan)]
    for scan in finished:
        scan.state = "read"
    return finished
