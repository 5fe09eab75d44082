"""What is said about packets, in words: roles of sides, findings' weights, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.checks.facts import SHEETS, SHORT
from pipeline.packet import Spot
from pipeline.report.words import label
from pipeline.review.desk import Desk
from pipeline.review.words import field_label, packet_name
from pipeline.store.dossier import Dossier, Heading, PaperSide
from pipeline.store.history import Event
from pipeline.store.placings import Kept, Operation

ROLES = {
    "used": "審査に使用",
    "duplicate": "二重スキャン（不使用）",
    "doubtful": "誰の書類か未確認",
    "other": "申請書以外",
    "foreign": "対象外",
    None: "-",
}
SEVERITIES = {"error": "不備", "review": "要確認", "info": "参考"}
VERDICTS_LONG = {"complete": "書類がそろっています", "deficient": "不備があります", "undecided": "まだ判断できません"}
ANSWERS = {"fine": "「問題なし」と回答", "fault": "「不備として扱う」と回答"}
DOUBTS = {"unreadable": "「読めない」と回答"}


RESCAN_REASONS = {
    "unreadable": "文字が読めない（かすれ・汚れ）",
    "cut": "端が切れている・折れている",
    "skewed": "大きく傾いている・ゆがんでいる",
    "double_feed": "2枚重なって送られた",
    "other": "その他",
}
ACT_NAMES = {"move": "移動", "split": "分割", "merge": "統合", "foreign": "対象外にする"}
DONE = {
    "move": "ページを移しました。",
    "split": "選んだページを新しい申請書類に分けました。",
    "merge": "申請書類を統合しました。",
    "foreign": "ページを対象外にしました。",
}
FORMS = {"cover": "封筒仕切り票"}
"""Sides that are no sheets of an application, and yet of ours."""


@dataclass(frozen=True)
class Told:
    """One line of the history.

    Attributes:
        operation: one that can still be taken back.
        link: row of the other packet that it is about, and what it is called.
    """

    at: str
    who: str
    what: str
    operation: int | None = None
    link: tuple[int, str] | None = None


def title_of(side: PaperSide) -> str:
    """What a side is called: its form, or what kind of page it is."""
    if side.is_ours:
        return SHEETS[str(side.side.sheet)]
    return FORMS.get(side.side.form or "", "白紙" if side.blank else "様式不明のページ")


def operation_words(
    desk: Desk,
    here: Heading,
    kept: Iterable[Kept],
    known: Mapping[Spot, PaperSide],
    others: Mapping[str, Heading],
    names: Mapping[str, str],
) -> list[tuple[datetime, Told]]:
    """Operations on the packet as lines of its history, and a line more for each that was taken back."""
    lines = []
    for each in kept:
        words, link = _operation(each.operation, here, known, others)
        can_undo = each.id if each.back is None and here.is_open_or_gone else None
        lines.append((each.at, Told(moment(desk, each.at), names.get(each.who, each.who), words, can_undo, link)))
        if each.back is not None:
            at, who = each.back
            lines.append((at, Told(moment(desk, at), names.get(who, who), f"取り消し: {words}", None, link)))
    return lines


def _operation(
    operation: Operation, here: Heading, known: Mapping[Spot, PaperSide], others: Mapping[str, Heading]
) -> tuple[str, tuple[int, str] | None]:
    sides = "、".join(dict.fromkeys(title_of(known[spot]) for spot in operation.sides if spot in known))
    away = operation.source == here.key
    other = others.get((operation.target or "") if away else operation.source)
    link = None if other is None or other.key == here.key else (other.id, packet_name(other.key))
    match operation.act:
        case "foreign":
            return f"{sides} を対象外にした", None
        case "merge":
            return ("この申請書類を別の申請書類に統合した" if away else f"別の申請書類（{sides}）をここに統合した"), link
        case "split":
            return (f"{sides} を別の申請書類に分けた" if away else f"{sides} を分けて、この申請書類を作った"), link
        case "move":
            if operation.target == operation.source:
                return f"{sides} をこの申請の書類と確認した", None
            return (f"{sides} を別の申請書類に移した" if away else f"{sides} を別の申請書類から移した"), link


def event_words(desk: Desk, dossier: Dossier, event: Event) -> Told:
    """A decision about a field or a statement, as a line of the history."""
    sides = {side.spot: side for side in dossier.sides}
    where = place_name(sides, event.place)
    if event.kind == "field":
        side = None if event.place is None else sides.get(event.place)
        subject = f"{where} {field_label(desk.library, side.side.form if side else None, event.what)}"
    else:
        subject = f"{where} {label(event.what)}".strip()
    return Told(moment(desk, event.at), event.who, f"{subject}: {_said(event)}")


def place_name(sides: Mapping[Spot, PaperSide], place: Spot | None) -> str:
    """A side in a few characters: its form, or its page."""
    side = None if place is None else sides.get(place)
    if side is None:
        return ""
    return SHORT.get(str(side.side.sheet), f"{side.side.page} ページ目")


def moment(desk: Desk, at: datetime) -> str:
    """A point in time on the office's clock."""
    here = at.astimezone(ZoneInfo(desk.settings.timezone))
    return f"{here.year}/{here.month}/{here.day} {here.hour}:{here.minute:02d}"


def _said(event: Event) -> str:
    said = event.said
    if said is None:
        return "回答を取り消し"
    again = "回答を取り消し、前の回答に戻す: " if event.takes_back else ""
    if event.kind == "finding":
        return again + ANSWERS.get(said["answer"], "回答")
    if said.get("doubt") == "invalid":
        return f"{again}書式に合わないまま「{said['raw']}」と回答"
    if said.get("doubt"):
        return again + DOUBTS[said["doubt"]]
    value = said["value"]
    if isinstance(value, bool):
        return again + ("「あり」と回答" if value else "「なし」と回答")
    shown = "、".join(value) if isinstance(value, list) else str(said["raw"] or "")
    return again + (f"「{shown}」と回答" if shown else "「空欄」と回答")
