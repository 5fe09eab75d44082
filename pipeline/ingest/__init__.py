"""Stage 1: a file becomes a Scan, or is refused with its reason.

Nothing is decoded here. A picture's size is read from its header and believed only as far as to refuse it; pages are counted by
walking the file's own index. One module per format; each has one function that returns the number of sides or raises ScanRefused.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pipeline.ingest.jpeg import check_jpeg
from pipeline.ingest.pdf import count_pdf_pages
from pipeline.ingest.png import check_png
from pipeline.ingest.refusals import REFUSALS, refusal
from pipeline.ingest.tiff import count_tiff_frames
from pipeline.settings import Limits

__all__ = ["REFUSALS", "Media", "Scan", "media_of", "open_scan", "readable_name"]

Media = Literal["pdf", "tiff", "jpeg", "png"]

PDF_HEADER_WITHIN = 1024
"""Bytes before `%PDF-` that readers tolerate (ISO 32000-1, annex H.3.4.1)."""
SIGNATURES: tuple[tuple[bytes, Media], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)


@dataclass(frozen=True)
class Scan:
    """One file that holds scanned sides.

    Attributes:
        sha256: hex digest of the file's content; the scan's identity.
        path: where the content lies now.
        name: the file's name as it came in (may hold a person's name: not for logs).
        media: what the content is, by its bytes and not by the file's ending.
        page_count: sides in the file, at least 1.
        received: day the paper arrived.
    """

    sha256: str
    path: Path
    name: str
    media: Media
    page_count: int
    received: date


def open_scan(path: Path, limits: Limits, *, received: date) -> Scan:
    """Look at a file without decoding it.

    Raises:
        ScanRefused: with one of the codes of `REFUSALS` and its Japanese sentence.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size < 0:
            raise refusal("unreadable", limits)
        if size == 0:
            raise refusal("empty", limits)
        if size > limits.file_bytes:
            raise refusal("too_many_bytes", limits)
        return _inspect(path, limits, received)
    except OSError as exc:
        raise refusal("unreadable", limits) from exc


def media_of(head: bytes) -> Media | None:
    """What a file is, by its first kilobyte, or None."""
    for signature, media in SIGNATURES:
        if head.startswith(signature):
            return media
    return "pdf" if b"%PDF-" in head[:PDF_HEADER_WITHIN] else None


def readable_name(path: Path) -> str:
    """The file's name as text that any database and terminal can take: names of another encoding (cp932) made out, controls left out."""
    raw = os.fsencode(path.name)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("cp932", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


def _inspect(path: Path, limits: Limits, received: date) -> Scan:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        media = media_of(content[:PDF_HEADER_WITHIN])
        if media is None:
            raise refusal("not_a_scan", limits)
        pages = _count(path, content, media, limits)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Scan(sha256=sha256, path=path, name=readable_name(path), media=media, page_count=pages, received=received)


def _count(path: Path, content: mmap.mmap, media: Media, limits: Limits) -> int:
    try:
        match media:
            case "pdf":
                return count_pdf_pages(path, content, limits)
            case "tiff":
                return count_tiff_frames(content, limits)
            case "jpeg":
                return check_jpeg(content, limits)
            case "png":
                return check_png(content, limits)
    except (ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError) as exc:  # a file made to break its reader is damaged
        raise refusal("damaged", limits) from exc
