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


def half_erased(paper: Paper, rng: np.random.Generator) -> None:
    """What a rubber left of a tick: short pieces of its way."""
    box = SQUARES[1]
    for way in tick_ways("check", (box.x + box.w / 2, box.y + box.h / 2), box.w, rng):
        for start in range(0, len(way) - 3, 6):
            paper.line(way[start : start + 3], 0.3)


def half_erased_circle(paper: Paper, rng: np.random.Generator) -> None:
    box = WORDS[1]
    way = loop((box.x + box.w / 2, box.y + box.h / 2), box.w / 2 + 1, box.h / 2 + 0.8, rng)
    for start in range(0, len(way) - 3, 7):
        paper.line(way[start : start + 4], 0.3)


@pytest.mark.parametrize("style", ["tick", "circle"])
def test_stray_dots_neither_make_a_mark_nor_disturb_one(style: OptionStyle) -> None:
    def dots(paper: Paper, rng: np.random.Generator) -> None:
        for x, y in ((3.0, 3.0), (9.0, 13.0), (16.0, 12.5), (28.0, 3.5), (34.0, 13.0)):
            at = np.array([[x, y]])
            paper.line(np.vstack([at, at + rng.uniform(-0.1, 0.1, 2)]), 0.3)

    mark = ticked("check", 1) if style == "tick" else circled(1)
    free, marked = read_marks(crop_of(style, dots)), read_marks(crop_of(style, both(dots, mark)))
    assert (free.chosen, free.doubt) == ((), False)
    assert (marked.chosen, marked.doubt) == (("b",), False)


@pytest.mark.parametrize("scan", [Scan(), Scan(level=150), Scan(pen_gray=120)], ids=["gray", "bilevel", "pencil"])
@pytest.mark.parametrize(("style", "fill"), [("tick", half_erased), ("circle", half_erased_circle)], ids=["tick", "circle"])
def test_a_broken_mark_is_never_taken_for_none(style: OptionStyle, fill: Fill, scan: Scan) -> None:
    reading = read_marks(crop_of(style, fill, scan=scan))
    assert reading.doubt or reading.chosen == ("b",)


@pytest.mark.parametrize("halo", [0.15, 0.3])
@pytest.mark.parametrize("size", [-0.2, 0.0, 0.2])
@pytest.mark.parametrize("level", [0, 128])
def test_a_circle_on_the_very_print_of_its_word_is_never_taken_for_none(level: int, size: float, halo: float) -> None:
    def close(paper: Paper, rng: np.random.Generator) -> None:
        box = WORDS[1]
        paper.line(loop((box.x + box.w / 2, box.y + box.h / 2), box.w / 2 + size, box.h / 2 + size / 2, rng), 0.4)

    reading = read_marks(crop_of("circle", close, scan=Scan(misfit=(0.1, 0.1), halo=halo, level=level)))
    assert reading.doubt or reading.chosen == ("b",)


def test_two_circles_where_one_is_asked_are_both_shown_to_a_person() -> None:
    reading = read_marks(crop_of("circle", both(circled(0, wider=0.6), circled(2, wider=0.6))))
    assert (reading.chosen, reading.doubt) == (("a", "c"), True)


@pytest.mark.parametrize(
    ("style", "fill", "scan"),
    [
        ("tick", dot, Scan()),
        ("tick", ticked("check", 1), Scan(pen_gray=185)),
        ("circle", circled(1), Scan(pen_gray=185)),
        ("tick", half_erased, Scan(pen_gray=180)),
        ("circle", half_erased_circle, Scan(pen_gray=180)),
        ("tick", ticked("check", 1, off=4.5), Scan()),
        ("tick", both(ticked("check", 1), struck(SQUARES[1])), Scan()),
        ("tick", both(ticked("filled", 1), struck(SQUARES[1])), Scan()),
        ("circle", circled(0, 4.75), Scan()),
        ("circle", circled(0, wider=6.0), Scan()),
        ("circle", both(circled(1), struck(WORDS[1], 1)), Scan()),
    ],
    ids=[
        "resting pen",
        "rubbed out",
        "rubbed out circle",
        "pale and broken",
        "pale and broken circle",
        "beside",
        "struck, nothing else",
        "filled and struck",
        "between two",
        "round two",
        "one line",
    ],
)
def test_what_lies_in_between_goes_to_a_person(style: OptionStyle, fill: Fill, scan: Scan) -> None:
    assert read_marks(crop_of(style, fill, kind="choice", scan=scan)).doubt


def test_the_year_written_beside_the_era_is_no_mark() -> None:
    crop = crop_of("circle", both(circled(0), ticked("scribble", 2)))
    spec = field_of("date", crop.spec.options[:2], crop.spec.box)
    spec = type(spec)(spec.name, spec.label, "date", spec.box, options=spec.options, parts=(Part("year", Box(26, 4, 12, 8)),))
    reading = read_marks(FieldCrop(spec, crop.box, crop.gray, crop.ink, None))
    assert (reading.chosen, reading.doubt) == (("a",), False)
