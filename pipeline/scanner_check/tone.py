"""Tones: is the paper white and the print black, and are pencil and pale print still seen; is it colour, gray or black and white only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from pipeline.geometry import Box, Colour, Gray
from pipeline.scanner_check.check import Check, Level, graded, worst
from pipeline.scanner_check.finding import SheetScan
from pipeline.scanner_check.layout import ACROSS_BANDS, PATCH_BOXES, STEP_BOXES, STEPS, PatchName

Mode = Literal["colour", "gray", "bilevel"]
PAPER = Box(35.0, ACROSS_BANDS[1].y, 140.0, ACROSS_BANDS[1].h)
"""Where the paper's tone is taken: the middle band within the frame."""

INSET_MM = 1.5
"""Left out round a patch, so that neither its edge nor a blur of it is measured."""
PER_MM = 6.0
"""Samples a millimetre of a patch."""
BETWEEN = (24, 231)
"""Grey levels that a black-and-white scan does not have."""
BILEVEL_SHARE = 0.03
"""Most of the gray steps' samples that may lie between in a scan called black and white; smoothing drivers leave a few."""
COLOURED = 32.0
"""Levels between the strongest and the weakest of R, G, B from which ink is told from print, as `pages.tone` takes it; of whole patches."""
VIVID = 70.0
"""Of the seal's patch: half of what vermilion ink has. Below, faded seals are lost."""
TINT = 25.0
"""Of the paper between its strongest and weakest channel."""
WHITE_FAIR, WHITE_BAD = 200.0, 150.0
"""Grey level of the paper below which it is gray, and so gray that pale print goes under."""
BLACK_FAIR, BLACK_BAD = 90.0, 140.0
"""Grey level of full black above which the scan is pale, and too pale."""
FAINT_LEVELS, LOST_LEVELS = 40.0, 15.0
"""Between pencil and paper: below, pencil and pale stamps are faint, or lost; paper noise is 2-4 levels."""
MIDDLE_RANGE = (0.12, 0.90)
"""Where the mean of the two middle steps lies between black (0) and white (1); printing darkens it to 0.3, a good scanner leaves it."""
SEEN, SOLID = 0.3, 0.5
"""Share of black samples from which a patch of a black-and-white scan is seen, and is black: a laser printer makes the pencil's gray of
dots that cover 0.41, the lightest step of such that cover 0.14."""
DROPPED = 0.25
"""Darkness of the seal's patch against that of black ink, below which red is dropped out. Plain gray shows 0.6."""


@dataclass(frozen=True)
class Tone:
    """Mean grey levels.

    Attributes:
        mode: what the scan has.
        paper: of the white bands.
        steps: of the gray steps, darkest first as printed.
        patches: of the ink patches.
        seal_chroma, blue_chroma: levels between the strongest and weakest channel of these patches; 0 without colour.
        tint: of the paper.
    """

    mode: Mode
    paper: float
    steps: tuple[float, ...]
    patches: dict[PatchName, float]
    seal_chroma: float
    blue_chroma: float
    tint: float

    @property
    def black(self) -> float:
        """Of the darkest step."""
        return self.steps[0]

    @property
    def middle(self) -> float:
        """Where the two middle steps lie between black and paper, 0 to 1."""
        half = len(self.steps) // 2
        return ((self.steps[half - 1] + self.steps[half]) / 2 - self.black) / max(self.paper - self.black, 1.0)

    @property
    def pencil_levels(self) -> float:
        """By how much pencil is darker than paper."""
        return self.paper - self.patches["pencil"]


def measure_tone(scan: SheetScan) -> Tone | None:
    """From the patches and the white bands; None when the picture does not hold all of them."""
    if not all(scan.shows(box) for box in (*STEP_BOXES, *PATCH_BOXES.values(), PAPER)):
        return None
    steps = [_cut(scan, scan.gray, box) for box in STEP_BOXES]
    patches: dict[PatchName, float] = {name: _mean(_cut(scan, scan.gray, box)) for name, box in PATCH_BOXES.items()}
    chroma = dict.fromkeys(("seal", "blue", "paper"), 0.0)
    if scan.colour is not None:
        boxes = {"seal": PATCH_BOXES["seal"], "blue": PATCH_BOXES["blue"], "paper": PAPER}
        means = {name: _cut(scan, scan.colour, box).reshape(-1, 3).mean(axis=0) for name, box in boxes.items()}
        chroma = {name: float(np.ptp(mean)) for name, mean in means.items()}
    return Tone(
        mode=_mode(np.concatenate([step.ravel() for step in steps[1:-1]]), chroma),
        paper=float(np.median(_cut(scan, scan.gray, PAPER))),
        steps=tuple(_mean(step) for step in steps),
        patches=patches,
        seal_chroma=chroma["seal"],
        blue_chroma=chroma["blue"],
        tint=chroma["paper"],
    )


def _mode(tones: Gray, chroma: dict[str, float]) -> Mode:
    if max(chroma["seal"], chroma["blue"]) >= COLOURED:
        return "colour"
    between = float(np.mean((tones > BETWEEN[0]) & (tones < BETWEEN[1])))
    return "bilevel" if between < BILEVEL_SHARE else "gray"


