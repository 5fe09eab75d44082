"""Exact, accepted and accepted-wrong rates on packets drawn with seeds, words and fonts that the calibration has not seen.

Run: python -m benchmarks.accuracy [--packets N] [--calibration FILE] [--folder DIR]      (DIR: drawn once, read again later)

Half of the packets come from a word processor (IPAex Mincho and Gothic: designs the calibration never saw), half are written by hand
0.5: every other one with Yusei Magic, a design the calibration never saw, the rest with the registry's own files of Klee, kiloji,
seto and YOzFont, of which the calibration saw sister files. Office paper, 300 dpi, both variants of the forms, certificates too.
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
    os.environ.setdefault(name, "1")

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import invent_applicant, packet, plain
from pipeline.evaluate import Evaluation, FieldResult, PageResult, evaluate
from pipeline.evaluate.score import Score, score
from pipeline.forms import load_library
from pipeline.ingest import open_scan
from pipeline.recognise.calibration import load_calibration
from pipeline.run import open_kit, process_scan
from pipeline.settings import Settings
from pipeline.sheet import Sheet

SEED = 90_000
PACKETS = 12
HAND = 0.5
DPI = 300
FONTS: dict[str, tuple[str, ...]] = {
    "print": ("mincho", "gothic"),
    "hand": ("yusei", "klee", "yusei", "kiloji", "yusei", "seto", "yusei", "yozfont"),
}
PRESENCE_KINDS = frozenset({"signature", "seal", "choice", "marks"})


def draw(folder: Path, kind: str, number: int) -> None:
    """Packet `number` of a kind into its own folder, unless it is there."""
    seed = SEED + number + (500 if kind == "hand" else 0)
    font = FONTS[kind][number % len(FONTS[kind])]
    out = folder / kind / f"{number:02d}-{font}"
    if (out / "truth.json").is_file():
        return
    whole = packet(invent_applicant(np.random.default_rng([SEED, seed])))
    whole = plain(whole) if number // 2 % 2 else whole
    sheets = [{"form": form, "fields": fields, "name": whole.applicant.person.name, "file": "scan.pdf"} for form, fields in whole.sheets]
    hand = HAND if kind == "hand" else 0.0
    library = load_library(Settings().templates)
    file = fonts.font_file(font)
    draw_case(parse_case({"pages": sheets}), out=out, font=file, hand=hand, paper="office", seed=seed, dpi=DPI, library=library)


def show(title: str, found: Score) -> None:
    number = max(found.n, 1)
    bound = "-" if found.accepted_error_upper95 is None else f"{found.accepted_error_upper95:.3%}"
    accepted = f"accepted {found.accepted / number:7.2%}, wrong {found.accepted_wrong}, upper 95 % {bound}"
    print(f"{title:16s} fields {found.n:5d}  exact {found.exact / number:7.2%}  {accepted}  CER {found.char_error_rate or 0:.3%}")


def show_field(page: PageResult, field: FieldResult) -> None:
    said = "not read" if field.read is None else f"{field.read.raw!r} {field.read.confidence:.5f} {field.read.decision} {field.read.reason}"
    print(f"  {'ACCEPTED WRONG' if field.judged.accepted else 'inexact'} {page.file} {page.page} {field.name}: {field.true!r} read {said}")


def report(kind: str, result: Evaluation) -> None:
    show(kind, result.total())
    show("  text only", score(one for one in result.judged() if one.kind not in PRESENCE_KINDS))
    for font in dict.fromkeys(FONTS[kind]):
        pages = [page for page in result.pages if page.file.split("/")[0].endswith(font)]
        if pages:
            show(f"  {font}", score(field.judged for page in pages for field in page.fields))
    for name, found in result.by_kind().items():
        show(f"  {name}", found)
    spent = result.cpu_seconds / len(result.pages)
    print(f"  forms {result.forms()}  registration {result.registration_mm()} mm  {spent:.2f} CPU-seconds a page")
    for page in result.pages:
        for field in page.fields:
            if not field.judged.exact:
                show_field(page, field)


def main() -> None:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--calibration", type=Path)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    settings = Settings()
    kit = open_kit(settings)
    if asked.calibration is not None:
        kit = replace(kit, readers=replace(kit.readers, calibration=load_calibration(asked.calibration)))

    def read(path: Path) -> list[Sheet]:
        return list(process_scan(kit, open_scan(path, settings.limits, received=date.today())))

    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        for kind in FONTS:
            for number in range(asked.packets // 2):
                draw(folder, kind, number)
            report(kind, evaluate(folder / kind, read, kit.library))


if __name__ == "__main__":
    main()
