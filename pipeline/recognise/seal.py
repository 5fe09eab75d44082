"""Seals: is there a seal imprint, and how does the page look without its red ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SealReading:
    """Whether a seal stands in a field.

    Attributes:
        present: True when there is an imprint.
        confidence: probability that `present` is right.
        colour: of the imprint's ink; None when there is no imprint.
        doubt: True when a person must look: too faint, too small, or a shape that a seal does not have.
    """

    present: bool
    confidence: float
    colour: Literal["red", "black"] | None
    doubt: bool = False
