from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.cleanup import CleanPage, clean, fingerprint, levelled, same_paper
from pipeline.geometry import Gray, Matrix, map_points
from pipeline.pages import PageImage

Floats = NDArray[np.float64]


def px(millimetres: float, dpi: float) -> int:
    return round(millimetres * dpi / 25.4)


def form(dpi: int = 200, *, number: str = "2024100123", name: str = "YAMADA TARO") -> Gray:
    """A ruled A4 form with some print and some writing."""
    page = np.full((px(297, dpi), px(210, dpi)), 255, dtype=np.uint8)
    thin = max(1, px(0.25, dpi))
    for row in range(12):
        cv2.line(page, (px(20, dpi), px(40 + 16 * row, dpi)), (px(190, dpi), px(40 + 16 * row, dpi)), 0, thin)
    for column in (20, 65, 120, 190):
        cv2.line(page, (px(column, dpi), px(40, dpi)), (px(column, dpi), px(216, dpi)), 0, thin)
    for row in range(11):
        write(page, f"item {row} of this form", 22, 50 + 16 * row, dpi, 3)
    write(page, number, 70, 52, dpi, 6)
    write(page, name, 70, 68, dpi, 6)
    return page


def write(page: Gray, text: str, x: float, y: float, dpi: float, height: float, level: int = 30) -> None:
    scale, thick = height * dpi / 25.4 / 22, max(1, px(0.4, dpi))
    cv2.putText(page, text, (px(x, dpi), px(y, dpi)), cv2.FONT_HERSHEY_SIMPLEX, scale, level, thick, cv2.LINE_AA)


def turned(page: Gray, degrees: float) -> tuple[Gray, Matrix]:
    """`page` turned clockwise about its middle on the same frame, and the matrix page -> result."""
    height, width = page.shape
    matrix = np.vstack([cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0), [0, 0, 1]])
    return np.asarray(cv2.warpAffine(page, matrix[:2], (width, height), flags=cv2.INTER_LINEAR, borderValue=255), dtype=np.uint8), matrix


def cleaned(gray: Gray, dpi: float = 200, colour: Gray | None = None) -> CleanPage:
    """Cleans a read-only page and holds the result against what every page must keep."""
    for array in (gray, colour):
        if array is not None:
            array.setflags(write=False)
    before = gray.copy()
    page = clean(PageImage(1, gray, colour, dpi))
    assert np.array_equal(gray, before)
    assert page.gray.dtype == np.uint8
    assert not page.gray.flags.writeable
    assert page.colour is None or page.colour.shape[:2] == page.gray.shape
    return page


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [2.3, -4.9, 0.4, 6.8])
def test_skew_is_found_whichever_way_the_form_lies(degrees: float, quarter: int) -> None:
    page, _ = turned(np.rot90(form(), quarter), degrees)
    assert cleaned(page).skew_deg == pytest.approx(degrees, abs=0.06)


@pytest.mark.parametrize("dpi", [150, 300, 400, 600])
@pytest.mark.parametrize("bilevel", [False, True])
def test_skew_is_found_at_any_resolution(dpi: int, *, bilevel: bool) -> None:
    page, _ = turned(form(dpi), -1.7)
    page = np.where(page > 150, 255, 0).astype(np.uint8) if bilevel else page
    assert cleaned(page, dpi).skew_deg == pytest.approx(-1.7, abs=0.06)


@pytest.mark.parametrize("degrees", [0.0, 0.03])
def test_a_level_page_keeps_its_pixels(degrees: float) -> None:
    page, _ = turned(form(), degrees)
    result = cleaned(page)
    assert result.skew_deg == 0.0
    assert np.array_equal(result.gray, page)


def test_a_levelled_page_is_level_and_keeps_its_corners() -> None:
    page, _ = turned(form(), 4.2)
    result = levelled(cleaned(page, colour=np.repeat(page[:, :, None], 3, axis=2)))
    assert result.skew_deg == 0.0
    assert levelled(result) is result
    assert cleaned(result.gray.copy()).skew_deg == pytest.approx(0.0, abs=0.06)
    assert result.gray.shape[0] > page.shape[0]
    assert result.colour is not None
    assert result.colour.shape[:2] == result.gray.shape


