"""Draws a case: pages filled in, put on paper, scanned and written out beside their truth.json."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.drawing import fonts
from pipeline.drawing.casefile import Case, PageCase, load_case, parse_case
from pipeline.drawing.files import write_scan
from pipeline.drawing.fill import Inked, Writer, fill_page, new_writer
from pipeline.drawing.foreign import foreign_page
from pipeline.drawing.hand import typed_hand
from pipeline.drawing.looks import Look, new_look
from pipeline.drawing.paper import Scanned, drawing_dpi, scan
from pipeline.errors import WrongUsage
from pipeline.forms import Library
from pipeline.geometry import A4_MM, Colour, pixels

__all__ = ["Case", "draw_case", "load_case", "parse_case"]

SIGNED_FIELDS = ("name", "applicant_name")
"""Where a page says whose it is."""
DUPLEX_SHOWS = 0.035
"""Least share of the front's ink seen on a blank back, on any paper but a clean one."""
FILE_NAMES = {"pdf": "scan.pdf", "tiff": "scan.tif", "png": "page-{}.png", "jpeg": "page-{}.jpg"}
CERTIFICATE_FONT = "mincho"


@dataclass(frozen=True)
class _Desk:
    """What holds for all pages of one drawing."""

    case: Case
    library: Library
    font: Path | None
    hand: float
    paper: str
    seed: int
    dpi: int

    def rng(self, *key: int) -> np.random.Generator:
        """A generator of its own for each purpose, so that one page's changes leave the others alone."""
        return np.random.default_rng([self.seed, *key])


