"""How often marks are read wrong, right, or handed to a person: thousands of drawn fields, and real marks off faxes.

Run from the project's root: python -m benchmarks.marks [--fields N] [--faxes FOLDER]. The faxes are never fitted on.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from pipeline.fields import FieldCrop
from pipeline.forms import Option
from pipeline.geometry import MM_PER_INCH, Box
from pipeline.recognise.calibration import upper_bound
from pipeline.recognise.marks import read_marks
from pipeline.recognise.strokes import SQUARE_RIM
from pipeline.register import PAGE_DPI
from tests.recognise.drawn_ovals import fill_ways, partial_ways, print_oval
from tests.recognise.paper import Paper, Scan, field_of, loop, scanned, strike_ways, tick_ways

TICKS = ("check", "check", "cross", "circle", "filled", "scribble", "slash")
WEAK = ("tick", "cross", "slash", "dot")
Case = tuple[str, FieldCrop, tuple[str, ...]]


def random_scan(rng: np.random.Generator) -> Scan:
    angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.3)
    level = int(rng.choice([0, 0, 128, 170]))
    return Scan(
        misfit=(far * np.cos(angle), far * np.sin(angle)),
        halo=float(rng.choice([0.0, 0.1, 0.2, 0.3])),
        blur=rng.uniform(0.5, 1.6),
        noise=rng.uniform(0, 6),
        level=level,
        pen_gray=int(rng.integers(0, level // 2 if level else 110)),  # a pen that the threshold loses whole is on no scan to be read
    )


def tick_field(rng: np.random.Generator) -> Case:
    """Three to seven squares in a row or a column, any of them ticked, some struck out, some dirt."""
    count, side = int(rng.integers(2, 8)), rng.uniform(2.8, 4.0)
    step = rng.uniform(5.5, 20)
    across = bool(rng.random() < 0.6)
    boxes = [Box(6 + i * step * across, 6 + i * step * (not across), side, side) for i in range(count)]
    options = [Option(f"o{i}", box, "tick") for i, box in enumerate(boxes)]
    paper = Paper(Box(0, 0, boxes[-1].right + 8, boxes[-1].bottom + 6))
    chosen: list[str] = []
    width, single = rng.uniform(0.25, 0.6), bool(rng.random() < 0.4)
    wanted = {int(rng.integers(count))} if single else {i for i in range(count) if rng.random() < 0.4}
    struck = int(rng.integers(count)) if rng.random() < 0.15 else -1
    for i, box in enumerate(boxes):
        paper.square(box)
        centre = (box.x + side / 2 + rng.normal(0, 0.3), box.y + side / 2 + rng.normal(0, 0.3))
        if i in wanted or i == struck:
            for way in tick_ways(str(rng.choice(TICKS)), centre, side, rng):
                paper.line(way, width)
        if i == struck:
            for way in strike_ways(box, rng):
                paper.line(way, width)
        elif i in wanted:
            chosen.append(f"o{i}")
    _dirt(paper, rng)
    return "ticks", scanned(paper, field_of("choice" if single else "marks", options, paper.box), random_scan(rng), rng), tuple(chosen)


def circle_field(rng: np.random.Generator) -> Case:
    """Three words in a row, one circled, the circle spilling over; sometimes another one circled and struck out."""
    side, gap = rng.uniform(3.0, 4.2), rng.uniform(1.5, 4.0)
    boxes = [Box(6 + i * (2 * side + gap), 6, 2 * side, side) for i in range(3)]
    options = [Option(f"o{i}", box, "circle") for i, box in enumerate(boxes)]
    paper = Paper(Box(0, 0, boxes[-1].right + 6, boxes[-1].bottom + 6))
    width = rng.uniform(0.25, 0.55)
    for box in boxes:
        paper.word(box, 2, rng)
    mine = int(rng.integers(4))
    if mine < 3:
        _circle(paper, boxes[mine], width, rng)
    if mine < 3 and rng.random() < 0.2:
        other = (mine + int(rng.integers(1, 3))) % 3
        _circle(paper, boxes[other], width, rng)
        for way in strike_ways(boxes[other], rng):
            paper.line(way, width)
    _dirt(paper, rng)
    chosen = (f"o{mine}",) if mine < 3 else ()
    return "circles", scanned(paper, field_of("choice", options, paper.box), random_scan(rng), rng), chosen


def tight_field(rng: np.random.Generator) -> Case:
    """Two or three words in a row, one of them circled so closely that the circle lies on its print, or none."""
    side, gap, count = rng.uniform(3.0, 4.2), rng.uniform(1.5, 4.0), int(rng.integers(2, 4))
    boxes = [Box(6 + i * (2 * side + gap), 6, 2 * side, side) for i in range(count)]
    paper = Paper(Box(0, 0, boxes[-1].right + 6, boxes[-1].bottom + 6))
    for box in boxes:
        paper.word(box, 2, rng)
    mine = int(rng.integers(count + 1))
    if mine < count:
        box = boxes[mine]
        middle = (box.x + box.w / 2 + rng.normal(0, 0.3), box.y + box.h / 2 + rng.normal(0, 0.2))
        half = (box.w / 2 + rng.uniform(-0.3, 0.5), box.h / 2 + rng.uniform(-0.1, 0.3))
        paper.line(loop(middle, *half, rng, turn=rng.uniform(0.8, 1.15)), rng.uniform(0.25, 0.55))
    _dirt(paper, rng)
    options = [Option(f"o{i}", box, "circle") for i, box in enumerate(boxes)]
    crop = scanned(paper, field_of("choice", options, paper.box), random_scan(rng), rng)
    return "tight circles", crop, (f"o{mine}",) if mine < count else ()


def oval_field(rng: np.random.Generator) -> Case:
    """Two to eight ovals in a row, any of them filled in; sometimes one has no more than a tick (meant) or a dot (not meant)."""
    count, tall = int(rng.integers(2, 9)), bool(rng.random() < 0.6)
    size = (rng.uniform(1.7, 2.4), rng.uniform(3.5, 5.7)) if tall else (rng.uniform(3.5, 5.5), rng.uniform(2.0, 2.8))
    boxes = [Box(6 + i * (size[0] + 6), 6, *size) for i in range(count)]
    paper = Paper(Box(0, 0, boxes[-1].right + 6, boxes[-1].bottom + 6))
    dotted, number, pen = bool(rng.random() < 0.5), bool(rng.random() < 0.4), rng.uniform(0.3, 0.6)
    single = bool(rng.random() < 0.6)
    wanted = {int(rng.integers(count))} if single else {i for i in range(count) if rng.random() < 0.4}
    weak = int(rng.integers(count)) if rng.random() < 0.1 else -1
    shape = str(rng.choice(WEAK))
    for i, box in enumerate(boxes):
        print_oval(paper, box, dotted=dotted, number=number)
        ways = partial_ways(shape, box, rng) if i == weak else fill_ways(box, rng, pen) if i in wanted else []
        for way in ways:
            paper.line(way, pen)
    _dirt(paper, rng)
    options = [Option(f"o{i}", box, "oval") for i, box in enumerate(boxes)]
    crop = scanned(paper, field_of("choice" if single else "marks", options, paper.box), random_scan(rng), rng)
    meant = wanted if weak < 0 else wanted - {weak} if shape == "dot" else wanted | {weak}
    return "weak ovals" if weak >= 0 else "ovals", crop, tuple(f"o{i}" for i in sorted(meant))


def _circle(paper: Paper, box: Box, width: float, rng: np.random.Generator) -> None:
    middle = (box.x + box.w / 2 + rng.normal(0, 0.7), box.y + box.h / 2 + rng.normal(0, 0.35))
    half = (box.w / 2 + rng.uniform(-0.3, 2.0), box.h / 2 + rng.uniform(0, 1.5))
    paper.line(loop(middle, *half, rng, turn=rng.uniform(0.8, 1.15)), width)


def _dirt(paper: Paper, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(0, 6))):
        at = np.array([[rng.uniform(0, paper.box.w), rng.uniform(0, paper.box.h)]])
        paper.line(np.vstack([at, at + rng.uniform(-0.1, 0.1, 2)]), rng.uniform(0.1, 0.3))


def fax_cases(folder: Path) -> Iterator[Case]:
    """Real hand-drawn marks cut from the boxes of faxed forms: is there a mark?"""
    for file in sorted(folder.glob("*.png")):
        gray = np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
        size = round(6 * PAGE_DPI / MM_PER_INCH)
        gray = np.asarray(cv2.resize(gray, (size, size), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        option = Option("mark", Box(0, 0, 6, 6).grown(SQUARE_RIM - 0.3), "tick")
        kind = file.stem.rsplit("-", 1)[0]
        crop = FieldCrop(field_of("choice", [option], Box(0, 0, 6, 6)), Box(0, 0, 6, 6), gray, gray, None)
        yield f"fax {kind}", crop, () if kind == "empty" else ("mark",)


def count(cases: Iterator[Case], keep: Callable[[str, FieldCrop], None]) -> dict[str, Counter[str]]:
    totals: dict[str, Counter[str]] = {}
    for name, crop, truth in cases:
        reading = read_marks(crop)
        verdict = "person" if reading.doubt else "right" if reading.chosen == truth else "WRONG"
        totals.setdefault(name, Counter())[verdict] += 1
        if verdict != "right":
            keep(f"{name} {verdict} {truth} {reading}", crop)
    return totals


KINDS = {
    "all": (tick_field, circle_field, oval_field),
    "unfilled": (tick_field, circle_field),
    "ticks": (tick_field,),
    "circles": (circle_field,),
    "tight": (tight_field,),
    "ovals": (oval_field,),
}


def upper95(total: Counter[str]) -> float:
    """One-sided 95 % upper bound (Clopper and Pearson) of the share that is wrong among those not handed to a person."""
    return upper_bound(total["WRONG"], total["WRONG"] + total["right"])


def report(totals: dict[str, Counter[str]]) -> None:
    for name, total in [*totals.items(), ("all of these", sum(totals.values(), Counter()))]:
        print(f"{name:14} {dict(total)}, wrong at most {upper95(total):.3%} of those decided")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="all", help="draw only these")
    parser.add_argument("--faxes", type=Path, default=None)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not read right")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    drawn = (draw(rng) for _ in range(options.fields) for draw in KINDS[options.kind])
    kept: list[str] = []

    def keep(line: str, crop: FieldCrop) -> None:
        if options.save and len(kept) < 200:
            picture = np.vstack([crop.gray, crop.ink])
            cv2.imwrite(str(options.save / f"{len(kept):03d}.png"), picture)
            print(f"{len(kept):03d}", line)
        kept.append(line)

    report(count(drawn, keep))
    if options.faxes:
        report(count(fax_cases(options.faxes), keep))
    sample = [tick_field(rng)[1] for _ in range(50)]
    start = time.process_time()
    for crop in sample:
        read_marks(crop)
    print(f"{(time.process_time() - start) / len(sample) * 1000:.1f} ms CPU a field of ticks")


if __name__ == "__main__":
    main()
