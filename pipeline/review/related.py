"""What the other sheets of a packet say about the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.store.questions import Question, Said

SAME: tuple[frozenset[str], ...] = (
    frozenset({"pass_number"}),
    frozenset({"name", "applicant_name", "former_name", "signature", "name_kana", "transfer_name_kana", "name_latin"}),
    frozenset({"certificate_issue_date", "issue_date"}),
    frozenset({"qualification", "exam"}),
    frozenset({"postal_code", "address"}),
    frozenset({"certifier_postal_code", "certifier_address", "certifier_name"}),
    frozenset({"period_from", "period_to", "total_months"}),
    frozenset({"application_date", "created_date", "certified_date", "oath_date"}),
    frozenset({"sheet_no", "sheet_count"}),
)
"""Fields that stand for the same thing or are held against each other."""
ROW = re.compile(r"rows\[\d+\]")
MOST = 10
"""Lines shown beside a question."""


def related(question: Question) -> tuple[Said, ...]:
    """Fields of the packet to look at beside the one that is asked about; its own row on a sheet with rows."""
    return tuple(_related(question))[:MOST]


def _related(question: Question) -> Iterator[Said]:
    asked, side = question.field, question.side
    if asked is None or side is None:
        return
    names = next((group for group in SAME if asked.name in group), frozenset())
    row = ROW.match(asked.name)
    for said in question.said:
        here = (said.scan, said.page) == (side.scan, side.page)
        if here and said.field.name == asked.name:
            continue
        if said.field.name in names or (row and here and said.field.name.startswith(row[0])):
            yield said
