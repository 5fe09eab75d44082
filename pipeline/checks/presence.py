"""Sheets, signatures and the oath: is everything there."""

from __future__ import annotations

from pipeline.checks.facts import SHEETS, Fact, Facts, Said, Wait, fact_of, finding, unless_known


def sheets_missing(facts: Facts) -> list[Said]:
    """基準: A to D and the certificate. A side in doubt may be the missing one, so nothing is proven beside it."""
    said: list[Said] = []
    for kind, title in SHEETS.items():
        if facts.sides(kind):
            continue
        if facts.in_doubt:
            message = f"{title}が見当たりません。判別できないページがあるため、確認してください。"
            said.append(finding(f"sheet_missing_{kind}", "review", message))
        else:
            said.append(finding(f"sheet_missing_{kind}", "error", f"{title}が同封されていません。"))
    return said


def continuation_missing(facts: Facts) -> list[Said]:
    """Where B says it has n sheets, n sheets must be there."""
    sides = facts.sides("b")
    stated = [fact for side in sides if (fact := fact_of(side, "sheet_count")).number is not None]
    most = max(stated, key=lambda fact: fact.number or 0, default=None)
    if most is None or (most.number or 0) <= len(sides):
        return unless_known("業務経験証明書の枚数", *(fact for side in sides if (fact := fact_of(side, "sheet_count")).state == "waiting"))
    message = f"業務経験証明書は{most.number}枚組とありますが、{len(sides)}枚しかありません。"
    return [finding("sheet_missing_b", "review" if facts.in_doubt else "error", message, most)]


def oath_agreed(facts: Facts) -> list[Said]:
    """The square of the oath is ticked."""
    message = "宣誓書（D）の同意欄にチェックがありません。"
    return _must_be_there(facts.of("d", "agreed"), "oath_not_agreed", message, "同意の有無")


def oath_signed(facts: Facts) -> list[Said]:
    """基準③: D signed by hand."""
    return _must_be_there(facts.of("d", "signature"), "oath_unsigned", "宣誓書（D）に署名がありません。", "署名の有無")


def application_signed(facts: Facts) -> list[Said]:
    """A signed by hand."""
    return _must_be_there(facts.of("a", "signature"), "application_unsigned", "資格認定申請書（A）に署名がありません。", "署名の有無")


def _must_be_there(fact: Fact, code: str, message: str, purpose: str) -> list[Said]:
    if fact.state == "waiting":
        return [Wait(fact, purpose)]
    absent = fact.state == "blank" or (fact.known and not fact.value)
    return [finding(code, "error", message, fact)] if absent else []
