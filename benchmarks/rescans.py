"""How often a second scan of the same paper is told from another paper of the same form, by the pages' fingerprints.

    python -m benchmarks.rescans [--papers 10] [--seed 1] [--forms a b d]

Every paper is filled in by an invented person and scanned twice on its way (skew, light, dirt and noise drawn anew; print, copy and pen
are the paper's own). Prints for each pair of scanners: same papers taken for the same (the rest are asked about as `sheet_repeated`),
and different papers of one form taken for the same (must be 0; what was read must agree as well before one is set aside).
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import cv2
import numpy as np

from pipeline.cleanup import clean, fingerprint, levelled, same_paper
from pipeline.cleanup.fingerprint import difference
from pipeline.drawing.fill import Inked, Value, fill_page, new_writer
from pipeline.drawing.looks import Look, Mode, new_look
from pipeline.drawing.paper import scan
from pipeline.drawing.people import invent_person
from pipeline.forms import FormTemplate, load_library
from pipeline.geometry import Colour
from pipeline.pages import PageImage
from pipeline.settings import Settings

DRAWN_DPI = 300
WAYS: tuple[tuple[str, tuple[int, Mode], tuple[int, Mode]], ...] = (
    ("gray 300, gray 300", (300, "gray"), (300, "gray")),
    ("gray 300, gray 200", (300, "gray"), (200, "gray")),
    ("bilevel 300, bilevel 300", (300, "bilevel"), (300, "bilevel")),
    ("bilevel 200, bilevel 200", (200, "bilevel"), (200, "bilevel")),
    ("gray 300, bilevel 300", (300, "gray"), (300, "bilevel")),
)


def drawn(template: FormTemplate, rng: np.random.Generator) -> Colour:
    """A form filled in with a number, names, dates and a signature."""
    person, writer = invent_person(rng), new_writer(None, float(rng.uniform(0.0, 0.8)), rng)
    number = f"{rng.integers(2022, 2027)}{rng.integers(10**6):06d}"
    words = {"name": person.name, "digits": number, "date": f"2026年{rng.integers(1, 13)}月{rng.integers(1, 29)}日"}
    values: dict[str, Value] = {spec.name: words[spec.kind] for spec in template.fields if spec.kind in ("name", "date")}
    values |= {"pass_number": number, "signature": True}
    known = {spec.name for spec in template.fields}
    return fill_page(template, Inked({name: value for name, value in values.items() if name in known}, person.name), writer, rng, DRAWN_DPI)


def print_of(page: Colour, own: Look, dpi: int, mode: Mode, rng: np.random.Generator) -> str:
    """Fingerprint of one scan of the paper `page`, whose print is `own`."""
    way = new_look("office", rng)
    look = replace(way, print_scale=own.print_scale, print_offset_mm=own.print_offset_mm, toner=own.toner, paper=own.paper, mode=mode)
    gray = scan(page, DRAWN_DPI, look, rng, dpi=dpi).pixels
    return fingerprint(levelled(clean(PageImage(1, gray, None, float(dpi)))).gray)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10, help="of every form")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--forms", nargs="*", default=["a", "b", "d"])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    library = load_library(Settings().templates)
    prints: dict[str, list[tuple[str, str]]] = {title: [] for title, _, _ in WAYS}
    groups: list[int] = []
    for place, form in enumerate(options.forms):
        for number in range(options.papers):
            rng = np.random.default_rng([options.seed, place, number])
            page, own = drawn(library.get(form), rng), new_look("office", rng)
            groups.append(place)
            for title, first, second in WAYS:
                prints[title].append((print_of(page, own, *first, rng), print_of(page, own, *second, rng)))
    print("scanned                     same paper: found      median  worst   other paper: taken    nearest")
    for title, pairs in prints.items():
        apart = [difference(*pair) for pair in pairs]
        others = [(one[0], two[1]) for at, one in enumerate(pairs) for to, two in enumerate(pairs) if at != to and groups[at] == groups[to]]
        near = [difference(*pair) for pair in others]
        found, taken = sum(same_paper(*pair) for pair in pairs), sum(same_paper(*pair) for pair in others)
        same = f"{found:7} of {len(pairs):4}   {np.median(apart):8.2f} {max(apart):6.2f}"
        print(f"{title:26} {same}   {taken:7} of {len(others):5} {min(near):8.2f}")


if __name__ == "__main__":
    main()
