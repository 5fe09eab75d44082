"""The word vectors, made small: `python -m pipeline.experience.distil JA_GINZA_WHEEL` writes data/vectors.npz.

Needed again only when the vectors themselves are to change. Source: the wheel ja_ginza 5.3.0 (MIT), which carries chiVe
(Apache-2.0): 480,443 words on 20,000 vectors of 300 dimensions. Kept: words that MeCab reads as one content word, the first DIMENSIONS
principal components, a signed byte each.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.experience.features import fold, words
from pipeline.experience.vectors import VECTORS

DIMENSIONS = 160
"""Main field right on unseen themes (1,496 texts): 100 dimensions 85.8 %, 160 86.4 %, 300 87.2 %; half the size for 0.8 points."""
LONGEST_WORD = 8
"""Characters; longer entries are names and titles."""
FOLDER = "ja_ginza/ja_ginza-5.3.0/vocab"
MASK = (1 << 64) - 1
MULTIPLIER = 0xC6A4A7935BD1E995


def murmur(data: bytes, seed: int = 1) -> int:
    """MurmurHash64A, by which spaCy names a string."""
    value = seed ^ (len(data) * MULTIPLIER & MASK)
    whole = len(data) - len(data) % 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * MULTIPLIER & MASK
        value = (value ^ ((part ^ part >> 47) * MULTIPLIER & MASK)) * MULTIPLIER & MASK
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * MULTIPLIER & MASK
    value = (value ^ value >> 47) * MULTIPLIER & MASK
    return value ^ value >> 47


def message_pack_map(data: bytes) -> dict[int, int]:
    """A MessagePack map 32 of unsigned integers, the only kind in key2row."""
    numbers = _numbers(data[5:])
    return dict(zip(numbers, numbers, strict=True))


def _numbers(data: bytes) -> Iterator[int]:
    sizes = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
    at = 0
    while at < len(data):
        size = sizes.get(data[at], 0)
        yield int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else data[at]
        at += 1 + size


def read_wheel(path: Path) -> tuple[dict[str, int], NDArray[np.float32]]:
    """Folded word -> row, and the vectors (20000, 300)."""
    with zipfile.ZipFile(path) as wheel:
        keys = message_pack_map(wheel.read(f"{FOLDER}/key2row"))
        strings = cast(list[str], json.loads(wheel.read(f"{FOLDER}/strings.json")))
        vectors = cast(NDArray[np.float32], np.load(io.BytesIO(wheel.read(f"{FOLDER}/vectors"))))
    rows: dict[str, int] = {}
    for word in strings:
        row = keys.get(murmur(word.encode()))
        if row is not None and len(word) <= LONGEST_WORD:
            rows.setdefault(fold(word), row)
            rows.update({word: row} if fold(word) == word else {})
    return rows, vectors


def shrink(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """(n, DIMENSIONS): principal components, each vector of the same length, as signed bytes."""
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    lying = centred @ axes[:DIMENSIONS].T
    lying /= np.linalg.norm(lying, axis=1, keepdims=True).clip(1e-9)
    return cast(NDArray[np.int8], np.round(lying / np.abs(lying).max() * 127).astype(np.int8))


def main(wheel: Path) -> None:
    """Write data/vectors.npz."""
    rows, vectors = read_wheel(wheel)
    kept = {word: row for word, row in sorted(rows.items()) if [surface for surface, _ in words(word)] == [word]}
    used = sorted(set(kept.values()))
    place = {row: number for number, row in enumerate(used)}
    np.savez_compressed(
        VECTORS,
        words=np.frombuffer("\n".join(kept).encode(), np.uint8),
        rows=np.array([place[row] for row in kept.values()], np.uint16),
        table=shrink(vectors)[used],
    )
    sys.stdout.write(f"{len(kept)} words on {len(used)} vectors\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
