"""Whether a page is a pass certificate of our examination: who issued it speaks, and which labels stand on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

from pipeline.recognise.certificate.labels import APPLIED, NO_FIELDS, NUMBERED, OTHER, field_of_label, split_label, squeezed
from pipeline.recognise.certificate.words import OTHER_SHEETS, TITLES

LIKE_TITLE = 85.0
"""Per cent; a title of seven characters with one misread is 86 alike."""
LIKE_OTHER = 88.0
"""Per cent; other papers' titles are asked more strictly, for they end the matter."""
SHORTEST_TITLE = 4
"""Characters of a title at the end of a longer line at least."""
CENTRE = "コンタクトセンター"
LIKE_CENTRE = 75.0
"""Per cent; two of nine characters may be misread."""
TEST = re.compile("(?:教育)?検定")
"""What follows the word for contact centre in the names of the examination and of the body that holds it."""
SHORT_NAME = re.compile(r"(?<![ァ-ヶー一-鿿])コン検(?!索|査|出|品|証)")
"""コン検, and not the middle of パソコン検定 or the beginning of コン検証."""
OUTCOMES = ("pass_number", "score", "result", "written_percent", "scores_by_field")
"""One of these labels stands on every certificate, and on no admission ticket or bill for the same examination."""
LEAST_LABELS = 4
"""Known labels that a certificate carries at least; letters and bills share two or three with it."""
HINTS = 2
"""Labels of different fields that let a page be read on which neither a title nor our name was found at its head."""
MOST_APPLIED = 2
"""Labels of applications that may stand on a certificate (an address in the letterhead)."""


def is_title(text: str) -> bool:
    """The line is a certificate's title, or ends in one."""
    key = squeezed(text)
    titles = [squeezed(title) for title in TITLES]
    if len(key) >= 3 and any(fuzz.ratio(key, title) >= LIKE_TITLE for title in titles):
        return True
    return any(len(title) >= SHORTEST_TITLE and key.endswith(title) for title in titles)


def names_issuer(text: str) -> bool:
    """The line names our examination or the body that holds it, no other body's."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if SHORT_NAME.search(plain):
        return True
    key, centre = squeezed(text), squeezed(CENTRE)
    return any(_is_centre(key[max(found.start() - len(centre), 0) : found.start()], centre) for found in TEST.finditer(key))


def _is_centre(words: str, centre: str) -> bool:
    return fuzz.ratio(words, centre) >= LIKE_CENTRE


def is_other_sheet(text: str) -> bool:
    """The line is the title of another kind of paper."""
    key = squeezed(NUMBERED.sub("", unicodedata.normalize("NFKC", text)))
    return any(fuzz.ratio(key, squeezed(title)) >= LIKE_OTHER for title in OTHER_SHEETS)


def may_be_certificate(head: Iterable[str]) -> bool:
    """The lines of the page's head hold a title, our name or two fields' labels, and nothing of other papers: the rest is worth reading."""
    lines = list(head)
    if any(is_other_sheet(text) for text in lines) or _is_application(lines):
        return False
    labels = {field_of_label(text) or (split_label(text) or ("",))[0] for text in lines} - {OTHER, APPLIED, ""}
    return len(labels) >= HINTS or any(is_title(text) or names_issuer(text) for text in lines)


def _is_application(lines: list[str]) -> bool:
    return sum(field_of_label(text) == APPLIED for text in lines) > MOST_APPLIED


def is_certificate(texts: list[str], labels: set[str]) -> bool:
    """All of it together.

    Args:
        texts: every line that was read.
        labels: fields whose labels were found, `scores_by_field` once; OTHER and APPLIED do not count.
    """
    if any(is_other_sheet(text) for text in texts) or _is_application(texts):
        return False
    fields = {name for name in labels if name not in NO_FIELDS}
    known = len(fields) >= LEAST_LABELS and any(name in fields for name in OUTCOMES)
    return known and any(names_issuer(text) for text in texts) and (any(map(is_title, texts)) or "pass_number" in fields)
