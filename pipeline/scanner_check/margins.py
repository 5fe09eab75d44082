"""Which edges of the sheet are missing, and by how much.

Two things can take an edge away. The picture ends inside the sheet: that follows from where the sheet lies. Or the picture is wide enough,
but white where the print should be: the ladders, which begin at the sheet's very edge, tell how far the print comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.geometry import A4_MM, Points, map_points
from pipeline.scanner_check.check import Check, graded, worst
from pipeline.scanner_check.finding import SheetScan
from pipeline.scanner_check.layout import LADDER_BAR_MM, LADDER_MM, LADDERS, SIDES, Ladder, Side

CUT_MM, CUT_DEEP_MM = 2.0, 5.0
"""Missing at an edge: printers put the print up to 2 mm off its place; nothing can be printed or need be written within 5 mm."""
UNPRINTED_MM = 7.0
"""Printers leave 3-6 mm white round the sheet; more is the scanner's doing."""
NAMES: dict[Side, str] = {"left": "左", "top": "上", "right": "右", "bottom": "下"}
WHITE_ADVICE = "スキャナーの「枠消し」「余白消去」を切ってください。印刷のときに余白を広く取っている場合は、診断票を印刷し直してください。"
STEP_MM = 0.1
STRIP_MM = 0.6 * LADDER_BAR_MM
"""Width of the strip along a ladder's bar that is averaged."""
OUTWARDS: dict[Side, tuple[float, float]] = {"left": (-1, 0), "top": (0, -1), "right": (1, 0), "bottom": (0, 1)}


@dataclass(frozen=True)
class Margins:
    """By side of the sheet, mm.

    Attributes:
        missing: greatest depth to which the picture leaves the sheet out, 0 when nothing is missing.
        white: depth of the print that is not seen although the picture has the place, None when no ladder can be seen.
    """

    missing: dict[Side, float]
    white: dict[Side, float | None]


def measure_margins(scan: SheetScan) -> Margins:
    """Depths on the four sides of the sheet, wherever they are in the picture."""
    return Margins({side: _missing(scan, side) for side in SIDES}, {side: _white(scan, side) for side in SIDES})


def judge_margins(found: Margins) -> list[Check]:
    """One line about edges cut off by the picture, one about edges made white."""
    cut = {side: depth for side, depth in found.missing.items() if depth > CUT_MM}
    level = graded(max(found.missing.values()), CUT_MM, CUT_DEEP_MM)
    value = f"{_listed(cut)} が切れています" if cut else "切れていません"
    advice = "" if level == "good" else "読み取りサイズを A4（または自動）にし、原稿を基準の隅とガイドに合わせてください。"
    missing: dict[str, object] = {f"{side}_mm": round(depth, 1) for side, depth in found.missing.items()}
    return [Check("cropped", "端の欠け", level, value, advice, missing), _white_check(found)]


def _white_check(found: Margins) -> Check:
    known = {side: depth for side, depth in found.white.items() if depth is not None}
    wide = {side: depth for side, depth in known.items() if depth > UNPRINTED_MM}
    level = worst(*(graded(depth, UNPRINTED_MM, LADDER_MM) for depth in known.values()), "unknown")
    value = f"{_listed(wide)} が白く消えています" if wide else "消えていません"
    advice = WHITE_ADVICE if wide else ""
    measured: dict[str, object] = {f"{side}_mm": None if depth is None else round(depth, 1) for side, depth in found.white.items()}
    return Check("erased_margin", "余白の消え", level, value if known else "端が切れているため分かりません", advice, measured)


def _listed(depths: dict[Side, float]) -> str:
    return "、".join(f"{NAMES[side]}側 {depth:.0f} mm" for side, depth in depths.items())


def _missing(scan: SheetScan, side: Side) -> float:
    """Greatest depth of the picture's edge on this side of the sheet, over the sheet's length; 0 when it lies outside."""
    start, end = _picture_edge(scan, side)
    along, inwards = (1, 0) if side in ("left", "right") else (0, 1)
    places = np.clip([start[along], end[along]], 0.0, A4_MM[along])
    slope = (end[inwards] - start[inwards]) / (end[along] - start[along])
    depths = start[inwards] + slope * (places - start[along])
    return max(0.0, float((depths if side in ("left", "top") else A4_MM[inwards] - depths).max()))


def _picture_edge(scan: SheetScan, side: Side) -> tuple[Points, Points]:
    """The ends, sheet mm, of the edge of the picture that faces the same way as this side of the sheet."""
    height, width = scan.gray.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) - 0.5
    sheet = map_points(scan.lie.sheet_from_scan, corners)
    outwards = [(sheet[number] + sheet[(number + 1) % 4]) / 2 - sheet.mean(axis=0) for number in range(4)]
    facing = int(np.argmax([way @ OUTWARDS[side] / np.linalg.norm(way) for way in outwards]))
    return sheet[facing], sheet[(facing + 1) % 4]


def _white(scan: SheetScan, side: Side) -> float | None:
    """The least white depth of the ladders on a side: one alone may be dirty or torn."""
    depths = [depth for ladder in LADDERS if ladder.side == side if (depth := _white_depth(scan, ladder)) is not None]
    return min(depths) if depths else None


def _white_depth(scan: SheetScan, ladder: Ladder) -> float | None:
    depths = np.arange(STEP_MM / 2, LADDER_MM, STEP_MM)
    beside = np.linspace(-STRIP_MM / 2, STRIP_MM / 2, 5)
    points = scan.points(np.array([ladder.point(depth, off) for depth in depths for off in beside])).astype(np.float32)
    height, width = scan.gray.shape
    inside = ((points >= 0) & (points <= (width - 1, height - 1))).all(axis=1).reshape(len(depths), -1).all(axis=1)
    if inside.sum() * STEP_MM < 1.0:
        return None
    tones = cv2.remap(scan.gray, points[:, 0].reshape(len(depths), -1), points[:, 1].reshape(len(depths), -1), cv2.INTER_LINEAR)
    profile = tones.mean(axis=1)
    half = (float(profile[inside].min()) + 255.0) / 2
    dark = inside & (profile < half)
    begins = float(depths[np.argmax(dark)]) if dark.any() and profile[inside].min() < 160 else LADDER_MM
    return max(0.0, begins - float(depths[np.argmax(inside)]))
