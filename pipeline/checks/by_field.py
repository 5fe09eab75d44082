"""The seven sums of B (`months_by_field`) against its rows and its total.

The guide does not say what a row with several fields gives to each of them: a sum is doubted only when it lies outside both the office's
way of counting (`Rules.months_of_several_fields`) and the months of the rows whose main field it is. Nothing is said while a value that
is needed waits: that is asked by itself, and a sum alone makes no packet deficient.
"""

from __future__ import annotations

from pipeline.checks.facts import Fact, Facts, Said, fact_of, finding
from pipeline.checks.rows import Row, duration_words, rows, rows_of
from pipeline.experience import FIELDS, NAMES
from pipeline.experience.months import Period, months_by_field
from pipeline.packet import PacketSheet

ASSUMED = {
    "full": "複数の分野がある行は、どの分野にも全期間を数えています（手引きに定めがないための仮の扱い）。",
    "shared": "複数の分野がある行は、期間を分野の数で等分しています（手引きに定めがないための仮の扱い）。",
}

Counted = list[tuple[Period, tuple[str, ...]]]
"""Period and fields of each row, the main field first."""


def sums_fit(facts: Facts) -> list[Said]:
    """Each sum lies between the months of the rows whose main field it is and those of all rows that name it.

    Each row may have been counted without its last month. A sheet may also state the sums of its own rows.
    """
    everything = counted(rows(facts))
    if everything is None:
        return []
    said: list[Said] = []
    for side in facts.sides("b"):
        own = counted(rows_of(side)) or []
        for field, stated in _sums(side):
            if stated.number is not None and not any(_fits(stated.number, field, some, facts) for some in (everything, own)):
                said.append(finding("months_by_field_mismatch", "review", _message(field, stated.number, everything, facts), stated))
    return said


def within_total(facts: Facts) -> list[Said]:
    """No field has more months than the total stated on the same sheet."""
    said: list[Said] = []
    for side in facts.sides("b"):
        total = fact_of(side, "total_months").number
        for field, stated in _sums(side):
            if total is not None and stated.number is not None and stated.number > total:
                longer = f"{_name(field)}の期間（{duration_words(stated.number)}）が合計月数（{duration_words(total)}）"
                message = f"{longer}より長く書かれています。"
                said.append(finding("months_by_field_over_total", "review", message, stated))
    return said


def counted(some: list[Row]) -> Counted | None:
    """Rows with the fields as written, or as the classifier is sure of where none is written; None while one of them is not known."""
    found: Counted = []
    for row in some:
        fields = fields_of(row)
        if row.period is None or row.reversed or not fields:
            return None
        found.append((row.period, fields))
    return found


def fields_of(row: Row) -> tuple[str, ...]:
    """The fields of a row, the main one first; () while they are not known. NONE is a field nobody has a sum for."""
    if row.field.number is not None and row.other_fields.state in ("known", "blank"):
        digits = [int(digit) for digit in f"{row.field.number}{row.other_fields.text}" if digit.isdigit()]
        return tuple(FIELDS[digit - 1] for digit in digits) if all(1 <= digit <= len(FIELDS) for digit in digits) else ()
    return (row.classified.text,) if row.field.state == "blank" and row.classified.known else ()


def _sums(side: PacketSheet) -> list[tuple[str, Fact]]:
    return [(field, fact_of(side, f"months_by_field[{number}]")) for number, field in enumerate(FIELDS)]


def _fits(stated: int, field: str, some: Counted, facts: Facts) -> bool:
    main = months_by_field([(period, fields[:1]) for period, fields in some]).get(field, 0)
    shared = months_by_field(some, shared=True).get(field, 0)
    least = min(main, shared) if facts.rules.months_of_several_fields == "shared" else main
    most = max(main, _months(field, some, facts))
    return least - sum(field in fields for _, fields in some) <= stated <= most


def _months(field: str, some: Counted, facts: Facts) -> int:
    """Whole months of a field by the office's rule."""
    return round(months_by_field(some, shared=facts.rules.months_of_several_fields == "shared").get(field, 0))


def _message(field: str, stated: int, some: Counted, facts: Facts) -> str:
    several = any(field in fields and len(fields) > 1 for _, fields in some)
    assumed = ASSUMED[facts.rules.months_of_several_fields] if several else ""
    months = duration_words(_months(field, some, facts))
    counted_as = f"{months}です（期間の最初と最後の月を含めて計算）。{assumed}"
    return f"{_name(field)}の期間の記入は{duration_words(stated)}ですが、各行から数えると{counted_as}"


def _name(field: str) -> str:
    return f"分野{FIELDS.index(field) + 1}（{NAMES[field]}）"
