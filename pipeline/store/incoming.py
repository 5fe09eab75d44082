"""Files that people send to the inbox: hidden until they are whole, then there under a safe name, never over another file."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePath
from typing import BinaryIO

from pipeline.store.blobs import LEFT_SECONDS, sync_folder
from pipeline.store.inbox import NAME_BYTES, SIDECAR, is_left_alone

UNNAMED = "scan"
"""What a file is called whose name has nothing left that a folder can take."""
UNSAFE = frozenset('<>:"|?*')
"""Characters that Windows refuses in a name: the inbox may be a shared folder."""
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})
"""Names that are no files on Windows, whatever their ending."""
TRIMMED = " .\u3000"
"""Not at the beginning, where a dot hides a file, nor at the end, where Windows loses it."""
PART = ".upload-"
"""How the hidden name of a file begins that is still coming; `inbox.arrivals` passes hidden files over."""
SENDING_SECONDS = 60.0
"""A file that has not grown for so long is not coming any more."""
TRIES = 1000
"""Numbers tried behind a name that is taken."""


def safe_name(sent: str) -> str:
    """A name of one part that any folder takes, from what a browser sent: no path, no control or direction characters, not too long.

    The ending stays, so that a person still sees what kind of file it is.
    """
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    kept = "".join("_" if character in UNSAFE else character for character in last if character.isprintable()).strip(TRIMMED) or UNNAMED
    stem, ending = PurePath(kept).stem, PurePath(kept).suffix
    if stem.lower() in DEVICES:
        stem = f"_{stem}"
    room = NAME_BYTES - len(ending.encode())
    return _cut(stem, room) + ending if room > NAME_BYTES // 2 else _cut(stem + ending, NAME_BYTES)


def may_be_sent(name: str) -> bool:
    """Whether the inbox looks at files of this name; a sidecar would date another file, an unfinished one would lie there for ever."""
    return not is_left_alone(name)


class Part:
    """A file on its way into `inbox`. Nobody takes it before `place`; `drop` leaves nothing of it."""

    def __init__(self, inbox: Path) -> None:
        inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._inbox = inbox
        self._path = inbox / f"{PART}{secrets.token_hex(8)}.part"
        self._file: BinaryIO = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Digest of what has come so far."""
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        """Add to the file. Raises OSError when the disk is full."""
        self._file.write(piece)
        self._hash.update(piece)
        self.size += len(piece)

    def place(self, name: str) -> Path:
        """Put the whole file into the inbox under `name`, or that name with a number; where it lies now. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        target = _moved(self._path, self._inbox, name)
        with suppress(OSError):  # the file is there; some shared folders cannot be synced
            sync_folder(self._inbox)
        return target

    def drop(self) -> None:
        """Forget what has come; of a file that was placed nothing is left to forget."""
        with suppress(OSError):  # what is buffered cannot be written to a full disk
            self._file.close()
        self._path.unlink(missing_ok=True)


def is_being_sent(inbox: Path) -> bool:
    """Whether a file is on its way into the inbox."""
    for part in inbox.glob(f"{PART}*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime < SENDING_SECONDS:
                return True
    return False


def sweep_parts(inbox: Path) -> None:
    """Remove what senders that were cut off with the whole desk have left; never a file that may still be coming."""
    for left in inbox.glob(f"{PART}*.part"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                left.unlink()


def _moved(part: Path, inbox: Path, name: str) -> Path:
    """Move without ever replacing: a link is refused where a file is, which a rename is not."""
    stem, ending = PurePath(name).stem, PurePath(name).suffix
    for number in range(1, TRIES):
        target = inbox / (name if number == 1 else f"{stem} ({number}){ending}")
        if target.with_name(target.name + SIDECAR).exists():
            continue  # somebody's statement about another file
        try:
            target.hardlink_to(part)
        except FileExistsError:
            continue
        except OSError:
            break  # a shared folder without links: a name that nobody else has needs none
        part.unlink()
        return target
    return part.rename(inbox / f"{stem}-{secrets.token_hex(8)}{ending}")


def _cut(text: str, most: int) -> str:
    """The beginning of `text` that takes at most so many bytes."""
    return text.encode()[:most].decode(errors="ignore").rstrip(" .")
