import cv2
import numpy as np
import pytest

from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import new_hand
from pipeline.drawing.ink import BALLPOINT, VERMILION, Pen
from pipeline.drawing.lettering import sign_in_box
from pipeline.drawing.marks import seal
from pipeline.geometry import Box
from pipeline.recognise.seal import read_seal, without_red
from tests.recognise.paper import blank, photographed

FONT = font_file("gothic")
HANDS = ("klee", "kiloji", "seto", "yozfont", "yusei")


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("name", ["田", "佐藤", "東海林"])
@pytest.mark.parametrize("size", [9.5, 10.5, 15.0])
def test_a_seal_is_seen_in_colour_and_on_a_photocopy(name: str, size: float, *, gray: bool) -> None:
    rng = np.random.default_rng(len(name))
    canvas = blank(19, 19)
    seal(canvas, name, (9.5 + rng.normal(0, 0.4), 9.5), FONT, rng, size)
    reading = read_seal(photographed(canvas, rng, gray=gray))
    assert (reading.present, reading.colour, reading.doubt) == (True, "black" if gray else "red", False)


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("hand", HANDS)
def test_writing_is_never_surely_a_seal(hand: str, *, gray: bool) -> None:
    rng = np.random.default_rng(5)
    canvas = blank(66, 18)
    sign_in_box(canvas, new_hand(font_file(hand), 0.6, rng), "小鳥遊美優", Box(3, 3, 60, 12), rng)
    reading = read_seal(photographed(canvas, rng, gray=gray))
    assert reading.doubt or not reading.present


def test_an_empty_field_has_surely_no_seal() -> None:
    reading = read_seal(photographed(blank(18, 18), np.random.default_rng(1)))
    assert (reading.present, reading.doubt) == (False, False)


@pytest.mark.parametrize("pen", [VERMILION, BALLPOINT], ids=["red", "black"])
def test_a_circle_drawn_by_hand_goes_to_a_person(pen: Pen) -> None:
    rng = np.random.default_rng(2)
    canvas = blank(18, 18)
    angle = np.linspace(0, 6.5, 60)
    canvas.draw([np.column_stack([9 + 5 * np.cos(angle), 9 + 5 * np.sin(angle)])], pen, rng)
    reading = read_seal(photographed(canvas, rng, gray=pen is BALLPOINT))
    assert reading.doubt or reading.colour == "red"


def test_red_goes_and_black_writing_under_it_stays() -> None:
    rng = np.random.default_rng(3)
    canvas = blank(66, 18)
    sign_in_box(canvas, new_hand(font_file("klee"), 0.5, rng), "山田太郎", Box(3, 3, 60, 12), rng)
    plain = photographed(canvas, np.random.default_rng(4))
    seal(canvas, "山田", (20, 9), FONT, rng)
    sealed = photographed(canvas, np.random.default_rng(4))
    assert sealed.colour is not None
    cleaned = without_red(sealed.colour, sealed.gray)
    written = cv2.erode((plain.gray < 120).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    paper = cv2.dilate((plain.gray < 220).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    assert np.mean(cleaned[written] < 160) > 0.97
    assert np.mean(cleaned[paper] > 200) > 0.98
    assert np.sum(sealed.gray[paper] < 200) > 10 * np.sum(cleaned[paper] < 200)
