"""Personal names: as written, in kana, in Latin letters."""

from __future__ import annotations

import re
import unicodedata

from pipeline.normalise.result import BLANK, Normalised, problem
from pipeline.normalise.text import one_line

NAME_MARKS = frozenset(" ・-'().=")
"""What may stand in a name besides letters: a middle dot or double hyphen in foreign names, brackets around a former name."""
HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
LOOKALIKES = str.maketrans("力夕工卜二八口三才千", "カタエトニハロミオチ")
"""Kanji a reader takes for katakana of the same shape; no kanji can stand in a kana field."""
AFTER_KANA_DASH = re.compile(r"(?<=[ァ-ヺ])[\-‐‑‒–—―−─一~〜]")
KATAKANA = re.compile(r"^[ァ-ヺー・ヽヾ ]+$")
PAYER = re.compile(r"^[ァ-ヺー・ヽヾ A-Z0-9().\-]+$")
LATIN = re.compile(r"^[A-Za-z0-9 .,'\-()/_]+$")
PAYER_FIELDS = frozenset({"transfer_name_kana"})
"""The payer's name as the bank takes it: digits, capitals and brackets beside katakana."""


def name(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A name with its kanji as written (髙 stays 髙), family and given name parted by one space."""
    folded = one_line(text)
    if not folded:
        return BLANK
    if not all(mark in NAME_MARKS or unicodedata.category(mark)[0] in "LM" for mark in folded):
        return problem("not_a_name")
    return Normalised(folded, None)


def kana(text: str, field: str = "") -> Normalised:
    """A name in full-width katakana with one space; hiragana and half-width writing are turned into it."""
    folded = one_line(text).translate(HIRAGANA_TO_KATAKANA)
    if not folded:
        return BLANK
    payer = field.rpartition(".")[2] in PAYER_FIELDS
    folded = folded.upper() if payer else folded
    folded = AFTER_KANA_DASH.sub("ー", folded.translate(LOOKALIKES))
    if not (PAYER if payer else KATAKANA).match(folded):
        return problem("not_kana")
    return Normalised(folded, None)


def latin(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """Latin letters and digits as written, single spaces."""
    folded = one_line(text)
    if not folded:
        return BLANK
    return Normalised(folded, None) if LATIN.match(folded) else problem("not_latin")
