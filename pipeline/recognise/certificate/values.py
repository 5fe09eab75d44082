"""What the values of a certificate look like, and how each is read with its own characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from pipeline.geometry import Gray
from pipeline.recognise import Candidate, Reading, TextCrop, TextReader
from pipeline.recognise.certificate.glance import CHARSET
from pipeline.recognise.certificate.labels import squeezed
from pipeline.recognise.certificate.words import BODIES
from pipeline.recognise.detect import cut_line
from pipeline.recognise.lines import INK_LEVEL, split_at_gap, trimmed

if TYPE_CHECKING:
    from pipeline.recognise.certificate.layout import Place

SCORES = "scores_by_field"
ORDER = (
    "name", "name_roman", "candidate_id", "pass_number", "exam", "exam_date", "issue_date", "score", "written_percent", "result",
    *(f"{SCORES}[{place}]" for place in range(7)), "issuer",
)  # fmt: skip
CHARSETS = {
    "name": "name",
    "name_roman": "latin",
    "candidate_id": "email",
    "pass_number": "digits",
    "exam_date": "date",
    "issue_date": "date",
}
"""Fields that are read again with fewer characters; the rest stay Japanese text."""
KANJI_KANA = r"[一-鿿豈-﫿ぁ-ゖァ-ヺー々〆ヶ]"
DATE = r"(?:(?:\d{4}|(?:令和|平成|[RH])(?:\d{1,2}|元))\D{1,2}\d{1,2}\D\d{1,2}\D?|\d{8})(?:\([日月火水木金土]\))?"
LOOKS = {
    "name": re.compile(rf"{KANJI_KANA}{{2,14}}(?:様|殿)?"),
    "name_roman": re.compile(r"[A-Za-z][A-Za-z.,'-]{3,}"),
    "candidate_id": re.compile(r"(?=.*\d)[A-Za-z0-9-]{4,}"),
    "pass_number": re.compile(r"(?:No\.?|第)?[\d-]{6,14}号?", re.IGNORECASE),
    "exam": re.compile(r".*(?:OMP|CAP|プロフェッショナル|マネジメント|アーキテク).*", re.IGNORECASE),
    "exam_date": re.compile(DATE),
    "issue_date": re.compile(DATE),
    "score": re.compile(r"\d{3}(?:点|/\.?\d{3}点?|点/\d{3}点?)?(?:\(.*\))?"),
    "written_percent": re.compile(r"\d{1,3}(?:\.\d)?(?:%|/100)?(?:\(.*\))?"),
    "result": re.compile(r"(?:不?合格)?/?(?:passed|pass|failed|fail)?(?:\(.*\))?(?<=.)", re.IGNORECASE),
    "issuer": re.compile(r".*(?:協会|機構|法人|委員会|センター|財団|会社).*"),
    SCORES: re.compile(r"\d{1,3}(?:\.\d)?(?:%|点|/100)?"),
}
ANYTHING = re.compile(r".{1,30}")
"""What stands beside a label of none of the fields."""
NO_NAME = re.compile(
    "合格|検定|試験|協会|会社|資格|証明|センター|判定|結果|平均|分野|番号|氏名|正答|得点|満点|会場|発行|有効|様式|情報|一覧|内訳|詳細|概要|"
    "について|の方|各位|御中|記入|事項|注意|案内|備考|項目|内容|成績|科目|区分|登録|表記|綴り|つづり|問合|問い合|住所|電話|本人|当該|上記|"
    "下記|以下|別紙|ください|ました$|ます$|です$|確認|写し|認定|実施|日付|年月|生年|性別|フリガナ|ふりがな|よみ|漢字|ローマ|英字|英文|"
    "アルファベット|スコア|レポート|サービス|オペレーション|マネジメント|戦略|リソース|受験|受検|欄$|控$|票$|印$"
)
"""Words of certificates and their headings that would pass for names."""
ALL_KANA = re.compile("[ぁ-ゖァ-ヺー]+")
"""How a name is pronounced stands above or below it as often; a person looks at the few names that are written so."""
NO_ROMAN = re.compile(
    "pass|fail|certif|exam|test|score|result|profes|number|center|centre|contact|report|service|human|operat|strateg|section|total|average|"
    "japan|assoc|detail|grade|level|written|info|candid|issue|nameo|namei|fullname",
    re.IGNORECASE,
)
"""The same in English; some are parts of no romanised name, so that 'date' (DATE Masamune) is not among them."""
NO_NUMBER = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}|0\d{1,4}-\d{1,4}-\d{3,4}|\d{3}-\d{4}")
"""Dates, telephone numbers and postal codes, which would pass for numbers of candidates and certificates."""
LOOSE = ("name", "name_roman", "candidate_id", "exam", "issuer")
"""Fields whose values look like many other words on the page: their label must be seen whole, and apart from the value."""
NAME_PIECE = re.compile(rf"{KANJI_KANA}{{1,5}}")
NUMBER = re.compile(r"\d{1,3}(?:\.\d)?")
UPRIGHTS = "|lI"
"""What a table's ruled line before a value is read as, and sometimes a 1."""
RULED_EXAM = re.compile(r"^[Il|](?=(?:OMP|CAP))")
"""The same before the short names of the examinations."""
FULL_MARKS = {"score": 800}
"""Highest score that there is; per cent where nothing is said."""
NUMBERS = ("score", "written_percent", SCORES)
LOOKALIKES = str.maketrans("OoＯ〇○lI|", "00000111")
"""In numbers and dates these are digits."""
EDGES = " :：.．・,、_-|【】「」『』〈〉《》[]"
"""Dirt and dots about a value."""
DOTS = ":.・,、_【】「」『』〈〉《》[]"
"""Those of them, and brackets, that never belong to a value."""
LABEL_GAP = 0.14
"""Space between a label, its colon and the value, in line heights, at least."""
COLON = 0.25
"""Width of a colon in line heights at most."""
BEFORE, BEHIND = 1.1, 0.5
"""Line heights before and behind the place that the characters' widths tell in which the value begins..."""
NEAR = 0.4
"""...or before and behind the one that the reader's own steps tell."""
LIKE_BODY = 90.0
"""Per cent; two of 23 characters misread and one of a seal's read along are 90 alike."""
HONORIFIC = re.compile(r"[\s]*[様殿]$")


