"""How many fields of known forms `intake forms new` proposes by itself, how many of its proposals are none, labels, kinds and CPU time.

Run from the project's root: python -m benchmarks.proposals [--real FOLDER] [--scanned] [--only NAME] [--overlays DIR]. FOLDER holds
gov-forms/ (*/source.pdf, template.json in mm) and sqs/ (*_form.pdf, .sqm in points). Developed on: our own forms, besshi16, sqs test1;
reported on: the rest.

A field of the truth is *found* when one proposal (its box, a part or an option) shares IOU of the two areas' union with it, or covers
COVERED of it and is at most LARGER times its size. A field with options counts once per option; one with parts is found as a whole or
when each of its parts is. A proposal is *false* when neither its middle lies in a field of the truth nor the middle of one in it.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from xml.etree import ElementTree as ET

import cv2
import numpy as np
from pdf2image import convert_from_path
from PIL import Image

from pipeline.drawing.looks import Look
from pipeline.drawing.paper import scan
from pipeline.forms import FieldSpec, load_template
from pipeline.forms_new.blank import BlankPage, PrintReader, read_blank
from pipeline.forms_new.boxes import BoxEntry
from pipeline.forms_new.propose import propose
from pipeline.geometry import MM_PER_INCH, Box, Colour
from pipeline.recognise.engine import open_engine
from pipeline.recognise.printed import printed_words
from pipeline.settings import Limits

IOU, COVERED, LARGER = 0.5, 0.7, 1.6
OWN = ("a", "b", "c", "d")
DEVELOPMENT = ("own a", "own b", "own c", "own d", "gov besshi16", "sqs test1")
POINT_MM = MM_PER_INCH / 72
SVG, XFORMS = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/2002/xforms}"
SCAN_DPI = 300
ONE_LINE = frozenset({"text", "name", "kana", "latin", "phone", "email", "number", "signature", "multiline"})
"""Kinds that a truth of plain `text` leaves open."""


@dataclass(frozen=True)
class Known:
    """A writing area of the truth; `kinds` that are right, empty = not known; `label` "" = not known."""

    page: int
    box: Box
    pieces: tuple[Box, ...]
    kinds: frozenset[str]
    label: str


@dataclass(frozen=True)
class Score:
    """What the proposals of one form are worth."""

    fields: int
    found: int
    proposals: int
    false: int
    labels: tuple[int, int]
    kinds: tuple[int, int]
    seconds: float


def own_truth(folder: Path) -> list[Known]:
    """The fields of one of our templates."""
    return [known for spec in load_template(folder).fields for known in _own(spec)]


def _own(spec: FieldSpec) -> Iterator[Known]:
    if spec.kind in ("choice", "marks"):
        for option in spec.options:
            yield Known(1, option.box, (), frozenset({"choice", "marks"}), option.name if len(option.name) > 1 else "")
    else:
        pieces = tuple(part.box for part in spec.parts)
        yield Known(1, spec.box, pieces, frozenset({spec.kind}), spec.label)


def government_truth(folder: Path) -> list[Known]:
    """The published boxes of a government form, in mm."""
    pages = json.loads((folder / "template.json").read_text("utf-8"))["schemas"]
    return [_government(number, item) for number, page in enumerate(pages, 1) for item in page]


def _government(page: int, item: dict[str, object]) -> Known:
    position = item["position"]
    if not isinstance(position, dict):
        raise TypeError("a box without a position")
    box = Box(float(position["x"]), float(position["y"]), float(str(item["width"])), float(str(item["height"])))
    kinds = frozenset({"choice", "marks"}) if item["type"] == "circleMark" else frozenset({*ONE_LINE, "digits", "date", "year_month"})
    return Known(page, box, (), kinds, "")


def questionnaire_truth(sqm: Path) -> list[Known]:
    """Ovals and text areas of a questionnaire."""
    return [
        _questionnaire(number, group)
        for number, page in enumerate(ET.parse(sqm).getroot().iter(f"{SVG}page"), 1)
        for group in page.iter(f"{SVG}g")
    ]


def _questionnaire(page: int, group: ET.Element) -> Known:
    rect = next(group.iter(f"{SVG}rect"))
    box = Box(*(float(rect.attrib[key]) * POINT_MM for key in ("x", "y", "width", "height")))
    if "/" not in group.attrib["id"]:
        return Known(page, box, (), frozenset({"multiline"}), "")
    item = next(group.iter(f"{XFORMS}item"), None)
    label = item.findtext(f"{XFORMS}label", "") if item is not None else ""
    return Known(page, box, (), frozenset({"choice", "marks"}), label)


def score(truth: Sequence[Known], proposals: Sequence[BoxEntry], seconds: float) -> Score:
    """Hold proposals against the truth."""
    hits = [(known, _hit(known, proposals)) for known in truth]
    found = [(known, entry, label) for known, (entry, label) in hits if entry is not None]
    labels = [_same(known.label, label) for known, _, label in found if known.label]
    kinds = [entry.kind in known.kinds for known, entry, _ in found if known.kinds]
    false = sum(_is_false(entry, truth) for entry in proposals)
    return Score(len(truth), len(found), len(proposals), false, (sum(labels), len(labels)), (sum(kinds), len(kinds)), seconds)


def _hit(known: Known, proposals: Sequence[BoxEntry]) -> tuple[BoxEntry | None, str]:
    """The proposal that fits a field best, and its label."""
    pieces = [piece for entry in proposals if entry.page == known.page for piece in _pieces(entry)]
    fitting = [(_iou(known.box, box), number) for number, (_, box, _) in enumerate(pieces) if _fits(known.box, box)]
    if fitting:
        entry, _, label = pieces[max(fitting)[1]]
        return entry, label
    parts = [next((entry for entry, box, _ in pieces if _fits(part, box)), None) for part in known.pieces]
    if parts and parts[0] is not None and all(parts):
        return parts[0], parts[0].label
    return None, ""


def _pieces(entry: BoxEntry) -> Iterator[tuple[BoxEntry, Box, str]]:
    yield entry, Box(*entry.box_mm), entry.label
    for option in entry.options:
        yield entry, Box(*option.box_mm), option.name
    for part in entry.parts:
        yield entry, Box(*part.box_mm), entry.label


def _fits(truth: Box, box: Box) -> bool:
    shared = _shared(truth, box)
    covers = shared >= COVERED * truth.w * truth.h and box.w * box.h <= LARGER * truth.w * truth.h
    return covers or _iou(truth, box) >= IOU


def _iou(one: Box, other: Box) -> float:
    shared = _shared(one, other)
    return shared / (one.w * one.h + other.w * other.h - shared)


def _shared(one: Box, other: Box) -> float:
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(width, 0.0) * max(height, 0.0)


def _is_false(entry: BoxEntry, truth: Sequence[Known]) -> bool:
    boxes = [Box(*option.box_mm) for option in entry.options] or [Box(*entry.box_mm)]
    return not any(_centred(box, known.box) or _centred(known.box, box) for box in boxes for known in truth if known.page == entry.page)


def _centred(one: Box, other: Box) -> bool:
    return other.x <= one.x + one.w / 2 <= other.right and other.y <= one.y + one.h / 2 <= other.bottom


def _same(truth: str, label: str) -> bool:
    """Are two labels the same but for spaces and marks, or is one of them in the other?"""
    wanted, got = (re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)) for text in (truth, label))
    return bool(got) and (wanted in got or (got in wanted and 2 * len(got) >= len(wanted)))


def on_paper(blank: Path, file: Path, seed: int) -> Path:
    """The first page of a blank as an office scans it: a PDF of one picture."""
    page = np.asarray(convert_from_path(blank, dpi=SCAN_DPI, first_page=1, last_page=1)[0], np.uint8)
    look = Look(mode="gray", skew_deg=float(np.random.default_rng(seed).uniform(-1, 1)))
    scanned = scan(page, SCAN_DPI, look, np.random.default_rng(seed), dpi=SCAN_DPI)
    Image.fromarray(scanned.pixels).save(file, resolution=SCAN_DPI)
    return file


def overlay(page: BlankPage, proposals: Sequence[BoxEntry], truth: Sequence[Known]) -> Colour:
    """Truth (green, thick) under proposals (blue), parts (red) and options (orange): (h, w, 3) uint8, BGR."""
    picture = np.repeat(page.reference[:, :, None], 3, axis=2)
    for known in truth:
        if known.page == page.number:
            _frame(picture, known.box, (120, 220, 120), 5)
    for entry in proposals:
        if entry.page == page.number:
            _frame(picture, Box(*entry.box_mm), (220, 60, 0), 2)
            for piece in (*entry.parts, *entry.options):
                _frame(picture, Box(*piece.box_mm), (0, 100, 240), 2)
            for cell in entry.cells:
                _frame(picture, Box(*cell), (200, 0, 160), 1)
    return picture


def _frame(picture: Colour, box: Box, colour: tuple[int, int, int], width: int) -> None:
    scale = picture.shape[1] / 210
    corner, other = ((round(x * scale), round(y * scale)) for x, y in ((box.x, box.y), (box.right, box.bottom)))
    cv2.rectangle(picture, corner, other, colour, width)


def forms(real: Path | None) -> Iterator[tuple[str, Path, list[Known]]]:
    """Name, blank and truth of every form."""
    for form in OWN:
        yield f"own {form}", Path("form_templates") / form / "blank.pdf", own_truth(Path("form_templates") / form)
    if real is not None:
        for folder in sorted(path.parent for path in real.glob("gov-forms/*/template.json")):
            yield f"gov {folder.name.split('-')[-1]}", folder / "source.pdf", government_truth(folder)
        for sqm in sorted(real.glob("sqs/*.sqm")):
            yield f"sqs {sqm.stem.removesuffix('_form')}", sqm.with_suffix(".pdf"), questionnaire_truth(sqm)


def main() -> None:
    """Print one line per form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--scanned", action="store_true", help="our own forms after printing and scanning, read by our reader")
    parser.add_argument("--only", default="", help="forms whose name begins so")
    parser.add_argument("--overlays", type=Path, help="folder for pictures")
    arguments = parser.parse_args()
    print(f"{'form':16} {'set':6} {'fields':>6} {'found':>6} {'prop.':>6} {'false':>6} {'labels':>9} {'kinds':>9} {'cpu s':>6}")
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, blank, truth) in enumerate(forms(arguments.real)):
            if not name.startswith(arguments.only):
                continue
            file = on_paper(blank, Path(scratch) / f"{number}.pdf", number) if arguments.scanned else blank
            result, pages, proposals = measured(file, truth)
            _print(name, result)
            if arguments.overlays is not None:
                arguments.overlays.mkdir(parents=True, exist_ok=True)
                for page in pages:
                    cv2.imwrite(str(arguments.overlays / f"{name.replace(' ', '_')}_{page.number}.png"), overlay(page, proposals, truth))


def reader() -> PrintReader:
    """Our own reader, for blanks that are pictures."""
    lines = open_engine()
    return lambda page: printed_words(page, lines)


def measured(blank: Path, truth: Sequence[Known]) -> tuple[Score, list[BlankPage], list[BoxEntry]]:
    """The proposals for a blank, held against the truth."""
    started = process_time()
    pages = read_blank(blank, Limits(), reader())
    proposals = [entry for page in pages for entry in propose(page)]
    return score(truth, proposals, process_time() - started), pages, proposals


def _print(name: str, result: Score) -> None:
    part = "dev" if name in DEVELOPMENT else "report"
    labels, kinds = (f"{right}/{of}" for right, of in (result.labels, result.kinds))
    counts = f"{result.fields:6} {result.found:6} {result.proposals:6} {result.false:6}"
    print(f"{name:16} {part:6} {counts} {labels:>9} {kinds:>9} {result.seconds:6.1f}")


if __name__ == "__main__":
    main()
