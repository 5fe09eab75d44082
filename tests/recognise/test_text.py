"""Fields taken apart and put together again, with the scripted reader: no OCR here."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, FieldSpec, Option, Part
from pipeline.geometry import Box, Gray, pixels
from pipeline.recognise import Candidate, Reading
from pipeline.recognise.joining import MOST_ANSWERS, product_of
from pipeline.recognise.scripted import Answer, ScriptedReader
from pipeline.recognise.text import TextReading, _likely, plan_field, read_texts
from pipeline.register import PAGE_DPI

MARGIN = 2.0


def crop_of(spec: FieldSpec, marks: Sequence[Box]) -> FieldCrop:
    """A field with black bars where `marks` (page mm) are, instead of writing."""
    box = spec.box.grown(MARGIN)
    ink = np.full((pixels(box.h, PAGE_DPI), pixels(box.w, PAGE_DPI)), 255, np.uint8)
    for mark in marks:
        left, top = pixels(mark.x - box.x, PAGE_DPI), pixels(mark.y - box.y, PAGE_DPI)
        ink[top : top + pixels(mark.h, PAGE_DPI), left : left + pixels(mark.w, PAGE_DPI)] = 0
    ink.setflags(write=False)
    return FieldCrop(spec, box, ink, ink, None)


def bar(x: float, y: float = 12.0, w: float = 0.6, h: float = 4.0) -> Box:
    return Box(x, y, w, h)


def read_one(crop: FieldCrop, *answers: Answer) -> tuple[TextReading, ScriptedReader]:
    reader = ScriptedReader(answers)
    return read_texts([crop], reader)[0], reader


def parted(kind: FieldKind, names: Sequence[str], width: float = 15.0, cells: int = 0) -> FieldSpec:
    """Parts side by side from x = 10 on, y = 10 to 18."""
    parts = []
    for number, name in enumerate(names):
        box = Box(10 + number * (width + 5), 10, width, 8)
        own = tuple(Box(box.x + place * width / cells, 10, width / cells, 8) for place in range(cells)) if cells else ()
        parts.append(Part(name, box, own))
    whole = Box(10, 10, parts[-1].box.right - 10, 8)
    return FieldSpec("field", "", kind, whole, parts=tuple(parts))


@pytest.mark.parametrize(
    ("kind", "names", "answers", "text"),
    [
        ("date", ["year", "month", "day"], ["2024", "4", "1"], "2024年4月1日"),
        ("year_month", ["year", "month"], ["2015", "10"], "2015年10月"),
        ("months", ["years", "months"], ["5", "2"], "5年2ヶ月"),
        ("name", ["family", "given"], ["山田", "太郎"], "山田 太郎"),
        ("phone", ["first", "second", "third"], ["03", "5321", "1111"], "03-5321-1111"),
    ],
)
def test_parts_are_joined_as_people_write(kind: FieldKind, names: list[str], answers: list[str], text: str) -> None:
    spec = parted(kind, names)
    crop = crop_of(spec, [bar(part.box.x + 5) for part in spec.parts])
    assert read_one(crop, *answers)[0].text == text


def test_candidates_of_a_field_are_the_products_of_its_parts() -> None:
    spec = parted("date", ["year", "month", "day"])
    crop = crop_of(spec, [bar(part.box.x + 5) for part in spec.parts])
    doubtful = [("1", math.log(0.7)), ("7", math.log(0.2))]
    found, _ = read_one(crop, [("2024", math.log(0.9))], doubtful, doubtful)
    assert [c.text for c in found.candidates] == ["2024年1月1日", "2024年7月1日", "2024年1月7日", "2024年7月7日"]
    assert math.exp(found.candidates[0].log_prob) == pytest.approx(0.9 * 0.7 * 0.7)


def test_cells_are_read_as_one_strip_and_their_number_counts() -> None:
    spec = FieldSpec("pass_number", "", "digits", Box(10, 10, 30, 8), cells=tuple(Box(10 + 6 * n, 10, 6, 8) for n in range(5)))
    crop = crop_of(spec, [bar(12 + 6 * n) for n in range(5)])
    found, reader = read_one(crop, [("1234", -0.1), ("12345", -2.5)])
    assert len(reader.asked) == 1 and found.cells == 5
    assert [c.text for c in found.candidates] == ["12345", "1234"]
    assert found.candidates[0].log_prob == -2.5  # the doubt stays


def test_cells_of_a_date_keep_their_place_when_some_are_empty() -> None:
    spec = parted("date", ["year", "month", "day"], width=16, cells=4)
    marks = [bar(11 + 4 * n) for n in range(4)] + [bar(31 + 4 * 1)] + [bar(52 + 4 * n) for n in (1, 2)]
    found, _ = read_one(crop_of(spec, marks), "2024415")
    assert found.text == "2024年4月15日"


def test_an_empty_field_asks_nobody_and_a_speck_is_not_writing() -> None:
    spec = parted("name", ["family", "given"])
    for marks in ([], [Box(20, 12, 0.2, 0.2)]):
        found, reader = read_one(crop_of(spec, marks))
        assert found.blank and found.candidates == () and reader.asked == []


def test_a_little_ink_is_faint_not_blank() -> None:
    spec = FieldSpec("employer", "", "text", Box(10, 10, 60, 8))
    found, _ = read_one(crop_of(spec, [Box(20, 12, 0.5, 0.5)]), "・")
    assert not found.blank and found.faint


def test_writing_of_the_field_below_is_not_this_fields() -> None:
    spec = FieldSpec("employer", "", "text", Box(10, 10, 60, 8))
    below = Box(20, 17.7, 3, 2.2)  # most of it under the field's lower edge
    found, reader = read_one(crop_of(spec, [bar(20), below]), "株式会社")
    assert reader.asked[0].image.shape[1] < pixels(2, PAGE_DPI)
    assert found.text == "株式会社"


@pytest.mark.parametrize(("answer", "text"), [("現在", "現在"), ([("〃", -0.2)], "〃"), ([("”", -0.2)], "〃")])
def test_a_word_across_a_month_is_found(answer: Answer, text: str) -> None:
    spec = parted("year_month", ["year", "month"])
    crop = crop_of(spec, [Box(22, 12, 6, 4)])  # beside the year and up to the month
    assert plan_field(crop).crops[-1].charset == "year_month"
    asked = len(plan_field(crop).crops)
    found, _ = read_one(crop, *(["1"] * (asked - 1)), answer)
    assert found.text == text


def test_the_circled_era_goes_before_the_year() -> None:
    options = (Option("昭和", Box(10, 11, 8, 5), "circle"), Option("西暦", Box(22, 11, 8, 5), "circle"))
    parts = (Part("year", Box(34, 10, 12, 8)), Part("month", Box(50, 10, 8, 8)), Part("day", Box(62, 10, 8, 8)))
    spec = FieldSpec("birth_date", "", "date", Box(10, 10, 60, 8), parts=parts, options=options)
    plain = crop_of(spec, [bar(40), bar(54), bar(66)])
    ink = _circled(plain, options[0].box)
    found, _ = read_one(FieldCrop(spec, plain.box, ink, ink, None), "55", "3", "2")
    assert found.marks is not None and found.marks.chosen == ("昭和",)
    assert found.text == "昭和55年3月2日"


def _circled(crop: FieldCrop, box: Box) -> Gray:
    import cv2

    ink = crop.ink.copy()
    centre = pixels(box.x + box.w / 2 - crop.box.x, PAGE_DPI), pixels(box.y + box.h / 2 - crop.box.y, PAGE_DPI)
    cv2.ellipse(ink, centre, (pixels(box.w * 0.6, PAGE_DPI), pixels(box.h * 0.62, PAGE_DPI)), 0, 0, 360, (0,), 4)
    return ink


def test_products_stay_few() -> None:
    part = [Candidate(str(number), -float(number)) for number in range(10)]
    found = product_of([part] * 6, "".join)
    assert len(found) == MOST_ANSWERS
    assert [c.log_prob for c in found] == sorted((c.log_prob for c in found), reverse=True)


def test_what_the_language_finds_is_joined_with_the_lines_that_are_not_doubted() -> None:
    crop = crop_of(FieldSpec("duties", "", "multiline", Box(10, 10, 60, 16)), [bar(12, 11, 20), bar(12, 19, 20)])
    plan = plan_field(crop)
    doubted = Reading((Candidate("応答車", -0.4),), "scripted", 0.0, Candidate("応答率", -2.0))
    plain = Reading((Candidate("を報告した", -0.1),), "scripted")
    likely = _likely(plan, [doubted, plain])
    assert likely is not None and likely.text == "応答率を報告した" and likely.log_prob == pytest.approx(-2.1)
    assert _likely(plan, [plain, plain]) is None
