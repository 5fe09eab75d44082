"""How far the stated confidence can be trusted, as pictures: a reliability diagram and a risk-coverage curve per family of kinds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from scipy.stats import beta

from pipeline.decide import FAMILIES
from pipeline.errors import WrongUsage
from pipeline.evaluate.chart import MAIN, MARK, SOFT, Axis, Dot, Frame, Label, Path, Shape, to_svg
from pipeline.evaluate.result import Evaluation
from pipeline.recognise.calibration import upper_bound

TITLES = {
    "all": "合計", "digits": "数字・電話番号", "date": "日付・年月・期間", "kana": "カナ", "name": "氏名", "text": "文字",
    "multiline": "文章", "latin": "英字・メール",
}  # fmt: skip
LEAST_RATE, MOST_RATE = 1e-5, 1.0
"""Ends of the axes of error rates; the surest reading is said to be wrong once in 100,000 times."""
BIN_EDGES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
"""Stated error rates that are held against what came out, together."""
FEWEST_IN_BIN = 5
WIDTH, HEIGHT = 980, 430
PANEL = 340, 280
ROOM = 16
"""Pixels a count needs beside the left axis."""
NOTE = "数字は項目数、縦線は実際の誤りの割合がありうる範囲（90% 区間、上端は 95% 上限）。点がなければ誤り 0 件。"
MOST_POINTS = 400
"""Of a curve: more cannot be seen."""


@dataclass(frozen=True)
class Graded:
    """A text field that was read: its confidence, whether it was right and whether it was let through."""

    confidence: float
    right: bool
    accepted: bool


def write_plots(found: Evaluation, folder: FilePath, max_error: float) -> list[FilePath]:
    """One SVG per family with readings, and `all.svg`.

    Args:
        found: an evaluation.
        folder: made where it is not there.
        max_error: share of accepted fields that the office allows to be wrong: drawn as a line.

    Raises:
        WrongUsage: there is no text field in it, or the folder cannot be written.
    """
    by_family: dict[str, list[Graded]] = {}
    for family, graded in _graded(found):
        by_family.setdefault(family, []).append(graded)
        by_family.setdefault("all", []).append(graded)
    if not by_family:
        raise WrongUsage("図にできる文字の項目がありません。")
    files = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for family in (name for name in TITLES if name in by_family):
            files.append(folder / f"{family}.svg")
            files[-1].write_text(to_svg(sheet(TITLES[family], by_family[family], max_error), WIDTH, HEIGHT), encoding="utf-8")
    except OSError as exc:
        raise WrongUsage(f"{folder} に書き込めません。") from exc
    return files


def _graded(found: Evaluation) -> Iterable[tuple[str, Graded]]:
    for page in found.pages:
        for field in page.fields:
            read = field.read
            if read is not None and read.kind in FAMILIES and read.decision != "blank":
                yield FAMILIES[read.kind], Graded(read.confidence, field.judged.exact, read.decision == "accept")


def sheet(title: str, graded: Sequence[Graded], max_error: float) -> list[Shape]:
    """Both panels of one family."""
    wrong = sum(not one.right for one in graded)
    head = Label((WIDTH / 2, 26), f"{title}（{len(graded)} 項目、うち誤り {wrong}）", 16)
    return [head, *_reliability(graded), *_risk(graded, max_error)]


def _rate(value: float) -> float:
    """Place of an error rate on a logarithmic axis."""
    return math.log(max(value, LEAST_RATE) / LEAST_RATE) / math.log(MOST_RATE / LEAST_RATE)


RATES = ((1e-5, "0.001%"), (1e-4, "0.01%"), (1e-3, "0.1%"), (1e-2, "1%"), (1e-1, "10%"), (1.0, "100%"))


def bins(graded: Sequence[Graded]) -> list[tuple[float, int, int]]:
    """(mean stated error, readings, wrong ones) per bin of stated error that holds enough readings."""
    found = []
    for low, high in zip((0.0, *BIN_EDGES), (*BIN_EDGES, math.inf), strict=False):
        inside = [one for one in graded if low < 1 - one.confidence <= high or (low == 0.0 and one.confidence >= 1.0)]
        if len(inside) >= FEWEST_IN_BIN:
            stated = sum(1 - one.confidence for one in inside) / len(inside)
            found.append((stated, len(inside), sum(not one.right for one in inside)))
    return found


def _reliability(graded: Sequence[Graded]) -> list[Shape]:
    """Stated error against error as it came out, with two-sided 90 % intervals (their upper end is the one-sided 95 % bound)."""
    axis = Axis(_rate, RATES, "システムが見積もった誤りの確率")
    frame = Frame(90, 80, *PANEL, axis, Axis(_rate, RATES, "実際の誤りの割合"))
    shapes = frame.shapes("見積もりと実際（点線に近いほど正確、点線より上は過信）")
    shapes.append(Path((frame.at(LEAST_RATE, LEAST_RATE), frame.at(1, 1)), dashed=True))
    for stated, number, wrong in bins(graded):
        low = float(beta.ppf(0.05, wrong, number - wrong + 1)) if wrong else 0.0
        shapes.append(Path((frame.at(stated, low), frame.at(stated, upper_bound(wrong, number))), MAIN, 1.5))
        if wrong:
            shapes.append(Dot(frame.at(stated, wrong / number), 4))
        x, y = frame.at(stated, upper_bound(wrong, number))
        shapes.append(Label((max(x, frame.left + ROOM), y - 5), str(number), 10))
    shapes.append(Label((frame.left, HEIGHT - 10), NOTE, 10, "start"))
    return shapes


def risk(graded: Sequence[Graded]) -> list[tuple[float, int, int]]:
    """(share let through, number, wrong ones) with the surest first, where equally sure ones go together; at most MOST_POINTS."""
    ranked = sorted(graded, key=lambda one: -one.confidence)
    found, wrong = [], 0
    for place, one in enumerate(ranked, start=1):
        wrong += not one.right
        if place == len(ranked) or ranked[place].confidence < one.confidence:
            found.append((place / len(ranked), place, wrong))
    step = max(1, len(found) // MOST_POINTS)
    return [*found[:-1:step], found[-1]]


def _risk(graded: Sequence[Graded], max_error: float) -> list[Shape]:
    """Error among what is let through against how much is let through; the office's limit and where the programme stands."""
    shares = tuple((share / 5, f"{share * 20}%") for share in range(6))
    across = Axis(lambda share: share, shares, "自動で確定する割合（確信度の高い順）")
    frame = Frame(580, 80, *PANEL, across, Axis(_rate, RATES, "確定した中の誤りの割合"))
    curve = risk(graded)
    upper = [frame.at(share, upper_bound(wrong, number)) for share, number, wrong in curve]
    lower = [frame.at(share, wrong / number) for share, number, wrong in curve]
    shapes: list[Shape] = [Path((*upper, *reversed(lower)), SOFT, fill=True)]
    shapes += frame.shapes("自動化の割合と誤り（薄い帯の上端は 95% 上限）")
    shapes += [Path(tuple(lower), MAIN, 2.0), Path((frame.at(0, max_error), frame.at(1, max_error)), MARK, dashed=True)]
    shapes.append(Label((frame.left + 6, frame.at(0, max_error)[1] - 5), f"許容する誤り {max_error:.2%}", 11, "start", MARK))
    passed = [one for one in graded if one.accepted]
    if passed:
        wrong, share = sum(not one.right for one in passed), len(passed) / len(graded)
        shapes.append(Dot(frame.at(share, wrong / len(passed)), 5, MARK))
        x, y = frame.at(share, wrong / len(passed))
        shapes.append(Label((x - 8, y - 9), f"現在の設定: {share:.0%} を確定、誤り {wrong} 件", 11, "end", MARK))
    return shapes
