from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import TemplateError
from pipeline.forms import FieldSpec, FormTemplate, load_library, load_template
from pipeline.forms_check import check_library
from pipeline.forms_preview import REQUIRED_RGB, preview
from pipeline.geometry import Box, pixels
from pipeline.settings import PROJECT

TEMPLATES = PROJECT / "form_templates"
FORM = """
id = "d"
sheet = "d"
title = "宣誓書"
version = "1"
variant = "plain"
variant_of = "d"
corner_marks = []

[[fields]]
name = "agreed"
label = "同意"
kind = "marks"
box = [20, 20, 60, 10]
options = [{ name = "同意", box = [22, 23, 4, 4], style = "tick" }]

[[fields]]
name = "oath_date"
label = "宣誓日"
kind = "date"
box = [20, 40, 60, 10]
parts = [{ name = "year", box = [20, 40, 20, 10] }, { name = "month", box = [45, 40, 15, 10] }, { name = "day", box = [65, 40, 15, 10] }]

[[fields]]
name = "pass_number"
label = "合格者番号"
kind = "digits"
box = [20, 60, 20, 10]
cells = [[20, 60, 10, 10], [30, 60, 10, 10]]

[[fields]]
name = "signature"
label = "署名"
kind = "signature"
box = [20, 80, 100, 15]
required = true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with one sound template."""
    _write(tmp_path / "d", FORM)
    return tmp_path


def _write(template: Path, text: str) -> None:
    template.mkdir(exist_ok=True)
    (template / "form.toml").write_text(text, encoding="utf-8")
    cv2.imwrite(str(template / "reference.png"), np.full((2339, 1654), 255, np.uint8))


def test_toml_becomes_records(folder: Path) -> None:
    template = load_template(folder / "d")
    assert (template.sheet, template.variant, template.fixed, template.form_code) == ("d", "plain", True, None)
    assert template.field("signature").box == Box(20, 80, 100, 15)
    assert template.field("signature").required
    assert [part.name for part in template.field("oath_date").parts] == ["year", "month", "day"]
    assert template.field("pass_number").cells[1] == Box(30, 60, 10, 10)
    with pytest.raises(KeyError):
        template.field("nothing")


def test_a_sound_library_has_no_problems(folder: Path) -> None:
    assert check_library(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("box = [20, 80, 100, 15]", "box = [120, 80, 100, 15]", "項目「signature」の枠が用紙から"),
        ("box = [20, 80, 100, 15]", "box = [20, 80, 0, 15]", "大きさがありません"),
        ("box = [20, 80, 100, 15]", "box = [20, 65, 100, 15]", "「pass_number」と「signature」の枠が重なって"),
        ("box = [22, 23, 4, 4]", "box = [22, 28, 4, 4]", "選択肢「同意」が枠の外"),
        ('options = [{ name = "同意", box = [22, 23, 4, 4], style = "tick" }]', "", "「agreed」に選択肢がありません"),
        ("[30, 60, 10, 10]", "[31, 60, 10, 10]", "文字枠 2 が枠の外"),
        ("box = [45, 40, 15, 10]", "box = [35, 40, 15, 10]", "「year」と「month」が重なって"),
        ('name = "month"', 'name = "year"', "「oath_date」の「year」が 2 回"),
        ('name = "oath_date"', 'name = "signature"', "「signature」が 2 回"),
        ('name = "oath_date"', 'name = "oath"', "項目「oath_date」がありません"),
        ('variant = "plain"', 'variant = "marked"', "marked ですが"),
        ("corner_marks = []", "corner_marks = [[8, 8, 5, 5]]", "plain ですが"),
        ("corner_marks = []", "corner_marks = [[208, 8, 5, 5]]", "マーク 1 が用紙から"),
        ('variant_of = "d"', 'variant_of = "e"', "「e」というテンプレートがありません"),
        ('kind = "date"', 'kind = "day"', "form.toml に誤りがあります: fields.1.kind"),
        ("required = true", "requierd = true", "form.toml に誤りがあります: fields.3.requierd"),
        ('id = "d"', 'id = "e"', "id「e」が一致しません"),
        ('id = "d"', "id = d", "TOML として読めません"),
    ],
)
def test_check_finds_a_seeded_fault(folder: Path, old: str, new: str, said: str) -> None:
    assert FORM.count(old) == 1 or old.startswith("id")
    _write(folder / "d", FORM.replace(old, new, 1))
    assert any(said in problem for problem in check_library(folder)), check_library(folder)


