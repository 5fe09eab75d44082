"""The pass certificate, read by its labels: its layout varies, so no box can be trusted.

- `position`: which way up the page is, and its lines of text in that position
- `words`: what is printed on certificates
- `labels`: which field a label belongs to
- `evidence`: whether the page is a certificate of our examination
- `segments`: spaced labels put together, labels and values in one line taken apart
- `pairs`: which texts may be which labels' values
- `blocks`: which labels stand together
- `layout`: which value stands beside which label
- `values`: what a value looks like, read again with its own characters
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.cleanup import CleanPage
from pipeline.geometry import MM_PER_INCH, Box
from pipeline.normalise.dates import day
from pipeline.recognise import Reading, TextReader
from pipeline.recognise.certificate.evidence import is_certificate, is_title, names_issuer
from pipeline.recognise.certificate.layout import Place, places
from pipeline.recognise.certificate.position import UprightPage, upright
from pipeline.recognise.certificate.values import fits, read_values
from pipeline.settings import Settings

FULL_LABELS = 10
"""Known labels of a complete certificate, its seven scores counted as one."""
TITLE_WEIGHT, ISSUER_WEIGHT = 0.15, 0.15
"""Shares of a certificate's title and of our name in the score; the rest is labels with a value that looks like the field's."""


@dataclass(frozen=True)
class CertificateField:
    """One value found beside its label.

    Attributes:
        name: field name of the certificate sheet, `scores_by_field[0]` to `[6]` for the seven scores.
        reading: candidates under the field's own characters, best first; empty when nothing stands beside the label.
        box: where the value stands (the label, when there is no value), mm of the upright page.
        doubt: that this value belongs to the field is not certain, however clear its characters are; a person must look.
    """

    name: str
    reading: Reading
    box: Box
    doubt: bool = False


@dataclass(frozen=True)
class CertificateReading:
    """What a page says when it is read as a pass certificate.

    Attributes:
        is_certificate: it names our examination or its body, and enough of a certificate's labels (`evidence`).
        score: 0 to 1: title, our name, and the share of a certificate's labels that were found with a value that looks right.
        rotation: quarter turns the page was off, degrees clockwise: 0, 90, 180, 270.
        fields: in the order of the domain notes; a field whose label was not found is absent.
    """

    is_certificate: bool
    score: float
    rotation: int
    fields: tuple[CertificateField, ...]


class CertificateReader:
    """Reads certificates with a text reader and the line detector.

    Args:
        text: reads lines of text.
        engine: what runs the detector, "openvino" or "onnxruntime".
    """

    def __init__(self, text: TextReader, engine: str = "openvino") -> None:
        self._text = text
        self._engine = engine

    def read(self, page: CleanPage) -> CertificateReading:
        """Read `page` in whichever of the four positions it lies. Raises EngineError, MissingOnMachine."""
        return read_certificate(upright(page.gray, page.dpi, self._text, self._engine), self._text)


def open_certificate_reader(settings: Settings, text: TextReader) -> CertificateReader:
    """The reader for these settings; the detector is loaded when the first page needs it."""
    return CertificateReader(text, settings.engine)


def read_certificate(page: UprightPage, text: TextReader) -> CertificateReading:
    """What an upright page says as a certificate.

    Args:
        page: upright, its lines read.
        text: reads values again with their own characters.
    """
    found = places(list(page.lines))
    texts = [line.text for line in page.lines]
    score = _score(texts, found)
    if not is_certificate(texts, {place.name.partition("[")[0] for place in found}):
        return CertificateReading(is_certificate=False, score=score, rotation=page.rotation, fields=())
    readings = read_values(page.gray, page.dpi, found, text)
    fields = [_field(place, reading, page.dpi) for place, reading in zip(found, readings, strict=True)]
    return CertificateReading(is_certificate=True, score=score, rotation=page.rotation, fields=in_time(fields))


def _field(place: Place, reading: Reading, dpi: float) -> CertificateField:
    """The field; in doubt too when what was read with its own characters does not look like it."""
    doubt = place.doubt or not fits(place.name, reading.text)
    return CertificateField(place.name, reading, _box(place, dpi), doubt)


def in_time(fields: list[CertificateField]) -> tuple[CertificateField, ...]:
    """The fields; both dates in doubt when the day of issue comes before the examination: they may have been taken for each other."""
    dates = {field.name: day(field.reading.text).value for field in fields if field.name in ("exam_date", "issue_date")}
    examined, issued = (str(dates.get(name) or "") for name in ("exam_date", "issue_date"))
    if not examined or not issued or examined <= issued:
        return tuple(fields)
    return tuple(replace(field, doubt=True) if field.name in dates else field for field in fields)


def _score(texts: list[str], found: list[Place]) -> float:
    groups = {place.name.partition("[")[0] for place in found if place.value is not None and fits(place.name, place.value.text)}
    said = TITLE_WEIGHT * any(map(is_title, texts)) + ISSUER_WEIGHT * any(map(names_issuer, texts))
    return said + (1 - TITLE_WEIGHT - ISSUER_WEIGHT) * min(len(groups) / FULL_LABELS, 1.0)


def _box(place: Place, dpi: float) -> Box:
    corners = (place.value or place.label).box.corners() * MM_PER_INCH / dpi
    low, high = corners.min(axis=0), corners.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
