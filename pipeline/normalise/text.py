"""Folding of Japanese text: compatibility forms, spaces, and the variant kanji of personal names."""

from __future__ import annotations

import re
import unicodedata

from pipeline.normalise.result import BLANK, Normalised

INVISIBLE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200b-\u200f\u2060\ufeff]")
"""Variation selectors and zero-width marks: they choose a glyph, not a character."""

VOICING_MARKS = {0x309B: 0x3099, 0x309C: 0x309A}
"""゛ and ゜ standing alone belong to the kana before them; NFKC would part them by a space."""

VARIANT_GROUPS = (
    "高髙", "崎﨑嵜", "辺邊邉", "斉斎齋齊", "徳德", "浜濱濵", "吉𠮷", "広廣", "沢澤", "島嶋嶌", "国國", "恵惠", "真眞", "竜龍", "瀬瀨",
    "桜櫻", "栄榮", "蔵藏", "曽曾", "浅淺", "条條", "寿壽", "黒黑", "横橫", "静靜", "関關", "円圓", "実實", "学學", "与與", "豊豐",
    "万萬", "寛寬", "会會", "来來", "槙槇", "桧檜", "富冨", "峰峯", "館舘", "荘莊", "増增", "弥彌", "礼禮", "鉄鐵", "桑桒", "柳栁",
    "穂穗", "淵渕", "児兒", "遥遙", "鴎鷗", "薮藪", "芸藝", "滝瀧", "仏佛", "総總", "声聲", "桝枡", "野埜",
    "亀龜", "伝傳", "頼賴", "衛衞", "巌巖", "亜亞", "絵繪", "岳嶽", "晋晉", "薫薰", "緑綠", "勲勳", "尭堯", "凛凜", "奥奧", "稲稻", "船舩",
    "籠篭", "継繼", "塩鹽", "瑶瑤", "壮壯", "悦悅",
)  # fmt: skip
"""Forms of one character met in names, the common form first. One way, for comparison only: the text as written is kept."""

COMMON_FORM = str.maketrans({variant: group[0] for group in VARIANT_GROUPS for variant in group[1:]})
WITH_VARIANTS = frozenset("".join(VARIANT_GROUPS))
NOT_COMPARED = re.compile(r"[\s・.,、。'’\-‐−ー]")


def fold(text: str) -> str:
    """NFKC without variation selectors; every run of spaces or tabs is one space, line breaks stay; no space at either end."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", text).translate(VOICING_MARKS))
    lines = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", plain).split("\n")
    return "\n".join(line for line in (" ".join(_visible(line).split()) for line in lines) if line)


def _visible(line: str) -> str:
    return "".join(mark if unicodedata.category(mark) != "Cc" else " " for mark in line)


def one_line(text: str) -> str:
    """`fold`, with line breaks taken as layout: nothing between Japanese characters, a space between two Latin ones."""
    joined = re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", fold(text)).replace("\n", "")
    return unicodedata.normalize("NFKC", joined)


def line(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A free text, one or several lines -> one folded line."""
    folded = one_line(text)
    return Normalised(folded, None) if folded else BLANK


def fold_for_comparison(text: str) -> str:
    """Key under which two writings of one name or address are equal: variants, spaces, case and dashes do not count."""
    return unicodedata.normalize("NFKC", NOT_COMPARED.sub("", one_line(text)).translate(COMMON_FORM).casefold())


def has_known_variant(text: str) -> bool:
    """Whether a character is a variant form (髙, not 高) of the table: readers mix the two up more often than others."""
    folded = fold(text)
    return folded.translate(COMMON_FORM) != folded


def may_be_variant(text: str) -> bool:
    """Whether a character belongs to a group of the table, in whatever form: a reader may have seen another form of it."""
    return not WITH_VARIANTS.isdisjoint(fold(text))
