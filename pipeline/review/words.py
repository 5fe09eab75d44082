"""Machine names -> what a reviewer reads."""

from __future__ import annotations

import math
import re
from datetime import date

from pipeline.checks.facts import LABELS, SHORT
from pipeline.experience import NAMES, NONE
from pipeline.forms import Library
from pipeline.normalise import PRESENT
from pipeline.sheet import FieldValue

REASONS = {
    "low_probability": "読み取りの確率が基準に届きません。紙面と見比べてください。",
    "readers_disagree": "二つの読み取り結果が食い違っています。紙面のとおりに選んでください。",
    "sheets_disagree": "ほかの書類の記入と食い違っています。この紙面に書かれているとおりに答えてください。",
    "variant_kanji": "異体字の可能性があります（髙と高など）。字の形を確かめてください。",
    "grammar": "読み取った文字が、この欄の書式に合いません。",
    "ink_quality": "かすれや汚れがあり、読み取りに自信がありません。",
    "mark_doubt": "印があるかどうかがはっきりしません。",
    "signature_typed": "署名が手書きでなく、印字の疑いがあります。手書きなら「あり」、印字なら「なし」を選んでください。",
    "seal_on_text": "文字に印影が重なっています。印影の下の文字を確かめてください。",
    "correction": "二重線や訂正印で訂正されています。訂正後の内容を答えてください。",
    "field_undecided": "業務内容から分野を一つに決められません。",
    "place_doubt": "どの項目の値かがはっきりしません。項目名と位置を確かめてください。",
    "unreadable": "「読めない」と回答されています。",
    "invalid": "書式に合わない記入として回答されています。",
}
"""Why a field came to the queue, in one line."""
KINDS = {"field": "記入欄", "finding": "書類についての確認", "page": "仕分けできないページ"}
VERDICTS = {"complete": "そろっています", "deficient": "不備があります", "undecided": "まだ判断できません"}
SHEETS: dict[str | None, str] = {None: "様式不明", **dict(SHORT.items())}
HINTS = {
    "digits": "数字だけで入力します。",
    "number": "数字で入力します。",
    "kana": "フリガナはカタカナで入力します（ひらがなは自動で直します）。",
    "name": "書かれている字体のまま入力します。姓と名の間は 1 字あけます。",
    "date": "例: 令和6年4月1日、R6.4.1、2024/4/1",
    "year_month": "例: 平成27年4月、H27.4、2015/4、現在",
    "months": "例: 3年2ヶ月、38ヶ月",
    "phone": "例: 03-1234-5678",
}
ROW = re.compile(r"rows\[(\d+)\]\.(\w+)")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
ISO_MONTH = re.compile(r"(\d{4})-(\d\d)")
CLASSIFIED = "業務分野の判定"
YES_NO = {"signature": ("署名あり", "署名なし"), "seal": ("印影あり", "印影なし")}


def field_label(library: Library, form: str | None, name: str) -> str:
    """What the form prints beside a field, with the number of its row."""
    row = ROW.fullmatch(name)
    leaf = row[2] if row else name
    printed = next((spec.label for each in library.templates if each.id == form for spec in each.fields if spec.name == name), None)
    text = CLASSIFIED if leaf == "classified" else printed or LABELS.get(leaf, leaf)
    return f"{int(row[1]) + 1} 行目・{text}" if row else text


def shown_value(field: FieldValue) -> str:
    """A field's value as people write it; what was read when there is no value."""
    if field.decision == "blank":
        return "空欄"
    if field.kind in YES_NO:
        return "あり" if field.value else "なし"
    if isinstance(field.value, list):
        return "、".join(field.value) or "印なし"
    return field.raw if field.value is None else shown_text(field.kind, field.value)


def shown_text(kind: str, value: str | int) -> str:
    """A normalised value as people write it."""
    text = str(value)
    if kind == "field":
        return NAMES[text] if text == NONE else f"{text}（{NAMES[text]}）" if text in NAMES else text
    if kind == "months":
        return f"{int(text) // 12} 年 {int(text) % 12} ヶ月（{text} ヶ月）"
    if kind == "date" and ISO_DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    month = ISO_MONTH.fullmatch(text)
    if kind == "year_month":
        return "現在" if text == PRESENT else f"{month[1]} 年 {int(month[2])} 月" if month else text
    return text


def shown_chance(chance: float) -> str:
    """A probability in percent, never rounded up to certainty."""
    return f"{min(int(chance * 1000) / 10, 99.9):.1f} %"


def shown_percent(share: float) -> str:
    """A share in percent with as many digits as it has."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + " %"


def shown_most(number: float) -> str:
    """An upper bound to one decimal, never rounded down."""
    return f"{math.ceil(number * 10 - 1e-6) / 10:,.1f}"


def packet_name(key: str) -> str:
    """A packet's key as people read it out, as in `intake status`."""
    scan, _, page = key.rpartition("-")
    return f"{scan[:8]}-{page}"
