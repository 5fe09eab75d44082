"""Cover sheets printed, sent through drawn scanners and read: how many are decoded, and how many other pages are taken for one.

    python -m benchmarks.cover_sheets [--pages 30] [--seed 1]

Prints a row for each kind of paper: pages, decoded, known as a cover but not decoded, not known, decoded wrongly (must be 0), milliseconds
a page. The last row is the blank forms of the library, which must not be taken for covers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from pdf2image import convert_from_path

from pipeline.cleanup import clean, levelled
from pipeline.cover_sheets import Cover, read_cover
from pipeline.cover_sheets.printing import print_covers
from pipeline.drawing.looks import new_look
from pipeline.drawing.paper import drawing_dpi, scan
from pipeline.forms import load_library
from pipeline.geometry import Colour, Gray
from pipeline.pages import PageImage
from pipeline.settings import Settings

PAPERS = (("clean", 300), ("office", 300), ("office", 200), ("copy", 300), ("copy", 200), ("fax", 204))
FORM_DPI = 300


def drawn_cover(cover: Cover, dpi: int) -> Colour:
    """The printed sheet, (h, w, 3) RGB."""
    with tempfile.TemporaryDirectory() as folder:
        print_covers([cover], Path(folder) / "cover.pdf")
        return np.asarray(convert_from_path(Path(folder) / "cover.pdf", dpi=dpi)[0].convert("RGB"), np.uint8)


def covers(preset: str, dpi: int, pages: int, seed: int) -> Iterator[tuple[Cover, Gray]]:
    """Scans of cover sheets with what they say, every one with another look."""
    for number in range(pages):
        rng = np.random.default_rng([seed, number, dpi])
        cover = Cover(f"{rng.integers(10**6):06d}", date(2026, 11, 1 + number % 28) if number % 4 else None)
        look = replace(new_look(preset, rng), rotation=int(rng.choice([0, 90, 180, 270])))
        picture = scan(drawn_cover(cover, drawing_dpi(dpi)), drawing_dpi(dpi), look, rng, dpi=dpi).pixels
        yield cover, picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def outcome(cover: Cover | None, gray: Gray, dpi: int) -> tuple[str, float]:
    """decoded, wrong, unreadable or none, and the seconds that `read_cover` took."""
    page = levelled(clean(PageImage(1, gray, None, dpi)))
    start = time.process_time()
    found = read_cover(page)
    seconds = time.process_time() - start
    if found is None:
        return "none", seconds
    if found.cover is None:
        return "unreadable", seconds
    return ("decoded" if found.cover == cover else "wrong"), seconds


def row(title: str, scans: Iterator[tuple[Cover | None, Gray]], dpi: int) -> None:
    """Read the scans and print one row."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for cover, gray in scans:
        what, spent = outcome(cover, gray, dpi)
        counts[what] += 1
        seconds += spent
    total = counts.total()
    names = ("decoded", "unreadable", "none", "wrong")
    print(f"{title:12} {dpi:4} {total:6} " + " ".join(f"{counts[name]:10}" for name in names) + f" {1000 * seconds / total:8.1f}")


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    cv2.setNumThreads(1)
    print("paper         dpi  pages    decoded unreadable       none      wrong  ms/page")
    for preset, dpi in PAPERS:
        row(preset, covers(preset, dpi, options.pages, options.seed), dpi)
    library = load_library(Settings().templates)
    row("blank forms", ((None, library.reference(template.id)) for template in library.templates), FORM_DPI)


if __name__ == "__main__":
    main()
