"""What of a doubtful field may be confirmed at one look among many of its like, and the pieces it is looked at in.

Wrong confirmations are the danger of looking at forty crops at once, so a field comes here only when the eye alone settles it:

- Signatures and seals of which only the presence is in doubt; one that may be printed (`signature_typed`) is another question.
- Digits: boxed ones cell by cell, dates and durations part by part (with the circle around the era), short numbers as a whole. At most
  MOST_SIGNS signs a piece: more are not taken in at one look, they are read sign by sign, and reading is done one field at a time.
- Words out of a list of a few that are told apart by their shape (WORDS): what a certificate prints of its issuer, exam and result.
- Fields in which ink was seen and no text (`ink_quality`): empty paper is told from writing without reading.

Never here:

- Choices and marks in doubt. An option that lies between marked and free is kept as not chosen, which is a default and no reading, and
  which option it was is not kept (`recognise.signs.MarkReading.unsure`): of nine squares of the sample packets that a group "not marked"
  would have shown, five were marked.
- Names, kana, addresses, employers, e-mail and free text: カ and 力, ブ and プ, 﨑 and 崎 look the same at a glance, and what the machine
  proposes is what one then sees. Fields of the seven: they are judged, not looked at.
- Every reason that asks something else than "is this what is written": two readers or two sheets disagree, variant kanji, corrections,
  seals over text, values whose place is in doubt.
- What has a rival nearly as probable (TOO_CLOSE) or is more likely wrong than right (LEAST_SURE): these are weighed one by one.
- What other evidence than the image put first.
- Fields that two people key blind (`double_entry`): who has seen the machine's reading is no second opinion; `groups` leaves them out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.forms import FieldSpec
from pipeline.geometry import Box
from pipeline.recognise.certificate.words import BODIES
from pipeline.sheet import FieldValue
from pipeline.store.queue import text_hash

Look = Literal["cell", "part", "word", "tick", "circle", "oval", "signature", "seal", "blank"]
MARKED, UNMARKED = "yes", "no"
"""`Piece.text` of marks, signatures and seals."""

PRESENCE = ("signature", "seal")
DIGITS = ("digits", "number")
DATES = ("date", "year_month", "months")
READ = ("kana", "name", "text", "multiline", "latin", "email", "phone")
"""Kinds that come only when no text was seen in them, or a word of WORDS."""
WORDS: Mapping[str, tuple[str, ...]] = {"issuer": BODIES, "exam": ("OMP", "CAP"), "result": ("合格", "不合格")}
"""All that may be written in these fields of a printed document."""
REASONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PRESENCE, ("mark_doubt",)),
    **dict.fromkeys(DIGITS, ("low_probability", "ink_quality")),
    **dict.fromkeys(DATES, ("low_probability", "ink_quality")),
    **dict.fromkeys(READ, ("ink_quality",)),
}
"""Why a field of each kind may have come to the queue to be shown here."""

MOST_SIGNS = 4
"""What is taken in at one look without counting (the span of immediate apprehension, four things give or take one)."""
TOO_CLOSE = math.log(3)
"""A rival less than this many times as improbable: the two are to be weighed against each other with the field alone on the screen."""
NEAR = math.log(100)
"""A rival less than this many times as improbable is named beside the piece, so that the eye looks for it."""
LEAST_SURE = 0.5
"""Least probability of the field as a whole."""
WRITTEN: Mapping[str, re.Pattern[str]] = {
    "date": re.compile(r"(?P<era>昭和|平成|令和|大正|明治)?(?P<year>\d{1,4}|元)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    "year_month": re.compile(r"(?P<era>昭和|平成|令和)?(?P<year>\d{1,4}|元)年(?P<month>\d{1,2})月"),
    "months": re.compile(r"(?:(?P<years>\d{1,2})年)?(?:(?P<months>\d{1,2})ヶ月)?"),
}
"""How `recognise.joining` writes what stands in the parts."""
WESTERN = "西暦"
"""The era that the reading leaves out when it was chosen."""
SAFE_GAP = math.inf


@dataclass(frozen=True)
class Piece:
    """What is looked at, one thing.

    Attributes:
        number: its place among the field's pieces.
        text: the sign or number that it was read as; MARKED or UNMARKED.
        name: of the option or part, as the template has it; "" otherwise.
        box: page mm.
        gap: how much less probable (natural log) the nearest reading is that differs here; infinite when there is none.
        rival: what that one reads here, when it is near.
    """

    number: int
    look: Look
    text: str
    name: str
    box: Box
    gap: float = SAFE_GAP
    rival: str = ""


def about(field: FieldValue, piece: Piece) -> str:
    """Changes with anything that was shown of the piece, and with the value of its field."""
    return text_hash(f"{field.raw}|{field.value}|{piece.number}|{piece.look}|{piece.text}|{piece.box.as_list()}")


def pieces_of(field: FieldValue, spec: FieldSpec | None) -> tuple[Piece, ...]:
    """The pieces of a field in review; none when it is not one to be confirmed at a look.

    Args:
        field: what holds now, with the candidates of its reading.
        spec: its place on the form; None for a document read by its labels.
    """
    if field.raw in WORDS.get(field.name, ()) and field.reason == "low_probability":
        return _word(field)
    if field.reason not in REASONS.get(field.kind, ()):
        return ()
    if not field.raw and field.value is None:
        return _empty(field)
    if field.value is None or field.confidence < LEAST_SURE:
        return ()
    if field.kind in PRESENCE:
        look: Look = "signature" if field.kind == "signature" else "seal"
        return () if field.box is None else (Piece(0, look, MARKED if field.value else UNMARKED, "", field.box),)
    return _written(field, spec)


def _empty(field: FieldValue) -> tuple[Piece, ...]:
    """A field in which something was seen that nobody could read: perhaps nothing at all."""
    shown = field.reason == "ink_quality" and field.box is not None and not any(text for text, _ in field.candidates)
    return (Piece(0, "blank", "", "", field.box),) if shown and field.box is not None else ()


def _word(field: FieldValue) -> tuple[Piece, ...]:
    """The whole field. A reading that is none of the words is no rival: nobody would write it there."""
    if field.box is None or field.value is None or field.confidence < LEAST_SURE or not _is_first(field):
        return ()
    others = [field.candidates[0][1] - chance for text, chance in field.candidates[1:] if text in WORDS[field.name]]
    gap = min(others, default=SAFE_GAP)
    return () if gap < TOO_CLOSE else (Piece(0, "word", field.raw, "", field.box, gap),)


def _is_first(field: FieldValue) -> bool:
    """Whether the image put first what holds now."""
    return bool(field.candidates) and field.candidates[0][0] == field.raw


def _options(spec: FieldSpec, chosen: Sequence[str], first: int) -> Iterator[Piece]:
    for number, option in enumerate(spec.options, first):
        yield Piece(number, option.style, MARKED if option.name in chosen else UNMARKED, option.name, option.box)


def _written(field: FieldValue, spec: FieldSpec | None) -> tuple[Piece, ...]:
    if not _is_first(field):
        return ()
    texts = _texts(field.raw, field, spec)
    if texts is None or any(len(text) > MOST_SIGNS or not text for _, text, _ in texts):
        return ()
    rivals = [(_texts(text, field, spec), field.candidates[0][1] - chance) for text, chance in field.candidates[1:]]
    if any(gap < TOO_CLOSE for _, gap in rivals):
        return ()
    look: Look = "cell" if spec is not None and _cells(spec) else "part"
    pieces = [Piece(number, look, text, name, box) for number, (name, text, box) in enumerate(texts)]
    own = tuple(_against(piece, rivals) for piece in pieces)
    if spec is None or not spec.options:
        return own
    era = WRITTEN[field.kind].fullmatch(field.raw) if field.kind in WRITTEN else None
    chosen = (era.group("era") if era is not None and "era" in era.groupdict() else None) or WESTERN
    return (*own, *_options(spec, [chosen], len(own))) if chosen in {option.name for option in spec.options} else ()


Texts = list[tuple[str, str, Box]]
"""Name, text and box of each piece of a writing."""


def _against(piece: Piece, rivals: Sequence[tuple[Texts | None, float]]) -> Piece:
    """The piece with its nearest rival. A reading of another length may differ anywhere."""
    for texts, gap in sorted(rivals, key=lambda pair: pair[1]):
        other = texts[piece.number][1] if texts is not None else ""
        if texts is None or other != piece.text:
            return replace(piece, gap=gap, rival=other if gap < NEAR else "")
    return piece


def _texts(raw: str, field: FieldValue, spec: FieldSpec | None) -> Texts | None:
    """What of `raw` stands where; None where that cannot be said."""
    if spec is None:
        return None if field.kind not in DIGITS or field.box is None or not raw.isdecimal() else [("", raw, field.box)]
    cells = _cells(spec)
    if field.kind in DIGITS:
        signs = raw.replace("-", "")
        if not signs.isdecimal():
            return None
        if not cells and not spec.parts:
            return [("", signs, spec.box)]
        return [("", sign, cell) for sign, cell in zip(signs, cells, strict=True)] if len(signs) == len(cells) else None
    found = WRITTEN[field.kind].fullmatch(raw)
    if cells or found is None or {part.name for part in spec.parts} != set(found.groupdict()) - {"era"}:
        return None
    if (found.groupdict().get("era") or "") and not spec.options:
        return None
    return [(part.name, found[part.name] or "", part.box) for part in spec.parts]


def _cells(spec: FieldSpec) -> tuple[Box, ...]:
    return spec.cells or tuple(cell for part in spec.parts for cell in part.cells)

