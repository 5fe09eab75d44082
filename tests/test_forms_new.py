"""Templates made from blank PDFs: drawn forms with known boxes, given or proposed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pdf2image import convert_from_path
from PIL import Image
from reportlab.lib.pagesizes import A3, A4, LETTER, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import MissingOnMachine, WrongUsage
from pipeline.forms import FieldSpec, load_library, load_template
from pipeline.forms_check import check_library
from pipeline.forms_new import How, NewForms, make_templates
from pipeline.forms_new.words import Word
from pipeline.geometry import Box, Gray
from pipeline.settings import Limits
from tests.drawn_forms import rule, write

PROJECT = Path(__file__).parents[1]
LABELS, CELLS = ("Name", "Address", "Employer"), [Box(60, y, 120, 12) for y in (40, 52, 64)]
DIGITS = [Box(60 + 7 * column, 90, 7, 9) for column in range(6)]
TICKS = [Box(60 + 35 * column, 120, 3.5, 3.5) for column in range(3)]
CHOICES = ("Alpha", "Beta", "Gamma")
WITHIN_MM = 0.3


def drawn(path: Path, pages: int = 2, size: tuple[float, float] = A4) -> Path:
    """A form: three labelled rows, six digit cells, three tick boxes in a row; every further page has the rows only."""
    canvas = Canvas(str(path), pagesize=size)
    for number in range(pages):
        canvas.setLineWidth(0.3 * mm)
        for label, cell in zip(LABELS, CELLS, strict=True):
            _rect(canvas, Box(20, cell.y, 40, cell.h), size)
            _rect(canvas, cell, size)
            canvas.drawString(24 * mm, size[1] - (cell.y + 8) * mm, f"{label}{number or ''}")
        if number == 0:
            for box in (*DIGITS, *TICKS):
                _rect(canvas, box, size)
            for tick, choice in zip(TICKS, CHOICES, strict=True):
                canvas.drawString((tick.right + 2) * mm, size[1] - (tick.y + 3.3) * mm, choice)
        canvas.showPage()
    canvas.save()
    return path


def _rect(canvas: Canvas, box: Box, size: tuple[float, float]) -> None:
    canvas.rect(box.x * mm, size[1] - box.bottom * mm, box.w * mm, box.h * mm)


def scanned(path: Path, turn: float) -> Path:
    """A ruled page as a scanner hands it over: one picture, turned by `turn` degrees about its middle."""
    picture = np.full((2339, 1654), 255, np.uint8)
    for cell in CELLS:
        rule(picture, Box(20, cell.y, 40, cell.h))
        rule(picture, cell)
        write(picture, "Label", 24, cell.y + 8, 0.8)
    matrix = cv2.getRotationMatrix2D((826.5, 1169), turn, 1.0)
    turned = cv2.warpAffine(picture, matrix, (1654, 2339), flags=cv2.INTER_LINEAR, borderValue=255)
    Image.fromarray(np.asarray(turned, np.uint8)).save(path, resolution=200)
    return path


def listed(path: Path, entries: Any) -> Path:
    path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return path


def entry(**changes: Any) -> dict[str, Any]:
    return {"page": 1, "name": "name", "kind": "text", "box_mm": CELLS[0].as_list(), **changes}


def make(blank: Path, boxes: Path | None, out: Path, form: str = "new") -> NewForms:
    return make_templates(blank, boxes, form, out, How(Limits()))


def off(field: Box, truth: Box) -> float:
    return float(np.abs(field.corners() - truth.corners()).max())


def test_given_boxes_become_one_template_per_page(tmp_path: Path) -> None:
    options = [{"name": name, "box_mm": tick.as_list(), "style": "tick"} for name, tick in zip(CHOICES, TICKS, strict=True)]
    cells = [digit.as_list() for digit in DIGITS]
    parts = [{"name": "family", "box_mm": [60, 40, 60, 12]}]
    boxes = [
        entry(label="氏名", required=True, parts=parts),
        entry(name="number", kind="digits", box_mm=[60, 90, 42, 9], cells=cells),
        entry(name="kinds", kind="marks", box_mm=[60, 120, 80, 4], options=options),
        entry(page=2, name="address", box_mm=CELLS[1].as_list()),
    ]
    made = make(drawn(tmp_path / "blank.pdf"), listed(tmp_path / "boxes.json", boxes), tmp_path / "out")
    assert [folder.name for folder in made.folders] == ["new_1", "new_2"]
    first, second = (load_template(folder) for folder in made.folders)
    assert [spec.name for spec in first.fields] == ["name", "number", "kinds"]
    assert first.field("name") == FieldSpec("name", "氏名", "text", CELLS[0], required=True, parts=first.field("name").parts)
    assert [option.box for option in first.field("kinds").options] == TICKS
    assert second.field("address").box == CELLS[1]
    assert (first.sheet, first.variant, first.variant_of) == ("other", "plain", "new_1")
    assert load_library(tmp_path / "out").reference("new_2").shape == (2339, 1654)
    assert not check_library(tmp_path / "out")
    assert len(convert_from_path(made.folders[1] / "blank.pdf", dpi=50)) == 1


def test_reference_shows_the_rules_where_the_pdf_has_them(tmp_path: Path) -> None:
    boxes = listed(tmp_path / "boxes.json", [entry()])
    make(drawn(tmp_path / "blank.pdf", pages=1), boxes, tmp_path / "out")
    reference = load_library(tmp_path / "out").reference("new")
    column = 255.0 - reference[int(35 / 25.4 * 200) : int(90 / 25.4 * 200), int(150 / 25.4 * 200)]
    places = np.arange(len(column)) + int(35 / 25.4 * 200) + 0.5
    for y in (40, 52, 64, 76):
        near = np.abs(places * 25.4 / 200 - y) < 1
        assert (places[near] * column[near]).sum() / column[near].sum() * 25.4 / 200 == pytest.approx(y, abs=0.03)


def test_page_without_fields_gets_no_template_and_is_named(tmp_path: Path) -> None:
    made = make(drawn(tmp_path / "blank.pdf"), listed(tmp_path / "boxes.json", [entry(page=2)]), tmp_path / "out")
    assert [folder.name for folder in made.folders] == ["new_2"]
    assert made.without_fields == (1,)


def test_drawn_cells_and_ticks_are_proposed_with_their_labels(tmp_path: Path) -> None:
    made = make(drawn(tmp_path / "blank.pdf"), None, tmp_path / "out")
    first, second = (load_template(folder) for folder in made.folders)
    assert [(spec.label, spec.kind) for spec in first.fields[:3]] == [(label, "text") for label in LABELS]
    assert [(spec.label, spec.kind) for spec in second.fields] == [(f"{label}1", "text") for label in LABELS]
    for spec, cell in zip(first.fields[:3], CELLS, strict=True):
        assert off(spec.box, cell) < WITHIN_MM
    digits, ticks = first.fields[3:]
    assert (digits.kind, ticks.kind) == ("digits", "marks")
    assert max(off(found, truth) for found, truth in zip(digits.cells, DIGITS, strict=True)) < WITHIN_MM
    assert [option.name for option in ticks.options] == list(CHOICES)
    assert max(off(option.box, truth) for option, truth in zip(ticks.options, TICKS, strict=True)) < WITHIN_MM


def test_edited_proposal_is_taken_back(tmp_path: Path) -> None:
    blank = drawn(tmp_path / "blank.pdf")
    made = make(blank, None, tmp_path / "out")
    assert made.proposal is not None
    again = make(blank, made.proposal, tmp_path / "again")
    assert [load_template(folder).fields for folder in again.folders] == [load_template(folder).fields for folder in made.folders]


@pytest.mark.parametrize("turn", [0.0, 1.3, -2.0])
def test_scanned_blank_is_made_level_and_its_cells_are_numbered(tmp_path: Path, turn: float) -> None:
    made = make(scanned(tmp_path / "scan.pdf", turn), None, tmp_path / "out")
    fields = load_template(made.folders[0]).fields
    assert [spec.name for spec in fields] == ["cell_r1_c1", "cell_r2_c1", "cell_r3_c1"]
    for spec, cell in zip(fields, CELLS, strict=True):
        assert off(spec.box, cell) < 0.6  # the middle of the sheet is kept to a pixel, the rule itself is 0.3 mm


def test_proposals_cover_the_fields_of_our_own_form(tmp_path: Path) -> None:
    """All of sheet A, the date at the top included that has no rules round it, lie in or around a proposal."""
    made = make(PROJECT / "form_templates" / "a" / "blank.pdf", None, tmp_path / "out")
    proposed = [spec.box for spec in load_template(made.folders[0]).fields]
    ours = load_template(PROJECT / "form_templates" / "a").fields
    missed = [spec.name for spec in ours if not any(_touches(box, spec.box) for box in proposed)]
    assert missed == []


def _touches(one: Box, other: Box) -> bool:
    """Do they share half of the smaller one?"""
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return width > 0 and height > 0 and width * height >= 0.5 * min(one.w * one.h, other.w * other.h)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry(page=3)], "白紙の様式は 2 ページ"),
        ([entry(page=0)], "1 番目 の page"),
        ([{key: value for key, value in entry().items() if key != "page"}], "必要な項目がありません"),
        ([entry(kind="scribble")], "1 番目 の kind：使えない値です"),
        ([entry(), entry(name="b", box_mm=[200, 10, 30, 5])], "2 番目 の box_mm：枠が用紙からはみ出しているか"),
        ([entry(box_mm=[10, 10, 0, 5])], "大きさがありません"),
        ([entry(box_mm=[10, 10, float("nan"), 5])], "大きさがありません"),
        ([entry(box_mm=[10, 10, 5])], "box_mm"),
        ([entry(colour="red")], "知らない項目です"),
        ([entry(kind="choice")], "選択肢がありません"),
        ([entry(), entry()], "2 回定義されています"),
        ([entry(options=[{"name": "x", "box_mm": [1, 1, 3, 3], "style": "star"}])], "style：使えない値です"),
        ({"page": 1}, "値の形が正しくありません"),
        ([], "記入欄が 1 つもありません"),
    ],
)
def test_wrong_boxes_are_refused_and_nothing_is_written(tmp_path: Path, entries: Any, words: str) -> None:
    with pytest.raises(WrongUsage, match=words):
        make(drawn(tmp_path / "blank.pdf"), listed(tmp_path / "boxes.json", entries), tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_broken_json_and_missing_list_are_refused(tmp_path: Path) -> None:
    blank, broken = drawn(tmp_path / "blank.pdf"), tmp_path / "boxes.json"
    broken.write_text("[{", encoding="utf-8")
    with pytest.raises(WrongUsage, match="JSON として読めません"):
        make(blank, broken, tmp_path / "out")
    with pytest.raises(WrongUsage, match="開けません"):
        make(blank, tmp_path / "none.json", tmp_path / "out")


def test_letter_blank_is_laid_out_as_printed_on_a4(tmp_path: Path) -> None:
    """US Letter goes into the middle of the A4 page at 210 / 215.9 of its size; so do the labels and the blank to be printed."""
    made = make(drawn(tmp_path / "blank.pdf", pages=1, size=LETTER), None, tmp_path / "out")
    scale = 210 / 215.9
    assert dict(made.fitted) == pytest.approx({1: scale}, abs=0.001)
    fields = load_template(made.folders[0]).fields
    assert [spec.label for spec in fields[:3]] == list(LABELS)
    for spec, cell in zip(fields, CELLS, strict=False):
        laid = Box(scale * cell.x, (297 - scale * 279.4) / 2 + scale * cell.y, scale * cell.w, scale * cell.h)
        assert off(spec.box, laid) < WITHIN_MM
    printed = np.asarray(convert_from_path(made.folders[0] / "blank.pdf", dpi=200, grayscale=True)[0], np.float64)
    reference = load_library(tmp_path / "out").reference("new").astype(np.float64)
    assert printed.shape == reference.shape
    assert cv2.phaseCorrelate(printed, reference)[0] == pytest.approx((0, 0), abs=0.7)


def test_blank_whose_letters_poppler_leaves_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in says what pdftotext says without poppler-data."""
    fake = tmp_path / "pdftotext"
    fake.write_text("#!/bin/sh\necho \"Syntax Error: Missing language pack for 'Adobe-Japan1' mapping\" >&2\necho '<html/>'\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(MissingOnMachine, match="poppler-data"):
        make(drawn(tmp_path / "blank.pdf"), None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("size", "found"), [(A3, "297×420"), (landscape(A4), "297×210")])
def test_other_paper_is_refused(tmp_path: Path, size: tuple[float, float], found: str) -> None:
    with pytest.raises(WrongUsage, match=f"A4 縦ではありません（{found}"):
        make(drawn(tmp_path / "blank.pdf", size=size), None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.pdf").write_text("no pdf", encoding="utf-8")
    Image.new("L", (1654, 2339), 255).save(tmp_path / "page.png")
    for name in ("words.pdf", "page.png", "missing.pdf"):
        with pytest.raises(WrongUsage, match=name):
            make(tmp_path / name, None, tmp_path / "out")


@pytest.mark.parametrize("form", ["", "A", "../x", "フォーム", "a b"])
def test_odd_ids_are_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(WrongUsage, match="使えません"):
        make(tmp_path / "blank.pdf", None, tmp_path / "out", form)


def test_the_id_of_separator_sheets_is_taken(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="封筒仕切り票"):
        make(tmp_path / "blank.pdf", None, tmp_path / "out", "cover")


def test_replaced_templates_give_way_and_only_they(tmp_path: Path) -> None:
    """The clerk's round: propose, edit, make anew; page 2 loses its fields and its template, what is no template is kept."""
    blank, out = drawn(tmp_path / "blank.pdf"), tmp_path / "out"
    first = make(blank, None, out)
    assert [picture.name for picture in first.pictures] == ["new_1_boxes.png", "new_2_boxes.png"]
    assert first.kinds == {"text": 6, "digits": 1, "marks": 1}
    assert first.proposal is not None
    edited = [one for one in json.loads(first.proposal.read_text("utf-8")) if one["page"] == 1][:2]
    again = make_templates(blank, listed(first.proposal, edited), "new", out, How(Limits(), replace=True))
    assert sorted(path.name for path in out.iterdir()) == ["new_1", "new_1_boxes.png", "new_boxes.json"]
    assert len(load_template(again.folders[0]).fields) == 2
    (out / "new_2").mkdir()
    with pytest.raises(WrongUsage, match="テンプレートではない"):
        make_templates(blank, None, "new", out, How(Limits(), replace=True))
    assert len(load_template(out / "new_1").fields) == 2


def test_words_come_from_the_reader_where_the_pdf_tells_none(tmp_path: Path) -> None:
    """A stand-in reads one label on a scanned page; a drawn page's own words are not read again."""
    asked = []

    def read(page: Gray) -> list[Word]:
        asked.append(page.shape)
        return [Word("氏名", Box(24, 44, 8, 4))]

    fields = load_template(make_templates(scanned(tmp_path / "s.pdf", 0), None, "s", tmp_path / "o", How(Limits(), read)).folders[0]).fields
    assert [(spec.name, spec.label, spec.kind) for spec in fields] == [
        ("name", "氏名", "name"),
        ("cell_r2_c1", "cell_r2_c1", "text"),
        ("cell_r3_c1", "cell_r3_c1", "text"),
    ]
    make_templates(drawn(tmp_path / "blank.pdf"), None, "d", tmp_path / "o", How(Limits(), read))
    assert asked == [(2339, 1654)]


def test_existing_template_is_kept(tmp_path: Path) -> None:
    blank = drawn(tmp_path / "blank.pdf")
    kept = tmp_path / "out" / "new_2"
    kept.mkdir(parents=True)
    with pytest.raises(WrongUsage, match="もうあります"):
        make(blank, None, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == [kept]
