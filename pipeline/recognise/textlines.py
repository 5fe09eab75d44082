"""A block of hand-written text -> its lines, however they slope, bend, crowd or touch.

1. The rise and the bend that all lines share are taken out: those under which the rows' ink stands sharpest (a projection profile, as
   in R. Smith, "A simple and efficient skew detection algorithm", ICDAR 1995, with a second parameter for the bend).
2. The strokes' middles fall into lines by the cheapest partition, found exactly: squared distances to the line's middle, weighed by the
   stroke's size, plus a price per line. One character alone on the last line is worth a line, the upper stroke of a 二 is not.
3. Each line gets its own slope, and each stroke goes to the line that is nearest; dots go with the character they stand by.
4. A stroke that runs through two lines is cut between them along the path with the least ink (seams: N. Arvanitopoulos and
   S. Suesstrunk, "Seam carving for text line extraction on color and grayscale historical manuscripts", ICFHR 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray
from pipeline.recognise.lines import INK_LEVEL, Stats, components, only, trimmed
from pipeline.recognise.straighten import SHORTEST, Floats, character_height, ink_of, straightening
from pipeline.register import PAGE_DPI

LINE_PRICE = 0.35
"""What a further line costs, in characters a full height away from their line. Chosen on drawn pages (benchmarks.text_lines, seed 100)."""
TOO_NEAR = 0.6
"""Lines nearer to each other than this many heights of a character are one."""
SPANS = 1.45
"""A stroke higher than this many heights of a character says nothing of where a line is..."""
CROSSES = 1.2
"""...and one higher than this that crosses the middles of two lines is cut between them."""
SMALL = 0.45
"""Strokes up to this size, heights of a character, go with a larger one beside them..."""
BESIDE = 0.35
"""...up to this far away..."""
UNSURE = 0.3
"""...where they lie farther than this, in shares of the way to the next line, from the middle of their own."""
LEAST_PART = 0.2
"""Of a stroke that runs through two lines, at least this share of ink lies on each side of the cut; else it is one line's."""
LEAST_RISE = 0.3
"""A line that rises less than this from end to end, heights of a character, is read as it stands: moving columns frays strokes.
Seen on a real text (a rise of 0.23 levelled away cost 3 of 26 characters)."""
SEAM_PULL = 0.15
"""Cost of a seam's being a whole half pitch off the middle between two lines, in pixels of ink per column."""

Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Rows:
    """Middles of lines.

    Attributes:
        lines: (n, 2) height at x = 0 and rise per pixel, after `shift` pixels, (w,), were added to every column's heights.
        height: of a full character, pixels.
    """

    lines: Floats
    shift: Floats
    height: float

    def at(self, xs: Floats) -> Floats:
        """(n, m) height of every line at `xs`, in the straightened picture."""
        return np.asarray(self.lines[:, :1] + self.lines[:, 1:] * xs[None, :])


def split_lines(image: Gray, dpi: float = PAGE_DPI) -> list[Gray]:
    """Lines of writing in `image`, top to bottom, levelled and trimmed; every pixel of ink is in exactly one of them."""
    mask = ink_of(image)
    numbers, rows = _found(mask, dpi)
    return [trimmed(levelled(only(image, numbers == line, mask), rows, line - 1)) for line in range(1, int(numbers.max(initial=0)) + 1)]


def lines_of(image: Gray, dpi: float = PAGE_DPI) -> Numbers:
    """(h, w) number of the line at each pixel of `image`, from 1 at the top; 0 = paper."""
    return _found(ink_of(image), dpi)[0]


def _found(mask: NDArray[np.bool_], dpi: float) -> tuple[Numbers, Rows]:
    labels, stats = components(mask)
    if len(stats) <= 1:
        return np.zeros(mask.shape, np.intp), Rows(np.zeros((0, 2)), np.zeros(mask.shape[1]), 1.0)
    height = character_height(mask, dpi)
    shift = straightening(mask, height)
    xs, ys = _middles(stats, shift)
    weights = _weights(stats, height)
    rows = _fitted(_partition(ys[1:], weights[1:], height), (xs[1:], ys[1:], weights[1:]), height, shift)
    line_of = _assigned(rows, xs, ys, stats, height)
    numbers = line_of[labels]
    _cut_through(numbers, labels, stats, rows, height)
    used = np.bincount(numbers.ravel(), minlength=len(rows.lines) + 1) > 0
    used[0] = True
    renumbered = np.cumsum(used) - 1
    return np.asarray(renumbered[numbers], np.intp), replace(rows, lines=rows.lines[np.flatnonzero(used)[1:] - 1])


