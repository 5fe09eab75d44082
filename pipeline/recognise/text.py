"""Text fields: crops -> readings of whole fields, their parts joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind
from pipeline.geometry import Box, Gray
from pipeline.recognise import Candidate, Reading, TextCrop, TextReader
from pipeline.recognise.box_input import BoxCell
from pipeline.recognise.box_opinion import CLASSIFIER, BoxClassifier, BoxVote, Cells, classified, pooled
from pipeline.recognise.joining import Joiner, across_or, cut_by, first, fitting, in_units, joined, joined_by, joined_names
from pipeline.recognise.lines import nearest_together, split_at_gap, trimmed
from pipeline.recognise.marks import MarkReading, read_marks
from pipeline.recognise.places import Strokes, box_cells, ink_of_boxes, own_strokes, placed_ink, side_by_side
from pipeline.recognise.seal import red_is_seal, without_red
from pipeline.recognise.strikeouts import without_struck
from pipeline.recognise.textlines import split_lines

TEXT_KINDS: frozenset[FieldKind] = frozenset(
    {"digits", "number", "kana", "name", "text", "multiline", "latin", "date", "year_month", "months", "phone", "email"}
)
CHARSET_OF: dict[str, str] = {"text": "japanese", "multiline": "japanese"}
"""Kinds whose set of characters has another name."""
PAYER_FIELDS = frozenset({"transfer_name_kana"})
"""The payer's name as banks print it: digits, capitals and brackets beside katakana."""
PART_CHARSET = {"year": "year", "month": "digits", "day": "digits", "years": "digits", "months": "digits"}
WESTERN = "西暦"
BLANK_MM2 = 0.06
"""Ink up to this is dirt: a full stop of 6 point type has 0.1 mm2."""
FAINT_MM2 = 0.4
"""Up to this it is not sure that anything is written: a printed 1 of 8 points has 0.5 mm2."""
OUTSIDE_PARTS = 0.3
"""Share of ink outside all parts from which a month is read across them (現在)."""
@dataclass(frozen=True)
class TextReading:
    """What was read in one text field.

    Attributes:
        candidates: texts of the whole field, best first, parts joined as people write them (2024年4月1日, 5年2ヶ月, 山田 太郎).
        inside: natural log of the probability that only characters of the field stand there.
        ink_mm2: how much is written.
        blank: True when nothing is written; a field with `faint` has so little ink that a person must say.
        cut: share of the ink that leaves the crop.
        marks: the options of the field (the era), when it has any.
        cells: characters expected from the number of inked cells; None without cells.
        boxes: what the classifier of boxed characters says; None without cells or without the classifier.
        likely: the text to show a person where the language doubts the best candidate; see `Reading.likely`.
        struck: True when a struck-out word was left out.
    """

    candidates: tuple[Candidate, ...]
    inside: float
    ink_mm2: float
    blank: bool
    faint: bool
    cut: float
    marks: MarkReading | None = None
    cells: int | None = None
    boxes: BoxVote | None = None
    likely: Candidate | None = None
    struck: bool = False

    @property
    def text(self) -> str:
        """The best candidate's text, or nothing."""
        return self.candidates[0].text if self.candidates else ""


@dataclass(frozen=True)
class Plan:
    """How a field is read: lines to read, and how their readings become one text."""

    crops: tuple[TextCrop, ...]
    join: Joiner
    strokes: Strokes
    marks: MarkReading | None = None
    cells: int | None = None
    boxes: tuple[BoxCell, ...] = ()
    struck: bool = False


def read_texts(crops: Sequence[FieldCrop], reader: TextReader) -> list[TextReading]:
    """Readings of text fields, in one batch: same order and length out as in. Raises EngineError."""
    return read_plans([plan_field(crop) for crop in crops], reader)


def read_plans(plans: Sequence[Plan], reader: TextReader, classifier: BoxClassifier | None = None) -> list[TextReading]:
    """As `read_texts`, for fields that have been taken apart already; cells are classified one by one as well."""
    asked = [crop for plan in plans for crop in plan.crops]
    answers = iter(reader.read(asked) if asked else [])
    readings = [[next(answers) for _ in plan.crops] for plan in plans]
    groups = [(plan.boxes, plan.crops[0].charset if plan.crops else "") for plan in plans]
    return [_assembled(*each) for each in zip(plans, readings, classified(groups, classifier), strict=True)]


def _assembled(plan: Plan, readings: list[Reading], cells: Cells | None) -> TextReading:
    area = plan.strokes.area_mm2
    found = plan.join(readings) if readings else ()
    inside = sum(reading.inside for reading in readings)
    vote = None
    if cells is not None and found:
        own = plan.join([Reading((Candidate(cells.text, 0.0),), CLASSIFIER)]) if cells.text else ()
        best = fitting(readings[0].candidates, len(plan.boxes))[0].text
        vote = BoxVote(own[0].text if own else "", found[0].text, cells.margin(best))
        found = plan.join([pooled(readings[0], cells)])
    reading = TextReading(found, inside, area, not plan.crops, area <= FAINT_MM2, plan.strokes.cut, plan.marks, plan.cells, vote)
    return replace(reading, likely=_likely(plan, readings), struck=plan.struck)


