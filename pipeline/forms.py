"""The form library: templates as data, in page millimetres.

A template is a folder `form_templates/<id>/` with `form.toml`, `reference.png` (the blank page, gray, REFERENCE_DPI) and, for forms
we draw, `blank.pdf`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import TemplateError
from pipeline.geometry import A4_MM, Box, Gray

REFERENCE_DPI = 200
"""Resolution of reference.png: a 0.1 mm rule is still 0.8 pixels wide."""

FieldKind = Literal[
    "digits",  # fixed number of digits in cells: pass number, postal code
    "number",  # a free integer
    "kana",  # katakana name
    "name",  # personal name
    "text",  # one line of Japanese
    "multiline",  # several lines of Japanese
    "latin",  # Latin letters
    "date",  # year month day, with an era option where the form prints one
    "year_month",  # year month, or 現在
    "months",  # 年・ヶ月, a duration
    "phone",
    "email",
    "choice",  # options, at most one marked
    "marks",  # options, any number marked
    "signature",  # by hand; its presence counts, its text is read as a name
    "seal",
]
OptionStyle = Literal["tick", "circle", "oval"]
Variant = Literal["marked", "plain"]


@dataclass(frozen=True)
class Option:
    """A printed choice: a square to be ticked, a printed word to be circled, an oval to be filled in. `box` is the square, word or oval."""

    name: str
    box: Box
    style: OptionStyle


@dataclass(frozen=True)
class Part:
    """A piece of a field written in a place of its own: year, month, day; family, given; first, second."""

    name: str
    box: Box
    cells: tuple[Box, ...] = ()


@dataclass(frozen=True)
class FieldSpec:
    """One field of a form.

    Attributes:
        name: fixed English name, `rows[0].duties` for table rows.
        label: what is printed beside it, Japanese.
        box: the whole writing area, mm.
        cells: boxes of single characters, left to right, when the field is boxed and has no parts.
        parts: writing areas within `box`, in reading order.
        options: printed choices; a `date` may have them too (the era to be circled).
    """

    name: str
    label: str
    kind: FieldKind
    box: Box
    required: bool = False
    cells: tuple[Box, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class FormTemplate:
    """One layout of one sheet.

    Attributes:
        id: folder name; what `form` means in every output.
        sheet: which sheet of the packet it is: a, b, c, d or certificate; other = a form that belongs to no packet.
        variant_of: id of the template with the same boxes and other printed marks (itself when it stands alone):
            templates that share it are the same form to everybody but the printer.
        fixed: False for a document read by its labels (certificate): its fields have no boxes to trust.
        corner_marks: printed registration marks, mm; empty for a plain form.
    """

    id: str
    sheet: str
    title: str
    version: str
    variant: Variant
    variant_of: str
    fixed: bool
    folder: Path
    fields: tuple[FieldSpec, ...]
    form_code: str | None = None
    corner_marks: tuple[Box, ...] = ()

    def field(self, name: str) -> FieldSpec:
        """The field called `name`; KeyError when there is none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


Quad = tuple[float, float, float, float]
"""x, y, w, h in page millimetres, as written in form.toml."""


