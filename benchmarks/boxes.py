"""What the classifier of boxed characters is worth: cells, real FAX digits, CPU time, and what each reader adds on fields with cells.

Run: python -m benchmarks.boxes cells|faxes|time|fields [--fields N] [--seed N] [--no-tesseract]

`cells` and the second half of `fields` use fonts that neither the classifier nor the weights have seen (Yusei Magic, IPAex); the first
half of `fields`, on which weights and models are fitted, uses fonts the classifier has not seen either (setofont, BIZ UD Mincho), and
other seeds. `faxes` reads ../shared/realdata/kocr-fax/digits where it is there: nothing is trained, fitted or chosen on it.
"""

from __future__ import annotations

import argparse
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(variable, "1")

import time
from collections import Counter
from dataclasses import dataclass, replace

import cv2
import numpy as np

from benchmarks.drawn_boxes import FIT_FONTS, PAPERS, REPORT_FONTS, Drawn, many
from benchmarks.readers import FAX_DIGITS
from pipeline.decide import Readers, decide_text
from pipeline.decide.opinions import second_view
from pipeline.decide.weigh import Opinions, features, weigh
from pipeline.recognise import Reading, TextCrop
from pipeline.recognise.box_input import BoxCell
from pipeline.recognise.box_opinion import BOXES_WEIGHT, LEAST, STRIP_WEIGHT, Cells, classified, of_field, pooled
from pipeline.recognise.boxes import open_boxes
from pipeline.recognise.calibrate import Sample, fit_calibration
from pipeline.recognise.calibration import load_calibration
from pipeline.recognise.engine import open_engine
from pipeline.recognise.joining import fitting
from pipeline.recognise.lines import trimmed
from pipeline.recognise.tesseract import TesseractReader
from pipeline.recognise.text import read_plans
from pipeline.settings import Settings

FIT_SEED, REPORT_SEED = 61_000, 62_000
PAIRS = ("17", "06", "38", "49", "シツ", "ソン", "クワ", "ロコ", "ツッ", "ヤャ", "ユュ", "ヨョ", "イィ", "アァ")


def cells(count: int, seed: int) -> None:
    """Characters right, by set and paper, among cells cut one a character; and the pairs DESIGN names."""
    reader, wrong = open_boxes(), Counter[tuple[str, str]]()
    asked = Counter[str]()
    for kind in ("digits", "kana"):
        right, total, other = Counter[str](), Counter[str](), Counter[str]()
        for field in many(kind, REPORT_FONTS, seed, count):
            if len(field.plan.boxes) != len(field.text):
                continue
            found = of_field(reader.read(field.plan.boxes), kind)
            for char, row in zip(field.text, found.log_probs, strict=True):
                best = int(row.argmax())
                seen = "other" if best == len(found.known) else found.known[best]
                right[field.paper] += seen == char
                total[field.paper] += 1
                other[field.paper] += seen == "other"
                asked[char] += 1
                wrong[char, seen] += seen != char
        for paper in PAPERS:
            share = right[paper] / max(total[paper], 1)
            print(f"{kind:7s} {paper:7s} {total[paper]:5d} cells  right {share:7.2%}  'none of them' {other[paper]}")
    for one, two in PAIRS:
        print(f"{one}/{two}: {one} as {two} {wrong[one, two]} of {asked[one]}, {two} as {one} {wrong[two, one]} of {asked[two]}")
    print("most mistaken:", ", ".join(f"{a} as {b} {n}" for (a, b), n in wrong.most_common(12)))


