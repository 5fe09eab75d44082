"""What reading costs: CPU-seconds of `decide.read_fields` per form page, by part, and the memory of the process.

    python -m benchmarks.reading_cost --folder DIR [--packets 8] [--precision f32] [--engine openvino]

DIR holds the drawn packets of benchmarks.accuracy (print and hand, office paper, 300 dpi); they are drawn there unless they are. The
pages are cut into fields first; each is then read once to let the engine meet its shapes, and once on the clock. One process, one thread.
Parts are exclusive of each other: what the network does for a second view counts as "views", Tesseract by itself. Ratios are to the sum.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import argparse
import pickle
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.accuracy import FONTS, draw
from benchmarks.stages import cpu_seconds
from pipeline import cleanup, decide, fields, identify, pages, register
from pipeline.evaluate.truth import find_cases
from pipeline.fields import FieldCrop
from pipeline.forms import Library, load_library
from pipeline.ingest import open_scan
from pipeline.recognise import engine as recogniser
from pipeline.settings import Settings

PARTS = ("plan", "network", "decode", "decide", "overlays", "views", "tesseract")
COUNTS = ("lines", "seen again", "pixels")
RECEIVED = date(2026, 11, 10)


@dataclass(frozen=True)
class Page:
    """A form page cut into fields: whether printed or written by hand, its template, its crops."""

    kind: str
    form: str
    crops: list[FieldCrop]


@dataclass
class Clock:
    """CPU-seconds by part, each without the parts inside it; within second views everything but Tesseract is "views"."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    inside: list[str] = field(default_factory=list)
    since: float = 0.0

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, its time booked under `part`."""

        def call(*arguments: Any, **named: Any) -> Any:
            self.enter(part)
            try:
                return function(*arguments, **named)
            finally:
                self.leave()

        return call

    def enter(self, part: str) -> None:
        """From now on time is booked under `part`."""
        self._book()
        self.inside.append("views" if "views" in self.inside and part != "tesseract" else part)

    def leave(self) -> None:
        """Time is booked under the part around the present one again."""
        self._book()
        self.inside.pop()

    def _book(self) -> None:
        now = cpu_seconds()
        if self.inside:
            self.spent[self.inside[-1]] += now - self.since
        self.since = now


def cut_pages(files: Sequence[Path], kind: str, library: Library) -> Iterator[Page]:
    """Every page of `files` that is one of the fixed forms."""
    index, settings = identify.build_index(library), Settings()
    for file in files:
        scan = open_scan(file, settings.limits, received=RECEIVED)
        for number in range(1, scan.page_count + 1):
            clean = cleanup.clean(next(iter(pages.page_images(scan, settings.limits, [number]))))
            found = identify.identify(clean, index).chosen
            if found is not None:
                page = register.register(clean, found, library)
                yield Page(kind, page.template.id, fields.cut_fields(page, library))


def kept_pages(folder: Path, packets: int) -> list[Page]:
    """The cut pages of the first packets, kept beside them: cutting costs as much as reading."""
    file = folder / f"fields-{packets}.pickle"
    if file.is_file():
        return [Page(*parts) for parts in pickle.loads(file.read_bytes())]
    for kind in FONTS:
        for number in range(packets // 2):
            draw(folder, kind, number)
    library = load_library(Settings().templates)
    found: list[Page] = []
    for kind in FONTS:
        cases = find_cases(folder / kind)[: packets // 2]
        found += cut_pages([path for case in cases for path in case.files], kind, library)
    file.write_bytes(pickle.dumps([(page.kind, page.form, page.crops) for page in found]))
    return found


def watch(clock: Clock, readers: decide.Readers) -> dict[str, int]:
    """Put the clock into the reading code; lines and padded pixels are counted in what is given back."""
    counts: dict[str, int] = defaultdict(int)
    text: Any = readers.text
    body = text._body

    def counted(lines: Any) -> Any:
        counts["seen again" if "views" in clock.inside else "lines"] += lines.shape[0]
        counts["pixels"] += lines.shape[0] * lines.shape[3]
        return body(lines)

    text._body = clock.timed("network", counted)
    module: Any = decide
    module._planned = clock.timed("plan", module._planned)
    module._decided = clock.timed("decide", module._decided)
    module.decide_text = clock.timed("decide", module.decide_text)
    module.flagged = clock.timed("overlays", module.flagged)
    module.ask = clock.timed("views", module.ask)
    engine: Any = recogniser.PpOcrReader
    engine.read = clock.timed("decode", engine.read)
    if readers.second is not None:
        second: Any = type(readers.second)
        second.read = clock.timed("tesseract", second.read)
    return counts


def measure(read: list[Page], readers: decide.Readers) -> list[dict[str, float]]:
    """Per page: CPU-seconds of each part, of all, and counts."""
    for page in read:
        decide.read_fields(page.crops, readers)
    clock = Clock()
    counts = watch(clock, readers)
    rows = []
    for page in read:
        clock.spent.clear()
        counts.clear()
        clock.enter("decide")
        decide.read_fields(page.crops, readers)
        clock.leave()
        rows.append({**clock.spent, "all": sum(clock.spent.values()), **{name: float(value) for name, value in counts.items()}})
    return rows


def show(title: str, rows: list[dict[str, float]]) -> None:
    every = [row["all"] for row in rows]
    parts = "".join(f"{np.mean([row.get(part, 0.0) for row in rows]):10.3f}" for part in PARTS)
    counts = "".join(f"{np.mean([row.get(name, 0.0) for row in rows]):11.1f}" for name in COUNTS)
    print(f"{title:18}{len(rows):4}{np.median(every):8.3f}{np.mean(every):8.3f}{parts}{counts}")


def report(read: list[Page], rows: list[dict[str, float]]) -> None:
    print(f"{'':18}{'n':>4}{'median':>8}{'mean':>8}" + "".join(f"{part:>10}" for part in PARTS) + "".join(f"{name:>11}" for name in COUNTS))
    for kind in dict.fromkeys(page.kind for page in read):
        for sheet in sorted({page.form[0] for page in read}):
            chosen = [row for page, row in zip(read, rows, strict=True) if page.kind == kind and page.form[0] == sheet]
            if chosen:
                show(f"{kind} {sheet.upper()}", chosen)
        show(kind, [row for page, row in zip(read, rows, strict=True) if page.kind == kind])
    show("all", rows)
    total = sum(row["all"] for row in rows)
    print("ratios  " + "  ".join(f"{part} {sum(row.get(part, 0.0) for row in rows) / total:.1%}" for part in PARTS))


def peak_mib() -> float:
    """Most memory this process held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--packets", type=int, default=8)
    parser.add_argument("--precision", default=Settings().precision)
    parser.add_argument("--engine", default=Settings().engine)
    asked = parser.parse_args()
    read = kept_pages(asked.folder, asked.packets)
    settings = Settings(precision=asked.precision, engine=asked.engine)
    before = peak_mib()
    readers = decide.open_readers(settings)
    loaded = peak_mib()
    report(read, measure(read, readers))
    print(f"precision {settings.precision}, engine {settings.engine}")
    print(f"memory MiB: {before:.0f} with the pages held, {loaded:.0f} with the reader loaded, {peak_mib():.0f} at most")


if __name__ == "__main__":
    main()
