"""Character error rate of real hand-written free text, cut into lines and read by our line. Nothing is fitted to it.

Run from the project's root: python -m benchmarks.free_text ../shared/realdata [--save DIR] [--model FILE]
The folder holds sqs (questionnaires: gt.json, <form>.pdf, <form>.sqm) and attendance (gt.json, form_blank.pdf). Templates are made
from the blank PDFs at run time. For the rate both texts are folded (NFKC, width and variation selectors) and their spaces dropped;
punctuation counts. Texts that are transcribed as empty are not counted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cv2

from benchmarks.readers import distance
from benchmarks.real_ovals import NAMESPACE, POINT_MM, scanned_page
from pipeline import identify as identification
from pipeline.cleanup import clean
from pipeline.fields import FieldCrop, cut_fields
from pipeline.forms import Library, load_library
from pipeline.forms_new import How, make_templates
from pipeline.normalise.text import fold
from pipeline.recognise import Reading, TextReader
from pipeline.recognise.engine import PpOcrReader, open_engine, openvino_body
from pipeline.recognise.head import japanese_head, taught_head
from pipeline.recognise.onnxfile import split_model
from pipeline.recognise.text import Plan, plan_field, read_plans
from pipeline.register import register
from pipeline.settings import Limits

COMMENT = {"page": 1, "name": "comment", "kind": "multiline", "box_mm": [20, 195, 168, 40]}
"""The attendance sheet's free text, mm on the page its blank is laid on."""
OURS = "﨑"
"""A character that our own models know and the one they were taught from does not."""
PERSON = {"a005": "a", "a006": "a", "a007": "b", "a008": "b", "a015": "c", "a016": "c"}
"""Two pages of test1 are one person's; every other page is a person of its own."""


@dataclass(frozen=True)
class RealText:
    """One hand-written text: whose, its crop and what stands there."""

    group: str
    page: str
    person: str
    name: str
    truth: str
    crop: FieldCrop


@dataclass(frozen=True)
class Read:
    """A text as it was read."""

    source: RealText
    plan: Plan
    text: str
    likely: str

    @property
    def errors(self) -> int:
        """Edit distance of the folded texts."""
        return distance(plain(self.text), plain(self.source.truth))

    @property
    def likely_errors(self) -> int:
        """The same of the text that reader and language find likeliest."""
        return distance(plain(self.likely), plain(self.source.truth))

    @property
    def length(self) -> int:
        """Characters that stand there."""
        return len(plain(self.source.truth))


def plain(text: str) -> str:
    """What the rate compares."""
    return "".join(fold(text).split())


def text_areas(file: Path) -> list[dict[str, Any]]:
    """The text areas of a .sqm file, as fields of a new template."""
    found = []
    for number, page in enumerate(ET.parse(file).getroot().findall("svg:pageSet/svg:page", NAMESPACE), 1):
        for group in page.iter(f"{{{NAMESPACE['svg']}}}g"):
            rect = group.find("svg:rect", NAMESPACE)
            if str(group.get("id")).startswith("textarea") and rect is not None:
                box = [float(rect.get(key, "nan")) * POINT_MM for key in ("x", "y", "width", "height")]
                found.append({"page": number, "name": f"text{str(group.get('id'))[8:]}", "kind": "multiline", "box_mm": box})
    return found


def templates(folder: Path, made: Path) -> Library:
    """A library of the real blank forms, made below `made`."""
    blanks = {pdf.stem: (pdf, text_areas(pdf.with_suffix(".sqm"))) for pdf in sorted((folder / "sqs").glob("*_form.pdf"))}
    blanks["attendance"] = folder / "attendance" / "form_blank.pdf", [COMMENT]
    for form, (blank, fields) in blanks.items():
        listed = made / f"{form}.json"
        listed.write_text(json.dumps(fields), encoding="utf-8")
        make_templates(blank, listed, form, made / "templates", How(Limits()))
    return load_library(made / "templates")


