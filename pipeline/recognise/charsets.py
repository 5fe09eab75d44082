"""Named sets of characters that a field may hold. What a reader may answer is settled here: no Chinese-only kanji anywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LATIN = UPPER + UPPER.lower()
KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7))) + "ー"
"""ァ to ヶ, and the long vowel mark."""
HIRAGANA = "".join(map(chr, range(0x3041, 0x3094)))
"""People fill フリガナ in hiragana; which it was is folded later, not guessed here."""
PUNCTUATION = (
    "、。・「」『』【】〔〕〈〉《》“”‘’〜…‥"
    "×÷±→←↑↓〒〃々仝〆〇※￥○●◎△▲▽▼□■◇◆☆★♪ゝゞヽヾ—–―"
)
ASCII_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]_{|}~"
ENCLOSED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ㈱㈲㈹㍾㍽㍼㍻㎡℡№"
NAME_MARKS = "々〆ヶケヵノーゝ・･"
KANA_SHAPES = dict(zip("力夕工卜二八口三才千一へべぺり", "カタエトニハロミオチーヘベペリ", strict=True))
"""In a kana field, kanji and hiragana of the same shape are the katakana they look like."""
DIGIT_SHAPES = dict(zip("OoＯ〇○◯lI|｜ｌＩ丨", "0000001111111", strict=True))
"""In a field of digits, letters and signs of the same shape are the digit."""
FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
"""Full-width forms of ASCII: a reader splits one character's probability between the two forms."""
BEYOND_CP932 = "𠮷𠮟剝頰塡俠俱剝吞吞噓塚姸屛幷廏拼挘搔摑攢杮檜涵渚溫焰瘦祥簞繫繡蔣蟬蠟軀醬醱頗頰顚驒鷗麵麴黃"
"""Kanji of names and of the list of 2010 that cp932 lacks."""
KANJI_LEAD_BYTES = (*range(0x88, 0xA0), *range(0xE0, 0xEB), *range(0xED, 0xEF), *range(0xFA, 0xFD))
"""cp932: JIS X 0208 levels 1 and 2, and the kanji NEC and IBM added (髙 﨑 濵 德 ...)."""
TRAIL_BYTES = (*range(0x40, 0x7F), *range(0x80, 0xFD))


@cache
def kanji() -> str:
    """Kanji that Japanese offices can write: JIS X 0208 levels 1 and 2, the NEC and IBM extensions, the additions of 2010."""
    found = {_decoded(lead, trail) for lead in KANJI_LEAD_BYTES for trail in TRAIL_BYTES}
    return "".join(sorted({char for char in found if char and _is_kanji(char)} | set(BEYOND_CP932)))


def _decoded(lead: int, trail: int) -> str:
    try:
        return bytes([lead, trail]).decode("cp932")
    except UnicodeDecodeError:
        return ""


def _is_kanji(char: str) -> bool:
    return "一" <= char <= "鿿" or "豈" <= char <= "﫿"


@cache
def characters(charset: str) -> str:
    """All characters of `charset`, each once, in a fixed order. KeyError when there is no such set."""
    return "".join(dict.fromkeys(_SETS[charset]()))


@cache
def folds(charset: str) -> dict[str, str]:
    """Characters outside or inside `charset` that are read as another one of it: their probability is added to that one's."""
    allowed = set(characters(charset))
    shapes = {"kana": KANA_SHAPES, "digits": DIGIT_SHAPES, "number": DIGIT_SHAPES, "phone": DIGIT_SHAPES, "months": DIGIT_SHAPES}
    return {char: target for char, target in (FULL_WIDTH | shapes.get(charset, {})).items() if target in allowed and target != char}


@cache
def every_character() -> str:
    """The union of all sets, and of what is folded into them."""
    names = "".join(characters(name) + "".join(folds(name)) for name in _SETS)
    return "".join(dict.fromkeys(names))


def _japanese() -> str:
    return DIGITS + LATIN + HIRAGANA + KATAKANA + kanji() + PUNCTUATION + ASCII_MARKS + ENCLOSED


def _name() -> str:
    return kanji() + HIRAGANA + KATAKANA + NAME_MARKS


_SETS: dict[str, Callable[[], str]] = {
    "digits": lambda: DIGITS,
    "number": lambda: DIGITS + ",",
    "kana": lambda: KATAKANA + HIRAGANA + "・-",
    "japanese": _japanese,
    "name": _name,
    "latin": lambda: LATIN + " .,-'",
    "email": lambda: LATIN + DIGITS + "@._-+",
    "phone": lambda: DIGITS + "-()+",
    "date": lambda: DIGITS + "元年月日明大昭平成令和正治西暦/.-",
    "year": lambda: DIGITS + "元明大昭平令治正成和MTSHR",
    "payer": lambda: KATAKANA + HIRAGANA + UPPER + DIGITS + "().-・",
    "signature": _name,
    "year_month": lambda: DIGITS + "元年月昭平成令和西暦現在至〃同上々/.-\"”″",
    "months": lambda: DIGITS + "年月ヶケか箇カ個",
}
CHARSETS = tuple(_SETS)
