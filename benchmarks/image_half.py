"""What the image half of the line costs: CPU-seconds per stage and page, and memory over many pages.

    python -m benchmarks.image_half [--pages 1000] [--drawn 16] [--seed 500]

Drawn office scans of every fixed form at 300 dpi gray, a page in four on another way up, saved as the scanner saves them (one JPEG in a
PDF, one deflated PDF in four). Every stage but reading: pages, clean-up, identify, register, fields. One process, one thread; CPU-seconds
of this process and of the programmes it called. A page's figure is the median over its turns; the table shows the median page and the mean.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import argparse
import io
import tempfile
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from PIL import Image

from benchmarks.registration import ROOT, some_values
from benchmarks.stages import cpu_seconds
from pipeline import cleanup, fields, identify, pages, register
from pipeline.drawing import paper
from pipeline.drawing.fill import Inked, fill_page, new_writer
from pipeline.drawing.looks import new_look
from pipeline.forms import Library, load_library
from pipeline.ingest import Scan, open_scan
from pipeline.settings import Settings

STAGES = ("pages", "clean-up", "identify", "register", "fields")
DPI = 300
REPORTS = 10
"""How often memory is printed."""


def draw(library: Library, count: int, seed: int, folder: Path) -> list[Path]:
    """`count` office scans in gray, one PDF each."""
    fixed = [template for template in library.templates if template.fixed]
    files = []
    for number in range(count):
        rng = np.random.default_rng(seed + number)
        template = fixed[number % len(fixed)]
        writer = new_writer(None, 0.5 if number % 2 else 0.0, rng)
        page = fill_page(template, Inked(some_values(template), "見本 花子"), writer, rng, paper.drawing_dpi(DPI))
        look = replace(new_look("office", rng), mode="gray", rotation=90 * (number // 4 % 4) if number % 4 == 0 else 0)
        scanned = paper.scan(page, paper.drawing_dpi(DPI), look, rng, dpi=DPI)
        files.append(folder / f"{number:03}.pdf")
        save(scanned.pixels, files[-1], jpeg=number % 4 != 3)
    return files


def save(pixels: np.ndarray, file: Path, *, jpeg: bool) -> None:
    """One page that is one picture, as a document scanner writes it."""
    height, width = pixels.shape
    if jpeg:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=80)
        data, coding = buffer.getvalue(), pikepdf.Name.DCTDecode
    else:
        data, coding = pixels.tobytes(), None
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(width * 72 / DPI, height * 72 / DPI))
        picture = pdf.make_stream(data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height)
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        if coding is not None:
            picture.Filter = coding
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.Contents = pdf.make_stream(b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (width * 72 / DPI, height * 72 / DPI))
        pdf.save(file, compress_streams=True)


def measure(scan: Scan, settings: Settings, library: Library, index: identify.FormIndex) -> list[float] | None:
    """CPU-seconds of each stage; None for a page that went to a person before the last stage."""
    marks = [cpu_seconds()]

    def lap() -> None:
        marks.append(cpu_seconds())

    page = next(iter(pages.page_images(scan, settings.limits, [1])))
    lap()
    clean = cleanup.clean(page)
    lap()
    found = identify.identify(clean, index).chosen
    lap()
    if found is None:
        return None
    registered = register.register(clean, found, library)
    lap()
    fields.cut_fields(registered, library)
    lap()
    return list(np.diff(marks))


def resident_mib() -> float:
    """Memory of this process now, MiB."""
    pages_held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages_held * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--drawn", type=int, default=16)
    parser.add_argument("--seed", type=int, default=500)
    parser.add_argument("--templates", type=Path, default=ROOT / "form_templates")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    settings, library = Settings(), load_library(arguments.templates)
    index = identify.build_index(library)
    with tempfile.TemporaryDirectory() as folder:
        files = draw(library, arguments.drawn, arguments.seed, Path(folder))
        scans = [open_scan(file, settings.limits, received=date(2026, 11, 10)) for file in files]
        spent: dict[int, list[list[float]]] = defaultdict(list)
        refused = 0
        for number in range(arguments.pages):
            laps = measure(scans[number % len(scans)], settings, library, index)
            if laps is None:
                refused += 1
            else:
                spent[number % len(scans)].append(laps)
            if (number + 1) % max(arguments.pages // REPORTS, 1) == 0:
                print(f"{number + 1:5} pages: {resident_mib():5.0f} MiB", flush=True)
    table = np.array([np.median(laps, axis=0) for laps in spent.values()])
    print(f"{'stage':10}{'median':>9}{'mean':>9}   CPU-seconds a page, {len(table)} drawn pages, {refused} readings refused")
    for name, column in zip((*STAGES, "all"), (*table.T, table.sum(axis=1)), strict=True):
        print(f"{name:10}{np.median(column):9.3f}{column.mean():9.3f}")


if __name__ == "__main__":
    main()
