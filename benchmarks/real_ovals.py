"""How the filled-in ovals of real questionnaires are read: right, wrong or to a person, page by page. Nothing is fitted to them.

Run from the project's root: python -m benchmarks.real_ovals FOLDER, the folder holding gt.json, <form>.pdf and <form>.sqm (XML that
gives each oval's place in points), and the scans below it. Templates are made from the blank PDFs at run time.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cv2
import numpy as np
from pdf2image import convert_from_path

from pipeline import identify as identification
from pipeline.cleanup import clean
from pipeline.fields import FieldCrop, cut_fields
from pipeline.forms import REFERENCE_DPI, FieldSpec, FormTemplate, Library, Option
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, Gray
from pipeline.pages import PageImage
from pipeline.recognise.marks import MarkReading, read_marks
from pipeline.register import register

POINT_MM = MM_PER_INCH / 72
NAMESPACE = {"svg": "http://www.w3.org/2000/svg", "xforms": "http://www.w3.org/2002/xforms"}
KIND = "{http://sqs.cmr.sfc.keio.ac.jp/2004/sqs}pxform-type"


@dataclass(frozen=True)
class Judged:
    """One field of ovals and what it should have said."""

    crop: FieldCrop
    reading: MarkReading
    truth: frozenset[str]

    @property
    def verdict(self) -> str:
        """person, right or WRONG."""
        return "person" if self.reading.doubt else "right" if set(self.reading.chosen) == self.truth else "WRONG"


def oval_fields(file: Path, page: int) -> tuple[FieldSpec, ...]:
    """The questions of one page (from 1) of a .sqm file, each with its ovals."""
    found = ET.parse(file).getroot().findall("svg:pageSet/svg:page", NAMESPACE)[page - 1]
    marks = [group for group in found.iter(f"{{{NAMESPACE['svg']}}}g") if str(group.get("id")).startswith("mark")]
    questions = groupby(marks, key=lambda group: str(group.get("id")).rpartition("/")[0])
    return tuple(_field(name, list(groups)) for name, groups in questions)


def _field(name: str, groups: list[ET.Element]) -> FieldSpec:
    options = tuple(Option(str(group.get("id")), _box(group), "oval") for group in groups)
    several = any(select.get(KIND) == "select" for select in groups[0].iter(f"{{{NAMESPACE['xforms']}}}select"))
    left, top = min(option.box.x for option in options), min(option.box.y for option in options)
    right, bottom = max(option.box.right for option in options), max(option.box.bottom for option in options)
    return FieldSpec(name, name, "marks" if several else "choice", Box(left, top, right - left, bottom - top), options=options)


def _box(group: ET.Element) -> Box:
    rect = group.find("svg:rect", NAMESPACE)
    if rect is None:
        raise ValueError(f"{group.get('id')} has no place")
    return Box(*(float(rect.get(key, "nan")) * POINT_MM for key in ("x", "y", "width", "height")))


def templates(folder: Path) -> Library:
    """A library of the blank PDFs in `folder`, one template a page."""
    made, references = [], {}
    for pdf in sorted(folder.glob("*_form.pdf")):
        for number, picture in enumerate(convert_from_path(pdf, dpi=4 * REFERENCE_DPI, grayscale=True), 1):
            form = f"{pdf.stem}_{number}"
            small = cv2.resize(np.asarray(picture, np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            references[form] = np.asarray(small, np.uint8)
            references[form].setflags(write=False)
            fields = oval_fields(pdf.with_suffix(".sqm"), number)
            made.append(FormTemplate(form, "other", form, "1", "plain", form, fixed=True, folder=folder, fields=fields))
    return Library(tuple(made), references)


def scanned_page(path: Path) -> PageImage:
    picture: Gray | None = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)  # type: ignore[assignment]
    if picture is None:
        raise FileNotFoundError(path)
    stated = min((150, 200, 300, 600), key=lambda dpi: abs(dpi - picture.shape[1] / A4_MM[0] * MM_PER_INCH))
    return PageImage(1, picture, None, stated)


def read_pages(folder: Path) -> Iterator[tuple[str, list[Judged]]]:
    """(scan, its fields of ovals) for every scan of gt.json whose page has ovals."""
    library = templates(folder)
    index = identification.build_index(library)
    truth: dict[str, dict[str, Any]] = json.loads((folder / "gt.json").read_text("utf-8"))
    for name, page in truth.items():
        if page["mark_density"]:
            yield name, _read_page(folder.parent / name, frozenset(page["marked"]), library, index)


def _read_page(path: Path, marked: frozenset[str], library: Library, index: identification.FormIndex) -> list[Judged]:
    cleaned = clean(scanned_page(path))
    chosen = identification.identify(cleaned, index).chosen
    if chosen is None:
        return []
    crops = cut_fields(register(cleaned, chosen, library), library)
    names = [frozenset(option.name for option in crop.spec.options) for crop in crops]
    return [Judged(crop, read_marks(crop), marked & own) for crop, own in zip(crops, names, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save", type=Path, default=None, help="folder for pictures of what was not read right")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    fields, ovals, doubted = Counter[str](), Counter[str](), 0
    for name, judged in read_pages(options.folder):
        own = Counter(field.verdict for field in judged)
        fields += own
        for field in judged:
            doubted += len(field.reading.unsure)
            ovals[field.verdict] += len(field.crop.spec.options)
            if field.verdict != "right":
                print("  ", field.crop.spec.name, field.verdict, sorted(field.truth), field.reading)
                if options.save:
                    picture = np.vstack([field.crop.gray, field.crop.ink])
                    cv2.imwrite(str(options.save / f"{Path(name).stem}-{field.crop.spec.name.replace('/', '_')}.png"), picture)
        print(f"{name:24}", dict(own) or "page not told")
    print("fields", dict(fields), "ovals in such fields", dict(ovals), "ovals in doubt themselves", doubted)


if __name__ == "__main__":
    main()
