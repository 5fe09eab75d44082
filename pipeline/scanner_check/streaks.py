"""Straight streaks down or across the picture, as dirt on the glass of a feeder leaves them.

A streak runs along the scanner's own axes, however the sheet lay. So every column of the picture is followed through the sheet's white
bands and black bars (every row likewise), and what shows in two of them at least is a streak; a speck shows in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, Gray, map_points
from pipeline.scanner_check.check import Check, Level
from pipeline.scanner_check.finding import SheetScan
from pipeline.scanner_check.layout import ACROSS_BANDS, ACROSS_BARS, DOWN_BANDS, DOWN_BARS

Floats = NDArray[np.float64]

LEAST_LEVELS = 8.0
"""Least step against its surroundings; compressed and noisy white varies by 2 after averaging over a band."""
NOISE_TIMES = 6.0
"""Of the profile's own spread."""
DEEP_LEVELS = 40.0
"""From here on a streak may be taken for a stroke or a rule."""
SURROUNDINGS_MM = 8.0
"""Over which the tone beside a streak is taken; a lamp's unevenness is slower."""
FRINGE_MM = 0.35
"""Streaks may wander so far between two bands."""
GAP_MM = 0.4
"""Two streaks nearer than this are one."""
WIDEST_MM = 4.0
"""More is a shadow or a fold."""
INSET_MM, ENDS_MM = 0.8, 4.0
"""Left out of a band at its sides and at the sheet's edges, where shadows are."""
BAR_INSET_MM = 0.5
SAMPLES = 24
"""Places across a band that are looked at; the middle half of their tones is averaged."""


@dataclass(frozen=True)
class Streak:
    """One streak.

    Attributes:
        way: `down` the picture or `across` it, as the picture shows it.
        at_mm: from the picture's left or top edge.
        width_mm: how wide it would be at its full strength.
        levels: grey levels against its surroundings, darker positive.
    """

    way: Literal["down", "across"]
    at_mm: float
    width_mm: float
    levels: float


def measure_streaks(scan: SheetScan) -> list[Streak]:
    """All streaks, those down the picture first, from left to right, then those across."""
    turned = scan.lie.turned
    across_bands, down_bands = (DOWN_BANDS, ACROSS_BANDS) if turned else (ACROSS_BANDS, DOWN_BANDS)
    across_bars, down_bars = (DOWN_BARS, ACROSS_BARS) if turned else (ACROSS_BARS, DOWN_BARS)
    per_mm = scan.lie.pixels_per_mm[::-1] if turned else scan.lie.pixels_per_mm
    matrix = scan.lie.scan_from_sheet
    swap = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    found = [Streak("down", *streak) for streak in _streaks(scan.gray, matrix, across_bands, across_bars, per_mm[0])]
    sideways = np.ascontiguousarray(scan.gray.T)
    return found + [Streak("across", *streak) for streak in _streaks(sideways, swap @ matrix, down_bands, down_bars, per_mm[1])]


def judge_streaks(found: Sequence[Streak]) -> Check:
    """One line about all streaks."""
    level: Level = "good" if not found else "bad" if max(abs(streak.levels) for streak in found) >= DEEP_LEVELS else "fair"
    value = "ありません" if not found else f"{len(found)} 本　" + "、".join(_named(streak) for streak in found[:MOST_NAMED])
    if len(found) > MOST_NAMED:
        value += " ほか"
    advice = [] if not found else [ADVICE[way] for way in ADVICE if any(streak.way == way for streak in found)] + [OTHER_WAY]
    measured: dict[str, object] = {
        "streaks": [
            {"way": one.way, "at_mm": round(one.at_mm, 1), "width_mm": round(one.width_mm, 2), "levels": round(one.levels)} for one in found
        ]
    }
    return Check("streaks", "すじ", level, value, "".join(advice), measured)


MOST_NAMED = 6
ADVICE = {
    "down": "縦のすじは、自動給紙（ADF）の細い読み取りガラスの汚れです。その位置を乾いた布で拭いてください。",
    "across": "横のすじは、紙送りのむらか、横向きに給紙したときの読み取りガラスの汚れです。ローラーとガラスを清掃してください。",
}
OTHER_WAY = "上下を逆にしてもう一度スキャンし、すじが紙と一緒に動けば、印刷の汚れです。"


def _named(streak: Streak) -> str:
    shade = "白い" if streak.levels < 0 else "薄い" if streak.levels < DEEP_LEVELS else ""
    edge, way = ("左", "縦すじ") if streak.way == "down" else ("上", "横すじ")
    return f"画像の{edge}から {streak.at_mm:.0f} mm に{shade}{way}（幅約 {max(streak.width_mm, 0.1):.1f} mm）"


def _streaks(
    gray: Gray, matrix: NDArray[np.float64], bands: Sequence[Box], bars: Sequence[Box], per_mm: float
) -> list[tuple[float, float, float]]:
    """Streaks down `gray`: place, width in mm, levels."""
    dark = [_steps(profile, per_mm) for band in bands if (profile := _profile(gray, matrix, band, INSET_MM)) is not None]
    light = [-_steps(profile, per_mm) for bar in bars if (profile := _profile(gray, matrix, bar, BAR_INSET_MM)) is not None]
    return sorted([*_runs(_in_two(dark, per_mm), per_mm, 1.0), *_runs(_in_two(light, per_mm), per_mm, -1.0)])


