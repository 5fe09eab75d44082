"""Specks of dirt in the white bands, where nothing is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.geometry import A4_MM, Box, Gray, map_points
from pipeline.scanner_check.check import Check, graded
from pipeline.scanner_check.finding import SheetScan
from pipeline.scanner_check.layout import ACROSS_BANDS, BAND_MM, DOWN_BANDS
from pipeline.scanner_check.streaks import Streak, streak_columns

SPECK_LEVELS = 60
"""Darker than the paper around by this: noise and paper fibres stay below 30."""
SPECK_MM = 0.25
"""Diameter from which a speck can be taken for a dot of ﾞ, a full stop or a decimal point; these are 0.3-0.4 mm."""
FEW, MANY = 10.0, 100.0
"""On a whole page: clean paper has a few; a second photocopy a hundred, and then one falls into every second field."""
INSET_MM, ENDS_MM = 0.8, 5.0
"""Left out of the bands at their sides and at the sheet's edges."""


@dataclass(frozen=True)
class Specks:
    """`count` specks on `area_mm2` of white; the largest one's diameter, 0 when there is none."""

    count: int
    area_mm2: float
    largest_mm: float

    @property
    def on_a_page(self) -> float:
        """As many would be on a whole A4 side."""
        return self.count * A4_MM[0] * A4_MM[1] / self.area_mm2 if self.area_mm2 else 0.0


def measure_specks(scan: SheetScan, streaks: Sequence[Streak]) -> Specks:
    """Count the specks beside the streaks already found."""
    across, down = _picture_scale(scan)
    white = _white(scan)
    white[:, streak_columns(streaks, "down", across, white.shape[1])] = 0
    white[streak_columns(streaks, "across", down, white.shape[0])] = 0
    if not white.any():
        return Specks(0, 0.0, 0.0)
    paper = float(np.median(scan.gray[white > 0]))
    dark = ((scan.gray < paper - SPECK_LEVELS) & (white > 0)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    diameters = 2 * np.sqrt(stats[1:, cv2.CC_STAT_AREA] / (across * down) / np.pi)
    found = diameters[diameters >= SPECK_MM]
    return Specks(len(found), float((white > 0).sum()) / (across * down), float(found.max(initial=0.0)))


def judge_specks(found: Specks) -> Check:
    """One line; counts are scaled to a whole page, since only the white bands are looked at."""
    if not found.area_mm2:
        return Check("specks", "ごみ", "unknown", "白い部分が写っていないため分かりません", "", {"count": None})
    level = graded(found.on_a_page if found.count > 1 else 0.0, FEW, MANY)
    seen = f"白い部分に {found.count} 個（1 枚全体では約 {found.on_a_page:.0f} 個、最大 {found.largest_mm:.1f} mm）"
    value = seen if found.count else "ありません"
    advice = "" if level == "good" else "ガラス面と原稿押さえの白い板を清掃してください。診断票の紙が汚れていないかも見てください。"
    measured: dict[str, object] = {"count": found.count, "on_a_page": round(found.on_a_page), "largest_mm": round(found.largest_mm, 2)}
    return Check("specks", "ごみ", level, value, advice, measured)


def _picture_scale(scan: SheetScan) -> tuple[float, float]:
    """Pixels per mm across and down the picture."""
    across, down = scan.lie.pixels_per_mm
    return (down, across) if scan.lie.turned else (across, down)


def _white(scan: SheetScan) -> Gray:
    """255 inside the bands, (h, w)."""
    mask = np.zeros(scan.gray.shape, np.uint8)
    width, height = A4_MM
    inner = BAND_MM - 2 * INSET_MM
    boxes = [Box(ENDS_MM, band.y + INSET_MM, width - 2 * ENDS_MM, inner) for band in ACROSS_BANDS]
    boxes += [Box(band.x + INSET_MM, ENDS_MM, inner, height - 2 * ENDS_MM) for band in DOWN_BANDS]
    for box in boxes:
        outline = map_points(scan.lie.scan_from_sheet, box.corners())
        cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 255)
    return mask
