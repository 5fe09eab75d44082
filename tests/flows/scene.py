"""An office for the tests of the flow: an inbox with small scans, batches in processes of their own, and what the store says after."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import text

from pipeline.settings import Settings
from pipeline.store import open_store
from tests.flows import fake_reader

PROJECT = Path(__file__).resolve().parent.parent.parent
RUN = "import tests.flows.scene as s\nif __name__ == '__main__': s.run_once()"
SERVE = "import tests.flows.scene as s\nif __name__ == '__main__': s.serve_now()"
FACTS = {
    "scans": "SELECT sha256, name, page_count, received, state, refusal_code FROM scans",
    "sheets": "SELECT c.sha256, p.number, p.state, s.form, s.fingerprint, s.position, s.role, k.key "
    "FROM pages p JOIN scans c ON c.id = p.scan_id LEFT JOIN sheets s ON s.page_id = p.id LEFT JOIN packets k ON k.id = s.packet_id",
    "fields": "SELECT c.sha256, p.number, f.name, f.value, f.decision, f.reading FROM fields f JOIN sheets s ON s.id = f.sheet_id "
    "JOIN pages p ON p.id = s.page_id JOIN scans c ON c.id = p.scan_id",
    "packets": "SELECT key, received, pass_number, verdict, state, deadline FROM packets",
    "findings": "SELECT k.key, f.identity, f.code, f.severity, f.message FROM findings f JOIN packets k ON k.id = f.packet_id",
    "queue": "SELECT q.identity, q.kind, q.reason, k.key, q.state, q.deadline FROM queue_items q LEFT JOIN packets k ON k.id = q.packet_id",
}


@dataclass(frozen=True)
class Office:
    """A home with its inbox, and the variables its processes run under."""

    home: Path
    variables: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def read_pages(self) -> list[str]:
        """A line for every page that a worker has read."""
        log = self.home / "log"
        return log.read_text().splitlines() if log.exists() else []

    def start(self, program: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            env={**os.environ, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> str:
        """One batch to its end; what it printed."""
        process = self.start(RUN)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        return out

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the store holds but row numbers and moments, in an order of its own."""
        store = open_store(self.settings)
        with store.reading() as session:
            found = {name: sorted((tuple(row) for row in session.execute(text(query))), key=repr) for name, query in FACTS.items()}
        store.close()
        return found


def office(home: Path, **variables: str) -> Office:
    (home / "inbox").mkdir(parents=True)
    ours = {
        "INTAKE_HOME": str(home),
        "INTAKE_READER": "tests.flows.fake_reader:open_reader",
        "INTAKE_WORKERS": "2",
        "INTAKE_SETTLE_SECONDS": "0",
        "INTAKE_TODAY": "2026-11-12",
        fake_reader.LOG: str(home / "log"),
    }
    return Office(home, {**ours, **variables})


def put_scan(inbox: Path, name: str, pages: int, *, shade: int = 0) -> None:
    """A TIFF whose content follows from its shade, dated by a sidecar."""
    sides = [Image.new("L", (60, 80), (shade + number) % 256) for number in range(pages)]
    sides[0].save(inbox / name, save_all=True, append_images=sides[1:], dpi=(10, 10))
    (inbox / f"{name}.json").write_text('{"received": "2026-11-10"}')


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def processes(home: Path) -> list[int]:
    """Processes that run for this home, by their environment; also those that lost their parent."""
    mark = f"INTAKE_HOME={home}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if mark in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def run_once() -> None:
    """The body of a batch process: progress and report on standard output."""
    from flows.intake import run_batch

    seen: list[tuple[int, int]] = []
    report = run_batch(Settings(), on_progress=lambda done, total: seen.append((done, total)))
    sys.stdout.write(f"{report.files} read={report.pages_read} failed={report.pages_failed} packets={report.packets} last={seen[-1]}")


def serve_now() -> None:
    """The body of a serving process."""
    from flows.nightly import serve

    serve(Settings())


def watch_now() -> None:
    """The body of a watching process."""
    import threading

    from flows.watching import watch_until_stopped

    watch_until_stopped(Settings(), threading.Event())
