"""Months per field as the rules count them, against what the applicant wrote on B, with the difference in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.checks.by_field import ASSUMED, fields_of, sums_fit, within_total
from pipeline.checks.facts import Fact, Facts, fact_of
from pipeline.checks.periods import in_order, lengths_as_written
from pipeline.checks.rows import Row, duration_words, total
from pipeline.checks.totals import field_numbers_agree, total_fits
from pipeline.experience import FIELDS
from pipeline.experience.months import months_by_field
from pipeline.findings import Finding


@dataclass(frozen=True)
class Written:
    """What stands on one sheet B for a sum, and how it differs. `look`: same, near (another way of counting), off, open."""

    page: int
    text: str
    difference: str
    look: str


@dataclass(frozen=True)
class Tally:
    """One sum. `field` is one of FIELDS, or "" for the total; `rows` are the names of the rows that are in it."""

    field: str
    months: str
    rows: tuple[str, ...]
    written: tuple[Written, ...]


@dataclass(frozen=True)
class Tallies:
    """All sums.

    Attributes:
        total, fields: the sums.
        left_out: rows that are not in the total, and those that are in no field, with the reason.
        assumed: how a row of several fields is counted, where there is one; "" where there is none.
        sentences: what the rules say of periods, months and field numbers, as in the verdict.
    """

    total: Tally
    fields: tuple[Tally, ...]
    left_out: tuple[str, ...]
    assumed: str
    sentences: tuple[str, ...]


def tallies(facts: Facts, named: Sequence[tuple[str, Row]]) -> Tallies:
    """The sums over `named` rows (with what each is called on the page)."""
    dated = [(name, row) for name, row in named if row.period is not None and not row.reversed]
    counted = [(name, row, fields_of(row)) for name, row in dated]
    shared = facts.rules.months_of_several_fields == "shared"
    by_field = months_by_field([(row.period, fields) for _, row, fields in counted if row.period is not None], shared=shared)
    said = [each for rule in (sums_fit, within_total, total_fits) for each in rule(facts) if isinstance(each, Finding)]
    faults = {(each.page, each.field) for each in said}
    complete, stated = len(dated) == len(named), _stated(facts, "total_months")
    whole = _tally("", total([row for _, row in dated]), [name for name, _ in dated], stated, faults, complete=complete)
    known = complete and all(fields for _, _, fields in counted)
    fields = tuple(
        _tally(
            field,
            round(by_field.get(field, 0)),
            [name for name, _, fields in counted if field in fields],
            _stated(facts, f"months_by_field[{number}]"),
            faults,
            complete=known,
        )
        for number, field in enumerate(FIELDS)
    )
    several = any(len(fields) > 1 for _, _, fields in counted)
    assumed = ASSUMED[facts.rules.months_of_several_fields] if several else ""
    return Tallies(whole, fields, tuple(_left_out(named)), assumed, tuple(_sentences(facts, said)))


def _stated(facts: Facts, name: str) -> list[Fact]:
    return [fact_of(side, name) for side in facts.sides("b") if side.sheet.value(name) is not None]


def _tally(
    field: str, months: int, rows: Sequence[str], stated: Sequence[Fact], faults: set[tuple[int | None, str | None]], *, complete: bool
) -> Tally:
    written = tuple(_written(fact, months, fault=(fact.page, fact.name) in faults, complete=complete) for fact in stated)
    return Tally(field, duration_words(months) if rows else "なし", tuple(rows), written)


def _written(fact: Fact, months: int, *, fault: bool, complete: bool) -> Written:
    page = fact.page or 0
    if fact.state == "waiting":
        return Written(page, fact.seems or "？", "読み取りの確認待ち", "open")
    if fact.number is None:
        return Written(page, "空欄", "記入なし" if months else "一致（なし）", "near" if months else "same")
    text = duration_words(fact.number)
    off = fact.number - months
    if not off:
        return Written(page, text, "一致", "same")
    words = f"記入が{duration_words(abs(off))}{'多い' if off > 0 else '少ない'}"
    if fault:
        return Written(page, text, words, "off")
    if complete:
        return Written(page, text, f"{words}（認められる数え方の範囲内）", "near")
    return Written(page, text, f"{words}（数えていない行あり）", "open")


def _left_out(named: Sequence[tuple[str, Row]]) -> Iterator[str]:
    for name, row in named:
        if row.reversed:
            yield f"{name}: 期間が逆のため、合計にも分野にも数えていません。"
        elif row.period is None:
            yield f"{name}: 期間が確定していないため、合計にも分野にも数えていません。"
        elif not fields_of(row):
            yield f"{name}: 分野が確定していないため、合計にだけ数えています。"
        elif fields_of(row)[0] not in FIELDS:
            yield f"{name}: 7分野のどれにも当たらないため、合計にだけ数えています。"


def _sentences(facts: Facts, said: Sequence[Finding]) -> Iterator[str]:
    yield from (each.message for each in said)
    for rule in (in_order, lengths_as_written, field_numbers_agree):
        yield from (each.message for each in rule(facts) if isinstance(each, Finding))
