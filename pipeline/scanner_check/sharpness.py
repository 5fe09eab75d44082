"""Sharpness by slanted edges, after ISO 12233: how many pairs of lines a millimetre keep half of their contrast (MTF50).

Every pixel near an edge is sorted by its distance from it, which gives the edge's profile far finer than the pixels; its slope is the line
spread, and the transform of that the modulation by spatial frequency. The picture's own pixels are used, nothing is resampled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Gray, Points, map_points
from pipeline.scanner_check.check import Check, Level
from pipeline.scanner_check.finding import SheetScan
from pipeline.scanner_check.layout import SLANT_DEG, SLANT_MM, SLANTS

SHARP_PAIRS, SOFT_PAIRS = 2.0, 1.2
"""Pairs a millimetre at half contrast, by `benchmarks.sharpness_needed` at 200 and 300 dpi: from 2.1 on print of 8 and 10.5 point is read
without an error, at 1.2 some 1 % of the characters of 8 point are wrong, at 0.8 a fifth, and 3 % of those of 10.5 point."""
ONE_SIDED = 0.6
"""A place below this share of the sheet's median is softer than its surroundings: paper that does not lie flat, a lens out of line."""
SOFT_ADVICE = (
    "読み取りガラスを清掃し、解像度と「文字くっきり」などの設定を確かめてください。フラットベッドでは原稿をガラスに密着させてください。"
)
REACH_MM = 2.2
"""On either side of an edge; the square's far edge and the next print are farther."""
END_MM = 1.5
"""Left out at either end of an edge, where its neighbour begins."""
FLAT = 0.4
"""Share of the reach over which the line spread is taken as it is: a blur of 0.3 mm lies within, a Hamming window would narrow it."""
BINS_PER_PIXEL = 4
LEAST_CONTRAST = 40.0
"""Grey levels between the square and the paper."""
SEGMENTS = 8
"""Pieces of an edge whose middles tell its true line."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sharpness:
    """MTF50 in pairs of lines a millimetre at each place that can be seen: (x, y) mm -> (across, down); all of `bilevel` are empty."""

    places: dict[tuple[float, float], tuple[float, float]]

    @property
    def across(self) -> float:
        """Median of the places, across the sheet."""
        return float(np.median([pair[0] for pair in self.places.values()]))

    @property
    def down(self) -> float:
        """Median of the places, down the sheet."""
        return float(np.median([pair[1] for pair in self.places.values()]))

    @property
    def softest(self) -> tuple[tuple[float, float], float]:
        """The place that is softest against the median in its direction, and its share of it."""
        shares = {place: min(pair[0] / self.across, pair[1] / self.down) for place, pair in self.places.items()}
        place = min(shares, key=lambda one: shares[one])
        return place, shares[place]


def measure_sharpness(scan: SheetScan) -> Sharpness:
    """At every square that lies wholly in the picture."""
    found = {}
    for place in SLANTS:
        across = [pairs for turn in (0, 180) if (pairs := _edge_mtf50(scan, place, turn)) is not None]
        down = [pairs for turn in (90, 270) if (pairs := _edge_mtf50(scan, place, turn)) is not None]
        if across and down:
            found[place] = (float(np.mean(across)), float(np.mean(down)))
    return Sharpness(found)


def judge_sharpness(found: Sharpness, *, bilevel: bool) -> Check:
    """Bilevel scans have no tones between black and white, so that nothing can be said about them."""
    if bilevel or not found.places:
        value = "白黒 2 値の画像では測れません" if bilevel else "測る場所が写っていません"
        advice = "グレースケールかカラーでスキャンすると測れます。" if bilevel else "端の欠けか濃さを直してから、もう一度調べてください。"
        return Check("sharpness", "鮮明さ", "unknown", value, advice, {"mtf50_across_pairs_per_mm": None, "mtf50_down_pairs_per_mm": None})
    least = min(found.across, found.down)
    place, share = found.softest
    level: Level = "good" if least >= SHARP_PAIRS else "fair" if least >= SOFT_PAIRS else "bad"
    word = {"good": "鮮明", "fair": "ややぼけています", "bad": "ぼけています"}[level]
    advice = "" if level == "good" else SOFT_ADVICE
    if share < ONE_SIDED:
        level = "fair" if level == "good" else level
        word += f"（{_where(place)}だけ特にぼけています）"
        advice = advice or "その場所で原稿が浮いていないか、ガラスが曇っていないかを確かめてください。"
    value = f"{word}　1 mm に横 {found.across:.1f} 組・縦 {found.down:.1f} 組の線を見分けられます"
    measured: dict[str, object] = {
        "mtf50_across_pairs_per_mm": round(found.across, 2),
        "mtf50_down_pairs_per_mm": round(found.down, 2),
        "softest_place_mm": list(place),
        "softest_share": round(share, 2),
    }
    return Check("sharpness", "鮮明さ", level, value, advice, measured)


def _where(place: tuple[float, float]) -> str:
    down = "上" if place[1] < 100 else "下" if place[1] > 200 else "中央"
    across = "左" if place[0] < 80 else "右" if place[0] > 130 else ""
    return f"用紙の{down}{across}" if down != "中央" else f"用紙の中央{'の' + across if across else ''}"


def mtf50(gray: Gray, distances: Floats, pitch: float) -> float | None:
    """Frequency at which half of the modulation is left, in the inverse unit of `distances`; None when there is no clear edge.

    Args:
        gray: tones of the pixels near an edge, (n,) uint8.
        distances: of the same pixels from the edge, positive on the bright side.
        pitch: distance of two pixels.
    """
    width = pitch / BINS_PER_PIXEL
    profile = _profile(gray, distances, width)
    if profile is None:
        return None
    spread = np.diff(profile)
    spread = spread * _window(spread)
    modulation = np.abs(np.fft.rfft(spread, 16 * len(spread)))
    if modulation[0] <= 0:
        return None
    frequencies = np.fft.rfftfreq(16 * len(spread), width)
    share = modulation / modulation[0] / np.maximum(np.sinc(frequencies * width), 0.1)
    below = int(np.argmax(share < 0.5))
    if below == 0:
        return None
    high, low = share[below - 1], share[below]
    return float(frequencies[below - 1] + (frequencies[below] - frequencies[below - 1]) * (high - 0.5) / (high - low))


def _profile(gray: Gray, distances: Floats, width: float) -> Floats | None:
    """Mean tone by distance in bins of `width`; empty bins take the value between their neighbours."""
    number = np.floor((distances - distances.min()) / width).astype(int)
    counts = np.bincount(number)
    sums = np.bincount(number, weights=gray)
    filled = np.flatnonzero(counts)
    if len(filled) < 2 * BINS_PER_PIXEL:
        return None
    profile = np.interp(np.arange(len(counts)), filled, sums[filled] / counts[filled])
    end = max(1, len(profile) // 8)
    return profile if profile[-end:].mean() - profile[:end].mean() >= LEAST_CONTRAST else None


def _window(spread: Floats) -> Floats:
    """Flat about the middle of the spread, falling to nothing at the far end: the paper's noise far from the edge is no part of it."""
    weights = np.abs(spread) ** 2
    places = np.arange(len(spread))
    middle = float((weights * places).sum() / max(weights.sum(), 1e-9))
    share = np.abs(places - middle) / max(middle, len(spread) - middle)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.clip((share - FLAT) / (1 - FLAT), 0, 1)))


