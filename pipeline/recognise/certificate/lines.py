"""Reads the lines of an upright page, those first that may tell what it is, the long ones only when they are needed.

The time to read a line grows with its length: three long lines cost as much as fifteen labels with their values.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.geometry import Gray
from pipeline.recognise import TextReader
from pipeline.recognise.certificate.evidence import LEAST_LABELS, may_be_certificate, names_issuer
from pipeline.recognise.certificate.glance import glances
from pipeline.recognise.certificate.layout import Line, Place, places
from pipeline.recognise.certificate.pairs import FAR_BELOW
from pipeline.recognise.certificate.segments import gaps_of
from pipeline.recognise.certificate.values import ORDER, fits
from pipeline.recognise.detect import LineBox, cut_line, in_reading_order

LONG = 14.0
"""Line heights; labels and values are shorter, but for the issuer's name."""
SENTENCE = 22.0
"""Line heights; longer lines are sentences, neither label nor value."""
SENTENCES = 5
"""Sentences that are read at most, for our name, when a page has the labels of a certificate and names us nowhere else."""
HEAD = 0.4
"""Share of the page from the top in which a certificate says that it is one, unless the issuer alone says so below."""


def read_lines(gray: Gray, boxes: Sequence[LineBox], dpi: float, text: TextReader) -> tuple[Line, ...]:
    """The lines that matter, in reading order; of a page that is no certificate those of its head. Raises EngineError."""
    ordered = in_reading_order(list(boxes))
    brief = [box for box in ordered if box.width <= LONG * box.height]
    long = [box for box in ordered if LONG * box.height < box.width <= SENTENCE * box.height]
    border = HEAD * gray.shape[0]
    lines = _read(gray, [box for box in brief if box.centre[1] < border], dpi, text)
    if not may_be_certificate(line.text for line in lines):
        head = [box for box in long if box.centre[1] < border]
        lines += _read(gray, head, dpi, text)
        long = long[len(head) :]
        if not may_be_certificate(line.text for line in lines):
            return tuple(lines)
    lines += _read(gray, [box for box in brief if box.centre[1] >= border], dpi, text)
    lines = _with_long_ones(lines, gray, long, dpi, text)
    sentences = [box for box in ordered if box.width > SENTENCE * box.height]
    return _ordered(_with_sentences(lines, gray, sentences[:SENTENCES], dpi, text))


def _with_long_ones(lines: list[Line], gray: Gray, long: list[LineBox], dpi: float, text: TextReader) -> list[Line]:
    """Long lines beside labels that lack a value, and the rest while a field is missing or nothing names our examination."""
    found = places(lines)
    waiting = [place for place in found if not _complete(place)]
    beside = [box for box in long if any(_near(box, place) for place in waiting)]
    lines = lines + _read(gray, beside, dpi, text)
    if _has_everything(lines):
        return lines
    rest = [box for box in long if not any(box is other for other in beside)]
    return lines + _read(gray, rest, dpi, text)


def _with_sentences(lines: list[Line], gray: Gray, sentences: list[LineBox], dpi: float, text: TextReader) -> list[Line]:
    if any(names_issuer(line.text) for line in lines) or len(places(lines)) < LEAST_LABELS:
        return lines
    return lines + _read(gray, sentences, dpi, text)


def _has_everything(lines: list[Line]) -> bool:
    found = {place.name for place in places(lines) if _complete(place)}
    return found.issuperset(ORDER) and any(names_issuer(line.text) for line in lines)


def _complete(place: Place) -> bool:
    """It has a value; a body that names itself in short may do so in full in a long line."""
    unsure = place.name == "issuer" and place.doubt
    return place.value is not None and fits(place.name, place.value.text) and not unsure


def _near(box: LineBox, place: Place) -> bool:
    """The box stands in the label's row or in one of the next ones."""
    return abs(box.centre[1] - place.label.box.centre[1]) < FAR_BELOW * max(place.label.box.height, box.height)


def _read(gray: Gray, boxes: Sequence[LineBox], dpi: float, text: TextReader) -> list[Line]:
    if not boxes:
        return []
    cuts = [cut_line(gray, box, dpi) for box in boxes]
    found = zip(boxes, cuts, glances(cuts, text), strict=True)
    return [Line(box, glance.text, glance, gaps_of(cut)) for box, cut, glance in found if glance.text]


def _ordered(lines: list[Line]) -> tuple[Line, ...]:
    by_box = {id(line.box): line for line in lines}
    return tuple(by_box[id(box)] for box in in_reading_order([line.box for line in lines]))
