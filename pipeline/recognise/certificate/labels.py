"""Which field a printed label belongs to, whatever its wording and however a photocopy was misread."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz

from pipeline.recognise.certificate.words import (
    APPLICATION,
    CODES,
    DEFINITE,
    HEADINGS,
    LABELS,
    NOTES,
    OTHER_LABELS,
    SCORE_LABELS,
    SHORT_TRANSLATIONS,
    TRANSLATION,
)

OTHER = "-"
"""What a known label is called that is none of the certificate's fields."""
APPLIED = "+"
"""What a label of an application is called."""
NO_FIELDS = (OTHER, APPLIED)
LONG = 4
"""Labels of at least so many characters may be misread in one of them..."""
LONG_LATIN = 6
"""...and Latin ones of so many in two."""
ALIKE = 78.0
"""Per cent; four characters with one misread are 75 alike, five 80."""
ALIKE_LATIN = 82.0
"""Per cent; eight letters with one misread are 87 alike, exam date and exam name 75."""
CLEAR = 4.0
"""Per cent by which a misread label must be more like those of one field than like those of any other."""
LIKE_TRANSLATION = 80.0
"""Per cent; a word of seven letters with one misread is 86 alike."""
NUMBERED = re.compile(r"^[\d①-⑦.．、(（)）■●・◆□◎○▼◇★]{0,3}")
BRACKET = re.compile(r"[（(\[【〔][^）)\]】〕]*[）)\]】〕]?")
PUNCTUATION = re.compile(r"[\s:：;；.．・。、,，_＿\-—…()（）\[\]【】〔〕「」%％*※|｜/／'’`´]+")
LATIN_TAIL = re.compile(r"(?<=[^A-Za-z\s./／])(?P<slash>[\s.]*[/／])?[\s.・|｜_\-]*(?P<tail>[A-Za-z][A-Za-z\s.,:/'()（）%％*_\-]*)$")
LATIN_HEAD = re.compile(r"^(?P<head>[A-Za-z][A-Za-z\s.,/'_\-]*?)[\s./／・|｜:：_\-]*(?=[^A-Za-z\s./／・|｜:：_'\-])")
INNER_NO = re.compile("(?<=.)の(?=.)")
"""証明書の発行日 is 証明書発行日."""
ROMAN_NOTE = re.compile("ローマ|英字|英文|英語|英名|欧文|欧字|アルファベット|roma|alphabet|latin|english", re.IGNORECASE)
"""What is said behind the label of a name in Latin letters..."""
KANA_NOTE = re.compile("カナ|かな|仮名|よみ|読み|kana", re.IGNORECASE)
"""...and of how it is pronounced."""
FIELD_SUFFIXES = ("分野", "領域", "業務")
"""What may stand behind the name of one of the seven fields."""
BEHIND_LABEL = re.compile(
    r"\s*(?:[（(\[【][^）)\]】]*[）)\]】])?"  # a note
    r"(?:[\s/／]*[A-Za-z][A-Za-z\s.'’()（）/]*(?=[:：]))?"  # the label in English
    r"[\s:：;；.．…‥·・\-—_|｜/／]*"
)
OTHER_FORMS = str.maketrans(
    "戰畧驗檢號證發實點总绩试验检证发实点总书" + "曰目夕口一二力工卜八才ソツョャュッェァィォ",
    "戦略験検号証発実点総績試験検証発実点総書" + "日日タローニカエトハオンシヨヤユシエアイオ",
)
"""Old and foreign forms in which the reader, which knows several languages, sees the labels' characters; and shapes that look alike."""


@cache
def squeezed(text: str) -> str:
    """NFKC, in today's Japanese characters, look-alike shapes and cases as one, without spaces and punctuation. For comparing only."""
    return PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).translate(OTHER_FORMS).casefold()


@cache
def field_of_label(text: str) -> str | None:
    """The field whose label `text` is, as a whole; OTHER or APPLIED for a known label of none of the fields; else None."""
    plain = unicodedata.normalize("NFKC", text)
    return _by_note(plain) or _of_keys(_keys(plain)) or _of_keys(_translations(plain)) or _by_code(plain)


