"""A field that was found on a blank page, before it has a name."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.forms import FieldKind, Option, Part
from pipeline.geometry import Box


@dataclass(frozen=True)
class Found:
    """What is written where; `label` is what is printed beside it, may be empty. `kind` "text" may still be told from the label."""

    box: Box
    kind: FieldKind
    label: str
    cells: tuple[Box, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Option, ...] = ()
