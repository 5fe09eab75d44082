import numpy as np
import pytest

from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import new_hand
from pipeline.drawing.ink import BALLPOINT, PENCIL, Pen, Stroke
from pipeline.drawing.lettering import sign_in_box
from pipeline.drawing.marks import seal
from pipeline.geometry import Box
from pipeline.recognise.signature import measure, read_signature
from pipeline.recognise.strokes import ink_mask
from tests.recognise.paper import SCALE, blank, photographed

HANDS = ("klee", "kiloji", "seto", "yusei")
CIRCLE = np.column_stack([10 + 5 * np.cos(np.linspace(0, 6.4, 50)), 9 + 5 * np.sin(np.linspace(0, 6.4, 50))])


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("hand", HANDS)
def test_a_name_is_a_signature_with_a_seal_beside_it_or_not(hand: str, *, gray: bool, sealed: bool) -> None:
    rng = np.random.default_rng(8)
    canvas = blank(66, 18)
    sign_in_box(canvas, new_hand(font_file(hand), 0.6, rng), "山田太郎", Box(3, 3, 60, 12), rng)
    if sealed:
        seal(canvas, "山田", (52, 9), font_file("gothic"), rng)
    reading = read_signature(photographed(canvas, rng, gray=gray))
    assert (reading.present, reading.doubt) == (True, False)


def test_nothing_is_surely_no_signature() -> None:
    reading = read_signature(photographed(blank(66, 18), np.random.default_rng(1)))
    assert (reading.present, reading.doubt) == (False, False)


def test_a_few_specks_of_a_copy_are_surely_no_signature() -> None:
    rng = np.random.default_rng(9)
    canvas = blank(66, 18)
    for x, y in ((12.0, 5.0), (30.0, 9.0), (51.0, 13.0)):
        canvas.rgb[round(y * SCALE) : round((y + 0.28) * SCALE), round(x * SCALE) : round((x + 0.28) * SCALE)] = 0
    crop = photographed(canvas, rng, gray=True)
    assert measure(crop, ink_mask(crop)).pieces == 3
    reading = read_signature(crop)
    assert (reading.present, reading.doubt) == (False, False)


@pytest.mark.parametrize("gray", [False, True])
def test_a_seal_alone_is_no_signature(*, gray: bool) -> None:
    rng = np.random.default_rng(2)
    canvas = blank(66, 18)
    seal(canvas, "佐藤", (30, 9), font_file("gothic"), rng)
    reading = read_signature(photographed(canvas, rng, gray=gray))
    assert not reading.present
    assert reading.doubt == gray


@pytest.mark.parametrize("size", [9.5, 12.0, 15.0])
@pytest.mark.parametrize("edge", [60, 63, 66])
def test_a_black_seal_that_reaches_into_the_field_is_no_signature(edge: float, size: float) -> None:
    rng = np.random.default_rng(3)
    canvas = blank(66, 18)
    seal(canvas, "東海林", (edge, 9), font_file("gothic"), rng, size)
    reading = read_signature(photographed(canvas, rng, gray=True))
    assert reading.doubt or not reading.present


@pytest.mark.parametrize(
    "ways",
    [
        [np.array([[13.0, 9.0], [13.5, 9.3]])],
        [np.array([[5.0, 9.0], [60.0, 9.5]])],
        [np.array([[5.0, 15.0], [60.0, 3.0]])],
        [np.array([[5.0, 8.0], [60.0, 8.5]]), np.array([[5.0, 9.6], [60.0, 9.8]])],
        [CIRCLE],
        [np.array([[10.0, 4.0], [20.0, 14.0]]), np.array([[20.0, 4.0], [10.0, 14.0]])],
    ],
    ids=["dot", "line", "slash", "two lines", "circle", "cross"],
)
@pytest.mark.parametrize("pen", [BALLPOINT, PENCIL], ids=["ballpoint", "pencil"])
def test_what_is_no_name_goes_to_a_person(ways: list[Stroke], pen: Pen) -> None:
    rng = np.random.default_rng(6)
    canvas = blank(66, 18)
    canvas.draw(ways, pen, rng)
    assert read_signature(photographed(canvas, rng)).doubt
