"""Resolution: what the file states against what the sheet shows, across and down the picture; and how evenly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.scanner_check.check import Check, Level, graded, worst
from pipeline.scanner_check.finding import SheetScan

RECOMMENDED_DPI, LEAST_DPI, MOST_DPI = 300.0, 200.0, 600.0
"""Readers want 30-50 pixels a character (`cleanup.size`); below 200 the strokes of 8 point print run together, above 600 it only costs."""
PRINT_SCALE = 0.93
"""A sheet printed "to fit the page" is 94-97 % of its size, and then shows so much less than the scanner has."""
TRUE_WITHIN, WRONG_BEYOND = 0.015, 0.10
"""Share by which stated and true resolution may differ: printers and feeds err by 0.5 % each; no fit-to-page reaches 10 %."""
EVEN_WITHIN, UNEVEN_BEYOND = 0.015, 0.05
"""Share by which the two directions may differ: registration takes that much without asking; beyond 5 % digits change their shape."""
FLAT_MM, BENT_MM = 0.6, 1.5
"""Distance of a mark from where an even scan shows it: a field's box has about 1 mm of room on each side."""


@dataclass(frozen=True)
class Resolution:
    """True and stated dpi across and down the picture as the file has it; stated is (0, 0) when the file says nothing."""

    true: tuple[float, float]
    stated: tuple[float, float]
    off_mm: float

    @property
    def is_stated(self) -> bool:
        """Whether the file says a resolution one can hold against the sheet (a bare ratio is none)."""
        return all(math.isfinite(dpi) and dpi > 2 for dpi in self.stated)

    @property
    def ratios(self) -> tuple[float, float]:
        """True against stated, across and down; (1, 1) when nothing is stated."""
        return (self.true[0] / self.stated[0], self.true[1] / self.stated[1]) if self.is_stated else (1.0, 1.0)

    @property
    def unevenness(self) -> float:
        """By how much the picture's pixels are not square, beyond what the file states."""
        expected = self.stated[0] / self.stated[1] if self.is_stated else 1.0
        return abs(math.log(self.true[0] / self.true[1] / expected))


def measure_resolution(scan: SheetScan) -> Resolution:
    """Of the file's own pixels, before any stretching."""
    across, down = scan.dpi
    if scan.lie.turned:
        across, down = down, across
    return Resolution((across / scan.stretch[0], down / scan.stretch[1]), scan.stated_dpi, scan.lie.off_mm)


def judge_resolution(found: Resolution) -> list[Check]:
    """Lines about the resolution itself, about what the file states, and about even scales."""
    return [_enough(found), _stated(found), _even(found)]


def _enough(found: Resolution) -> Check:
    least = min(found.true)
    level: Level = "good"
    advice = ""
    if least < LEAST_DPI * PRINT_SCALE:
        level, advice = "bad", f"スキャナーの解像度を {RECOMMENDED_DPI:.0f} dpi にしてください（最低でも {LEAST_DPI:.0f} dpi）。"
    elif least < RECOMMENDED_DPI * PRINT_SCALE:
        level, advice = "fair", f"読み取れますが、小さな字のために {RECOMMENDED_DPI:.0f} dpi をお勧めします。"
    elif least > MOST_DPI / PRINT_SCALE:
        level, advice = "fair", f"細かすぎます。{RECOMMENDED_DPI:.0f} dpi にすると、同じ読み取り結果で速くなります。"
    value = f"横 {found.true[0]:.0f} dpi・縦 {found.true[1]:.0f} dpi（実測）"
    return Check("resolution", "解像度", level, value, advice, {"across_dpi": round(found.true[0], 1), "down_dpi": round(found.true[1], 1)})


def _stated(found: Resolution) -> Check:
    if not found.is_stated:
        advice = "スキャナーか保存するソフトの設定で、解像度がファイルに書き込まれるようにしてください。"
        return Check("stated_resolution", "解像度の記載", "fair", "ファイルに解像度の記載がありません", advice, {"stated_dpi": None})
    off = max(abs(ratio - 1) for ratio in found.ratios)
    level = graded(off, TRUE_WITHIN, WRONG_BEYOND)
    advice = {
        "good": "",
        "fair": "診断票の 100 mm の線を定規で測ってください。100 mm でなければ、実際のサイズ（100 %）で印刷し直してスキャンします。"
        "100 mm ちょうどなら、スキャナーの倍率（拡大・縮小）の設定を 100 % に直してください。",
        "bad": "ファイルに書かれた解像度が実際と違います。スキャンの後で画像の大きさを変えていないか、"
        "スキャナーの倍率の設定が 100 % かを確かめてください。",
    }[level]
    shares = "・".join(f"{100 * ratio:.1f} %" for ratio in _distinct(found.ratios))
    value = f"記載は {_pair(found.stated)}、実測はその {shares} です"
    measured: dict[str, object] = {
        "stated_dpi": [round(dpi, 1) for dpi in found.stated],
        "ratio": [round(ratio, 4) for ratio in found.ratios],
    }
    return Check("stated_resolution", "解像度の記載", level, value, advice, measured)


def _even(found: Resolution) -> Check:
    level = worst(graded(found.unevenness, EVEN_WITHIN, UNEVEN_BEYOND), graded(found.off_mm, FLAT_MM, BENT_MM))
    advice = "" if level == "good" else "紙送りのローラーを清掃し、原稿ガイドを紙の幅に合わせてください。続くときは保守に連絡してください。"
    value = f"縦横の倍率の差 {100 * found.unevenness:.1f} %・ゆがみ {found.off_mm:.1f} mm"
    measured: dict[str, object] = {"unevenness": round(found.unevenness, 4), "off_mm": round(found.off_mm, 2)}
    return Check("evenness", "伸び縮み", level, value, advice, measured)


def _pair(dpi: tuple[float, float]) -> str:
    return "×".join(f"{one:.0f}" for one in _distinct(dpi)) + " dpi"


def _distinct(pair: tuple[float, float]) -> tuple[float, ...]:
    return pair[:1] if abs(pair[0] / pair[1] - 1) < 0.002 else pair
