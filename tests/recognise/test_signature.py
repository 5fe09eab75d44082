import cv2
import numpy as np
import pytest

from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import Hand, new_hand, typed_hand, write_line
from pipeline.drawing.ink import BALLPOINT, PENCIL, Pen, Stroke
from pipeline.drawing.lettering import sign_in_box
from pipeline.drawing.marks import seal
from pipeline.geometry import Box
from pipeline.recognise.signature import measure, read_signature
from pipeline.recognise.strokes import ink_mask
from pipeline.recognise.typed import exactness
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


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("font", ["gothic", "mincho", "bizud-gothic", "bizud-mincho", "vlgothic"])
@pytest.mark.parametrize(("name", "size"), [("山田太郎", 3.7), ("橋本さくら", 5.0), ("近藤裕介", 8.0)])
def test_a_name_set_by_a_machine_is_told(name: str, size: float, font: str, *, gray: bool) -> None:
    rng = np.random.default_rng(10)
    canvas = blank(66, 18)
    write_line(canvas, typed_hand(font_file(font)), name, (8, 9), size, rng)
    reading = read_signature(photographed(canvas, rng, gray=gray))
    assert reading.doubt
    assert reading.typed == reading.present


def test_a_typed_name_under_a_black_seal_is_told_too() -> None:
    rng = np.random.default_rng(10)
    canvas = blank(66, 18)
    write_line(canvas, typed_hand(font_file("mincho")), "近藤裕介", (8, 9), 8.0, rng)
    seal(canvas, "近藤", (36, 9), font_file("gothic"), rng)
    assert read_signature(photographed(canvas, rng, gray=True)).doubt


@pytest.mark.parametrize("turn", [-0.8, 0.0, 0.8])
def test_print_is_exact_however_the_page_lies_and_hands_are_not(turn: float) -> None:
    def exact(hand: Hand) -> float:
        rng = np.random.default_rng(12)
        canvas = blank(66, 18)
        write_line(canvas, hand, "田中正一", (8, 9), 7.0, rng)
        page = photographed(canvas, rng, gray=True).ink
        matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), turn, 1.0)
        turned = np.asarray(cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=(255,)), np.uint8)
        return exactness(turned, (turned < 200).astype(np.uint8), SCALE)

    assert exact(typed_hand(font_file("gothic"))) > 1.4
    assert exact(new_hand(font_file("klee"), 0.9, np.random.default_rng(12))) < 0.75


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
