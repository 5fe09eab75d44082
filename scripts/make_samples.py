"""Draws sample_scans/: every packet of the README's table, the same bytes each time.

Usage: python scripts/make_samples.py [CASE ...]      (no case named: all; sample_scans/bad/ is not touched)
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import ARRIVAL, Packet, faulty, invent_applicant, packet, plain, without
from pipeline.forms import load_library

PROJECT = Path(__file__).resolve().parent.parent
SEED = 20261110
Page = dict[str, Any]
Arrange = Callable[[list[Page]], list[Page]]


def as_scanned(pages: list[Page]) -> list[Page]:
    """Nothing special."""
    return pages


def each(**said: list[Any]) -> Arrange:
    """Says of every page, in turn, what the lists hold: `rotation=[0, 90]`."""

    def arrange(pages: list[Page]) -> list[Page]:
        return [{**page, **{key: values[place % len(values)] for key, values in said.items()}} for place, page in enumerate(pages)]

    return arrange


def with_backs(pages: list[Page]) -> list[Page]:
    """Duplex: a blank back after every page."""
    return [side for page in pages for side in (page, {"blank": True, "packet": page["packet"]})]


def in_order(*order: int) -> Arrange:
    """The pages as they lay in the feeder."""
    return lambda pages: [pages[place] for place in order]


def foreign_and_twice(pages: list[Page]) -> list[Page]:
    """Somebody else's letter after B, a form of another trade at the end, and sheet A scanned once more after C."""
    a, b, c, *rest = pages
    return [a, b, {"foreign": "letter"}, c, {"repeats": 1, "packet": a["packet"], "skew_deg": 1.4}, *rest, {"foreign": "other_form"}]


def turned(pages: list[Page]) -> list[Page]:
    """Upside down and sideways."""
    return each(rotation=[180, 90, 0, 270, 180])(pages)


def corrected(pages: list[Page]) -> list[Page]:
    """Strike-outs with a correction seal on A."""
    first, *rest = pages
    return [{**first, "struck": {"department": "総務部", "phone": "090-0555-12"}}, *rest]


@dataclass(frozen=True)
class Sample:
    """One folder of sample_scans."""

    name: str
    file: str
    packets: Callable[[np.random.Generator], list[Packet]]
    arrange: Arrange = as_scanned
    hand: float = 0.0
    font: str | None = None
    paper: str = "office"
    dpi: int = 200
    more: Page = field(default_factory=dict)
    """Said of every page of a form."""


def one(rng: np.random.Generator) -> list[Packet]:
    """An applicant whose papers are in order."""
    return [packet(invent_applicant(rng))]


def unmarked(rng: np.random.Generator) -> list[Packet]:
    """The same on forms without printed marks."""
    return [plain(packet(invent_applicant(rng)))]


def two(rng: np.random.Generator) -> list[Packet]:
    """Two applicants in one stack."""
    return one(rng) + one(rng)


def with_fault(code: str) -> Callable[[np.random.Generator], list[Packet]]:
    """An applicant whose papers have one fault."""
    return lambda rng: [faulty(packet(invent_applicant(rng)), code)]


def long_career(rng: np.random.Generator) -> list[Packet]:
    """Eight jobs, two of them at the same time: sheet B and its continuation."""
    return [packet(invent_applicant(rng, [14, 16, 9, 22, 11, 18, 26, 13], overlap=5))]


def short_career(rng: np.random.Generator) -> list[Packet]:
    """Less than 60 months."""
    whole = packet(invent_applicant(rng, [17, 21, 14]))
    return [Packet(whole.applicant, whole.sheets, ("experience_too_short",))]


def no_confirmation(rng: np.random.Generator) -> list[Packet]:
    """Sheet C left at home."""
    return [without(packet(invent_applicant(rng)), "c")]