def _by_note(plain: str) -> str | None:
    """A label of a name with a note that it is written in Latin letters, or how it is pronounced: お名前（英字つづり）, 氏名（よみ）."""
    note = "".join(BRACKET.findall(plain))
    if not note or _fields().get(_bare(squeezed(NUMBERED.sub("", BRACKET.sub("", plain))))) != "name":
        return None
    if ROMAN_NOTE.search(note):
        return "name_roman"
    return OTHER if KANA_NOTE.search(note) else None


def _of_keys(keys: set[str]) -> str | None:
    """The longest label that is one of the keys, or the one that a key is a misreading of."""
    exact = max(((len(key), _fields()[key]) for key in keys if key in _fields()), default=None)
    return exact[1] if exact is not None else _misread(keys)


def _misread(keys: set[str]) -> str | None:
    """The field of the one label that a key is much like; None when labels of two fields are about as near."""
    best: dict[str, float] = {}
    for key in keys:
        for label, field in _near(key):
            best[field] = max(best.get(field, 0.0), _likeness(key, label))
    ranked = sorted(((score, field) for field, score in best.items() if score > 0), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEAR):
        return None
    return ranked[0][1]


def _near(key: str) -> list[tuple[str, str]]:
    """Labels about as long as `key`, with their fields."""
    if len(key) < LONG or re.search(r"\d", key):
        return []
    return [pair for apart in range(-2, 3) for pair in _by_length().get(len(key) + apart, ())]


def is_definite(field: str, text: str) -> bool:
    """The label's wording leaves no doubt which of several values is the field's."""
    keys = _keys(unicodedata.normalize("NFKC", text))
    return any(squeezed(label) in keys for label in DEFINITE.get(field, ()))


@cache
def is_misread(text: str) -> bool:
    """The label is one only when a character of it was misread: it may be another word (合格スコア, 総合スコア)."""
    plain = unicodedata.normalize("NFKC", text)
    if _by_note(plain) is not None:
        return False
    return not any(key in _fields() for key in _keys(plain) | _translations(plain)) and _by_code(plain) is None


def is_heading(field: str, text: str) -> bool:
    """The label's wording is as often the heading of a whole block: what stands below it need not be its value."""
    return squeezed(text) in {squeezed(label) for label in HEADINGS.get(field, ())}


@cache
def is_whole(field: str, text: str) -> bool:
    """The label is one of the field's as it is printed: nothing of it was left out, misread or not understood.

    氏名（代表者） and 会社名 / Name are labels of other values than 氏名 and Name; a note that changes nothing (氏名（漢字）) does no harm.
    """
    plain = NUMBERED.sub("", unicodedata.normalize("NFKC", text))
    notes = [squeezed(note) for note in BRACKET.findall(plain)]
    if field == "name_roman" and _by_note(plain) == field:
        return True
    for whole in (plain, BRACKET.sub("", plain)):
        if whole != plain and not all(note in NOTES or _fields().get(note) == field for note in notes):
            continue
        if _fields().get(_bare(squeezed(whole))) == field or _in_both(field, whole):
            return True
    return False


def _in_both(field: str, text: str) -> bool:
    """The text is a label of the field in Japanese and in English."""
    behind, before = LATIN_TAIL.search(text), LATIN_HEAD.search(text)
    halves = [(text[: behind.start()], behind["tail"])] if behind else []
    halves += [(text[before.end() :], before["head"])] if before else []
    return any(all(_fields().get(_bare(squeezed(half))) == field for half in pair) for pair in halves)


def _bare(key: str) -> str:
    """Without the の between its words, but for a label that has it itself."""
    return key if key in _fields() else INNER_NO.sub("", key)


@cache
def split_label(text: str) -> tuple[str, int] | None:
    """A line that begins with a label and goes on: (field, place where the rest begins), or None."""
    number = NUMBERED.match(text)
    numbered = number.end() if number else 0
    coded = numbered + 2 * text[numbered:].startswith(CODES)
    best: tuple[int, int, str] | None = None
    for begin in sorted({0, numbered, coded}):
        first = squeezed(text[begin : begin + 1])
        for label, field in _fields().items():
            if label[0] != first or (begin > 0 and label not in _score_words()):
                continue
            end = _end_of(text, label, begin)
            if end is not None and end < len(text) and (best is None or len(label) > best[0]):
                best = (len(label), end, field)
    return None if best is None else (best[2], best[1])


