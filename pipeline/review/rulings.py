"""What two people keyed, as the adjudicator sees it: both answers side by side, without names, in an order that tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.review.access import Form, field
from pipeline.review.words import shown_value
from pipeline.sheet import FieldValue
from pipeline.store.asking import Asked
from pipeline.store.readings import as_said
from pipeline.store.replies import Reply

PREFIX = "keyed:"
"""How the value of a button that stands for one of the answers begins."""
WHY = "二人の入力が食い違っています。紙面に合う方を選ぶか、正しい内容を入力してください。"


@dataclass(frozen=True)
class ShownAnswer:
    """One of the two. `value` is what its button sends; `note`: as it was written, where that looks different."""

    value: str
    text: str
    note: str


def shown_answers(asked: Asked) -> tuple[ShownAnswer, ...]:
    """Both answers; none where there is nothing to rule on."""
    found = asked.question.field
    if found is None:
        return ()
    return tuple(ShownAnswer(PREFIX + each.token, *_words(found, each.said)) for each in asked.answers)


def chosen_answer(asked: Asked, form: Form) -> Reply | None:
    """The answer whose button was pressed; None when it was another button, or that answer does not stand any more."""
    pressed = field(form, "answer")
    said = next((each.said for each in asked.answers if pressed == PREFIX + each.token), None)
    return None if said is None else Reply(said["raw"] or "", said["value"], said.get("doubt"))


def _words(found: FieldValue, said: dict[str, Any]) -> tuple[str, str]:
    now = as_said(found, said)
    if now.reason == "unreadable":
        return "読めない", ""
    if now.reason == "invalid":
        return now.raw, "書式に合わない記入"
    text = shown_value(now)
    return text, now.raw if now.raw not in ("", text) and isinstance(now.value, str) else ""
