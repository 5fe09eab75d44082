from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.drawing.blank import SHEETS, draw_forms, fonts, variants
from pipeline.drawing.blank.fonts import find_font
from pipeline.drawing.blank.layout import Face, Pen, SheetDesign, Text, text_width, wrap
from pipeline.errors import MissingOnMachine
from pipeline.forms import REFERENCE_DPI, FormTemplate, load_library
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, Gray
from pipeline.settings import PROJECT

SHIPPED = PROJECT / "form_templates"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    draw_forms(folder)
    return folder


def test_shipped_folder_is_what_draw_forms_makes(drawn: Path) -> None:
    assert sorted(path.name for path in drawn.iterdir()) == sorted(path.name for path in SHIPPED.iterdir() if path.is_dir())
    for folder in drawn.iterdir():
        shipped = SHIPPED / folder.name
        assert (folder / "form.toml").read_text(encoding="utf-8") == (shipped / "form.toml").read_text(encoding="utf-8")
        fresh, kept = (cv2.imread(str(path / "reference.png"), cv2.IMREAD_GRAYSCALE) for path in (folder, shipped))
        assert fresh is not None and kept is not None
        # Another poppler smooths edges differently; another layout moves whole strokes.
        assert np.mean(np.abs(fresh.astype(int) - kept) > 100) < 0.001


def test_drawing_twice_gives_the_same_bytes(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.drawing.blank.SHEETS", SHEETS[-2:])
    draw_forms(tmp_path)
    for path in tmp_path.rglob("*.*"):
        assert path.read_bytes() == (drawn / path.relative_to(tmp_path)).read_bytes(), path.name


def test_what_is_written_is_read_back(drawn: Path) -> None:
    designed = {template.id: template for sheet in SHEETS for template in variants(sheet(), drawn)}
    assert {template.id: template for template in load_library(drawn).templates} == designed


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_line_of_type_is_wider_than_its_place(sheet: Callable[[], SheetDesign]) -> None:
    for item in sheet().items:
        if isinstance(item, Text):
            hanging = text_width("。", item.face) if item.string.endswith(("。", "、", "）")) else 0.05
            assert text_width(item.string, item.face) <= item.box.w + hanging, item.string
            assert item.box.x > 7 and item.box.x + item.box.w < A4_MM[0] - 7


def test_corner_marks_are_printed_where_the_template_says(drawn: Path) -> None:
    library = load_library(drawn)
    for template in library.templates:
        page = library.reference(template.id)
        for mark in template.corner_marks:
            assert _cut(page, mark.grown(-0.3)).max() < 60
            assert _cut(page, Box(mark.x - 1, mark.y - 1, mark.w + 2, 0.7)).min() > 200
    marked, plain = library.get("a"), library.get("a_plain")
    assert sum(mark.w > 5 for mark in marked.corner_marks) == 1, "one mark tells which way up"
    for mark in marked.corner_marks:
        assert min(mark.x, mark.y, A4_MM[0] - mark.right, A4_MM[1] - mark.bottom) >= 7
        assert _cut(library.reference(plain.id), mark).min() > 250


def test_cells_are_ruled_all_round(drawn: Path) -> None:
    """The box of a cell is its inside: just outside each of its four sides runs a printed rule."""
    library = load_library(drawn)
    for template in library.templates:
        page = library.reference(template.id)
        for cell in _cells(template):
            middle_x, middle_y = cell.x + cell.w / 2, cell.y + cell.h / 2
            for x, y in ((cell.x - 0.3, middle_y), (cell.right + 0.3, middle_y), (middle_x, cell.y - 0.3), (middle_x, cell.bottom + 0.3)):
                assert _cut(page, Box(x - 0.2, y - 0.2, 0.4, 0.4)).min() < 150, (template.id, cell)
            assert _cut(page, cell).min() > 200, (template.id, cell)


def test_sizes_that_people_can_write_in() -> None:
    for sheet in SHEETS:
        design = sheet()
        if not design.fixed:
            continue
        for spec in design.fields:
            least = {"name": 8.0, "text": 7.5, "kana": 8.0, "signature": 12.0, "multiline": 15.0, "seal": 12.0}.get(spec.kind, 4.0)
            assert spec.box.h >= least, (design.id, spec.name, spec.box.h)
            if spec.kind == "multiline":
                assert spec.box.w >= 75


def test_japanese_lines_break_where_they_may() -> None:
    face = Face(10.0, "mincho")
    width = text_width("あ" * 10, face) + 0.01
    assert wrap("あ" * 25, width, face) == ["あ" * 10, "あ" * 10, "あ" * 5]
    assert wrap("あ" * 10 + "。い", width, face) == ["あ" * 10 + "。", "い"]
    assert wrap("あ" * 9 + "「いう」", width, face) == ["あ" * 9, "「いう」"]


def test_paragraph_returns_its_lower_edge() -> None:
    face = Face(10.0)
    pen = Pen()
    assert pen.paragraph(Box(20, 30, text_width("あ" * 10, face) + 0.01, 0), "あ" * 25, face, 5.0) == 45.0
    assert len(pen.items) == 3


def test_missing_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "KNOWN_PATHS", {"gothic": ()})
    monkeypatch.setattr("pipeline.drawing.blank.fonts._ask_fontconfig", lambda _family: None)
    with pytest.raises(MissingOnMachine, match="fonts-ipaexfont"):
        find_font("gothic")


def test_fontconfig_finds_the_font_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    known = find_font("gothic")
    monkeypatch.setattr(fonts, "KNOWN_PATHS", {"gothic": ()})
    assert find_font("gothic").read_bytes()[:64] == known.read_bytes()[:64]
    assert fonts._ask_fontconfig("No Such Family") is None


def _cut(page: Gray, box: Box) -> Gray:
    scale = REFERENCE_DPI / MM_PER_INCH
    return page[round(box.y * scale) : round(box.bottom * scale), round(box.x * scale) : round(box.right * scale)]


def _cells(template: FormTemplate) -> list[Box]:
    return [cell for spec in template.fields for cell in (*spec.cells, *(cell for part in spec.parts for cell in part.cells))]
