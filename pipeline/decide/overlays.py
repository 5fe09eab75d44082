"""Text fields over which something was laid: struck out and corrected, or sealed. However sure their reading, a person looks."""

from __future__ import annotations

from dataclasses import replace

from pipeline.fields import FieldCrop
from pipeline.recognise.overlays import overlay, red_inside
from pipeline.recognise.text import TEXT_KINDS
from pipeline.sheet import FieldValue

OVERLAID_LIMIT = 0.6
"""Confidence of such a value at most: a guess for the reviewer's screen."""
HIDING_RED = 2.0
"""mm2 of red in a field that else is blank: a seal, or something written in red that was taken for one."""


def flagged(crop: FieldCrop, value: FieldValue) -> FieldValue:
    """`value`, handed to a person where something lies over the writing of its field."""
    if crop.spec.kind not in TEXT_KINDS:
        return value
    found = overlay(crop)
    if found is None and value.decision == "blank" and red_inside(crop) > HIDING_RED:
        found = "seal_on_text"
    if found is None:
        return value
    return replace(value, decision="review", reason=found, confidence=min(value.confidence, OVERLAID_LIMIT))