def _edge_mtf50(scan: SheetScan, place: tuple[float, float], turn: int) -> float | None:
    """Of one edge of a square; `turn` 0 is its right edge, 90 the lower one, and so on."""
    region = _region(scan, place, turn)
    if region is None:
        return None
    columns, rows = region
    tones = scan.gray[rows, columns]
    across, along = _from_edge(scan, place, turn, columns, rows)
    near = (np.abs(across) <= REACH_MM) & (np.abs(along) <= SLANT_MM / 2 - END_MM)
    if not near.any():
        return None
    tones, across, along = tones[near], across[near], along[near]
    line = _true_line(tones, along)
    if line is None:
        return None
    return mtf50(tones, across - np.polyval(line, along), 1.0 / min(scan.lie.pixels_per_mm))


def _corner_points(place: tuple[float, float], turn: int) -> Points:
    """The corners of the measured region round an edge, sheet mm."""
    angle = math.radians(SLANT_DEG + turn)
    normal, edge = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    middle = np.array(place) + normal * SLANT_MM / 2
    half = SLANT_MM / 2 - END_MM
    return np.array([middle + a * normal * REACH_MM + b * edge * half for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def _region(scan: SheetScan, place: tuple[float, float], turn: int) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Columns and rows of the pixels in the rectangle round the edge's region; None when it leaves the picture."""
    corners = scan.points(_corner_points(place, turn))
    (left, top), (right, bottom) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    height, width = scan.gray.shape
    if left < 0 or top < 0 or right >= width or bottom >= height:
        return None
    rows, columns = np.mgrid[top : bottom + 1, left : right + 1]
    return columns.ravel(), rows.ravel()


def _from_edge(
    scan: SheetScan, place: tuple[float, float], turn: int, columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Distance of pixels from the edge's printed line, outwards positive, and their place along it, mm."""
    sheet = map_points(scan.lie.sheet_from_scan, np.column_stack([columns, rows]).astype(np.float64)) - np.array(place)
    angle = math.radians(SLANT_DEG + turn)
    outwards = sheet @ np.array([math.cos(angle), math.sin(angle)])
    return outwards - SLANT_MM / 2, sheet @ np.array([-math.sin(angle), math.cos(angle)])


def _true_line(tones: Gray, along: Floats) -> Floats | None:
    """The edge's own line, as (slope, offset) by the place along it: where each piece of it is as much black as white."""
    black, white = np.percentile(tones, (10, 90))
    if white - black < LEAST_CONTRAST:
        return None
    darkness = np.clip((white - tones.astype(np.float64)) / (white - black), 0, 1)
    piece = np.clip(((along - along.min()) / (np.ptp(along) or 1.0) * SEGMENTS).astype(int), 0, SEGMENTS - 1)
    counts = np.bincount(piece, minlength=SEGMENTS)
    if counts.min() < 10:
        return None
    lengths = np.bincount(piece, weights=darkness, minlength=SEGMENTS) / counts * 2 * REACH_MM - REACH_MM
    middles = np.bincount(piece, weights=along, minlength=SEGMENTS) / counts
    return np.asarray(np.polyfit(middles, lengths, 1))
