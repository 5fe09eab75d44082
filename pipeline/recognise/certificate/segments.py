"""Lines of print as labels need them: spaced labels put together again, a line of several labels and values taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from pipeline.geometry import Gray
from pipeline.recognise.certificate.labels import field_of_label, split_label
from pipeline.recognise.certificate.values import fits
from pipeline.recognise.detect import LineBox, in_reading_order
from pipeline.recognise.glance import Glance
from pipeline.recognise.lines import INK_LEVEL

HALF_WIDTH = "".join(map(chr, range(0x20, 0x7F)))
"""Characters that print takes half a width for."""
PIECE = 3
"""Characters of a piece of a spaced label (氏　　名) at most..."""
PIECES = 5
"""...pieces of one label at most..."""
PIECE_GAP = 4.0
"""...and line heights between two of them at most."""
SAME_ROW = 0.5
"""Pieces of one label differ in their middles by less than this share of their height..."""
SAME_HEIGHT = 1.6
"""...and in their heights by less than this factor."""
CHARACTER_GAP = 0.2
"""Line heights; what is narrower stands between any two characters."""
SPACE = 0.42
"""Line heights of a gap that parts a label from its value at least: half a space; between strokes of a character there are up to 0.36."""
WIDER = 1.3
"""Such a gap is wider than any within the label by this factor: a spaced heading is no label with a value."""
NEAR_CUT = 0.4
"""Line heights between such a gap and the place that the reader's steps tell at most..."""
NEAR_GUESS = 1.1
"""...or the one that the characters' usual widths tell."""
COLONS = "：:"
SEPARATORS = re.compile(r"[:：;；|｜…‥]|[.．·・\-—_]{2,}")
"""What parts a label from its value whatever the gap: colons, rules, leaders."""
ASCII = re.compile("[0-9A-Za-z]")
MISREAD_LABEL = 4
"""Characters that a label with a misread one has at least."""
LONGEST_LABEL = 24
"""Characters before a colon at most."""


@dataclass(frozen=True)
class Line:
    """A line of text as it was read, in pixels of the upright page.

    Attributes:
        box: where it stands.
        text: what it says.
        glance: none where it was put together or is a part of a line.
        gaps: begin and end of the stretches without ink in it that are wider than between characters, shares of its width.
    """

    box: LineBox
    text: str
    glance: Glance | None = None
    gaps: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Part:
    """A label with its value in one line.

    Attributes:
        field: name of the field.
        line: the whole line.
        label: the label's words with what parts them from the value.
        value: the part of the line with the value.
        cut: where the value begins and ends, shares of the line's width.
        span: the same in characters.
        apart: a colon or a visible gap parts the two; if not, the line may be one longer word (受験者情報).
    """

    field: str
    line: Line
    label: str
    value: Line
    cut: tuple[float, float]
    span: tuple[int, int]
    apart: bool


def gaps_of(line: Gray) -> tuple[tuple[float, float], ...]:
    """The stretches of a line of text (h, w) without ink that are wider than between characters, shares of its width."""
    height, width = line.shape
    inked = np.flatnonzero((line < INK_LEVEL).any(axis=0))
    wide = np.flatnonzero(np.diff(inked) > CHARACTER_GAP * height)
    return tuple((float(inked[place] + 1) / width, float(inked[place + 1]) / width) for place in wide)


def joined(lines: list[Line]) -> list[Line]:
    """The lines, the pieces of spaced labels as one line each."""
    boxes = {id(line.box): line for line in lines}
    ordered = [boxes[id(box)] for box in in_reading_order([line.box for line in lines])]
    found: list[Line] = []
    place = 0
    while place < len(ordered):
        taken = _label_from(ordered[place : place + PIECES])
        found.append(_together(ordered[place : place + taken]) if taken > 1 else ordered[place])
        place += taken
    return found


def _label_from(pieces: list[Line]) -> int:
    """How many of the pieces, from the first, are one label: the most that are one, but not of two labels side by side; 1 when none are."""
    best = 1
    for count in range(2, len(pieces) + 1):
        before, last = pieces[count - 2], pieces[count - 1]
        both = field_of_label("".join(piece.text for piece in pieces[: count - 1])) and field_of_label(last.text)
        if not _adjoining(before, last) or both:
            break
        if field_of_label("".join(piece.text for piece in pieces[:count])) is not None:
            best = count
    return best


def _adjoining(one: Line, other: Line) -> bool:
    low, high = sorted((one.box.height, other.box.height))
    gap = other.box.centre[0] - one.box.centre[0] - (one.box.width + other.box.width) / 2
    level = abs(other.box.centre[1] - one.box.centre[1]) < SAME_ROW * high
    return max(len(one.text), len(other.text)) <= PIECE and level and high < SAME_HEIGHT * low and -low < gap < PIECE_GAP * high


def _together(pieces: list[Line]) -> Line:
    return Line(around([piece.box for piece in pieces]), "".join(piece.text for piece in pieces))


