"""How well pass certificates of unknown layouts are read: the project's own design, others, and what is held out, on several papers.

Run from the project's root: python -m benchmarks.certificate [--rounds N] [--seed S] [--designs own bilingual ...] [--papers office ...]
[--show]. What is not right is summed up at the end. The designs marked * are only reported on; the reader was never changed for them.
"""

from __future__ import annotations

import argparse
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.decide import Readers, decide_reading, open_readers
from pipeline.drawing.looks import Look, new_look
from pipeline.forms import FieldKind, load_library
from pipeline.recognise.certificate import CertificateReader, CertificateReading, open_certificate_reader
from pipeline.settings import PROJECT, Settings
from tests.recognise.certificate_designs import HELD_OUT, LAYOUTS
from tests.recognise.certificates import Values, cleaned, invented, own

PAPERS = ("office", "copy of copy", "dark border", "tilted 3°", "bilevel 200", "upside down")
MORE_PAPERS = ("clean", "fax", "lying")
SEEN: Counter[str] = Counter()
"""What was not read right in this run."""
MOST = 25
"""Kinds of confusion printed at most."""
SCAN_DPI, BILEVEL_DPI = 300, 200
DARK = {"copy_edge_mm": 9.0, "edge_mm": 5.0, "background": 25}


@dataclass(frozen=True)
class Bench:
    """What every page is read with."""

    reader: CertificateReader
    readers: Readers
    kinds: dict[str, FieldKind]


def plain(text: str) -> str:
    """For comparing: spaces and width do not count."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def dpi_of(paper: str) -> int:
    """Resolution of the scan."""
    return BILEVEL_DPI if paper == "bilevel 200" else SCAN_DPI


def look_of(paper: str, rng: np.random.Generator) -> Look:
    """The sheet's way; everything but the named condition is drawn at random."""
    preset = {"copy of copy": "copy", "dark border": "copy", "clean": "clean", "fax": "fax"}.get(paper, "office")
    look = new_look(preset, rng)
    if paper == "bilevel 200":
        return replace(look, mode="bilevel")
    if paper == "copy of copy":
        return replace(look, generations=2)
    if paper == "dark border":
        return replace(look, copy_edge_mm=DARK["copy_edge_mm"], edge_mm=DARK["edge_mm"], background=int(DARK["background"]))
    if paper == "tilted 3°":
        return replace(look, skew_deg=3.0 if rng.random() < 0.5 else -3.0)
    turned = {"upside down": 180, "lying": int(rng.choice([90, 270]))}
    return replace(look, rotation=turned.get(paper, 0))


def judge(bench: Bench, reading: CertificateReading, values: Values, rotation: int) -> Counter[str]:
    """Fields right, absent, wrong, accepted, and wrong though accepted."""
    total: Counter[str] = Counter(pages=1, known=int(reading.is_certificate), upright=int(reading.rotation == rotation), fields=len(values))
    found = {field.name: field for field in reading.fields}
    for name, value in values.items():
        if name not in found:
            total["absent"] += 1
            continue
        field = found[name]
        right = plain(field.reading.text) == plain(value)
        decided = decide_reading(name, bench.kinds[name], field.reading, field.box, bench.readers, doubt=field.doubt)
        accepted = decided.decision == "accept"
        total["right" if right else "wrong" if field.reading.text else "absent"] += 1
        total["accepted"] += int(accepted)
        total["wrong accepted"] += int(accepted and not right)
    return total


def wrong_ones(reading: CertificateReading, values: Values) -> list[tuple[str, str, str]]:
    """(field, value, what was read) of the fields not read right."""
    found = {field.name: field.reading.text for field in reading.fields}
    return [(name, value, found.get(name, "")) for name, value in values.items() if plain(found.get(name, "")) != plain(value)]


def confused(wrong: list[tuple[str, str, str]]) -> Counter[str]:
    """What the wrong and absent values of a page have in common: whole values missing by field, characters read as others."""
    total: Counter[str] = Counter()
    for name, value, read in wrong:
        if not read:
            total[f"{name.partition('[')[0]}: nothing"] += 1
            continue
        for step in Levenshtein.opcodes(plain(value), plain(read)):
            if step.tag != "equal":
                taken, given = plain(value)[step.src_start : step.src_end], plain(read)[step.dest_start : step.dest_end]
                total[f"{name.partition('[')[0]}: {taken or '(none)'} -> {given or '(none)'}"] += 1
    return total


def open_bench(engine: str) -> Bench:
    """The reader and what decides, as the line opens them."""
    settings = Settings(engine=engine)
    readers = open_readers(settings)
    template = load_library(PROJECT / "form_templates").get("certificate")
    return Bench(open_certificate_reader(settings, readers.text), readers, {spec.name: spec.kind for spec in template.fields})


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["openvino", "onnxruntime"], default="openvino")
    parser.add_argument("--designs", nargs="*", default=["own", *LAYOUTS, *HELD_OUT], choices=["own", *LAYOUTS, *HELD_OUT])
    parser.add_argument("--papers", nargs="*", default=list(PAPERS), choices=[*PAPERS, *MORE_PAPERS])
    parser.add_argument("--show", action="store_true", help="what was not read right (invented values)")
    return parser.parse_args()


def measure(bench: Bench, design: str, paper: str, options: argparse.Namespace) -> Counter[str]:
    """A design on a paper, `rounds` times; CPU time in ms."""
    total: Counter[str] = Counter()
    for number in range(options.rounds):
        rng = np.random.default_rng([options.seed, number, *map(ord, design + paper)])
        values = invented(rng)
        sheet = own(values) if design == "own" else {**LAYOUTS, **HELD_OUT}[design](values).rgb()
        look = look_of(paper, rng)
        page = cleaned(sheet, look, rng, dpi_of(paper))
        start = time.process_time()
        reading = bench.reader.read(page)
        total["ms"] += round(1000 * (time.process_time() - start))
        total += judge(bench, reading, values, look.rotation)
        wrong = wrong_ones(reading, values)
        SEEN.update(confused(wrong))
        if options.show and wrong:
            print("   ", wrong)
    return total


def line(design: str, paper: str, total: Counter[str]) -> str:
    """One line of the table."""
    names = f"{design + (' *' if design in HELD_OUT else ''):12} {paper:13}"
    pages = f"known {total['known']}/{total['pages']}, upright {total['upright']}/{total['pages']}"
    fields = f"right {total['right']:3}/{total['fields']:3}, wrong {total['wrong']}, absent {total['absent']}"
    accepted = f"wrong accepted {total['wrong accepted']}/{total['accepted']}"
    return f"{names} {pages}; {fields}; {accepted}; {total['ms'] / 1000 / total['pages']:.2f} CPU-s a page"


def main() -> None:
    options = arguments()
    cv2.setNumThreads(1)
    bench = open_bench(options.engine)
    sums: dict[str, Counter[str]] = {}
    for design in options.designs:
        for paper in options.papers:
            total = measure(bench, design, paper, options)
            print(line(design, paper, total), flush=True)
            sums.setdefault(design, Counter()).update(total)
    for design, total in sums.items():
        print(line(design, "all", total))
    print("not right:", "; ".join(f"{what} {times}" for what, times in SEEN.most_common(MOST)) or "nothing")
    print("* held out: never used to change the reader.")


if __name__ == "__main__":
    main()
