"""CPU-seconds per stage and page, median over the sample packets: `python benchmarks/stages.py [FOLDER]`. One process, one thread."""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import resource
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cv2

from pipeline import cleanup, decide, fields, identify, pages, register, run
from pipeline.errors import ScanRefused
from pipeline.ingest import open_scan
from pipeline.settings import PROJECT, Settings

STAGES: tuple[tuple[Any, str], ...] = (
    (pages, "page_images"),
    (cleanup, "clean"),
    (identify, "identify"),
    (register, "register"),
    (fields, "cut_fields"),
    (decide, "read_fields"),
)


def cpu_seconds() -> float:
    """User and system time of this process and of the children it waited for (Tesseract, poppler)."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(spent: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        began = cpu_seconds()
        try:
            result = function(*args, **kwargs)
            return iter([next(iter(result))]) if name == "page_images" else result
        finally:
            spent[name] += cpu_seconds() - began

    return call


def main() -> None:
    cv2.setNumThreads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "sample_scans"
    settings = Settings()
    began = cpu_seconds()
    kit = run.open_kit(settings)
    print(f"loading models and templates: {cpu_seconds() - began:.2f} CPU-seconds")
    spent: dict[str, float] = defaultdict(float)
    for module, name in STAGES:
        setattr(module, name, timed(spent, name, getattr(module, name)))
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for file in sorted(path for path in folder.glob("*/scan*") if path.is_file()):
        try:
            scan = open_scan(file, settings.limits, received=date(2026, 11, 10))
        except ScanRefused:
            continue
        for number in range(1, scan.page_count + 1):
            spent.clear()
            began = cpu_seconds()
            sheet = run.read_pages(kit, scan, [number])[0]
            rows[sheet.form or sheet.findings[0].code].append({**spent, "total": cpu_seconds() - began})
    names = [name for _, name in STAGES] + ["total"]
    print(f"{'form':16}{'pages':>6}" + "".join(f"{name:>13}" for name in names))
    everything = [row for form in rows for row in rows[form] if form in {template.id for template in kit.library.templates}]
    for form, measured in [*sorted(rows.items()), ("all forms", everything)]:
        medians = [statistics.median(row.get(name, 0.0) for row in measured) for name in names]
        print(f"{form:16}{len(measured):6}" + "".join(f"{value:13.3f}" for value in medians))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
