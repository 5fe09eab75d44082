import numpy as np
import pytest

from pipeline.recognise.detect import LineBox, boxes_of, cut_line, detect_lines, in_reading_order
from tests.recognise.certificates import DPI, Sheet

TEXTS = {(30.0, 40.0): "氏名", (70.0, 40.0): "近藤さくら", (30.0, 60.0): "合格者番号", (80.0, 60.0): "2024100123", (40.0, 120.0): "発行日"}


def page() -> Sheet:
    sheet = Sheet("gothic")
    for (x, y), text in TEXTS.items():
        sheet.text(x, y, text, 4.5)
    return sheet


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_every_line_is_found_where_it_was_printed_in_reading_order(engine: str) -> None:
    boxes = detect_lines(np.asarray(page().image), engine)
    assert len(boxes) == len(TEXTS)
    for box, ((x, y), text) in zip(boxes, TEXTS.items(), strict=True):
        left, base = (box.centre[0] - box.width / 2) * 25.4 / DPI, box.centre[1] * 25.4 / DPI
        assert left == pytest.approx(x, abs=1.5)
        assert base == pytest.approx(y - 1.6, abs=1.2)
        assert box.width > 0.4 * len(text) * 4.5 / 25.4 * DPI


def test_an_empty_page_has_no_lines() -> None:
    assert detect_lines(np.full((2339, 1654), 255, np.uint8)) == []


@pytest.mark.parametrize("angle", [-30.0, 0.0, 12.0])
def test_a_blob_of_probability_becomes_a_grown_box(angle: float) -> None:
    probability = np.zeros((200, 300), np.float32)
    rows, columns = np.mgrid[:200, :300]
    turn = np.deg2rad(angle)
    along = (columns - 150) * np.cos(turn) + (rows - 100) * np.sin(turn)
    across = (rows - 100) * np.cos(turn) - (columns - 150) * np.sin(turn)
    probability[(np.abs(along) < 60) & (np.abs(across) < 6)] = 0.9
    (box,) = boxes_of(probability)
    assert box.centre == pytest.approx((150, 100), abs=1.5)
    assert box.angle == pytest.approx(angle, abs=1.0)
    grow = 120 * 12 * 1.6 / (120 + 12)
    assert (box.width, box.height) == pytest.approx((120 + grow, 12 + grow), abs=4)


def test_rows_are_read_from_left_to_right() -> None:
    boxes = [LineBox((x, y), 40, 20, 0.0) for x, y in ((200, 103), (50, 100), (60, 140), (300, 98))]
    assert [box.centre[0] for box in in_reading_order(boxes)] == [50, 200, 300, 60]


def test_a_turned_line_is_cut_level_with_the_character_that_the_box_left_out() -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[90:110, 100:130] = 0
    page[98:102, 75:92] = 0
    page[90:110, 20:30] = 0
    cut = cut_line(page, LineBox((130, 100), 80, 30, 0.0), 300)
    assert cut.shape[0] == 30
    assert cut[:, :20].min() == 0
    assert 80 < cut.shape[1] < 120


def test_a_line_is_cut_without_the_rules_of_its_cell() -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[90:110, 100:157] = 0
    page[70:135, 80:83] = 0
    page[112:115, 60:300] = 0
    page.setflags(write=False)
    cut = cut_line(page, LineBox((130, 100), 70, 32, 0.0), 300)
    rows, columns = np.flatnonzero((cut < 128).any(axis=1)), np.flatnonzero((cut < 128).any(axis=0))
    assert rows[-1] - rows[0] + 1 == 20
    assert abs(columns[-1] - columns[0] + 1 - 57) <= 1


@pytest.mark.parametrize(("width", "darkest"), [(17, 140), (5, 200)])
def test_a_hair_stroke_at_a_lines_end_is_made_as_dark_as_ink_and_dirt_is_not(width: int, darkest: int) -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[90:110, 100:170] = 0
    page[99:101, 96 - width : 96] = 200
    page.setflags(write=False)
    cut = cut_line(page, LineBox((130, 100), 80, 30, 0.0), 300)
    ink = int(np.argmax((cut < 100).any(axis=0)))
    assert abs(int(cut[:, : ink - 1].min()) - darkest) <= 2


def test_light_print_on_a_dark_band_is_cut_as_dark_print() -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[80:124, 60:300] = 50
    page[92:112, 100:160] = 240
    page.setflags(write=False)
    cut = cut_line(page, LineBox((130, 102), 70, 36, 0.0), 300)
    rows, columns = np.flatnonzero((cut < 128).any(axis=1)), np.flatnonzero((cut < 128).any(axis=0))
    assert abs(rows[-1] - rows[0] + 1 - 20) <= 1
    assert abs(columns[-1] - columns[0] + 1 - 60) <= 1
