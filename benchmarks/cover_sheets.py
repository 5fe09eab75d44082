"""Cover sheets printed, sent through drawn scanners and read: how many are decoded, and how many other pages are taken for one.

    python -m benchmarks.cover_sheets [--pages 30] [--seed 1] [--save FOLDER]

Two sheets fed at once are right when they are called unreadable, or when one of their numbers is read and the other is hidden whole.

Prints a row for each kind of paper and of mishap: pages, decoded, known as a cover but not decoded, not known, decoded wrongly (must be
0), milliseconds a page. The last rows are pages that must not be taken for covers: the forms, blank and filled in, certificates, foreign
pages, and foreign pages with a QR of their own, whole and damaged.
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

from benchmarks.cover_mishaps import MISHAPS, TWO_AT_ONCE, mishap
from benchmarks.cover_others import OTHERS, other_pages
from pipeline.cleanup import clean, levelled
from pipeline.cover_sheets import Cover, read_cover
from pipeline.cover_sheets.printing import print_covers
from pipeline.drawing.looks import new_look
from pipeline.drawing.paper import drawing_dpi, scan
from pipeline.geometry import Colour, Gray
from pipeline.pages import PageImage

PAPERS = (("clean", 300), ("office", 300), ("office", 200), ("copy", 300), ("copy", 200), ("fax", 204))


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


def mishaps(kind: str, pages: int, seed: int) -> Iterator[tuple[tuple[Cover, ...], Gray, int]]:
    """Scans of cover sheets to which something happened, with what may be read (of two at once, either) and the scan's dpi."""
    place = list(MISHAPS).index(kind)
    for number in range(pages):
        rng = np.random.default_rng([seed, place, number, 77])
        cover = Cover(f"{rng.integers(10**6):06d}", date(2026, 11, 1 + number % 28))
        under = Cover(f"{(int(cover.envelope) + 1) % 10**6:06d}", cover.received)
        work = drawing_dpi(300)
        page = mishap(kind, drawn_cover(cover, work), drawn_cover(under, work), work, rng)
        preset, dpi, more = MISHAPS[kind].scanner(rng)
        look = replace(new_look(preset, rng), rotation=int(rng.choice([0, 180])), **more)
        picture = scan(page, work, look, rng, dpi=dpi).pixels
        readable = (cover, under) if kind == TWO_AT_ONCE else (cover,)
        yield readable, picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), dpi


def outcome(readable: tuple[Cover, ...], gray: Gray, dpi: int) -> tuple[str, float]:
    """decoded, wrong, unreadable or none, and the seconds that `read_cover` took."""
    page = levelled(clean(PageImage(1, gray, None, dpi)))
    start = time.process_time()
    found = read_cover(page)
    seconds = time.process_time() - start
    if found is None:
        return "none", seconds
    if found.cover is None:
        return "unreadable", seconds
    return ("decoded" if found.cover in readable else "wrong"), seconds


def row(title: str, scans: Iterator[tuple[tuple[Cover, ...], Gray, int]], save: Path | None) -> None:
    """Read the scans and print one row."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    dpi = 0
    for readable, gray, dpi in scans:
        what, spent = outcome(readable, gray, dpi)
        counts[what] += 1
        seconds += spent
        if save is not None and what != ("decoded" if readable else "none"):
            cv2.imwrite(str(save / f"{title.replace(' ', '-')}-{what}-{counts[what]}.png"), gray)
    total = counts.total()
    names = ("decoded", "unreadable", "none", "wrong")
    print(f"{title:28} {dpi:4} {total:6} " + " ".join(f"{counts[name]:10}" for name in names) + f" {1000 * seconds / total:8.1f}")


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not read right")
    options = arguments.parse_args()
    cv2.setNumThreads(1)
    print("paper                         dpi  pages    decoded unreadable       none      wrong  ms/page")
    for preset, dpi in PAPERS:
        row(preset, (((cover,), gray, dpi) for cover, gray in covers(preset, dpi, options.pages, options.seed)), options.save)
    for kind in MISHAPS:
        row(kind, mishaps(kind, options.pages, options.seed), options.save)
    for kind in OTHERS:
        row(f"no cover: {kind}", (((), gray, dpi) for gray, dpi in other_pages(kind, options.pages, options.seed)), options.save)


if __name__ == "__main__":
    main()
