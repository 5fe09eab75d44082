"""Real blank forms made into templates with the boxes published beside them; then the real scans are found by these templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pipeline import identify as identification
from pipeline.cleanup import clean
from pipeline.errors import MissingOnMachine
from pipeline.forms import Library, load_library, load_template
from pipeline.forms_new import How, NewForms, make_templates
from pipeline.geometry import MM_PER_INCH
from pipeline.register import MAX_RESIDUAL_MM, place
from pipeline.settings import Limits
from tests.test_realdata_forms import REAL, SQS, TRUTH, page_image

pytestmark = [pytest.mark.realdata, pytest.mark.skipif(not SQS.is_dir(), reason="the real forms are not beside this checkout")]

SVG = "{http://www.w3.org/2000/svg}"
XFORMS = "{http://www.w3.org/2002/xforms}"
MM_PER_POINT = MM_PER_INCH / 72
TABLES = Path("/usr/share/poppler/cMap")
"""What Debian's poppler-data installs."""
needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="poppler-data is not installed")
GOVERNMENT = sorted(path.parent for path in REAL.glob("gov-forms/*/template.json"))
ATTENDANCE_BOX = {"page": 1, "name": "comment", "kind": "multiline", "box_mm": [20, 195, 168, 40]}

Quad = list[float]


def questionnaire_boxes(sqm: Path) -> list[dict[str, Any]]:
    """Text areas and questions of a questionnaire; the ovals of one question are the options of one field."""
    fields: dict[tuple[int, str], dict[str, Any]] = {}
    for number, page in enumerate(ET.parse(sqm).getroot().iter(f"{SVG}page"), 1):
        for group in page.iter(f"{SVG}g"):
            rect = next(group.iter(f"{SVG}rect"))
            quad = [float(rect.attrib[key]) * MM_PER_POINT for key in ("x", "y", "width", "height")]
            *question, option = group.attrib["id"].split("/") if "/" in group.attrib["id"] else (group.attrib["id"], "")
            name = "/".join(question)
            entry = fields.setdefault((number, name), {"page": number, "name": name, "kind": "multiline", "box_mm": quad})
            if option:
                entry["kind"] = "choice" if next(group.iter(f"{XFORMS}select1"), None) is not None else "marks"
                entry.setdefault("options", []).append({"name": option, "box_mm": quad, "style": "oval"})
                entry["box_mm"] = around(entry["box_mm"], quad)
    return list(fields.values())


def government_boxes(folder: Path) -> Iterator[dict[str, Any]]:
    """The published boxes; where two overlap the later one is left out, for a template's fields may not."""
    pages = json.loads((folder / "template.json").read_text("utf-8"))["schemas"]
    for number, page in enumerate(pages, 1):
        kept: list[Quad] = []
        for item in page:
            quad = [item["position"]["x"], item["position"]["y"], item["width"], item["height"]]
            if any(overlap(quad, other) for other in kept):
                continue
            kept.append(quad)
            choice = item["type"] == "circleMark"
            options = [{"name": "circled", "box_mm": quad, "style": "circle"}] if choice else []
            yield {"page": number, "name": item["name"], "kind": "choice" if choice else "text", "box_mm": quad, "options": options}


def around(one: Quad, other: Quad) -> Quad:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    return [left, top, max(one[0] + one[2], other[0] + other[2]) - left, max(one[1] + one[3], other[1] + other[3]) - top]


def overlap(one: Quad, other: Quad) -> bool:
    return all(min(one[i] + one[i + 2], other[i] + other[i + 2]) > max(one[i], other[i]) for i in (0, 1))


def made(blank: Path, entries: list[dict[str, Any]], form: str, folder: Path) -> NewForms:
    listed = folder / f"{form}.json"
    listed.write_text(json.dumps(entries), encoding="utf-8")
    return make_templates(blank, listed, form, folder / "templates", How(Limits()))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("real")
    for pdf in sorted(SQS.glob("*_form.pdf")):
        made(pdf, questionnaire_boxes(pdf.with_suffix(".sqm")), pdf.stem, folder)
    if TABLES.is_dir():
        made(REAL / "attendance" / "form_blank.pdf", [ATTENDANCE_BOX], "attendance", folder)
    return load_library(folder / "templates")


@pytest.fixture(scope="module")
def index(library: Library) -> identification.FormIndex:
    return identification.build_index(library)


def test_every_oval_and_text_area_is_in_the_templates(library: Library) -> None:
    options = {
        form: sum(len(spec.options) for template in library.templates if template.id.startswith(form) for spec in template.fields)
        for form in ("test1", "test2", "test5")
    }
    assert options == {"test1": 75, "test2": 60, "test5": 79}
    assert sum(spec.kind == "multiline" for template in library.templates for spec in template.fields if "test" in template.id) == 9


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", TRUTH)
def test_real_scan_is_found_by_the_template_made(name: str, library: Library, index: identification.FormIndex) -> None:
    cleaned = clean(page_image(REAL / name))
    chosen = identification.identify(cleaned, index).chosen
    assert chosen is not None
    assert chosen.form == f"{TRUTH[name]['form']}_{TRUTH[name]['page']}"
    assert place(cleaned, chosen, library).residual_mm < MAX_RESIDUAL_MM


@needs_tables
@pytest.mark.parametrize("name", ["SAMPLE001.jpg", "SAMPLE005.jpg"])
def test_attendance_sheet_is_found_by_the_template_made(name: str, library: Library, index: identification.FormIndex) -> None:
    """The blank is US Letter; its prints on A4 are found."""
    cleaned = clean(page_image(REAL / "attendance" / name))
    chosen = identification.identify(cleaned, index).chosen
    assert chosen is not None
    assert chosen.form == "attendance"
    assert place(cleaned, chosen, library).residual_mm < MAX_RESIDUAL_MM


@pytest.mark.skipif(TABLES.is_dir(), reason="poppler-data is installed")
def test_blank_whose_words_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingOnMachine, match="poppler-data"):
        made(REAL / "attendance" / "form_blank.pdf", [ATTENDANCE_BOX], "attendance", tmp_path)


@pytest.mark.parametrize("folder", GOVERNMENT, ids=lambda folder: folder.name)
def test_government_form_becomes_a_template(folder: Path, tmp_path: Path) -> None:
    entries = list(government_boxes(folder))
    result = made(folder / "source.pdf", entries, "gov", tmp_path)
    fields = [spec for path in result.folders for spec in load_template(path).fields]
    assert len(fields) == len(entries) > 60
    for spec, entry in zip(fields, entries, strict=True):
        assert spec.name == entry["name"]
        assert spec.box.as_list() == pytest.approx(entry["box_mm"], abs=0.001)
