from dataclasses import replace

import numpy as np
import pytest

from pipeline.decide.overlays import flagged
from pipeline.drawing.fonts import font_file
from pipeline.drawing.hand import Hand, new_hand, typed_hand
from pipeline.drawing.ink import BALLPOINT, VERMILION, Canvas, Pen
from pipeline.drawing.lettering import write_in_box
from pipeline.drawing.marks import seal, strike_out
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.geometry import Box
from pipeline.recognise.overlays import overlay, red_inside
from pipeline.recognise.places import has_pale_stroke
from pipeline.recognise.seal import red_is_seal
from pipeline.recognise.text import plan_field
from pipeline.sheet import FieldValue
from tests.recognise.paper import blank, photographed

FONT = font_file("gothic")
TEXTS = ("株式会社みなと通商", "一二三商店", "二宮ー三郎", "03-5550-1234")
HANDS = ("gothic", "mincho", "klee", "kiloji", "seto", "yusei")


def hand_of(name: str, rng: np.random.Generator) -> Hand:
    return typed_hand(font_file(name)) if name in ("gothic", "mincho") else new_hand(font_file(name), 0.6, rng)


def written(text: str, hand: str, rng: np.random.Generator) -> Canvas:
    canvas = blank(90, 13)
    write_in_box(canvas, hand_of(hand, rng), text, Box(3, 2, 84, 9), rng)
    return canvas


def crop_of(canvas: Canvas, rng: np.random.Generator, *, gray: bool) -> FieldCrop:
    crop = photographed(canvas, rng, gray=gray)
    spec = FieldSpec("employer", "勤務先", "text", Box(2, 2, crop.box.w - 4, crop.box.h - 4))
    return FieldCrop(spec, crop.box, crop.gray, crop.ink, crop.colour)


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("hand", HANDS)
def test_plain_writing_has_nothing_over_it(hand: str, text: str, *, gray: bool) -> None:
    rng = np.random.default_rng(4)
    assert overlay(crop_of(written(text, hand, rng), rng, gray=gray)) is None


@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("hand", HANDS)
def test_what_is_struck_out_is_a_correction(hand: str, *, gray: bool) -> None:
    rng = np.random.default_rng(5)
    canvas = written("株式会社みなと", hand, rng)
    strike_out(canvas, Box(4, 4, 26, 5), BALLPOINT, rng)
    assert overlay(crop_of(canvas, rng, gray=gray)) == "correction"


def test_one_long_line_strikes_out_as_two_do() -> None:
    rng = np.random.default_rng(5)
    canvas = written("株式会社みなと", "klee", rng)
    canvas.draw([np.array([[4.0, 6.8], [30.0, 6.2]])], BALLPOINT, rng)
    assert overlay(crop_of(canvas, rng, gray=True)) == "correction"


@pytest.mark.parametrize("size", [6.0, 7.0, 8.0])
def test_a_red_correction_seal_is_told_and_not_read(size: float) -> None:
    rng = np.random.default_rng(6)
    plain, canvas = written("みなと通商", "klee", rng), written("みなと通商", "klee", np.random.default_rng(6))
    seal(canvas, "佐藤", (50, 6.5), FONT, rng, size)
    crop = crop_of(canvas, np.random.default_rng(7), gray=False)
    assert overlay(crop) == "correction"
    bare = crop_of(plain, np.random.default_rng(7), gray=False)
    inks = [plan_field(one).strokes.area_mm2 for one in (crop, bare)]
    assert inks[0] == pytest.approx(inks[1], rel=0.05)


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("size", [9.5, 12.0])
def test_a_seal_over_text_is_flagged_when_black_and_removed_when_red(hand: str, size: float) -> None:
    rng = np.random.default_rng(8)
    canvas = written("株式会社みなと", hand, rng)
    seal(canvas, "佐藤", (20, 6.5), FONT, rng, size)
    assert overlay(crop_of(canvas, rng, gray=True)) == "seal_on_text"
    assert overlay(crop_of(canvas, rng, gray=False)) is None


def test_what_is_written_in_red_is_no_seal_and_stays() -> None:
    rng = np.random.default_rng(9)
    canvas = blank(90, 13)
    red = Hand(font_file("klee"), 0.5, VERMILION)
    write_in_box(canvas, red, "みなと通商", Box(3, 2, 84, 9), rng)
    crop = crop_of(canvas, rng, gray=False)
    assert (overlay(crop), red_is_seal(crop)) == (None, False)
    assert plan_field(crop).strokes.area_mm2 > 10
    assert red_inside(crop) > 5


@pytest.mark.parametrize("gray", [False, True])
def test_a_line_too_pale_to_read_is_seen_and_dirt_is_not(*, gray: bool) -> None:
    rng = np.random.default_rng(10)
    pale = Pen((200, 200, 202), 0.4, 1.0, 0.0)
    canvas, dirty = blank(90, 13), blank(90, 13)
    canvas.draw([np.array([[20.0, 8.0], [22.5, 5.0]])], pale, rng)
    for x in (20.0, 40.0, 60.0):
        dirty.draw([np.array([[x, 6.0], [x + 0.15, 6.1]])], pale, rng)
    assert has_pale_stroke(crop_of(canvas, rng, gray=gray))
    assert not has_pale_stroke(crop_of(dirty, rng, gray=gray))


BLANK = FieldValue("employer", "text", "", None, None, 0.999, "blank", None, (), None)
READ = replace(BLANK, raw="みなと", value="みなと", decision="accept")


def test_what_lies_over_a_text_sends_it_to_a_person_with_the_reason() -> None:
    rng = np.random.default_rng(11)
    plain, struck, red = written("みなと", "klee", rng), written("みなと", "klee", rng), blank(90, 13)
    strike_out(struck, Box(4, 4, 22, 5), BALLPOINT, rng)
    seal(red, "佐藤", (30, 6.5), FONT, rng)
    crops = [crop_of(canvas, rng, gray=False) for canvas in (plain, struck, red)]
    values = [flagged(crop, value) for crop, value in zip(crops, (READ, READ, BLANK), strict=True)]
    assert values[0] == READ
    assert [(value.decision, value.reason) for value in values[1:]] == [("review", "correction"), ("review", "seal_on_text")]
    assert max(value.confidence for value in values[1:]) <= 0.6
