"""What is said about packets, in words: roles of sides, findings' weights, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.checks.facts import SHORT
from pipeline.report.words import label
from pipeline.review.desk import Desk
from pipeline.review.words import field_label
from pipeline.store.dossier import Dossier, PaperSide
from pipeline.store.history import Event, Place

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


@dataclass(frozen=True)
class Told:
    """One line of the history. `act`: an operation on the packet that can still be taken back."""

    at: str
    who: str
    what: str
    act: int | None = None


def event_words(desk: Desk, dossier: Dossier, event: Event) -> Told:
    """A decision about a field or a statement, as a line of the history."""
    sides = {(side.side.scan, side.side.page): side for side in dossier.sides}
    where = place_name(sides, event.place)
    if event.kind == "field":
        side = None if event.place is None else sides.get(event.place)
        subject = f"{where} {field_label(desk.library, side.side.form if side else None, event.what)}"
    else:
        subject = f"{where} {label(event.what)}".strip()
    return Told(moment(desk, event.at), event.who, f"{subject}: {_said(event)}")


def place_name(sides: dict[Place, PaperSide], place: Place | None) -> str:
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
