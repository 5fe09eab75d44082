"""Marks, signatures and seals as field values."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.recognise.marks import MarkReading
from pipeline.recognise.seal import read_seal
from pipeline.recognise.signature import read_signature
from pipeline.recognise.text import TextReading
from pipeline.sheet import Decision, FieldValue, Reason

LEAST = 1e-6
"""Probabilities below this are not told apart."""


def decide_marks(spec: FieldSpec, reading: MarkReading) -> FieldValue:
    """The chosen options; a field without any mark is blank for sure, unless something may be a mark."""
    raw = ",".join(reading.chosen)
    decision: Decision = "review" if reading.doubt else "accept" if reading.chosen else "blank"
    reason: Reason | None = "mark_doubt" if reading.doubt else None
    log_prob = math.log(max(reading.confidence, LEAST))
    return FieldValue(
        spec.name, spec.kind, raw, list(reading.chosen), None, reading.confidence, decision, reason, ((raw, log_prob),), spec.box
    )


def decide_signature(crop: FieldCrop, text: TextReading) -> FieldValue:
    """Whether it is signed; `raw` is what the signature seems to say, to be held against the name, never a value."""
    found = read_signature(crop)
    decision: Decision = "review" if found.doubt else "accept" if found.present else "blank"
    reason: Reason | None = None if not found.doubt else "signature_typed" if found.typed else "mark_doubt"
    pairs = tuple((candidate.text, candidate.log_prob) for candidate in text.candidates) if found.present else ()
    raw = text.text if found.present else ""
    spec = crop.spec
    return FieldValue(spec.name, spec.kind, raw, found.present, None, found.confidence, decision, reason, pairs, spec.box)


def decide_seal(crop: FieldCrop, crops: Sequence[FieldCrop] = ()) -> FieldValue:
    """Whether there is a seal, in its field or out of place in one of the other `crops` of the page."""
    found = read_seal(crop, crops)
    decision: Decision = "review" if found.doubt else "accept" if found.present else "blank"
    reason: Reason | None = "mark_doubt" if found.doubt else None
    spec = crop.spec
    return FieldValue(spec.name, spec.kind, "", found.present, None, found.confidence, decision, reason, (), spec.box)
