"""How often a text field that says little is taken for an empty one: drawn strips of form A, half of their fields left empty.

Run from the project's root: python -m benchmarks.blanks [--strips N] [--seed S] [--save FOLDER]. What counts as written is one short
sign, in the worst case a dash in pencil; dirt falls on all fields alike. The bound is on the share of "empty" that is wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from benchmarks.overlays import HEIGHT, TOP, hand_of
from pipeline.drawing.lettering import write_in_box
from pipeline.geometry import Box
from pipeline.recognise.calibration import upper_bound
from pipeline.recognise.places import has_pale_stroke
from pipeline.recognise.text import BLANK_MM2, FAINT_MM2, TEXT_KINDS, plan_field
from tests.recognise.strips import LOOKS, crops_of, strip_of

SIGNS = ("1", "7", "一", "ー", "－", "〃", "無", "有", "なし", "主任", "〇", "ノ", "l", "12")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strips", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was wrongly called empty")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    totals: dict[str, Counter[str]] = {}
    for number in range(options.strips):
        rng, look = np.random.default_rng([options.seed, number]), LOOKS[number % len(LOOKS)]
        strip = strip_of("a", TOP, HEIGHT)
        signs = {spec.name: str(rng.choice(SIGNS)) if rng.random() < 0.5 else "" for spec in strip.template.fields}
        for crop in crops_of(strip, look, rng):
            box = crop.spec.box
            place = Box(box.x + rng.uniform(0, 0.7) * box.w, box.y, box.w * 0.25, box.h)
            if signs[crop.spec.name] and crop.spec.kind in TEXT_KINDS:
                write_in_box(strip.canvas, hand_of(rng), signs[crop.spec.name], place, rng)
        for crop in (crop for crop in crops_of(strip, look, rng) if crop.spec.kind in TEXT_KINDS):
            written, area = signs[crop.spec.name], plan_field(crop).strokes.area_mm2
            said = "empty" if area <= BLANK_MM2 and not has_pale_stroke(crop) else "perhaps" if area <= FAINT_MM2 else "written"
            for key in (look, "all"):
                totals.setdefault(key, Counter())[f"{'written' if written else 'empty'}, called {said}"] += 1
            if options.save and written and said == "empty":
                cv2.imwrite(str(options.save / f"{look}-{number}-{crop.spec.name}.png"), np.vstack([crop.gray, crop.ink]))
    for key, total in totals.items():
        wrong, right = total["written, called empty"], total["empty, called empty"]
        print(f"{key:8} {dict(sorted(total.items()))}, wrong at most {upper_bound(wrong, wrong + right):.3%} of those called empty")


if __name__ == "__main__":
    main()
