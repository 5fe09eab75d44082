from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing import fonts, hand
from pipeline.drawing.career import invent_career, span_text, total_months
from pipeline.drawing.fill import Inked, blank_page, fill_page, new_writer
from pipeline.drawing.lettering import wrap
from pipeline.drawing.packets import FAULTS, faulty, invent_applicant, packet
from pipeline.drawing.pieces import Value, chosen, pieces
from pipeline.errors import WrongUsage
from pipeline.forms import FieldKind, FieldSpec, Library, Option, Part, load_library
from pipeline.geometry import Box, Colour, pixels
from pipeline.settings import PROJECT

DPI = 150
BOX = Box(0, 0, 60, 8)
DATE_PARTS = tuple(Part(name, BOX) for name in ("year", "month", "day"))
POSTAL_PARTS = (Part("first", BOX, (BOX,) * 3), Part("second", BOX, (BOX,) * 4))
ERAS = tuple(Option(name, BOX, "circle") for name in ("昭和", "平成", "西暦"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(PROJECT / "form_templates")


def spec(kind: FieldKind, parts: tuple[Part, ...] = (), options: tuple[Option, ...] = (), cells: int = 0) -> FieldSpec:
    return FieldSpec("f", "欄", kind, BOX, parts=parts, options=options, cells=(BOX,) * cells)


@pytest.mark.parametrize(
    ("field", "value", "parts", "across", "circled"),
    [
        (spec("date", DATE_PARTS), "2024年4月1日", {"year": "2024", "month": "4", "day": "1"}, "", None),
        (spec("date", DATE_PARTS), "2024-04-01", {"year": "2024", "month": "4", "day": "1"}, "", None),
        (spec("date", DATE_PARTS, ERAS), "昭和55年3月3日", {"year": "55", "month": "3", "day": "3"}, "", "昭和"),
        (spec("date", DATE_PARTS, ERAS), "平成元年3月3日", {"year": "元", "month": "3", "day": "3"}, "", "平成"),
        (spec("date", DATE_PARTS, ERAS), "1980-03-03", {"year": "1980", "month": "3", "day": "3"}, "", "西暦"),
        (spec("date", DATE_PARTS), "令和8年3月3日", {"year": "令和8", "month": "3", "day": "3"}, "", None),
        (spec("year_month", DATE_PARTS[:2]), "2015年4月", {"year": "2015", "month": "4"}, "", None),
        (spec("year_month", DATE_PARTS[:2]), "present", {}, "現在", None),
        (spec("months", (Part("years", BOX), Part("months", BOX))), "5年2ヶ月", {"years": "5", "months": "2"}, "", None),
        (spec("months", (Part("years", BOX), Part("months", BOX))), 62, {"years": "5", "months": "2"}, "", None),
        (spec("name", (Part("family", BOX), Part("given", BOX))), "髙﨑 太郎", {"family": "髙﨑", "given": "太郎"}, "", None),
        (spec("digits", POSTAL_PARTS), "160-0022", {"first": "160", "second": "0022"}, "", None),
    ],
)
def test_a_value_is_taken_apart_as_the_form_asks(
    field: FieldSpec, value: str | int, parts: dict[str, str], across: str, circled: str
) -> None:
    found = pieces(field, value)
    assert (dict(found.parts), found.across, found.circled) == (parts, across, circled)


def test_what_the_form_has_no_room_for_is_refused() -> None:
    with pytest.raises(WrongUsage, match="10個"):
        pieces(spec("digits", cells=10), "20241001234")
    with pytest.raises(WrongUsage, match="大正"):
        chosen(spec("choice", options=ERAS), ["大正"])


@pytest.mark.parametrize(("amount", "alike"), [(0.0, True), (0.3, False), (1.0, False)])
def test_no_two_3s_of_a_hand_are_the_same(*, amount: float, alike: bool) -> None:
    rng = np.random.default_rng(3)
    writer = hand.new_hand(fonts.font_file("klee"), amount, rng)
    first, second = (hand.character(writer, "3", 48, rng) for _ in range(2))
    assert first.shape == second.shape
    assert (first == second).all() == alike
    assert not first[0].any(), "ink at the picture's edge: the whole tile would be darkened"


def test_a_character_the_font_lacks_comes_from_another() -> None:
    yusei = fonts.font_file("yusei")
    assert fonts.face_for(yusei, "太") == yusei
    assert fonts.face_for(yusei, "㏍") != yusei or fonts.glyph(yusei, "㏍", 40).any()
    assert fonts.glyph(fonts.font_file("kiloji"), "齋", 40).any()


def test_lines_do_not_begin_with_a_full_stop() -> None:
    typed = hand.typed_hand(fonts.font_file("gothic"))
    assert wrap(typed, "あいうえお。かき", 5.0) == ["あいうえお。", "かき"]


def ink(before: Colour, after: Colour, box: Box) -> float:
    """Share of the box's pixels that became darker."""
    y0, y1, x0, x1 = (pixels(mm, DPI) for mm in (box.y, box.bottom, box.x, box.right))
    return float((before[y0:y1, x0:x1, 1].astype(int) - after[y0:y1, x0:x1, 1] > 60).mean())


VALUES: dict[str, Value] = {
    "pass_number": "2024100123", "name": "髙﨑 太郎", "birth_date": "昭和55年3月3日", "qualification": ["CAP"], "former_name": "",
    "signature": True,
}  # fmt: skip


@pytest.mark.parametrize("amount", [0.0, 0.6])
def test_ink_lies_in_the_fields_that_are_filled_and_only_there(library: Library, amount: float) -> None:
    template, rng = library.get("a"), np.random.default_rng(1)
    page = fill_page(template, Inked(VALUES, "髙﨑 太郎"), new_writer(None, amount, rng), rng, DPI)
    blank = blank_page(template, DPI)
    for field in template.fields:
        written = ink(blank, page, field.box)
        assert (written > 0.003) == bool(VALUES.get(field.name)), (field.name, written)
    omp, cap = template.field("qualification").options
    assert ink(blank, page, cap.box) > 0.05 > 0.005 > ink(blank, page, omp.box)
    covered = np.zeros(page.shape[:2], bool)
    for field in template.fields:
        near = field.box.grown(1.5)
        covered[pixels(near.y, DPI) : pixels(near.bottom, DPI), pixels(near.x, DPI) : pixels(near.right, DPI)] = True
    assert (page[~covered] == blank[~covered]).mean() > 0.9999


def test_a_field_the_form_does_not_have_is_refused(library: Library) -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(WrongUsage, match="shoe_size"):
        fill_page(library.get("a"), Inked({"shoe_size": "26"}), new_writer(None, 0, rng), rng, DPI)


def test_invented_packets_fit_their_forms_and_add_up(library: Library) -> None:
    for seed in range(30):
        whole = packet(invent_applicant(np.random.default_rng(seed)))
        assert whole.applicant.person.name != whole.applicant.certifier.name
        assert total_months(whole.applicant.jobs) >= 60
        for form, fields in whole.sheets:
            known = {field.name for field in library.get(form).fields}
            assert set(fields) <= known, form
            assert fields.get("pass_number") == whole.applicant.pass_number


def test_overlapping_jobs_are_counted_once() -> None:
    jobs = invent_career(np.random.default_rng(5), "株式会社みらいコンタクト", 2026 * 12 + 9, [12, 24], overlap=4)
    assert (span_text(sum(job.months for job in jobs)), span_text(total_months(jobs))) == ("3年0ヶ月", "2年8ヶ月")


@pytest.mark.parametrize("code", FAULTS)
def test_a_planted_fault_changes_something_and_is_named(code: str) -> None:
    whole = packet(invent_applicant(np.random.default_rng(2)))
    broken = faulty(whole, code)
    assert broken.codes == (code,)
    assert broken.sheets != whole.sheets
