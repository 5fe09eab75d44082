"""The line against readers of whole pages: text fields exactly right and CPU-seconds a page, on the same drawn pages.

    python -m benchmarks.whole_page --folder DIR [--packets 4] [--readers line,tesseract,rapidocr]

DIR holds the packets of benchmarks.accuracy (print and hand, fonts that the calibration never saw); they are drawn there unless they
are. The others are given the page upright and registered, at 300 dpi, and a field is theirs when the text found in its box, joined in
reading order, is right after the normaliser of its kind. "print taken away": the same with the form's own print taken away first, which
they cannot do themselves, so that its 年 and 月 and rules do not count against them. Tesseract: `jpn`, `image_to_data`. RapidOCR: its own
pipeline with the models it carries, through openvino, on one thread; it needs omegaconf, pyclipper, shapely, colorlog and tqdm, which our
line does not. CPU-seconds of the line are those of all its stages from the file on; of the others, of their call alone.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import argparse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract

from benchmarks.accuracy import FONTS, draw
from benchmarks.reading_cost import RECEIVED
from benchmarks.stages import cpu_seconds
from pipeline import cleanup, fields, identify, pages, register
from pipeline.evaluate.judge import judge
from pipeline.evaluate.truth import TruePage, find_cases
from pipeline.forms import FieldSpec
from pipeline.geometry import Box, Gray, millimetres
from pipeline.ingest import Scan, open_scan
from pipeline.normalise import normalise
from pipeline.recognise.text import TEXT_KINDS
from pipeline.register import PAGE_DPI
from pipeline.run import Kit, open_kit, read_pages
from pipeline.settings import Settings
from pipeline.sheet import FieldValue

OVERLAP = 0.5
"""Share of a word's box that must lie in a field's."""


@dataclass(frozen=True)
class Word:
    """Text found on a page and where, page mm."""

    text: str
    box: Box


WholePage = Callable[[Gray], list[Word]]


def tesseract() -> WholePage:
    """Tesseract as somebody would call it on a page of Japanese."""

    def read(page: Gray) -> list[Word]:
        found = pytesseract.image_to_data(page, lang="jpn", output_type=pytesseract.Output.DICT)
        places = zip(*(found[key] for key in ("text", "left", "top", "width", "height")), strict=True)
        return [Word(str(text), _box(x, y, w, h)) for text, x, y, w, h in places if str(text).strip()]

    return read


def rapidocr() -> WholePage:
    """RapidOCR's own pipeline, openvino, one thread."""
    from rapidocr import EngineType, RapidOCR

    parts = {f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")}
    engine = {"EngineConfig.openvino.inference_num_threads": 1, "Global.log_level": "error"}
    reader = RapidOCR(params={**parts, **engine})

    def read(page: Gray) -> list[Word]:
        found: Any = reader(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))
        if found.boxes is None:
            return []
        words = []
        for corners, text in zip(found.boxes, found.txts, strict=True):
            (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
            words.append(Word(text, _box(left, top, right - left, bottom - top)))
        return words

    return read


READERS = {"tesseract": tesseract, "rapidocr": rapidocr}


def _box(x: float, y: float, w: float, h: float) -> Box:
    return Box(*(millimetres(float(side), PAGE_DPI) for side in (x, y, w, h)))


def text_in(words: list[Word], box: Box) -> str:
    """The words that stand in `box`, in rows from the top, each from the left."""
    own = [word for word in words if _share(word.box, box) >= OVERLAP]
    rows: list[list[Word]] = []
    for word in sorted(own, key=lambda one: one.box.y + one.box.h / 2):
        middle = word.box.y + word.box.h / 2
        if rows and middle < rows[-1][0].box.bottom:
            rows[-1].append(word)
        else:
            rows.append([word])
    return " ".join(word.text for row in rows for word in sorted(row, key=lambda one: one.box.x))


def _share(word: Box, box: Box) -> float:
    width = min(word.right, box.right) - max(word.x, box.x)
    height = min(word.bottom, box.bottom) - max(word.y, box.y)
    return max(width, 0.0) * max(height, 0.0) / max(word.w * word.h, 1e-6)


def as_value(spec: FieldSpec, text: str) -> FieldValue:
    """A text as the field's value: taken as it is when anything was found."""
    found = normalise(spec.kind, text, field=spec.name)
    decision = "accept" if text else "blank"
    return FieldValue(spec.name, spec.kind, text, found.value, found.problem, 1.0, decision, None, (), spec.box)  # type: ignore[arg-type]


@dataclass
class Tally:
    """Of one reader on one kind of pages."""

    pages: int = 0
    fields: int = 0
    right: int = 0
    seconds: float = 0.0


def count(tally: Tally, true: TruePage, specs: list[FieldSpec], values: dict[str, FieldValue]) -> None:
    """Add the page's written text fields and the ones that are right."""
    for spec in specs:
        written = true.fields.get(spec.name, "")
        if spec.kind in TEXT_KINDS and written:
            tally.fields += 1
            tally.right += judge(spec.kind, spec.name, written, values.get(spec.name)).exact


def hold(kit: Kit, scan: Scan, number: int, true: TruePage, readers: dict[str, WholePage], tallies: dict[str, Tally]) -> None:
    """One page by the line and by all others."""
    clean = cleanup.clean(next(iter(pages.page_images(scan, kit.settings.limits, [number]))))
    found = identify.identify(clean, kit.index).chosen
    if found is None:
        return
    page = register.register(clean, found, kit.library)
    specs = list(page.template.fields)
    began = cpu_seconds()
    values = {value.name: value for value in read_pages(kit, scan, [number])[0].fields}
    tallies["line"].seconds += cpu_seconds() - began
    tallies["line"].pages += 1
    count(tallies["line"], true, specs, values)
    for reader, read in readers.items():
        for view, picture in (("", page.gray), (", print taken away", fields.ink_only(page, kit.library))):
            began = cpu_seconds()
            words = read(picture)
            tally = tallies[reader + view]
            tally.seconds += cpu_seconds() - began
            tally.pages += 1
            count(tally, true, specs, {spec.name: as_value(spec, text_in(words, spec.box)) for spec in specs if spec.kind in TEXT_KINDS})


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--packets", type=int, default=4)
    parser.add_argument("--readers", default=",".join(READERS))
    asked = parser.parse_args()
    kit = open_kit(Settings())
    readers = {name: READERS[name]() for name in asked.readers.split(",") if name in READERS}
    for kind in FONTS:
        tallies: dict[str, Tally] = defaultdict(Tally)
        for number in range(asked.packets // 2):
            draw(asked.folder, kind, number)
        for case in find_cases(asked.folder / kind)[: asked.packets // 2]:
            for path, sides in case.files.items():
                scan = open_scan(path, kit.settings.limits, received=RECEIVED)
                for number, true in sides.items():
                    hold(kit, scan, number, true, readers, tallies)
        for reader, tally in tallies.items():
            share, seconds = tally.right / max(tally.fields, 1), tally.seconds / max(tally.pages, 1)
            print(f"{kind:6}{reader:30}{tally.right:5} of {tally.fields:5} text fields right {share:7.1%}  {seconds:6.2f} CPU-s a page")


if __name__ == "__main__":
    main()
