"""Stage 8: a description of duties -> the seven fields of the trade, ranked, with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FIELDS = ("ST", "CS", "CR", "OP", "HR", "AR", "IC")
"""In the order of the guide, so that field number n on the form is FIELDS[n - 1]."""
NONE = "NONE"
NAMES = {
    "ST": "コンタクトセンター戦略",
    "CS": "カスタマーサービス",
    "CR": "CRM",
    "OP": "オペレーション",
    "HR": "ヒューマンリソースマネジメント",
    "AR": "センターアーキテクト",
    "IC": "ICTマネジメント",
    NONE: "7分野以外",
}
"""As the guide calls them."""


@dataclass(frozen=True)
class Classified:
    """The answer for one text.

    Attributes:
        main: one of FIELDS or NONE.
        ranked: every field and its probability, best first.
        also: further fields that apply.
        decision: accept when the chance that `main` is wrong is below `max_error_fields`, else review.
        evidence: the words of the text that carried the answer.
    """

    main: str
    ranked: tuple[tuple[str, float], ...]
    also: tuple[str, ...]
    decision: Literal["accept", "review"]
    evidence: tuple[str, ...]
