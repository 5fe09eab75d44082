"""Which value stands beside which label: in the same line, to the right of it, below it, or above it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from pipeline.recognise.certificate.labels import NO_FIELDS, field_of_label, is_definite
from pipeline.recognise.certificate.segments import COLONS, Line, around, inline, joined
from pipeline.recognise.certificate.values import NUMBERS, fits, in_order, is_known_body, is_name_piece
from pipeline.recognise.certificate.words import CODES

__all__ = ["Line", "Place", "places"]

ROW = 0.6
"""Middles of a label and its value in one row differ by less than this share of the higher one's height."""
FAR_RIGHT = 30.0
"""Label heights between a label and its value to the right at most: across a page of wide tables."""
FAR_BELOW = 3.5
"""Label heights between the middles of a label and its value below or above at most."""
ASIDE = 2.5
"""Label heights by which the middle of a value below may lie outside the label's width: a heading in the middle of its column."""
BELOW = 30.0
"""What is below or above counts as so many label heights farther than what is as near on the right: forms put values on the right."""
MISFIT = 50.0
"""A text that does not look like the field's counts as so many label heights farther: it is taken when there is nothing else."""
REACH = FAR_RIGHT + MISFIT
"""Beyond this nothing is a label's value."""
NAME_GAP = 3.0
"""Line heights between the family name and the given name at most, where they were found as two lines."""
COMPARISON = re.compile("平均|配点|満点|基準|合格点|最高|最低|順位|偏差|問題数|出題|正解数|回答|前回|average|max|rank|full", re.IGNORECASE)
"""Headings of columns that hold other numbers than the candidate's own."""
LEAST_CODES = 3
"""Different codes of fields that stand on a page where they are labels."""
HEADED = 12
"""Characters of a column's heading at most."""


@dataclass(frozen=True)
class Place:
    """A field's label and what stands beside it.

    Attributes:
        name: of the field.
        label: its label; for a label and value in one line, the whole line.
        value: None where nothing stands there.
        cut: begin and end of the value as shares of the label's width, where it stands in the label's own line.
        span: the same in characters.
        doubt: that the value is the field's is not certain; a person must look.
    """

    name: str
    label: Line
    value: Line | None
    cut: tuple[float, float] | None = None
    span: tuple[int, int] = (0, 0)
    doubt: bool = False


@dataclass(frozen=True)
class Pair:
    """A label and a value that may belong together; `side` is "right", "below" or "above", `distance` between them in label heights."""

    name: str
    label: Line
    value: Line
    side: str
    distance: float
    fitting: bool

    @property
    def cost(self) -> float:
        """For choosing the nearest, what does not look right last."""
        return self.distance + (0.0 if self.fitting else MISFIT) + (0.0 if self.side == "right" else BELOW)


def places(lines: list[Line]) -> list[Place]:
    """Every field whose label is on the page with its value, in the order of the fields; each value is used once."""
    lines = joined(lines)
    parts = inline(lines)
    labels = _labels(lines)
    known = {id(line) for _, line in labels} | {id(part.line) for part in parts}
    others = [line for line in lines if id(line) not in known]
    found = [Place(part.field, part.line, part.value, part.cut, part.span) for part in parts]
    found += _beside(labels, others, _mean_angle(lines))
    found += _unlabelled_issuer(found, others)
    fields = {place.name for place in found if place.name not in NO_FIELDS}
    chosen = [_one(name, [place for place in found if place.name == name]) for name in in_order(fields)]
    return [_whole_name(place, others, found) if place.name == "name" else place for place in chosen]


def _unlabelled_issuer(found: list[Place], others: list[Line]) -> list[Place]:
    """The body that issues our certificates names itself on them, with a label or without."""
    if any(place.name == "issuer" and place.value is not None and fits("issuer", place.value.text) for place in found):
        return []
    return [Place("issuer", line, line) for line in others if is_known_body(line.text)][:1]


def _labels(lines: list[Line]) -> list[tuple[str, Line]]:
    """Lines that are labels, with their fields; a bare code (OP) only among others, for OMP may be read so."""
    labels = [(name, line) for line in lines if (name := field_of_label(line.text)) is not None]
    codes = {line.text for _, line in labels if line.text in CODES}
    return [(name, line) for name, line in labels if line.text not in CODES or len(codes) >= LEAST_CODES]


def _beside(labels: list[tuple[str, Line]], others: list[Line], turn: float) -> list[Place]:
    """A place for every label. Values stand below their labels or above them, whichever way more of them look right."""
    pairs = [pair for name, label in labels for value in others if (pair := _pair(name, label, value, labels, turn))]
    pairs = _own_columns(pairs, others + [line for _, line in labels], turn)
    below, above = (_chosen([pair for pair in pairs if pair.side != other]) for other in ("above", "below"))
    chosen = above if _looking_right(above) > _looking_right(below) else below
    tied = _looking_right(above) == _looking_right(below)
    found = []
    for name, label in labels:
        pair = chosen.get(id(label))
        doubt = pair is not None and (not pair.fitting or _is_doubtful(pair, pairs, chosen.values(), tied=tied))
        found.append(Place(name, label, pair.value if pair else None, doubt=doubt))
    return found


def _chosen(pairs: list[Pair]) -> dict[int, Pair]:
    """The nearest first, each label and each value once: label's identity -> pair."""
    chosen: dict[int, Pair] = {}
    used: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: pair.cost):
        if pair.cost < REACH and id(pair.label) not in chosen and id(pair.value) not in used:
            chosen[id(pair.label)] = pair
            used.add(id(pair.value))
    return chosen


