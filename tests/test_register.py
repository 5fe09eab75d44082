import cv2
import numpy as np
import pytest

from pipeline.geometry import map_points
from pipeline.identify import Candidate
from pipeline.register import MAX_RESIDUAL_MM, PAGE_DPI, place, register
from tests import drawn_forms as draw

FORM = draw.form_picture(4)
LIBRARY = draw.library({"four": FORM})
POINTS = np.array([[x, y] for x in (18.0, 60, 105, 150, 192) for y in (38.0, 90, 150, 210, 260)])
COARSE_ERROR = np.array([[1.002, 0.003, -0.6], [-0.002, 0.998, 0.5], [0, 0, 1.0]])


def candidate(matrix: np.ndarray) -> Candidate:
    """What identification would hand on: the truth, off by up to a millimetre."""
    return Candidate("four", 0.9, matrix @ COARSE_ERROR)


@pytest.mark.parametrize(
    ("dpi", "scale", "turn", "shift", "mode", "quarter"),
    [
        (300, (1.0, 1.0), 0.0, (0, 0), "gray", 0),
        (300, (0.93, 0.95), 0.3, (0, 0), "gray", 2),
        (200, (1.07, 1.05), -0.5, (0, 0), "gray", 1),
        (150, (0.97, 0.98), 5.0, (0, 0), "gray", 0),
        (200, (0.96, 0.96), -5.0, (2, -3), "bilevel", 3),
        (150, (1.0, 1.0), 0.5, (0, 0), "bilevel", 0),
        (300, (1.0, 0.99), 0.2, (-12, 4), "gray", 0),
    ],
)
def test_fields_are_found_within_a_tenth_of_a_millimetre(
    dpi: float, scale: tuple[float, float], turn: float, shift: tuple[float, float], mode: str, quarter: int
) -> None:
    matrix = draw.scan_from_page(dpi, scale, turn, shift)
    page = draw.clean_page(draw.scanned(FORM, matrix, dpi, bilevel=mode == "bilevel"), dpi, quarter)
    truth = draw.turned(matrix, dpi, quarter)
    answer = register(page, candidate(truth), LIBRARY)
    assert draw.error_mm(place(page, candidate(truth), LIBRARY).on_clean(POINTS), truth, POINTS, dpi) < 0.1
    assert draw.error_mm(map_points(answer.scan_from_page, POINTS), truth, POINTS, dpi) < 0.15
    assert answer.residual_mm < 0.15
    assert answer.score > 0.9
    assert answer.rotation == quarter * 90
    assert answer.skew_deg == pytest.approx(turn, abs=0.15)


def test_the_drawn_page_lies_on_the_reference() -> None:
    matrix = draw.scan_from_page(200, (0.95, 0.96), 1.0)
    answer = register(draw.clean_page(draw.scanned(FORM, matrix, 200, noise=0), 200), candidate(matrix), LIBRARY)
    assert answer.gray.shape == (3508, 2480)
    again = place(draw.clean_page(answer.gray, PAGE_DPI), Candidate("four", 1.0, draw.scan_from_page(PAGE_DPI)), LIBRARY)
    assert draw.error_mm(again.on_clean(POINTS), draw.scan_from_page(PAGE_DPI), POINTS, PAGE_DPI) < 0.1


def test_a_bent_sheet_is_followed() -> None:
    y, x = np.mgrid[0:2339, 0:1654].astype(np.float32)
    bend = 3.0 * np.sin(y / 2339 * np.pi)  # 0.38 mm in the middle of the page
    bent = np.asarray(cv2.remap(FORM, x + bend.astype(np.float32), y, cv2.INTER_LINEAR), np.uint8)
    flat = draw.scan_from_page(200)
    placed = place(draw.clean_page(draw.scanned(bent, flat, 200), 200), candidate(flat), LIBRARY)
    truth = map_points(flat, POINTS) - np.column_stack([3.0 * np.sin(POINTS[:, 1] / 297 * np.pi), np.zeros(len(POINTS))])
    assert np.hypot(*(placed.on_clean(POINTS) - truth).T).max() * 25.4 / 200 < 0.12


