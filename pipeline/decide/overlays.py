"""Text fields that are not what they seem: struck out, sealed over, or blank but for a pale line. A person looks at them."""

from __future__ import annotations

from dataclasses import replace

from pipeline.fields import FieldCrop
from pipeline.recognise.overlays import overlay, red_inside
from pipeline.recognise.places import has_pale_stroke
from pipeline.recognise.text import TEXT_KINDS
from pipeline.sheet import FieldValue, Reason

OVERLAID_LIMIT = 0.6
"""Confidence of such a value at most: a guess for the reviewer's screen."""
HIDING_RED = 2.0
"""mm2 of red in a field that else is blank: a seal, or something written in red that was taken for one."""


def _hidden(crop: FieldCrop) -> Reason | None:
    """Why a field that seems blank may not be."""
    if red_inside(crop) > HIDING_RED:
        return "seal_on_text"
    return "ink_quality" if has_pale_stroke(crop) else None


def flagged(crop: FieldCrop, value: FieldValue) -> FieldValue:
    """`value`, handed to a person where something lies over the writing of its field."""
    if crop.spec.kind not in TEXT_KINDS:
        return value
    found: Reason | None = overlay(crop)
    if found is None and value.decision == "blank":
        found = _hidden(crop)
    if found is None:
        return value
    return replace(value, decision="review", reason=found, confidence=min(value.confidence, OVERLAID_LIMIT))