def _middles(stats: Stats, shift: Floats) -> tuple[Floats, Floats]:
    xs = stats[:, cv2.CC_STAT_LEFT] + (stats[:, cv2.CC_STAT_WIDTH] - 1) / 2
    ys = stats[:, cv2.CC_STAT_TOP] + (stats[:, cv2.CC_STAT_HEIGHT] - 1) / 2
    return xs, ys + shift[np.clip(xs.astype(np.intp), 0, len(shift) - 1)]


def _weights(stats: Stats, height: float) -> Floats:
    """How much a stroke says of where its line is: a full character 1, a dot nothing, one that runs through two lines nothing."""
    tall = stats[:, cv2.CC_STAT_HEIGHT] / height
    wide = np.minimum(stats[:, cv2.CC_STAT_WIDTH] / height, 1)
    weight = np.minimum(tall, 1) ** 1.5 + 0.1 * wide
    return np.asarray(np.where(tall > SPANS, 1e-3, weight))


def _partition(ys: Floats, weights: Floats, height: float) -> list[float]:
    """Middles of the lines: the cheapest partition of the sorted heights."""
    order = np.argsort(ys, kind="stable")
    y, w = ys[order] / height, weights[order]
    mass, first, second = (np.concatenate([[0.0], np.cumsum(values)]) for values in (w, w * y, w * y * y))
    best, since = np.zeros(len(y) + 1), np.zeros(len(y) + 1, np.intp)
    for end in range(1, len(y) + 1):
        within = mass[end] - mass[:end]
        cost = second[end] - second[:end] - (first[end] - first[:end]) ** 2 / np.maximum(within, 1e-9)
        total = best[:end] + np.maximum(cost, 0) + LINE_PRICE
        since[end] = int(np.argmin(total))
        best[end] = total[since[end]]
    middles: list[tuple[float, float]] = []
    end = len(y)
    while end:
        begin = int(since[end])
        part = float(mass[end] - mass[begin])
        middles.append((float(first[end] - first[begin]) / max(part, 1e-9) * height, part))
        end = begin
    return _apart(middles[::-1], height)


def _apart(middles: list[tuple[float, float]], height: float) -> list[float]:
    """Lines that are too near to each other made one, nearest first."""
    while len(middles) > 1:
        gaps = [after[0] - before[0] for before, after in zip(middles[:-1], middles[1:], strict=True)]
        place = int(np.argmin(gaps))
        if gaps[place] >= TOO_NEAR * height:
            break
        (one, a), (other, b) = middles[place : place + 2]
        middles[place : place + 2] = [((one * a + other * b) / max(a + b, 1e-9), a + b)]
    return [middle for middle, _ in middles]


def _fitted(middles: list[float], points: tuple[Floats, Floats, Floats], height: float, shift: Floats) -> Rows:
    """A slope of its own for every line that is long enough to show one; `points`: x, y and weight of the strokes."""
    xs, ys, weights = points
    rows = Rows(np.column_stack([middles, np.zeros(len(middles))]), shift, height)
    for _ in range(3):
        nearest = np.abs(_off(rows, xs, ys)).argmin(axis=0)
        lines = rows.lines.copy()
        for line in range(len(lines)):
            mine = (nearest == line) & (weights > 0.3)
            if mine.sum() >= 2:
                lines[line] = _straight(xs[mine], ys[mine], weights[mine], height)
        rows = replace(rows, lines=lines)
    return replace(rows, lines=rows.lines[np.argsort(rows.at(np.array([float(np.median(xs))]))[:, 0], kind="stable")])


def _straight(xs: Floats, ys: Floats, weights: Floats, height: float) -> Floats:
    """Weighted line through the points, held level by the strength of one character at a length of SHORTEST."""
    middle_x, middle_y = float(np.average(xs, weights=weights)), float(np.average(ys, weights=weights))
    spread = float((weights * (xs - middle_x) ** 2).sum()) + (SHORTEST * height) ** 2
    rise = float((weights * (xs - middle_x) * (ys - middle_y)).sum()) / spread
    return np.array([middle_y - rise * middle_x, rise])


def _off(rows: Rows, xs: Floats, ys: Floats) -> Floats:
    return np.asarray(ys[None, :] - rows.at(xs))


