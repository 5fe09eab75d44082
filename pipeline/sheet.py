"""The record of one read side: its form, its field values, what is wrong with it. JSON out and in.

This is all that leaves a page worker: small, without pictures, plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pipeline.cover_sheets import Cover
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
    "signature_typed",
    "seal_on_text",
    "correction",
    "field_undecided",
    "place_doubt",
    "unreadable",
    "invalid",
]
"""The last two are said by people: nobody can read it; it is read, and no valid value."""


COVER = "cover"
"""`Sheet.form` of a separator sheet; no template has this id."""


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
    """How the page fits its template.

    `scan_from_page` is the (3, 3) matrix, row by row: page mm -> scan pixels. It is empty and `residual_mm` None where the page was
    laid on no template, because the document has no fixed places (a certificate).
    """

    score: float
    residual_mm: float | None
    rotation: int
    skew_deg: float
    scan_from_page: tuple[float, ...]


@dataclass(frozen=True)
class Sheet:
    """One side of paper after reading.

    Attributes:
        page: number within the scan, from 1.
        form: template id; None when it is blank, foreign or in doubt (a finding says which: `page_blank`, `page_unknown`,
            `page_ambiguous`, `page_unreadable`). COVER for a separator sheet.
        sheet: a, b, c, d, certificate, or None (also for a known form that belongs to no packet).
        fingerprint: pattern of the ink in hex digits (`cleanup.fingerprint`, about 7,000), for `cleanup.same_paper`; "" when unread.
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

    @property
    def is_cover(self) -> bool:
        """Whether this side is a separator sheet, readable or not."""
        return self.form == COVER

    @property
    def cover(self) -> Cover | None:
        """What the separator sheet says; None when this side is none, or its code could not be read."""
        envelope, received = self.value("envelope"), self.value("received")
        if not self.is_cover or envelope is None or not isinstance(envelope.value, str):
            return None
        day = received.value if received is not None else None
        return Cover(envelope.value, date.fromisoformat(day) if isinstance(day, str) else None)


def cover_fields(cover: Cover) -> tuple[FieldValue, ...]:
    """What a separator sheet says, as fields: they are stored and shown as those of every other page."""
    received = None if cover.received is None else cover.received.isoformat()
    return (
        FieldValue("envelope", "digits", cover.envelope, cover.envelope, None, 1.0, "accept", None, ((cover.envelope, 0.0),), None),
        FieldValue("received", "date", received or "", received, None, 1.0, "blank" if received is None else "accept", None, (), None),
    )


def sheet_to_json(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain lists, dicts, strings and numbers; `sheet_from_json` gives back an equal sheet."""
    return {
        "page": sheet.page,
        "form": sheet.form,
        "sheet": sheet.sheet,
        "match": None if sheet.match is None else {**vars(sheet.match), "scan_from_page": list(sheet.match.scan_from_page)},
        "fields": [
            {**vars(value), "candidates": [list(pair) for pair in value.candidates], "box": _plain(value.box)} for value in sheet.fields
        ],
        "findings": [{**vars(finding), "box": _plain(finding.box)} for finding in sheet.findings],
        "fingerprint": sheet.fingerprint,
    }


def sheet_from_json(document: Mapping[str, Any]) -> Sheet:
    """The sheet that `sheet_to_json` wrote. Raises KeyError or TypeError when a key is missing or unknown."""
    match = document["match"]
    return Sheet(
        page=document["page"],
        form=document["form"],
        sheet=document["sheet"],
        match=None if match is None else Match(**{**match, "scan_from_page": tuple(match["scan_from_page"])}),
        fields=tuple(field_from_json(entry) for entry in document["fields"]),
        findings=tuple(Finding(**{**entry, "box": _box(entry["box"])}) for entry in document["findings"]),
        fingerprint=document["fingerprint"],
    )


def field_from_json(entry: Mapping[str, Any]) -> FieldValue:
    """One of the `fields` that `sheet_to_json` wrote."""
    candidates = tuple((text, float(log_prob)) for text, log_prob in entry["candidates"])
    return FieldValue(**{**entry, "candidates": candidates, "box": _box(entry["box"])})


def _plain(box: Box | None) -> list[float] | None:
    return None if box is None else box.as_list()


def _box(sides: list[float] | None) -> Box | None:
    return None if sides is None else Box(*sides)
