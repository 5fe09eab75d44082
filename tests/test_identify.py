import numpy as np
import pytest

from pipeline import identify as stage
from pipeline.geometry import map_points
from tests import drawn_forms as draw

CORNERS = np.array([[20.0, 40.0], [190.0, 40.0], [190.0, 255.0], [20.0, 255.0]])
PICTURES = {"one": draw.form_picture(1), "two": draw.form_picture(2), "three_marked": draw.form_picture(3, marks=True)}
PICTURES["three_plain"] = draw.form_picture(3)
LIBRARY = draw.library(
    PICTURES,
    (draw.template("one"), draw.template("two"), draw.template("three_marked"), draw.template("three_plain", variant_of="three_marked")),
)


@pytest.fixture(scope="module")
def index() -> stage.FormIndex:
    return stage.build_index(LIBRARY)


@pytest.mark.parametrize("form", PICTURES)
@pytest.mark.parametrize(
    ("quarter", "dpi", "scale", "turn"), [(0, 200, 1.0, 0.4), (1, 150, 0.93, -1.5), (2, 100, 1.07, 1.0), (3, 200, 0.97, 4.0)]
)
def test_form_and_way_up_follow_from_print_alone(
    index: stage.FormIndex, form: str, quarter: int, dpi: float, scale: float, turn: float
) -> None:
    matrix = draw.scan_from_page(dpi, (scale, scale * 0.995), turn, (3.0, -4.0))
    answer = stage.identify(draw.clean_page(draw.scanned(PICTURES[form], matrix, dpi), dpi, quarter), index)
    assert answer.chosen is not None
    assert answer.chosen.form == form
    found = map_points(answer.chosen.clean_from_page, CORNERS)
    assert draw.error_mm(found, draw.turned(matrix, dpi, quarter), CORNERS, dpi) < 1.5


@pytest.mark.parametrize("seed", range(11, 19))
def test_other_documents_are_refused(index: stage.FormIndex, seed: int) -> None:
    scan = draw.scanned(draw.form_picture(seed), draw.scan_from_page(150), 150)
    assert stage.identify(draw.clean_page(scan, 150), index) == stage.Identified(None, ())


def test_blank_noisy_and_striped_pages_are_refused(index: stage.FormIndex) -> None:
    rng = np.random.default_rng(5)
    stripes = np.full((1754, 1240), 255, np.uint8)
    stripes[::40] = 0
    for picture in (np.full((1754, 1240), 255, np.uint8), rng.integers(0, 256, (1754, 1240)).astype(np.uint8), stripes):
        assert stage.identify(draw.clean_page(picture, 150), index).chosen is None


def test_our_form_with_another_table_pasted_in_is_refused(index: stage.FormIndex) -> None:
    mixed = PICTURES["one"].copy()
    mixed[800:2000] = PICTURES["two"][800:2000]
    answer = stage.identify(draw.clean_page(draw.scanned(mixed, draw.scan_from_page(150), 150), 150), index)
    assert answer.chosen is None


def test_two_forms_that_fit_equally_are_left_to_a_person() -> None:
    twins = stage.build_index(draw.library({"x": draw.form_picture(7), "y": draw.form_picture(7)}))
    answer = stage.identify(draw.clean_page(draw.scanned(draw.form_picture(7), draw.scan_from_page(150), 150), 150), twins)
    assert answer.chosen is None
    assert {candidate.form for candidate in answer.candidates} == {"x", "y"}


def test_siblings_that_share_most_of_their_print_are_told_apart() -> None:
    long, short = draw.form_picture(7, title="Certificate of work"), draw.form_picture(7, title="Continuation sheet")
    short[1900:2050] = 255
    draw.write(short, "Further rows on the next sheet, total months below", 20, 250, 0.7)
    siblings = stage.build_index(draw.library({"long": long, "short": short}))
    for form, picture in (("long", long), ("short", short)):
        answer = stage.identify(draw.clean_page(draw.scanned(picture, draw.scan_from_page(150), 150), 150), siblings)
        assert answer.chosen is None or answer.chosen.form == form
        assert answer.chosen is not None, answer


def test_documents_read_by_labels_are_not_indexed() -> None:
    pictures = {"fixed": draw.form_picture(1), "free": draw.form_picture(2)}
    some = draw.library(pictures, (draw.template("fixed"), draw.template("free", fixed=False)))
    index = stage.build_index(some)
    assert index.groups == (("fixed",),)
    scan = draw.scanned(pictures["free"], draw.scan_from_page(150), 150)
    assert stage.identify(draw.clean_page(scan, 150), index).chosen is None
