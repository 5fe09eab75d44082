"""What names and words are known, and what an unknown one costs: a reading's prior beside its image.

A price is a natural log: by so much an unknown word must look better than a known one to be shown first. Prices are small against a
clear image (a margin of 6 and more), so an unknown name still wins where it is plainly written; an accepted value never rests on them
(`decide.weigh`). Variants of one kanji (髙 and 高) are one word here: which of them is written only the image may say.

The words: `words.tsv.gz`, made by `scripts/make_lexicon.py`, which names its sources and their licences.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pipeline.errors import EngineError
from pipeline.normalise.text import COMMON_FORM, fold, fold_for_comparison
from pipeline.recognise import Candidate

FILE = Path(__file__).parent / "words.tsv.gz"
UNKNOWN = 3.0
"""Price of a surname, given name, reading or katakana word that no list has: on 260 drawn people of whom seven in ten bear such a name
(`benchmarks.lexicons`, fitting fonts) exact names, known and unknown, grow up to here and no further..."""
RARE = 0.5
"""...and of one that only the dictionary has, not the list of the 2,000 commonest surnames or of the usual given names."""
NO_FORM = 1.0
"""Price of an employer without a company's form, of a department or title without one of its usual endings."""
MOST_PRICE = 5.0
"""No text is held back by more, however many of its words are unknown."""
MISFIT_SURNAME = 3.0
"""Price of furigana that is no reading of the surname; surnames have few readings..."""
MISFIT_GIVEN = 1.0
"""...and given names are read as the parents like."""
ALSO_KEPT = 4
"""Candidates kept beside the most probable ones because the lexicon speaks for them."""
NEAR_VARIANT = 11.0
"""Another form of the best text's kanji is kept as a candidate up to this many natural logs below it."""

TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
LETTERS = re.compile(r"[^一-鿿豈-﫿\U00020000-\U0002ffff々〆ヶヵノぁ-んァ-ヺー]+")
KATAKANA_RUN = re.compile(r"[ァ-ヺー]{3,}")
DIGIT_AMONG_KATAKANA = re.compile(r"(?<=[ァ-ヺー])[0-9](?=[ァ-ヺー])")
"""A ク that was read as 7 must not get its word out of the list's sight."""
COMPANY_FORMS = (
    "株式会社", "(株)", "㈱", "有限会社", "(有)", "㈲", "合同会社", "(同)", "合資会社", "合名会社", "相互会社", "一般社団法人",
    "公益社団法人", "一般財団法人", "公益財団法人", "社会福祉法人", "医療法人", "学校法人", "宗教法人", "特定非営利活動法人", "NPO法人",
    "独立行政法人", "国立大学法人", "協同組合", "生活協同組合", "信用金庫", "信用組合", "銀行", "労働金庫", "商工会議所", "法律事務所",
    "市役所", "区役所", "県庁", "役場", "大学", "病院",
)  # fmt: skip
DEPARTMENT = re.compile(
    r"(部|課|係|室|局|班|科|所|店|グループ|チーム|ユニット|センター|セクション|デスク|デパートメント|ディビジョン|本部|事業部|支社|支店|窓口|担当"
    r"|[0-9一二三四五六七八九十]G|Gr\.?)[0-9第一二三四五]*$"
)
TITLE = re.compile(
    r"(長|員|役|任|事|幹|佐|係|補|代理|代行|心得|顧問|監|担当|社員|職|士|リーダー|サブリーダー|チーフ|マネージャー|マネジャー|マネージャ|スーパーバイザー|オペレーター"
    r"|コミュニケーター|エージェント|トレーナー|ディレクター|ヘッド|スタッフ|アシスタント|アドバイザー|コーディネーター|プランナー|アナリスト|SV|ASV|LD|OP|GM|CEO|COO)$"
)
Readings = dict[str, str]
"""Word -> its readings, parted by spaces: a quarter of the memory that sets would take."""


@dataclass(frozen=True)
class Judgement:
    """`prior`: natural log, 0 or less; `known`: 1 = every word is in the lexicon, 0 = some are not, -1 = it contradicts."""

    prior: float
    known: int


NOTHING_KNOWN = Judgement(0.0, 0)


@dataclass(frozen=True)
class Lexicon:
    """Names with variants folded -> their readings in katakana; which of them are common; katakana words."""

    surnames: Readings
    givens: Readings
    surname_readings: frozenset[str]
    given_readings: frozenset[str]
    usual: frozenset[str]
    katakana: frozenset[str]


@cache
def load_lexicon() -> Lexicon:
    """The words of the file. Raises EngineError."""
    try:
        text = gzip.decompress(FILE.read_bytes()).decode("utf-8").translate(COMMON_FORM)
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise EngineError("氏名の辞書（words.tsv.gz）が読めません。") from exc
    surnames: Readings = {}
    givens: Readings = {}
    readings: dict[str, set[str]] = {kind: set() for kind in "SGk"}
    usual: set[str] = set()
    for line in text.splitlines():
        kind, reading, words = line.split("\t")
        readings[kind if kind == "k" else kind.upper()].add(reading)
        if kind in "SG":
            usual.update((reading, *words.split()))
        for word in words.split() if kind != "k" else ():
            found = surnames if kind in "Ss" else givens
            if reading not in found.get(word, "").split():
                found[word] = f"{found[word]} {reading}" if word in found else reading
    return Lexicon(surnames, givens, frozenset(readings["S"]), frozenset(readings["G"]), frozenset(usual), frozenset(readings["k"]))


