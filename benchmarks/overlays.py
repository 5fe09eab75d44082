"""How often a text field that was struck out or sealed over is told from a plain one: drawn strips of form A, field by field.

Run from the project's root: python -m benchmarks.overlays [--strips N] [--seed S] [--save FOLDER]. "passed" = struck or sealed, and
nobody would have been asked; "asked" = plain, and a person would have been asked for nothing.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing import fonts, marks
from pipeline.drawing.hand import Hand, new_hand, typed_hand
from pipeline.drawing.ink import BALLPOINT, PENS
from pipeline.drawing.lettering import write_in_box
from pipeline.drawing.people import invent_person
from pipeline.forms import FieldSpec
from pipeline.geometry import Box
from pipeline.recognise.calibration import upper_bound
from pipeline.recognise.overlays import overlay
from pipeline.recognise.text import TEXT_KINDS
from tests.recognise.strips import LOOKS, Strip, crops_of, strip_of

TOP, HEIGHT = 114.0, 71.0
"""mm; the band of form A from the address to the employer's telephone number: eight lines of text."""
TEXTS = (
    "東京都世田谷区桜丘3丁目12番8号", "コーポ桜丘203", "株式会社みなと通商", "お客様相談室", "主任", "二宮ー三郎",
    "一二三商店", "03-5550-1234",
)  # fmt: skip
SCENES = ("plain", "plain", "empty", "struck", "struck and sealed", "struck by one line", "sealed over")
FLAGGED = frozenset({"struck", "struck and sealed", "struck by one line", "sealed over"})


def hand_of(rng: np.random.Generator) -> Hand:
    if rng.random() < 0.3:
        prints = fonts.installed(fonts.PRINT_FONTS)
        return typed_hand(fonts.font_file(prints[int(rng.integers(len(prints)))]))
    hands = fonts.installed(fonts.HAND_FONTS)
    pen = PENS[str(rng.choice(["black", "blue", "pencil"]))]
    return new_hand(fonts.font_file(hands[int(rng.integers(len(hands)))]), float(rng.uniform(0.4, 1.0)), rng, pen)


def fill(strip: Strip, spec: FieldSpec, scene: str, rng: np.random.Generator) -> None:
    """Write what the scene says into one field."""
    if scene == "empty":
        return
    hand, box = hand_of(rng), spec.box
    first = Box(box.x, box.y, box.w * 0.46, box.h)
    write_in_box(strip.canvas, hand, str(rng.choice(TEXTS)), first, rng)
    middle = box.y + box.h / 2 + float(rng.normal(0, 0.5))
    font, name = fonts.font_file("gothic"), invent_person(rng).name.split()[0]
    if scene.startswith("struck"):
        _strike(strip, first, rng, lines=1 if scene.endswith("one line") else 2)
        write_in_box(strip.canvas, hand, str(rng.choice(TEXTS)), Box(first.right + 1, box.y, box.w * 0.5, box.h), rng)
    if scene == "struck and sealed":
        size = float(rng.choice([6.0, 6.0, 7.0, 8.0]))
        marks.seal(strip.canvas, name, (first.right - float(rng.uniform(0, 8)), middle), font, rng, size)
    if scene == "sealed over":
        at = first.x + float(rng.uniform(3, min(20, first.w)))
        marks.seal(strip.canvas, name, (at, middle), font, rng, float(rng.choice([9.5, 10.5, 12.0])))


def _strike(strip: Strip, box: Box, rng: np.random.Generator, *, lines: int) -> None:
    over = Box(box.x + 1, box.y + box.h * 0.2, min(box.w - 2, float(rng.uniform(14, 60))), box.h * 0.6)
    if lines == 2:
        marks.strike_out(strip.canvas, over, BALLPOINT, rng)
        return
    y = over.y + over.h / 2 + rng.normal(0, 0.4, 2)
    strip.canvas.draw([np.array([[over.x, y[0]], [over.right, y[1]]])], BALLPOINT, rng)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strips", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not told right")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    totals: dict[tuple[str, str], Counter[str]] = {}
    for number in range(options.strips):
        rng, look = np.random.default_rng([options.seed, number]), LOOKS[number % len(LOOKS)]
        strip = strip_of("a", TOP, HEIGHT)
        scenes = {spec.name: str(rng.choice(SCENES)) for spec in strip.template.fields}
        for crop in crops_of(strip, look, rng):  # which fields lie in the strip
            fill(strip, crop.spec, scenes[crop.spec.name], rng)
        for crop in (crop for crop in crops_of(strip, look, rng) if crop.spec.kind in TEXT_KINDS):
            scene, found = scenes[crop.spec.name], overlay(crop)
            removed = scene == "sealed over" and crop.colour is not None
            wanted = scene in FLAGGED and not removed
            verdict = "right" if (found is not None) == wanted else "passed" if wanted else "asked"
            totals.setdefault((scene, look), Counter())[verdict] += 1
            totals.setdefault((scene, "all"), Counter())[verdict] += 1
            if options.save and verdict != "right":
                name = f"{verdict}-{look}-{scene}-{number}-{crop.spec.name}-{found}.png".replace(" ", "_")
                cv2.imwrite(str(options.save / name), np.vstack([crop.gray, crop.ink]))
    for (scene, look), total in sorted(totals.items()):
        bound = f", passed at most {upper_bound(total['passed'], sum(total.values())):.2%}" if scene in FLAGGED else ""
        print(f"{scene:20} {look:8} {dict(sorted(total.items()))}{bound}")


if __name__ == "__main__":
    main()
