"""PDF: the page tree, walked by hand so that a lying or endless one is noticed before it costs anything."""

from __future__ import annotations

import logging
import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from pipeline.geometry import MM_PER_INCH
from pipeline.ingest.refusals import check_pixels, refusal
from pipeline.settings import Limits

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # its remarks on a file are judged here, and may quote its content

POINTS_PER_INCH = 72.0
SMALLEST_SIDE_MM = 20.0
"""Nothing smaller is a sheet of paper; a page of one point would be drawn as nothing."""
DEEPEST = 8
"""Forms within forms that are looked into for pictures."""


@dataclass(frozen=True)
class _Node:
    """A node of the page tree with what it inherits (ISO 32000-1, 7.7.3.4)."""

    item: pikepdf.Object
    media_box: pikepdf.Object | None
    resources: pikepdf.Object | None


def count_pdf_pages(path: Path, content: mmap.mmap, limits: Limits) -> int:
    """Number of pages, if none is lost, oversized or holds an oversized picture. Raises ScanRefused."""
    try:
        with pikepdf.open(path, inherit_page_attributes=False) as pdf:  # which would walk, and mend, the tree before it is judged
            if pdf.get_warnings() and _is_cut(content):
                raise refusal("truncated", limits)
            return _check_pages(pdf, limits)
    except pikepdf.PasswordError as exc:
        raise refusal("password", limits) from exc
    except (pikepdf.PdfError, KeyError, AttributeError, TypeError) as exc:
        raise refusal("truncated" if _is_cut(content) else "damaged", limits) from exc


def _is_cut(content: mmap.mmap) -> bool:
    """Whether objects follow the last end mark, or none is there: the file's tail is missing."""
    return content.rfind(b"%%EOF") < content.rfind(b" obj")


def _check_pages(pdf: pikepdf.Pdf, limits: Limits) -> int:
    pages = 0
    seen: set[tuple[int, int]] = set()
    for page in _leaves(pdf, limits):
        pages += 1
        if pages > limits.pages:
            raise refusal("too_many_pages", limits)
        _check_size(page, limits)
        _check_pictures(page.resources, limits, seen, DEEPEST)
    if not pages:
        raise refusal("damaged", limits)
    return pages


def _leaves(pdf: pikepdf.Pdf, limits: Limits) -> Iterator[_Node]:
    """Pages in order. A kid that is no dictionary is a page that the file has lost."""
    stack = [_Node(pdf.Root.Pages, None, None)]
    seen: set[tuple[int, int]] = set()
    while stack:
        node = stack.pop()
        if not isinstance(node.item, pikepdf.Dictionary):
            raise refusal("truncated", limits)
        inherited = _Node(node.item, node.item.get("/MediaBox", node.media_box), node.item.get("/Resources", node.resources))
        kids = node.item.get("/Kids")
        if kids is None:
            yield inherited
            continue
        if node.item.objgen in seen:
            raise refusal("damaged", limits)
        seen.add(node.item.objgen)
        if len(kids) > limits.pages:
            raise refusal("too_many_pages", limits)
        stack.extend(_Node(kids[at], inherited.media_box, inherited.resources) for at in reversed(range(len(kids))))


def _check_size(page: _Node, limits: Limits) -> None:
    if page.media_box is None:
        raise refusal("page_size", limits)
    left, bottom, right, top = (float(number) for number in page.media_box)
    unit = float(page.item.get("/UserUnit", 1)) / POINTS_PER_INCH
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    pixels = width * height * limits.render_dpi**2
    if not math.isfinite(pixels) or min(width, height) * MM_PER_INCH < SMALLEST_SIDE_MM or pixels > limits.page_pixels:
        raise refusal("page_size", limits)


def _check_pictures(resources: pikepdf.Object | None, limits: Limits, seen: set[tuple[int, int]], depth: int) -> None:
    """Judge every picture that `resources` name, each once in the file."""
    drawn = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(drawn, pikepdf.Dictionary) or depth == 0:
        return
    for item in drawn.values():
        if not isinstance(item, pikepdf.Stream) or item.objgen in seen:
            continue
        seen.add(item.objgen)
        if item.get("/Subtype") == "/Image":
            check_pixels(int(item.get("/Width", 0)), int(item.get("/Height", 0)), limits)
        else:
            _check_pictures(item.get("/Resources"), limits, seen, depth - 1)
