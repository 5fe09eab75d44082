"""How often seals and signatures are read right, handed to a person, or read wrong: drawn pages of form A, stamped in and out of place.

Run from the project's root: python -m benchmarks.seals [--pages N] [--seed S] [--save FOLDER].
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.cleanup import clean
from pipeline.decide.marks import decide_seal, decide_signature
from pipeline.drawing import marks, paper
from pipeline.drawing.fill import Inked, Value, Writer, fill_page, new_writer
from pipeline.drawing.ink import Canvas
from pipeline.drawing.looks import new_look
from pipeline.drawing.people import invent_person
from pipeline.fields import FieldCrop, cut_fields
from pipeline.forms import FormTemplate, Library, load_library
from pipeline.geometry import Colour
from pipeline.identify import FormIndex, build_index, identify
from pipeline.pages import PageImage
from pipeline.recognise.text import TextReading
from pipeline.register import MAX_RESIDUAL_MM, register

ROOT = Path(__file__).parents[1]
LOOKS = {"clean": ("clean", 300, "colour"), "office": ("office", 200, "colour"), "gray": ("office", 300, "gray"),
         "copy": ("copy", 300, "gray"), "bilevel": ("office", 300, "bilevel"), "fax": ("fax", 200, "fax")}  # fmt: skip
"""Name -> preset, dpi, mode of the scanner."""
SCENES = ("signed, sealed", "signed, seal out of place", "signed", "empty", "seal in place only", "seal in the signature only")
UNREAD = TextReading((), (), 5.0, blank=False, faint=False, cut=0.0)
DRAWN_DPI = 300


@dataclass(frozen=True)
class Bench:
    """What every page is read with."""

    library: Library
    index: FormIndex
    template: FormTemplate


def stamped(page: Colour, template: FormTemplate, name: str, scene: str, writer: Writer, rng: np.random.Generator) -> Colour:
    """The page with the scene's seal on it."""
    box = template.field("seal").box
    if "seal" not in scene:
        return page
    x, y = box.x + box.w / 2 + rng.normal(0, 0.8), box.y + box.h / 2 + rng.normal(0, 0.8)
    if scene == "signed, seal out of place":
        x -= rng.uniform(5, 22)
    if scene == "seal in the signature only":
        x -= rng.uniform(35, 110)
    canvas = Canvas(page, DRAWN_DPI)
    marks.seal(canvas, name, (float(x), float(y)), writer.seal_font, rng, float(rng.choice([9.5, 10.5, 10.5, 12.0, 13.5, 15.0])))
    return canvas.rgb


def page_crops(bench: Bench, scene: str, look_name: str, rng: np.random.Generator) -> list[FieldCrop]:
    """Crops of a page drawn and scanned; [] when it was not recognised."""
    preset, dpi, mode = LOOKS[look_name]
    writer, person = new_writer(None, float(rng.uniform(0.3, 0.8)), rng), invent_person(rng)
    values: dict[str, Value] = {"signature": scene.startswith("signed")}
    page = fill_page(bench.template, Inked(values, person.name), writer, rng, DRAWN_DPI)
    page = stamped(page, bench.template, person.name.split()[0], scene, writer, rng)
    look = replace(new_look(preset, rng), mode=mode)
    shot = paper.scan(page, DRAWN_DPI, look, rng, dpi=dpi)
    colour = shot.pixels if shot.pixels.ndim == 3 else None
    gray = shot.pixels if colour is None else np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    sheet = clean(PageImage(1, gray, colour, float(dpi)))
    found = identify(sheet, bench.index).chosen
    if found is None or found.form != bench.template.id:
        return []
    registered = register(sheet, found, bench.library)
    return [] if registered.residual_mm > MAX_RESIDUAL_MM else cut_fields(registered, bench.library)


def verdicts(crops: list[FieldCrop], scene: str) -> dict[str, str]:
    """Kind -> right, person or WRONG. A seal in the middle of the signature may count as a seal or not."""
    wanted = {"signature": scene.startswith("signed"), "seal": "seal" in scene}
    result = {}
    for crop in crops:
        if crop.spec.kind not in wanted:
            continue
        value = decide_seal(crop, crops) if crop.spec.kind == "seal" else decide_signature(crop, UNREAD)
        right = value.value == wanted[crop.spec.kind] or (crop.spec.kind == "seal" and scene.endswith("signature only"))
        result[crop.spec.kind] = "person" if value.decision == "review" else "right" if right else "WRONG"
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4, help="of every scene in every look")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not read right")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    library = load_library(ROOT / "form_templates")
    bench = Bench(library, build_index(library), library.get("a"))
    totals: dict[tuple[str, str], Counter[str]] = {}
    for place, (look, scene) in enumerate((look, scene) for look in LOOKS for scene in SCENES):
        for number in range(options.pages):
            crops = page_crops(bench, scene, look, np.random.default_rng([options.seed, place, number]))
            for kind, verdict in (verdicts(crops, scene) or {"page": "refused"}).items():
                for key in (look, scene, "all"):
                    totals.setdefault((kind, key), Counter())[verdict] += 1
                if options.save and verdict in ("person", "WRONG"):
                    crop = next(crop for crop in crops if crop.spec.kind == kind)
                    name = f"{verdict}-{kind}-{look}-{scene}-{number}.png".replace(" ", "_")
                    cv2.imwrite(str(options.save / name), np.vstack([crop.gray, crop.ink]))
    for (kind, key), total in sorted(totals.items()):
        print(f"{kind:10} {key:28}", dict(total))


if __name__ == "__main__":
    main()
