"""The pages of a blank form as reference pictures: drawn ones averaged down, scanned ones cleaned and made level first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from pipeline.cleanup import clean, levelled
from pipeline.errors import PageRejected, ScanRefused, WrongUsage
from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.words import MM_PER_POINT, Word, page_words
from pipeline.geometry import A4_MM, Box, Gray, millimetres, pixels
from pipeline.ingest import open_scan
from pipeline.pages import PageImage, page_images
from pipeline.pages.embedded import sole_picture
from pipeline.settings import Limits

OVERSAMPLING = 4
"""poppler snaps thin rules to whole pixels: drawn four times as fine and averaged, a rule is at most 0.016 mm off."""
A4_WITHIN_MM = 4.0
"""A scanner cuts or adds this much; US Letter is 6 mm wider and 18 mm shorter."""
FITTED_FROM, FITTED_TO = 0.9, 1.05
"""Another sheet is fitted on A4 within this scale: US Letter is (0.97), B4 and A3 are printed on paper of their own. Both real scans of a
Letter form are prints on A4 at 0.94 of their size, in its middle: fitted into the printer's margins. Templates are found from 93 to 107 %
of the size laid out here, so prints at 0.94 and at full size (1.03) are both found."""
MOST_PAGES = 50
"""A form has fewer; every page costs seconds and its pictures are held together."""
NO_DAY = date(1, 1, 1)
"""A blank form was not received."""


@dataclass(frozen=True)
class BlankPage:
    """One page of the blank form.

    Attributes:
        number: from 1.
        reference: (2339, 1654) uint8, the A4 page at REFERENCE_DPI.
        words: printed words with their places; empty where the PDF has none and nobody read the picture.
        title: title of the PDF, may be empty.
        fitted: scale at which a sheet of another size was laid on A4, in its middle; None = it is A4.
    """

    number: int
    reference: Gray
    words: tuple[Word, ...]
    title: str
    fitted: float | None = None


PrintReader = Callable[[Gray], Sequence[Word]]
"""Reads the printed words off an A4 page at REFERENCE_DPI; places in page millimetres."""


def read_blank(blank: Path, limits: Limits, reader: PrintReader | None = None) -> list[BlankPage]:
    """All pages of a blank PDF.

    Args:
        blank: the PDF.
        limits: what a page may cost.
        reader: reads the words of a page whose PDF does not tell them: a scan, or letters drawn as shapes.

    Raises:
        WrongUsage: no readable PDF, too many pages, or a page that cannot be laid on A4 portrait.
        MissingOnMachine: poppler or its character tables are not installed.
    """
    fine = limits.model_copy(update={"render_dpi": OVERSAMPLING * REFERENCE_DPI})
    try:
        scan = open_scan(blank, limits, received=NO_DAY)
    except ScanRefused as exc:
        raise WrongUsage(f"{blank.name} は白紙の様式として読めません。{exc}") from exc
    if scan.media != "pdf":
        raise WrongUsage(f"{blank.name} は PDF ではありません。白紙の様式は PDF で渡してください。")
    if scan.page_count > MOST_PAGES:
        raise WrongUsage(f"{blank.name} は {scan.page_count} ページあります。{MOST_PAGES} ページまでです。")
    try:
        scanned, title = _scanned_pages(blank)
        pages = [_blank_page(page, blank, title, scanned=scanned[page.number - 1]) for page in page_images(scan, fine)]
    except (PageRejected, pikepdf.PikepdfError) as exc:
        raise WrongUsage(f"{blank.name} のページを読み取れません。") from exc
    return pages if reader is None else [page if page.words else replace(page, words=tuple(reader(page.reference))) for page in pages]


def write_page(blank: Path, number: int, file: Path) -> None:
    """Page `number` of `blank` as a PDF of its own, to be printed on A4."""
    with pikepdf.open(blank) as pdf, pikepdf.new() as single:
        page = pdf.pages[number - 1]
        left, low, right, high = (float(value) * MM_PER_POINT for value in page.cropbox)
        scale = _fit((right - left, high - low))
        if scale is None:
            single.pages.append(page)
        else:
            sheet = single.add_blank_page(page_size=(A4_MM[0] / MM_PER_POINT, A4_MM[1] / MM_PER_POINT))
            sides = [scale * side for side in (right - left, high - low)]
            corner = [(whole - side) / 2 for whole, side in zip(A4_MM, sides, strict=True)]
            place = (*corner, corner[0] + sides[0], corner[1] + sides[1])
            sheet.add_overlay(page, pikepdf.Rectangle(*(value / MM_PER_POINT for value in place)))
        single.save(file, deterministic_id=True)


def _fit(size: tuple[float, float]) -> float | None:
    """Scale that fits a sheet of `size` mm on A4; None when it is A4."""
    if all(abs(have - want) <= A4_WITHIN_MM for have, want in zip(size, A4_MM, strict=True)):
        return None
    return min(want / have for have, want in zip(size, A4_MM, strict=True))


def _scanned_pages(blank: Path) -> tuple[list[bool], str]:
    """Whether each page is a bare picture, and the title of the document."""
    with pikepdf.open(blank) as pdf:
        title = str(pdf.docinfo.get("/Title", "")).strip() if "/Info" in pdf.trailer else ""
        return [sole_picture(page) is not None for page in pdf.pages], "".join(filter(str.isprintable, title))


def _blank_page(page: PageImage, blank: Path, title: str, *, scanned: bool) -> BlankPage:
    size = (millimetres(page.gray.shape[1], page.dpi), millimetres(page.gray.shape[0], page.dpi))
    scale = _fit(size)
    if scale is not None and (scanned or not FITTED_FROM <= scale <= FITTED_TO):
        raise WrongUsage(
            f"{blank.name} の {page.number} ページ目は A4 縦ではありません（{size[0]:.0f}×{size[1]:.0f} mm）。A4 縦の白紙が要ります。"
        )
    if scanned:
        return BlankPage(page.number, _scanned(page), (), title)
    words = page_words(blank, page.number)
    if scale is None:
        return BlankPage(page.number, _on_a4(page.gray, page.dpi), tuple(words), title)
    moved = tuple(_fitted_word(word, scale, size) for word in words)
    return BlankPage(page.number, _on_a4(page.gray, page.dpi, scale, centred=True), moved, title, scale)


def _fitted_word(word: Word, scale: float, size: tuple[float, float]) -> Word:
    left, top = ((whole - scale * side) / 2 for whole, side in zip(A4_MM, size, strict=True))
    return Word(word.text, Box(left + scale * word.box.x, top + scale * word.box.y, scale * word.box.w, scale * word.box.h))


def _scanned(page: PageImage) -> Gray:
    """The level page; what turning added at the edges is cut off again on both sides alike."""
    cleaned = levelled(clean(page))
    if cleaned.blank:
        raise WrongUsage(f"{page.number} ページ目には何も印刷されていません。")
    return _on_a4(cleaned.gray, cleaned.dpi, centred=True)


def _on_a4(gray: Gray, dpi: float, scale: float = 1.0, *, centred: bool = False) -> Gray:
    """The picture, `scale` times its size, at REFERENCE_DPI on a white A4 page, by its top left corner or by its middle."""
    factor = scale * REFERENCE_DPI / dpi
    small = np.asarray(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = pixels(A4_MM[1], REFERENCE_DPI), pixels(A4_MM[0], REFERENCE_DPI)
    page = np.full((height, width), 255, np.uint8)
    (to_y, from_y, rows), (to_x, from_x, columns) = (
        _overlap(have, want, centred=centred) for have, want in zip(small.shape, (height, width), strict=True)
    )
    page[to_y : to_y + rows, to_x : to_x + columns] = small[from_y : from_y + rows, from_x : from_x + columns]
    return page


def _overlap(have: int, want: int, *, centred: bool) -> tuple[int, int, int]:
    """Where a length of `have` pixels goes into one of `want`: start there, start here, how many."""
    spare = (want - have) // 2 if centred else 0
    return max(spare, 0), max(-spare, 0), min(have, want)
