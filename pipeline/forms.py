"""The form library: templates as data, in page millimetres.

A template is a folder `form_templates/<id>/` with `form.toml`, `reference.png` (the blank page, gray, REFERENCE_DPI) and, for forms
we draw, `blank.pdf`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.geometry import Box

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
OptionStyle = Literal["tick", "circle"]
Variant = Literal["marked", "plain"]


@dataclass(frozen=True)
class Option:
    """A printed choice: a tick box, or a printed word that is circled. `box` is the tick square or the word."""

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
        sheet: which sheet of the packet it is: a, b, c, d or certificate.
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
