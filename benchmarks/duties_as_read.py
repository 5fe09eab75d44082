"""The seven fields on text as it is read: duties of the fixed test themes, written by hand on sheets B, scanned, read, classified.

Run: python -m benchmarks.duties_as_read FOLDER [--share 2]      (FOLDER: drawn and read once, classified again later)

Every second text of the test themes that a row holds, six to a sheet, hand 0.5 on office paper at 300 dpi; half of the sheets in
Yusei Magic, a design that no reader of ours has seen, the rest in other files of designs that were. The classifier has not learned the
themes. Two figures: of all texts as read, and of those whose reading is accepted (the others wait for a person, who corrects them first).
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from benchmarks.accuracy import DPI, FONTS, HAND
from benchmarks.readers import distance
from pipeline.drawing import fonts
from pipeline.drawing.career import LONGEST_TEXT, row_fields
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import ROWS_PER_SHEET, experience, invent_applicant
from pipeline.experience import NONE
from pipeline.experience.accept import right, upper_bound
from pipeline.experience.classify import LABELS, certainty, load_classifier
from pipeline.experience.corpus import Example, parted, read_corpus
from pipeline.experience.features import describe
from pipeline.experience.network import load_family
from pipeline.experience.train import Lesson, fit, lessons
from pipeline.experience.vectors import load_vectors
from pipeline.forms import load_library
from pipeline.ingest import open_scan
from pipeline.run import open_kit, process_scan
from pipeline.settings import Settings

SEED = 71_000
BOUNDS = (0.01, 0.02, 0.05)
READ = "read.json"


@dataclass(frozen=True)
class Reading:
    """One text as written and as read; `sure`: the reading is accepted without a person."""

    example: Example
    text: str
    sure: bool


def draw(folder: Path, number: int, part: Sequence[Example]) -> Path:
    """A sheet B whose rows hold these texts; its folder."""
    font = FONTS["hand"][number % len(FONTS["hand"])]
    out = folder / f"{number:03d}-{font}"
    if not (out / "truth.json").is_file():
        person = invent_applicant(np.random.default_rng([SEED, number]), [12] * len(part))
        jobs = [replace(job, duties=example.text) for job, example in zip(person.jobs, part, strict=True)]
        form, fields = experience(person)[0]
        sheet = {"form": form, "fields": {**fields, **row_fields(jobs)}, "name": person.person.name, "file": "scan.pdf"}
        library = load_library(Settings().templates)
        case = parse_case({"pages": [sheet]})
        draw_case(case, out=out, font=fonts.font_file(font), hand=HAND, paper="office", seed=SEED + number, dpi=DPI, library=library)
    return out


def read_all(folder: Path, texts: Sequence[Example]) -> list[Reading]:
    """Every text through the whole line; what was read before is not read again."""
    settings = Settings()
    kit = None
    found: list[Reading] = []
    for number, start in enumerate(range(0, len(texts), ROWS_PER_SHEET)):
        part = texts[start : start + ROWS_PER_SHEET]
        out = draw(folder, number, part)
        if not (out / READ).is_file():
            kit = kit or open_kit(settings)
            sheets = list(process_scan(kit, open_scan(out / "scan.pdf", settings.limits, received=date.today())))
            fields = {field.name: [field.raw, field.decision == "accept"] for sheet in sheets for field in sheet.fields}
            (out / READ).write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
        said = json.loads((out / READ).read_text(encoding="utf-8"))
        found += [Reading(example, *said.get(f"rows[{row}].duties", ("", False))) for row, example in enumerate(part)]
    return found


def fixed_themes(examples: Sequence[Example], share: int) -> list[Example]:
    """Every `share`-th text of the test themes that a row of the sheet holds."""
    return [example for example in parted(examples)[1] if len(example.text) <= LONGEST_TEXT][::share]


def report(name: str, readings: Sequence[Reading], odds: np.ndarray) -> None:
    shipped, examples = load_classifier(), [reading.example for reading in readings]
    hits = right(examples, odds)
    none = np.array([example.main == NONE for example in examples])
    said_none = np.array([LABELS[best] == NONE for best in odds.argmax(axis=1)])
    print(f"{name}: {len(hits)} texts, main right {hits.mean():.1%}, NONE found {said_none[none].mean():.1%}", end="")
    sure = np.array([certainty(shipped.certainty, row) for row in odds])
    for bound in BOUNDS:
        taken = sure >= shipped.threshold(bound)
        wrong, number = int((~hits & taken).sum()), int(taken.sum())
        print(f"; bound {bound:.0%}: accepted {taken.mean():.1%}, wrong {wrong} (at most {upper_bound(wrong, max(number, 1)):.2%})", end="")
    print()


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=int, default=2)
    asked = parser.parse_args()
    corpus = read_corpus()
    readings = read_all(asked.folder, fixed_themes(corpus, asked.share))
    errors = sum(distance(reading.example.text, reading.text) for reading in readings)
    characters = sum(len(reading.example.text) for reading in readings)
    print(f"{len(readings)} texts, {characters} characters, {errors / characters:.2%} read wrong", end="; ")
    exact = sum(reading.text == reading.example.text for reading in readings)
    print(f"{exact} read exactly, {sum(reading.sure for reading in readings)} accepted")
    classifier = fit(_taught(corpus), load_vectors())
    networks = [load_family().unseen(reading.example.theme) for reading in readings]
    clean, read = (
        np.array([classifier.log_odds(describe(text), network) for text, network in zip(texts, networks, strict=True)])
        for texts in ([reading.example.text for reading in readings], [reading.text for reading in readings])
    )
    sure = np.array([reading.sure for reading in readings])
    report("as written", readings, clean)
    report("as read", readings, read)
    report("reading accepted", [reading for reading in readings if reading.sure], read[sure])


def _taught(corpus: Sequence[Example]) -> list[Lesson]:
    return lessons(parted(corpus)[0])


if __name__ == "__main__":
    main()
