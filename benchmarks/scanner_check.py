"""The diagnosis sheet drawn through scanners whose faults are known: how far is each measured number from what was drawn?

    python -m benchmarks.scanner_check [--sheets 40] [--seed 2]

Developed on seed 1, reported on others. Prints a row for each property: sheets, the error's median, 95th percentile and greatest, and its
unit; then streaks found, missed and made up; then pages that are not the sheet and were taken for it (must be 0).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pdf2image import convert_from_path

from benchmarks.cover_sheets import drawn_cover
from pipeline.cover_sheets import Cover
from pipeline.drawing.fill import new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.looks import Look, new_look
from pipeline.drawing.paper import BILEVEL_LEVEL, Scanned, drawing_dpi, scan
from pipeline.forms import load_library
from pipeline.geometry import A4_MM, MM_PER_INCH, Colour, Gray, map_points, pixels
from pipeline.ingest import open_scan
from pipeline.pages import PageImage, page_images
from pipeline.scanner_check.finding import SheetScan, find_sheet
from pipeline.scanner_check.layout import SIDES
from pipeline.scanner_check.margins import measure_margins
from pipeline.scanner_check.position import measure_position
from pipeline.scanner_check.printing import print_sheet
from pipeline.scanner_check.resolution import measure_resolution
from pipeline.scanner_check.sharpness import measure_sharpness
from pipeline.scanner_check.streaks import Streak, measure_streaks
from pipeline.scanner_check.tone import measure_tone
from pipeline.settings import PROJECT, Settings

DPIS = (150, 200, 240, 300, 400, 600)
FINE_DPI = 1200
"""Sharpness is judged on pictures that are averaged from this, so that the blur is exactly the one asked for."""
BLURS_MM = (0.03, 0.05, 0.08, 0.12, 0.18)
STREAK_MATCH_MM = 0.5
FAINT_LEVELS = 40.0
"""What a streak takes from the pixels it lies in; fainter ones, and those of bilevel scans, are counted by themselves."""


@cache
def drawn(dpi: int) -> Colour:
    """The sheet as printed, (h, w, 3) RGB."""
    with tempfile.TemporaryDirectory() as folder:
        print_sheet(Path(folder) / "sheet.pdf")
        return np.asarray(convert_from_path(Path(folder) / "sheet.pdf", dpi=dpi)[0].convert("RGB"), np.uint8)


def page_of(picture: NDArray[np.uint8], dpi: int) -> PageImage:
    if picture.ndim == 2:
        return PageImage(1, picture, None, dpi, (dpi, dpi))
    return PageImage(1, np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), picture, dpi, (dpi, dpi))


def a_scan(rng: np.random.Generator, look: Look | None = None) -> Scanned:
    """A sheet through an office scanner: any resolution, any way up, up to 5 degrees askew, printed to size."""
    plain = replace(new_look("office", rng), print_scale=(1.0, 1.0), print_offset_mm=(0.0, 0.0), feed_offset_mm=(0.0, 0.0), edge_mm=0.0)
    turned = replace(plain, skew_deg=float(rng.uniform(-5, 5)), rotation=int(rng.choice([0, 90, 180, 270])))
    dpi = int(rng.choice(DPIS))
    return scan(drawn(drawing_dpi(dpi)), drawing_dpi(dpi), look or turned, rng, dpi=dpi)


class Table:
    """Errors by property, printed in the order they came."""

    def __init__(self) -> None:
        self.errors: dict[str, list[float]] = {}
        self.missed = 0

    def add(self, name: str, error: float) -> None:
        """Keep the size of an error."""
        self.errors.setdefault(name, []).append(abs(error))

    def show(self) -> None:
        """Print a row for each property."""
        print(f"{'property':34} {'n':>5} {'p50':>8} {'p95':>8} {'max':>8}")
        for name, errors in self.errors.items():
            p50, p95, most = (float(np.percentile(errors, share)) for share in (50, 95, 100))
            print(f"{name:34} {len(errors):5} {p50:8.3f} {p95:8.3f} {most:8.3f}")
        print(f"sheets not known as such: {self.missed}")


def found_in(table: Table, picture: NDArray[np.uint8], dpi: int) -> SheetScan | None:
    sheet = find_sheet(page_of(picture, dpi))
    table.missed += sheet is None
    return sheet


def geometry(table: Table, number: int, seed: int) -> None:
    rng = np.random.default_rng([seed, 1, number])
    stretch = (float(rng.uniform(0.98, 1.02)), float(rng.uniform(0.98, 1.02)))
    mode = ("colour", "gray", "bilevel")[number % 3]
    look = replace(
        new_look(("office", "copy")[number % 2], rng),
        print_scale=stretch, skew_deg=float(rng.uniform(-5, 5)), copy_turn_deg=0.0, rotation=int(rng.choice([0, 90, 180, 270])), mode=mode,
    )  # fmt: skip
    drawn_scan = a_scan(rng, look)
    sheet = found_in(table, drawn_scan.pixels, drawn_scan.dpi)
    if sheet is None:
        return
    scales = np.linalg.norm(drawn_scan.scan_from_page[:2, :2], axis=0) * MM_PER_INCH
    across, down = scales[::-1] if look.rotation % 180 else scales
    found, position = measure_resolution(sheet), measure_position(sheet)
    table.add("dpi across (%)", 100 * (found.true[0] / across - 1))
    table.add("dpi down (%)", 100 * (found.true[1] / down - 1))
    table.add("skew (degrees)", position.skew_deg - drawn_scan.skew_deg)
    table.add("rotation wrong (0 or 1)", position.rotation != look.rotation)
    tone = measure_tone(sheet)
    table.add(f"mode {mode} wrong (0 or 1)", tone is None or tone.mode != mode)


def crops(table: Table, number: int, seed: int) -> None:
    """One side cut off by 0 to 15 mm, up to 5 degrees askew; truth from the exact map of the drawing."""
    rng = np.random.default_rng([seed, 2, number])
    side, depth = SIDES[number % 4], float(rng.uniform(0, 15))
    drawn_scan = a_scan(rng, Look(skew_deg=float(rng.uniform(-5, 5)) if number % 2 else 0.0, noise=2.0))
    cut, height, width = pixels(depth, drawn_scan.dpi), *drawn_scan.pixels.shape[:2]
    left, top, right, bottom = (cut * (one == side) for one in SIDES)
    picture = np.ascontiguousarray(drawn_scan.pixels[top : height - bottom, left : width - right])
    sheet = found_in(table, picture, drawn_scan.dpi)
    if sheet is None:
        return
    along = np.linspace(0, 1, 3000)
    ends = {
        "left": ((left, top), (left, height - bottom)), "right": ((width - right, top), (width - right, height - bottom)),
        "top": ((left, top), (width - right, top)), "bottom": ((left, height - bottom), (width - right, height - bottom)),
    }[side]  # fmt: skip
    edge = np.outer(1 - along, ends[0]) + np.outer(along, ends[1])
    points = map_points(np.linalg.inv(drawn_scan.scan_from_page), edge)
    inwards, beside = (0, 1) if side in ("left", "right") else (1, 0)
    depths = points[:, inwards] if side in ("left", "top") else A4_MM[inwards] - points[:, inwards]
    truth = max(0.0, float(depths[(points[:, beside] >= 0) & (points[:, beside] <= A4_MM[beside])].max()))
    table.add("cropped edge (mm)", measure_margins(sheet).missing[side] - truth)


def sharpness(table: Table, number: int, seed: int) -> None:
    """MTF50 against that of the blur and the pixel's own aperture."""
    rng = np.random.default_rng([seed, 3, number])
    blur, dpi = BLURS_MM[number % len(BLURS_MM)], int(rng.choice(DPIS))
    fine = cv2.cvtColor(drawn(FINE_DPI), cv2.COLOR_RGB2GRAY)
    turn = cv2.getRotationMatrix2D((fine.shape[1] / 2, fine.shape[0] / 2), float(rng.uniform(-4, 4)), 1.0)
    fine = cv2.warpAffine(fine, turn, fine.shape[::-1], borderValue=255)
    fine = cv2.GaussianBlur(fine, (0, 0), blur * FINE_DPI / MM_PER_INCH)
    small = cv2.resize(fine, (pixels(A4_MM[0], dpi), pixels(A4_MM[1], dpi)), interpolation=cv2.INTER_AREA).astype(np.float32)
    noisy = (small + rng.normal(0, 2.5, small.shape)).clip(0, 255).astype(np.uint8)
    sheet = found_in(table, noisy, dpi)
    if sheet is None:
        return
    frequencies = np.linspace(0.01, 20, 8000)
    model = np.exp(-2 * (np.pi * blur * frequencies) ** 2) * np.abs(np.sinc(frequencies * MM_PER_INCH / dpi))
    truth = float(frequencies[np.argmax(model < 0.5)])
    found = measure_sharpness(sheet)
    worst_place = max((abs(value / truth - 1) for pair in found.places.values() for value in pair), default=1.0)
    table.add("MTF50, median of places (%)", 100 * (min(found.across, found.down) / truth - 1))
    table.add("MTF50, worst single place (%)", 100 * worst_place)


