"""PNG: the chunks from the header to the end mark (ISO/IEC 15948)."""

from __future__ import annotations

import mmap
import struct

from pipeline.ingest.refusals import check_pixels, refusal
from pipeline.settings import Limits

FIRST_CHUNK = 8
"""Bytes of the signature."""
CHUNK_FRAME = 12
"""Bytes of length, type and check sum around a chunk's data."""
MOST_CHUNKS = 1_000_000
"""No writer cuts a page into more; walking them must end."""


def check_png(content: mmap.mmap, limits: Limits) -> int:
    """One side, if the picture is whole. Raises ScanRefused."""
    if len(content) < FIRST_CHUNK + CHUNK_FRAME + 13:
        raise refusal("truncated", limits)
    if content[12:16] != b"IHDR":
        raise refusal("damaged", limits)
    width, height = struct.unpack(">II", content[16:24])
    check_pixels(width, height, limits)
    place = FIRST_CHUNK
    for _ in range(MOST_CHUNKS):
        head = content[place : place + 8]
        length, kind = struct.unpack(">I4s", head) if len(head) == 8 else (0, b"")
        place += CHUNK_FRAME + length
        if not kind or place > len(content):
            raise refusal("truncated", limits)
        if kind == b"IEND":
            return 1
    raise refusal("damaged", limits)
