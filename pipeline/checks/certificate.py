"""The pass certificate: still valid, and of an exam that was passed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.checks.facts import Fact, Facts, Said, finding, unless_known, written

PASSED = re.compile("合格|pass", re.IGNORECASE)
"""What the result of a passed exam says; 不合格 has been looked for before."""


def last_valid_day(issued: date, years: int) -> date:
    """The day before the anniversary; for 29 February the anniversary in a common year is 1 March."""
    try:
        anniversary = issued.replace(year=issued.year + years)
    except ValueError:
        anniversary = date(issued.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def still_valid(facts: Facts) -> list[Said]:
    """Three years from the day of issue, held against the day the office has set."""
    issued = facts.of("certificate", "issue_date")
    if issued.state == "missing":
        return []
    applied = facts.of("a", "application_date")
    by_arrival = facts.rules.certificate_held_against == "arrival"
    if issued.day is None or (not by_arrival and applied.day is None):
        return unless_known("合格証明書の有効期限", issued, *([] if by_arrival else [applied]))
    held, word = (facts.packet.received, "到着日") if by_arrival else (applied.day or facts.packet.received, "申請日")
    last = last_valid_day(issued.day, facts.rules.certificate_valid_years)
    if held <= last:
        return []
    message = f"合格証明書の有効期限（{written(last)}）を過ぎています。発行日 {written(issued.day)}、{word} {written(held)}。"
    return [finding("certificate_expired", "error", message, issued)]


def issue_dates_agree(facts: Facts) -> list[Said]:
    """A repeats the certificate's day of issue; the certificate counts, a difference is worth a look."""
    printed, repeated = facts.of("certificate", "issue_date"), facts.of("a", "certificate_issue_date")
    if printed.day is None or repeated.day is None or printed.day == repeated.day:
        return []
    message = f"申請書に書かれた発行日（{written(repeated.day)}）が合格証明書の発行日（{written(printed.day)}）と異なります。"
    return [finding("issue_date_mismatch", "review", message, repeated)]


def passed(facts: Facts) -> list[Said]:
    """The certificate says 合格 and no points below what the office has set; the result or the score is enough to know."""
    result, score, percent = (facts.of("certificate", name) for name in ("result", "score", "written_percent"))
    if result.state == "missing":
        return []
    reasons = _failures(facts, result, score, percent)
    if reasons:
        return [finding("certificate_not_passed", "error", f"合格証明書が合格を示していません（{'、'.join(reasons)}）。", result)]
    if result.known and not PASSED.search(result.text):
        message = f"合格証明書の結果「{result.text}」が合格を意味するか確認してください。"
        return [finding("certificate_not_passed", "review", message, result)]
    return [] if result.known or score.known else unless_known("合格しているか", result)


def _failures(facts: Facts, result: Fact, score: Fact, percent: Fact) -> list[str]:
    reasons = []
    if "不合格" in result.text or result.text.casefold() in ("fail", "failed"):
        reasons.append(f"結果「{result.text}」")
    if score.number is not None and score.number < facts.rules.score_pass:
        reasons.append(f"得点 {score.number}点、合格は{facts.rules.score_pass}点以上")
    if percent.number is not None and percent.number < facts.rules.written_percent_pass:
        reasons.append(f"筆記 {percent.number}%、合格は{facts.rules.written_percent_pass}%以上")
    return reasons