def tones(table: Table, number: int, seed: int) -> None:
    rng = np.random.default_rng([seed, 4, number])
    paper, toner = int(rng.integers(140, 256)), float(rng.uniform(0.4, 1.0))
    sheet_scan = a_scan(rng, Look(paper=paper, toner=toner, noise=2.0, skew_deg=float(rng.uniform(-5, 5))))
    sheet = found_in(table, sheet_scan.pixels, sheet_scan.dpi)
    if sheet is None:
        return
    found = measure_tone(sheet)
    assert found is not None
    table.add("paper (grey levels)", found.paper - paper)
    table.add("black (grey levels)", found.black - paper * (1 - toner))


def streaked(picture: Gray, streaks: list[Streak], dpi: int) -> Gray:
    """The picture with streaks of fractional width, each so many grey levels darker (positive) or lighter."""
    out = picture.astype(np.float32)
    per_mm = dpi / MM_PER_INCH
    for one in streaks:
        length = out.shape[1] if one.way == "down" else out.shape[0]
        start, end = (one.at_mm - one.width_mm / 2) * per_mm, (one.at_mm + one.width_mm / 2) * per_mm
        edges = np.arange(length)
        share = np.clip(np.minimum(edges + 1, end) - np.maximum(edges, start), 0, 1).astype(np.float32)
        out -= one.levels * (share[None, :] if one.way == "down" else share[:, None])
    return out.clip(0, 255).astype(np.uint8)


