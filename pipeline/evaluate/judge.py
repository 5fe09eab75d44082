"""One field against its truth.

What counts as equal: both texts go through the normaliser of the field's kind, so 令和6年4月1日 is 2024-04-01; full and half width
are folded; in Japanese text spaces do not count, because nobody writes them the same way twice. Kanji variants do count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.evaluate.truth import Written
from pipeline.normalise import NORMALISERS, fold, normalise
from pipeline.sheet import FieldValue

SPACES = re.compile(r"\s+")
UNITS = re.compile(r"[\s年月日ヶヵケカか箇個./,:()\-‐−ー]+")
"""Left out where a structured value cannot be parsed: whether a printed 年 was read as well says nothing about the writing."""
PLAIN_TEXT = frozenset({"text", "multiline", "name", "kana", "latin", "email"})
PRESENCE = frozenset({"signature", "seal"})
MARKS = frozenset({"choice", "marks"})


@dataclass(frozen=True)
class Judged:
    """How one field came out.

    Attributes:
        kind: the field's kind.
        empty: nothing is written and nothing was read: right, but no reading; kept out of the rates.
        exact: the whole value is right.
        accepted: the machine would have let it through unseen.
        errors, length: character errors and true characters; 0 and 0 where the field is no text.
    """

    kind: str
    empty: bool
    exact: bool
    accepted: bool
    errors: int
    length: int


def judge(kind: str, name: str, true: Written, read: FieldValue | None) -> Judged:
    """Hold what was read against the truth; None = the field was not read at all (page refused, label not found)."""
    accepted = read is not None and read.decision in ("accept", "blank")
    if kind in PRESENCE:
        right = read is not None and (read.value is True) == bool(true)
        return Judged(kind, empty=False, exact=right, accepted=accepted, errors=0, length=0)
    if kind in MARKS:
        chosen = sorted(_options(true))
        seen_options = sorted(_options(read.value)) if read is not None else []
        right = read is not None and chosen == seen_options
        return Judged(kind, empty=right and accepted and not chosen, exact=right, accepted=accepted, errors=0, length=0)
    return _judge_text(kind, name, str(true), read, accepted=accepted)


def _options(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [value] if isinstance(value, str) and value else []


def _judge_text(kind: str, name: str, true: str, read: FieldValue | None, *, accepted: bool) -> Judged:
    written = "" if read is None or read.decision == "blank" else read.raw
    wanted, got = _key(kind, name, true), _key(kind, name, written)
    if read is not None and read.decision == "accept" and read.value is not None:
        got = _key(kind, name, str(read.value))
    right = read is not None and wanted == got
    return Judged(kind, right and accepted and not wanted, right, accepted, Levenshtein.distance(wanted, got), len(wanted))


def _key(kind: str, name: str, text: str) -> str:
    """What two writings are compared by."""
    value = normalise(kind, text, field=name).value if kind in NORMALISERS else None
    if value is not None:
        return SPACES.sub("", str(value)) if kind in PLAIN_TEXT else str(value)
    return (SPACES if kind in PLAIN_TEXT else UNITS).sub("", fold(text))
