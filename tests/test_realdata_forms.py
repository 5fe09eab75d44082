"""Real hand-filled questionnaires, scanned by others: templates are made from their blank PDFs at run time, nothing is fitted to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pdf2image import convert_from_path

from pipeline import identify as identification
from pipeline.cleanup import CleanPage, clean
from pipeline.forms import REFERENCE_DPI, Library
from pipeline.geometry import A4_MM, MM_PER_INCH, Gray, Points, map_points
from pipeline.pages import PageImage
from pipeline.register import MAX_RESIDUAL_MM, place
from tests import drawn_forms as draw

REAL = Path(__file__).parents[2] / "shared" / "realdata"
SQS = REAL / "sqs"
pytestmark = [pytest.mark.realdata, pytest.mark.skipif(not SQS.is_dir(), reason="the real scans are not beside this checkout")]

TRUTH: dict[str, Any] = json.loads((SQS / "gt.json").read_text("utf-8")) if SQS.is_dir() else {}
MARKS_MM = np.array([[99, 29], [497, 29], [94, 810], [492, 810]]) * MM_PER_INCH / 72
"""Where the .sqm files put the corner marks; the print is measured on the reference, this says where to look."""
BAR_MM = 0.3
MOVED_MARK_MM = {"B-0033.tiff": 0.6, "B-0034.tiff": 0.4}
"""On the first one lower mark stands 0.6 mm beside its place, while the text next to it stands where it should; on the second the left
edge of a mark came out as dots, so that its middle is anybody's guess."""


@cache
def library() -> Library:
    pictures: dict[str, Gray] = {}
    for pdf in sorted(SQS.glob("*_form.pdf")):
        for number, page in enumerate(convert_from_path(pdf, dpi=4 * REFERENCE_DPI, grayscale=True)):
            fine = np.asarray(page, np.uint8)
            small = cv2.resize(fine, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            pictures[f"{pdf.stem}_{number + 1}"] = np.asarray(small, np.uint8)
    return draw.library(pictures)


@cache
def index() -> identification.FormIndex:
    return identification.build_index(library())


def page_image(path: Path) -> PageImage:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    stated = min((150, 200, 300, 600), key=lambda dpi: abs(dpi - picture.shape[1] / A4_MM[0] * MM_PER_INCH))
    return PageImage(1, np.asarray(picture, np.uint8), None, stated)


def printed_marks(form: str) -> Points:
    """Centres of the four solid marks on the blank page, mm."""
    picture, scale = library().reference(form), MM_PER_INCH / REFERENCE_DPI
    return np.array([blob_centre(picture, place / scale, 32) * scale for place in MARKS_MM])


def blob_centre(picture: Gray, around: np.ndarray, reach: int) -> np.ndarray:
    left, top = (np.round(around) - reach).astype(int)
    window = np.asarray(picture[top : top + 2 * reach, left : left + 2 * reach] < 128, np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(window)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(centres[largest] + 0.5 + (left, top), np.float64)


def other_documents() -> list[Path]:
    folders = [REAL / name for name in ("attendance", "handwriting", "skew")]
    return sorted(path for folder in folders for path in folder.glob("*") if path.suffix in (".jpg", ".png"))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", TRUTH)
def test_real_scan_is_told_apart_and_laid_over_its_form(name: str) -> None:
    page, truth = page_image(REAL / name), TRUTH[name]
    cleaned: CleanPage = clean(page)
    chosen = identification.identify(cleaned, index()).chosen
    assert chosen is not None
    assert chosen.form == f"{truth['form']}_{truth['page']}"
    placed = place(cleaned, chosen, library())
    found = map_points(cleaned.scan_from_clean, placed.on_clean(printed_marks(chosen.form)))
    off = np.hypot(*(found - np.array(truth["corner_marks_px_tl_tr_bl_br"]) - 0.5).T) * MM_PER_INCH / page.dpi
    assert placed.residual_mm < MAX_RESIDUAL_MM
    assert off.max() < MOVED_MARK_MM.get(Path(name).name, BAR_MM)


@pytest.mark.parametrize("path", other_documents(), ids=lambda path: path.name)
def test_other_real_documents_are_refused(path: Path) -> None:
    assert identification.identify(clean(page_image(path)), index()).chosen is None


@pytest.mark.parametrize("path", sorted(REAL.glob("gov-forms/*/source.pdf")), ids=lambda path: path.parent.name)
def test_other_real_forms_are_refused(path: Path) -> None:
    for number, picture in enumerate(convert_from_path(path, dpi=REFERENCE_DPI, grayscale=True)):
        page = PageImage(number + 1, np.array(picture), None, REFERENCE_DPI)
        assert identification.identify(clean(page), index()).chosen is None
