"""Read sheets for the tests of packets and rules: a complete application of an invented person, and ways to change it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.findings import Finding
from pipeline.normalise import NORMALISERS, normalise
from pipeline.packet import PacketSheet
from pipeline.sheet import FieldValue, Sheet

SCAN = "5c" * 32
NUMBER, NAME = "2024100123", "髙橋 花子"
KINDS = ("a", "b", "c", "d", "certificate")
READ_WITHOUT_DOUBT = 0.9999

COMPLETE: dict[str, dict[str, tuple[str, Any]]] = {
    "a": {
        "application_date": ("date", "2026年11月1日"),
        "qualification": ("choice", ["OMP"]),
        "pass_number": ("digits", NUMBER),
        "certificate_issue_date": ("date", "2024年4月1日"),
        "name_kana": ("kana", "タカハシ ハナコ"),
        "name": ("name", NAME),
        "former_name": ("name", ""),
        "birth_date": ("date", "昭和60年4月1日"),
        "postal_code": ("digits", "1600022"),
        "address": ("text", "東京都新宿区新宿3-1-1"),
        "transfer_name_kana": ("kana", "0123タカハシハナコ"),
        "signature": ("signature", True),
    },
    "b": {
        "pass_number": ("digits", NUMBER),
        "name": ("name", NAME),
        "created_date": ("date", "2026年10月20日"),
        "rows[0].from": ("year_month", "2015年4月"),
        "rows[0].to": ("year_month", "2018年3月"),
        "rows[0].months": ("months", "3年0ヶ月"),
        "rows[0].employer": ("text", "架空商事株式会社"),
        "rows[0].field": ("digits", "4"),
        "rows[1].from": ("year_month", "2018年4月"),
        "rows[1].to": ("year_month", "2021年3月"),
        "rows[1].months": ("months", "2年11ヶ月"),
        "rows[1].employer": ("text", "架空商事株式会社"),
        "rows[2].from": ("year_month", ""),
        "rows[2].to": ("year_month", ""),
        "rows[2].employer": ("text", ""),
        "total_months": ("months", "6年0ヶ月"),
        "sheet_no": ("number", "1"),
        "sheet_count": ("number", "1"),
    },
    "c": {
        "pass_number": ("digits", NUMBER),
        "applicant_name": ("name", "高橋　花子"),
        "certified_date": ("date", "2026年10月25日"),
        "period_from": ("year_month", "2015年4月"),
        "period_to": ("year_month", "現在"),
        "certifier_name": ("name", "架空 次郎"),
        "certifier_postal_code": ("digits", ""),
        "certifier_address": ("text", ""),
    },
    "d": {
        "pass_number": ("digits", NUMBER),
        "agreed": ("choice", ["agreed"]),
        "oath_date": ("date", "2026年11月1日"),
        "signature": ("signature", True),
    },
    "certificate": {
        "pass_number": ("digits", NUMBER),
        "name": ("name", NAME),
        "exam": ("text", "OMP"),
        "issue_date": ("date", "2024年4月1日"),
        "score": ("number", "650"),
        "written_percent": ("number", "85"),
        "result": ("text", "合格"),
    },
}
"""Of each sheet: field -> kind and what is written. The months of the second row are counted without the last one."""


def read(name: str, kind: str, written: Any, confidence: float = READ_WITHOUT_DOUBT) -> FieldValue:
    """A field as a perfect reader gives it."""
    if written in ("", []):
        return FieldValue(name, kind, "", None, None, confidence, "blank", None, (), None)
    if kind not in NORMALISERS:
        return FieldValue(name, kind, str(written), written, None, confidence, "accept", None, (), None)
    value = normalise(kind, written, field=name)
    decision = "accept" if value.problem is None else "review"
    reason = None if value.problem is None else "grammar"
    candidates = ((written, math.log(confidence)),)
    return FieldValue(name, kind, written, value.value, value.problem, confidence, decision, reason, candidates, None)  # type: ignore[arg-type]


def unsure(name: str, kind: str, *chances: tuple[str, float]) -> FieldValue:
    """A field in review with these candidates."""
    best = read(name, kind, chances[0][0], chances[0][1])
    candidates = tuple((text, math.log(chance)) for text, chance in chances)
    return replace(best, decision="review", reason="low_probability", candidates=candidates)


def paper(kind: str, page: int, changes: Mapping[str, Any] | None = None, fingerprint: str | None = None) -> Sheet:
    """A sheet of the complete application with some fields written otherwise (a text, marks, or a FieldValue)."""
    written = {name: read(name, *entry) for name, entry in COMPLETE[kind].items()}
    for name, change in (changes or {}).items():
        old = COMPLETE[kind].get(name, ("text", ""))
        written[name] = change if isinstance(change, FieldValue) else read(name, old[0], change)
    return Sheet(page, kind, kind, None, tuple(written.values()), (), fingerprint or f"{page:016x}")


def foreign(page: int, code: str = "page_unknown") -> Sheet:
    """A side that is none of ours."""
    severity = "info" if code == "page_blank" else "review"
    return Sheet(page, None, None, None, (), (Finding(code, severity, "", page=page),), "f" * 16)  # type: ignore[arg-type]


def stack(*sheets: Sheet, scan: str = SCAN) -> list[PacketSheet]:
    """The sides of one file."""
    return [PacketSheet(scan, sheet) for sheet in sheets]


def application(first_page: int = 1, changes: Mapping[str, Mapping[str, Any]] | None = None) -> list[Sheet]:
    """All five sheets; `changes` by kind."""
    return [paper(kind, first_page + number, (changes or {}).get(kind)) for number, kind in enumerate(KINDS)]


def of_person(number: str, name: str, first_page: int = 1) -> list[Sheet]:
    """All five sheets of somebody else."""
    names = {"a": "name", "b": "name", "c": "applicant_name", "certificate": "name"}
    return application(first_page, {kind: {"pass_number": number} | ({names[kind]: name} if kind in names else {}) for kind in KINDS})
