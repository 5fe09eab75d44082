"""Stage 6 to 7: the crops of a page -> its field values, each accepted, sent to a person, or blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.decide.marks import decide_marks, decide_seal, decide_signature
from pipeline.decide.neighbours import read_together
from pipeline.decide.opinions import Doubt, ask, worth_asking
from pipeline.decide.overlays import flagged
from pipeline.decide.readers import Readers, open_readers
from pipeline.decide.samples import samples_of
from pipeline.decide.texts import FAMILIES, decide_text
from pipeline.decide.weigh import Opinions, features, weigh
from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, FieldSpec
from pipeline.geometry import Box
from pipeline.recognise import Reading
from pipeline.recognise.marks import read_marks
from pipeline.recognise.text import TEXT_KINDS, Plan, TextReading, plan_field, plan_signature, read_plans
from pipeline.sheet import FieldValue

__all__ = [
    "FAMILIES", "Opinions", "Readers", "decide_marks", "decide_reading", "decide_text", "features", "open_readers", "read_fields",
    "samples_of", "weigh",
]  # fmt: skip

ENOUGH_INK_MM2 = 5.0
"""Ink said to be in a text that was found by looking for text: no doubt that something stands there."""


def read_fields(crops: Sequence[FieldCrop], readers: Readers) -> tuple[FieldValue, ...]:
    """Values of a page's fields, in the order of `crops`. Raises EngineError."""
    plans = {place: plan for place, crop in enumerate(crops) if (plan := _planned(crop)) is not None}
    first = dict(zip(plans, read_plans(list(plans.values()), readers.text, readers.boxes), strict=True))
    places = range(len(crops))
    told = read_together([crop.spec for crop in crops], [plans.get(at) for at in places], [first.get(at) for at in places], readers)
    readings = {place: reading for place, reading in enumerate(told) if reading is not None}
    values = {place: _decided(crop, crops, readings.get(place), readers) for place, crop in enumerate(crops)}
    texts = [place for place in plans if crops[place].spec.kind in TEXT_KINDS]
    doubts = {place: Doubt(crops[place].spec, plans[place], readings[place]) for place in texts}
    doubts = {place: doubt for place, doubt in doubts.items() if worth_asking(doubt, values[place], readers)}
    for (place, doubt), opinion in zip(doubts.items(), ask(list(doubts.values()), readers), strict=True):
        values[place] = decide_text(doubt.spec, doubt.reading, readers, opinion)
    return tuple(flagged(crop, values[place]) for place, crop in enumerate(crops))


def _planned(crop: FieldCrop) -> Plan | None:
    """How the text of a field is read; None for a field without text."""
    if crop.spec.kind in TEXT_KINDS:
        return plan_field(crop)
    return plan_signature(crop) if crop.spec.kind == "signature" else None


def _decided(crop: FieldCrop, crops: Sequence[FieldCrop], reading: TextReading | None, readers: Readers) -> FieldValue:
    if reading is None:
        return decide_seal(crop, crops) if crop.spec.kind == "seal" else decide_marks(crop.spec, read_marks(crop))
    return decide_signature(crop, reading) if crop.spec.kind == "signature" else decide_text(crop.spec, reading, readers)


def decide_reading(
    name: str, kind: FieldKind, reading: Reading, box: Box | None, readers: Readers, *, doubt: bool = False
) -> FieldValue:
    """The value of a text that was found without a template's box (a certificate read by its labels).

    Args:
        name: of the field.
        kind: a text kind.
        reading: candidates; none = a label without anything beside it.
        box: where it stands, page mm.
        readers: calibration and strictness.
        doubt: it may be another field's value: a person looks, however clear it is.
    """
    spec = FieldSpec(name, "", kind, box or Box(0, 0, 0, 0))
    found = TextReading(reading.candidates, reading.inside, ENOUGH_INK_MM2, blank=False, faint=False, cut=0.0)
    value = replace(decide_text(spec, found, readers), box=box)
    return replace(value, decision="review", reason="place_doubt") if doubt and value.decision == "accept" else value
