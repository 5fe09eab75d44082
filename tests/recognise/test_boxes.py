"""The classifier of boxed characters: its input, the shipped network on drawn characters, and its word beside the strip's."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.decide import decide_text, read_fields
from pipeline.fields import FieldCrop
from pipeline.forms import FieldSpec
from pipeline.geometry import Box, Gray
from pipeline.recognise import Candidate, Reading
from pipeline.recognise.box_input import FILLED, SHAPES, SIDE, BoxCell, cell_numbers, cell_picture
from pipeline.recognise.box_opinion import LEAST, OTHER, Cells, of_field, pooled
from pipeline.recognise.boxes import FILE, SIZES, open_boxes
from pipeline.recognise.lines import trimmed
from pipeline.recognise.scripted import Answer, ScriptedBoxes, ScriptedReader
from pipeline.recognise.text import plan_field, read_plans
from tests.recognise.drawn import drawn_line
from tests.recognise.test_text import bar, crop_of, parted
from tests.test_decide import READERS

CELLS = FieldSpec("postal_code", "", "digits", Box(10, 10, 42, 8), cells=tuple(Box(10 + 6 * n, 10, 6, 8) for n in range(7)))


def glyph(char: str, font: str = "gothic", place: Box | None = None) -> BoxCell:
    return BoxCell(trimmed(drawn_line(char, font)), place)


def seven_bars() -> FieldCrop:
    return crop_of(CELLS, [bar(12 + 6 * n) for n in range(7)])


def test_a_picture_is_as_long_as_it_may_be_and_in_the_middle() -> None:
    found = cell_picture(np.full((40, 10), 150, np.uint8))
    rows, columns = np.flatnonzero(found.max(axis=1)), np.flatnonzero(found.max(axis=0))
    assert (len(rows), len(columns)) == (FILLED, FILLED // 4)
    assert rows[0] == SIDE - 1 - rows[-1] and abs(int(columns[0]) - (SIDE - 1 - int(columns[-1]))) <= 1
    assert found.max() == 1.0, "pale ink is as black as any"
    assert not cell_picture(np.zeros((0, 0), np.uint8)).any()


def test_numbers_tell_size_and_place() -> None:
    ink = np.zeros((3, 3), np.uint8)
    found = cell_numbers(BoxCell(ink, Box(0.25, 0.5, 0.25, 0.5), 0.6, 0.7))
    assert found == pytest.approx([1, 0.25, 0.5, -0.125, 0.25, 0.6, 0.7])
    assert cell_numbers(BoxCell(ink, None)) == pytest.approx([0, 0, 0, 0, 0, 1, 1])


@pytest.mark.parametrize("font", ["gothic", "mincho", "klee"])
def test_drawn_digits_are_read_with_either_engine(font: str) -> None:
    cells = [glyph(char, font) for char in "0123456789"]
    found = {engine: open_boxes(engine).read(cells) for engine in ("openvino", "onnxruntime")}
    assert of_field(found["openvino"], "digits").text == "0123456789"
    assert np.abs(np.exp(found["openvino"]) - np.exp(found["onnxruntime"])).max() < 1e-3
    assert np.exp(found["openvino"]).sum(axis=1) == pytest.approx(np.ones(10), abs=1e-4)


def test_lookalike_kana_are_told_apart() -> None:
    text = "シツソンワクロコ"
    assert of_field(open_boxes().read([glyph(char, place=Box(0.2, 0.2, 0.6, 0.5)) for char in text]), "kana").text == text


def test_size_and_place_tell_small_kana() -> None:
    shape = trimmed(drawn_line("ツ"))
    large = BoxCell(shape, Box(0.15, 0.2, 0.7, 0.5), 1.0, 1.0)
    small = BoxCell(shape, Box(0.25, 0.42, 0.4, 0.26), 0.55, 0.55)
    found = open_boxes().read([large, small])
    assert [SHAPES[int(row[:-1].argmax())] for row in found] == ["ツ", "ッ"]


def test_a_struck_character_is_none_of_ours() -> None:
    image = np.array(drawn_line("8"))
    height, width = image.shape
    for y in (0.42, 0.52):
        cv2.line(image, (width // 8, round(height * y)), (width - width // 8, round(height * y)), (0,), 4)
    found = open_boxes().read([BoxCell(trimmed(image), Box(-0.1, 0.2, 1.2, 0.5))])[0]
    assert int(found.argmax()) == OTHER


def test_many_cells_keep_their_order() -> None:
    cells = [glyph(char) for char in "17" * (SIZES[-1] // 2 + 3)]
    assert of_field(open_boxes().read(cells), "digits").text == "17" * (SIZES[-1] // 2 + 3)
    assert open_boxes().read([]).shape == (0, len(SHAPES) + 1)


def test_the_model_is_small_and_has_its_card() -> None:
    assert FILE.stat().st_size <= 2_000_000
    assert "KanjiVG" in (Path(FILE).parent / "BOXES_CARD.md").read_text(encoding="utf-8")


def classified(text: str, charset: str, doubt: float = 0.01) -> Cells:
    ink = np.zeros((3, 3), np.uint8)
    return of_field(ScriptedBoxes(text, doubt).read([BoxCell(ink, None)] * len(text)), charset)


def test_a_fields_characters_share_the_probability() -> None:
    digits, phone = classified("17", "digits"), classified("ー", "phone")
    assert (digits.known, digits.text) == ("0123456789", "17") and phone.text == "-"
    assert np.exp(digits.log_probs).sum(axis=1) == pytest.approx([1, 1])
    assert classified("1 ", "digits").text == "", "a cell with something else leaves no text"
    assert digits.log_prob("17") > -0.1 and digits.log_prob("11") < -6 and digits.log_prob("1") == 2 * LEAST
    assert digits.margin("17") > 6 and digits.margin("11") < -6 and digits.margin("117") == -8


def test_a_size_that_neighbours_settle_is_no_matter_of_the_classifier() -> None:
    seen = classified("ショウ", "kana")
    assert seen.log_prob("シヨウ") < -5 < seen.log_prob("ショウ"), "both are names"
    assert classified("アョ", "kana").text == "アヨ", "no small ヨ behind ア"
    assert classified("アョ", "kana").log_prob("アヨ") > -0.1 and classified("アョ", "kana").margin("アヨ") > 4


def test_the_product_keeps_the_sum_and_offers_the_classifiers_text() -> None:
    reading = Reading((Candidate("17", math.log(0.6)), Candidate("11", math.log(0.2))), "strip")
    found = pooled(reading, classified("11", "digits"), (1.0, 1.0))
    assert [candidate.text for candidate in found.candidates] == ["11", "17"]
    assert sum(math.exp(candidate.log_prob) for candidate in found.candidates) == pytest.approx(0.8)
    assert pooled(reading, classified("11", "digits"), (1.0, 0.0)).text == "17"
    assert {candidate.text for candidate in pooled(reading, classified("44", "digits")).candidates} == {"17", "11", "44"}
    assert pooled(Reading((), "strip"), classified("11", "digits")).candidates == ()


def test_all_cells_of_a_page_are_asked_at_once_and_keep_their_fields() -> None:
    date = crop_of(parted("date", ["year", "month", "day"], width=16, cells=4), [bar(11), bar(32), bar(53), bar(57)])
    boxes = ScriptedBoxes("1600023" + "5411")
    plans = [plan_field(seven_bars()), plan_field(date)]
    found = read_plans(plans, ScriptedReader(["1600023", "5412"]), boxes)
    assert [len(asked) for asked in boxes.asked] == [11]
    votes = [reading.boxes for reading in found]
    assert votes[0] is not None and votes[1] is not None
    assert (votes[0].text, votes[0].strip) == ("1600023", "1600023") and votes[0].margin > 6
    assert (votes[1].text, votes[1].strip) == ("5年4月11日", "5年4月12日") and votes[1].margin < -6


@pytest.mark.parametrize(
    ("boxes", "decision", "reason"),
    [("1600023", "accept", None), ("1600028", "review", "readers_disagree"), ("160002 ", "accept", None)],
    ids=["agree", "disagree", "no word"],
)
def test_a_person_decides_between_strip_and_classifier(boxes: str, decision: str, reason: str | None) -> None:
    found = read_plans([plan_field(seven_bars())], ScriptedReader(["1600023"]), ScriptedBoxes(boxes))[0]
    value = decide_text(CELLS, found, READERS)
    assert (value.decision, value.reason, value.value) == (decision, reason, "1600023")
    assert reason is None or value.confidence <= 0.9


def test_the_second_reader_is_not_asked_about_cells() -> None:
    answers: list[Answer] = [[("1600023", math.log(0.9)), ("1600028", math.log(0.1))], "1600023"]
    second = ScriptedReader([])
    readers = replace(READERS, text=ScriptedReader(answers), second=second, boxes=ScriptedBoxes("1600023", 0.3))
    read_fields([seven_bars()], readers)
    assert second.asked == []


def test_the_place_of_ink_in_its_cell_is_kept() -> None:
    cell: Gray = plan_field(seven_bars()).boxes[2].image
    place = plan_field(seven_bars()).boxes[2].place
    assert cell.size and place is not None
    assert [place.x, place.y, place.w, place.h] == pytest.approx([2 / 6, 2 / 8, 0.6 / 6, 4 / 8], abs=0.02)
