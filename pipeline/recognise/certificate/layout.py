"""Which value stands beside which label: in the same line, to the right of it, below it, or above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.recognise.certificate.blocks import blocks
from pipeline.recognise.certificate.labels import NO_FIELDS, field_of_label, is_definite, is_heading, is_misread, is_whole
from pipeline.recognise.certificate.pairs import FAR_RIGHT, ROW, Pair, pairs_of
from pipeline.recognise.certificate.segments import COLONS, Line, Part, around, inline, joined, mean_angle, offset
from pipeline.recognise.certificate.values import LOOSE, SCORES, fits, in_order, is_known_body, is_name_piece, known_body
from pipeline.recognise.certificate.words import BODIES, CODES

__all__ = ["Line", "Place", "places"]

BELOW = 30.0
"""What is below or above counts as so many label heights farther than what is as near on the right, or the other way round in blocks of
labels with values below or above them: forms put values on the right, mostly."""
MISFIT = 50.0
"""A text that does not look like the field's counts as so many label heights farther: it is taken when there is nothing else."""
REACH = FAR_RIGHT + MISFIT
"""Beyond this nothing is a label's value."""
NAME_GAP = 3.0
"""Line heights between the family name and the given name at most, where they were found as two lines."""
LEAST_STACKED, STACKED_LEAD = 3, 2
"""Labels of a block with a value below (or above) them at least, and how many times as many as with one on the right: they belong there."""
LEAD = 2
"""Labels by which below must be ahead of above, or the other way round, to be certain."""
CERTAIN_RIGHT = 18.0
"""Label heights; a value farther to the right, but for the scores with their bars, may be another block's."""
LEAST_WORD = 2
"""Characters of a text that may be a label."""
BRACKETS = "(（[［"
"""A text that begins with one is a note, no label."""
LEAST_CODES = 3
"""Different codes of fields that stand on a page where they are labels."""


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
class Habit:
    """Where the values of a block of labels stand.

    Attributes:
        side: "below" or "above", where not to the right.
        stacked: there rather than to the right.
        open: below or above is about as likely, and the rest of the page does not say either.
    """

    side: str
    stacked: bool = False
    open: bool = False

    def cost(self, pair: Pair) -> float:
        """For choosing the nearest: what is not where it is expected later, what does not look right last."""
        expected = (pair.side != "right") == self.stacked
        return pair.distance + (0.0 if pair.fitting else MISFIT) + (0.0 if expected else BELOW)


USUAL = Habit("below", open=True)
"""What is taken where nothing on the page speaks for either side."""


def places(lines: list[Line]) -> list[Place]:
    """Every field whose label is on the page with its value, in the order of the fields; each value is used once."""
    lines = joined(lines)
    parts = inline(lines)
    labels = _labels(lines)
    known = {id(line) for _, line in labels} | {id(part.line) for part in parts}
    others = [line for line in lines if id(line) not in known]
    found = [_within(part) for part in parts]
    found += _beside(labels, others, mean_angle(lines))
    found += _unlabelled_issuer(found, others)
    fields = {place.name for place in found if place.name not in NO_FIELDS}
    chosen = [_one(name, [place for place in found if place.name == name]) for name in in_order(fields)]
    return [_whole_name(place, others, found) if place.name == "name" else place for place in chosen]


def _within(part: Part) -> Place:
    """The place of a value in its label's line; in doubt where both may be one longer word."""
    doubt = part.field in LOOSE and not part.apart
    return Place(part.field, part.line, part.value, part.cut, part.span, doubt=doubt or _is_unclear(part.field, part.label))


def _unlabelled_issuer(found: list[Place], others: list[Line]) -> list[Place]:
    """The body that issues our certificates names itself on them, with a label or without, in full if we are to be sure."""
    if any(place.name == "issuer" and place.value is not None and fits("issuer", place.value.text) for place in found):
        return []
    named = [line for line in others if is_known_body(line.text)]
    bodies = {known_body(line.text) for line in named}
    fullest = max(named, key=lambda line: len(known_body(line.text)), default=None)
    return [Place("issuer", fullest, fullest, doubt=bodies != {BODIES[0]})] if fullest else []


def _labels(lines: list[Line]) -> list[tuple[str, Line]]:
    """Lines that are labels, with their fields; a bare code (OP) only among others, for OMP may be read so."""
    labels = [(name, line) for line in lines if (name := field_of_label(line.text)) is not None]
    codes = {line.text for _, line in labels if line.text in CODES}
    return [(name, line) for name, line in labels if line.text not in CODES or len(codes) >= LEAST_CODES]


def _beside(labels: list[tuple[str, Line]], others: list[Line], turn: float) -> list[Place]:
    """A place for every label."""
    pairs = pairs_of(labels, others, turn)
    habits = _habits([label for _, label in labels], pairs, turn)
    chosen = _chosen(pairs, habits)
    found = []
    for name, label in labels:
        pair = chosen.get(id(label))
        doubt = pair is not None and (not pair.fitting or _is_doubtful(pair, pairs, chosen.values(), habits[id(label)]))
        found.append(Place(name, label, pair.value if pair else None, doubt=doubt))
    return found


