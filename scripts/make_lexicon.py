"""Make pipeline/recognise/words.tsv.gz: surnames, given names and katakana words with their readings.

Run: python -m scripts.make_lexicon FOLDER   (FOLDER: the unpacked wheel of japanese-personal-name-dataset 0.4.0)

Sources: japanese-personal-name-dataset (MIT licence, (c) 2022 shuheilocale) for the common names, UniDic 2.1.2 as carried by unidic-lite
(BSD licence, (c) 2011-2013 The UniDic Consortium) for the rarer ones and for katakana words. Needed only to make the file again.
"""

from __future__ import annotations

import csv
import gzip
import re
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import unidic_lite

OUT = Path(__file__).resolve().parent.parent / "pipeline" / "recognise" / "words.tsv.gz"
HEADER = 40
"""Bytes of MeCab's dictionary before the character set's name (32 bytes)."""
TOKEN = struct.Struct("<HHHhII")
SURNAME, GIVEN = "名詞,固有名詞,人名,姓", "名詞,固有名詞,人名,名"
PLAIN = re.compile(r"[一-鿿豈-﫿々〆ヶヵノ𠮷𠮟ぁ-んァ-ヺー]+")
KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
READING = re.compile(r"[ァ-ヺー]+")
TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
Words = dict[tuple[str, str], set[str]]
"""(kind, reading) -> spellings; kinds: S and s common and rarer surnames, G and g given names, k katakana words (spelt as read)."""


def dictionary_entries() -> Iterator[list[str]]:
    """Features of every entry of UniDic's system dictionary."""
    data = (Path(unidic_lite.DICDIR) / "sys.dic").read_bytes()
    words, tokens, features = struct.unpack_from("<3I", data, 24)
    start = HEADER + 32 + words
    text = data[start + tokens : start + tokens + features]
    for place in sorted({TOKEN.unpack_from(data, start + at)[4] for at in range(0, tokens, TOKEN.size)}):
        yield text[place : text.index(b"\0", place)].decode("utf-8").split(",")


def add_unidic(found: Words) -> None:
    """Surnames, given names and katakana nouns of UniDic."""
    for entry in dictionary_entries():
        kind, written, reading = ",".join(entry[:4]), entry[8], entry[17] if len(entry) > 17 else ""
        if kind in (SURNAME, GIVEN) and PLAIN.fullmatch(written) and READING.fullmatch(reading):
            found["s" if kind == SURNAME else "g", reading].add(written)
        elif entry[0] == "名詞" and entry[2] != "人名" and KATAKANA.fullmatch(written):
            found["k", written].add(written)


def rows(path: Path) -> Iterator[list[str]]:
    """Lines of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines)


def add_dataset(found: Words, folder: Path) -> None:
    """The common surnames, all given names, and which of those are usual."""
    for spelling, _, reading, *_ in rows(folder / "last_name_org.csv"):
        found["S", reading.translate(TO_KATAKANA)].add(spelling)
    for sex in ("man", "woman"):
        for kind, size in (("g", "org"), ("G", "opti")):
            for reading, _, *spellings in rows(folder / f"first_name_{sex}_{size}.csv"):
                found[kind, reading.translate(TO_KATAKANA)].update(filter(PLAIN.fullmatch, spellings))


def main() -> None:
    """Write the file."""
    found: Words = defaultdict(set)
    add_unidic(found)
    add_dataset(found, Path(sys.argv[1]) / "japanese_personal_name_dataset" / "dataset")
    lines = [f"{kind}\t{reading}\t{' '.join(sorted(spellings))}\n" for (kind, reading), spellings in sorted(found.items()) if spellings]
    OUT.write_bytes(gzip.compress("".join(lines).encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
