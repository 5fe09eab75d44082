"""How well pass certificates of unknown layouts are read: the project's own design and three others, on several papers, any way up.

Run from the project's root: python -m benchmarks.certificate [--rounds N] [--engine openvino] [--layouts own table colons stacked].
"""

from __future__ import annotations

import argparse
import re
import time
import unicodedata
from collections import Counter
from dataclasses import replace

import cv2
import numpy as np

from pipeline.drawing.fill import Writer, new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.looks import Look, new_look
from pipeline.geometry import Colour
from pipeline.recognise.certificate import CertificateReading, open_certificate_reader
from pipeline.recognise.engine import open_engine
from pipeline.settings import Settings
from tests.recognise.certificates import DPI, LAYOUTS, Values, cleaned, invented, own

PAPERS = {"clean": "clean", "office": "office", "copy": "copy", "copy of copy": "copy", "fax": "fax"}


def plain(text: str) -> str:
    """For comparing: spaces and width do not count."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def look_of(paper: str, rng: np.random.Generator) -> Look:
    look = replace(new_look(PAPERS[paper], rng), rotation=int(rng.choice([0, 90, 180, 270])))
    return replace(look, generations=2) if paper == "copy of copy" else look


def judge(reading: CertificateReading, values: Values, rotation: int) -> Counter[str]:
    found = {field.name: plain(field.reading.text) for field in reading.fields}
    total: Counter[str] = Counter(pages=1, known=int(reading.is_certificate), upright=int(reading.rotation == rotation))
    for name, value in values.items():
        got = found.get(name, "")
        total["fields"] += 1
        total["right" if got == plain(value) else "absent" if not got else "wrong"] += 1
    return total


def wrong_ones(reading: CertificateReading, values: Values) -> list[tuple[str, str, str]]:
    found = {field.name: field.reading.text for field in reading.fields}
    return [(name, value, found.get(name, "")) for name, value in values.items() if plain(found.get(name, "")) != plain(value)]


def foreign(rng: np.random.Generator, writer: Writer) -> list[tuple[str, Colour]]:
    return [(kind, foreign_page(kind, writer, rng, DPI)) for kind in KINDS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["openvino", "onnxruntime"], default="openvino")
    parser.add_argument("--layouts", nargs="*", default=["own", *LAYOUTS])
    parser.add_argument("--papers", nargs="*", default=list(PAPERS))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    reader = open_certificate_reader(Settings(engine=options.engine), open_engine(options.engine))
    seconds: list[float] = []
    for layout in options.layouts:
        for paper in options.papers:
            total: Counter[str] = Counter()
            for _ in range(options.rounds):
                values = invented(rng)
                sheet = own(values) if layout == "own" else LAYOUTS[layout](values).rgb()
                look = look_of(paper, rng)
                page = cleaned(sheet, look, rng)
                start = time.process_time()
                reading = reader.read(page)
                seconds.append(time.process_time() - start)
                total += judge(reading, values, look.rotation)
                print("   ", layout, paper, look.rotation, wrong_ones(reading, values))
            print(f"{layout:8} {paper:13}", dict(total))
    print(f"CPU-seconds a certificate: median {np.median(seconds):.2f}, worst {max(seconds):.2f}")
    for kind, sheet in foreign(rng, new_writer(None, 0.0, rng)):
        page = cleaned(sheet, look_of("office", rng), rng)
        start = time.process_time()
        reading = reader.read(page)
        print(f"foreign {kind:12} taken for a certificate: {reading.is_certificate}, {time.process_time() - start:.2f} CPU-seconds")


if __name__ == "__main__":
    main()