def _looking_right(chosen: dict[int, Pair]) -> int:
    return sum(pair.fitting and pair.name not in NO_FIELDS for pair in chosen.values())


def _is_doubtful(pair: Pair, pairs: list[Pair], chosen: Iterable[Pair], *, tied: bool) -> bool:
    """Another text that looks like the field's and is no other label's stands as near, or which side values stand on is open."""
    used = {id(other.value) for other in chosen}
    rivals = [other for other in pairs if other.label is pair.label and other.fitting and id(other.value) not in used]
    if pair.side == "right":
        return any(other.side == "right" for other in rivals)
    opposite = [other for other in pairs if other.label is pair.label and other.fitting and other.side not in ("right", pair.side)]
    return any(other.distance <= pair.distance for other in rivals) or (tied and bool(opposite))


def _pair(name: str, label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> Pair | None:
    """The two as a pair, None when the value is nowhere beside the label or stands beside another one."""
    across, down = _offset(label, value, turn)
    height = label.box.height
    gap = across - (label.box.width + value.box.width) / 2
    fitting = fits(name, value.text)
    if abs(down) < ROW * max(height, value.box.height) and -height < gap < FAR_RIGHT * height:
        return None if _between(label, value, labels, turn) else Pair(name, label, value, "right", gap / height, fitting)
    beside = max(abs(across) - max(label.box.width, value.box.width) / 2, 0.0)
    near = 0 < abs(down) < FAR_BELOW * max(height, value.box.height) and beside < ASIDE * height
    if near and not _labelled(value, labels, turn):
        return Pair(name, label, value, "below" if down > 0 else "above", (abs(down) + beside) / height, fitting)
    return None


def _own_columns(pairs: list[Pair], lines: list[Line], turn: float) -> list[Pair]:
    """The pairs without numbers in columns of averages, full marks and the like, where a row holds several numbers."""
    numbers = [pair for pair in pairs if pair.side == "right" and pair.name.partition("[")[0] in NUMBERS and pair.fitting]
    compared = {id(pair.value) for pair in numbers if _is_comparison(pair.value, lines, turn)}
    return [pair for pair in pairs if pair.side != "right" or id(pair.value) not in compared]


def _is_comparison(value: Line, lines: list[Line], turn: float) -> bool:
    """The first text above the number that is no number is the heading of such a column."""
    above: list[tuple[float, Line]] = []
    for other in lines:
        across, down = _offset(value, other, turn)
        over = down < -ROW * value.box.height and abs(across) < (other.box.width + value.box.width) / 4
        if over and not fits("scores_by_field", other.text):
            above.append((-down, other))
    heading = min(above, key=lambda pair: pair[0])[1].text if above else ""
    return len(heading) <= HEADED and COMPARISON.search(heading) is not None


def _between(label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> bool:
    """Another label stands in the row between the two: the value is that one's."""
    reach = _offset(label, value, turn)[0]
    for _, other in labels:
        across, down = _offset(label, other, turn)
        if other is not label and abs(down) < ROW * label.box.height and 0 < across < reach:
            return True
    return False


def _labelled(value: Line, labels: list[tuple[str, Line]], turn: float) -> bool:
    """A label stands in the value's own row: the value is not that of a label above or below."""
    offsets = (_offset(value, label, turn) for _, label in labels)
    return any(abs(down) < ROW * value.box.height and abs(across) < FAR_RIGHT * value.box.height for across, down in offsets)


def _one(name: str, found: list[Place]) -> Place:
    """The field's place where several of its labels stand on the page: the one that looks right; in doubt where two do and differ."""
    fitting = [place for place in found if place.value is not None and fits(name, place.value.text)]
    if not fitting:
        return next((place for place in found if place.value is not None), found[0])
    definite = [place for place in fitting if is_definite(name, _label_words(place))] or fitting
    texts = {place.value.text for place in definite if place.value is not None}
    return definite[0] if len(texts) == 1 else replace(definite[0], doubt=True)


def _label_words(place: Place) -> str:
    """The label's own words; of a label and value in one line, what stands before the value."""
    return place.label.text if place.cut is None else place.label.text[: place.span[0]].rstrip(COLONS)


def _whole_name(place: Place, others: list[Line], found: list[Place]) -> Place:
    """With the given name, where it stands apart from the family name and was found as a line of its own."""
    if place.value is None or place.cut is not None:
        return place
    used = {id(other.value) for other in found}
    for other in others:
        across, down = _offset(place.value, other, place.value.box.angle)
        gap = across - (place.value.box.width + other.box.width) / 2
        height = place.value.box.height
        level = abs(down) < ROW * height and -0.5 * height < gap < NAME_GAP * height
        if level and id(other) not in used and is_name_piece(other.text):
            whole = Line(around([place.value.box, other.box]), place.value.text + other.text)
            return replace(place, value=whole)
    return place


def _mean_angle(lines: list[Line]) -> float:
    """Degrees by which the page is still turned: the wide lines' median."""
    angles = [line.box.angle for line in lines if line.box.width > 4 * line.box.height]
    return float(np.median(angles)) if angles else 0.0


def _offset(a: Line, b: Line, turn: float) -> tuple[float, float]:
    """From the middle of a to the middle of b along the text and across it, pixels."""
    x, y = b.box.centre[0] - a.box.centre[0], b.box.centre[1] - a.box.centre[1]
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    return float(x * cos + y * sin), float(y * cos - x * sin)