def in_order(names: Iterable[str]) -> list[str]:
    """The field names in the order of the sheet."""
    return sorted(names, key=ORDER.index)


def looks(name: str) -> re.Pattern[str]:
    """What a value of the field looks like, without spaces."""
    return LOOKS.get(name.partition("[")[0], ANYTHING)


def is_name_piece(text: str) -> bool:
    """The text may be a given name that stands apart."""
    return bool(NAME_PIECE.fullmatch(text)) and not NO_NAME.search(text) and not HONORIFIC.search(text)


def fits(name: str, text: str) -> bool:
    """`text` looks like a value of the field."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).strip(DOTS)
    if _is_other(name, plain):
        return False
    if name.partition("[")[0] in NUMBERS and _beyond_scale(name, plain):
        return False
    digits = name.endswith("_date") or name == "pass_number" or name.partition("[")[0] in NUMBERS
    return bool(looks(name).fullmatch(_unruled(name, plain).translate(LOOKALIKES) if digits else plain))


def _beyond_scale(name: str, plain: str) -> bool:
    """The number is higher than there are (62% read as 628)."""
    found = NUMBER.match(_unruled(name, plain).translate(LOOKALIKES))
    return found is not None and float(found.group()) > FULL_MARKS.get(name.partition("[")[0], 100)


def _is_other(name: str, plain: str) -> bool:
    """The text is known to be something else than a value of the field, though it looks like one."""
    if name == "name":
        return NO_NAME.search(plain) is not None or ALL_KANA.fullmatch(plain) is not None
    if name == "name_roman":
        return NO_ROMAN.search(plain) is not None
    return name in ("candidate_id", "pass_number") and NO_NUMBER.fullmatch(plain) is not None


def read_values(gray: Gray, dpi: float, found: Sequence[Place], text: TextReader) -> list[Reading]:
    """The fields' values as candidates of the fields' own characters; an empty reading where a label has no value."""
    crops: list[TextCrop] = []
    spans: list[range] = []
    for place in found:
        pictures = _pictures(gray, dpi, place)
        spans.append(range(len(crops), len(crops) + len(pictures)))
        crops += [TextCrop(picture, _charset(place)) for picture in pictures]
    readings = text.read(crops) if crops else []
    parts = [[readings[index] for index in span] or _glanced(place) for place, span in zip(found, spans, strict=True)]
    return [_trimmed(place.name, part) for place, part in zip(found, parts, strict=True)]


def _charset(place: Place) -> str:
    return CHARSETS.get(place.name, CHARSET)


def _glanced(place: Place) -> list[Reading]:
    """The value as the glance at its line saw it, read with the field's characters; a part of the line where a label stands before it."""
    line = place.label if place.cut is not None else place.value
    if line is None or line.glance is None:
        return []
    if place.cut is None:
        return [line.glance.read(_charset(place))]
    return [line.glance.part(_charset(place), *place.span)] if line.glance.part is not None else []