def around(boxes: list[LineBox]) -> LineBox:
    """One box about boxes that stand in a row."""
    left, right = boxes[0], boxes[-1]
    reach = np.hypot(right.centre[0] - left.centre[0], right.centre[1] - left.centre[1])
    width = float(reach + (left.width + right.width) / 2)
    shift = (width - left.width) / 2
    angle = float(np.mean([box.angle for box in boxes]))
    turn = np.deg2rad(angle)
    centre = left.centre[0] + shift * float(np.cos(turn)), left.centre[1] + shift * float(np.sin(turn))
    return LineBox(centre, width, max(box.height for box in boxes), angle)


def inline(lines: list[Line]) -> list[Part]:
    """Values that stand behind their label in the same line, one or more to a line."""
    return [part for line in lines if field_of_label(line.text) is None for part in _parts_of(line)]


def _parts_of(line: Line) -> list[Part]:
    spans = _spans(line.text, 0)
    shares = _shares_of(line) if spans else ()
    found = []
    begins = [0, *(end for _, _, end in spans)]
    for (field, start, end), begin in zip(spans, begins[:-1], strict=True):
        cut = shares[start], shares[end]
        label = line.text[begin:start]
        apart = SEPARATORS.search(label) is not None or _gap_at(line, shares[begin], cut[0])
        found.append(Part(field, line, label, Line(_cut_box(line.box, cut), line.text[start:end]), cut, (start, end), apart))
    return found


def _gap_at(line: Line, begin: float, cut: float) -> bool:
    """A gap parts the line near `cut`, wider than any between there and `begin` (shares of its width)."""
    exact = line.glance is not None and bool(line.glance.shares)
    heights = line.box.width / line.box.height
    reach = (NEAR_CUT if exact else NEAR_GUESS) / heights
    near = [gap for gap in line.gaps if gap[0] - reach <= cut <= gap[1] + reach]
    widest = max((after - before for before, after in near), default=0.0)
    label = [gap for gap in line.gaps if begin < gap[0] and gap[1] < cut and gap not in near]
    inner = max((after - before for before, after in label), default=0.0)
    return widest * heights >= SPACE and widest > WIDER * inner


def _shares_of(line: Line) -> tuple[float, ...]:
    """Where the characters begin, shares of the line's width; by their usual widths where the reader does not tell."""
    if line.glance is not None and line.glance.shares:
        return line.glance.shares
    ends = np.r_[0, np.cumsum([0.5 if char in HALF_WIDTH else 1.0 for char in line.text])]
    return tuple(float(end) for end in ends / ends[-1])


def _spans(text: str, begin: int) -> list[tuple[str, int, int]]:
    """(field, begin and end of its value) from `begin` on, where label and value follow each other to the end of the text."""
    found = split_label(text[begin:]) or _before_colon(text[begin:]) or _before_ascii(text[begin:])
    if found is None:
        return []
    field, start = found[0], begin + found[1]
    for end in range(start + 1, len(text) - 1):
        if fits(field, text[start:end]):
            behind = _spans(text, end)
            if behind:
                return [(field, start, end), *behind]
    return [(field, start, len(text))] if fits(field, text[start:]) else []


def _before_colon(text: str) -> tuple[str, int] | None:
    """A misread label that a colon ends."""
    place = min((found for colon in COLONS if (found := text.find(colon)) > 0), default=0)
    field = field_of_label(text[:place]) if 0 < place <= LONGEST_LABEL else None
    return None if field is None else (field, place + 1)


def _before_ascii(text: str) -> tuple[str, int] | None:
    """A misread label that a number or Latin letters follow at once."""
    behind = ASCII.search(text)
    if behind is None or not MISREAD_LABEL <= behind.start() <= LONGEST_LABEL:
        return None
    field = field_of_label(text[: behind.start()])
    return None if field is None else (field, behind.start())


def _cut_box(box: LineBox, cut: tuple[float, float]) -> LineBox:
    turn = np.deg2rad(box.angle)
    shift = ((cut[0] + cut[1]) / 2 - 0.5) * box.width
    centre = box.centre[0] + shift * float(np.cos(turn)), box.centre[1] + shift * float(np.sin(turn))
    return replace(box, centre=centre, width=box.width * (cut[1] - cut[0]))


def mean_angle(lines: list[Line]) -> float:
    """Degrees by which the page is still turned: the wide lines' median."""
    angles = [line.box.angle for line in lines if line.box.width > 4 * line.box.height]
    return float(np.median(angles)) if angles else 0.0


def offset(a: Line, b: Line, turn: float) -> tuple[float, float]:
    """From the middle of a to the middle of b along the text and across it, pixels; the text runs `turn` degrees down."""
    x, y = b.box.centre[0] - a.box.centre[0], b.box.centre[1] - a.box.centre[1]
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    return float(x * cos + y * sin), float(y * cos - x * sin)
