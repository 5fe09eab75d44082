"""Periods of experience: in order, long enough, confirmed by C."""

from __future__ import annotations

from pipeline.checks.facts import Facts, Said, finding, unless_known
from pipeline.checks.presence import continuation_missing
from pipeline.checks.rows import Row, duration_words, made_on, month_of, month_words, present_month, rows, total
from pipeline.normalise import PRESENT


def long_enough(facts: Facts) -> list[Said]:
    """基準②: at least the required months, both ends of a period counted (the reading that favours the applicant)."""
    counted, needed = rows(facts), facts.rules.required_months
    months = total(counted)
    if not facts.sides("b") or months >= needed or any(row.reversed for row in counted):
        return []
    unknown = [fact for row in counted if row.period is None for fact in row.needed]
    if unknown or continuation_missing(facts):
        return unless_known("業務経験の合計月数", *unknown)
    short = f"必要な{needed}か月に{needed - months}か月足りません"
    message = f"業務経験は重複を除いて合計{months}か月で、{short}（期間の最初と最後の月を含めて計算）。"
    return [finding("experience_too_short", "review" if facts.in_doubt else "error", message)]


def in_order(facts: Facts) -> list[Said]:
    """No period ends before it begins, on B and on C."""
    said: list[Said] = []
    for row in rows(facts):
        if row.period is not None and row.reversed and not row.open_ended:
            message = f"{row.label}の期間が逆です（{month_words(row.period[0])}から{month_words(row.period[1])}まで）。"
            said.append(finding("period_reversed", "error", message, row.start))
        elif row.period is None:
            said += unless_known("期間の前後", *row.needed)
    begin, end = facts.of("c", "period_from"), facts.of("c", "period_to")
    first, last = month_of(begin, None), month_of(end, None)
    if first is not None and last is not None and first > last:
        message = f"Cの証明期間が逆です（{month_words(first)}から{month_words(last)}まで）。"
        said.append(finding("period_reversed", "error", message, begin))
    return said


def before_application(facts: Facts) -> list[Said]:
    """No row reaches beyond the month of the application."""
    applied = facts.of("a", "application_date").day
    if applied is None:
        return []
    limit = applied.year * 12 + applied.month - 1
    said: list[Said] = []
    for row in rows(facts):
        if not row.open_ended and row.last is not None and row.last > limit:
            message = f"{row.label}の期間の終わり（{month_words(row.last)}）が申請日（{month_words(limit)}）より後です。"
            said.append(finding("period_after_application", "review", message, row.end))
    return said


def covered_by_certifier(facts: Facts) -> list[Said]:
    """C's period covers every row of B."""
    sides, counted = facts.sides("c"), rows(facts)
    begin, end = facts.of("c", "period_from"), facts.of("c", "period_to")
    if not sides or not counted:
        return []
    first, last = month_of(begin, None), month_of(end, present_month(sides[0]))
    outside = [row for row in counted if _outside(row, first, last, open_end=end.text == PRESENT)]
    if outside and first is not None and last is not None:
        spans = "、".join(f"{row.label} {month_words(row.period[0])}～{_last_words(row)}" for row in outside if row.period)
        until = "現在" if end.text == PRESENT else month_words(last)
        message = f"Cの証明期間（{month_words(first)}～{until}）に入らない経験があります（{spans}）。"
        return [finding("period_not_covered", "error", message, begin)]
    unknown = [fact for row in counted if row.period is None for fact in row.needed]
    made = [made_on(sides[0])] if end.text == PRESENT and last is None else []
    return unless_known("証明期間が業務経験を含むか", begin, end, *made, *unknown)


def _last_words(row: Row) -> str:
    return "現在" if row.open_ended or row.last is None else month_words(row.last)


def _outside(row: Row, first: int | None, last: int | None, *, open_end: bool) -> bool:
    """Proven only where every month it compares is known; 現在 lies within a period that lasts until 現在."""
    if row.period is None or first is None or last is None or row.reversed:
        return False
    return row.period[0] < first or (row.period[1] > last and not (open_end and row.open_ended))


def lengths_as_written(facts: Facts) -> list[Said]:
    """The months written in a row fit its period, counted with the last month or without it."""
    said: list[Said] = []
    for row in rows(facts):
        if row.period is None or row.months.number is None or row.reversed:
            continue
        whole = row.period[1] - row.period[0] + 1
        if row.months.number not in (whole, whole - 1):
            message = (
                f"{row.label}の月数（{duration_words(row.months.number)}）が期間と合いません。"
                f"期間から数えると{duration_words(whole)}（最後の月を含めないと{duration_words(whole - 1)}）です。"
            )
            said.append(finding("row_months_mismatch", "review", message, row.months))
    return said