@lru_cache(maxsize=4096)
def judged(kind: str, field: str, text: str) -> Judgement:
    """What the lexicon says of one text of a field, whatever stands in the fields beside it."""
    if kind == "name":
        return _priced_name(text, load_lexicon().surnames, load_lexicon().givens)
    if kind == "kana":
        plain = text.translate(TO_KATAKANA)
        return _priced_name(plain, load_lexicon().surname_readings, load_lexicon().given_readings)
    return _judged_words(field.rpartition(".")[2], fold(text)) if kind == "text" else NOTHING_KNOWN


def _priced_name(text: str, surnames: Readings | frozenset[str], givens: Readings | frozenset[str]) -> Judgement:
    """Never known for sure: 岳 for 岳昭 and ハマタ for ハマダ are names as well; only name and furigana together say that they fit."""
    usual = load_lexicon().usual
    best = MOST_PRICE
    for family, given in halves(text):
        best = min(best, _price(family, surnames, usual) + _price(given, givens, usual))
    return Judgement(-best, 0)


def _price(word: str, known: Readings | frozenset[str], usual: frozenset[str]) -> float:
    if not word:
        return 0.0
    if word in known:
        return 0.0 if word in usual else RARE
    return UNKNOWN


def halves(text: str) -> Iterator[tuple[str, str]]:
    """Family and given name with variants folded: as parted by the gap, or at every place where there is none."""
    parts = [part for part in LETTERS.split(text.translate(COMMON_FORM)) if part]
    if len(parts) == 1:
        yield from ((parts[0][:place], parts[0][place:]) for place in range(1, len(parts[0]) + 1))
    elif len(parts) > 1:
        yield parts[0], "".join(parts[1:])


def _judged_words(field: str, text: str) -> Judgement:
    runs = KATAKANA_RUN.findall(text)
    unknown = sum(not _is_made_of_words(run) for run in runs) + len(DIGIT_AMONG_KATAKANA.findall(text))
    endless = _has_no_form(field, text)
    price = UNKNOWN * unknown + NO_FORM * endless
    rest = KATAKANA_RUN.sub("", text)
    whole = bool(runs) and (not rest or TITLE.fullmatch(rest) is not None)  # its kanji stand in no list, so they are not vouched for
    return Judgement(-min(price, MOST_PRICE), int(price == 0 and whole))


def _has_no_form(field: str, text: str) -> bool:
    if field.endswith(("employer", "company")):
        return not any(form in text for form in COMPANY_FORMS)
    if field.endswith("department"):
        return DEPARTMENT.search(text) is None
    return field.endswith("title") and TITLE.search(text) is None


@lru_cache(maxsize=4096)
def _is_made_of_words(run: str) -> bool:
    """Whether katakana is one known word or several in a row (カスタマーサポート), of three characters and more each."""
    words = load_lexicon().katakana
    reached = {0}
    for end in range(3, len(run) + 1):
        if any(run[begin:end] in words for begin in reached if end - begin >= 3):
            reached.add(end)
    return len(run) in reached


@lru_cache(maxsize=4096)
def misfit(name: str, kana: str) -> float:
    """Price of the furigana `kana` for `name`: 0 where it is a reading of it or nothing is known; at most what the best split costs."""
    known = load_lexicon()
    said = list(halves(kana.translate(TO_KATAKANA)))
    costs = [
        MISFIT_SURNAME * (family_kana not in known.surnames[family].split())
        + MISFIT_GIVEN * (given_kana not in known.givens.get(given, given_kana).split() and bool(given))
        for family, given in halves(name)
        for family_kana, given_kana in said
        if family in known.surnames and bool(given) == bool(given_kana)
    ]
    return min(costs, default=0.0)


def fits(name: str, kana: str) -> int:
    """1 = the furigana is a listed reading of both halves, -1 = the surname is read otherwise, 0 = the lexicon does not say."""
    known = load_lexicon()
    said = set(halves(kana.translate(TO_KATAKANA)))
    for family, given in halves(name):
        readings, others = known.surnames.get(family, "").split(), known.givens.get(given, "").split()
        if any(one in readings and two in others for one, two in said):
            return 1
    return -1 if misfit(name, kana) >= MISFIT_SURNAME else 0


def kept(kind: str, candidates: Sequence[Candidate], most: int) -> tuple[Candidate, ...]:
    """The most probable candidates, those the lexicon would put first, and every form of the best text's kanji that is near it."""
    if not candidates:
        return ()
    ranked = sorted(candidates, key=lambda one: -one.log_prob)
    favoured = sorted(ranked, key=lambda one: -one.log_prob - judged(kind, "", one.text).prior)[:ALSO_KEPT]
    chosen = {one.text: one for one in (*ranked[:most], *favoured)}
    for best in (ranked[0], favoured[0]):
        form = fold_for_comparison(best.text)
        near = (one for one in ranked if one.log_prob > best.log_prob - NEAR_VARIANT)
        chosen |= {one.text: one for one in near if fold_for_comparison(one.text) == form}
    return tuple(sorted(chosen.values(), key=lambda one: -one.log_prob))
