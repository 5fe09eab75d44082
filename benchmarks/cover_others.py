"""Pages that are no cover sheets, drawn and scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from reportlab.graphics.barcode.qr import QrCodeWidget

from pipeline.drawing.fill import Inked, Value, fill_page, new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.looks import new_look
from pipeline.drawing.paper import scan
from pipeline.drawing.people import invent_person
from pipeline.forms import Library, load_library
from pipeline.geometry import Colour, Gray, pixels
from pipeline.settings import Settings
from tests.recognise.certificate_designs import LAYOUTS
from tests.recognise.certificates import DPI as CERTIFICATE_DPI
from tests.recognise.certificates import invented

DPI = 300
QR_MM = (18.0, 65.0)
"""From that of an invoice to that of a poster."""
Draw = Callable[[Library, int, np.random.Generator], tuple[Colour, int]]


def _blank_form(library: Library, number: int, _rng: np.random.Generator) -> tuple[Colour, int]:
    template = library.templates[number % len(library.templates)]
    return np.asarray(cv2.cvtColor(library.reference(template.id), cv2.COLOR_GRAY2RGB), np.uint8), DPI


def _filled_form(library: Library, number: int, rng: np.random.Generator) -> tuple[Colour, int]:
    template = library.templates[number % len(library.templates)]
    person, writer = invent_person(rng), new_writer(None, float(rng.uniform(0.3, 0.8)), rng)
    values: dict[str, Value] = {spec.name: person.name for spec in template.fields if spec.kind == "name"}
    values |= {spec.name: True for spec in template.fields if spec.kind in ("seal", "signature")}
    return fill_page(template, Inked(values, person.name), writer, rng, DPI), DPI


def _certificate(_library: Library, number: int, rng: np.random.Generator) -> tuple[Colour, int]:
    layouts = list(LAYOUTS.values())
    return layouts[number % len(layouts)](invented(rng)).rgb(), CERTIFICATE_DPI


def _foreign(_library: Library, number: int, rng: np.random.Generator) -> tuple[Colour, int]:
    return foreign_page(list(KINDS)[number % len(KINDS)], new_writer(None, 0.5, rng), rng, DPI), DPI


def _with_code(library: Library, number: int, rng: np.random.Generator) -> tuple[Colour, int]:
    """A foreign page with somebody else's QR, one or two, also of our size."""
    page, _ = _foreign(library, number, rng)
    for _ in range(1 + number % 2):
        _put(page, _code(rng, 50.0 if number % 3 == 0 else float(rng.uniform(*QR_MM))), rng)
    return page, DPI


def _with_damaged_code(library: Library, number: int, rng: np.random.Generator) -> tuple[Colour, int]:
    """The same, the code torn or written over so that nobody can read it; its corner squares are whole."""
    page, _ = _foreign(library, number, rng)
    code = _code(rng, 50.0 if number % 2 else float(rng.uniform(*QR_MM)))
    low, high = round(0.35 * len(code)), round(0.9 * len(code))
    code[low:high, low:high] = 255
    _put(page, code, rng)
    return page, DPI


def _code(rng: np.random.Generator, side_mm: float) -> Gray:
    version = int(rng.integers(3, 9))
    widget = QrCodeWidget(f"https://example.com/?id={rng.integers(10**9)}", barLevel="L", qrVersion=version)
    widget.qr.make()
    modules = np.array([[0 if cell else 255 for cell in row] for row in widget.qr.modules], np.uint8)
    side = pixels(side_mm, DPI)
    return np.asarray(cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)


def _put(page: Colour, code: Gray, rng: np.random.Generator) -> None:
    side, quiet = len(code), pixels(5.0, DPI)
    x = int(rng.integers(quiet, page.shape[1] - side - quiet))
    y = int(rng.integers(quiet, page.shape[0] - side - quiet))
    page[y - quiet : y + side + quiet, x - quiet : x + side + quiet] = 255
    page[y : y + side, x : x + side] = code[:, :, None]


OTHERS: dict[str, Draw] = {
    "blank forms": _blank_form,
    "filled forms": _filled_form,
    "certificates": _certificate,
    "foreign pages": _foreign,
    "somebody else's QR": _with_code,
    "a damaged QR": _with_damaged_code,
}


def other_pages(kind: str, pages: int, seed: int) -> Iterator[tuple[Gray, int]]:
    """Scans of one kind, with their dpi."""
    library = load_library(Settings().templates)
    for number in range(pages):
        rng = np.random.default_rng([seed, list(OTHERS).index(kind), number, 99])
        page, dpi = OTHERS[kind](library, number, rng)
        picture = scan(page, dpi, new_look(("office", "copy", "clean")[number % 3], rng), rng, dpi=200).pixels
        yield picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), 200