def faxes() -> None:
    """The real FAX digits: the strip's reader, the classifier, both, and what the two leave when they must agree."""
    files = sorted(FAX_DIGITS.glob("*.png"))
    if not files:
        print("no hand-written digits here: ../shared/realdata is absent")
        return
    images = [np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), np.uint8) for file in files]
    truth = [file.name[0] for file in files]
    strip = open_engine().read([TextCrop(image, "digits") for image in images])
    seen = open_boxes().read([BoxCell(trimmed(image), None) for image in images])
    rows = [of_field(seen[place : place + 1], "digits") for place in range(len(files))]
    by_strip = [next((c.text for c in fitting(reading.candidates, 1)), "") for reading in strip]
    by_boxes = [row.known[int(row.log_probs[0, :-1].argmax())] for row in rows]
    both = [next((c.text for c in fitting(pooled(reading, row).candidates, 1)), "") for reading, row in zip(strip, rows, strict=True)]
    for name, found in (("strip", by_strip), ("classifier", by_boxes), ("both", both)):
        print(f"{name:11s} {sum(a == b for a, b in zip(found, truth, strict=True)) / len(files):.2%} of {len(files)}")
    agreed = [(a, t) for a, row, t in zip(by_strip, rows, truth, strict=True) if a and a == row.text]
    print(f"both agree on {len(agreed)}, of these wrong {sum(a != t for a, t in agreed)}")
    print(f"said to be no digit {sum(not row.text for row in rows)}")
    print("classifier wrong:", " ".join(f"{t}>{b}" for b, t in sorted(zip(by_boxes, truth, strict=True)) if b != t))


def timed() -> None:
    """CPU time of all cells of a page, the making of their pictures included."""
    fields = list(many("digits", REPORT_FONTS, 1, 4))
    for engine in ("openvino", "onnxruntime"):
        reader = open_boxes(engine)
        for wanted in (10, 27, 48):
            page = [cell for field in fields * 2 for cell in field.plan.boxes][:wanted]
            reader.read(page)
            start = time.process_time()
            for _ in range(100):
                reader.read(page)
            print(f"{engine:11s} {len(page)} cells: {10 * (time.process_time() - start):.2f} ms")


@dataclass(frozen=True)
class Judged:
    """One field read by all: features by arrangement of readers, and whether the value that it would give is right."""

    paper: str
    truth: str
    found: dict[str, tuple[dict[str, float], bool]]
    strip: str
    boxes: str


ARRANGEMENTS: dict[str, tuple[str, ...]] = {
    "strip": (),
    "strip+view": ("view",),
    "strip+boxes": ("boxes", "boxes_margin"),
    "strip+view+boxes": ("view", "boxes", "boxes_margin"),
    "strip+tesseract": ("second",),
    "strip+view+tesseract": ("view", "second"),
}
"""Features beyond those of the strip; with boxes the candidates are weighed by both."""


def judged(fields: list[Drawn], *, tesseract: bool) -> list[Judged]:
    """All fields through all readers, each in one batch."""
    engine, classifier = open_engine(), open_boxes()
    plans = [field.plan for field in fields]
    alone, both = read_plans(plans, engine), read_plans(plans, engine, classifier)
    turned = [replace(plan, crops=tuple(TextCrop(second_view(crop.image), crop.charset) for crop in plan.crops)) for plan in plans]
    views = read_plans(turned, engine)
    seconds = [reading.text for reading in read_plans(plans, TesseractReader())] if tesseract else [""] * len(plans)
    found = []
    for field, strip, mixed, view, second in zip(fields, alone, both, views, seconds, strict=True):
        if not strip.candidates or mixed.boxes is None:
            continue
        spec = field.crop.spec
        opinions = Opinions(view.text, second)
        by: dict[str, tuple[dict[str, float], bool]] = {}
        for name, extra in ARRANGEMENTS.items():
            reading = mixed if "boxes" in extra else strip
            verdict = weigh(spec, reading.candidates)
            right = verdict.raw == field.text
            everything = features(spec, reading, verdict, opinions)
            kept = {key: value for key, value in everything.items() if key not in ("view", "second") or key in extra}
            by[name] = (kept, right)
        found.append(Judged(field.paper, field.text, by, mixed.boxes.strip, mixed.boxes.text))
    return found


def accepted(fit: list[Judged], report: list[Judged], name: str) -> str:
    """Shares of the report's fields accepted with 0 and with 2 wrong among them, by the model fitted on the other fields."""
    samples = [Sample("cells", field.found[name][0], right=field.found[name][1]) for field in fit]
    model = fit_calibration(samples, {}).models["cells"]
    ranked = sorted(((model.probability(field.found[name][0]), field.found[name][1]) for field in report), reverse=True)
    wrongs = [place for place, (_, right) in enumerate(ranked) if not right]
    shares = []
    for allowed in (0, 2):
        if len(wrongs) <= allowed:
            shares.append(1.0)
            continue
        stop = ranked[wrongs[allowed]][0]
        shares.append(sum(confidence > stop for confidence, _ in ranked) / len(ranked))
    return f"right {1 - len(wrongs) / len(ranked):7.2%}  accepted with 0 wrong {shares[0]:6.1%}, with 2 wrong {shares[1]:6.1%}"


