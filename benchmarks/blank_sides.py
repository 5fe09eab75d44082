"""Which sides are called blank: bare backs with all that paper and scanner leave on them, and sides with next to nothing written.

    python -m benchmarks.blank_sides [--sides 2] [--seed 1] [--save FOLDER] [--real FOLDER ...]

Prints, for each kind of side, how many were called blank and how many written in each way of scanning. A written side that is called
blank must not occur; a bare side that is called written costs a person's look. `--real` holds against the pages of real scans, all
of them written, and against the backs made from them: what they would show through thin paper.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.cleanup import clean
from pipeline.drawing import fonts, marks, paper
from pipeline.drawing.hand import new_hand, typed_hand, write_line
from pipeline.drawing.ink import BALLPOINT, BLUE, PENCIL, PRINTER, VERMILION, Canvas, Pen
from pipeline.drawing.looks import Look, new_look
from pipeline.forms import load_library
from pipeline.geometry import A4_MM, Box, Colour, Gray, pixels
from pipeline.pages import PageImage
from pipeline.settings import Settings

DPI = 300
SCANS = (("office", 300, "gray"), ("office", 200, "colour"), ("office", 200, "bilevel"), ("office", 150, "bilevel"),
         ("copy", 300, "gray"), ("fax", 204, "fax"))  # fmt: skip
HARD_PENCIL = replace(PENCIL, rgb=(110, 110, 112), density=0.7)
"""2H, hardly pressed: a quarter of the density of the pencil that forms are filled in with."""
FADED_SEAL = replace(VERMILION, rgb=(225, 120, 110), density=0.6)
GONE_MM2 = 1.0
"""A single kanji of a ballpoint is 6 mm²."""
WORDS = ("裏面あり", "次頁へ", "控", "済", "2/2", "OK", "田中様")
Draw = Callable[[Canvas, np.random.Generator], None]


def anywhere(rng: np.random.Generator, margin: float = 25.0) -> tuple[float, float]:
    return float(rng.uniform(margin, A4_MM[0] - margin)), float(rng.uniform(margin, A4_MM[1] - margin))


def noted(pen: Pen, em: float) -> Draw:
    """A word by hand."""

    def draw(canvas: Canvas, rng: np.random.Generator) -> None:
        font = fonts.font_file(str(rng.choice(["klee", "kiloji", "seto", "yusei"])))
        write_line(canvas, new_hand(font, 0.5, rng, pen), str(rng.choice(WORDS)), anywhere(rng, 30.0), em, rng)

    return draw


def one_character(canvas: Canvas, rng: np.random.Generator) -> None:
    """A single kanji of a ballpoint, 5 mm."""
    write_line(canvas, new_hand(fonts.font_file("klee"), 0.4, rng, BALLPOINT), str(rng.choice(list("済控印否可"))), anywhere(rng), 5.0, rng)


def sealed(size: float, pen: Pen) -> Draw:
    """A seal alone."""

    def draw(canvas: Canvas, rng: np.random.Generator) -> None:
        before, marks.VERMILION = marks.VERMILION, pen
        try:
            marks.seal(canvas, str(rng.choice(["田中", "佐藤", "架空"])), anywhere(rng), fonts.font_file("mincho"), rng, size)
        finally:
            marks.VERMILION = before

    return draw


def ticked(canvas: Canvas, rng: np.random.Generator) -> None:
    """レ of 6 mm."""
    x, y = anywhere(rng)
    marks.tick(canvas, Box(x, y, 6.0, 6.0), "check", BALLPOINT, rng)


def page_number(canvas: Canvas, rng: np.random.Generator) -> None:
    """- 2 - in 10.5 point at the foot of the page."""
    write_line(canvas, typed_hand(fonts.font_file("mincho")), "- 2 -", (100.0, float(rng.uniform(270, 284))), 3.7, rng)


def one_line(canvas: Canvas, rng: np.random.Generator) -> None:
    """「以下余白」, printed."""
    write_line(canvas, typed_hand(fonts.font_file("gothic"), PRINTER), "以下余白", anywhere(rng, 40.0), 3.7, rng)


def long_stroke(canvas: Canvas, rng: np.random.Generator) -> None:
    """The slanting line by which a page is made void, 150 mm of a ballpoint."""
    x, y = float(rng.uniform(30, 60)), float(rng.uniform(30, 80))
    canvas.draw([np.linspace([x, y], [x + 110, y + 150], 60)], BALLPOINT, rng)


def dotted(canvas: Canvas, rng: np.random.Generator) -> None:
    """…… of a ballpoint: twelve points of half a millimetre."""
    x, y = anywhere(rng, 50.0)
    for number in range(12):
        at = (round(canvas.px(x + 2.5 * number)), round(canvas.px(y)))
        cv2.circle(canvas.rgb, at, round(canvas.px(0.3)), (40, 40, 40), -1, cv2.LINE_AA)


WRITTEN: dict[str, Draw] = {
    "note, ballpoint 4 mm": noted(BALLPOINT, 4.0),
    "note, blue 6 mm": noted(BLUE, 6.0),
    "note, pencil 5 mm": noted(PENCIL, 5.0),
    "note, hard pencil 6 mm": noted(HARD_PENCIL, 6.0),
    "one character": one_character,
    "seal 10.5 mm": sealed(10.5, VERMILION),
    "seal 6 mm": sealed(6.0, VERMILION),
    "seal, faded": sealed(10.5, FADED_SEAL),
    "tick": ticked,
    "page number": page_number,
    "one printed line": one_line,
    "long stroke": long_stroke,
    "row of points": dotted,
}


def bare(canvas: Canvas, rng: np.random.Generator) -> None:
    """Nothing."""


def punched(canvas: Canvas, rng: np.random.Generator) -> None:
    """Two holes of 6 mm on one side, 80 mm apart, the scanner's dark lid seen through them."""
    level = int(rng.integers(20, 120))
    for y in (A4_MM[1] / 2 - 40, A4_MM[1] / 2 + 40):
        centre = (round(canvas.px(float(rng.normal(12, 1)))), round(canvas.px(y)))
        cv2.circle(canvas.rgb, centre, round(canvas.px(3.0)), (level,) * 3, -1, cv2.LINE_AA)


