"""Stage 1: a file becomes a Scan, or is refused with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Media = Literal["pdf", "tiff", "jpeg", "png"]


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
