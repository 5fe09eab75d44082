"""The record of one read side: its form, its field values, what is wrong with it. JSON out and in.

This is all that leaves a page worker: small, without pictures, plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.findings import Finding
from pipeline.geometry import Box

Decision = Literal["accept", "review", "blank"]
Reason = Literal[
    "low_probability",
    "readers_disagree",
    "sheets_disagree",
    "variant_kanji",
    "grammar",
    "ink_quality",
    "mark_doubt",
]


@dataclass(frozen=True)
class FieldValue:
    """One field as read.

    Attributes:
        kind: the FieldSpec's kind.
        raw: the text as written, or marks joined by a comma; "" when blank.
        value: normalised (ISO date, digits, katakana, ...; list of options for marks, True/False for signature and seal);
            None when the raw text is no valid value.
        problem: why `value` is None, a machine name, or None.
        confidence: probability that `value` is right as a whole.
        decision: accept = nobody need look; review = a person must; blank = certain that nothing is written.
        reason: why it went to review, else None.
        candidates: (text, natural-log probability), best first.
        box: page mm, None where the document has no fixed boxes and nothing was found.
    """

    name: str
    kind: str
    raw: str
    value: str | int | bool | list[str] | None
    problem: str | None
    confidence: float
    decision: Decision
    reason: Reason | None
    candidates: tuple[tuple[str, float], ...]
    box: Box | None


@dataclass(frozen=True)
class Match:
    """How the page fits its template. `scan_from_page` is the (3, 3) matrix, row by row: page mm -> scan pixels."""

    score: float
    residual_mm: float
    rotation: int
    skew_deg: float
    scan_from_page: tuple[float, ...]


@dataclass(frozen=True)
class Sheet:
    """One side of paper after reading.

    Attributes:
        page: number within the scan, from 1.
        form: template id; None when it is blank, foreign or in doubt (a finding says which: `page_blank`, `page_unknown`,
            `page_ambiguous`, `page_unreadable`).
        sheet: a, b, c, d, certificate, or None.
        fingerprint: 64-bit perceptual hash of the cleaned page, 16 hex digits: the same paper scanned twice is near.
    """

    page: int
    form: str | None
    sheet: str | None
    match: Match | None
    fields: tuple[FieldValue, ...]
    findings: tuple[Finding, ...]
    fingerprint: str

    def value(self, name: str) -> FieldValue | None:
        """The field called `name`, or None."""
        return next((field for field in self.fields if field.name == name), None)
