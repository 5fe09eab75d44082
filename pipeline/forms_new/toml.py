"""Writes a template's form.toml."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipeline.forms import FieldSpec, FormTemplate, Part
from pipeline.geometry import A4_MM, Box


def template_toml(template: FormTemplate) -> str:
    """The text that `forms.load_template` reads back into the same template."""
    lines = [
        "# Boxes are [x, y, w, h] in millimetres from the top left corner of the A4 page.",
        f"id = {_text(template.id)}",
        f"sheet = {_text(template.sheet)}",
        f"title = {_text(template.title)}",
        f"version = {_text(template.version)}",
        f"variant = {_text(template.variant)}",
        f"variant_of = {_text(template.variant_of)}",
        f"fixed = {str(template.fixed).lower()}",
        *([f"form_code = {_text(template.form_code)}"] if template.form_code else []),
        f"page_mm = [{A4_MM[0]}, {A4_MM[1]}]",
        f"corner_marks = {_boxes(template.corner_marks)}",
    ]
    for spec in template.fields:
        lines += ["", *_field_lines(spec)]
    return "\n".join(lines) + "\n"


def _field_lines(spec: FieldSpec) -> list[str]:
    lines = [
        "[[fields]]",
        f"name = {_text(spec.name)}",
        f"label = {_text(spec.label)}",
        f"kind = {_text(spec.kind)}",
        f"box = {_box(spec.box)}",
        f"required = {str(spec.required).lower()}",
    ]
    if spec.cells:
        lines.append(f"cells = {_boxes(spec.cells)}")
    if spec.parts:
        lines += ["parts = [", *(f"    {_part(part)}," for part in spec.parts), "]"]
    if spec.options:
        entries = (f"{{ name = {_text(o.name)}, box = {_box(o.box)}, style = {_text(o.style)} }}" for o in spec.options)
        lines += ["options = [", *(f"    {entry}," for entry in entries), "]"]
    return lines


def _part(part: Part) -> str:
    cells = f", cells = {_boxes(part.cells)}" if part.cells else ""
    return f"{{ name = {_text(part.name)}, box = {_box(part.box)}{cells} }}"


def _text(value: str) -> str:
    """A JSON string is a TOML basic string."""
    return json.dumps(value, ensure_ascii=False)


def _box(box: Box) -> str:
    return "[" + ", ".join(f"{value:g}" if value != int(value) else f"{value:.1f}" for value in box.as_list()) + "]"


def _boxes(boxes: Sequence[Box]) -> str:
    return "[" + ", ".join(_box(box) for box in boxes) + "]"
