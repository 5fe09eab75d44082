"""What the scan desk says of an envelope."""

from __future__ import annotations

from pipeline.report.words import label
from pipeline.store.arrived import Line, Remark

SIGNS = {"there": "✓", "missing": "✗", "doubt": "?", "waived": "－", "unseen": "…"}
MARKS = {"there": "あり", "missing": "なし", "doubt": "要確認", "waived": "確認済み", "unseen": "未読"}
"""The sign and the word for a kind of sheet in an envelope."""
SHORT_OF = "不足"
"""Of a kind that has a sheet, and not all it says it has."""
SAID = {"fault": "不備あり", "look": "要確認", "fine": "書類あり", "wait": "読み取り中"}
"""An envelope in one word. "fine" is no acceptance: what is written on the sheets is for the reviewers."""
STATES = {"deciding": "判定中", "refused": "受け付けず"}
"""The same for a file that is in no packet."""


def said_word(line: Line) -> str:
    """The envelope in one word."""
    return STATES.get(line.state, SAID[line.said])


def mark_word(line: Line, kind: str) -> str:
    """What the sign of a kind of sheet means, with how many there are when it is not one."""
    mark, copies = line.marks[kind], line.copies.get(kind, 0)
    word = SHORT_OF if mark == "missing" and copies else MARKS[mark]
    return f"{word} {copies} 枚" if copies > 1 or word == SHORT_OF else word


def remark_text(remark: Remark) -> str:
    """What whoever holds the papers is told: sentences about paper in full, rules about values by their name alone."""
    return remark.message if remark.of_paper else label(remark.code)
