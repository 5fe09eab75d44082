"""A page reader without OCR, for workers to import: what it does with a page follows from the page's number and INTAKE_TEST_* variables."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from pipeline.errors import MissingOnMachine
from pipeline.findings import Finding
from pipeline.ingest import Scan
from pipeline.pool import PageReader
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, Sheet

LOG = "INTAKE_TEST_LOG"
"""File that gets a line for every page that was read: scan and number."""
SECONDS = "INTAKE_TEST_SECONDS"
"""How long a page takes."""
KILLERS = "INTAKE_TEST_KILLERS"
"""Pages, comma separated, that kill the process that reads them."""
BUGS = "INTAKE_TEST_BUGS"
"""Pages that end in a programme error."""
SLOW = "INTAKE_TEST_SLOW"
"""Pages that wait for ever."""
BUSY = "INTAKE_TEST_BUSY"
"""Pages that work for ever."""
HUNGRY = "INTAKE_TEST_HUNGRY"
"""Pages that want more memory than there is."""


def open_reader(settings: Settings) -> PageReader:
    del settings
    return read


def missing_reader(settings: Settings) -> PageReader:
    del settings
    raise MissingOnMachine("モデルがありません。")


def spying_reader(settings: Settings) -> PageReader:
    """Fails when the worker holds what it must not."""
    del settings
    if "prefect" in sys.modules or "sqlalchemy" in sys.modules:
        raise ImportError("a page worker has imported Prefect or SQLAlchemy")
    return read


def read(scan: Scan, number: int) -> Sheet:
    time.sleep(float(os.environ.get(SECONDS, "0")))
    if number in numbers(KILLERS):
        os.kill(os.getpid(), signal.SIGKILL)
    if number in numbers(BUGS):
        raise ZeroDivisionError("a bug")
    if number in numbers(SLOW):
        time.sleep(600)
    while number in numbers(BUSY):
        pass
    if number in numbers(HUNGRY):
        bytearray(60_000_000_000)
    if path := os.environ.get(LOG):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{scan.sha256} {number}\n")
    return sheet(scan.sha256, number)


def numbers(variable: str) -> set[int]:
    return {int(number) for number in os.environ.get(variable, "").split(",") if number}


def sheet(sha256: str, number: int) -> Sheet:
    """Every scan is one applicant's; pages are A, B, C, D, certificate, and then blank sides. The name on A is in doubt."""
    kind = "abcd"[number - 1] if number <= 4 else "certificate" if number == 5 else None
    if kind is None:
        blank = Finding("page_blank", "info", "白紙です。", page=number)
        return Sheet(number, None, None, None, (), (blank,), f"{number:016x}")
    pass_number = str(2_000_000_000 + int(sha256[:6], 16))
    doubtful = (("検定太郎", -0.3), ("検定大郎", -1.2))
    fields = (
        FieldValue("pass_number", "digits", pass_number, pass_number, None, 0.9999, "accept", None, ((pass_number, -0.001),), None),
        FieldValue("name", "name", "検定太郎", "検定太郎", None, 0.7, "review", "low_probability", doubtful, None),
    )
    fingerprint = f"{int(sha256[:12], 16) * 31 + number * 0x1111111111:016x}"[-16:]
    return Sheet(number, kind, kind, None, fields if kind == "a" else fields[:1], (), fingerprint)
