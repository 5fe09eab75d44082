"""Lines found in dense hand-written text: number right, lines lost, ink in the wrong line; drawn pages, before and after.

Run: python -m benchmarks.text_lines [--seed N] [--pages N] [--read]      (seed 100 is for developing, any other for reporting)

A line is lost when no line found holds 0.7 of its ink, or when that line holds more of another. "Before" is the grouping of strokes by
their middles' height that stood here first. --read prints the character error rate of both as well.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.readers import distance
from pipeline.geometry import Gray, pixels
from pipeline.recognise import TextCrop
from pipeline.recognise.engine import open_engine
from pipeline.recognise.lines import INK_LEVEL, SMALLEST_CHARACTER_MM, components, only, trimmed
from pipeline.recognise.textlines import lines_of, split_lines
from pipeline.register import PAGE_DPI
from tests.recognise.dense import DensePage, Layout, dense_page

LAYOUTS = {
    "one line": Layout(lines=1, width_mm=120, em_mm=4.0),
    "roomy": Layout(lines=3, pitch=1.5),
    "usual": Layout(lines=4, pitch=1.25),
    "dense": Layout(lines=6, pitch=1.08),
    "very dense": Layout(lines=6, pitch=0.98),
    "sloped": Layout(lines=4, pitch=1.25, slope=0.05),
    "falling": Layout(lines=5, pitch=1.15, slope=-0.035),
    "fanned": Layout(lines=4, pitch=1.3, fan=0.006),
    "bent": Layout(lines=4, pitch=1.2, bend=0.6),
    "short": Layout(lines=3, pitch=1.2, width_mm=14),
    "broken": Layout(lines=3, pitch=1.3, em_mm=3.4, bilevel=True),
    "broken one": Layout(lines=1, width_mm=60, em_mm=3.4, bilevel=True),
    "broken dense": Layout(lines=5, pitch=1.1, slope=0.01, bilevel=True),
    "small": Layout(lines=7, pitch=1.15, em_mm=2.3),
}
AMOUNTS = (0.4, 0.5, 0.7)
LOST = 0.7
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Found:
    """Counts of one page."""

    right: bool
    lines: int
    lost: int
    ink: int
    strayed: int


def before(image: Gray) -> Numbers:
    """Number of the line, from 1, at each pixel, 0 = paper: strokes put to the nearest height of a tall stroke's middle."""
    labels, stats = components(image < INK_LEVEL)
    middles = stats[1:, cv2.CC_STAT_TOP] + stats[1:, cv2.CC_STAT_HEIGHT] / 2
    line_of = np.zeros(len(stats), np.intp)
    line_of[1:] = 1 + np.argmin(np.abs(middles[:, None] - np.array(_heights(stats[1:]))), axis=1)
    used = np.unique(line_of[1:])
    return np.asarray(np.concatenate([[0], 1 + np.searchsorted(used, line_of[1:])])[labels], np.intp)


def _heights(stats: NDArray[np.int32]) -> list[float]:
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    full = max(float(np.quantile(heights, 0.9)), pixels(SMALLEST_CHARACTER_MM, PAGE_DPI))
    tall = stats[heights >= 0.6 * full] if (heights >= 0.6 * full).any() else stats
    groups: list[list[tuple[float, float]]] = []
    for top, height in sorted(tall[:, [cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT]].tolist(), key=lambda span: 2 * span[0] + span[1]):
        span = float(top), float(top + height)
        last = _median(groups[-1]) if groups else None
        if last and (_shared(last, span) >= 0.45 or sum(span) / 2 - sum(last) / 2 < 0.6 * full):
            groups[-1].append(span)
        else:
            groups.append([span])
    return [sum(_median(group)) / 2 for group in groups]


def _median(group: list[tuple[float, float]]) -> tuple[float, float]:
    return float(np.median([top for top, _ in group])), float(np.median([bottom for _, bottom in group]))


def _shared(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (min(a[1], b[1]) - max(a[0], b[0])) / max(min(a[1] - a[0], b[1] - b[0]), 1)


def judged(page: DensePage, numbers: Numbers) -> Found:
    """Hold the lines found against the ink of the lines drawn."""
    count = int(numbers.max())
    shared = np.array([[int((mask & (numbers == line)).sum()) for line in range(1, count + 1)] for mask in page.masks])
    own = np.array([int(mask.sum()) for mask in page.masks])
    best = shared.argmax(axis=1)
    lost = sum(shared[line, place] < LOST * own[line] or shared[:, place].argmax() != line for line, place in enumerate(best.tolist()))
    return Found(count == len(own), len(own), lost, int(own.sum()), int(own.sum() - shared.max(axis=1).sum()))


def pictures(image: Gray, numbers: Numbers) -> list[Gray]:
    mask = image < INK_LEVEL
    return [trimmed(only(image, numbers == line, mask)) for line in range(1, int(numbers.max()) + 1)]


WAYS: dict[str, Callable[[Gray], Numbers]] = {"before": before, "after": lines_of}
CUTS: dict[str, Callable[[Gray], list[Gray]]] = {"before": lambda image: pictures(image, before(image)), "after": split_lines}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--pages", type=int, default=9, help="of each layout")
    parser.add_argument("--read", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    reader = open_engine() if options.read else None
    totals: dict[str, list[Found]] = {way: [] for way in WAYS}
    errors = dict.fromkeys(WAYS, 0)
    length = 0
    for name, layout in LAYOUTS.items():
        drawn = [dense_page(layout, AMOUNTS[k % len(AMOUNTS)], options.seed * 1000 + k) for k in range(options.pages)]
        for way, find in WAYS.items():
            found = [judged(page, find(page.image)) for page in drawn]
            totals[way] += found
            wrong = [k for k, one in enumerate(found) if one.lost or not one.right]
            show(f"{name:11} {way}", found, f" pages wrong {wrong}" if wrong else "")
        for page in drawn if reader else ():
            length += sum(map(len, page.texts))
            for way, cut in CUTS.items():
                read = reader.read([TextCrop(line, "japanese") for line in cut(page.image)]) if reader else []
                errors[way] += distance("".join(one.text for one in read), "".join(page.texts))
    for way, found in totals.items():
        show(f"all {way}", found, f" CER {errors[way] / length:.4f}" if length else "")


def show(title: str, found: list[Found], more: str) -> None:
    strayed = sum(one.strayed for one in found) / sum(one.ink for one in found)
    lines, lost, right = (sum(getattr(one, key) for one in found) for key in ("lines", "lost", "right"))
    print(f"{title:20} {right:3d} of {len(found):3d} pages right, {lost:3d} of {lines:4d} lines lost, {strayed:.3%} strayed{more}")


if __name__ == "__main__":
    main()
