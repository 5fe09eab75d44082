"""Signatures: is a name written by hand in the field. What it says is the text reader's business."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SignatureReading:
    """Whether a signature stands in a field.

    Attributes:
        present: True when a name is written there. A seal alone is no signature.
        confidence: probability that `present` is right.
        doubt: True when a person must look: a dot, a dash, a line, or writing too small or too faint for a name.
    """

    present: bool
    confidence: float
    doubt: bool = False
