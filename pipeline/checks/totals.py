"""The total on B against its rows, and the field number against the classifier."""

from __future__ import annotations

from pipeline.checks.facts import Fact, Facts, Said, fact_of, finding, unless_known
from pipeline.checks.rows import Row, duration_words, rows, rows_of, total
from pipeline.experience import FIELDS, NONE


def total_fits(facts: Facts) -> list[Said]:
    """The total is the months of all rows, overlaps once. A sheet may also state the total of its own rows.

    Each row may have been counted with or without its last month, so any total from that of the longer counting down to one
    month less for each row is right.
    """
    everything = rows(facts)
    said: list[Said] = []
    for side in facts.sides("b"):
        if side.sheet.value("total_months") is None:
            continue
        stated = fact_of(side, "total_months")
        own = rows_of(side)
        unknown = [fact for row in everything if row.period is None for fact in row.needed]
        if unknown or stated.number is None:
            said += unless_known("合計月数が期間と合うか", stated, *unknown)
        elif any(row.reversed for row in everything) or not everything:
            continue
        elif not any(_fits(stated.number, some) for some in (everything, own)):
            said.append(finding("total_months_mismatch", "error", _message(stated, everything), stated))
    return said


def _fits(stated: int, counted: list[Row]) -> bool:
    longest = total(counted)
    return longest - len(counted) <= stated <= longest


def _message(stated: Fact, counted: list[Row]) -> str:
    longest = total(counted)
    twice = sum(row.period[1] - row.period[0] + 1 for row in counted if row.period is not None)
    overlap = f"重なった{twice - longest}か月は一度だけ数えます。" if twice > longest else ""
    counted_as = f"{duration_words(longest)}です（期間の最初と最後の月を含めて計算）。"
    return f"合計月数の記入は{duration_words(stated.number or 0)}ですが、各行の期間から数えると{counted_as}{overlap}"


def field_numbers_agree(facts: Facts) -> list[Said]:
    """The field number of a row, or one of its further numbers, is what its duties speak of, as far as the classifier is sure."""
    said: list[Said] = []
    for row in rows(facts):
        if row.field.number is None or not row.classified.known or row.classified.text in _fields_of(row):
            continue
        spoken = "7分野のいずれにも当たらない" if row.classified.text == NONE else f"{row.classified.text}に当たる"
        message = f"{row.label}の分野番号は{row.field.number}（{'・'.join(_fields_of(row))}）ですが、職務内容は{spoken}と判定されました。"
        said.append(finding("field_disagrees", "review", message, row.field))
    return said


def _fields_of(row: Row) -> list[str]:
    """Names of the fields whose numbers stand in the row."""
    numbers = [int(digit) for digit in row.field.text + row.other_fields.text if digit.isdigit()]
    return [FIELDS[number - 1] if 1 <= number <= len(FIELDS) else "該当なし" for number in numbers]
