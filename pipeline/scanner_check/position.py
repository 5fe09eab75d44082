"""How the sheet lies: askew, turned, mirrored, as a negative."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.scanner_check.check import Check, Level, graded
from pipeline.scanner_check.finding import SheetScan

STRAIGHT_DEG, ASKEW_DEG = 1.0, 4.0
"""Clean-up takes 8 degrees out; from 1 degree on the sheet's corners leave the scanned area by 2 mm and more, from 4 by 7 mm."""
TURNS = {0: "正しい向き", 90: "右に 90 度回っています", 180: "上下が逆です", 270: "左に 90 度回っています"}


@dataclass(frozen=True)
class Position:
    """Quarter turns clockwise in degrees, the rest as skew, clockwise positive; a mirror and a negative."""

    rotation: int
    skew_deg: float
    mirrored: bool
    inverted: bool


def measure_position(scan: SheetScan) -> Position:
    """From the tags' map; the skew is the mean of that of the sheet's horizontals and verticals."""
    across, down = scan.lie.angles_deg
    quarter = round(across / 90) * 90
    skew = ((across - quarter) + ((down - quarter + 180) % 360 - 180)) / 2
    return Position(quarter % 360, skew, scan.lie.mirrored, scan.inverted)


def judge_position(found: Position) -> list[Check]:
    """Lines about skew and about the way up."""
    return [_skew(found), _way_up(found)]


def _skew(found: Position) -> Check:
    level = graded(abs(found.skew_deg), STRAIGHT_DEG, ASKEW_DEG)
    direction = "" if abs(found.skew_deg) < 0.05 else "（時計回り）" if found.skew_deg > 0 else "（反時計回り）"
    advice = {
        "good": "",
        "fair": "自動で直せる範囲ですが、隅が切れることがあります。原稿ガイドを紙の幅に合わせてください。",
        "bad": "原稿ガイドを紙の幅に合わせ、紙をそろえて入れてください。続くときは紙送りのローラーを清掃してください。",
    }[level]
    return Check("skew", "傾き", level, f"{abs(found.skew_deg):.1f} 度{direction}", advice, {"skew_deg": round(found.skew_deg, 2)})


def _way_up(found: Position) -> Check:
    level: Level = "good"
    value, advice = TURNS[found.rotation], ""
    if found.rotation:
        advice = "読み取りのときに自動で直すので、このままで構いません。"
    if found.mirrored:
        level, value, advice = "bad", "左右が裏返し（鏡像）です", "スキャナーかソフトの「鏡像」「左右反転」を切ってください。"
    if found.inverted:
        level, value, advice = "bad", "白と黒が逆です", "スキャナーかソフトの「白黒反転」「ネガ」を切ってください。"
    measured: dict[str, object] = {"rotation_deg": found.rotation, "mirrored": found.mirrored, "inverted": found.inverted}
    return Check("orientation", "向き", level, value, advice, measured)