def _keys(plain: str) -> set[str]:
    """What may be the label in a text: the whole, without number, bracket, code, or translation."""
    unnumbered = NUMBERED.sub("", plain)
    wholes = {part for whole in (plain, unnumbered) for part in (whole, BRACKET.sub("", whole))}
    wholes |= {part for whole in (plain, unnumbered) for part in _untranslated(whole)}
    keys = {_bare(squeezed(part)) for part in wholes}
    codes = tuple(code.casefold() for code in CODES)
    coded = {key[2:] for key in keys if key.startswith(codes)} | {key[:-2] for key in keys if key.endswith(codes)}
    coded |= {key.removesuffix(suffix) for key in keys | coded for suffix in FIELD_SUFFIXES}
    return keys | {key for key in coded if key in _score_words()}


def _untranslated(text: str) -> list[str]:
    """`氏名 / Name` -> 氏名, `Name 氏名` -> 氏名: the Japanese part of a label in two languages."""
    parts = []
    behind, before = LATIN_TAIL.search(text), LATIN_HEAD.search(text)
    if behind is not None and (behind["slash"] or _translates(behind["tail"])):
        parts.append(text[: behind.start()])
    if before is not None and _translates(before["head"]):
        parts.append(text[before.end() :])
    return parts + [BRACKET.sub("", part) for part in parts]


def _translations(text: str) -> set[str]:
    """The English part of a label in two languages, for when the Japanese one was misread."""
    behind, before = LATIN_TAIL.search(text), LATIN_HEAD.search(text)
    return {squeezed(part) for part in (behind and behind["tail"], before and before["head"]) if part}


def _translates(latin: str) -> bool:
    """The Latin letters are, or hold, a word of labels."""
    key = squeezed(latin)
    if key in SHORT_TRANSLATIONS:
        return True
    return any(_holds(key, word) for word in TRANSLATION)


def _holds(key: str, word: str) -> bool:
    """The word is in the key; a long one may be misread."""
    if len(word) < LONG_LATIN + 1 or len(key) < len(word) - 1:
        return word in key
    return fuzz.partial_ratio(word, key) >= LIKE_TRANSLATION


def _end_of(text: str, label: str, begin: int) -> int | None:
    """Place behind `label` at `begin` of `text`, a bracket and a colon behind it included; None when it is not there."""
    place, matched = begin, 0
    while place < len(text) and matched < len(label):
        key = squeezed(text[place])
        if key and not label.startswith(key, matched):
            return None
        matched += len(key)
        place += 1
    if matched < len(label):
        return None
    behind = BEHIND_LABEL.match(text, place)
    return behind.end() if behind else place


@cache
def _fields() -> dict[str, str]:
    """Squeezed label -> field."""
    words = [(field, label) for field, labels in LABELS.items() for label in labels]
    words += [(f"scores_by_field[{place}]", label) for place, labels in enumerate(SCORE_LABELS) for label in (*labels, CODES[place])]
    words += [(OTHER, label) for label in OTHER_LABELS] + [(APPLIED, label) for label in APPLICATION]
    return {squeezed(label): field for field, label in words}


@cache
def _by_length() -> dict[int, list[tuple[str, str]]]:
    """Length -> squeezed labels of that length with their fields."""
    lengths: dict[int, list[tuple[str, str]]] = {}
    for label, field in _fields().items():
        lengths.setdefault(len(label), []).append((label, field))
    return lengths


@cache
def _score_words() -> frozenset[str]:
    return frozenset(squeezed(label) for labels in SCORE_LABELS for label in labels)


def _likeness(key: str, label: str) -> float:
    """Per cent when the key may be the label misread, else 0; a longer Japanese word is another one (再発行年月日)."""
    latin = label.isascii()
    if not latin and len(key) > len(label):
        return 0.0
    apart, least, alike = (2, LONG_LATIN, ALIKE_LATIN) if latin else (1, LONG, ALIKE)
    if min(len(key), len(label)) < least or abs(len(key) - len(label)) > apart:
        return 0.0
    return float(fuzz.ratio(key, label, score_cutoff=alike))


def _by_code(text: str) -> str | None:
    """`オペレーション（OP）`, however badly its name was read: the code in brackets names the field."""
    found = re.search(r"[（(]\s*(ST|CS|CR|OP|HR|AR|IC)\s*[）)]", text)
    return f"scores_by_field[{CODES.index(found.group(1))}]" if found else None