def draw_case(  # noqa: PLR0913 - the options of `intake draw`
    case: Case, *, out: Path, font: Path | None, hand: float, paper: str, seed: int, dpi: int, library: Library
) -> None:
    """Draw every page of `case` into `out`, with truth.json. The same arguments give the same bytes.

    Args:
        case: what is written where; what a page says of itself goes before the arguments here.
        out: folder, made when it is missing.
        font: font file to write with; None = fonts of the registry.
        hand: 0 = word processor .. 1 = hasty hand.
        paper: clean, office, copy or fax.
        seed: of all that is left to chance.
        dpi: of the scans.
        library: the templates.

    Raises:
        WrongUsage: a page asks for a field, an option or a font that does not exist.
        TemplateError: a page asks for a form that does not exist.
        MissingOnMachine: a font is not installed.
    """
    desk = _Desk(case, library, font, hand, paper, seed, dpi)
    out.mkdir(parents=True, exist_ok=True)
    names = _file_names(case)
    truths: list[dict[str, Any]] = []
    waiting: list[Scanned] = []
    for place, side in enumerate(_sides(desk)):
        waiting.append(side)
        truths.append(_truth(desk, place, side, names))
        if place + 1 == len(names) or names[place + 1] != names[place]:
            write_scan(out / names[place], waiting, exif_turned=case.pages[place].exif_turned)
            waiting = []
    (out / "truth.json").write_text(json.dumps(_whole_truth(case, truths), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _file_names(case: Case) -> list[str]:
    """The file of each page. Pages of one file have to follow each other."""
    names = [page.file or FILE_NAMES[case.format].format(place + 1) for place, page in enumerate(case.pages)]
    changes = [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]
    twice = [name for name, count in Counter(changes).items() if count > 1]
    if twice:
        raise WrongUsage(f"{twice[0]} のページが続いていません。")
    return names


def _sides(desk: _Desk) -> Iterator[Scanned]:
    """Draw and scan page after page; two drawings are in memory at a time."""
    session = new_look(desk.paper, desk.rng(0))
    before: Colour | None = None
    for place, page in enumerate(desk.case.pages):
        dpi = page.dpi or desk.dpi
        drawn = _drawn(desk, place, drawing_dpi(dpi))
        back = before if page.blank and before is not None and before.shape == drawn.shape else None
        look = _look(desk, page, session, desk.rng(1, place))
        if back is not None and desk.paper != "clean":
            look = replace(look, show_through=max(look.show_through, DUPLEX_SHOWS))
        yield scan(drawn, drawing_dpi(dpi), look, desk.rng(2, place), dpi=dpi, back=back)
        before = drawn


def _drawn(desk: _Desk, place: int, dpi: int) -> Colour:
    """The paper before it is scanned; a page scanned twice is the same paper."""
    page = desk.case.pages[place]
    if page.repeats is not None:
        return _drawn(desk, page.repeats - 1, dpi)
    rng = desk.rng(3, place)
    if page.blank:
        return np.full((pixels(A4_MM[1], dpi), pixels(A4_MM[0], dpi), 3), 255, np.uint8)
    writer = _writer(desk, place)
    if page.form is None:
        kind = page.foreign if isinstance(page.foreign, str) else "letter"
        return foreign_page(kind, writer, rng, dpi)
    template = desk.library.get(page.form)
    return fill_page(template, Inked(page.fields, _signer(desk, place), page.struck), writer, rng, dpi)


def _writer(desk: _Desk, place: int) -> Writer:
    page = desk.case.pages[place]
    sheet = desk.library.get(page.form).sheet if page.form else "foreign"
    packet = next((number for number, packet in enumerate(desk.case.packets) if place + 1 in packet.pages), 0)
    key = page.writer or f"{packet}-{'certifier' if sheet == 'c' else 'applicant'}"
    rng = desk.rng(4, zlib.crc32(key.encode()))
    if sheet in ("certificate", "foreign"):
        writer = new_writer(None, 0.0, rng)
        return replace(writer, hand=typed_hand(fonts.font_file(CERTIFICATE_FONT)))
    font = fonts.font_file(page.font) if page.font else desk.font
    return new_writer(font, desk.hand if page.hand is None else page.hand, rng, page.ink)


def _signer(desk: _Desk, place: int) -> str:
    """Whose name stands where a signature or a seal is only said to be there."""
    page = desk.case.pages[place]
    own = [page.name, *(str(page.fields[name]) for name in SIGNED_FIELDS if page.fields.get(name))]
    packets = [packet.name for packet in desk.case.packets if place + 1 in packet.pages]
    others = [str(other.fields["name"]) for other in desk.case.pages if other.fields.get("name")]
    name = next((name for name in [*own, *packets, *others] if name), "")
    if not name and True in page.fields.values():
        raise WrongUsage(f"{place + 1} ページ目の署名・印の氏名が分かりません。name を書いてください。")
    return name


def _look(desk: _Desk, page: PageCase, session: Look, rng: np.random.Generator) -> Look:
    """How this page went through the scanner: its own way of lying there, the session's lid, lamp and settings."""
    preset = page.paper or desk.paper
    is_copy = page.form is not None and desk.library.get(page.form).sheet == "certificate" and preset == "office"
    look = new_look("copy" if is_copy else preset, rng)
    if page.paper is None:
        look = replace(look, edge_mm=session.edge_mm, background=session.background, jpeg=session.jpeg, mode=session.mode)
    own: Mapping[str, Any] = {name: getattr(page, name) for name in ("rotation", "skew_deg", "mode", "print_scale", "generations")}
    look = replace(look, **{name: value for name, value in own.items() if value is not None})
    return replace(look, skew_deg=page.skew_deg - look.copy_turn_deg) if page.skew_deg is not None else look


def _truth(desk: _Desk, place: int, side: Scanned, names: list[str]) -> dict[str, Any]:
    page = desk.case.pages[place]
    shown = desk.case.pages[page.repeats - 1] if page.repeats is not None else page
    truth: dict[str, Any] = {"file": names[place], "page": names[: place + 1].count(names[place]), "form": shown.form}
    if shown.form is not None:
        truth["fields"] = shown.fields
        truth["scan_from_page"] = [round(float(value), 6) for value in side.scan_from_page.ravel()]
        truth["skew_deg"] = round(side.skew_deg, 4)
    for kind in ("blank", "foreign"):
        if getattr(shown, kind):
            truth[kind] = True
    return {**truth, "rotation": side.rotation}


def _whole_truth(case: Case, pages: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {"pages": pages}
    if case.packets:
        whole["packets"] = [{**packet.model_dump(exclude_none=True), "codes": packet.codes} for packet in case.packets]
    if case.received:
        whole["received"] = case.received.isoformat()
    return whole
