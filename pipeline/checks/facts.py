"""What a packet's sheets say, three-valued: a value is known, is certainly blank, or waits for a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.findings import Finding, Severity
from pipeline.normalise import PRESENT
from pipeline.packet import Packet, PacketSheet
from pipeline.settings import Rules
from pipeline.sheet import FieldValue

State = Literal["known", "blank", "waiting", "missing"]
"""missing = the sheet itself is not there (another rule says so)."""

SHEETS = {
    "a": "A 資格認定申請書",
    "b": "B 業務経験証明書",
    "c": "C 上司もしくは監督者による証明",
    "d": "D 宣誓書",
    "certificate": "合格証明書（試験結果レポート）",
}
SHORT = {"a": "A", "b": "B", "c": "C", "d": "D", "certificate": "合格証明書"}
LABELS = {
    "pass_number": "合格者番号",
    "name": "氏名",
    "applicant_name": "申請者氏名",
    "former_name": "旧姓",
    "signature": "署名",
    "agreed": "同意",
    "application_date": "申請日",
    "created_date": "作成日",
    "certified_date": "証明日",
    "oath_date": "宣誓日",
    "certificate_issue_date": "合格証明書の発行日",
    "issue_date": "発行日",
    "qualification": "申請資格",
    "exam": "試験",
    "result": "合否",
    "score": "得点",
    "written_percent": "筆記の正答率",
    "period_from": "証明期間（自）",
    "period_to": "証明期間（至）",
    "total_months": "合計月数",
    "birth_date": "生年月日",
    "postal_code": "郵便番号",
    "address": "住所",
    "certifier_postal_code": "証明者の郵便番号",
    "certifier_address": "証明者の住所",
    "certifier_name": "証明者氏名",
    "sheet_count": "総枚数",
    "from": "期間（自）",
    "to": "期間（至）",
    "months": "月数",
    "field": "分野番号",
    "classified": "分野の自動判定",
}
"""Names of the fields the rules speak of, as the office says them."""
MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
WHOLE = re.compile(r"-?[0-9]{1,18}")
DOUBTFUL_SIDES = frozenset({"page_unknown", "page_ambiguous", "page_misfit", "page_other_edition", "page_unreadable", "cover_unreadable"})
DOUBTFUL_PACKETS = frozenset({"packet_doubtful", "unread_page_beside", "cover_missing", "envelopes_differ"})


@dataclass(frozen=True)
class Fact:
    """One field as the rules see it."""

    kind: str
    name: str
    state: State
    value: str | int | bool | list[str] | None = None
    page: int | None = None
    seems: str = ""
    """What a waiting value was read as, for rules that hold whatever it turns out to be; never proof of a fault."""
    variant_only: bool = False
    """Whether all that is open is which variant of a kanji is written."""

    @property
    def known(self) -> bool:
        """Whether the value may be relied on."""
        return self.state == "known"

    @property
    def text(self) -> str:
        """The value as text; "" when there is none."""
        return str(self.value) if self.known else ""

    @property
    def number(self) -> int | None:
        """The value as a whole number, when it is one."""
        text = self.text
        return int(text) if WHOLE.fullmatch(text) else None

    @property
    def day(self) -> date | None:
        """The value as a date, when it is one."""
        return date.fromisoformat(self.text) if self.known and _is_day(self.text) else None

    @property
    def label(self) -> str:
        """「B の2行目の期間（自）」 and the like."""
        row, _, leaf = self.name.rpartition(".")
        place = f"{int(row.removeprefix('rows[').removesuffix(']')) + 1}行目の" if row.startswith("rows[") else ""
        return f"{SHORT[self.kind]}の{place}{LABELS.get(leaf, leaf)}"


@dataclass(frozen=True)
class Wait:
    """A rule that cannot be decided yet: the value it needs, and what is to be decided, a Japanese noun phrase."""

    fact: Fact
    purpose: str


Said = Finding | Wait


@dataclass(frozen=True)
class Facts:
    """A packet and the office's rules."""

    packet: Packet
    rules: Rules

    def sides(self, kind: str) -> tuple[PacketSheet, ...]:
        """The used sheets of a kind."""
        return self.packet.used(kind)

    def of(self, kind: str, name: str) -> Fact:
        """The field on the sheet of this kind; where there are two of it that differ, it waits for a person."""
        found = [fact_of(side, name) for side in self.sides(kind)] or [Fact(kind, name, "missing")]
        agreed = all((fact.state, fact.value) == (found[0].state, found[0].value) for fact in found)
        return found[0] if agreed else Fact(kind, name, "waiting", None, found[0].page)

    @property
    def in_doubt(self) -> bool:
        """Whether a side could be a sheet of this packet without anyone being able to say."""
        unread = any(finding.code in DOUBTFUL_SIDES for side in self.packet.sheets for finding in side.sheet.findings)
        return unread or any(finding.code in DOUBTFUL_PACKETS for finding in self.packet.findings)


def fact_of(side: PacketSheet, name: str) -> Fact:
    """The field on this sheet; one that was not found there waits for a person."""
    kind, page = side.sheet.sheet or "", side.sheet.page
    value = side.sheet.value(name)
    state = _state(value)
    if value is None:
        return Fact(kind, name, state, page=page)
    if state == "known":
        return Fact(kind, name, state, value.value, page)
    return Fact(kind, name, state, None, page, value.raw, value.reason == "variant_kanji")


def _state(value: FieldValue | None) -> State:
    if value is None or value.decision == "review":
        return "waiting"
    if value.decision == "blank":
        return "blank"
    return "known" if value.value is not None and _has_form(value) else "waiting"


def _has_form(value: FieldValue) -> bool:
    """Whether a value that a rule reckons with can be reckoned with: what a person typed in may be anything."""
    text = str(value.value)
    match value.kind:
        case "date":
            return _is_day(text)
        case "year_month":
            return text == PRESENT or MONTH.fullmatch(text) is not None or _is_day(text)
        case "number" | "months":
            return WHOLE.fullmatch(text) is not None
        case _:
            return True


def _is_day(text: str) -> bool:
    """2024-04-01, a day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def unless_known(purpose: str, *facts: Fact) -> list[Said]:
    """A wait for every fact whose value the rule needs and nobody knows; nothing for a sheet that is not there."""
    return [Wait(fact, purpose) for fact in facts if fact.state in ("waiting", "blank")]


def finding(code: str, severity: Severity, message: str, fact: Fact | None = None) -> Finding:
    """A finding about a fact's field, or about the whole packet."""
    if fact is None:
        return Finding(code, severity, message)
    return Finding(code, severity, message, page=fact.page, field=fact.name)


def written(day: date) -> str:
    """2026年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def listed(facts: Sequence[Fact]) -> str:
    """「A: 2024100123、合格証明書: 2024100124」."""
    return "、".join(f"{SHORT[fact.kind]}: {fact.text}" for fact in facts)