class _Strict(BaseModel):
    """A misspelt key in form.toml is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _OptionEntry(_Strict):
    name: str
    box: Quad
    style: OptionStyle


class _PartEntry(_Strict):
    name: str
    box: Quad
    cells: list[Quad] = Field(default_factory=list)


class _FieldEntry(_Strict):
    name: str
    label: str
    kind: FieldKind
    box: Quad
    required: bool = False
    cells: list[Quad] = Field(default_factory=list)
    parts: list[_PartEntry] = Field(default_factory=list)
    options: list[_OptionEntry] = Field(default_factory=list)


class _FormFile(_Strict):
    id: str
    sheet: Literal["a", "b", "c", "d", "certificate", "other"]
    title: str
    version: str
    variant: Variant
    variant_of: str
    fixed: bool = True
    form_code: str | None = None
    page_mm: tuple[float, float] = A4_MM
    corner_marks: list[Quad] = Field(default_factory=list)
    fields: list[_FieldEntry] = Field(min_length=1)


def load_template(folder: Path) -> FormTemplate:
    """Read `folder`/form.toml.

    Raises:
        TemplateError: the file is missing, is no TOML, or says something a template cannot say.
    """
    path = folder / "form.toml"
    try:
        entry = _FormFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        raise TemplateError(f"帳票テンプレート {folder.name} に form.toml がありません") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise TemplateError(f"帳票テンプレート {folder.name} の form.toml は TOML として読めません: {exc}") from exc
    except ValidationError as exc:
        raise TemplateError(f"帳票テンプレート {folder.name} の form.toml に誤りがあります: {_first_error(exc)}") from exc
    if entry.id != folder.name:
        raise TemplateError(f"帳票テンプレートのフォルダ名 {folder.name} と form.toml の id「{entry.id}」が一致しません")
    if entry.page_mm != A4_MM:
        raise TemplateError(f"帳票テンプレート {folder.name} の用紙が A4 縦ではありません: {entry.page_mm}")
    return _as_template(entry, folder)


@dataclass(frozen=True)
class Library:
    """The templates of one folder; reference pictures are read when first asked for, then kept.

    Attributes:
        templates: in the order of their ids.
    """

    templates: tuple[FormTemplate, ...]
    _references: dict[str, Gray] = field(default_factory=dict, repr=False, compare=False)

    def get(self, form: str) -> FormTemplate:
        """The template called `form`; TemplateError when there is none."""
        for template in self.templates:
            if template.id == form:
                return template
        raise TemplateError(f"帳票テンプレート {form} はありません（{', '.join(t.id for t in self.templates)}）")

    def reference(self, form: str) -> Gray:
        """The blank page, (2339, 1654) uint8 at REFERENCE_DPI, read-only; TemplateError when it cannot be read."""
        if form not in self._references:
            self._references[form] = _read_reference(self.get(form).folder)
        return self._references[form]


def load_library(folder: Path) -> Library:
    """All templates below `folder`; TemplateError when one is broken or there is none."""
    templates = tuple(load_template(path) for path in template_folders(folder))
    if not templates:
        raise TemplateError(f"{folder} に帳票テンプレートがありません（intake forms draw で作れます）")
    return Library(templates)


def template_folders(folder: Path) -> list[Path]:
    """The sub-folders of `folder` that hold a form.toml, by name."""
    return sorted(path.parent for path in folder.glob("*/form.toml"))


def _read_reference(folder: Path) -> Gray:
    path = folder / "reference.png"
    try:
        picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error) as exc:
        raise TemplateError(f"帳票テンプレート {folder.name} の reference.png が読めません") from exc
    if picture is None:
        raise TemplateError(f"帳票テンプレート {folder.name} の reference.png は画像として読めません")
    gray: Gray = np.asarray(picture, dtype=np.uint8)
    gray.setflags(write=False)
    return gray


def _first_error(exc: ValidationError) -> str:
    first = exc.errors()[0]
    return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"


def _as_template(entry: _FormFile, folder: Path) -> FormTemplate:
    return FormTemplate(
        id=entry.id,
        sheet=entry.sheet,
        title=entry.title,
        version=entry.version,
        variant=entry.variant,
        variant_of=entry.variant_of,
        fixed=entry.fixed,
        folder=folder,
        fields=tuple(_as_field(item) for item in entry.fields),
        form_code=entry.form_code,
        corner_marks=_boxes(entry.corner_marks),
    )


def _as_field(entry: _FieldEntry) -> FieldSpec:
    return FieldSpec(
        name=entry.name,
        label=entry.label,
        kind=entry.kind,
        box=Box(*entry.box),
        required=entry.required,
        cells=_boxes(entry.cells),
        parts=tuple(Part(part.name, Box(*part.box), _boxes(part.cells)) for part in entry.parts),
        options=tuple(Option(option.name, Box(*option.box), option.style) for option in entry.options),
    )


def _boxes(quads: list[Quad]) -> tuple[Box, ...]:
    return tuple(Box(*quad) for quad in quads)
