"""Holds a folder of form templates against what the line needs of them; `intake forms check` prints what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations
from pathlib import Path

from pipeline.errors import TemplateError
from pipeline.forms import REFERENCE_DPI, FieldSpec, FormTemplate, Library, load_template, template_folders
from pipeline.geometry import A4_MM, Box, pixels

TOUCH_MM = 0.05
"""Boxes that share an edge do not overlap; a box may stick out by this much through rounding."""

ROW_FIELDS = ("from", "to", "months", "employer", "position", "duties", "field", "other_fields")
ROWS = tuple(f"rows[0].{name}" for name in ROW_FIELDS)
SEVEN = 7
SHEET_FIELDS: dict[str, tuple[str, ...]] = {
    "a": (
        *("application_date", "qualification", "pass_number", "certificate_issue_date", "name_kana", "name", "former_name"),
        *("birth_date", "postal_code", "address", "building", "phone", "email", "employer", "department", "job_title"),
        *("employer_phone", "send_to", "transfer_date", "transfer_name_kana", "enclosed", "signature", "seal"),
    ),
    "b": ("pass_number", "name", "created_date", *ROWS, "sheet_no", "sheet_count"),
    "c": (
        *("certified_date", "applicant_name", "pass_number", "period_from", "period_to", "fields", "relation"),
        *("certifier_company", "certifier_postal_code", "certifier_address", "certifier_department", "certifier_title"),
        *("certifier_name_kana", "certifier_name", "certifier_phone", "certifier_email", "certifier_seal", "may_contact"),
    ),
    "d": ("agreed", "oath_date", "pass_number", "signature"),
    "certificate": (
        *("name", "name_roman", "candidate_id", "pass_number", "exam", "exam_date", "issue_date"),
        *("score", "written_percent", "result", *(f"scores_by_field[{number}]" for number in range(SEVEN)), "issuer"),
    ),
    "other": (),
}
"""Fields that every template of a sheet has to have; further ones are allowed. A continuation sheet of B has no totals, a B has them."""
TOTALS = ("total_months", *(f"months_by_field[{number}]" for number in range(SEVEN)))


def check_library(folder: Path) -> list[str]:
    """What is wrong with the templates below `folder`, one Japanese sentence each; empty when all is well."""
    problems: list[str] = []
    templates: list[FormTemplate] = []
    for path in template_folders(folder):
        try:
            templates.append(load_template(path))
        except TemplateError as exc:
            problems.append(str(exc))
    if not templates and not problems:
        return [f"{folder} に帳票テンプレートがありません"]
    library = Library(tuple(templates))
    for template in templates:
        found = chain.from_iterable(check(template) for check in (_names, _choices, _boxes, _overlaps, _marks))
        problems += [f"{template.id}: {sentence}" for sentence in chain(found, _reference(library, template))]
    return problems + _variants(library)


def _names(template: FormTemplate) -> Iterator[str]:
    names = [spec.name for spec in template.fields]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"項目「{name}」が {count} 回定義されています"
    needed = SHEET_FIELDS[template.sheet]
    if template.sheet == "b" and not template.variant_of.endswith("_continued"):
        needed += TOTALS
    for name in needed:
        if name not in names:
            yield f"項目「{name}」がありません"


def _choices(template: FormTemplate) -> Iterator[str]:
    for spec in template.fields:
        if spec.kind in ("choice", "marks") and not spec.options:
            yield f"項目「{spec.name}」に選択肢がありません"
        for part, count in Counter([part.name for part in spec.parts] + [option.name for option in spec.options]).items():
            if count > 1:
                yield f"項目「{spec.name}」の「{part}」が {count} 回定義されています"


def _boxes(template: FormTemplate) -> Iterator[str]:
    page = Box(0.0, 0.0, *A4_MM)
    for number, mark in enumerate(template.corner_marks, 1):
        if not _proper(mark, page):
            yield f"位置合わせマーク {number} が用紙からはみ出しています"
    for spec in template.fields:
        if not _proper(spec.box, page):
            yield f"項目「{spec.name}」の枠が用紙からはみ出しているか、大きさがありません"
        for words, box, outer in _inner_boxes(spec):
            if not _proper(box, outer):
                yield f"項目「{spec.name}」の{words}が枠の外にあるか、大きさがありません"


def _inner_boxes(spec: FieldSpec) -> Iterator[tuple[str, Box, Box]]:
    """Every box of a field with its name and the box it has to lie in."""
    for number, cell in enumerate(spec.cells, 1):
        yield f"文字枠 {number} ", cell, spec.box
    for part in spec.parts:
        yield f"部分「{part.name}」", part.box, spec.box
        for number, cell in enumerate(part.cells, 1):
            yield f"部分「{part.name}」の文字枠 {number} ", cell, part.box
    for option in spec.options:
        yield f"選択肢「{option.name}」", option.box, spec.box


def _overlaps(template: FormTemplate) -> Iterator[str]:
    for first, second in combinations(template.fields, 2):
        if _overlap(first.box, second.box):
            yield f"項目「{first.name}」と「{second.name}」の枠が重なっています"
    for spec in template.fields:
        pieces = [(part.name, part.box) for part in spec.parts] + [(option.name, option.box) for option in spec.options]
        for one, other in combinations(pieces, 2):
            if _overlap(one[1], other[1]):
                yield f"項目「{spec.name}」の「{one[0]}」と「{other[0]}」が重なっています"


def _marks(template: FormTemplate) -> Iterator[str]:
    if template.variant == "marked" and not template.corner_marks and template.form_code is None:
        yield "variant が marked ですが、位置合わせマークも帳票コードもありません"
    if template.variant == "plain" and (template.corner_marks or template.form_code):
        yield "variant が plain ですが、位置合わせマークまたは帳票コードがあります"


def _reference(library: Library, template: FormTemplate) -> Iterator[str]:
    wanted = (pixels(A4_MM[1], REFERENCE_DPI), pixels(A4_MM[0], REFERENCE_DPI))
    try:
        found = library.reference(template.id).shape
    except TemplateError as exc:
        yield str(exc)
        return
    if any(abs(have - want) > 1 for have, want in zip(found, wanted, strict=True)):
        yield f"reference.png の大きさは {wanted[1]}×{wanted[0]} 画素（A4、{REFERENCE_DPI} dpi）のはずですが、{found[1]}×{found[0]} です"


def _variants(library: Library) -> list[str]:
    """Templates that claim to be the same form have the same fields."""
    by_id = {template.id: template for template in library.templates}
    problems = []
    for template in library.templates:
        original = by_id.get(template.variant_of)
        if original is None:
            problems.append(f"{template.id}: variant_of の「{template.variant_of}」というテンプレートがありません")
        elif (original.sheet, original.fields) != (template.sheet, template.fields):
            problems.append(f"{template.id}: 項目が {original.id} と一致しません（variant_of は同じ枠の帳票にだけ使えます）")
    return problems


def _proper(box: Box, outer: Box) -> bool:
    """Does `box` have a size and lie within `outer`."""
    room = outer.grown(TOUCH_MM)
    return box.w > 0 and box.h > 0 and box.x >= room.x and box.y >= room.y and box.right <= room.right and box.bottom <= room.bottom


def _overlap(first: Box, second: Box) -> bool:
    width = min(first.right, second.right) - max(first.x, second.x)
    height = min(first.bottom, second.bottom) - max(first.y, second.y)
    return width > TOUCH_MM and height > TOUCH_MM
