"""Names in two halves: a row that a broken rule parts into family and given name is one field."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms import Part
from pipeline.forms_new.found import Found
from pipeline.forms_new.kinds import telling
from pipeline.forms_new.lines import around, holds
from pipeline.geometry import Box

HALVES = ("family", "given")
NAMES = ("kana", "name")


def full_names(fields: Sequence[Found], solid: Sequence[Box], cells: Sequence[Box]) -> list[Found]:
    """The fields, those of a name's two halves joined.

    Args:
        fields: with their labels.
        solid: cells enclosed by solid rules.
        cells: cells enclosed by rules of any kind.
    """
    joined = list(fields)
    for whole in (cell for cell in solid if sum(holds(cell, part) for part in cells if part != cell) == len(HALVES)):
        halves = sorted((field for field in joined if holds(whole, field.box)), key=lambda field: field.box.x)
        if len(halves) == len(HALVES) and all(half.kind == "text" and not half.parts for half in halves):
            label = next((half.label for half in halves if telling(half.label)[0] in NAMES), None)
            if label is not None:
                parts = tuple(Part(name, half.box) for name, half in zip(HALVES, halves, strict=True))
                joined = [field for field in joined if field not in halves]
                joined.append(Found(around([half.box for half in halves]), "text", label.split("（")[0], parts=parts))
    return joined
