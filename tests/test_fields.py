from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.fields import FieldCrop, cell_crops, cut_fields, ink_only
from pipeline.forms import FieldSpec, Library
from pipeline.geometry import Box, Gray, pixels
from pipeline.identify import Candidate
from pipeline.register import PAGE_DPI, RegisteredPage, register
from tests import drawn_forms as draw

UPPER, LOWER, DIGITS = Box(40, 60, 100, 12), Box(40, 72, 100, 12), Box(40, 100, 30, 8)
CELLS = tuple(Box(40 + 6 * n, 100, 6, 8) for n in range(5))
FIELDS = (
    FieldSpec("upper", "上", "text", UPPER),
    FieldSpec("lower", "下", "text", LOWER),
    FieldSpec("digits", "番号", "digits", DIGITS, cells=CELLS),
)


def blank_form() -> Gray:
    picture = draw.form_picture(6)
    picture[draw.at(55) : draw.at(112), :] = 255
    for box in (UPPER, LOWER, *CELLS):
        draw.rule(picture, box)
    draw.write(picture, "Upper", 20, 66, 0.8)
    draw.write(picture, "yen", 128, 68, 0.8)
    return picture


FORM = blank_form()
LIBRARY: Library = draw.library({"six": FORM}, (draw.template("six", FIELDS),))


def stroke(picture: Gray, points: list[tuple[float, float]], width: int = 3) -> None:
    for start, end in zip(points, points[1:], strict=False):
        cv2.line(picture, (draw.at(start[0]), draw.at(start[1])), (draw.at(end[0]), draw.at(end[1])), 0, width, cv2.LINE_AA)


def page_of(picture: Gray, *, off_mm: float = 0.0, bilevel: bool = False, thicker: int = 0) -> RegisteredPage:
    """`picture` scanned and registered; `off_mm`: everything moved by hand after registration; `thicker`: toner spread, pixels."""
    if thicker:
        picture = np.asarray(cv2.erode(picture, np.ones((1 + thicker, 1 + thicker), np.uint8)), np.uint8)
    matrix = draw.scan_from_page(300, (0.97, 0.97), 0.4)
    clean = draw.clean_page(draw.scanned(picture, matrix, 300, bilevel=bilevel), 300)
    page = register(clean, Candidate("six", 0.9, matrix), LIBRARY)
    moved = np.roll(page.gray, (pixels(off_mm, PAGE_DPI), pixels(off_mm, PAGE_DPI)), (0, 1))
    moved.setflags(write=False)
    return replace(page, gray=moved)


def crops_of(page: RegisteredPage) -> dict[str, FieldCrop]:
    return {crop.spec.name: crop for crop in cut_fields(page, LIBRARY)}


def ink_count(ink: Gray) -> int:
    return int(np.count_nonzero(ink < 160))


@pytest.mark.parametrize("bilevel", [False, True], ids=["gray", "bilevel"])
@pytest.mark.parametrize(("off_mm", "thicker"), [(0.0, 0), (0.2, 0), (0.0, 1), (0.1, 2)])
def test_an_empty_form_leaves_no_ink(off_mm: float, thicker: int, bilevel: bool) -> None:  # noqa: FBT001
    ink = ink_only(page_of(FORM, off_mm=off_mm, bilevel=bilevel, thicker=thicker), LIBRARY)
    assert ink_count(ink) < 40


@pytest.mark.parametrize("angle", [90, 60, 40, 120])
def test_a_stroke_through_a_rule_stays_in_one_piece(angle: float) -> None:
    written, reach = FORM.copy(), 4 / np.tan(np.radians(angle))
    stroke(written, [(90 - reach, 68), (90 + reach, 76)])
    ink = ink_only(page_of(written), LIBRARY)
    window = ink[pixels(66, PAGE_DPI) : pixels(78, PAGE_DPI), pixels(75, PAGE_DPI) : pixels(105, PAGE_DPI)]
    count, _, stats, _ = cv2.connectedComponentsWithStats((window < 160).astype(np.uint8))
    assert count == 2
    assert stats[1, cv2.CC_STAT_HEIGHT] > pixels(7.5, PAGE_DPI)


def test_writing_is_kept_and_print_beside_it_is_not() -> None:
    written = FORM.copy()
    stroke(written, [(50, 63), (60, 69), (70, 63)])
    crop = crops_of(page_of(written))["upper"]
    only_stroke = np.full_like(FORM, 255)
    stroke(only_stroke, [(50, 63), (60, 69), (70, 63)])
    drawn = np.count_nonzero(only_stroke < 128) * (PAGE_DPI / 200) ** 2
    assert ink_count(crop.ink) == pytest.approx(drawn, rel=0.25)
    assert ink_count(crop.gray) > 2 * drawn


def test_writing_that_leaves_its_box_comes_along_and_the_neighbours_stays_out() -> None:
    written = FORM.copy()
    stroke(written, [(60, 66), (60, 73.4)])  # of the upper field, runs 1.4 mm into the lower one
    stroke(written, [(100, 74), (100, 82)])  # of the lower field, begins 2 mm under the rule
    crops = crops_of(page_of(written))
    long = cell_crops(crops["upper"], Box(58, 60, 4, 14))
    assert ink_count(long[pixels(12.3, PAGE_DPI) :]) > 40
    assert ink_count(cell_crops(crops["upper"], Box(95, 60, 10, 14))) == 0
    assert ink_count(cell_crops(crops["lower"], Box(95, 72, 10, 12))) > 400


def test_a_blank_field_has_no_ink() -> None:
    written = FORM.copy()
    stroke(written, [(50, 63), (60, 69), (70, 63)])
    crops = crops_of(page_of(written))
    assert ink_count(crops["lower"].ink) == 0
    assert ink_count(crops["digits"].ink) == 0


def test_cells_are_cut_where_the_template_says() -> None:
    written = FORM.copy()
    for number in (0, 2, 4):
        stroke(written, [(43 + 6 * number, 102), (43 + 6 * number, 106)])
    crop = crops_of(page_of(written))["digits"]
    cells = [cell_crops(crop, box) for box in CELLS]
    assert [ink_count(cell) > 100 for cell in cells] == [True, False, True, False, True]
    assert {cell.shape for cell in cells} == {(pixels(8, PAGE_DPI), pixels(6, PAGE_DPI))}
    middle = np.nonzero(cells[2] < 160)[1].mean()
    assert middle == pytest.approx(pixels(3, PAGE_DPI), abs=2)


def test_a_cell_beyond_the_crop_is_white_and_keeps_its_size() -> None:
    crop = FieldCrop(FIELDS[0], Box(10, 10, 10, 10), *(np.zeros((118, 118), np.uint8),) * 2, None)
    assert cell_crops(crop, Box(50, 50, 5, 5)).min() == 255
    half = cell_crops(crop, Box(15, 10, 10, 10))
    assert half.shape == (118, 118)
    assert half[:, :58].max() == 0
    assert half[:, 60:].min() == 255


def test_crops_say_exactly_what_they_show() -> None:
    page = page_of(FORM)
    for crop in crops_of(page).values():
        left, top = round(crop.box.x * PAGE_DPI / 25.4), round(crop.box.y * PAGE_DPI / 25.4)
        height, width = crop.gray.shape
        assert crop.ink.shape == (height, width)
        assert np.array_equal(crop.gray, page.gray[top : top + height, left : left + width])
