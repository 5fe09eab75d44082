"""How long an envelope takes from the drop into the page to its line on the page: the real watcher, the real reader, a real desk.

    python -m benchmarks.scan_desk [--home DIR] [--samples 5]

Each sample is dropped when the line of the one before is there. "first page": the browser's event stream brings the first page that was
read; "line": it brings the line with its marks; "CPU": of the watcher, its workers and its Prefect server. The first sample is dropped
as soon as the watcher has started, while it still warms up.
`--home` is a home with packets in it already (a copy: it is changed), because every batch works out all open packets anew.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from pipeline.settings import PROJECT, Settings
from pipeline.store import open_store
from tests.review.office import Person, employ, served

SAMPLES = (
    "12-missing-c/scan.pdf",
    "01-typed-pdf/scan.pdf",
    "03-typed-g4-tiff/scan.tif",
    "14-unsigned-oath/scan.pdf",
    "07-photocopies/scan.pdf",
)
ROW = re.compile(r'<tr class="(\w+)" data-key="([^"]*)">(.*?)</tr>', re.DOTALL)
DONE = {"fault", "look", "fine"}
WORDS = re.compile(r'class="word">([^<]*)<')


class Page:
    """What a browser on the scan desk has been told so far."""

    def __init__(self, person: Person) -> None:
        self.seen: dict[tuple[str, str], float] = {}
        self.rows: dict[str, str] = {}
        self.changed = threading.Condition()
        threading.Thread(target=self._listen, args=(person,), daemon=True).start()

    def _listen(self, person: Person) -> None:
        with contextlib.suppress(httpx.ReadError):  # the desk closes under it at the end
            self._read(person)

    def _read(self, person: Person) -> None:
        name = ""
        lines: list[str] = []
        with person.browser.stream("GET", "/scans/events", timeout=None) as answer:
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    lines.append(line.removeprefix("data: "))
                elif not line:
                    if name == "lines":
                        self._note("\n".join(lines))
                    name, lines = "", []

    def _note(self, html: str) -> None:
        now = time.perf_counter()
        with self.changed:
            for said, _, row in ROW.findall(html):
                file = re.search(r'class="file">([^<]*)<', row)
                name = file[1] if file else ""
                begun = "0 ページ</span>" not in row
                self.seen.setdefault((name, "done" if said in DONE else "begun" if begun else "taken"), now)
                self.rows[name] = " ".join(WORDS.findall(row))
            self.changed.notify_all()

    def when(self, name: str, what: str, seconds: float) -> float:
        """The moment at which something was told."""
        with self.changed:
            assert self.changed.wait_for(lambda: (name, what) in self.seen, seconds), f"{name}: {what} was never told"
            return self.seen[name, what]


def cpu_seconds(root: int) -> float:
    """CPU time of a process, of its children and of theirs, those that have ended too."""
    times, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)], times[int(stat.parent.name)] = int(words[1]), sum(map(int, words[11:15]))
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(times[pid] for pid in tree if pid in times) / os.sysconf("SC_CLK_TCK")


def drop(person: Person, page: Page, path: Path, watcher: int) -> str:
    """Send one sample and wait for its line."""
    name = path.parent.name + path.suffix
    begin, spent = time.perf_counter(), cpu_seconds(watcher)
    answer = person.browser.post(
        "/scans", files={"files": (name, path.read_bytes())}, headers={"X-CSRF-Token": person.csrf, "HX-Request": "true"}
    )
    sent = time.perf_counter() - begin
    assert answer.status_code == 200 and "受け付けました" in answer.text, answer.text
    done = page.when(name, "done", 600) - begin
    first = min(page.seen[key] for key in ((name, "begun"), (name, "done")) if key in page.seen) - begin
    spent = cpu_seconds(watcher) - spent
    return f"{name:24} sent {sent:5.2f} s   first page {first:6.1f} s   line {done:6.1f} s   CPU {spent:5.1f} s   {page.rows[name]}"


def main() -> None:
    """Print a line for each sample."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path)
    parser.add_argument("--samples", type=int, default=len(SAMPLES))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=given.home or Path(folder) / "home")
        store = open_store(settings)
        employ(store, "sato", "scanner")
        begin = time.perf_counter()
        watcher = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "watch"], cwd=PROJECT, env={**os.environ, "INTAKE_HOME": str(settings.home)}
        )
        try:
            with served(store, settings) as office:
                person = office.at_work("sato")
                page = Page(office.at_work("sato"))
                begun = time.perf_counter() - begin
                print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; first drop {begun:.1f} s after the start")
                for sample in SAMPLES[: given.samples]:
                    print(drop(person, page, PROJECT / "sample_scans" / sample, watcher.pid), flush=True)
                begin = time.perf_counter()
                watcher.send_signal(signal.SIGTERM)
                print(f"stopped with {watcher.wait(120)} after {time.perf_counter() - begin:.1f} s")
        finally:
            watcher.kill()
            store.close()


if __name__ == "__main__":
    main()
