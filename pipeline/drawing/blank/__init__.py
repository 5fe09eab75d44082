"""The project's own blank forms: one description per sheet, from which PDF, boxes and reference picture all come."""

from __future__ import annotations

from pathlib import Path

from pdf2image import convert_from_path
from PIL import Image

from pipeline.drawing.blank.certificate import certificate
from pipeline.drawing.blank.layout import Face, Ink, Item, Rectangle, SheetDesign, Text
from pipeline.drawing.blank.pdf import print_pdf
from pipeline.drawing.blank.sheet_a import sheet_a
from pipeline.drawing.blank.sheet_b import sheet_b, sheet_b_continued
from pipeline.drawing.blank.sheet_c import sheet_c
from pipeline.drawing.blank.sheet_d import sheet_d
from pipeline.forms import REFERENCE_DPI, FormTemplate
from pipeline.forms_new.toml import template_toml
from pipeline.geometry import Box

SHEETS = (sheet_a, sheet_b, sheet_b_continued, sheet_c, sheet_d, certificate)
VERSION = "2026-1"
CORNER_MARKS = (Box(7.5, 8.0, 7.0, 4.0), Box(198.0, 8.0, 4.5, 4.5), Box(198.0, 284.5, 4.5, 4.5), Box(7.5, 284.5, 4.5, 4.5))
"""Clockwise from the top left; more than 7 mm from the paper's edge, where every printer prints. The first is wider: it tells up."""
FORM_CODE_BOX = Box(14.0, 284.0, 40.0, 5.0)
FORM_CODE_FACE = Face(10.0)
OVERSAMPLING = 3
"""poppler snaps thin rules to whole pixels: drawn three times as fine and averaged, a rule is at most 0.02 mm off."""
GRAY_LEVELS = 16
"""Shades kept in reference.png: enough for smooth edges, and a file of a third of the size."""


def draw_forms(out: Path) -> None:
    """Write `out`/<id>/{form.toml, blank.pdf, reference.png} for every sheet, marked and plain; the same bytes every time."""
    for sheet in SHEETS:
        design = sheet()
        for template in variants(design, out):
            template.folder.mkdir(parents=True, exist_ok=True)
            (template.folder / "form.toml").write_text(template_toml(template), encoding="utf-8")
            print_pdf((*design.items, *_marks(template)), design.title, template.folder / "blank.pdf")
            _render(template.folder)


def variants(design: SheetDesign, out: Path) -> tuple[FormTemplate, ...]:
    """The templates of a design: marked and plain with the same boxes, or only plain where it has no form code."""
    if design.form_code is None:
        return (_template(design, out, None),)
    return (_template(design, out, design.form_code), _template(design, out, None))


def _template(design: SheetDesign, out: Path, form_code: str | None) -> FormTemplate:
    form = design.id if form_code or design.form_code is None else f"{design.id}_plain"
    return FormTemplate(
        id=form,
        sheet=design.sheet,
        title=design.title,
        version=VERSION,
        variant="marked" if form_code else "plain",
        variant_of=design.id,
        fixed=design.fixed,
        folder=out / form,
        fields=design.fields,
        form_code=form_code,
        corner_marks=CORNER_MARKS if form_code else (),
    )


def _marks(template: FormTemplate) -> list[Item]:
    """Corner marks and form code of a marked template."""
    if template.form_code is None:
        return []
    marks: list[Item] = [Rectangle(box, Ink(0, fill=0.0)) for box in template.corner_marks]
    return [*marks, Text(FORM_CODE_BOX, template.form_code, FORM_CODE_FACE, "left")]


def _render(folder: Path) -> None:
    """reference.png from blank.pdf, gray, REFERENCE_DPI, every rule where the PDF has it."""
    fine = convert_from_path(str(folder / "blank.pdf"), dpi=REFERENCE_DPI * OVERSAMPLING, grayscale=True)[0]
    width, height = (-(-side // OVERSAMPLING) for side in fine.size)
    paper = Image.new("L", (width * OVERSAMPLING, height * OVERSAMPLING), 255)
    paper.paste(fine)
    step = 255 / (GRAY_LEVELS - 1)
    levels = [round(round(value / step) * step) for value in range(256)]
    paper.reduce(OVERSAMPLING).point(levels).save(folder / "reference.png", optimize=True)
