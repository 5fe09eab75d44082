"""The drawing instructions of a PDF page, unless unpacking or parsing them could take more than a page may cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pikepdf

MOST_BYTES = 2_000_000
"""Of the unpacked instructions: a hidden text layer has some 0.5 million. The shortest instructions are two bytes each, which makes a
million of them at most: 270 MB and 0.8 s as measured."""
MOST_STREAMS = 1_000
"""Pieces that the instructions come in: drivers write one, editing programmes some dozen."""
BOUNDED = frozenset({"/FlateDecode", "/Fl", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"})
"""Packings that stay within a limit: qpdf bounds Flate, and the ASCII ones only shrink when they are unpacked. It does not bound LZW."""

Instructions = Sequence["pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage"]


def instructions_of(page: pikepdf.Page) -> Instructions | None:
    """What `page` draws, in order; None when that is more than MOST_BYTES, or packed so that nobody can tell beforehand.

    Raises:
        pikepdf.PikepdfError: the page is broken.
    """
    with _flate_within(MOST_BYTES):
        if not _is_short(page.obj.get("/Contents")):
            return None
        return list(pikepdf.parse_content_stream(page))


@contextmanager
def _flate_within(limit: int) -> Iterator[None]:
    """Let qpdf unpack no more than `limit` bytes a stream meanwhile. The limit is the process's, as is the page that is read."""
    before = pikepdf.settings.set_qpdf_limits(flate_max_memory=limit)
    try:
        yield
    finally:
        pikepdf.settings.set_qpdf_limits(flate_max_memory=before["flate_max_memory"])


def _is_short(contents: pikepdf.Object | None) -> bool:
    pieces = contents if isinstance(contents, pikepdf.Array) else [contents]
    if len(pieces) > MOST_STREAMS:
        return False
    left = MOST_BYTES
    for stream in pieces:
        if not isinstance(stream, pikepdf.Stream) or not _filters(stream) <= BOUNDED:
            return False
        try:
            left -= len(stream.read_bytes())
        except pikepdf.PdfError:  # more than the limit, or broken: whoever draws the page will tell
            return False
        if left < 0:
            return False
    return True


def _filters(stream: pikepdf.Stream) -> set[str]:
    packed = stream.get("/Filter")
    if packed is None:
        return set()
    return {str(name) for name in packed} if isinstance(packed, pikepdf.Array) else {str(packed)}