def _profile(gray: Gray, matrix: NDArray[np.float64], band: Box, inset: float) -> Floats | None:
    """Tone of the band in every column of the picture, NaN outside; (w,). None when hardly any of it is in the picture."""
    tall = band.h > band.w
    long_inset, short_inset = (ENDS_MM if max(band.w, band.h) > 200 else inset), inset
    x_inset, y_inset = (short_inset, long_inset) if tall else (long_inset, short_inset)
    corners = Box(band.x + x_inset, band.y + y_inset, band.w - 2 * x_inset, band.h - 2 * y_inset).corners()
    outline = map_points(matrix, corners)
    height, width = gray.shape
    columns = np.arange(max(0, int(np.ceil(outline[:, 0].min()))), min(width - 1, int(outline[:, 0].max())) + 1)
    if len(columns) < 10:
        return None
    top, bottom = _limits(outline, columns)
    inside = (bottom - top > 2.0) & (top >= 0) & (bottom <= height - 1)
    if not inside.any():
        return None
    share = (np.arange(SAMPLES) + 0.5)[:, None] / SAMPLES
    rows = np.clip(np.rint(top + share * (bottom - top)), 0, height - 1).astype(int)
    tones = np.sort(gray[rows, columns[None, :]], axis=0)[SAMPLES // 4 : -SAMPLES // 4]
    profile = np.full(width, np.nan)
    profile[columns[inside]] = tones.mean(axis=0)[inside]
    return profile


def _limits(outline: NDArray[np.float64], columns: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Upper and lower bound of a convex outline in each column."""
    crossings = np.full((len(outline), len(columns)), np.nan)
    for number, (start, end) in enumerate(zip(outline, np.roll(outline, -1, axis=0), strict=True)):
        if abs(end[0] - start[0]) < 1e-9:
            continue
        rows = start[1] + (end[1] - start[1]) * (columns - start[0]) / (end[0] - start[0])
        within = (columns >= min(start[0], end[0])) & (columns <= max(start[0], end[0]))
        crossings[number, within] = rows[within]
    return np.fmin.reduce(crossings, axis=0), np.fmax.reduce(crossings, axis=0)


def _steps(profile: Floats, per_mm: float) -> Floats:
    """How much darker each column is than its surroundings, less what noise does; NaN where nothing is known."""
    known = np.flatnonzero(~np.isnan(profile))
    even = np.interp(np.arange(len(profile)), known, profile[known]).astype(np.float32)
    window = max(3, round(SURROUNDINGS_MM * per_mm)) | 1
    beside = _running_median(even, window)
    steps = beside - even
    spread = 1.4826 * float(np.median(np.abs(steps[known])))
    steps[np.abs(steps) < max(LEAST_LEVELS, NOISE_TIMES * spread)] = 0.0
    return np.asarray(np.where(np.isnan(profile), np.nan, steps), dtype=np.float64)


def _running_median(values: NDArray[np.float32], window: int) -> Floats:
    """Over a window, taken on every eighth of it: what is beside a streak changes slowly."""
    stride = max(1, window // 8)
    padded = np.pad(values, window // 2, mode="reflect")
    views = np.lib.stride_tricks.sliding_window_view(padded, window)[::stride]
    return np.interp(np.arange(len(values)), np.arange(len(views)) * stride, np.median(views, axis=1))


def _in_two(steps: Sequence[Floats], per_mm: float) -> Floats:
    """What two bands agree on in each column; 0 where fewer than two can be seen."""
    if len(steps) < 2:
        return np.zeros(0)
    reach = 2 * round(FRINGE_MM * per_mm) + 1
    stack = np.array([np.nan_to_num(one, nan=-1.0) for one in steps])
    wide = np.array([cv2.dilate(one[None].astype(np.float32), np.ones((1, reach), np.uint8))[0] for one in stack])
    agreed = np.sort(wide, axis=0)[-2]
    strongest = stack.max(axis=0)
    return np.where((agreed > 0) & (strongest > 0), np.minimum(strongest, agreed), 0.0)


def _runs(steps: Floats, per_mm: float, sign: float) -> list[tuple[float, float, float]]:
    """Runs of columns above zero: middle and width in mm, strongest step with `sign`."""
    columns = np.flatnonzero(steps > 0)
    if not len(columns):
        return []
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > max(1.5, GAP_MM * per_mm)) + 1)
    found = []
    for run in runs:
        weights = steps[run]
        middle = float((weights * run).sum() / weights.sum()) + 0.5
        width = float(weights.sum() / weights.max())
        if width / per_mm <= WIDEST_MM:
            found.append((middle / per_mm, width / per_mm, sign * float(weights.max())))
    return found


def streak_columns(streaks: Sequence[Streak], way: str, per_mm: float, length: int) -> NDArray[np.bool_]:
    """Which columns (`down`) or rows (`across`) of a picture a streak covers, with a fringe."""
    covered = np.zeros(length, bool)
    for one in streaks:
        if one.way == way:
            reach = one.width_mm / 2 + FRINGE_MM
            covered[max(0, int((one.at_mm - reach) * per_mm)) : int((one.at_mm + reach) * per_mm) + 1] = True
    return covered
