"""A queue to work on: packets with doubtful fields, without and with a real picture behind them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from pipeline import cleanup, identify, ingest, pages, register
from pipeline.forms import load_library
from pipeline.settings import PROJECT, Settings
from pipeline.sheet import FieldValue, Match, Sheet
from pipeline.store import Store
from pipeline.store.blobs import blob_path
from pipeline.store.deciding import decide_all
from pipeline.store.readings import save_sheet
from pipeline.store.scans import add_scan, finish_scans
from pipeline.store.tables import FieldRow, QueueRow
from tests.papers import of_person, unsure
from tests.store.papers import read_scan

OATH = PROJECT / "sample_scans" / "05-typed-png-plain" / "scan-4.png"
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
NAMES = ("髙橋 花子", "佐藤 太郎", "鈴木 一郎", "田中 みどり", "渡邉 さくら")


def fill(store: Store, settings: Settings, number: int) -> list[int]:
    """`number` packets with one doubtful certifier each; the open items, the most urgent first."""
    for each in range(number):
        sheets = of_person(f"20241{each:05d}", NAMES[each % len(NAMES)])
        certifier = unsure("certifier_name", "name", (f"架空 次郎{'一二三四五六七八九十'[each % 10]}", 0.6), ("架空 次朗", 0.3))
        read_scan(store, *with_field(sheets, "c", certifier), sha256=f"{each + 1:04x}" * 16)
    decide_all(store, settings)
    return open_items(store)


def with_field(sheets: list[Sheet], kind: str, changed: FieldValue) -> list[Sheet]:
    return [replace(sheet, fields=_changed(sheet, changed)) if sheet.sheet == kind else sheet for sheet in sheets]


def _changed(sheet: Sheet, changed: FieldValue) -> tuple[FieldValue, ...]:
    return tuple(changed if field.name == changed.name else field for field in sheet.fields)


def open_items(store: Store) -> list[int]:
    with store.reading() as session:
        query = select(QueueRow.id).where(QueueRow.state == "open").order_by(QueueRow.deadline, QueueRow.id)
        return list(session.scalars(query))


def scanned_oath(store: Store, settings: Settings, fields: Mapping[str, FieldValue] | None = None, path: Path = OATH) -> int:
    """A real scan of sheet D that is laid on its template, with one doubtful field; its queue item."""
    library = load_library(settings.templates)
    scan = ingest.open_scan(path, settings.limits, received=date(2026, 11, 10))
    clean = cleanup.clean(next(iter(pages.page_images(scan, settings.limits, [1]))))
    only = replace(library, templates=tuple(template for template in library.templates if template.sheet == "d"))
    chosen = identify.identify(clean, identify.build_index(only)).chosen
    assert chosen is not None
    laid = register.register(clean, chosen, library)
    match = Match(laid.score, laid.residual_mm, laid.rotation, laid.skew_deg, tuple(float(cell) for cell in laid.scan_from_page.ravel()))
    doubtful = unsure("pass_number", "digits", ("2024100123", 0.6), ("2024100128", 0.4))
    doubtful = replace(doubtful, box=laid.template.field("pass_number").box)
    sheet = Sheet(1, laid.template.id, "d", match, (doubtful, *(fields or {}).values()), (), "0" * 16)
    kept = blob_path(settings.blobs, scan.sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, kept)
    with store.writing() as session:
        row = add_scan(session, scan)
        save_sheet(session, row.id, sheet)
        finish_scans(session)
    decide_all(store, settings)
    with store.reading() as session:
        return session.scalars(select(QueueRow.id).where(QueueRow.scan == scan.sha256, QueueRow.field == "pass_number")).one()


def clear_oath(store: Store, settings: Settings, fields: Mapping[str, FieldValue] | None = None) -> int:
    """`scanned_oath` with a number that is hardly in doubt: no other reading is near."""
    item = scanned_oath(store, settings, fields)
    with store.writing() as session:
        row = session.scalars(select(FieldRow).where(FieldRow.name == "pass_number")).one()
        reading = {**row.reading, "candidates": [["2024100123", -0.02], ["2024100128", -4.0]]}
        session.execute(update(FieldRow).where(FieldRow.id == row.id).values(reading=reading))
    return item
