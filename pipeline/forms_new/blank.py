"""The pages of a blank form as reference pictures: drawn ones averaged down, scanned ones cleaned and made level first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from pipeline.cleanup import clean, levelled
from pipeline.errors import PageRejected, ScanRefused, WrongUsage
from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.words import Word, page_words
from pipeline.geometry import A4_MM, Gray, millimetres, pixels
from pipeline.ingest import open_scan
from pipeline.pages import PageImage, page_images
from pipeline.pages.embedded import sole_picture
from pipeline.settings import Limits

OVERSAMPLING = 4
"""poppler snaps thin rules to whole pixels: drawn four times as fine and averaged, a rule is at most 0.016 mm off."""
A4_WITHIN_MM = 4.0
"""A scanner cuts or adds this much; US Letter is 6 mm wider and 18 mm shorter."""
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
        words: printed words with their places; empty for a scanned page.
        title: title of the PDF, may be empty.
    """

    number: int
    reference: Gray
    words: tuple[Word, ...]
    title: str


def read_blank(blank: Path, limits: Limits) -> list[BlankPage]:
    """All pages of a blank PDF.

    Raises:
        WrongUsage: no readable PDF, too many pages, or a page that is not A4 portrait.
        MissingOnMachine: poppler is not installed.
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
        return [_blank_page(page, blank, title, scanned=scanned[page.number - 1]) for page in page_images(scan, fine)]
    except (PageRejected, pikepdf.PikepdfError) as exc:
        raise WrongUsage(f"{blank.name} のページを読み取れません。") from exc


def write_page(blank: Path, number: int, file: Path) -> None:
    """Page `number` of `blank` as a PDF of its own."""
    with pikepdf.open(blank) as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[number - 1])
        single.save(file, deterministic_id=True)


def _scanned_pages(blank: Path) -> tuple[list[bool], str]:
    """Whether each page is a bare picture, and the title of the document."""
    with pikepdf.open(blank) as pdf:
        title = str(pdf.docinfo.get("/Title", "")).strip() if "/Info" in pdf.trailer else ""
        return [sole_picture(page) is not None for page in pdf.pages], "".join(filter(str.isprintable, title))


def _blank_page(page: PageImage, blank: Path, title: str, *, scanned: bool) -> BlankPage:
    size = (millimetres(page.gray.shape[1], page.dpi), millimetres(page.gray.shape[0], page.dpi))
    if any(abs(have - want) > A4_WITHIN_MM for have, want in zip(size, A4_MM, strict=True)):
        raise WrongUsage(
            f"{blank.name} の {page.number} ページ目は A4 縦ではありません（{size[0]:.0f}×{size[1]:.0f} mm）。A4 縦の白紙が要ります。"
        )
    if scanned:
        return BlankPage(page.number, _scanned(page), (), title)
    return BlankPage(page.number, _on_a4(page.gray, page.dpi), tuple(page_words(blank, page.number)), title)


def _scanned(page: PageImage) -> Gray:
    """The level page; what turning added at the edges is cut off again on both sides alike."""
    cleaned = levelled(clean(page))
    if cleaned.blank:
        raise WrongUsage(f"{page.number} ページ目には何も印刷されていません。")
    return _on_a4(cleaned.gray, cleaned.dpi, centred=True)


def _on_a4(gray: Gray, dpi: float, *, centred: bool = False) -> Gray:
    """The picture at REFERENCE_DPI on a white A4 page, by its top left corner or by its middle."""
    scale = REFERENCE_DPI / dpi
    small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
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
