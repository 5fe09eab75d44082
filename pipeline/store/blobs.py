"""Scans as files, named by what is in them. A blob is whole or not there: written aside, synced, then renamed."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

CHUNK = 1 << 20
"""Bytes read at a time."""
LEFT_SECONDS = 24 * 3600
"""No copy of one file takes this long."""


def blob_path(folder: Path, sha256: str) -> Path:
    """Where the content with this digest lies."""
    return folder / sha256[:2] / sha256


def digest(path: Path) -> str:
    """SHA-256 of a file's content, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(folder: Path, source: Path, sha256: str) -> bool:
    """Copy `source` into `folder` under its digest; False, and nothing kept, when its content is not (any more) what was hashed."""
    target = blob_path(folder, sha256)
    if target.exists():
        return digest(source) == sha256
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.with_name(f"{sha256}.{os.getpid()}.part")
    seen = hashlib.sha256()
    with source.open("rb") as reader, aside.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            seen.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    if seen.hexdigest() != sha256:
        aside.unlink()
        return False
    aside.replace(target)
    sync_folder(target.parent)
    return True


def sweep(folder: Path) -> None:
    """Remove what a copy that was cut off has left; never one that may still be under way."""
    for left in folder.glob("*/*.part"):
        if time.time() - left.stat().st_mtime > LEFT_SECONDS:
            left.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
