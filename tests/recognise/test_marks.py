from collections.abc import Callable

import numpy as np
import pytest

from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, Option, OptionStyle, Part
from pipeline.geometry import Box
from pipeline.recognise.marks import read_marks
from tests.recognise.paper import Paper, Scan, field_of, loop, scanned, strike_ways, tick_ways

SQUARES = tuple(Box(6 + 12 * i, 6, 3.5, 3.5) for i in range(3))
WORDS = tuple(Box(6 + 9.5 * i, 6, 7, 3.5) for i in range(3))
MISFITS = ((0.0, 0.0), (0.2, 0.2), (-0.28, 0.1), (0.0, -0.3))
Fill = Callable[[Paper, np.random.Generator], None]


def crop_of(style: OptionStyle, fill: Fill, kind: FieldKind = "choice", scan: Scan | None = None) -> FieldCrop:
    rng = np.random.default_rng(7)
    boxes = SQUARES if style == "tick" else WORDS
    paper = Paper(Box(0, 0, boxes[-1].right + 6, 16))
    for box in boxes:
        if style == "tick":
            paper.square(box)
        else:
            paper.word(box, 2, rng)
    fill(paper, rng)
    options = [Option(name, box, style) for name, box in zip("abc", boxes, strict=True)]
    return scanned(paper, field_of(kind, options, paper.box), scan or Scan(), rng)


def ticked(shape: str, *indexes: int, off: float = 0.0) -> Fill:
    def fill(paper: Paper, rng: np.random.Generator) -> None:
        for index in indexes:
            box = SQUARES[index]
            for way in tick_ways(shape, (box.x + box.w / 2 + off, box.y + box.h / 2), box.w, rng):
                paper.line(way, 0.4)

    return fill


def circled(index: int, dx: float = 0.0, *, turn: float = 1.05, wider: float = 1.0) -> Fill:
    def fill(paper: Paper, rng: np.random.Generator) -> None:
        box = WORDS[index]
        paper.line(loop((box.x + box.w / 2 + dx, box.y + box.h / 2), box.w / 2 + wider, box.h / 2 + 0.8, rng, turn), 0.4)

    return fill


def struck(box: Box, lines: int = 2) -> Fill:
    def fill(paper: Paper, rng: np.random.Generator) -> None:
        for way in strike_ways(box, rng, lines):
            paper.line(way, 0.35)

    return fill


def both(*fills: Fill) -> Fill:
    def fill(paper: Paper, rng: np.random.Generator) -> None:
        for one in fills:
            one(paper, rng)

    return fill


def nothing(paper: Paper, rng: np.random.Generator) -> None:
    del paper, rng


@pytest.mark.parametrize("misfit", MISFITS)
@pytest.mark.parametrize("shape", ["check", "cross", "circle", "filled", "scribble", "slash"])
def test_a_tick_of_any_shape_marks_its_square(shape: str, misfit: tuple[float, float]) -> None:
    reading = read_marks(crop_of("tick", ticked(shape, 1), scan=Scan(misfit=misfit)))
    assert (reading.chosen, reading.doubt) == (("b",), False)


@pytest.mark.parametrize("halo", [0.0, 0.15])
@pytest.mark.parametrize("misfit", MISFITS)
@pytest.mark.parametrize("style", ["tick", "circle"])
def test_remnants_of_the_print_are_no_mark(style: OptionStyle, misfit: tuple[float, float], halo: float) -> None:
    reading = read_marks(crop_of(style, nothing, scan=Scan(misfit=misfit, halo=halo)))
    assert (reading.chosen, reading.doubt) == ((), False)


@pytest.mark.parametrize("dx", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("turn", [0.93, 1.1])
def test_a_circle_belongs_to_the_word_in_its_middle_though_it_spills_over(dx: float, turn: float) -> None:
    reading = read_marks(crop_of("circle", circled(1, dx, turn=turn, wider=2.0)))
    assert (reading.chosen, reading.doubt) == (("b",), False)


def test_several_ticks_are_all_read_where_the_field_allows_them() -> None:
    reading = read_marks(crop_of("tick", ticked("check", 0, 2), kind="marks"))
    assert (reading.chosen, reading.doubt) == (("a", "c"), False)


def test_two_ticks_where_one_is_allowed_are_both_shown_to_a_person() -> None:
    reading = read_marks(crop_of("tick", ticked("check", 0, 2)))
    assert (reading.chosen, reading.doubt) == (("a", "c"), True)


def test_a_choice_struck_out_counts_no_more() -> None:
    ticks = read_marks(crop_of("tick", both(ticked("check", 0, 2), struck(SQUARES[0]))))
    words = read_marks(crop_of("circle", both(circled(0), struck(WORDS[0]), circled(2))))
    assert (ticks.chosen, ticks.struck, ticks.doubt) == (("c",), ("a",), False)
    assert (words.chosen, words.struck, words.doubt) == (("c",), ("a",), False)


def dot(paper: Paper, rng: np.random.Generator) -> None:
    del rng
    paper.line(np.array([[7.5, 7.5], [7.7, 7.7]]), 0.9)


@pytest.mark.parametrize(
    ("style", "fill", "scan"),
    [
        ("tick", dot, Scan()),
        ("tick", ticked("check", 1), Scan(pen_gray=185)),
        ("tick", ticked("check", 1, off=4.5), Scan()),
        ("tick", both(ticked("check", 1), struck(SQUARES[1])), Scan()),
        ("tick", both(ticked("filled", 1), struck(SQUARES[1])), Scan()),
        ("circle", circled(0, 4.75), Scan()),
        ("circle", circled(0, wider=6.0), Scan()),
        ("circle", both(circled(1), struck(WORDS[1], 1)), Scan()),
    ],
    ids=["resting pen", "rubbed out", "beside", "struck, nothing else", "filled and struck", "between two", "round two", "one line"],
)
def test_what_lies_in_between_goes_to_a_person(style: OptionStyle, fill: Fill, scan: Scan) -> None:
    assert read_marks(crop_of(style, fill, kind="choice", scan=scan)).doubt


def test_the_year_written_beside_the_era_is_no_mark() -> None:
    crop = crop_of("circle", both(circled(0), ticked("scribble", 2)))
    spec = field_of("date", crop.spec.options[:2], crop.spec.box)
    spec = type(spec)(spec.name, spec.label, "date", spec.box, options=spec.options, parts=(Part("year", Box(26, 4, 12, 8)),))
    reading = read_marks(FieldCrop(spec, crop.box, crop.gray, crop.ink, None))
    assert (reading.chosen, reading.doubt) == (("a",), False)
