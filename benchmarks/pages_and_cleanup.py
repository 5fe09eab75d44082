"""CPU-milliseconds per side of reading and cleaning, step by step, median over the samples.

    python benchmarks/pages_and_cleanup.py [FOLDER OR FILE ...]      (default: sample_scans)

One thread, `time.process_time`; poppler's own time (pages that are drawn) is a child's and counted apart.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline import cleanup
from pipeline.cleanup import background, blank, border, size, skew, speckle
from pipeline.errors import ScanRefused
from pipeline.ingest import open_scan
from pipeline.pages import PageImage, page_images
from pipeline.settings import Limits

ROUNDS = 3
SAMPLES = Path(__file__).resolve().parent.parent / "sample_scans"
Times = dict[str, list[float]]


def timed(times: Times, name: str, work: Callable[..., Any], *arguments: object) -> Any:
    """Result of `work`; its median CPU time of ROUNDS is noted."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        result = work(*arguments)
        spent.append(time.process_time() - started)
    times[name].append(1000 * float(np.median(spent)))
    return result


def measure(times: Times, page: PageImage) -> None:
    """Clean one side as a whole and once more step by step."""
    done = timed(times, "clean-up", cleanup.clean, page)
    gray, _, dpi, _ = timed(times, "  to 300 dpi", size.reduced, page.gray, page.colour, page.dpi)
    small, shrink = timed(times, "  small copy", size.small_copy, gray)
    mask = timed(times, "  border", border.border_mask, small, dpi / shrink)
    paper = timed(times, "  paper tone", background.paper_tone, small, mask, dpi / shrink)
    even = border.whitened(background.lifted(small, paper), mask)
    timed(times, "  skew", skew.find_skew, even)
    timed(times, "  blank", blank.is_blank, even, dpi / shrink)
    if speckle.is_bilevel(gray):
        white = timed(times, "  specks", speckle.without_specks, gray, dpi)
    else:
        white = timed(times, "  lift", background.lifted, gray, paper)
    white = timed(times, "  whiten border", border.whitened, white, mask)
    turn, extent = skew.rotation(gray.shape, done.skew_deg or 1.0)
    timed(times, "  turn", skew.level, white, turn, extent)
    timed(times, "fingerprint", cleanup.fingerprint, done.gray)


def files(places: list[Path]) -> Iterator[Path]:
    """Every file below `places`."""
    for place in places:
        yield from sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def main(places: list[Path]) -> None:
    """Print one table per kind of side."""
    cv2.setNumThreads(1)
    tables: dict[str, Times] = defaultdict(lambda: defaultdict(list))
    for path in files(places):
        started = time.process_time()
        try:
            scan = open_scan(path, Limits(), received=date(2026, 1, 1))
        except ScanRefused:
            continue
        opened = 1000 * (time.process_time() - started) / scan.page_count
        sides = page_images(scan, Limits())
        for _ in range(scan.page_count):
            own, child = time.process_time(), os.times().children_user + os.times().children_system
            page = next(sides)
            kind = "colour" if page.colour is not None else "bilevel" if speckle.is_bilevel(page.gray) else "gray"
            times = tables[f"{kind}, {round(page.dpi)} dpi"]
            times["ingest"].append(opened)
            times["page image"].append(1000 * (time.process_time() - own))
            times["(poppler)"].append(1000 * (os.times().children_user + os.times().children_system - child))
            measure(times, page)
    for kind, times in sorted(tables.items()):
        print(f"{kind}: {len(times['clean-up'])} sides")
        for name, values in times.items():
            print(f"  {name:<18}{np.median(values):8.1f} ms")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]] or [SAMPLES])