def _likely(plan: Plan, readings: list[Reading]) -> Candidate | None:
    if all(reading.likely is None for reading in readings):
        return None
    told = plan.join([replace(reading, candidates=(reading.likely,)) if reading.likely else reading for reading in readings])
    return told[0] if told else None


def plan_field(crop: FieldCrop) -> Plan:
    """Take a field apart: which lines to read, with which characters."""
    strokes = own_strokes(_without_seal(crop))
    spec = crop.spec
    marks = read_marks(crop) if spec.options else None
    if strokes.area_mm2 <= BLANK_MM2:
        return Plan((), first, strokes, marks)
    if spec.cells or (spec.parts and all(part.cells for part in spec.parts)):
        return _plan_cells(crop, strokes, marks)
    if spec.parts:
        return _plan_parts(crop, strokes, marks)
    return _plan_whole(crop, strokes)


def plan_signature(crop: FieldCrop) -> Plan:
    """A signature read as a name."""
    strokes = own_strokes(_without_seal(crop))
    if strokes.area_mm2 <= BLANK_MM2:
        return Plan((), first, strokes)
    return _plan_whole(crop, strokes)


def _without_seal(crop: FieldCrop) -> FieldCrop:
    """The crop with a seal's red ink taken out where the scan has colour; what is written in red stays."""
    if crop.colour is None or not red_is_seal(crop):
        return crop
    return replace(crop, ink=without_red(crop.colour, crop.ink))


def _charset(crop: FieldCrop) -> str:
    name = crop.spec.name.rpartition(".")[2]
    return "payer" if name in PAYER_FIELDS else CHARSET_OF.get(crop.spec.kind, crop.spec.kind)


def _plan_whole(crop: FieldCrop, strokes: Strokes) -> Plan:
    """A field without parts: one line, several, or a name whose two halves a gap parts."""
    charset, kind = _charset(crop), crop.spec.kind
    if charset == "japanese":
        whole = split_lines(strokes.image) if kind == "multiline" else [trimmed(strokes.image)]
        lines, struck = without_struck(whole)
        return Plan(tuple(TextCrop(line, charset) for line in lines), joined_by(""), strokes, struck=struck)
    line = trimmed(strokes.image)
    if kind in ("name", "kana", "signature") and charset != "payer":
        pieces = split_at_gap(nearest_together(line))
        return Plan(tuple(TextCrop(piece, charset) for piece in pieces), joined_names(kind), strokes)
    return Plan((TextCrop(line, charset),), first, strokes)


def _plan_cells(crop: FieldCrop, strokes: Strokes, marks: MarkReading | None) -> Plan:
    """Boxed characters set side by side and read as one line; each inked cell holds one character."""
    groups = [part.cells for part in crop.spec.parts] or [crop.spec.cells]
    places = [cell for cells in groups for cell in cells]
    glyphs = placed_ink(crop, strokes, places, _option_boxes(crop))
    counts, place = [], 0
    for cells in groups:
        counts.append(sum(1 for glyph in glyphs[place : place + len(cells)] if glyph.image.size))
        place += len(cells)
    inked = [(glyph, cell) for glyph, cell in zip(glyphs, places, strict=True) if glyph.image.size]
    if not inked:
        return Plan((), first, strokes, marks)
    charset = "year" if crop.spec.kind in ("date", "year_month") else _charset(crop)
    names = [part.name for part in crop.spec.parts]
    strip = TextCrop(side_by_side([glyph.image for glyph, _ in inked]), charset)
    return Plan((strip,), cut_by(counts, names, _era(marks)), strokes, marks, len(inked), box_cells(inked))


def _plan_parts(crop: FieldCrop, strokes: Strokes, marks: MarkReading | None) -> Plan:
    pictures = ink_of_boxes(crop, strokes, [part.box for part in crop.spec.parts], _option_boxes(crop))
    written = [(part.name, picture) for part, picture in zip(crop.spec.parts, pictures, strict=True) if picture.size]
    if not written:
        return Plan((), first, strokes, marks)
    crops = [TextCrop(picture, _part_charset(name, crop)) for name, picture in written]
    names = [name for name, _ in written]
    if crop.spec.kind == "year_month" and _goes_across(strokes, pictures):
        return Plan((*crops, TextCrop(trimmed(strokes.image), "year_month")), across_or(in_units(names, "")), strokes, marks)
    join = in_units(names, _era(marks)) if crop.spec.kind in ("date", "year_month", "months") else joined(crop.spec.kind)
    return Plan(tuple(crops), join, strokes, marks)


def _part_charset(name: str, crop: FieldCrop) -> str:
    return PART_CHARSET.get(name, _charset(crop))


def _option_boxes(crop: FieldCrop) -> list[Box]:
    return [option.box for option in crop.spec.options]


def _era(marks: MarkReading | None) -> str:
    """Era to write before the year; nothing for the Western calendar or where none is chosen."""
    return marks.chosen[0] if marks is not None and marks.chosen and marks.chosen[0] != WESTERN else ""


def _goes_across(strokes: Strokes, pictures: Sequence[Gray]) -> bool:
    """Whether something else than year and month may stand in a month's field: ink beside its parts, or a part without ink."""
    if not all(picture.size for picture in pictures):
        return True
    total = int((strokes.image < 128).sum())
    within = sum(int((picture < 128).sum()) for picture in pictures)
    return total > 0 and 1 - within / total > OUTSIDE_PARTS
