"""Sheets, packets and counts for the tests of the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import inspect, text

from pipeline.checks import Verdict, VerdictName
from pipeline.findings import Finding
from pipeline.geometry import Box
from pipeline.ingest import Scan
from pipeline.packet import Packet, PacketSheet
from pipeline.sheet import Decision, FieldValue, Match, Reason, Sheet
from pipeline.store import Store
from pipeline.store.readings import save_sheet
from pipeline.store.scans import add_scan, finish_scans

SHA = "a" * 64
DAY = date(2026, 11, 10)
MATCH = Match(0.98, 0.11, 90, -1.2, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))


def scan(sha256: str = SHA, pages: int = 2) -> Scan:
    return Scan(sha256, Path("x"), "束1.pdf", "pdf", pages, DAY)


def field(name: str, raw: str, decision: Decision = "accept") -> FieldValue:
    reason: Reason | None = "low_probability" if decision == "review" else None
    return FieldValue(name, "text", raw, raw, None, 0.99, decision, reason, ((raw, -0.01), (raw + "?", -4.5)), Box(1.5, 2, 30, 4))


def sheet(number: int, *fields: FieldValue, findings: tuple[Finding, ...] = ()) -> Sheet:
    return Sheet(number, "a", "a", MATCH, fields, findings, f"{number:016x}")


def packet(*sheets: Sheet, key: str = "k-1", sha256: str = SHA, findings: tuple[Finding, ...] = ()) -> Packet:
    return Packet(key, DAY, "2024100123", None, tuple(PacketSheet(sha256, each) for each in sheets), findings)


def verdict(name: VerdictName = "complete", *findings: Finding) -> Verdict:
    return Verdict(name, findings)


def read_scan(store: Store, *sheets: Sheet, sha256: str = SHA) -> None:
    """A scan whose sides were all read."""
    with store.writing() as session:
        row = add_scan(session, scan(sha256, len(sheets)))
        for each in sheets:
            save_sheet(session, row.id, each)
        finish_scans(session)


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the moments at which they were written."""
    rows = {}
    with store.reading() as session:
        for table in inspect(session.connection()).get_table_names():
            columns = [f'"{each["name"]}"' for each in inspect(session.connection()).get_columns(table) if not each["name"].endswith("_at")]
            lines = session.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))
            rows[table] = sorted((tuple(line) for line in lines), key=repr)
    return rows
