"""What stands beside a character settles what it is: ー or 一, ニ or 二, ッ or ツ, - or —, w or W, 丁 or J.

Readers see one shape; people write one of two characters, and the neighbours say which. The rules are certain ones only: where both
remain possible, both stay candidates, as with a full stop at the end of a Japanese line, which may be a speck.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipeline.recognise import Candidate

KATAKANA = "ァ-ヺー"
TO_KATAKANA = dict(zip("二八口三力夕工卜千才儿へべぺり", "ニハロミカタエトチオルヘベペリ", strict=True))
TO_KANJI = dict(zip("ニハロカタエ", "二八口力夕工", strict=True))
TO_HIRAGANA = dict(zip("ヘベペリ", "へべぺり", strict=True))
DASHES = "一ー—–―－‐−─-"
SMALL = dict(zip("ァィゥェォャュョッ", "アイウエオヤユヨツ", strict=True))

LONG_VOWEL = re.compile(rf"(?<=[ァ-ヺ])[{DASHES}](?=[{KATAKANA}]|$|[ぁ-ん])")
DIGIT_DASH = re.compile(rf"(?<=[0-9])[{DASHES}](?=[0-9])")
SHAPES = "".join(TO_KATAKANA)
IN_KATAKANA = re.compile(
    rf"(?<=[{KATAKANA}])(?:[{SHAPES}](?=[{KATAKANA}]|$)|[儿卜])"  # among katakana; 儿 and 卜 are hardly ever kanji
    rf"|[{SHAPES}](?=[ァィゥェォャュョッー])|^[力夕工卜二口へべぺ](?=[{KATAKANA}]{{2}})"
)
IN_KANJI = re.compile(rf"(?<=[一-龥])(?!カ[月所国年])[{''.join(TO_KANJI)}](?=[一-龥])|[ニハ](?=[課部係班丁])")
ORDINAL = re.compile(r"(?<=第)[ーニハ—-]")
ORDINALS = {"ー": "一", "—": "一", "-": "一", "ニ": "二", "ハ": "八"}
GENERAL = re.compile(rf"[{DASHES}](?=般)")
IN_HIRAGANA = re.compile(rf"(?<=[ぁ-ん一-龥])[{''.join(TO_HIRAGANA)}](?=[ぁ-ん一-龥])")
BEFORE_VOWEL = "フヴテデツシジチウクグトドイホスズキギヒビピニミリ"
BEFORE_YA = "キギシジチヂニヒビピミリテデフヴ"
SMALL_VOWEL = re.compile(f"(?<![{BEFORE_VOWEL}])[ァィゥェォ]|(?<![{BEFORE_YA}])[ャュョ]")
CLOSED = re.compile("ッ(?![カ-ヺ])")
BLOCK = re.compile(r"(?<=[0-9])[JＪ\]］](?=目)")
LAST_STOP = re.compile(r"(?<=[ぁ-んァ-ヺー一-龥々])[.．]$")
COMPANY = re.compile(r"^\(?株\)?(?![式主券価)])|(?<=.)\(株\)?$|(?<=.)\(?株\)$")
LONE_CAPITAL = re.compile(r"(?<=[a-z])[WOSCVXZKPU](?=[a-z])")
MOST_ANSWERS = 12
MOST_ROUNDS = 8
"""A character that was settled may settle its neighbour; chains longer than this are no writing."""


def settled(candidates: Sequence[Candidate], charset: str) -> tuple[Candidate, ...]:
    """`candidates` with every character that its neighbours decide put right; equal texts are added up. Best first."""
    settle = RULES.get(charset)
    if settle is None:
        return tuple(candidates)
    sums: dict[str, float] = {}
    for candidate in candidates:
        text = settle(candidate.text)
        sums[text] = float(np.logaddexp(sums.get(text, -np.inf), candidate.log_prob))
    if charset == "japanese" and sums:
        _doubt_last_stop(sums)
    ranked = sorted(sums.items(), key=lambda entry: -entry[1])
    return tuple(Candidate(text, min(log_prob, 0.0)) for text, log_prob in ranked[:MOST_ANSWERS])


def _doubt_last_stop(sums: dict[str, float]) -> None:
    """Give the best text, where it ends in a full stop behind kana or kanji, and the same text without it equal chances.

    Nobody ends a name of a place or a post with one, and dust looks like one; but a guess must not be accepted unseen, and of two equal
    candidates none is. The text without it leads.
    """
    best = max(sums, key=lambda text: sums[text])
    if LAST_STOP.search(best):
        bare = best[:-1]
        each = float(np.logaddexp(sums.pop(best), sums.pop(bare, -np.inf))) - float(np.log(2.0))
        sums |= {bare: each, best: each}


def settle_japanese(text: str) -> str:
    """Japanese text: katakana among katakana, kanji among kanji, dashes between digits, 4丁目, ㈱ at a company's name."""
    for _ in range(MOST_ROUNDS):
        text, before = _settled_once(text), text
        if text == before:
            break
    return text


def _settled_once(text: str) -> str:
    text = BLOCK.sub("丁", DIGIT_DASH.sub("-", text))
    text = IN_KATAKANA.sub(lambda match: TO_KATAKANA[match[0]], text)
    text = LONG_VOWEL.sub("ー", text)
    text = ORDINAL.sub(lambda match: ORDINALS[match[0]], text)
    text = GENERAL.sub("一", text)
    text = IN_KANJI.sub(lambda match: TO_KANJI[match[0]], text)
    text = IN_HIRAGANA.sub(lambda match: TO_HIRAGANA[match[0]], text)
    return COMPANY.sub("㈱", settle_kana(text))


def settle_kana(text: str) -> str:
    """Small kana where none can stand are full ones; ッ closes a syllable only before a consonant."""
    text = SMALL_VOWEL.sub(lambda match: SMALL[match[0]], text)
    return CLOSED.sub("ツ", text)


def settle_email(text: str) -> str:
    """A capital of the same shape as its small letter, between small letters, is small."""
    return LONE_CAPITAL.sub(lambda match: match[0].lower(), text)


RULES = {"japanese": settle_japanese, "kana": settle_kana, "payer": settle_kana, "email": settle_email}
