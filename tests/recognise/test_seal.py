import cv2
import numpy as np
import pytest

from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import new_hand
from pipeline.drawing.ink import BALLPOINT, VERMILION, Pen
from pipeline.drawing.lettering import sign_in_box
from pipeline.drawing.marks import seal
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.geometry import Box
from pipeline.recognise.seal import read_seal, without_red
from tests.recognise.paper import SCALE, Paper, Scan, blank, photographed, scanned
from tests.recognise.strips import LOOKS, crops_of, strip_of

FONT = font_file("gothic")
HANDS = ("klee", "kiloji", "seto", "yusei")


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


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("hand", HANDS)
def test_a_seal_out_of_place_is_seen_in_the_field_beside(hand: str, *, gray: bool, sealed: bool) -> None:
    rng = np.random.default_rng(11)
    canvas = blank(82, 18)
    sign_in_box(canvas, new_hand(font_file(hand), 0.6, rng), "小鳥遊美優", Box(3, 3, 55, 12), rng)
    if sealed:
        seal(canvas, "小鳥遊", (55, 9), FONT, rng)
    page = photographed(canvas, rng, gray=gray)
    beside, own = _part(page, 0, 62), _part(page, 64, 82)
    assert (read_seal(own).present, read_seal(own).doubt) == (False, False)
    reading = read_seal(own, [beside, own])
    assert (reading.present, reading.doubt) == (sealed, False)
    assert reading.colour == (("black" if gray else "red") if sealed else None)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("away", [35.0, 70.0, 110.0])
def test_a_seal_far_from_its_circle_is_never_called_absent(away: float, look: str) -> None:
    rng = np.random.default_rng(21)
    strip = strip_of("a", 218, 30)
    sign_in_box(strip.canvas, new_hand(font_file("klee"), 0.7, rng), "山田太郎", strip.field("signature").box, rng)
    circle = strip.field("seal").box
    seal(strip.canvas, "山田", (circle.x + circle.w / 2 - away, circle.y + 7), FONT, rng)
    crops = crops_of(strip, look, rng)
    reading = read_seal(next(crop for crop in crops if crop.spec.kind == "seal"), crops)
    assert reading.present or reading.doubt


@pytest.mark.parametrize(("look", "sure"), [("clean", True), ("office", True), ("gray", True), ("copy", True), ("bilevel", False)])
def test_no_seal_beside_a_name_is_sure_but_on_black_and_white_scans(look: str, *, sure: bool) -> None:
    rng = np.random.default_rng(22)
    strip = strip_of("a", 218, 30)
    sign_in_box(strip.canvas, new_hand(font_file("kiloji"), 0.7, rng), "山田太郎", strip.field("signature").box, rng)
    crops = crops_of(strip, look, rng)
    reading = read_seal(next(crop for crop in crops if crop.spec.kind == "seal"), crops)
    assert (reading.present, reading.doubt) == (False, not sure)


def _part(page: FieldCrop, left: float, right: float) -> FieldCrop:
    """What stands between two lines, mm."""
    columns = slice(round(left * SCALE), round(right * SCALE))
    box = Box(left, 0, right - left, page.box.h)
    colour = None if page.colour is None else page.colour[:, columns]
    return FieldCrop(FieldSpec("seal", "印", "seal", box), box, page.gray[:, columns], page.ink[:, columns], colour)


@pytest.mark.parametrize("level", [110, 150, 190])
def test_a_blank_that_prints_a_ring_is_no_seal_on_a_bilevel_scan(level: int) -> None:
    rng = np.random.default_rng(level)
    paper = Paper(Box(0, 0, 19, 19))
    for start in np.arange(0, 2 * np.pi, np.pi / 15):
        angle = np.linspace(start, start + np.pi / 25, 8)
        paper.line(np.column_stack([9.5 + 7 * np.cos(angle), 9.5 + 7 * np.sin(angle)]), 0.2, printed=True)
    paper.word(Box(8, 8, 3, 3), 1, rng)
    spec = FieldSpec("seal", "印", "seal", paper.box)
    crop = scanned(paper, spec, Scan(misfit=(0.15, 0.15), level=level), rng)
    reading = read_seal(crop, [crop])
    assert not reading.present


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
