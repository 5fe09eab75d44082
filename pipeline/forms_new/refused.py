"""Places of a form that are not for whoever fills it in: the office's own boxes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.forms_new.lines import Line, holds
from pipeline.geometry import Box

OFFICE = re.compile("記入しない|使用欄|処理欄|事務局欄|受付印|記載しない")
DEEP_MM = 35.0
"""An office's boxes reach this far below their heading."""
ABOVE_MM = 7.0
"""The heading stands this far below the upper edge of its frame."""
WIDER_MM = 0.1
"""By rounding."""


def not_for_applicants(box: Box, cells: Sequence[Box], lines: Sequence[Line]) -> bool:
    """Does the box lie below a heading of the office's own boxes, or in one cell with it?"""
    for token in (token for line in lines for token in line if OFFICE.search(token.text)):
        frame = next((cell for cell in cells if holds(cell, token.box)), token.box)
        beside = min(frame.right, box.right) > max(frame.x, box.x) and box.w <= frame.w + WIDER_MM
        lowest = max(frame.bottom, token.box.bottom + DEEP_MM) - box.h
        if beside and frame.y - ABOVE_MM <= box.y <= lowest + WIDER_MM:
            return True
    return False