@pytest.mark.parametrize(("dpi", "degrees"), [(200, 0.0), (200, 3.1), (300, -5.0), (600, 0.0), (600, 2.0), (400, -1.0)])
@pytest.mark.parametrize("level", [False, True])
def test_the_way_back_to_the_scan_is_exact(dpi: int, degrees: float, *, level: bool) -> None:
    dots = np.array([[35.0, 20.0], [170.0, 22.0], [45.0, 230.0], [168.0, 228.0]]) * dpi / 25.4
    page = form(dpi)
    for x, y in dots:
        cv2.circle(page, (round(x), round(y)), px(3, dpi), 255, -1)
        cv2.circle(page, (round(x), round(y)), px(1.5, dpi), 0, -1)
    page, matrix = turned(page, degrees)
    result = levelled(cleaned(page, dpi)) if level else cleaned(page, dpi)
    assert result.dpi == pytest.approx(min(dpi, 300), rel=0.001)
    expected = map_points(matrix, np.asarray(np.round(dots), dtype=np.float64)) + 0.5
    there = map_points(np.asarray(np.linalg.inv(result.scan_from_clean), dtype=np.float64), expected)
    found = np.array([middle(result.gray, point, px(2.7, result.dpi)) for point in there - 0.5], dtype=np.float64) + 0.5
    assert np.abs(map_points(result.scan_from_clean, found) - expected).max() < 0.02


