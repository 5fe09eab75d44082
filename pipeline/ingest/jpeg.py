"""JPEG: the segments from the frame header to the end of the image (ITU-T T.81, annex B)."""

from __future__ import annotations

import mmap
import re
import struct

from pipeline.ingest.refusals import check_pixels, refusal
from pipeline.settings import Limits

NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In coded data 0xFF00 is a byte and D0..D7 are restarts; anything else is a segment."""
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
MOST_SEGMENTS = 10_000
"""A progressive picture has some dozens; each costs a pass when decoded."""


def check_jpeg(content: mmap.mmap, limits: Limits) -> int:
    """One side, if the picture is whole. Raises ScanRefused."""
    place, framed = 2, False
    for _ in range(MOST_SEGMENTS):
        found = NEXT_MARKER.search(content, place)
        if found is None:
            raise refusal("truncated", limits)
        marker, place = content[found.start() + 1], found.end()
        if marker == END_OF_IMAGE:
            if not framed:
                raise refusal("damaged", limits)
            return 1
        segment = content[place : place + 7]
        if len(segment) < 7:
            raise refusal("truncated", limits)
        if marker in FRAME_HEADERS:
            height, width = struct.unpack(">HH", segment[3:7])
            check_pixels(width, height, limits)
            framed = True
        place += int.from_bytes(segment[:2], "big")
    raise refusal("damaged", limits)