def _pictures(gray: Gray, dpi: float, place: Place) -> list[Gray]:
    """What the network must see again: a value behind its label, a name's family and given name when a gap parts them."""
    if place.value is None:
        return []
    if place.name != "name" and _glanced_whole(place):
        return []
    line = cut_line(gray, (place.value if place.cut is None else place.label).box, dpi)
    if place.cut is not None:
        exact = place.label.glance is not None and bool(place.label.glance.shares)
        line = _between(line, place.cut, (NEAR, NEAR) if exact else (BEFORE, BEHIND))
    if place.name != "name":
        return [line]
    parts = split_at_gap(trimmed(line))
    return parts if len(parts) > 1 or not _glanced_whole(place) else []


def _glanced_whole(place: Place) -> bool:
    """The glance is enough to read the value from."""
    line = place.label if place.cut is not None else place.value
    return line is not None and line.glance is not None and (place.cut is None or line.glance.part is not None)


def _between(line: Gray, cut: tuple[float, float], reach: tuple[float, float]) -> Gray:
    """The value in a line of labels and values, between about these shares of its width, `reach` line heights before and behind them."""
    ends = line.shape[1] if cut[1] >= 1 else _begin_near(line, cut[1], reach)
    return line[:, max(_begin_near(line, cut[0], reach) - 2, 0) : ends]


def _begin_near(line: Gray, share: float, reach: tuple[float, float]) -> int:
    """Where the text behind about `share` of the line's width begins: behind a colon, or behind the gap nearest to there, pixels."""
    height, width = (int(side) for side in line.shape)
    inked = np.flatnonzero((line < INK_LEVEL).any(axis=0))
    if not len(inked):
        return round(share * width)
    wide = np.flatnonzero(np.diff(inked) >= LABEL_GAP * height)
    begins, ends = inked[np.r_[0, wide + 1]], inked[np.r_[wide, -1]]
    low, high = share * width - reach[0] * height, share * width + reach[1] * height
    near = np.flatnonzero((begins > low) & (begins < high) & (begins > begins[0]))
    colons = [place for place in near if ends[place - 1] - begins[place - 1] <= COLON * height]
    if not len(near):
        return max(round(share * width), 0)
    return int(begins[colons[0] if colons else min(near, key=lambda place: abs(begins[place] - share * width))])


def _trimmed(name: str, readings: list[Reading]) -> Reading:
    """One reading of what the parts say, without units and forms of address."""
    if not readings:
        return Reading((), "")
    words = [reading.candidates for reading in readings if reading.candidates]
    joined = words[0] if words else ()
    for word in words[1:]:
        joined = tuple(Candidate(f"{a.text} {b.text}", a.log_prob + b.log_prob) for a in joined[:4] for b in word[:4])
    best: dict[str, float] = {}
    for candidate in joined:
        plain = _plain(name, candidate.text)
        best[plain] = max(best.get(plain, -1e9), candidate.log_prob)
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    inside = min(reading.inside for reading in readings)
    return Reading(tuple(Candidate(plain, log_prob) for plain, log_prob in ranked if plain), readings[0].reader, inside)


def _unruled(name: str, text: str) -> str:
    """A number without the ruled line read before it: with it as a 1 the number would be beyond its scale."""
    scale = name.partition("[")[0]
    if scale not in NUMBERS or text[:1] not in UPRIGHTS:
        return text
    found = re.match(r"\d+", text.translate(LOOKALIKES))
    return text[1:] if found and int(found.group()) > FULL_MARKS.get(scale, 100) else text


def _plain(name: str, text: str) -> str:
    if name.partition("[")[0] in NUMBERS:
        found = NUMBER.match(_unruled(name, unicodedata.normalize("NFKC", text).strip(" " + DOTS)).translate(LOOKALIKES))
        return found.group() if found else text
    if name == "issuer":
        return known_body(text.strip(EDGES))
    if name == "exam":
        return RULED_EXAM.sub("", text.strip(EDGES))
    return HONORIFIC.sub("", text).strip(EDGES) if name == "name" else text.strip(EDGES)


def known_body(text: str) -> str:
    """The body's name where a few of its many characters were misread or a seal's were read along; else the text."""
    best = max(BODIES, key=lambda name: _like_body(text, name))
    return best if _like_body(text, best) >= LIKE_BODY else text


def is_known_body(text: str) -> bool:
    """The text is the name of the body that issues our certificates, and nothing else."""
    return any(_like_body(text, name) >= LIKE_BODY for name in BODIES)


def _like_body(text: str, name: str) -> float:
    return fuzz.ratio(squeezed(text), squeezed(name))
