"""Places of a form that are not for whoever fills it in: the office's own boxes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.forms_new.lines import Line, holds, text_of
from pipeline.geometry import Box

OFFICE = re.compile("記入しない|使用欄|処理欄|事務局欄|受付印|記載しない")
DEEP_MM = 35.0
"""An office's boxes reach this far below their heading."""


def not_for_applicants(box: Box, cells: Sequence[Box], lines: Sequence[Line]) -> bool:
    """Does the box lie below a heading of the office's own boxes?"""
    for line in lines:
        for token in line:
            if OFFICE.search(text_of((token,))):
                frame = next((cell for cell in cells if holds(cell, token.box)), token.box)
                beside = min(frame.right, box.right) - max(frame.x, box.x)
                if beside > 0 and box.w < frame.w and frame.y - DEEP_MM / 5 <= box.y <= frame.bottom + DEEP_MM - box.h:
                    return True
    return False