def drawn_streaks(rng: np.random.Generator, shape: tuple[int, ...], dpi: int) -> list[Streak]:
    """None to three, of 0.1-1 mm, dark or light, at least 8 mm apart and 35 mm from the edges."""
    found: list[Streak] = []
    for _ in range(int(rng.integers(0, 4))):
        way = "down" if rng.random() < 0.7 else "across"
        length = (shape[1] if way == "down" else shape[0]) * MM_PER_INCH / dpi
        at, width = float(rng.uniform(35, length - 35)), float(rng.uniform(0.1, 1.0))
        levels = float(rng.uniform(30, 150)) * (1 if rng.random() < 0.75 else -1)
        if all(one.way != way or abs(one.at_mm - at) > 8 for one in found):
            found.append(Streak(way, at, width, levels))  # type: ignore[arg-type]
    return found


def streaks(table: Table, number: int, seed: int, counts: dict[str, int]) -> None:
    rng = np.random.default_rng([seed, 5, number])
    sheet_scan = a_scan(rng)
    gray = sheet_scan.pixels
    truth = drawn_streaks(rng, gray.shape, sheet_scan.dpi)
    picture = streaked(gray, truth, sheet_scan.dpi)
    if number % 4 == 3:
        picture = np.asarray(cv2.threshold(picture, BILEVEL_LEVEL, 255, cv2.THRESH_BINARY)[1], np.uint8)
    sheet = found_in(table, picture, sheet_scan.dpi)
    if sheet is None:
        return
    per_mm = sheet_scan.dpi / MM_PER_INCH
    across, down = sheet.dpi[::-1] if sheet.lie.turned else sheet.dpi
    found = [
        replace(one, at_mm=one.at_mm * (across if one.way == "down" else down) / sheet_scan.dpi) for one in measure_streaks(sheet)
    ]  # measured in the sheet's millimetres, drawn in those of the stated dpi
    matched = set()
    for one in truth:
        near = [index for index, seen in enumerate(found) if seen.way == one.way and abs(seen.at_mm - one.at_mm) <= STREAK_MATCH_MM]
        faint = number % 4 == 3 or min(one.width_mm * per_mm, 1.0) * abs(one.levels) < FAINT_LEVELS
        kind = "faint" if faint else "dark" if one.levels > 0 else "light"
        counts[f"{kind} drawn"] += 1
        counts[f"{kind} found"] += bool(near)
        matched |= set(near)
        if near:
            table.add("streak's place (mm)", found[near[0]].at_mm - one.at_mm)
    counts["made up"] += len(found) - len(matched)


def other_pages(seed: int) -> Iterator[tuple[str, Gray]]:
    """Our forms blank and filled in, certificates, covers and foreign pages, through scanners."""
    limits = Settings().limits
    for file in sorted((PROJECT / "sample_scans").glob("*/scan*")):
        pages = page_images(open_scan(file, limits, received=date(2026, 11, 24)), limits)
        yield from ((file.parent.name, page.gray) for page in pages)
    library = load_library(Settings().templates)
    for template in library.templates:
        yield template.id, library.reference(template.id)
    for number in range(40):
        rng = np.random.default_rng([seed, 6, number])
        kind = sorted(KINDS)[number % len(KINDS)]
        page = foreign_page(kind, new_writer(None, 0.3, rng), rng, 300) if number % 5 else drawn_cover(Cover(f"{number:06d}", None), 300)
        picture = scan(page, 300, new_look(("office", "copy", "fax")[number % 3], rng), rng, dpi=200).pixels
        yield kind, picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sheets", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=2)
    options = arguments.parse_args()
    cv2.setNumThreads(1)
    table = Table()
    counts = dict.fromkeys([f"{kind} {what}" for kind in ("dark", "light", "faint") for what in ("drawn", "found")] + ["made up"], 0)
    for number in range(options.sheets):
        for subject in (geometry, crops, tones):
            subject(table, number, options.seed)
        streaks(table, number, options.seed, counts)
        if number < 2 * len(BLURS_MM):  # a page at 1,200 dpi costs seconds
            sharpness(table, number, options.seed)
    table.show()
    print("streaks:", ", ".join(f"{name} {count}" for name, count in counts.items()))
    others = [(name, find_sheet(page_of(gray, 200)) is not None) for name, gray in other_pages(options.seed)]
    print(f"other pages taken for the sheet: {sum(taken for _, taken in others)} of {len(others)}")


if __name__ == "__main__":
    main()
