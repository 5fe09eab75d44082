"""How well forms are told apart and laid over their templates: drawn pages with known truth, and documents that are not ours.

    python -m benchmarks.registration [--pages 8] [--templates form_templates] [--seed 0]

Error: at the corners of all field boxes, millimetres on paper, between where the field really is on the scan and where the page's
placement puts it. Seconds: CPU of this process, one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from pdf2image import convert_from_path

from benchmarks import damage
from pipeline.cleanup import clean
from pipeline.drawing import paper
from pipeline.drawing.fill import Inked, Value, fill_page, new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.looks import Look, new_look
from pipeline.forms import FormTemplate, Library, load_library
from pipeline.geometry import A4_MM, MM_PER_INCH, Points, map_points
from pipeline.identify import FormIndex, build_index, identify
from pipeline.pages import PageImage
from pipeline.register import MAX_RESIDUAL_MM, place, register

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "realdata"


@dataclass
class Tally:
    """What happened to the pages of one condition."""

    right: int = 0
    wrong: int = 0
    refused: int = 0
    errors: list[np.ndarray] = field(default_factory=list)
    residuals: list[float] = field(default_factory=list)
    flattered: int = 0
    seconds: list[tuple[float, float]] = field(default_factory=list)


def conditions() -> dict[str, tuple[str, int, dict[str, object]]]:
    """Name -> (preset, dpi, what is changed about the look)."""
    return {
        "clean 300": ("clean", 300, {}),
        "office 300": ("office", 300, {}),
        "office 200": ("office", 200, {}),
        "office 150": ("office", 150, {}),
        "office 600": ("office", 600, {}),
        "office 90": ("office", 300, {"rotation": 90}),
        "office 180": ("office", 300, {"rotation": 180}),
        "office 270": ("office", 300, {"rotation": 270}),
        "skew +5": ("office", 300, {"skew_deg": 5.0}),
        "skew -5": ("office", 300, {"skew_deg": -5.0}),
        "scale 93": ("office", 300, {"print_scale": (0.93, 0.935)}),
        "scale 107": ("office", 300, {"print_scale": (1.07, 1.065)}),
        "cropped 12 mm": ("office", 300, {"print_offset_mm": (-10.0, 2.0), "feed_offset_mm": (-2.0, 0.0)}),
        "bilevel 200": ("office", 200, {"mode": "bilevel"}),
        "bilevel 150": ("office", 150, {"mode": "bilevel"}),
        "copied twice": ("copy", 300, {"generations": 2}),
        "fax": ("fax", 200, {}),
        "copy bilevel 200": ("copy", 200, {"generations": 2, "mode": "bilevel"}),
        "folded corner": ("office", 300, {}),
        "toner holes": ("copy", 300, {}),
        "feeder bend": ("office", 300, {}),
        "bent corner": ("office", 300, {}),
        "covered quarter": ("office", 300, {}),
    }


DAMAGES: dict[str, damage.Damage] = {
    "folded corner": damage.folded_corner,
    "toner holes": damage.toner_holes,
    "feeder bend": damage.feeder_bend,
    "bent corner": damage.bent_corner,
    "covered quarter": damage.covered_quarter,
}
"""What happens to the scan of the conditions of these names."""


def some_values(template: FormTemplate) -> dict[str, Value]:
    """Invented entries for every field that takes free text, so that there is writing on the print."""
    words: dict[str, Value] = {"text": "株式会社みほん総合商事", "name": "見本 花子", "kana": "ミホン ハナコ", "email": "hanako@example.jp",
                               "multiline": "受付業務の責任者として応答率の管理と要員配置、教育を担当した。", "phone": "090-0000-0000",
                               "signature": True, "seal": True}  # fmt: skip
    return {spec.name: words[spec.kind] for spec in template.fields if spec.kind in words}


def drawn_page(template: FormTemplate, preset: str, dpi: int, changed: dict[str, object], seed: int) -> tuple[PageImage, paper.Scanned]:
    rng = np.random.default_rng(seed)
    writer = new_writer(None, 0.5 if seed % 2 else 0.0, rng)
    page = fill_page(template, Inked(some_values(template), "見本 花子"), writer, rng, paper.drawing_dpi(dpi))
    look: Look = replace(new_look(preset, rng), **changed)  # type: ignore[arg-type]
    scanned = paper.scan(page, paper.drawing_dpi(dpi), look, rng, dpi=dpi)
    return as_page(scanned.pixels, dpi), scanned


def as_page(pixels: np.ndarray, dpi: float) -> PageImage:
    if pixels.ndim == 2:
        return PageImage(1, pixels, None, dpi)
    return PageImage(1, cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), pixels, dpi)


@dataclass(frozen=True)
class Truth:
    """What was drawn, and where the corners of its fields are on the scan, pixel edges."""

    template: FormTemplate
    corners: Points
    on_scan: Points
    dpi: float


def with_truth(name: str, scanned: paper.Scanned, template: FormTemplate, seed: int) -> tuple[PageImage, Truth]:
    """The page of a condition, damaged as its name says."""
    damaged, moved = DAMAGES[name](scanned, np.random.default_rng(seed)) if name in DAMAGES else (scanned, damage.unmoved)
    corners = np.vstack([spec.box.corners() for spec in template.fields])
    return as_page(damaged.pixels, scanned.dpi), Truth(template, corners, moved(map_points(scanned.scan_from_page, corners)), scanned.dpi)


def judge(page: PageImage, truth: Truth, library: Library, index: FormIndex, tally: Tally) -> None:
    cleaned = clean(page)
    start = time.process_time()
    answer = identify(cleaned, index).chosen
    identified = time.process_time() - start
    if answer is None:
        tally.refused += 1
        return
    if library.get(answer.form).variant_of != truth.template.variant_of:
        tally.wrong += 1
        return
    start = time.process_time()
    registered = register(cleaned, answer, library)
    tally.seconds.append((identified, time.process_time() - start))
    found = map_points(cleaned.scan_from_clean, place(cleaned, answer, library).on_clean(truth.corners))
    errors = np.hypot(*(found - truth.on_scan).T) * MM_PER_INCH / truth.dpi
    tally.flattered += bool(errors.max() > MAX_RESIDUAL_MM >= registered.residual_mm)
    if registered.residual_mm > MAX_RESIDUAL_MM:
        tally.refused += 1
        return
    tally.right += 1
    tally.residuals.append(registered.residual_mm)
    tally.errors.append(errors)


def report(name: str, tally: Tally) -> str:
    if not tally.errors:
        return f"{name:16} {tally.right:4} {tally.wrong:4} {tally.refused:4}"
    errors, seconds = np.concatenate(tally.errors), np.median(tally.seconds, axis=0)
    p50, p99 = np.percentile(errors, [50, 99])
    counts = f"{name:16} {tally.right:4} {tally.wrong:4} {tally.refused:4}"
    numbers = f"{p50:6.3f} {p99:6.3f} {errors.max():6.3f} | {np.median(tally.residuals):6.3f} {max(tally.residuals):6.3f}"
    return f"{counts} | {numbers} | {tally.flattered:4} | {seconds[0]:.3f} {seconds[1]:.3f}"


def drawn_foreign_pages(library: Library) -> Iterator[tuple[str, PageImage]]:
    """Letters, bills, surveys, another trade's certificate of experience, and our own certificate, which has no fixed layout."""
    for seed in range(3):
        rng = np.random.default_rng(9000 + seed)
        writer = new_writer(None, 0.5, rng)
        sheets = {kind: foreign_page(kind, writer, rng, 300) for kind in KINDS}
        free = [template for template in library.templates if not template.fixed]
        sheets.update({template.id: fill_page(template, Inked({}, ""), writer, rng, 300) for template in free})
        for kind, sheet in sheets.items():
            scanned = paper.scan(sheet, 300, new_look("office", rng), rng, dpi=200)
            yield f"{kind} {seed}", as_page(scanned.pixels, 200)


