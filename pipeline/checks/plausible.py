"""Values that can be, but hardly are."""

from __future__ import annotations

from datetime import timedelta

from pipeline.checks.facts import Facts, Said, fact_of, finding, written
from pipeline.normalise import postal_matches

AGES = range(16, 90)
"""Years of an applicant at the day of arrival that need no second look (five years of work behind them at 20 is already rare)."""
ADDRESSES = (("a", "postal_code", "address"), ("c", "certifier_postal_code", "certifier_address"))

DATED = {
    "a": ("application_date", "certificate_issue_date"),
    "b": ("created_date",),
    "c": ("certified_date",),
    "d": ("oath_date",),
    "certificate": ("issue_date",),
}
"""By kind of sheet: days that lie before its arrival."""
DAYS_AHEAD = 1
"""By which they may lie after it: mail that is stamped on the evening before."""


def postal_codes_fit(facts: Facts) -> list[Said]:
    """A postal code belongs to its address."""
    said: list[Said] = []
    for kind, code_name, address_name in ADDRESSES:
        code, address = facts.of(kind, code_name), facts.of(kind, address_name)
        if code.known and address.known and postal_matches(code.text, address.text) is False:
            digits = f"〒{code.text[:3]}-{code.text[3:]}"
            message = f"{code.label}（{digits}）と住所（{address.text}）が合いません。"
            said.append(finding("postal_mismatch", "review", message, code))
    return said


def birth_date_plausible(facts: Facts) -> list[Said]:
    """The applicant's age is that of somebody at work."""
    born = facts.of("a", "birth_date")
    if born.day is None:
        return []
    today = facts.packet.received
    age = today.year - born.day.year - ((today.month, today.day) < (born.day.month, born.day.day))
    if age in AGES:
        return []
    return [finding("birth_date_implausible", "review", f"生年月日（{written(born.day)}）では到着日に{age}歳となります。", born)]


def dated_before_arrival(facts: Facts) -> list[Said]:
    """No sheet bears a day that was still to come when it arrived: a certificate dated ahead would stay valid too long."""
    latest = facts.packet.received + timedelta(days=DAYS_AHEAD)
    days = [fact_of(side, name) for kind, names in DATED.items() for side in facts.sides(kind) for name in names]
    arrived = f"到着日（{written(facts.packet.received)}）より後です。"
    return [
        finding("date_after_arrival", "review", f"{fact.label}（{written(fact.day)}）が{arrived}", fact)
        for fact in days
        if fact.day is not None and fact.day > latest
    ]
