"""Pages that are no pass certificate of ours and are given to the reader of certificates: none may be taken for one.

    python -m benchmarks.foreign_certificates [--seed 1] [--show]

Other bodies' certificates and papers about our own examination on five papers each, our forms A-D written by hand and by machine (a page
of theirs comes here when it is not identified), cover sheets, letters and bills, and the real pages kept beside the repository, when
they are there. Prints a row for each kind: pages, taken for a certificate (must be 0), CPU seconds a page.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from benchmarks.certificate import PAPERS, dpi_of, look_of
from benchmarks.cover_sheets import drawn_cover
from pipeline.cleanup import CleanPage, clean
from pipeline.cover_sheets import Cover
from pipeline.decide import open_readers
from pipeline.drawing.fill import Inked, fill_page, new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.packets import invent_applicant, packet, plain
from pipeline.errors import ScanRefused
from pipeline.forms import load_library
from pipeline.geometry import Colour
from pipeline.ingest import open_scan
from pipeline.pages import page_images
from pipeline.recognise.certificate import open_certificate_reader
from pipeline.settings import PROJECT, Settings
from tests.recognise.certificates import DPI, cleaned, invented
from tests.recognise.foreign_certificates import ABOUT_OURS, OTHER_BODIES

REAL = PROJECT.parent / "shared" / "realdata"
REAL_KINDS = (".pdf", ".png", ".jpg", ".tif", ".tiff")
COVERS = 4
PACKETS = 2

Page = tuple[str, CleanPage]


def on_paper(sheet: Colour, paper: str, rng: np.random.Generator) -> CleanPage:
    """The sheet (RGB at DPI) scanned as `paper` says."""
    return cleaned(sheet, look_of(paper, rng), rng, dpi_of(paper))


def certificates(seed: int) -> Iterator[Page]:
    """Other bodies' certificates and papers about ours, on every paper but one of them in turn."""
    for number, (name, design) in enumerate({**OTHER_BODIES, **ABOUT_OURS}.items()):
        for place, paper in enumerate(PAPERS):
            if place == number % len(PAPERS):
                continue
            rng = np.random.default_rng([seed, 1, number, place])
            yield f"{'other body' if name in OTHER_BODIES else 'about ours'}: {name}", on_paper(design(invented(rng)).rgb(), paper, rng)


def forms(seed: int) -> Iterator[Page]:
    """The forms of invented packets: one by hand on our forms, one by machine on those without marks."""
    library = load_library(PROJECT / "form_templates")
    for number in range(PACKETS):
        rng = np.random.default_rng([seed, 2, number])
        whole = packet(invent_applicant(rng))
        writer = new_writer(None, 1.0 - number, rng)
        for form, fields in (plain(whole) if number else whole).sheets:
            if form != "certificate":
                sheet = fill_page(library.get(form), Inked(fields, whole.applicant.person.name), writer, rng, DPI)
                yield "our forms", on_paper(sheet, "office", rng)


def others(seed: int) -> Iterator[Page]:
    """Letters, bills, questionnaires, and our cover sheets."""
    rng = np.random.default_rng([seed, 3])
    writer = new_writer(None, 0.0, rng)
    for kind in KINDS:
        for paper in ("office", "copy of copy"):
            yield "letters and bills", on_paper(foreign_page(kind, writer, rng, DPI), paper, rng)
    for number in range(COVERS):
        yield "cover sheets", on_paper(drawn_cover(Cover(f"{number:06d}", date(2026, 11, 2)), DPI), "office", rng)


def real() -> Iterator[Page]:
    """The first page of every real file; nothing when they are not there."""
    limits = Settings().limits
    for path in sorted(Path(REAL).rglob("*")) if REAL.is_dir() else ():
        if path.suffix.lower() not in REAL_KINDS or "kocr-fax" in path.parts:
            continue
        try:
            yield "real pages", clean(next(iter(page_images(open_scan(path, limits, received=date.today()), limits, [1]))))
        except ScanRefused as refused:
            print(f"{path.name}: {refused}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="every page")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    settings = Settings()
    reader = open_certificate_reader(settings, open_readers(settings).text)
    rows: dict[str, list[tuple[bool, float]]] = {}
    for source in (certificates(options.seed), forms(options.seed), others(options.seed), real()):
        for kind, page in source:
            start = time.process_time()
            reading = reader.read(page)
            rows.setdefault(kind, []).append((reading.is_certificate, time.process_time() - start))
            if options.show:
                print(f"{kind:24} certificate {reading.is_certificate!s:5} score {reading.score:.2f} turned {reading.rotation}", flush=True)
    for kind, pages in [*rows.items(), ("all", [page for found in rows.values() for page in found])]:
        taken, seconds = sum(page[0] for page in pages), sum(page[1] for page in pages) / len(pages)
        print(f"{kind:24} pages {len(pages):3}  taken for a certificate {taken}  {seconds:.2f} CPU-s a page")


if __name__ == "__main__":
    main()
