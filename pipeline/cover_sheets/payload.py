"""What the QR of a cover sheet says: `conken-cover:1;envelope=000123;received=2026-11-23;check=5A`."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import date

PREFIX = "conken-cover:1;"
"""Name and version of the payload; a QR that starts otherwise is not ours."""
DIGITS = 6
"""Of an envelope number."""
PATTERN = re.compile(r"(conken-cover:1;envelope=([0-9]{6});received=([0-9]{4}-[0-9]{2}-[0-9]{2})?;)check=([0-9A-F]{2})")


@dataclass(frozen=True)
class Cover:
    """What a cover sheet says. `envelope` has six digits; `received` is None on a sheet printed in stock."""

    envelope: str
    received: date | None


def cover_text(cover: Cover) -> str:
    """The payload of the QR, ASCII."""
    day = "" if cover.received is None else cover.received.isoformat()
    said = f"{PREFIX}envelope={cover.envelope};received={day};"
    return f"{said}check={_check(said)}"


def parse_cover(text: str) -> Cover | None:
    """What `cover_text` wrote; None when anything is off, the checksum or a day that does not exist included."""
    found = PATTERN.fullmatch(text)
    if found is None or _check(found[1]) != found[4]:
        return None
    try:
        return Cover(found[2], None if found[3] is None else date.fromisoformat(found[3]))
    except ValueError:
        return None


def _check(said: str) -> str:
    """The last byte of the CRC-32: a slip past the QR's own correction is caught 255 times in 256."""
    return f"{zlib.crc32(said.encode('ascii')) & 0xFF:02X}"
