from collections.abc import Callable

import numpy as np
import pytest

from pipeline.fields import FieldCrop
from pipeline.forms import FieldKind, Option
from pipeline.geometry import Box
from pipeline.recognise.marks import read_marks
from tests.recognise.drawn_ovals import fill_ways, partial_ways, print_oval
from tests.recognise.paper import Paper, Scan, field_of, loop, scanned, strike_ways

TALL = tuple(Box(6 + 12 * i, 6, 1.8, 5.6) for i in range(4))
FLAT = tuple(Box(6 + 12 * i, 6, 4.5, 2.5) for i in range(4))
MISFITS = ((0.0, 0.0), (0.2, 0.2), (-0.28, 0.1), (0.0, -0.3))
Fill = Callable[[Paper, tuple[Box, ...], np.random.Generator], None]


def crop_of(
    fill: Fill,
    *,
    kind: FieldKind = "choice",
    scan: Scan | None = None,
    ovals: tuple[Box, ...] = TALL,
    dotted: bool = True,
    number: bool = False,
) -> FieldCrop:
    rng = np.random.default_rng(11)
    paper = Paper(Box(0, 0, ovals[-1].right + 6, 18))
    for oval in ovals:
        print_oval(paper, oval, dotted=dotted, number=number)
    fill(paper, ovals, rng)
    options = [Option(name, oval, "oval") for name, oval in zip("abcd", ovals, strict=True)]
    return scanned(paper, field_of(kind, options, paper.box), scan or Scan(), rng)


def filled(*indexes: int) -> Fill:
    def fill(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
        for index in indexes:
            for way in fill_ways(ovals[index], rng, 0.5):
                paper.line(way, 0.5)

    return fill


def part(shape: str, index: int) -> Fill:
    def fill(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
        for way in partial_ways(shape, ovals[index], rng):
            paper.line(way, 0.3)

    return fill


def struck(index: int) -> Fill:
    def fill(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
        for way in strike_ways(ovals[index].grown(0.6), rng):
            paper.line(way, 0.35)

    return fill


def ringed(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
    paper.line(loop((ovals[1].x + 0.9, ovals[1].y + 2.8), 1.7, 3.4, rng), 0.4)


def dirt(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
    for oval in ovals:
        at = np.array([[oval.x + rng.uniform(0, oval.w), oval.y + rng.uniform(0, oval.h)]])
        paper.line(np.vstack([at, at + 0.05]), 0.2)


def all_of(*fills: Fill) -> Fill:
    def fill(paper: Paper, ovals: tuple[Box, ...], rng: np.random.Generator) -> None:
        for one in fills:
            one(paper, ovals, rng)

    return fill


@pytest.mark.parametrize("number", [False, True], ids=["empty", "numbered"])
@pytest.mark.parametrize("ovals", [TALL, FLAT], ids=["tall", "flat"])
@pytest.mark.parametrize("level", [0, 150], ids=["gray", "bilevel"])
@pytest.mark.parametrize("misfit", MISFITS)
def test_a_filled_oval_is_chosen_and_print_is_not(misfit: tuple[float, float], level: int, ovals: tuple[Box, ...], *, number: bool) -> None:
    scan = Scan(misfit=misfit, level=level)
    reading = read_marks(crop_of(filled(2), scan=scan, ovals=ovals, number=number))
    empty = read_marks(crop_of(all_of(), scan=scan, ovals=ovals, number=number))
    assert (reading.chosen, reading.doubt) == (("c",), False)
    assert (empty.chosen, empty.doubt) == ((), False)


def test_an_outline_that_the_subtraction_left_is_no_mark() -> None:
    reading = read_marks(crop_of(filled(0), scan=Scan(misfit=(0.25, 0.15), halo=0.0), dotted=False))
    assert (reading.chosen, reading.doubt) == (("a",), False)


@pytest.mark.parametrize("stray", [dirt, part("dot", 3)], ids=["dirt of copying", "stray dot of a pen"])
def test_stray_dots_are_no_mark(stray: Fill) -> None:
    reading = read_marks(crop_of(all_of(stray, filled(1))))
    assert (reading.chosen, reading.doubt) == (("b",), False)


def test_several_are_read_where_the_field_allows_them() -> None:
    several, one = (read_marks(crop_of(filled(0, 3), kind=kind)) for kind in ("marks", "choice"))
    assert (several.chosen, several.doubt) == (("a", "d"), False)
    assert (one.chosen, one.doubt) == (("a", "d"), True)


@pytest.mark.parametrize(
    ("fill", "scan"),
    [
        (part("tick", 1), Scan()),
        (part("slash", 1), Scan()),
        (ringed, Scan()),
        (filled(1), Scan(pen_gray=180)),
        (all_of(filled(1), struck(1)), Scan()),
        (all_of(filled(2), part("tick", 1)), Scan()),
    ],
    ids=["small tick", "slash", "ring round it", "rubbed out", "struck out", "tick beside another filled"],
)
def test_what_lies_in_between_goes_to_a_person(fill: Fill, scan: Scan) -> None:
    assert read_marks(crop_of(fill, scan=scan)).doubt
