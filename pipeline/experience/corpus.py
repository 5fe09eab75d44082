"""The labelled descriptions of duties: data/*.tsv, one a line: id, theme, main field, further fields, text; data/LABELLING.md says how."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IntakeError
from pipeline.experience import FIELDS, NONE

DATA = Path(__file__).parent / "data"
TEST_THEMES = DATA / "test_themes.txt"


@dataclass(frozen=True)
class Example:
    """One labelled description. `theme` groups kindred texts: a test split never cuts through a theme."""

    id: str
    theme: str
    main: str
    also: tuple[str, ...]
    text: str


def read_corpus(folder: Path = DATA) -> list[Example]:
    """Every example of the corpus. Raises IntakeError with file and line where one is malformed."""
    return [parse(line, f"{path.name}:{number}") for path in sorted(folder.glob("*.tsv")) for number, line in _lines(path)]


def parted(examples: Sequence[Example], path: Path = TEST_THEMES) -> tuple[list[Example], list[Example]]:
    """(to learn from, to measure on): the second are the texts of the fixed test themes, and theirs only."""
    themes = {line for _, line in _lines(path)}
    return [each for each in examples if each.theme not in themes], [each for each in examples if each.theme in themes]


def parse(line: str, place: str) -> Example:
    """One line of a corpus. Raises IntakeError that names `place`."""
    cells = line.split("\t")
    if len(cells) != 5:
        raise IntakeError(f"{place}: 5 columns expected, {len(cells)} found")
    also = tuple(name for name in cells[3].split(",") if name)
    if not {cells[2], *also} <= {*FIELDS, NONE} or cells[2] in also or not cells[4].strip():
        raise IntakeError(f"{place}: unknown or doubled field, or no text")
    return Example(cells[0], cells[1], cells[2], also, cells[4])


def _lines(path: Path) -> list[tuple[int, str]]:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]


def checksum(examples: Sequence[Example]) -> str:
    """SHA-256 of the examples: a model that names another one was trained on another corpus."""
    return hashlib.sha256(repr(sorted(set(examples), key=lambda example: example.id)).encode()).hexdigest()