Answer = tuple[str, Reading, Cells]
"""The true text, what the strip was read as, and the classified cells."""


def answers(drawn_fields: list[Drawn]) -> list[Answer]:
    engine, classifier = open_engine(), open_boxes()
    strips = engine.read([field.plan.crops[0] for field in drawn_fields])
    found = classified([(field.plan.boxes, field.plan.crops[0].charset) for field in drawn_fields], classifier)
    return [(field.text, strip, cells) for field, strip, cells in zip(drawn_fields, strips, found, strict=True) if cells is not None]


def likelihood(found: list[Answer], weights: tuple[float, float]) -> float:
    """Mean natural log of the true text's probability under the product of both readers; what the weights are fitted by."""
    total = 0.0
    for text, strip, classified_cells in found:
        candidates = pooled(strip, classified_cells, weights).candidates
        total += max(next((c.log_prob for c in candidates if c.text == text), LEAST), LEAST)
    return total / len(found)


def shipped(report: list[Drawn], kind: str) -> None:
    """First readings decided by the shipped calibration, without and with the classifier."""
    engine, classifier = open_engine(), open_boxes()
    for name, boxes in (("strip", None), ("strip+boxes", classifier)):
        readers = Readers(engine, None, load_calibration(), Settings().max_error, boxes)
        readings = read_plans([field.plan for field in report], engine, boxes)
        values = [decide_text(field.crop.spec, reading, readers) for field, reading in zip(report, readings, strict=True)]
        taken = [value.raw == field.text for value, field in zip(values, report, strict=True) if value.decision == "accept"]
        print(f"{kind} shipped calibration, {name}: accepted {len(taken)} of {len(report)}, wrong {taken.count(False)}")


def fields(count: int, seed: int, *, tesseract: bool) -> None:
    """Per set of characters: what each reader adds, fitted on one half and reported on another."""
    for kind in ("digits", "kana"):
        fit_drawn = [field for field in many(kind, FIT_FONTS, FIT_SEED + seed, count) if field.plan.boxes]
        report_drawn = [field for field in many(kind, REPORT_FONTS, REPORT_SEED + seed, count) if field.plan.boxes]
        known = answers(fit_drawn)
        for weights in ((1.0, 0.0), (1.0, 0.25), (1.0, 0.5), (0.7, 0.5), (1.0, 1.0), (0.5, 0.5), (0.3, 0.7), (0.0, 1.0)):
            chosen = " <- in use" if weights == (STRIP_WEIGHT, BOXES_WEIGHT) else ""
            print(f"{kind} weights {weights}: log-likelihood {likelihood(known, weights):.4f} on the fitted half{chosen}")
        fit, report = judged(fit_drawn, tesseract=tesseract), judged(report_drawn, tesseract=tesseract)
        differ = [field for field in report if field.strip != field.boxes and field.boxes]
        shown = Counter((field.strip == field.truth, field.boxes == field.truth) for field in differ)
        print(f"{kind}: {len(report)} fields; the classifier has no word on {sum(not field.boxes for field in report)}")
        one, other, none = shown[True, False], shown[False, True], shown[False, False]
        print(f"{kind}: they differ on {len(differ)}: strip right {one}, classifier right {other}, none {none}")
        agreed = [field for field in report if field.strip == field.boxes]
        print(f"{kind}: they agree on {len(agreed)}, of these wrong {sum(field.strip != field.truth for field in agreed)}")
        shipped(report_drawn, kind)
        for name in ARRANGEMENTS:
            if tesseract or "tesseract" not in name:
                print(f"{kind} {name:21s} {accepted(fit, report, name)}")


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cells", "faxes", "time", "fields"))
    parser.add_argument("--fields", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-tesseract", action="store_true")
    asked = parser.parse_args()
    if asked.what == "cells":
        cells(asked.fields, REPORT_SEED + 500 + asked.seed)
    elif asked.what == "fields":
        fields(asked.fields, asked.seed, tesseract=not asked.no_tesseract)
    else:
        {"faxes": faxes, "time": timed}[asked.what]()


if __name__ == "__main__":
    main()
