"""What is printed on pass certificates: titles, the issuer, and the labels of the fields in their many wordings."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz

TITLES = (
    "合格証明書", "合格証書", "合格証", "試験結果レポート", "合格証明書試験結果レポート", "スコアレポート",
    "試験結果通知書", "成績証明書", "合格通知書",
)  # fmt: skip
ISSUERS = ("コンタクトセンター検定", "コン検", "コンタクトセンター教育検定協会")
OTHER_SHEETS = (
    "資格認定申請書", "業務経験証明書", "上司もしくは監督者による証明", "宣誓書", "実務経験証明書", "申請書", "請求書", "領収書", "履歴書",
)  # fmt: skip
"""Titles of papers that speak of certificates and are none."""
LABELS: dict[str, tuple[str, ...]] = {
    "name": ("氏名", "受験者名", "受験者氏名", "お名前", "合格者氏名", "合格者名", "名前", "氏名漢字"),
    "name_roman": ("氏名ローマ字", "ローマ字氏名", "ローマ字", "英字氏名", "氏名英字", "氏名英文", "英文氏名", "ローマ字表記"),
    "candidate_id": ("受験者ID", "受験者番号", "受験番号", "受験ID", "受験者コード", "受験者ID番号"),
    "pass_number": ("合格者番号", "認定番号", "合格番号", "合格証番号", "合格証明書番号", "証明書番号", "証書番号"),
    "exam": (
        "試験科目", "試験名", "試験名称", "受験科目", "検定名", "資格名", "資格", "検定",
        "試験種別", "科目", "受験級", "合格科目", "資格試験名",
    ),
    "exam_date": ("受験日", "試験日", "受験年月日", "試験実施日", "試験年月日", "実施日"),
    "issue_date": ("発行日", "交付日", "発行年月日", "交付年月日", "証明書発行日", "合格証発行日", "レポート発行日"),
    "score": ("スコア", "得点", "総合得点", "総合スコア", "合計得点", "合計スコア", "試験得点", "総得点"),
    "written_percent": (
        "記述問題正答率", "記述問題得点率", "記述得点率", "筆記得点率", "記述式得点率", "記述正答率", "筆記正答率",
        "記述", "筆記", "記述問題",
    ),
    "result": ("判定", "合否", "結果", "合否判定", "合否結果", "総合判定", "判定結果"),
    "issuer": ("発行者", "発行元", "発行団体", "発行機関", "認定団体", "実施団体", "認定者"),
}  # fmt: skip
SCORE_LABELS = (
    ("コンタクトセンター戦略", "センター戦略", "戦略", "ストラテジー"),
    ("カスタマーサービス", "顧客サービス"),
    ("CRM", "カスタマーリレーションシップマネジメント", "顧客関係管理"),
    ("オペレーション", "オペレーションマネジメント", "運営"),
    ("ヒューマンリソースマネジメント", "ヒューマンリソース", "人材マネジメント", "人的資源管理"),
    ("センターアーキテクト", "センターアーキテクチャ", "コンタクトセンターアーキテクチャ", "アーキテクチャ"),
    ("ICTマネジメント", "ICT", "情報通信技術"),
)
"""The seven fields, in their order."""
CODES = ("ST", "CS", "CR", "OP", "HR", "AR", "IC")
LONG = 4
"""Labels of at least so many characters may be misread in one of them."""
ALIKE = 78.0
"""Per cent; four characters with one misread are 75 alike, five 80."""
NUMBERED = re.compile(r"^[\d①-⑦.．、)）■●・◆□]{0,3}")
BRACKET = re.compile(r"[（(\[【〔][^）)\]】〕]*[）)\]】〕]?")
PUNCTUATION = re.compile(r"[\s:：;；.．・。、,，_＿\-—…()（）\[\]【】〔〕「」%％*※|｜/／]+")
OTHER_FORMS = str.maketrans("戰畧驗檢號證發實點總绩试验检证发实点总书", "戦略験検号証発実点総績試験検証発実点総書")
"""Old and foreign forms in which the reader, which knows several languages, sees the characters of the labels."""


def squeezed(text: str) -> str:
    """NFKC, in today's Japanese characters, without spaces and punctuation."""
    return PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).translate(OTHER_FORMS)


def is_title(text: str) -> bool:
    """The line is a certificate's title and nothing else."""
    key = squeezed(text)
    return len(key) >= 3 and any(fuzz.ratio(key, title) >= 85 for title in TITLES)


def names_issuer(text: str) -> bool:
    """The line names the examination or the body that holds it."""
    key = squeezed(text)
    return any(len(key) >= len(issuer) and fuzz.partial_ratio(issuer, key) >= 88 for issuer in ISSUERS)


def is_other_sheet(text: str) -> bool:
    """The line is the title of another kind of paper."""
    key = squeezed(NUMBERED.sub("", unicodedata.normalize("NFKC", text)))
    return any(fuzz.ratio(key, title) >= 88 for title in OTHER_SHEETS)


@cache
def field_of_label(text: str) -> str | None:
    """The field whose label `text` is, as a whole, or None."""
    plain = unicodedata.normalize("NFKC", text)
    unnumbered = NUMBERED.sub("", plain)
    keys = {squeezed(part) for whole in (plain, unnumbered) for part in (whole, BRACKET.sub("", whole))}
    scored = [(_likeness(key, label), len(label), field) for field, label in _all_labels() for key in keys if key]
    best = max(scored, default=(0.0, 0, ""))
    if best[0] < ALIKE:
        return _by_code(plain)
    return best[2]


@cache
def split_label(text: str) -> tuple[str, int] | None:
    """A line that begins with a label and goes on: (field, place where the rest begins), or None."""
    best: tuple[int, int, str] | None = None
    for field, label in _all_labels():
        end = _end_of(text, label)
        if end is not None and end < len(text) and (best is None or len(label) > best[0]):
            best = (len(label), end, field)
    return None if best is None else (best[2], best[1])


def _end_of(text: str, label: str) -> int | None:
    """Place behind `label` at the beginning of `text`, a bracket and a colon behind it included; None when it is not there."""
    place, matched = NUMBERED.match(text).end() if label in _score_words() else 0, 0  # type: ignore[union-attr]
    while place < len(text) and matched < len(label):
        key = squeezed(text[place])
        if key and not label.startswith(key, matched):
            return None
        matched += len(key)
        place += 1
    if matched < len(label):
        return None
    behind = re.compile(r"\s*(?:[（(\[【][^）)\]】]*[）)\]】])?[\s:：;；.．…・\-—_|｜]*").match(text, place)
    return behind.end() if behind else place


@cache
def _all_labels() -> tuple[tuple[str, str], ...]:
    plain = [(field, label) for field, labels in LABELS.items() for label in labels]
    return tuple(plain + [(f"scores_by_field[{place}]", label) for place, labels in enumerate(SCORE_LABELS) for label in labels])


@cache
def _score_words() -> frozenset[str]:
    return frozenset(label for labels in SCORE_LABELS for label in labels)


def _likeness(key: str, label: str) -> float:
    if key == label:
        return 101.0
    alike = min(len(key), len(label)) >= LONG and abs(len(key) - len(label)) <= 1 and not re.search(r"\d", key)
    return float(fuzz.ratio(key, label)) if alike else 0.0


def _by_code(text: str) -> str | None:
    """`オペレーション（OP）`, however badly its name was read: the code in brackets names the field."""
    found = re.search(r"[（(]\s*(ST|CS|CR|OP|HR|AR|IC)\s*[）)]", text)
    return f"scores_by_field[{CODES.index(found.group(1))}]" if found else None