def middle(gray: Gray, near: Floats, reach: int) -> Floats:
    """Centre of the ink around a point, to a fraction of a pixel; narrow enough to see the dot and no rule."""
    x, y = (round(float(value)) for value in near)
    ink = 255.0 - gray[y - reach : y + reach + 1, x - reach : x + reach + 1]
    rows, columns = np.mgrid[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return np.asarray([(ink * columns).sum() / ink.sum(), (ink * rows).sum() / ink.sum()], dtype=np.float64)


@pytest.mark.parametrize("corner", [150, 200])
def test_uneven_light_becomes_white_and_pencil_stays(corner: int) -> None:
    page = form()
    write(page, "pencil", 130, 100, 200, 8, level=205)
    pencil = page[px(90, 200) : px(102, 200), px(128, 200) : px(165, 200)] < 215
    shade = np.linspace(240, corner, page.shape[1])[None, :] * np.linspace(1.0, 0.9, page.shape[0])[:, None]
    rng = np.random.default_rng(3)
    dim = np.clip(page / 255 * shade + rng.normal(0, 2, page.shape), 0, 255).astype(np.uint8)
    result = cleaned(dim).gray
    paper = result[page == 255]
    assert np.percentile(paper, 2) >= 250
    assert result[px(90, 200) : px(102, 200), px(128, 200) : px(165, 200)][pencil].mean() < 222
    assert result[page < 40].mean() < 60


def test_a_black_heading_stays_black_and_a_red_seal_red() -> None:
    page = form()
    page[px(10, 200) : px(22, 200), px(20, 200) : px(190, 200)] = 20
    colour = np.repeat(page[:, :, None], 3, axis=2)
    cv2.circle(colour, (px(170, 200), px(200, 200)), px(6, 200), (200, 50, 60), px(0.8, 200))
    seal = (colour[..., 0].astype(int) - colour[..., 1]) > 100
    warm = (colour * np.array([0.95, 0.9, 0.8])).astype(np.uint8)
    result = cleaned(cv2.cvtColor(warm, cv2.COLOR_RGB2GRAY).astype(np.uint8), colour=warm)
    assert result.colour is not None
    assert result.gray[px(12, 200) : px(20, 200), px(25, 200) : px(185, 200)].max() < 40
    assert (result.colour[page == 255].min(axis=0) >= 50).all()
    assert np.median(result.colour[(page == 255) & ~seal], axis=0).min() >= 254
    red = result.colour[seal].astype(int)
    assert (red[:, 0] - red[:, 1]).mean() > 110


@pytest.mark.parametrize(("lid", "margin"), [(10, 12.0), (60, 5.0), (0, 0.8)])
@pytest.mark.parametrize("degrees", [0.0, 2.5])
def test_the_scanner_edge_goes_and_nothing_else(lid: int, margin: float, degrees: float) -> None:
    """The sheet lies on a dark lid; its outermost rule runs 4 mm from its edge, one rule crosses into the lid."""
    sheet = form()
    cv2.rectangle(sheet, (px(4, 200), px(4, 200)), (px(206, 200), px(293, 200)), 0, 2)
    cv2.line(sheet, (0, px(240, 200)), (px(150, 200), px(240, 200)), 0, 2)
    page = turned_into(framed(sheet, px(margin, 200), lid), degrees, lid)
    ink = turned_into(framed(sheet, px(margin, 200), 255), degrees, 255)
    result = cleaned(page)
    back = cv2.warpAffine(result.gray, result.scan_from_clean[:2], (page.shape[1], page.shape[0]), borderValue=255)
    away_from_ink = cv2.erode(ink, np.ones((7, 7), np.uint8)) > 250
    assert np.mean(back[away_from_ink] > 240) > 0.9995
    assert np.mean(back[ink < 60] < 160) > 0.99


def framed(page: Gray, width: int, level: int) -> Gray:
    return np.asarray(cv2.copyMakeBorder(page, width, width, width, width, cv2.BORDER_CONSTANT, value=level), dtype=np.uint8)


def turned_into(page: Gray, degrees: float, fill: int) -> Gray:
    """Turned clockwise on the same frame, the corners filled."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=fill), dtype=np.uint8)


def empty(dpi: int = 200) -> Gray:
    rng = np.random.default_rng(1)
    return np.clip(rng.normal(243, 3, (px(297, dpi), px(210, dpi))), 0, 255).astype(np.uint8)


def show_through(page: Gray) -> None:
    faint = cv2.GaussianBlur(form()[:, ::-1], (0, 0), 2.0)
    page[:] = np.minimum(page, 243 - (255 - faint.astype(int)) * 0.16).astype(np.uint8)


def dust(page: Gray) -> None:
    rng = np.random.default_rng(2)
    for x, y in zip(rng.integers(60, page.shape[1] - 60, 60), rng.integers(60, page.shape[0] - 60, 60), strict=True):
        cv2.circle(page, (int(x), int(y)), 1, 60, -1)


def holes(page: Gray) -> None:
    for y in (108.5, 188.5):
        cv2.circle(page, (px(12, 200), px(y, 200)), px(3, 200), 10, -1)


def lid(page: Gray) -> None:
    page[: px(4, 200)] = 15
    page[:, -px(6, 200) :] = 15


def streak(page: Gray) -> None:
    page[:, px(80, 200)] = 90


def broken_streak(page: Gray) -> None:
    page[:, px(80, 200)] = 90
    page[::40, px(80, 200)] = 243
    page[1000:1200, px(80, 200)] = 243


def staple(page: Gray) -> None:
    for x in (10, 19):
        cv2.circle(page, (px(x, 200), px(12, 200)), 3, 90, -1)


def fold(page: Gray) -> None:
    rows = np.arange(page.shape[0])[:, None]
    page[:] = page * (1 - 0.1 * np.exp(-(((rows - px(99, 200)) / px(0.8, 200)) ** 2)))


def hard_pencil(page: Gray) -> None:
    """A stroke of a 2H pencil on paper of 243: 45 levels."""
    write(page, "ok", 60, 100, 200, 4, level=198)


def faded_seal(page: Gray) -> None:
    cv2.circle(page, (px(150, 200), px(200, 200)), px(5, 200), 205, 2)
    write(page, "K", 148, 202, 200, 4, level=205)


def page_number(page: Gray) -> None:
    cv2.putText(page, "2", (px(105, 200), px(285, 200)), cv2.FONT_HERSHEY_SIMPLEX, px(2.6, 200) / 22, 40, 2, cv2.LINE_AA)


def writing(page: Gray) -> None:
    write(page, "see overleaf", 60, 100, 200, 4)


def pencil(page: Gray) -> None:
    write(page, "see overleaf", 60, 100, 200, 5, level=150)


def stamp(page: Gray) -> None:
    cv2.circle(page, (px(150, 200), px(200, 200)), px(5, 200), 90, 3)
    write(page, "K", 148, 202, 200, 4, level=90)


def tick(page: Gray) -> None:
    cv2.polylines(page, [np.array([[800, 900], [825, 935], [900, 830]], dtype=np.int32)], isClosed=False, color=40, thickness=5)


@pytest.mark.parametrize(
    ("marks", "blank"),
    [
        ([], True), ([show_through], True), ([dust], True), ([holes], True), ([lid], True), ([streak], True),
        ([show_through, dust, holes, lid], True), ([broken_streak], True), ([staple], True), ([fold], True),
        ([hard_pencil], False), ([faded_seal], False), ([page_number], False), ([streak, page_number], False),
        ([holes, dust, show_through, page_number], False),
        ([writing], False), ([pencil], False), ([stamp], False), ([tick], False), ([dust, holes, lid, writing], False),
    ],
    ids=lambda value: "+".join(mark.__name__ for mark in value) if isinstance(value, list) else str(value),
)  # fmt: skip
def test_blank_sides(marks: list[object], *, blank: bool) -> None:
    page = empty()
    for mark in marks:
        assert callable(mark)
        mark(page)
    assert cleaned(page).blank == blank


def test_a_filled_form_is_not_blank_and_an_all_black_picture_raises_nothing() -> None:
    assert not cleaned(form()).blank
    assert not cleaned(np.zeros((1169, 827), np.uint8), 100).blank  # a person should see it
    assert cleaned(np.full((30, 20), 255, np.uint8), 60).blank


@pytest.mark.parametrize("dpi", [200, 300])
def test_specks_of_a_bilevel_scan_go_and_points_stay(dpi: int) -> None:
    page = np.where(form(dpi) > 150, 255, 0).astype(np.uint8)
    where = [(px(x, dpi), px(y, dpi)) for x, y in ((30, 230), (60, 250), (150, 260))]
    for x, y in where:
        page[y, x] = 0
    point = px(0.35, dpi)
    page[px(240, dpi) : px(240, dpi) + point, px(100, dpi) : px(100, dpi) + point] = 0
    result = cleaned(page, dpi).gray
    assert [result[y, x] for x, y in where] == [255] * 3
    assert result[px(240, dpi), px(100, dpi)] == 0
    rest = np.ones_like(page, dtype=bool)
    for x, y in where:
        rest[y, x] = False
    assert np.array_equal(result[rest], page[rest])


def scanned_again(page: Gray, seed: int) -> Gray:
    rng = np.random.default_rng(seed)
    moved = cv2.warpAffine(page, np.array([[1, 0, rng.uniform(-9, 9)], [0, 1, rng.uniform(-9, 9)]]), page.shape[::-1], borderValue=255)
    skewed, _ = turned(np.asarray(moved, dtype=np.uint8), rng.uniform(-2, 2))
    soft = cv2.GaussianBlur(skewed, (0, 0), rng.uniform(0.4, 0.9)) / 255 * rng.uniform(215, 250)
    return np.clip(soft + rng.normal(0, 2.5, page.shape), 0, 255).astype(np.uint8)


def test_the_same_paper_is_known_again_and_another_applicants_form_is_not() -> None:
    people = [("2024100123", "YAMADA TARO"), ("2023004567", "SUZUKI HANAKO"), ("2024100987", "SATO KEN")]
    prints = [[fingerprint(levelled(cleaned(scanned_again(form(number=n, name=m), seed))).gray) for seed in (1, 2)] for n, m in people]
    for at, (first, second) in enumerate(prints):
        assert same_paper(first, second)
        assert not any(same_paper(first, other[0]) for other in prints[:at] + prints[at + 1 :])
    assert not same_paper(fingerprint(np.full((500, 350), 255, np.uint8)), fingerprint(np.full((500, 350), 255, np.uint8)))
    assert not same_paper("", "")