def _habits(labels: list[Line], pairs: list[Pair], turn: float) -> dict[int, Habit]:
    """Where values stand, for every label by its identity: whichever way more of its block look right, of the page where that is open."""
    page = _habit(pairs, USUAL)
    groups: dict[int, list[Line]] = {}
    for label, number in zip(labels, blocks(labels, turn), strict=True):
        groups.setdefault(number, []).append(label)
    found: dict[int, Habit] = {}
    for group in groups.values():
        inside = {id(label) for label in group}
        habit = _habit([pair for pair in pairs if id(pair.label) in inside], page)
        found.update(dict.fromkeys(inside, habit))
    return found


def _habit(pairs: list[Pair], page: Habit) -> Habit:
    counts = {}
    for side in ("below", "above"):
        same = Habit(side)
        counts[side] = _looking_right(_chosen(pairs, {id(pair.label): same for pair in pairs}))
    other = "above" if page.side == "below" else "below"
    side = other if counts[other] > counts[page.side] else page.side
    real = [pair for pair in pairs if pair.fitting and pair.name not in NO_FIELDS]
    right, upright = (len({id(pair.label) for pair in real if pair.side == way}) for way in ("right", side))
    stacked = upright >= LEAST_STACKED and upright >= STACKED_LEAD * right
    return Habit(side, stacked, open=abs(counts["below"] - counts["above"]) < LEAD and (page.open or side != page.side))


def _chosen(pairs: list[Pair], habits: dict[int, Habit]) -> dict[int, Pair]:
    """The nearest first, each label and each value once: label's identity -> pair."""
    chosen: dict[int, Pair] = {}
    used: set[int] = set()
    ranked = [(habits[id(pair.label)].cost(pair), pair) for pair in pairs if pair.side in ("right", habits[id(pair.label)].side)]
    for cost, pair in sorted(ranked, key=lambda ranked: ranked[0]):
        if cost < REACH and id(pair.label) not in chosen and id(pair.value) not in used:
            chosen[id(pair.label)] = pair
            used.add(id(pair.value))
    return chosen


def _looking_right(chosen: dict[int, Pair]) -> int:
    return sum(pair.fitting and pair.name not in NO_FIELDS for pair in chosen.values())


def _is_doubtful(pair: Pair, pairs: list[Pair], chosen: Iterable[Pair], habit: Habit) -> bool:
    """Another text that looks like the field's and is no other label's stands there, the label is unclear, or the side is."""
    if _is_unclear(pair.name, pair.label.text) or (pair.side != "right" and is_heading(pair.name, pair.label.text)):
        return True
    if _is_behind_another(pair, pairs) or (pair.side == "right" and pair.distance > CERTAIN_RIGHT and not pair.name.startswith(SCORES)):
        return True
    used = {id(other.value) for other in chosen}
    same = [other for other in pairs if other.label is pair.label and other.fitting and other is not pair]
    rivals = [other for other in same if id(other.value) not in used]
    if pair.side == "right":
        return any(other.side == "right" or other.distance <= pair.distance for other in rivals)
    opposite = [other for other in same if other.side not in ("right", pair.side)]
    sides = [other for other in rivals if other.side == pair.side or not (habit.stacked and other.side == "right")]
    near = [other for other in sides if other.side == pair.side or other.distance <= pair.distance]
    return bool(near) or (habit.open and bool(opposite))


def _is_unclear(name: str, label: str) -> bool:
    """The label may be another one: it is misread, or not seen whole where values look like many other words."""
    return (name in LOOSE and not is_whole(name, label)) or (not name.startswith(SCORES) and is_misread(label))


def _is_behind_another(pair: Pair, pairs: list[Pair]) -> bool:
    """Another text stands between the label and the value; it may be the value's own label, one that is not known."""
    same = [other for other in pairs if other.label is pair.label and other.side == pair.side and other.distance < pair.distance]
    return any(len(other.value.text) >= LEAST_WORD and other.value.text[0] not in BRACKETS for other in same)


def _one(name: str, found: list[Place]) -> Place:
    """The field's place where several of its labels stand on the page: the one that looks right; in doubt where two do and differ."""
    fitting = [place for place in found if place.value is not None and fits(name, place.value.text)]
    fitting = [place for place in fitting if not place.doubt or place.cut is None] or fitting
    if not fitting:
        return next((place for place in found if place.value is not None), found[0])
    definite = [place for place in fitting if is_definite(name, _label_words(place))]
    texts = {place.value.text for place in (fitting if name in LOOSE else definite or fitting) if place.value is not None}
    best = (definite or fitting)[0]
    lacking = name in LOOSE and not definite and any(place.value is None for place in found)
    return replace(best, doubt=True) if len(texts) > 1 or lacking else best


def _label_words(place: Place) -> str:
    """The label's own words; of a label and value in one line, what stands before the value."""
    return place.label.text if place.cut is None else place.label.text[: place.span[0]].rstrip(COLONS)


def _whole_name(place: Place, others: list[Line], found: list[Place]) -> Place:
    """With the given name, where it stands apart from the family name and was found as a line of its own."""
    if place.value is None or place.cut is not None:
        return place
    used = {id(other.value) for other in found}
    for other in others:
        across, down = offset(place.value, other, place.value.box.angle)
        gap = across - (place.value.box.width + other.box.width) / 2
        height = place.value.box.height
        level = abs(down) < ROW * height and -0.5 * height < gap < NAME_GAP * height
        if level and id(other) not in used and is_name_piece(other.text):
            whole = Line(around([place.value.box, other.box]), place.value.text + other.text)
            return replace(place, value=whole)
    return place
