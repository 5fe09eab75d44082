"""What the flow costs beside the work: the same pages through the bare pool, and through `run_batch`.

Run from the project's root: python -m benchmarks.flow_overhead [--scans 12] [--pages 5] [--seconds 0.3].

Pages burn CPU for a set time, so that every second beyond it is overhead. `fixed` is what a batch costs however small it is
(Prefect's server and its import, the store); `in the flow` is what grows with the pages.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image

from flows.batch import BatchReport
from flows.intake import run_batch
from pipeline.ingest import Scan
from pipeline.pool import PagePool, PageReader
from pipeline.settings import Settings
from pipeline.sheet import Sheet

SECONDS = "INTAKE_BENCH_SECONDS"


def busy_reader(settings: Settings) -> PageReader:
    """Burns CPU for the time named by the environment."""
    del settings
    burn = float(os.environ[SECONDS])

    def read(_: Scan, number: int) -> Sheet:
        until = time.process_time() + burn
        while time.process_time() < until:
            pass
        return Sheet(number, None, None, None, (), (), f"{number:016x}")

    return read


def bare_pool(settings: Settings, scans: int, pages: int) -> float:
    """Wall seconds of all pages through the pool alone, workers warm."""
    scan = Scan("0" * 64, Path("none"), "none", "tiff", scans * pages, date(2026, 11, 10))
    with PagePool(settings) as pool:
        list(pool.read(scan, range(1, 5)))
        began = time.monotonic()
        list(pool.read(scan, range(1, scan.page_count + 1)))
        return time.monotonic() - began


def fill(inbox: Path, scans: int, pages: int) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    for number in range(scans):
        sides = [Image.new("L", (60, 80 + number), page % 256) for page in range(pages)]
        sides[0].save(inbox / f"{number:05d}.tif", save_all=True, append_images=sides[1:], dpi=(10, 10))


def cpu() -> float:
    """CPU seconds of this process and of those that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@dataclass(frozen=True)
class Cost:
    """Seconds."""

    wall: float
    cpu: float


def measured(settings: Settings) -> tuple[BatchReport, Cost]:
    """One batch and what it cost."""
    before, began = cpu(), time.monotonic()
    report = run_batch(settings)
    return report, Cost(time.monotonic() - began, cpu() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=12)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3)
    options = parser.parse_args()
    os.environ[SECONDS] = str(options.seconds)
    count = options.scans * options.pages
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", reader="benchmarks.flow_overhead:busy_reader", settle_seconds=0)
        bare = bare_pool(settings, options.scans, options.pages)
        run_batch(settings)  # makes the tables of Prefect's server, once per home
        _, empty = measured(settings)
        fill(settings.inbox_folder, options.scans, options.pages)
        report, full = measured(settings)
    beside = full.cpu - empty.cpu - count * options.seconds
    print(f"{count} pages of {options.seconds} CPU-seconds, bare pool: {bare:.1f} s")
    print(f"in the flow: {report.seconds:.1f} s, {(report.seconds - bare) / bare:+.1%}")
    print(f"an empty batch: {empty.wall:.1f} s wall, {empty.cpu:.1f} s CPU (server, Prefect's import, store)")
    print(f"CPU beside the work, with the workers' start: {beside:.1f} s, {beside / count * 1000:.0f} ms a page")
    print(f"load of the machine while measuring: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
