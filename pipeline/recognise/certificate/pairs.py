"""Which texts may be which labels' values: what stands in the label's row behind it, below it, or above it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.recognise.certificate.segments import Line, offset
from pipeline.recognise.certificate.values import NUMBERS, fits

ROW = 0.6
"""Middles of a label and its value in one row differ by less than this share of the higher one's height."""
FAR_RIGHT = 30.0
"""Label heights between a label and its value to the right at most: across a page of wide tables."""
FAR_BELOW = 3.5
"""Label heights between the middles of a label and its value below or above at most."""
ASIDE = 2.5
"""Label heights by which the middle of a value below may lie outside the label's width: a heading in the middle of its column."""
COMPARISON = re.compile(
    "平均|配点|満点|基準|合格点|最高|最低|全体|前年|昨年|前回|順位|偏差|問題数|出題|正解数|回答|average|max|rank|full", re.IGNORECASE
)
"""Headings of columns that hold other numbers than the candidate's own."""
HEADED = 12
"""Characters of a column's heading at most."""


@dataclass(frozen=True)
class Pair:
    """A label and a value that may belong together; `side` is "right", "below" or "above", `distance` between them in label heights."""

    name: str
    label: Line
    value: Line
    side: str
    distance: float
    fitting: bool


def pairs_of(labels: list[tuple[str, Line]], others: list[Line], turn: float) -> list[Pair]:
    """Every label with every text that may be its value.

    Args:
        labels: with the names of their fields.
        others: texts that are no labels.
        turn: degrees by which the page is still turned.
    """
    pairs = [pair for name, label in labels for value in others if (pair := _pair(name, label, value, labels, turn))]
    pairs = _own_columns(pairs, others + [line for _, line in labels], turn)
    owned = _owned(pairs)
    return [pair for pair in pairs if pair.side == "right" or id(pair.value) not in owned]


def _owned(pairs: list[Pair]) -> set[int]:
    """Identities of the values next to a label in its row that look like its field's: they are not those of labels above or below."""
    nearest: dict[int, Pair] = {}
    for pair in pairs:
        best = nearest.get(id(pair.label))
        if pair.side == "right" and pair.fitting and (best is None or pair.distance < best.distance):
            nearest[id(pair.label)] = pair
    return {id(pair.value) for pair in nearest.values()}


def _pair(name: str, label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> Pair | None:
    """The two as a pair, None when the value is nowhere beside the label or stands beside another one."""
    across, down = offset(label, value, turn)
    height = label.box.height
    gap = across - (label.box.width + value.box.width) / 2
    fitting = fits(name, value.text)
    if abs(down) < ROW * max(height, value.box.height) and -height < gap < FAR_RIGHT * height:
        return None if _between(label, value, labels, turn) else Pair(name, label, value, "right", gap / height, fitting)
    beside = max(abs(across) - max(label.box.width, value.box.width) / 2, 0.0)
    near = 0 < abs(down) < FAR_BELOW * max(height, value.box.height) and beside < ASIDE * height
    if near:
        return Pair(name, label, value, "below" if down > 0 else "above", (abs(down) + beside) / height, fitting)
    return None


def _own_columns(pairs: list[Pair], lines: list[Line], turn: float) -> list[Pair]:
    """The pairs without numbers in columns and rows of averages, full marks and the like."""
    numbers = [pair for pair in pairs if pair.name.partition("[")[0] in NUMBERS and pair.fitting]
    columns = {id(pair.value) for pair in numbers if pair.side == "right" and _is_comparison(pair.value, lines, turn)}
    rows = {id(pair.value) for pair in numbers if pair.side != "right" and _in_comparison(pair.value, lines, turn)}
    return [pair for pair in pairs if id(pair.value) not in (columns if pair.side == "right" else rows)]


def _in_comparison(value: Line, lines: list[Line], turn: float) -> bool:
    """The first text to the left of the number in its row that is no number is the heading of a row of averages and the like."""
    left: list[tuple[float, Line]] = []
    for other in lines:
        across, down = offset(value, other, turn)
        if across < 0 and abs(down) < ROW * value.box.height and not fits("scores_by_field", other.text):
            left.append((-across, other))
    heading = min(left, key=lambda pair: pair[0])[1].text if left else ""
    return len(heading) <= HEADED and COMPARISON.search(heading) is not None


def _is_comparison(value: Line, lines: list[Line], turn: float) -> bool:
    """The first text above the number that is no number is the heading of such a column."""
    above: list[tuple[float, Line]] = []
    for other in lines:
        across, down = offset(value, other, turn)
        over = down < -ROW * value.box.height and abs(across) < (other.box.width + value.box.width) / 4
        if over and not fits("scores_by_field", other.text):
            above.append((-down, other))
    heading = min(above, key=lambda pair: pair[0])[1].text if above else ""
    return len(heading) <= HEADED and COMPARISON.search(heading) is not None


def _between(label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> bool:
    """Another label stands in the row between the two: the value is that one's."""
    reach = offset(label, value, turn)[0]
    for _, other in labels:
        across, down = offset(label, other, turn)
        if other is not label and abs(down) < ROW * label.box.height and 0 < across < reach:
            return True
    return False