@pytest.mark.parametrize("middle", [(60.0, 80.0), (150.0, 210.0), (190.0, 265.0)])
def test_a_sheet_dragged_in_one_place_is_followed_there(middle: tuple[float, float]) -> None:
    y, x = np.mgrid[0:2339, 0:1654].astype(np.float32)

    def pull(points_x: np.ndarray, points_y: np.ndarray) -> np.ndarray:  # 0.9 mm to the left at most, gone within 80 mm
        away = ((points_x - draw.at(middle[0])) ** 2 + (points_y - draw.at(middle[1])) ** 2) / draw.at(40) ** 2
        return np.asarray(7.0 * np.exp(-away / 2))

    dragged = np.asarray(cv2.remap(FORM, x + pull(x, y).astype(np.float32), y, cv2.INTER_LINEAR), np.uint8)
    flat = draw.scan_from_page(200)
    placed = place(draw.clean_page(draw.scanned(dragged, flat, 200), 200), candidate(flat), LIBRARY)
    truth = map_points(flat, POINTS)
    for _ in range(8):  # what the picture shows at p was at p + pull(p)
        truth = map_points(flat, POINTS) - np.column_stack([pull(*truth.T), np.zeros(len(POINTS))])
    error = np.hypot(*(placed.on_clean(POINTS) - truth).T) * 25.4 / 200
    assert np.median(error) < 0.05
    assert error.max() < 0.35  # where nothing is printed near
    assert placed.residual_mm < MAX_RESIDUAL_MM


def test_a_page_of_another_form_cannot_be_laid_quietly() -> None:
    matrix = draw.scan_from_page(200)
    page = draw.clean_page(draw.scanned(draw.form_picture(9), matrix, 200), 200)
    assert register(page, candidate(matrix), LIBRARY).residual_mm > MAX_RESIDUAL_MM


def test_half_a_page_is_not_called_well_laid() -> None:
    matrix = draw.scan_from_page(200)
    scan = draw.scanned(FORM, matrix, 200)
    scan[400:] = 255
    whole = register(draw.clean_page(draw.scanned(FORM, matrix, 200), 200), candidate(matrix), LIBRARY)
    half = register(draw.clean_page(scan, 200), candidate(matrix), LIBRARY)
    assert half.residual_mm > 3 * whole.residual_mm
    assert half.score < 0.4


@pytest.mark.parametrize(("right", "below"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_quarter_under_another_sheet_is_not_vouched_for(right: bool, below: bool) -> None:  # noqa: FBT001
    matrix = draw.scan_from_page(200)
    scan = draw.scanned(FORM, matrix, 200)
    rows = slice(scan.shape[0] // 2, None) if below else slice(0, scan.shape[0] // 2)
    columns = slice(scan.shape[1] // 2, None) if right else slice(0, scan.shape[1] // 2)
    scan[rows, columns] = draw.scanned(draw.form_picture(9), matrix, 200)[rows, columns]
    assert register(draw.clean_page(scan, 200), candidate(matrix), LIBRARY).residual_mm > MAX_RESIDUAL_MM


def test_a_corner_that_lies_elsewhere_shows_in_the_residual() -> None:
    matrix = draw.scan_from_page(200)
    scan = draw.scanned(FORM, matrix, 200)
    moved = np.roll(scan, (7, 7), axis=(0, 1))  # 1.3 mm
    scan[-500:, -450:] = moved[-500:, -450:]
    page = draw.clean_page(scan, 200)
    corner = np.array([[170.0, 255.0], [185, 260], [192, 245]])
    truth = map_points(matrix, corner) + 7
    placed = place(page, candidate(matrix), LIBRARY)
    error = float(np.hypot(*(placed.on_clean(corner) - truth).T).max() * 25.4 / 200)
    assert placed.residual_mm >= min(error, MAX_RESIDUAL_MM)


def test_writing_over_print_does_not_move_the_page() -> None:
    written, rng = FORM.copy(), np.random.default_rng(3)
    for _ in range(400):
        x, y = rng.uniform((15, 30), (190, 265)).tolist()
        cv2.ellipse(written, (draw.at(x), draw.at(y)), (12, 16), 0, 0, 320, 0, 3)
    matrix = draw.scan_from_page(200, (0.97, 0.97), 0.7)
    placed = place(draw.clean_page(draw.scanned(written, matrix, 200), 200), candidate(matrix), LIBRARY)
    assert draw.error_mm(placed.on_clean(POINTS), matrix, POINTS, 200) < 0.15


def test_colour_comes_along() -> None:
    matrix = draw.scan_from_page(100)
    page = draw.clean_page(draw.scanned(FORM, matrix, 100), 100)
    red = np.repeat(page.gray[:, :, None], 3, axis=2)
    red[400:450, 300:350] = (200, 20, 20)
    tinted = type(page)(1, page.gray, red, 100, 0.0, np.eye(3), blank=False)
    colour = register(tinted, candidate(matrix), LIBRARY).colour
    assert colour is not None
    assert colour.shape == (3508, 2480, 3)
    assert tuple(colour[1275, 975]) == (200, 20, 20)
