"""Lines to write on: free rules that are no edge of a cell, alone or as the ruling of a writing area."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.found import Found
from pipeline.forms_new.lines import Line, around
from pipeline.forms_new.paper import Paper
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, pixels

THICK_MM = 1.2
"""A free rule with the slack of its drawing; anything higher has rules across."""
CORNER_MM = 2.0
"""The dashes of a broken frame leave its corners open up to this."""
SHORTEST_MM = 12.0
LONGEST_MM = 0.75 * A4_MM[0]
"""A longer one alone parts the page."""
ABOVE_MM = 6.5
"""People write this high above a line, where nothing is printed nearer."""
LOWEST_MM = 4.0
GAP_MM = 0.5
STACK_MM = 13.0
"""Lines of one writing area are at most this far apart."""
SAME_MM = 1.5


def underlines(rules: NDArray[np.uint8], lines: Sequence[Line], paper: Paper) -> list[Found]:
    """The writing room above free rules; equal rules below each other make one area of several lines."""
    stacks: list[list[Box]] = []
    for rule in _free_rules(rules):
        stack = next((stack for stack in stacks if _goes_on(stack[-1], rule, paper)), None)
        if stack is None:
            stacks.append([rule])
        else:
            stack.append(rule)
    fields = (_field(stack, lines, paper) for stack in stacks)
    return [field for field in fields if field is not None]


def _free_rules(rules: NDArray[np.uint8]) -> list[Box]:
    size = pixels(CORNER_MM, REFERENCE_DPI)
    joined = cv2.morphologyEx(rules, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    unit = MM_PER_INCH / REFERENCE_DPI
    boxes = [Box(*(side * unit for side in stat[:4])) for stat in stats[1:].tolist()]
    return sorted((box for box in boxes if box.h <= THICK_MM and box.w >= SHORTEST_MM), key=lambda box: box.y)


def _goes_on(above: Box, below: Box, paper: Paper) -> bool:
    same = abs(above.x - below.x) < SAME_MM and abs(above.right - below.right) < SAME_MM
    between = Box(below.x, above.bottom + GAP_MM, below.w, below.y - above.bottom - 2 * GAP_MM)
    return same and 0 < between.h <= STACK_MM and paper.is_white(between)


def _field(stack: Sequence[Box], lines: Sequence[Line], paper: Paper) -> Found | None:
    first = stack[0]
    if len(stack) == 1 and first.w > LONGEST_MM:
        return None
    beside = [token for line in lines for token in line if token.box.y < first.y and token.box.bottom > first.y - LOWEST_MM]
    on_it = [token for token in beside if token.box.x < first.right and token.box.right > first.x]
    left = max((token.box.right for token in on_it), default=first.x)
    heights = (high / 2 for high in range(round(2 * ABOVE_MM), round(2 * LOWEST_MM) - 1, -1))
    height = next((high for high in heights if _white(left, first, high, paper)), 0.0)
    if first.right - left < SHORTEST_MM or not height:
        return None
    before = [token for token in beside if token.box.right <= left + GAP_MM and token.box.right > first.x - 10]
    label = "".join(token.text for token in before or on_it)
    if not label and len(stack) == 1:
        return None
    box = Box(left, first.y - height, first.right - left, height - GAP_MM)
    return Found(around([box, *stack[1:]]), "multiline" if len(stack) > 1 else "text", label)


def _white(left: float, rule: Box, height: float, paper: Paper) -> bool:
    return paper.is_white(Box(left + GAP_MM, rule.y - height, rule.right - left - GAP_MM, height - GAP_MM))