def _assigned(rows: Rows, xs: Floats, ys: Floats, stats: Stats, height: float) -> Numbers:
    """Line of each stroke, from 1; 0 for the paper."""
    off = np.abs(_off(rows, xs, ys))
    line = off.argmin(axis=0)
    if len(rows.lines) > 1:
        ranked = np.sort(off, axis=0)
        size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / height
        unsure = (size <= SMALL) & (ranked[0] > UNSURE * (ranked[0] + ranked[1]))
        large = (size > SMALL) & (stats[:, cv2.CC_STAT_HEIGHT] <= SPANS * height)
        unsure[0] = large[0] = False
        for stroke in np.flatnonzero(unsure) if large.any() else ():
            gaps = _gaps(stats[stroke], stats[large])
            if gaps.min() <= BESIDE * height:
                line[stroke] = line[np.flatnonzero(large)[int(gaps.argmin())]]
    line_of = line + 1
    line_of[0] = 0
    return np.asarray(line_of, np.intp)


def _gaps(one: Stats, others: Stats) -> Floats:
    """White between the box of one stroke and those of others, pixels; across counts half: dots stand beside, seldom above."""
    x, y, w, h = (others[:, place] for place in range(4))
    across = np.maximum(np.maximum(x - one[0] - one[2], one[0] - x - w), 0) / 2
    along = np.maximum(np.maximum(y - one[1] - one[3], one[1] - y - h), 0)
    return np.asarray(np.hypot(across, along), np.float64)


def _cut_through(numbers: Numbers, labels: NDArray[np.int32], stats: Stats, rows: Rows, height: float) -> None:
    """Strokes that run through the middles of neighbouring lines, parted between them; writes into `numbers`."""
    for stroke in np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] > CROSSES * height):
        if stroke == 0:
            continue
        x, y, w, h = (int(value) for value in stats[stroke, :4])
        window = slice(y, y + h), slice(x, x + w)
        mine = labels[window] == stroke
        columns = np.arange(x, x + w, dtype=np.float64)
        middles = rows.at(columns) - rows.shift[x : x + w][None, :] - y
        crossed = [line for line in range(len(middles)) if float(np.median(middles[line])) >= 0 and float(np.median(middles[line])) < h]
        part = np.full(mine.shape, (crossed or [numbers[window][mine][0] - 1])[0], np.intp)
        for upper, lower in zip(crossed[:-1], crossed[1:], strict=True):
            below = np.arange(h)[:, None] > seam(mine, middles[upper], middles[lower])[None, :]
            left = mine & (part == upper)
            if LEAST_PART <= float((left & below).sum()) / max(float(left.sum()), 1) <= 1 - LEAST_PART:
                part[below] = lower
            elif float((mine & below).sum()) > 0.5 * float(mine.sum()):
                part[:] = lower
        numbers[window][mine] = part[mine] + 1


def seam(ink: NDArray[np.bool_], upper: Floats, lower: Floats) -> NDArray[np.intp]:
    """(w,) row after which the lower of two lines begins: the path with the least ink between their middles, (w,) each."""
    height, width = ink.shape
    ys = np.arange(height)[:, None]
    half = np.maximum((lower - upper) / 2, 1)[None, :]
    off = np.abs(ys - ((upper + lower) / 2)[None, :]) / half
    cost = ink + SEAM_PULL * off**2 + np.where(off > 0.8, 1e3 * off, 0)
    total = cost.copy()
    for column in range(1, width):
        before = total[:, column - 1]
        up, down = np.append(before[1:], np.inf), np.append(np.inf, before[:-1])
        total[:, column] += np.minimum(before, np.minimum(up, down) + 0.05)
    path = np.zeros(width, np.intp)
    path[-1] = int(total[:, -1].argmin())
    for column in range(width - 2, -1, -1):
        low, high = max(path[column + 1] - 1, 0), min(path[column + 1] + 2, height)
        path[column] = low + int(total[low:high, column].argmin())
    return path


def levelled(image: Gray, rows: Rows, line: int) -> Gray:
    """`image` with its columns moved, whole pixels, so that line number `line` (from 0) runs level; no ink is lost or changed."""
    height = rows.height
    columns = np.arange(image.shape[1], dtype=np.float64)
    middle = rows.at(columns)[line] - rows.shift
    inked = np.flatnonzero((image < INK_LEVEL).any(axis=0))
    if not len(inked) or float(np.ptp(middle[inked])) < LEAST_RISE * height:
        return image
    move = np.round(middle - middle.mean()).astype(np.intp)
    reach = int(np.abs(move).max())
    high = np.pad(image, ((reach, reach), (0, 0)), constant_values=255)
    ys = np.arange(high.shape[0])[:, None] + move[None, :]
    inside = (ys >= 0) & (ys < high.shape[0])
    return np.where(inside, high[np.clip(ys, 0, high.shape[0] - 1), np.arange(image.shape[1])[None, :]], np.uint8(255))