def streaked(picture: Gray | Colour, dpi: float, rng: np.random.Generator) -> Gray | Colour:
    """Dirt on the glass of the feeder: one or two lines down the whole scan, straight however the sheet lay, broken here and there."""
    out = picture.copy()
    for _ in range(int(rng.integers(1, 3))):
        x, width, level = int(rng.uniform(0.08, 0.92) * out.shape[1]), max(1, pixels(0.15, dpi)), int(rng.integers(40, 170))
        rows = rng.random(out.shape[0] // 50 + 1).repeat(50)[: out.shape[0]] < 0.85
        out[rows, x : x + width] = np.minimum(out[rows, x : x + width], level)
    return out


def stapled(canvas: Canvas, rng: np.random.Generator) -> None:
    """The two holes and the dent of a staple in the corner."""
    def at(x: float, y: float) -> tuple[int, int]:
        return round(canvas.px(x)), round(canvas.px(y))

    x, y = float(rng.uniform(8, 14)), float(rng.uniform(8, 14))
    for dx in (0.0, 9.0):
        cv2.circle(canvas.rgb, at(x + dx, y + dx / 2), round(canvas.px(0.35)), (90,) * 3, -1, cv2.LINE_AA)
    cv2.line(canvas.rgb, at(x, y), at(x + 9.0, y + 4.5), (225,) * 3, round(canvas.px(0.6)), cv2.LINE_AA)


def folded(canvas: Canvas, rng: np.random.Generator) -> None:
    """A letter folded in three: two soft shadows across."""
    rows = np.arange(canvas.rgb.shape[0], dtype=np.float32)[:, None]
    shade = np.ones_like(rows)
    for y in (99.0, 198.0):
        shade -= float(rng.uniform(0.03, 0.10)) * np.exp(-(((rows - canvas.px(y)) / canvas.px(0.8)) ** 2))
    canvas.rgb[:] = (canvas.rgb * shade[:, :, None]).astype(np.uint8)


BARE: dict[str, tuple[Draw, dict[str, float]]] = {
    "bare": (bare, {}),
    "dusty": (bare, {"specks": 60}),
    "punched": (punched, {}),
    "streak": (bare, {}),
    "stapled": (stapled, {}),
    "folded": (folded, {}),
    "show-through 5 %": (bare, {"show_through": 0.05}),
    "show-through 12 %": (bare, {"show_through": 0.12}),
    "show-through 20 %": (bare, {"show_through": 0.20}),
    "punched, dusty, 8 %": (punched, {"specks": 30, "show_through": 0.08}),
}


def scanned(page: Colour, look: Look, rng: np.random.Generator, dpi: int, back: Colour) -> tuple[Gray, Colour | None]:
    picture = paper.scan(page, DPI, look, rng, dpi=dpi, back=back).pixels
    if picture.ndim == 2:
        return picture, None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), picture


