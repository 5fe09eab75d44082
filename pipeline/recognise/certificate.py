"""The pass certificate, read by its labels: its layout varies, so no box can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.geometry import Box
from pipeline.recognise import Reading


@dataclass(frozen=True)
class CertificateField:
    """One value found beside its label.

    Attributes:
        name: field name of the certificate sheet, `scores_by_field[0]` to `[6]` for the seven scores.
        reading: candidates under the field's own characters, best first.
        box: where the value stands, mm of the upright page.
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
        fields: in the order of the domain notes; a field that was not found is absent.
    """

    is_certificate: bool
    score: float
    rotation: int
    fields: tuple[CertificateField, ...]
