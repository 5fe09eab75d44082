"""Variant kanji of names, drawn: how often the reader takes one form for another, how near the true form is, and what is accepted.

Run: python -m benchmarks.variants [--seed S] [--all] [--gaps]      (--all: every wrong line; --gaps: for each pair of forms the three
least differences of log probability in favour of what is drawn, kept-out hand left out)

Every form of every group of `normalise.text.VARIANT_GROUPS` is written in a surname by each font, by hand 0.5 where the font is a hand.
A wrong form is safe where the true one is a candidate less than `VARIANT_GAP` below it: then the field goes to a person.
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

from collections import Counter

import cv2
import numpy as np

from benchmarks.lexicons import HAND, SPECS, drawn, plan_of
from pipeline.decide.readers import Readers
from pipeline.decide.texts import decide_text
from pipeline.drawing import fonts
from pipeline.normalise.text import VARIANT_GROUPS
from pipeline.recognise import TextCrop
from pipeline.recognise.calibration import load_calibration
from pipeline.recognise.engine import open_engine
from pipeline.recognise.text import read_plans


def gaps(seed: int) -> None:
    """How clearly each form of a pair is told from the other."""
    rng = np.random.default_rng(seed)
    engine = open_engine()
    names = [name for name in fonts.installed({**fonts.PRINT_FONTS, **fonts.HAND_FONTS}) if name != "yusei"]
    for common, rare in [(group[0], char) for group in VARIANT_GROUPS for char in group[1:]]:
        found: dict[str, list[float]] = {common: [], rare: []}
        for font, char in [(font, char) for font in names for char in (common, rare) if has(font, char)]:
            line = drawn(f"大{char}", font, HAND if font in fonts.HAND_FONTS else 0.0, "office", rng)
            reading = engine.read([TextCrop(line, "name", (f"大{common}", f"大{rare}"))])[0]
            chances = {one.text: one.log_prob for one in reversed(reading.candidates)}
            other = rare if char == common else common
            found[char].append(round(chances[f"大{char}"] - chances[f"大{other}"], 1))
        print(common, sorted(found[common])[:3], rare, sorted(found[rare])[:3])


def has(font: str, char: str) -> bool:
    return fonts.face_for(fonts.font_file(font), char) == fonts.font_file(font)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--gaps", action="store_true")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    if args.gaps:
        gaps(args.seed)
        return
    rng = np.random.default_rng(args.seed)
    readers = Readers(open_engine(), None, load_calibration(), 0.001)
    counts: Counter[str] = Counter()
    for font in fonts.installed({**fonts.PRINT_FONTS, **fonts.HAND_FONTS}):
        amount = HAND if font in fonts.HAND_FONTS else 0.0
        for group in VARIANT_GROUPS:
            for char in group:
                if not has(font, char):
                    continue
                reading = read_plans([plan_of("name", [drawn(f"大{char}", font, amount, "office", rng)])], readers.text)[0]
                value = decide_text(SPECS[0], reading, readers)
                right = value.raw == f"大{char}"
                kept = any(text == f"大{char}" for text, _ in value.candidates)
                other_form = not right and value.raw[:1] == "大" and value.raw[1:] in group
                counts["lines"] += 1
                counts["right"] += right
                counts["another form of the group"] += other_form
                counts["another form, the true one among the candidates"] += other_form and kept
                counts["accepted"] += value.decision == "accept"
                counts["accepted, wrong"] += value.decision == "accept" and not right
                if not right and (args.all or value.decision == "accept"):
                    near = [(text, round(log_prob, 1)) for text, log_prob in value.candidates[:4]]
                    print(font, char, value.raw, value.decision, value.reason, near)
    for name, number in counts.items():
        print(f"{name:50s} {number:5d}")


if __name__ == "__main__":
    main()
