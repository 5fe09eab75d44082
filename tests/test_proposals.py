"""What is proposed for drawn places of a form: every case is a page with its rules and words at known millimetres."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.proposals import measured, own_truth
from pipeline.drawing.fonts import font_file
from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.blank import BlankPage
from pipeline.forms_new.boxes import BoxEntry
from pipeline.forms_new.propose import propose
from pipeline.forms_new.words import Word
from pipeline.geometry import MM_PER_INCH, Box, Gray
from pipeline.recognise.engine import open_engine
from pipeline.recognise.printed import printed_words
from tests.drawn_forms import at, rule

EM = 3.2
"""mm; a character of 9 points."""


@dataclass
class Page:
    """A page under the pen: its picture, and the words that its PDF would tell."""

    picture: Gray = field(default_factory=lambda: np.full((2339, 1654), 255, np.uint8))
    words: list[Word] = field(default_factory=list)

    def say(self, text: str, x: float, y: float, size: float = EM) -> Page:
        """A word at its upper left corner; every character is a small cross."""
        widths = [size if unicodedata.east_asian_width(char) in "WFA" else size / 2 for char in text]
        self.words.append(Word(text, Box(x, y, sum(widths), size)))
        for width in widths:
            box = Box(x + 0.2 * width, y + 0.2 * size, 0.6 * width, 0.6 * size)
            cv2.line(self.picture, (at(box.x), at(box.y)), (at(box.right), at(box.bottom)), 0, 2)
            cv2.line(self.picture, (at(box.x), at(box.bottom)), (at(box.right), at(box.y)), 0, 2)
            x += width
        return self

    def cell(self, *boxes: Box) -> Page:
        for box in boxes:
            rule(self.picture, box)
        return self

    def broken(self, start: tuple[float, float], end: tuple[float, float]) -> Page:
        """A dashed rule: 0.8 mm of ink, 0.6 mm of gap."""
        length = max(end[0] - start[0], end[1] - start[1])
        step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        for far in np.arange(0.3, length - 0.8, 1.4):
            here = (at(start[0] + far * step[0]), at(start[1] + far * step[1]))
            there = (at(start[0] + (far + 0.8) * step[0]), at(start[1] + (far + 0.8) * step[1]))
            cv2.line(self.picture, here, there, 0, 1)
        return self

    def oval(self, box: Box, *, dotted: bool) -> Page:
        centre, axes = (at(box.x + box.w / 2), at(box.y + box.h / 2)), (at(box.w / 2), at(box.h / 2))
        for angle in range(0, 360, 18) if dotted else (0,):
            cv2.ellipse(self.picture, centre, axes, 0, angle, angle + (6 if dotted else 360), 0, 1)
        return self

    def proposals(self) -> list[BoxEntry]:
        return propose(BlankPage(1, self.picture, tuple(self.words), ""))


def only(page: Page) -> BoxEntry:
    found = page.proposals()
    assert len(found) == 1, [(entry.label, entry.box_mm) for entry in found]
    return found[0]


def close(quad: Sequence[float], x: float, right: float, within: float = 0.7) -> bool:
    return abs(quad[0] - x) < within and abs(quad[0] + quad[2] - right) < within


ROW = Box(60, 50, 120, 10)
LABEL = Box(20, 50, 40, 10)


def test_a_date_has_parts_between_its_printed_units() -> None:
    page = Page().cell(LABEL, ROW).say("発行日", 22, 53).say("西暦", 62, 53).say("年", 90, 53).say("月", 105, 53).say("日", 120, 53)
    date = only(page)
    assert (date.kind, date.label) == ("date", "発行日")
    spans = {part.name: part.box_mm for part in date.parts}
    assert close(spans["year"], 62 + 2 * EM, 90)
    assert close(spans["month"], 90 + EM, 105)
    assert close(spans["day"], 105 + EM, 120)
    assert min(quad[3] for quad in spans.values()) > 8  # people write over the whole height of the cell


def test_eras_before_a_date_are_choices_of_it() -> None:
    page = Page().cell(LABEL, ROW).say("生年月日", 22, 53).say("昭和・平成・令和", 62, 53)
    date = only(page.say("年", 105, 53).say("月", 120, 53).say("日", 135, 53))
    assert [(option.name, option.style) for option in date.options] == [(era, "circle") for era in ("昭和", "平成", "令和")]
    assert (date.name, date.kind) == ("birth_date", "date")


@pytest.mark.parametrize(
    ("units", "kind"), [((("年", 90), ("月", 105)), "year_month"), ((("年", 90), ("ヶ月", 105)), "months")], ids=["year_month", "months"]
)
def test_years_and_months_without_a_day(units: Sequence[tuple[str, float]], kind: str) -> None:
    page = Page().cell(LABEL, ROW).say("期間", 22, 53)
    for text, x in units:
        page.say(text, x, 53)
    assert only(page).kind == kind


def test_a_label_set_wide_is_no_date() -> None:
    page = Page().cell(LABEL, ROW)
    for number, char in enumerate("生年月日"):
        page.say(char, 24 + 8 * number, 53)
    found = only(page)
    assert (found.label, found.kind) == ("生年月日", "text")
    assert close(found.box_mm, ROW.x, ROW.right)


def test_brackets_and_units_leave_blanks_between() -> None:
    page = Page().cell(LABEL, ROW).say("訪問", 22, 53).say("1日あたり（", 62, 53).say("）分を週（", 95, 53).say("）回", 130, 53)
    found = page.proposals()
    assert len(found) == 2
    assert close(found[0].box_mm, 62 + 5.5 * EM, 95)
    assert close(found[1].box_mm, 95 + 5 * EM, 130)
    assert found[0].label == "1日あたり"


def test_numbered_items_without_words_are_lines_to_write_on() -> None:
    page = Page().cell(LABEL, ROW).say("薬剤", 22, 53).say("１．", 62, 53).say("２．", 120, 53)
    found = page.proposals()
    assert [close(entry.box_mm, x, right) for entry, (x, right) in zip(found, [(68.4, 120), (126.4, 179.7)], strict=True)] == [True, True]


def test_numbered_items_with_words_are_choices() -> None:
    page = Page().cell(LABEL, ROW).say("機器", 22, 53).say("１．吸引器", 62, 53).say("２．輸液ポンプ", 90, 53)
    found = only(page)
    assert (found.kind, found.label) == ("marks", "機器")
    assert [option.name for option in found.options] == ["1.吸引器", "2.輸液ポンプ"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((("有・無", 62),), ["有", "無"]),
        ((("男", 62), ("女", 75)), ["男", "女"]),
        ((("（", 62), ("経鼻・胃瘻", 66), ("）", 90)), ["経鼻", "胃瘻"]),
        ((("要介護（", 62), ("１", 80), ("２", 88), ("３", 96), ("）", 104)), ["1", "2", "3"]),
        ((("分類", 62), ("Ｄ３", 80), ("Ｄ４", 92), ("Ｄ５", 104)), ["D3", "D4", "D5"]),
    ],
    ids=["dot", "known", "brackets", "numbers", "grades"],
)
def test_words_to_be_circled(words: Sequence[tuple[str, float]], names: list[str]) -> None:
    page = Page().cell(LABEL, ROW).say("区分", 22, 53)
    for text, x in words:
        page.say(text, x, 53)
    found = [entry for entry in page.proposals() if entry.options]
    assert [(entry.kind, [option.name for option in entry.options]) for entry in found] == [("choice", names)]
    assert {option.style for option in found[0].options} == {"circle"}


def test_a_list_that_explains_offers_no_choice() -> None:
    page = Page().cell(LABEL, ROW).say("指示（投与薬剤・投与量等）", 22, 53, 2.4)
    assert not any(entry.options for entry in page.proposals())


@pytest.mark.parametrize("dotted", [False, True])
def test_ovals_of_one_row_are_one_question(dotted: bool) -> None:  # noqa: FBT001 - a case of the table
    page = Page().say("(3)印象は？", 22, 50)
    ovals = [Box(25 + 40 * number, 56, 1.8, 5.6) for number in range(3)]
    for oval, answer in zip(ovals, ("よい", "ふつう", "わるい"), strict=True):
        page.oval(oval, dotted=dotted).say(answer, oval.right + 2, 57)
    found = only(page)
    assert (found.kind, [option.name for option in found.options]) == ("choice", ["よい", "ふつう", "わるい"])
    for option, oval in zip(found.options, ovals, strict=True):
        assert option.style == "oval"
        assert np.abs(np.subtract(option.box_mm, oval.as_list())).max() < 0.4


def test_digits_in_ovals_name_them_and_a_filled_one_has_no_name() -> None:
    page = Page().cell(LABEL, Box(60, 48, 60, 12)).say("番号", 22, 53)
    for number, char in enumerate("0●2"):
        oval = Box(65 + 10 * number, 51, 5, 6)
        page.oval(oval, dotted=False).words.append(Word(char, Box(oval.x + 1.5, oval.y + 1.5, 2, 3)))
    found = only(page)
    assert (found.label, [option.name for option in found.options]) == ("番号", ["0", "option_2", "2"])


def test_a_box_with_round_corners_is_room_for_several_lines() -> None:
    page = Page().say("ご意見をお書きください。", 22, 50)
    for start, end in (((30, 56), (150, 56)), ((30, 90), (150, 90)), ((25, 61), (25, 85)), ((155, 61), (155, 85))):
        cv2.line(page.picture, tuple(map(at, start)), tuple(map(at, end)), 0, 1)
    for x, y, angle in ((30, 61, 180), (150, 61, 270), (150, 85, 0), (30, 85, 90)):
        cv2.ellipse(page.picture, (at(x), at(y)), (at(5), at(5)), angle, 0, 90, 0, 1)
    found = only(page)
    assert (found.kind, found.label) == ("multiline", "ご意見をお書きください。")
    assert close(found.box_mm, 25, 155)


def test_the_head_of_a_high_cell_is_not_written_in() -> None:
    page = Page().cell(Box(20, 40, 90, 7), Box(20, 47, 90, 25)).say("氏名", 22, 42)
    found = only(page)
    assert (found.name, round(found.box_mm[1])) == ("name", 47)


def test_round_letters_are_no_ovals() -> None:
    page = Page().cell(Box(40, 40, 5, 3.5), Box(60, 40, 5, 3.5), Box(80, 40, 5, 3.5))
    assert not any(option.style == "oval" for entry in page.proposals() for option in entry.options)


def test_a_broken_rule_parts_characters_and_halves_of_a_name() -> None:
    page = Page().cell(LABEL, ROW).say("氏名", 22, 53).say("姓", 61, 53, 2).say("名", 121, 53, 2).broken((120, 50), (120, 60))
    name = only(page)
    assert (name.name, name.kind, [part.name for part in name.parts]) == ("name", "name", ["family", "given"])
    digits = Page().cell(LABEL, Box(60, 50, 35, 10)).say("番号", 22, 53)
    for number in range(1, 5):
        digits.broken((60 + 7 * number, 50), (60 + 7 * number, 60))
    found = only(digits)
    assert (found.kind, len(found.cells)) == ("digits", 5)


def test_boxes_with_a_dash_between_are_one_number() -> None:
    boxes = [Box(60 + 6 * number + (4 if number > 2 else 0), 51, 6, 8) for number in range(7)]
    page = Page().cell(LABEL, *boxes).say("郵便番号", 22, 53).say("－", 78.5, 53)
    found = only(page)
    assert (found.kind, found.label, found.name) == ("digits", "郵便番号", "postal_code")
    assert [len(part.cells) for part in found.parts] == [3, 4]


def test_underlined_blank_takes_the_word_before_it() -> None:
    page = Page().say("届出者", 60, 80)
    cv2.line(page.picture, (at(75), at(84)), (at(130), at(84)), 0, 2)
    found = only(page)
    assert found.label == "届出者"
    assert close(found.box_mm, 75, 130)
    assert 83 < found.box_mm[1] + found.box_mm[3] < 84


def test_ruled_lines_are_one_area() -> None:
    page = Page().say("ご意見", 22, 62)
    for y in (70, 78, 86):
        cv2.line(page.picture, (at(25), at(y)), (at(160), at(y)), 0, 2)
    assert [entry.kind for entry in page.proposals()] == ["multiline"]


def test_prose_headings_and_office_boxes_are_left_alone() -> None:
    page = Page().cell(Box(20, 40, 170, 20)).say("倫理綱領", 24, 42).say("誠実を旨とします。", 28, 48).say("利益を守ります。", 28, 54)
    page.cell(Box(150, 10, 40, 6), Box(150, 16, 20, 12), Box(170, 16, 20, 12)).say("事務局使用欄", 160, 11.5)
    page.say("記入例", 22, 70)
    assert page.proposals() == []


def test_a_low_cell_with_a_hint_is_written_in_behind_it() -> None:
    page = Page().cell(ROW).say("勤務先", 61, 53, 2.4)
    found = only(page)
    assert (found.kind, found.label) == ("text", "勤務先")
    assert close(found.box_mm, 61 + 3 * 2.4, ROW.right, 1.0)


def test_columns_of_a_table_are_named_by_their_heads() -> None:
    page = Page()
    for number, head in enumerate(("勤務先", "業務内容")):
        x = 40 + 60 * number
        page.cell(Box(x, 40, 60, 8), Box(x, 48, 60, 12), Box(x, 60, 60, 12)).say(head, x + 30 - len(head) * EM / 2, 42)
    found = page.proposals()
    assert [entry.label for entry in found] == ["勤務先", "業務内容"] * 2
    assert len({entry.name for entry in found}) == len(found)


@pytest.mark.parametrize("own", ["a", "b", "c", "d"])
def test_our_own_blanks_are_proposed_nearly_whole(own: str) -> None:
    """Measured by benchmarks/proposals.py: all fields found, none that is no field."""
    folder = Path(__file__).parents[1] / "form_templates" / own
    score, _, _ = measured(folder / "blank.pdf", own_truth(folder))
    assert score.found >= score.fields - 1
    assert score.false <= 1


def test_words_of_a_picture_are_read_with_their_places() -> None:
    """Words in ruled cells, one lonely character among them; the rules are no letters, and no word goes across one."""
    picture = Image.fromarray(Page().cell(LABEL, ROW).picture)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(font_file("gothic")), round(EM / MM_PER_INCH * REFERENCE_DPI))
    wanted = {"申請者氏名": (22.0, 53.0), "電話番号": (62.0, 53.0), "年": (150.0, 53.0)}
    for text, (x, y) in wanted.items():
        draw.text((at(x), at(y)), text, font=font, fill=0)
    found = {word.text: word.box for word in printed_words(np.asarray(picture, np.uint8), open_engine())}
    assert set(found) == set(wanted)
    for text, (x, _) in wanted.items():
        assert abs(found[text].x - x) < 0.6
        assert abs(found[text].w - EM * len(text)) < 1.2
