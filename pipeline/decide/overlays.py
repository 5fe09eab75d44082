"""Text fields over which something was laid: struck out and corrected, or sealed. However sure their reading, a person looks."""

from __future__ import annotations

from dataclasses import replace

from pipeline.fields import FieldCrop
from pipeline.recognise.overlays import overlay
from pipeline.recognise.text import TEXT_KINDS
from pipeline.sheet import FieldValue

OVERLAID_LIMIT = 0.6
"""Confidence of such a value at most: a guess for the reviewer's screen."""


def flagged(crop: FieldCrop, value: FieldValue) -> FieldValue:
    """`value`, handed to a person where something lies over the writing of its field."""
    found = overlay(crop) if crop.spec.kind in TEXT_KINDS else None
    if found is None:
        return value
    return replace(value, decision="review", reason=found, confidence=min(value.confidence, OVERLAID_LIMIT))
