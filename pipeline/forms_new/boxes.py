"""BOXES.json: the writing areas of a blank form as a person lists and edits them."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from pipeline.errors import WrongUsage
from pipeline.forms import FieldKind, FieldSpec, Option, OptionStyle, Part, Quad
from pipeline.geometry import A4_MM, Box

OFF_PAGE_MM = 0.05
"""A box may stick out of the page by rounding."""
WORDS = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "知らない項目です",
    "literal_error": "使えない値です",
    "string_too_short": "空にできません",
    "greater_than_equal": "1 以上にしてください",
}
"""pydantic's error types in the office's language; any other is a value of the wrong type."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    box_mm: Quad

    @field_validator("box_mm")
    @classmethod
    def _on_the_page(cls, quad: Quad) -> Quad:
        box = Box(*quad)
        inside = box.x >= -OFF_PAGE_MM and box.y >= -OFF_PAGE_MM
        inside = inside and box.right <= A4_MM[0] + OFF_PAGE_MM and box.bottom <= A4_MM[1] + OFF_PAGE_MM
        if not (inside and box.w > 0 and box.h > 0):
            raise ValueError("枠が用紙からはみ出しているか、大きさがありません")
        return quad


class OptionEntry(_Entry):
    """A printed choice."""

    style: OptionStyle = "tick"


class PartEntry(_Entry):
    """A piece of a field with a place of its own."""

    cells: list[Quad] = Field(default_factory=list)


class BoxEntry(_Entry):
    """One field: on which page (from 1), what is written there, and where (x, y, w, h in mm from the page's top left corner)."""

    page: int = Field(ge=1)
    kind: FieldKind
    label: str = ""
    required: bool = False
    cells: list[Quad] = Field(default_factory=list)
    parts: list[PartEntry] = Field(default_factory=list)
    options: list[OptionEntry] = Field(default_factory=list)


_LIST: TypeAdapter[list[BoxEntry]] = TypeAdapter(list[BoxEntry])


def read_boxes(path: Path, page_count: int) -> list[BoxEntry]:
    """The list in `path`.

    Raises:
        WrongUsage: no file, no JSON, an entry that says something a field cannot say, or a page that the blank does not have.
    """
    try:
        entries = _LIST.validate_python(json.loads(path.read_text(encoding="utf-8")))
    except OSError as exc:
        raise WrongUsage(f"記入欄の一覧 {path} を開けません。") from exc
    except (ValueError, RecursionError) as exc:
        if isinstance(exc, ValidationError):
            raise WrongUsage(f"記入欄の一覧 {path.name} に誤りがあります。{_first_error(exc)}") from exc
        raise WrongUsage(f"記入欄の一覧 {path.name} は JSON として読めません。") from exc
    for entry in entries:
        if entry.page > page_count:
            raise WrongUsage(f"項目「{entry.name}」は {entry.page} ページ目とありますが、白紙の様式は {page_count} ページです。")
    return entries


def boxes_json(entries: list[BoxEntry]) -> str:
    """The text that `read_boxes` reads back; one field a line, so that it can be edited."""
    lines = [json.dumps(entry.model_dump(exclude_defaults=True), ensure_ascii=False) for entry in entries]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def as_field(entry: BoxEntry) -> FieldSpec:
    """The entry as a field of a template."""
    return FieldSpec(
        name=entry.name,
        label=entry.label or entry.name,
        kind=entry.kind,
        box=Box(*entry.box_mm),
        required=entry.required,
        cells=_boxes(entry.cells),
        parts=tuple(Part(part.name, Box(*part.box_mm), _boxes(part.cells)) for part in entry.parts),
        options=tuple(Option(option.name, Box(*option.box_mm), option.style) for option in entry.options),
    )


def _boxes(quads: list[Quad]) -> tuple[Box, ...]:
    return tuple(Box(*quad) for quad in quads)


def _first_error(exc: ValidationError) -> str:
    first = exc.errors()[0]
    place = [str(step) if isinstance(step, str) else f"{step + 1} 番目" for step in first["loc"]]
    reason = str(first["ctx"]["error"]) if first["type"] == "value_error" else WORDS.get(first["type"], "値の形が正しくありません")
    return f"{' の '.join(place) or '全体'}：{reason}。"
