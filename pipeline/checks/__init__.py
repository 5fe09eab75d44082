"""Stage 10: the office's rules, one small function each.

A rule answers in three ways: it holds (nothing said), it fails (a finding, on accepted values only), or it cannot be decided because
a value it needs waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.checks import by_field, certificate, people, periods, plausible, presence, totals
from pipeline.checks.facts import Facts, Said, Wait
from pipeline.checks.verdict import Verdict, VerdictName
from pipeline.findings import Finding
from pipeline.packet import Packet
from pipeline.settings import Rules

__all__ = ["RULES", "Verdict", "VerdictName", "check", "verdict_of"]

RULES: tuple[Callable[[Facts], list[Said]], ...] = (
    presence.sheets_missing,
    presence.continuation_missing,
    presence.application_signed,
    presence.oath_agreed,
    presence.oath_signed,
    certificate.still_valid,
    certificate.passed,
    certificate.issue_dates_agree,
    people.pass_number_agrees,
    people.names_agree,
    people.exam_agrees,
    people.certifier_is_another,
    periods.in_order,
    periods.long_enough,
    periods.before_application,
    periods.lengths_as_written,
    periods.covered_by_certifier,
    totals.total_fits,
    totals.field_numbers_agree,
    by_field.sums_fit,
    by_field.within_total,
    plausible.postal_codes_fit,
    plausible.birth_date_plausible,
    plausible.dated_before_arrival,
)


def check(packet: Packet, rules: Rules) -> Verdict:
    """Hold every rule against the packet. A packet whose make-up needs a person is never complete."""
    facts = Facts(packet, rules)
    said = [answer for rule in RULES for answer in rule(facts)]
    findings = [answer for answer in said if isinstance(answer, Finding)]
    findings += _waiting(answer for answer in said if isinstance(answer, Wait))
    return verdict_of(packet, findings)


def verdict_of(packet: Packet, findings: Iterable[Finding]) -> Verdict:
    """The verdict when this is what the rules say: an error that is proven, or that a person has found on a side, outweighs a doubt."""
    of_rules = tuple(findings)
    faults = (finding for side in packet.sheets for finding in side.sheet.findings if finding.severity == "error")
    severities = {finding.severity for finding in (*of_rules, *packet.findings, *faults)}
    name: VerdictName = "deficient" if "error" in severities else "undecided" if "review" in severities else "complete"
    return Verdict(name, of_rules)


def _waiting(waits: Iterable[Wait]) -> list[Finding]:
    """One finding per value that is waited for, naming everything that hangs on it."""
    purposes: dict[tuple[str, str, int | None], tuple[Wait, list[str]]] = {}
    for wait in waits:
        _, known = purposes.setdefault((wait.fact.kind, wait.fact.name, wait.fact.page), (wait, []))
        if wait.purpose not in known:
            known.append(wait.purpose)
    return [_undecided(wait, known) for wait, known in purposes.values()]


def _undecided(wait: Wait, purposes: list[str]) -> Finding:
    why = "に記入がないため" if wait.fact.state == "blank" else "が確認待ちのため"
    message = f"{wait.fact.label}{why}、{'・'.join(purposes)}を判断できません。"
    return Finding("rule_undecided", "review", message, page=wait.fact.page, field=wait.fact.name)
