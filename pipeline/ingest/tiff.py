"""TIFF and BigTIFF: the chain of directories, one per side (TIFF 6.0, section 2).

Read here and not by Pillow, because the count must cost nothing, must end on a looped chain, and must notice a strip that lies
beyond the end of the file.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.refusals import check_pixels, refusal
from pipeline.settings import Limits

WIDTH, HEIGHT = 256, 257
DATA_TAGS = ((273, 279), (324, 325))
"""Offsets and byte counts of strips, of tiles."""
INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
"""Field types that hold counts and offsets -> struct letter."""

MOST_PIECES = 1_000_000
"""Strips or tiles of one side; a scanner makes at most one a line, and each costs memory before anything is decoded."""


@dataclass(frozen=True)
class _Layout:
    """Byte order and widths of classic TIFF or BigTIFF."""

    order: str
    count: str
    entry: str
    offset: str

    def unpack(self, letters: str, content: mmap.mmap, place: int) -> tuple[int, ...]:
        """Read numbers at `place`. Raises EOFError past the end of the file."""
        pattern = struct.Struct(self.order + letters)
        if place + pattern.size > len(content):
            raise EOFError
        return pattern.unpack_from(content, place)


def count_tiff_frames(content: mmap.mmap, limits: Limits) -> int:
    """Number of sides, if every one is whole. Raises ScanRefused."""
    try:
        frames = 0
        for frame in _directories(content):
            frames += 1
            if frames > limits.pages:
                raise refusal("too_many_pages", limits)
            check_pixels(_only(frame, WIDTH), _only(frame, HEIGHT), limits)
            if _data_end(frame) > len(content):
                raise EOFError
    except EOFError as exc:
        raise refusal("truncated", limits) from exc
    if not frames:
        raise refusal("damaged", limits)
    return frames


def _directories(content: mmap.mmap) -> Iterator[dict[int, tuple[int, ...]]]:
    order = "<" if content[:1] == b"I" else ">"
    big = content[2:4] in (b"+\0", b"\0+")
    layout = _Layout(order, "Q", "HHQ", "Q") if big else _Layout(order, "H", "HHI", "I")
    place = layout.unpack(layout.offset, content, 8 if big else 4)[0]
    seen: set[int] = set()
    while place:
        if place in seen:
            raise ValueError("looped chain of directories")
        seen.add(place)
        entries = layout.unpack(layout.count, content, place)[0]
        place += struct.calcsize("=" + layout.count)
        size = struct.calcsize("=" + layout.entry + layout.offset)
        yield dict(_entry(layout, content, place + size * index) for index in range(entries))
        place = layout.unpack(layout.offset, content, place + size * entries)[0]


def _entry(layout: _Layout, content: mmap.mmap, place: int) -> tuple[int, tuple[int, ...]]:
    """Tag and its integers; no integers for any other type."""
    tag, kind, count = layout.unpack(layout.entry, content, place)
    if kind not in INTEGERS or tag not in (WIDTH, HEIGHT, *sum(DATA_TAGS, ())):
        return tag, ()
    letters = f"{count}{INTEGERS[kind]}"
    place += struct.calcsize("=" + layout.entry)
    if count > len(content):
        raise EOFError
    if count > MOST_PIECES:
        raise ValueError("more pieces than a page has")
    if struct.calcsize("=" + letters) > struct.calcsize("=" + layout.offset):
        place = layout.unpack(layout.offset, content, place)[0]
    return tag, layout.unpack(letters, content, place)


def _only(frame: dict[int, tuple[int, ...]], tag: int) -> int:
    values = frame.get(tag, ())
    return values[0] if values else 0


def _data_end(frame: dict[int, tuple[int, ...]]) -> int:
    """First byte after the picture's data, as far as the directory says."""
    return max(
        (offset + size for offsets, sizes in DATA_TAGS for offset, size in zip(frame.get(offsets, ()), frame.get(sizes, ()), strict=False)),
        default=0,
    )
