"""What a person chose or typed -> a reply, or the sentence that says why it cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.experience import FIELDS, NONE
from pipeline.forms import Library
from pipeline.normalise import NORMALISERS, PROBLEMS, normalise
from pipeline.review.access import Form, field
from pipeline.review.words import YES_NO, shown_text
from pipeline.sheet import FieldValue
from pipeline.store.questions import Question
from pipeline.store.replies import Reply

CHOICES = 5
"""Candidates with a key of their own."""
CHOICES_LONG = 3
"""The same of a text of several lines: the place to correct it must stay on the screen."""
MOST_TEXT = 4_000
"""Characters of the longest answer."""
EMPTY = "入力がありません。何も書かれていなければ「空欄」を選んでください。"
CHOOSE = "「問題なし」か「不備として扱う」を選んでください。"
UNKNOWN_CHOICE = "選べない項目です。画面を開き直してください。"


@dataclass(frozen=True)
class Choice:
    """Something to choose by its number. `value` is what is sent; `note` says what it will be kept as, or what is wrong with it."""

    value: str
    text: str
    note: str
    chosen: bool = False


@dataclass(frozen=True)
class Checked:
    """What a typed text would be kept as. `problem`: why it is no valid value; it may still be what is written."""

    reply: Reply | None
    shown: str
    problem: str | None


def way_of(asked: FieldValue) -> str:
    """How a field is answered: text, one (of several), many, yes_no."""
    if asked.kind in YES_NO:
        return "yes_no"
    if asked.kind == "marks":
        return "many"
    return "one" if asked.kind in ("choice", "field") else "text"


def choices(question: Question, library: Library) -> tuple[Choice, ...]:
    """What can be chosen by number."""
    asked = question.field
    if asked is None:
        return ()
    match way_of(asked):
        case "yes_no":
            yes, no = YES_NO[asked.kind]
            return Choice("yes", yes, ""), Choice("no", no, "")
        case "text":
            return _candidates(asked)
        case _:
            chosen = asked.value if isinstance(asked.value, list) else []
            return tuple(Choice(name, shown_text(asked.kind, name), "", name in chosen) for name in _options(question, library))


def _candidates(asked: FieldValue) -> tuple[Choice, ...]:
    texts = dict.fromkeys(text for text in (asked.raw, *(text for text, _ in asked.candidates)) if text)
    return tuple(Choice(text, text, _note(asked, text)) for text in list(texts)[: CHOICES_LONG if asked.kind == "multiline" else CHOICES])


def _note(asked: FieldValue, text: str) -> str:
    """What it would be kept as, where that looks different; what is wrong with it. No chances: those of candidates are not calibrated."""
    found = checked(asked, text)
    return found.problem or (found.shown if found.shown != text else "")


def _options(question: Question, library: Library) -> Sequence[str]:
    asked, form = question.field, question.side.form if question.side else None
    if asked is None:
        return ()
    if asked.kind == "field":
        return (*FIELDS, NONE)  # by their numbers on the form, so that key 4 is field 4 whatever the machine thinks of it
    specs = [spec for template in library.templates if template.id == form for spec in template.fields if spec.name == asked.name]
    return [option.name for spec in specs for option in spec.options]


def checked(asked: FieldValue, text: str) -> Checked:
    """What a typed text means in this field."""
    if len(text) > MOST_TEXT:
        return Checked(None, "", "長すぎます。")
    if asked.kind not in NORMALISERS:
        kept = text.strip()
        return Checked(Reply(kept, kept), kept, None) if kept else Checked(None, "", EMPTY)
    found = normalise(asked.kind, text, field=asked.name)
    if found.problem is not None:
        return Checked(None, "", PROBLEMS[found.problem])
    if found.value is None:
        return Checked(None, "", EMPTY)
    return Checked(Reply(text.strip(), found.value), shown_text(asked.kind, found.value), None)


def reply_from(question: Question, library: Library, form: Form) -> Reply | str:
    """The reply in a form, or why there is none."""
    asked, answer = question.field, field(form, "answer")
    if asked is None:
        return UNKNOWN_CHOICE
    if answer == "blank":
        return Reply("", None)
    if answer == "unreadable":
        return Reply("", None, "unreadable")
    way = way_of(asked)
    if answer == "invalid" and way == "text":
        text = field(form, "text").strip()
        return Reply(text, None, "invalid") if 0 < len(text) <= MOST_TEXT else EMPTY
    if way == "text":
        found = checked(asked, field(form, "text"))
        return found.reply or found.problem or EMPTY
    return _chosen(asked, way, list(form.get("choice", [])), _options(question, library))


def statement_from(form: Form) -> str:
    """`fine` or `fault`; a sentence when neither was said."""
    answer = field(form, "answer")
    return answer if answer in ("fine", "fault") else CHOOSE


def _chosen(asked: FieldValue, way: str, chosen: Sequence[str], options: Sequence[str]) -> Reply | str:
    if way == "yes_no":
        wanted = {"yes": Reply(asked.raw, value=True), "no": Reply("", None)}
        return wanted.get(chosen[0], UNKNOWN_CHOICE) if len(chosen) == 1 else "「あり」か「なし」を選んでください。"
    if not chosen:
        return "選んでから保存してください。何も印がなければ「空欄」を選びます。"
    if not set(chosen) <= set(options) or (way == "one" and len(chosen) > 1):
        return UNKNOWN_CHOICE
    if asked.kind == "field":
        return Reply(chosen[0], chosen[0])
    marked = [option for option in options if option in chosen]
    return Reply(",".join(marked), marked)