def is_gone(gray: Gray, drawn: Colour, dpi: float) -> bool:
    """Whether a black-and-white scan has next to nothing black where something was drawn: less than GONE_MM2 within 4 mm of it."""
    if np.mean((gray[::7, ::7] > 0) & (gray[::7, ::7] < 255)) > 0.002:
        return False
    ink = np.asarray(drawn.min(axis=2) < 250, np.uint8)
    around = cv2.dilate(cv2.resize(ink, gray.shape[::-1], interpolation=cv2.INTER_AREA), np.ones((2 * pixels(4.0, dpi) + 1,) * 2, np.uint8))
    return float(np.count_nonzero((gray < 128) & (around > 0))) * (25.4 / dpi) ** 2 < GONE_MM2


def is_blank(gray: Gray, colour: Colour | None, dpi: float) -> bool:
    return clean(PageImage(1, gray, colour, dpi)).blank


def sides(backs: list[Colour], seed: int, count: int) -> Iterator[tuple[str, str, str, Gray, Colour | None, float]]:
    """Every kind of side in every way of scanning: kind, what is on it (bare, written, gone), way, picture, dpi."""
    white = np.full((pixels(A4_MM[1], DPI), pixels(A4_MM[0], DPI), 3), 255, np.uint8)
    kinds: list[tuple[str, bool, Draw, dict[str, float]]] = [(kind, False, draw, more) for kind, (draw, more) in BARE.items()]
    kinds += [(kind, True, draw, {}) for kind, draw in WRITTEN.items()]
    for place, (kind, written, draw, more) in enumerate(kinds):
        for way, (preset, dpi, mode) in enumerate(SCANS):
            for number in range(count):
                rng = np.random.default_rng([seed, place, way, number])
                canvas = Canvas(white, DPI)
                draw(canvas, rng)
                look = replace(new_look(preset, rng), mode=mode, **more)
                gray, colour = scanned(canvas.rgb, look, rng, dpi, backs[int(rng.integers(len(backs)))])
                if kind == "streak":
                    gray, colour = streaked(gray, dpi, rng), None
                what = "bare" if not written else "gone" if is_gone(gray, canvas.rgb, dpi) else "written"
                yield kind, what, f"{preset} {dpi} {mode}", gray, colour, float(dpi)


def printed_backs() -> list[Colour]:
    """Our own forms: what shows through from the other side."""
    library = load_library(Settings().templates)
    size = (pixels(A4_MM[0], DPI), pixels(A4_MM[1], DPI))
    pictures = (cv2.resize(library.reference(each.id), size, interpolation=cv2.INTER_AREA) for each in library.templates)
    return [np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8) for picture in pictures]


def real(folder: Path, seed: int) -> None:
    """Real pages, and the backs that they would show through to."""
    counts: Counter[str] = Counter()
    for number, file in enumerate(sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".png", ".tif", ".tiff", ".jpg"))):
        gray = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if gray is None or max(gray.shape) < 1000:
            continue
        page, rng = np.asarray(gray, np.uint8), np.random.default_rng([seed, number])
        dpi = max(page.shape) / (A4_MM[1] / 25.4)
        counts["real pages called blank" if is_blank(page, None, dpi) else "real pages called written"] += 1
        share = float(rng.uniform(0.04, 0.15))
        diffuse = cv2.GaussianBlur(cv2.flip(page, 1), (0, 0), dpi / 100)
        through = np.asarray(250 - share * (255 - diffuse.astype(np.float32)) + rng.normal(0, 2.0, page.shape), np.float32)
        called = "blank" if is_blank(through.clip(0, 255).astype(np.uint8), None, dpi) else "written"
        counts[f"backs with their show-through called {called}"] += 1
    print(folder.name, dict(counts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, default=3, help="of every kind in every way of scanning")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was called wrongly")
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="folders of real pages, all written")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for folder in options.real:
        real(folder, options.seed)
    totals: dict[tuple[str, str], Counter[str]] = {}
    for kind, what, way, gray, colour, dpi in sides(printed_backs(), options.seed, options.sides):
        called = "blank" if is_blank(gray, colour, dpi) else "written"
        total = totals.setdefault((what, kind), Counter())
        total[called] += 1
        if (called, what) in (("blank", "written"), ("written", "bare")):
            total[way] += 1
            if options.save:
                cv2.imwrite(str(options.save / (re.sub(r"[^a-z0-9]+", "-", f"{kind} {way} {total[way]}") + ".png")), gray)
    for what in ("written", "gone", "bare"):
        rows = {kind: total for (each, kind), total in totals.items() if each == what}
        called = {name: sum(total[name] for total in rows.values()) for name in ("blank", "written")}
        print(f"\n{what}: {sum(called.values())} sides, {called['blank']} called blank, {called['written']} called written")
        for kind, total in rows.items():
            ways = {way: number for way, number in total.items() if way not in called}
            print(f"  {kind:24} blank {total['blank']:3} written {total['written']:3}  {ways or ''}")


if __name__ == "__main__":
    main()
