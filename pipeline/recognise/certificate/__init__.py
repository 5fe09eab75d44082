"""The pass certificate, read by its labels: its layout varies, so no box can be trusted.

- `position`: which way up the page is, and its lines of text in that position
- `labels`: what the printed labels may say
- `layout`: which value stands beside which label
- `values`: what a value looks like, read again with its own characters
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cleanup import CleanPage
from pipeline.geometry import MM_PER_INCH, Box
from pipeline.recognise import Reading, TextReader
from pipeline.recognise.certificate.labels import is_other_sheet, is_title, names_issuer
from pipeline.recognise.certificate.layout import Line, Place, places
from pipeline.recognise.certificate.position import UprightPage, upright
from pipeline.recognise.certificate.values import read_values
from pipeline.settings import Settings

LEAST_LABELS = 4
"""Known labels that a certificate carries at least; letters and bills share two or three with it."""
FULL_LABELS = 10
"""Known labels of a complete certificate, its seven scores counted as one."""
TITLE_WEIGHT = 0.3
"""Share of the title or issuer in the score."""


@dataclass(frozen=True)
class CertificateField:
    """One value found beside its label.

    Attributes:
        name: field name of the certificate sheet, `scores_by_field[0]` to `[6]` for the seven scores.
        reading: candidates under the field's own characters, best first; empty when nothing stands beside the label.
        box: where the value stands (the label, when there is no value), mm of the upright page.
    """

    name: str
    reading: Reading
    box: Box


@dataclass(frozen=True)
class CertificateReading:
    """What a page says when it is read as a pass certificate.

    Attributes:
        is_certificate: title or issuer words and at least four known labels were found.
        score: 0 to 1, how much of a certificate's wording was found.
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
    score = _score(page.lines, found)
    groups = {place.name.partition("[")[0] for place in found}
    if score <= TITLE_WEIGHT or len(groups) < LEAST_LABELS or not _is_titled(page.lines):
        return CertificateReading(is_certificate=False, score=score, rotation=page.rotation, fields=())
    readings = read_values(page.gray, page.dpi, found, text)
    fields = (CertificateField(place.name, reading, _box(place, page.dpi)) for place, reading in zip(found, readings, strict=True))
    return CertificateReading(is_certificate=True, score=score, rotation=page.rotation, fields=tuple(fields))


def _is_titled(lines: tuple[Line, ...]) -> bool:
    return any(is_title(line.text) or names_issuer(line.text) for line in lines) and not any(is_other_sheet(line.text) for line in lines)


def _score(lines: tuple[Line, ...], found: list[Place]) -> float:
    groups = {place.name.partition("[")[0] for place in found}
    return TITLE_WEIGHT * _is_titled(lines) + (1 - TITLE_WEIGHT) * min(len(groups) / FULL_LABELS, 1.0)


def _box(place: Place, dpi: float) -> Box:
    corners = (place.value or place.label).box.corners() * MM_PER_INCH / dpi
    low, high = corners.min(axis=0), corners.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