def transcribed(folder: Path) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """(set, scan, its texts by field) for every scan on which a text was written."""
    pages: dict[str, dict[str, Any]] = json.loads((folder / "sqs" / "gt.json").read_text("utf-8"))
    for name, page in pages.items():
        texts = {f"text{number}": text for number, text in page["handwriting_transcribed_here"].items() if text}
        if texts:
            yield Path(name).parent.name, folder / name, texts
    sheets: dict[str, dict[str, Any]] = json.loads((folder / "attendance" / "gt.json").read_text("utf-8"))
    for name, sheet in sheets.items():
        yield "attendance", folder / "attendance" / name, {"comment": sheet["comment"]}


def real_texts(folder: Path) -> list[RealText]:
    """Every transcribed text with its crop, pages laid over their forms as the line does it."""
    found = []
    with tempfile.TemporaryDirectory() as made:
        library = templates(folder, Path(made))
        index = identification.build_index(library)
        for group, path, texts in transcribed(folder):
            cleaned = clean(scanned_page(path))
            chosen = identification.identify(cleaned, index).chosen
            if chosen is None:
                raise SystemExit(f"{path.name} is not told")
            crops = {crop.spec.name: crop for crop in cut_fields(register(cleaned, chosen, library), library)}
            person = f"{group}/{PERSON.get(path.stem, path.stem)}"
            found += [RealText(group, path.stem, person, name, text, crops[name]) for name, text in texts.items()]
    return found


def reader(model: Path | None) -> TextReader:
    """The reader of the line, or the same with another network of its kind."""
    if model is None:
        return open_engine()
    parts = split_model(model.read_bytes())
    head = taught_head(parts) if OURS in parts.characters else japanese_head(parts)
    return PpOcrReader(openvino_body(parts, "f32"), head)


def read_all(texts: list[RealText], engine: TextReader) -> list[Read]:
    plans = [plan_field(text.crop) for text in texts]
    found = read_plans(plans, engine)
    told = [reading.likely.text if reading.likely else reading.text for reading in found]
    return [Read(text, plan, one.text, likely) for text, plan, one, likely in zip(texts, plans, found, told, strict=True)]


def save(reads: list[Read], engine: TextReader, folder: Path) -> None:
    """Line crops as pictures, the whole crops beside them, and a table that says what is on them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file\tset\tperson\ttext\tline\tread\ttruth of the whole text"]
    for one in reads:
        stem = f"{one.source.group}-{one.source.page}-{one.source.name}"
        cv2.imwrite(str(folder / f"{stem}.png"), one.source.crop.ink)
        lines: list[Reading] = engine.read(one.plan.crops)
        for number, (crop, line) in enumerate(zip(one.plan.crops, lines, strict=True), 1):
            file = f"{stem}-{number}.png"
            cv2.imwrite(str(folder / file), crop.image)
            rows.append("\t".join([file, one.source.group, one.source.person, one.source.name, str(number), line.text, one.source.truth]))
    (folder / "lines.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def show(title: str, reads: list[Read]) -> None:
    errors, length = sum(one.errors for one in reads), sum(one.length for one in reads)
    lines = sum(len(one.plan.crops) for one in reads)
    told = sum(one.likely_errors for one in reads)
    print(f"{title:24} {len(reads):3d} texts {lines:3d} lines {length:4d} characters", end=" ")
    print(f"{errors:4d} errors  CER {errors / length:.3f}; with the language {told:4d} errors  CER {told / length:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save", type=Path, default=None, help="folder for the line crops and lines.tsv")
    parser.add_argument("--model", type=Path, default=None, help="another recognition network (ONNX) of the same kind")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    engine = reader(options.model)
    reads = read_all(real_texts(options.folder), engine)
    for one in reads:
        show(f"{one.source.page} {one.source.name}", [one])
        print("   truth", plain(one.source.truth), "\n   read ", plain(one.text), "\n   told ", plain(one.likely))
    for key in ("person", "group"):
        for value in sorted({getattr(one.source, key) for one in reads}):
            show(value, [one for one in reads if getattr(one.source, key) == value])
    show("sqs", [one for one in reads if one.source.group != "attendance"])
    show("total", reads)
    if options.save:
        save(reads, engine, options.save)


if __name__ == "__main__":
    main()
