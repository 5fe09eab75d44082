"""Are forms told apart? Ours among fifty templates, siblings that differ in one column, new editions, and pages that are none of them.

    python -m benchmarks.identification [--pages 2000] [--foreign 500] [--seed 0]

The library: our templates, and drawn office forms until there are fifty; for ten of these a sibling with one column moved and renamed, for
ten others a new edition with a row more. Pages are filled in by hand, printed, copied, faxed and scanned on all four ways up. Right: the
form (its variant does not count); person: nothing was chosen, or the page laid over the form lacks some of its print; wrong: another form
was. Foreign pages must not be taken at all: forms of
other offices, editions and siblings that the library does not hold, letters, bills, questionnaires, certificates, pictures, blank sheets,
and all real documents at hand.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks import damage
from benchmarks.office_forms import Design, OfficeForm, design, draw, edition, sibling
from benchmarks.registration import ROOT, as_page, real_foreign_pages, some_values
from pipeline.cleanup import CleanPage, clean
from pipeline.drawing import paper
from pipeline.drawing.fill import Inked, fill_page, new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.ink import Canvas
from pipeline.drawing.lettering import write_in_box
from pipeline.drawing.looks import Look, new_look
from pipeline.evaluate.score import upper_bound
from pipeline.forms import REFERENCE_DPI, FormTemplate, Library, load_library
from pipeline.geometry import Box, Colour, Gray, pixels
from pipeline.identify import FormIndex, Identified, build_index, identify
from pipeline.pages import PageImage
from pipeline.register import MAX_MISSING, MAX_RESIDUAL_MM, register

TEMPLATES = 50
SIBLINGS = EDITIONS = 10
FILLED_PER_FORM = 3
DRAWN_DPI = 300
"""What the sheets are drawn at; office forms are enlarged to it."""
WRITTEN = (
    *("株式会社みなと商事", "2019年4月", "山田 花子", "東京都港区芝1-2-3", "03-1234-5678", "応答率の管理と要員配置", "12,500"),
    *("営業部第二課", "主任", "平成3年", "該当なし", "✓", "研修の企画と実施", "5", "なし"),
)
WORD_BOX = Box(2.0, 2.0, 46.0, 8.0)
"""Where the words of the pool are written, mm of their own little sheets."""
CONDITIONS: tuple[tuple[str, str, int, dict[str, object]], ...] = (
    ("office 300", "office", 300, {}),
    ("office 200", "office", 200, {}),
    ("office 200", "office", 200, {}),
    ("office bilevel", "office", 200, {"mode": "bilevel"}),
    ("office 150", "office", 150, {}),
    ("office skewed", "office", 200, {"skew_deg": 5.0}),
    ("office scaled", "office", 200, {"print_scale": (0.93, 0.94)}),
    ("office cropped", "office", 200, {"print_offset_mm": (-10.0, 2.0), "feed_offset_mm": (-2.0, 0.0)}),
    ("copied twice", "copy", 200, {"generations": 2}),
    ("copied bilevel", "copy", 200, {"generations": 2, "mode": "bilevel"}),
    ("fax", "fax", 200, {}),
    ("folded corner", "office", 200, {}),
)


@dataclass(frozen=True)
class Stack:
    """The library and what its pages are drawn from: `filled` by group of templates."""

    library: Library
    filled: dict[str, list[Colour]]


def pool(rng: np.random.Generator) -> list[Gray]:
    """Hand-written words on little sheets at REFERENCE_DPI."""
    sheets = []
    for number in range(4 * len(WRITTEN)):
        writer = new_writer(None, 0.5, rng)
        size = (pixels(12, REFERENCE_DPI), pixels(50, REFERENCE_DPI), 3)
        canvas = Canvas(np.full(size, 255, np.uint8), REFERENCE_DPI)
        write_in_box(canvas, writer.hand, WRITTEN[number % len(WRITTEN)], WORD_BOX, rng)
        sheets.append(np.asarray(cv2.cvtColor(canvas.rgb, cv2.COLOR_RGB2GRAY), np.uint8))
    return sheets


def written(form: OfficeForm, words: list[Gray], rng: np.random.Generator) -> Colour:
    """The form with a word in three of four places, in RGB."""
    page = form.picture.copy()
    for place in form.places:
        if rng.random() < 0.25:
            continue
        word = words[int(rng.integers(len(words)))][:, : max(pixels(place.w + 6, REFERENCE_DPI), 20)]
        top, left = pixels(place.y + place.h / 2 - 6, REFERENCE_DPI), pixels(place.x, REFERENCE_DPI)
        under = page[max(top, 0) : top + word.shape[0], left : left + word.shape[1]]
        np.minimum(under, word[max(-top, 0) :][: under.shape[0], : under.shape[1]], out=under)
    scale = DRAWN_DPI / REFERENCE_DPI
    larger = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.cvtColor(larger, cv2.COLOR_GRAY2RGB), np.uint8)


def build_stack(seed: int, words: list[Gray], rng: np.random.Generator) -> Stack:
    """Our templates and office forms, TEMPLATES in all, each filled in FILLED_PER_FORM times."""
    ours = load_library(ROOT / "form_templates")
    templates = [template for template in ours.templates if template.fixed]
    references = {template.id: ours.reference(template.id) for template in templates}
    filled: dict[str, list[Colour]] = defaultdict(list)
    for template in templates:
        for number in range(FILLED_PER_FORM):
            writer = new_writer(None, 0.5 if number else 0.0, rng)
            sheet = fill_page(template, Inked(some_values(template), "見本 花子"), writer, rng, DRAWN_DPI)
            filled[template.variant_of].append(sheet)
    for name, form in _office(seed, TEMPLATES - len(templates)):
        drawn = draw(form)
        templates.append(FormTemplate(name, "other", form.title, "1", "plain", name, fixed=True, folder=Path(name), fields=()))
        references[name] = drawn.picture
        filled[name] = [written(drawn, words, rng) for _ in range(FILLED_PER_FORM)]
    return Stack(Library(tuple(templates), references), dict(filled))


def _office(seed: int, count: int) -> Iterator[tuple[str, Design]]:
    for number in range(count - SIBLINGS - EDITIONS):
        form = design(1000 * seed + number)
        yield f"office{number}", form
        if number < SIBLINGS:
            yield f"office{number}_sibling", sibling(form, number)
        elif number < SIBLINGS + EDITIONS:
            yield f"office{number}_edition", edition(form)


def scanned(sheet: Colour, condition: tuple[str, str, int, dict[str, object]], rng: np.random.Generator) -> PageImage:
    """A drawn sheet (DRAWN_DPI) after printer, copier and scanner, on any way up."""
    name, preset, dpi, changed = condition
    look: Look = replace(new_look(preset, rng), **{"rotation": int(rng.choice([0, 0, 90, 180, 270])), **changed})  # type: ignore[arg-type]
    if "skew_deg" in changed and rng.random() < 0.5:
        look = replace(look, skew_deg=-look.skew_deg)
    result = paper.scan(sheet, DRAWN_DPI, look, rng, dpi=dpi)
    if name == "folded corner":
        result, _ = damage.folded_corner(result, rng)
    return as_page(result.pixels, dpi)


def told_apart(stack: Stack, index: FormIndex, count: int, seed: int) -> dict[str, Counter[str]]:
    """What became of `count` pages, by condition; mistakes are printed."""
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    names = sorted(stack.filled)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        form, condition = names[number % len(names)], CONDITIONS[number // len(names) % len(CONDITIONS)]
        sheet = stack.filled[form][int(rng.integers(FILLED_PER_FORM))]
        page = clean(scanned(sheet, condition, rng))
        began = time.process_time()
        answer = identify(page, index)
        tally = tallies[condition[0]]
        tally["cpu_ms"] += round(1000 * (time.process_time() - began))
        taken = taken_for(page, answer, stack.library)
        if taken is None:
            tally["person"] += 1
            tally["with the form named"] += form in {stack.library.get(each.form).variant_of for each in answer.candidates}
        elif stack.library.get(taken).variant_of == form:
            tally["right"] += 1
        else:
            tally["wrong"] += 1
            print(f"  page {number} ({condition[0]}): {form} taken for {taken}", flush=True)
    return tallies


def taken_for(page: CleanPage, answer: Identified, library: Library) -> str | None:
    """The template as which the line would read the page; None where a person gets it."""
    if answer.chosen is None:
        return None
    laid = register(page, answer.chosen, library)
    return answer.chosen.form if laid.residual_mm <= MAX_RESIDUAL_MM and len(laid.missing) <= MAX_MISSING else None


Maker = Callable[[np.random.Generator, int], PageImage]


def makers(seed: int, words: list[Gray]) -> dict[str, tuple[int, Maker]]:
    """Kind of foreign page -> (share in parts, how one is made)."""

    def office(form: Design, rng: np.random.Generator) -> PageImage:
        return scanned(written(draw(form), words, rng), CONDITIONS[int(rng.integers(len(CONDITIONS)))], rng)

    def other_office(rng: np.random.Generator, number: int) -> PageImage:
        return office(design(500_000 + 1000 * seed + number), rng)

    def unknown_edition(rng: np.random.Generator, number: int) -> PageImage:
        return office(edition(design(1000 * seed + number % SIBLINGS)), rng)

    def unknown_sibling(rng: np.random.Generator, number: int) -> PageImage:
        return office(sibling(design(1000 * seed + SIBLINGS + number % EDITIONS), number), rng)

    def letter(rng: np.random.Generator, number: int) -> PageImage:
        sheet = foreign_page(list(KINDS)[number % len(KINDS)], new_writer(None, 0.5, rng), rng, DRAWN_DPI)
        return scanned(sheet, CONDITIONS[number % len(CONDITIONS)], rng)

    def picture(rng: np.random.Generator, number: int) -> PageImage:
        coarse = rng.integers(0, 256, (4 << number % 5, 3 << number % 5, 3)).astype(np.uint8)
        sheet = np.asarray(cv2.resize(coarse, (2480, 3508), interpolation=cv2.INTER_CUBIC), np.uint8)
        return scanned(sheet, CONDITIONS[number % len(CONDITIONS)], rng)

    def blank(rng: np.random.Generator, number: int) -> PageImage:
        return scanned(np.full((3508, 2480, 3), 255, np.uint8), CONDITIONS[number % len(CONDITIONS)], rng)

    return {
        "other offices' forms": (10, other_office),
        "editions not held": (4, unknown_edition),
        "siblings not held": (4, unknown_sibling),
        "letters, bills, surveys": (5, letter),
        "pictures": (2, picture),
        "blank sheets": (1, blank),
    }


def foreign(stack: Stack, index: FormIndex, count: int, seed: int, words: list[Gray]) -> None:
    """Print how many pages of each kind were taken for a form of the library."""
    kinds = makers(seed, words)
    parts = sum(share for share, _ in kinds.values())
    total = taken = 0
    for kind, (share, make) in kinds.items():
        pages = round(count * share / parts)
        wrong, named = [], 0
        for number in range(pages):
            page = clean(make(np.random.default_rng([seed, 9, number]), number))
            answer = identify(page, index)
            named += bool(answer.candidates)
            form = taken_for(page, answer, stack.library)
            if form is not None:
                wrong.append(form)
        total, taken = total + pages, taken + len(wrong)
        print(f"{kind:26}{pages:5} pages, taken {len(wrong)} {wrong[:4]}, a form named for {named}", flush=True)
    free = [template for template in load_library(ROOT / "form_templates").templates if not template.fixed]
    sheets = [*real_foreign_pages()]
    for template in free:
        rng = np.random.default_rng([seed, 10])
        sheet = fill_page(template, Inked({}, ""), new_writer(None, 0.0, rng), rng, DRAWN_DPI)
        sheets += [(template.id, scanned(sheet, condition, rng)) for condition in CONDITIONS]
    cleaned = [(name, clean(page)) for name, page in sheets]
    wrong = [name for name, page in cleaned if taken_for(page, identify(page, index), stack.library) is not None]
    total, taken = total + len(sheets), taken + len(wrong)
    print(f"{'real pages, certificates':26}{len(sheets):5} pages, taken {len(wrong)} {wrong}")
    print(f"foreign pages in all: {total}, taken {taken}, upper 95 % bound {upper_bound(taken, total):.2%}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--foreign", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng([arguments.seed, 1])
    words = pool(rng)
    stack = build_stack(arguments.seed, words, rng)
    index = build_index(stack.library)
    print(f"{len(stack.library.templates)} templates, {len(index.groups)} forms")
    tallies = told_apart(stack, index, arguments.pages, arguments.seed)
    whole: Counter[str] = sum(tallies.values(), Counter())
    office: Counter[str] = sum((tally for name, tally in tallies.items() if name.startswith("office")), Counter())
    columns = ("right", "person", "with the form named", "wrong")
    print(f"{'condition':16}" + "".join(f"{name:>21}" for name in columns) + f"{'identify, CPU ms':>18}")
    for name, tally in [*tallies.items(), ("all office", office), ("all", whole)]:
        pages = sum(tally[each] for each in ("right", "person", "wrong"))
        print(f"{name:16}" + "".join(f"{tally[each]:21}" for each in columns) + f"{tally['cpu_ms'] / max(pages, 1):18.0f}")
    foreign(stack, index, arguments.foreign, arguments.seed, words)


if __name__ == "__main__":
    main()