def _missing(path: Path) -> None:
    path.unlink()


def _too_small(path: Path) -> None:
    cv2.imwrite(str(path), np.full((1169, 827), 255, np.uint8))


def _no_picture(path: Path) -> None:
    path.write_bytes(b"not a picture")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "said"), [(_missing, "読めません"), (_too_small, "827×1169 です"), (_no_picture, "読めません"), (_empty, "読めません")]
)
def test_check_finds_a_broken_reference(folder: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(folder / "d" / "reference.png")
    problems = check_library(folder)
    assert len(problems) == 1
    assert said in problems[0]


def test_variants_must_share_their_boxes(folder: Path) -> None:
    other = FORM.replace('id = "d"', 'id = "d_other"').replace("box = [20, 80, 100, 15]", "box = [20, 80, 100, 14]")
    _write(folder / "d_other", other)
    assert check_library(folder) == ["d_other: 項目が d と一致しません（variant_of は同じ枠の帳票にだけ使えます）"]


def test_an_empty_or_absent_library_says_so(tmp_path: Path) -> None:
    assert len(check_library(tmp_path)) == 1
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(TemplateError, match="帳票テンプレートがありません"):
            load_library(place)
    with pytest.raises(TemplateError, match=r"form\.toml がありません"):
        load_template(tmp_path / "absent")


def test_unknown_form_names_the_known_ones(folder: Path) -> None:
    with pytest.raises(TemplateError, match=r"z はありません（d）"):
        load_library(folder).get("z")


def test_reference_is_read_once_and_cannot_be_written(folder: Path) -> None:
    library = load_library(folder)
    first = library.reference("d")
    shutil.rmtree(folder / "d")
    assert library.reference("d") is first
    assert first.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1


@pytest.mark.parametrize("dpi", [200, 300])
def test_preview_draws_a_required_box_where_it_stands(folder: Path, dpi: int) -> None:
    template = load_template(folder / "d")
    page = np.full((pixels(297, dpi), pixels(210, dpi)), 255, np.uint8)
    page.setflags(write=False)
    picture = preview(template, page, dpi)
    box = template.field("signature").box
    assert tuple(picture[pixels(box.bottom, dpi), pixels(box.x + 50, dpi)]) == REQUIRED_RGB
    assert tuple(picture[pixels(box.bottom + 2, dpi), pixels(box.x + 50, dpi)]) == (255, 255, 255)
    assert np.array_equal(preview(template, None), preview(template, load_library(folder).reference("d"), 200))


EXPECTED_COUNTS = {"a": 23, "b": 61, "b_continued": 53, "c": 18, "d": 4}


def _shipped() -> tuple[FormTemplate, ...]:
    return load_library(TEMPLATES).templates


def test_shipped_templates_are_sound_and_complete() -> None:
    assert check_library(TEMPLATES) == []
    counts = {template.id: len(template.fields) for template in _shipped()}
    assert counts == {**EXPECTED_COUNTS, **{f"{form}_plain": count for form, count in EXPECTED_COUNTS.items()}, "certificate": 18}


def test_shipped_templates_are_small() -> None:
    assert sum(path.stat().st_size for path in TEMPLATES.rglob("*") if path.is_file()) < 4_000_000


def test_every_sheet_comes_with_and_without_marks() -> None:
    for template in _shipped():
        if template.fixed:
            assert bool(template.corner_marks) == bool(template.form_code) == (template.variant == "marked")
            assert template.id == template.variant_of + ("" if template.variant == "marked" else "_plain")


def _innermost(spec: FieldSpec) -> tuple[Box, ...]:
    """Where the pen goes: cells, else parts, else the whole box; not the words of a choice or the 印 under a seal."""
    if spec.parts:
        return tuple(box for part in spec.parts for box in part.cells or (part.box,))
    return spec.cells or (() if spec.options or spec.kind == "seal" else (spec.box,))


def test_writing_areas_are_blank_paper() -> None:
    library = load_library(TEMPLATES)
    for template in library.templates:
        page = library.reference(template.id)
        for spec in template.fields:
            for box in _innermost(spec):
                area = page[pixels(box.y, 200) : pixels(box.bottom, 200), pixels(box.x, 200) : pixels(box.right, 200)]
                assert area.min() >= 200, (template.id, spec.name)