def real_foreign_pages() -> Iterator[tuple[str, PageImage]]:
    """Documents that are not ours, from the real material where it is there."""
    for path in sorted(REAL.glob("**/*.pdf")):
        for number, picture in enumerate(convert_from_path(path, dpi=200, grayscale=True)):
            yield f"{path.relative_to(REAL)} {number + 1}", as_page(np.array(picture), 200)
    for suffix in ("jpg", "tif", "tiff", "png"):
        for path in sorted(REAL.glob(f"*/**/*.{suffix}")):
            if "kocr" in str(path):
                continue
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
            if picture is not None:
                yield str(path.relative_to(REAL)), as_page(picture, picture.shape[1] / A4_MM[0] * MM_PER_INCH)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--templates", type=Path, default=ROOT / "form_templates")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    library = load_library(arguments.templates)
    index, fixed = build_index(library), [template for template in library.templates if template.fixed]
    heads = f"{'condition':16} {'ok':>4} {'bad':>4} {'ref':>4} | {'p50':>6} {'p99':>6} {'max mm':>6}"
    print(f"{heads} | residual p50, max | over 0.5 mm unsaid | identify, register s")
    whole = Tally()
    for number, (name, (preset, dpi, changed)) in enumerate(conditions().items()):
        if arguments.only not in name:
            continue
        tally = Tally()
        for page_number in range(arguments.pages):
            template = fixed[(page_number + 3 * number) % len(fixed)]
            seed = arguments.seed + 1000 * number + page_number
            page, truth = with_truth(name, drawn_page(template, preset, dpi, changed, seed)[1], template, seed)
            judge(page, truth, library, index, tally)
        print(report(name, tally), flush=True)
        for counter in ("right", "wrong", "refused", "flattered"):
            setattr(whole, counter, getattr(whole, counter) + getattr(tally, counter))
        for series in ("errors", "residuals", "seconds"):
            getattr(whole, series).extend(getattr(tally, series))
    print(report("all", whole))
    if not arguments.only:
        foreign = [*drawn_foreign_pages(library), *real_foreign_pages()]
        taken = [name for name, page in foreign if identify(clean(page), index).chosen is not None]
        print(f"{len(foreign)} pages that are not ours, taken for ours: {len(taken)} {taken}")


if __name__ == "__main__":
    main()
