"""Which value stands beside which label: in the same line, to the right of it, or below it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.recognise.certificate.labels import field_of_label, split_label
from pipeline.recognise.certificate.values import fits, in_order
from pipeline.recognise.detect import LineBox
from pipeline.recognise.engine import Glance

ROW = 0.6
"""Middles of a label and its value in one row differ by less than this share of the higher one's height."""
FAR_RIGHT = 30.0
"""Label heights between a label and its value to the right at most: across a page of wide tables."""
FAR_BELOW = 3.5
"""Label heights between the middles of a label and its value below at most."""
ASIDE = 2.5
"""Label heights by which the middle of a value below may lie outside the label's width: a heading in the middle of its column."""
BELOW = 30.0
"""What is below counts as so many label heights farther than what is as near on the right: forms put values on the right."""
MISFIT = 50.0
"""A text that does not look like the field's counts as so many label heights farther: it is taken when there is nothing else."""
REACH = FAR_RIGHT + MISFIT
"""Beyond this nothing is a label's value."""
HALF_WIDTH = "".join(map(chr, range(0x20, 0x7F)))
"""Characters that print takes half a width for."""


@dataclass(frozen=True)
class Line:
    """A line of text as it was read, in pixels of the upright page; no glance where only a part of the line is meant."""

    box: LineBox
    text: str
    glance: Glance | None = None


@dataclass(frozen=True)
class Place:
    """A field's label and what stands beside it; `value` is None where nothing does."""

    name: str
    label: Line
    value: Line | None


def places(lines: list[Line]) -> list[Place]:
    """Every label found on the page with its value, in the order of the fields; each label's best value, each value used once."""
    labels, others = _apart(lines)
    turn = _mean_angle(lines)
    pairs = sorted(
        ((_cost(name, label, value, labels, turn), name, label, value) for name, label in labels for value in others),
        key=lambda pair: pair[0],
    )
    chosen = {name: Place(name, label, value) for name, label, value in _inline(lines)}
    for cost, name, label, value in pairs:
        if cost < REACH and name not in chosen and all(value is not place.value for place in chosen.values()):
            chosen[name] = Place(name, label, value)
    for name, label in labels:
        chosen.setdefault(name, Place(name, label, None))
    return [chosen[name] for name in in_order(chosen)]


def _apart(lines: list[Line]) -> tuple[list[tuple[str, Line]], list[Line]]:
    """Labels with their fields, and the lines that are neither a label nor a label with its value."""
    labels = [(name, line) for line in lines if (name := field_of_label(line.text)) is not None]
    inline = [label for _, label, _ in _inline(lines)]
    others = [line for line in lines if field_of_label(line.text) is None and not any(line is label for label in inline)]
    return labels, others


def _inline(lines: list[Line]) -> list[tuple[str, Line, Line]]:
    """(field, line, its value) for lines that hold a label and its value."""
    found = []
    for line in lines:
        cut = None if field_of_label(line.text) is not None else split_label(line.text)
        if cut is not None and fits(cut[0], line.text[cut[1] :]):
            found.append((cut[0], line, _tail(line, cut[1])))
    return found


def _tail(line: Line, start: int) -> Line:
    """The line from character `start` on; its box is cut where the characters' usual widths say."""
    widths = [0.5 if char in HALF_WIDTH else 1.0 for char in line.text]
    share = sum(widths[:start]) / sum(widths)
    turn = np.deg2rad(line.box.angle)
    shift = share * line.box.width / 2
    centre = line.box.centre[0] + shift * float(np.cos(turn)), line.box.centre[1] + shift * float(np.sin(turn))
    return Line(replace(line.box, centre=centre, width=line.box.width * (1 - share)), line.text[start:])


def _mean_angle(lines: list[Line]) -> float:
    """Degrees by which the page is still turned: the wide lines' median."""
    angles = [line.box.angle for line in lines if line.box.width > 4 * line.box.height]
    return float(np.median(angles)) if angles else 0.0


def _cost(name: str, label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> float:
    """Distance of the value from the label in label heights, infinite when it is nowhere beside it."""
    across, down = _offset(label, value, turn)
    height = label.box.height
    gap = across - (label.box.width + value.box.width) / 2
    misfit = 0.0 if fits(name, value.text) else MISFIT
    if abs(down) < ROW * max(height, value.box.height) and -height < gap < FAR_RIGHT * height:
        return misfit + gap / height if not _between(label, value, labels, turn) else float("inf")
    beside = max(abs(across) - max(label.box.width, value.box.width) / 2, 0.0)
    near = 0 < down < FAR_BELOW * max(height, value.box.height) and beside < ASIDE * height
    if near and not _labelled(value, labels, turn):
        return misfit + BELOW + (down + beside) / height
    return float("inf")


def _between(label: Line, value: Line, labels: list[tuple[str, Line]], turn: float) -> bool:
    """Another label stands in the row between the two: the value is that one's."""
    reach = _offset(label, value, turn)[0]
    for _, other in labels:
        across, down = _offset(label, other, turn)
        if other is not label and abs(down) < ROW * label.box.height and 0 < across < reach:
            return True
    return False


def _labelled(value: Line, labels: list[tuple[str, Line]], turn: float) -> bool:
    """A label stands in the value's own row: the value is not that of a label above."""
    offsets = (_offset(value, label, turn) for _, label in labels)
    return any(abs(down) < ROW * value.box.height and abs(across) < FAR_RIGHT * value.box.height for across, down in offsets)


def _offset(a: Line, b: Line, turn: float) -> tuple[float, float]:
    """From the middle of a to the middle of b along the text and across it, pixels."""
    x, y = b.box.centre[0] - a.box.centre[0], b.box.centre[1] - a.box.centre[1]
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    return float(x * cos + y * sin), float(y * cos - x * sin)