def _cut(scan: SheetScan, picture: Gray | Colour, box: Box) -> Gray:
    """The middle of a box, upright, at PER_MM; averaged over the pixels where the picture has more."""
    inner = box.grown(-INSET_MM)
    fine = PER_MM * max(1, round(max(scan.lie.pixels_per_mm) / PER_MM))
    xs = inner.x + (np.arange(round(inner.w * fine)) + 0.5) / fine
    ys = inner.y + (np.arange(round(inner.h * fine)) + 0.5) / fine
    points = scan.points(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)).astype(np.float32).reshape(len(ys), len(xs), 2)
    return np.asarray(cv2.remap(picture, points[..., 0], points[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _mean(patch: Gray) -> float:
    return float(patch.mean())


def judge_tone(found: Tone | None) -> list[Check]:
    """One line about colour, one about the tones."""
    if found is None:
        return [Check(code, title, "unknown", UNSEEN, UNSEEN_ADVICE, {}) for code, title in (("colour", "色"), ("tone", "濃さ"))]
    return [_colour_check(found), _tone_check(found)]


def _colour_check(found: Tone) -> Check:
    measured: dict[str, object] = {"mode": found.mode, "seal_chroma": round(found.seal_chroma), "blue_chroma": round(found.blue_chroma)}
    measured["paper_tint"] = round(found.tint)
    level: Level = "fair"
    if found.mode == "bilevel":
        value = "白黒 2 値　印影と印字の見分けがつかず、薄い字は消えるかつぶれます"
        advice = "スキャナーのモードを「カラー」（なければ「グレースケール」）にしてください。"
    elif found.mode == "gray":
        value = "グレースケール　朱肉の印影と黒い印字を色で見分けられません"
        advice = GRAY_ADVICE
        if _is_dropped(found):
            level, value = "bad", "グレースケール　赤が写っていません（印影が消えます）"
            advice = "スキャナーの「ドロップアウトカラー（赤を消す）」を切ってください。"
    else:
        level = graded(-found.seal_chroma, -VIVID, -COLOURED)
        value = "カラー　印影の色が分かります" if level == "good" else "カラー　印影の色が薄く写っています"
        advice = "" if level == "good" else "スキャナーの「彩度」「濃度」の設定を標準に戻してください。"
        if found.tint > TINT:
            level, value = worst(level, "fair"), value + "が、紙に色がついています"
            advice += "白い紙で印刷した診断票なら、スキャナーの「ホワイトバランス」か「色補正」を標準に戻してください。"
    return Check("colour", "色", level, value, advice, measured)


def _is_dropped(found: Tone) -> bool:
    return found.paper - found.patches["seal"] < DROPPED * (found.paper - found.patches["black"])


def _tone_check(found: Tone) -> Check:
    problems = _bilevel_problems(found) if found.mode == "bilevel" else _tonal_problems(found)
    level = worst("good", *(problem[0] for problem in problems))
    value = "、".join(problem[1] for problem in problems) or "適正です"
    if found.mode != "bilevel":
        value += f"（紙の明るさ {found.paper:.0f}・黒 {found.black:.0f}、白が 255）"
    advice = "".join(dict.fromkeys(problem[2] for problem in problems))
    measured: dict[str, object] = {
        "paper_level": round(found.paper),
        "black_level": round(found.black),
        "pencil_levels": round(found.pencil_levels),
        "middle": round(found.middle, 2),
        "step_levels": [round(step) for step in found.steps],
    }
    return Check("tone", "濃さ", level, value, advice, measured)


UNSEEN, UNSEEN_ADVICE = "色と濃さの見本が写っていません", "端の欠けを直してから、もう一度調べてください。"
GRAY_ADVICE = "スキャナーのモードを「カラー」にしてください。カラーにしていてもこう出るときは、診断票をカラーで印刷し直してください。"
LIGHTER = "スキャナーの濃度（明るさ）を「薄く（明るく）」してください。"
DARKER = "スキャナーの濃度（明るさ）を「濃く（暗く）」してください。"
CONTRAST = "スキャナーの「コントラスト」を標準に戻し、印刷が薄くないかも確かめてください。"

Problem = tuple[Level, str, str]


def _tonal_problems(found: Tone) -> list[Problem]:
    problems: list[Problem] = []
    if found.paper < WHITE_FAIR:
        problems.append(("bad" if found.paper < WHITE_BAD else "fair", "地色が灰色です", LIGHTER))
    if found.black > BLACK_FAIR:
        problems.append(("bad" if found.black > BLACK_BAD else "fair", "黒が薄く写っています", DARKER))
    if found.middle < MIDDLE_RANGE[0]:
        problems.append(("fair", "濃すぎて、灰色が黒くつぶれています", LIGHTER))
    elif found.middle > MIDDLE_RANGE[1]:
        problems.append(("fair", "薄すぎて、灰色が白く飛んでいます", DARKER))
    if found.pencil_levels < FAINT_LEVELS:
        lost = found.pencil_levels < LOST_LEVELS
        advice = DARKER if found.paper > WHITE_FAIR else CONTRAST
        problems.append(("bad" if lost else "fair", "鉛筆や薄い字が" + ("消えます" if lost else "薄く写ります"), advice))
    return problems


def _bilevel_problems(found: Tone) -> list[Problem]:
    """Which of the patches came out black: pencil should, the lightest gray step and the paper should not."""
    darkness = [1 - step / 255 for step in found.steps]
    problems: list[Problem] = []
    if 1 - found.patches["pencil"] / 255 < SEEN:
        middling = darkness[STEPS.index(109)] < SEEN
        problems.append(("bad" if middling else "fair", "薄すぎます（鉛筆や薄い字が消えます）", DARKER))
    if darkness[-2] >= SOLID or found.paper < WHITE_FAIR:
        problems.append(("bad" if found.paper < WHITE_FAIR else "fair", "濃すぎます（薄い地色が黒くつぶれます）", LIGHTER))
    return problems