SAMPLES = (
    Sample("01-typed-pdf", "scan.pdf", one, dpi=300),
    Sample("02-handwritten-pdf", "scan.pdf", one, hand=0.4, font="klee", dpi=300),
    Sample("03-typed-g4-tiff", "scan.tif", one, dpi=300, more={"mode": "bilevel"}),
    Sample("04-handwritten-jpeg", "scan-{}.jpg", one, each(exif_turned=[False, True]), hand=0.35, font="yozfont"),
    Sample("05-typed-png-plain", "scan-{}.png", unmarked, paper="clean"),
    Sample("06-handwritten-plain", "scan.pdf", unmarked, each(skew_deg=[-2.5, 1.8, 0.4, -1.1, 3.0]), hand=0.5, font="kiloji"),
    Sample("07-photocopies", "scan.pdf", one, each(print_scale=[(0.94, 0.94), (0.97, 0.96), (0.93, 0.93)]), paper="copy", dpi=300),
    Sample("08-turned", "scan.pdf", one, turned),
    Sample("09-duplex-g4", "scan.pdf", one, with_backs, hand=0.3, font="klee", dpi=400, more={"mode": "bilevel"}),
    Sample("10-out-of-order", "scan.pdf", long_career, in_order(5, 2, 0, 4, 1, 3)),
    Sample("11-two-applicants", "scan.tif", two, more={"mode": "bilevel"}, dpi=300),
    Sample("12-missing-c", "scan.pdf", no_confirmation, hand=0.4, font="seto"),
    Sample("13-expired-certificate", "scan.pdf", with_fault("certificate_expired"), dpi=150),
    Sample("14-unsigned-oath", "scan.pdf", with_fault("oath_unsigned"), hand=0.45, font="yusei", more={"ink": "blue", "mode": "colour"}),
    Sample("15-foreign-and-twice", "scan.pdf", one, foreign_and_twice),
    Sample("16-too-short", "scan.pdf", short_career, corrected, hand=0.3, font="yozfont", more={"ink": "pencil"}, dpi=300),
    Sample("17-other-pass-number", "scan-{}.jpg", with_fault("pass_number_mismatch")),
)


def pages_of(whole: Packet, number: int, sample: Sample) -> list[Page]:
    """The packet's sheets as pages of a case."""
    return [
        {"form": form, "fields": fields, "name": whole.applicant.person.name, "packet": number, "dpi": sample.dpi, **sample.more}
        for form, fields in whole.sheets
    ]


def case_of(sample: Sample, rng: np.random.Generator) -> dict[str, Any]:
    """The CASE of one sample."""
    packets = sample.packets(rng)
    pages = sample.arrange([page for number, whole in enumerate(packets) for page in pages_of(whole, number, sample)])
    members: list[list[int]] = [[] for _ in packets]
    drawn = []
    for place, page in enumerate(pages, 1):
        if "packet" in page:
            members[page["packet"]].append(place)
        mode = {"mode": sample.more["mode"]} if "mode" in sample.more else {}
        own = {key: value for key, value in page.items() if key != "packet"}
        drawn.append({**mode, **own, "dpi": sample.dpi, "file": sample.file.format(place)})
    said = [
        {
            "pages": places,
            "pass_number": whole.applicant.pass_number,
            "name": whole.applicant.person.name,
            "verdict": "deficient" if whole.codes else "complete",
            "codes": list(whole.codes),
        }
        for whole, places in zip(packets, members, strict=True)
    ]
    return {"pages": drawn, "packets": said, "received": ARRIVAL}


def make(sample: Sample, seed: int) -> None:
    """Draw one sample anew."""
    folder = PROJECT / "sample_scans" / sample.name
    shutil.rmtree(folder, ignore_errors=True)
    draw_case(
        parse_case(case_of(sample, np.random.default_rng(seed))),
        out=folder,
        font=fonts.font_file(sample.font) if sample.font else None,
        hand=sample.hand,
        paper=sample.paper,
        seed=seed,
        dpi=sample.dpi,
        library=load_library(PROJECT / "form_templates"),
    )
    size = sum(path.stat().st_size for path in folder.iterdir())
    sys.stdout.write(f"{sample.name}: {size / 1e6:.1f} MB\n")


def main(names: list[str]) -> None:
    """Draw the samples called `names`, or all."""
    for place, sample in enumerate(SAMPLES):
        if not names or sample.name in names:
            make(sample, SEED + place)


if __name__ == "__main__":
    main(sys.argv[1:])
