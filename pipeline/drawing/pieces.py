"""What a truth value becomes on paper: the text of each part of a field, or one text across the whole field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import WrongUsage
from pipeline.forms import FieldSpec

Value = str | int | bool | Sequence[str]
"""As in truth.json: text, a number of months or years, true/false for signature and seal, a list for marks."""

PRESENT = "現在"
WESTERN = "西暦"
DATE = re.compile(r"^(西暦|昭和|平成|令和|大正|明治)?\s*(\d{1,4}|元)\s*[-年/.]\s*(\d{1,2})\s*(?:[-月/.]\s*(\d{1,2})\s*日?|月)?$")
DURATION = re.compile(r"^(?:(\d+)\s*年)?(?:(\d+)\s*[ヶケか]\s*月)?$")
MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class Pieces:
    """A field's ink, before anybody decides how it looks.

    Attributes:
        parts: part name -> text; empty when the text goes across.
        across: text for the whole box; "" when the parts have it.
        circled: option to be marked together with the text (the era), or None.
    """

    parts: Mapping[str, str]
    across: str = ""
    circled: str | None = None


def pieces(spec: FieldSpec, value: str | int) -> Pieces:
    """Take a text apart the way the form asks for it.

    Raises:
        WrongUsage: more characters than cells.
    """
    text = _as_written(spec, value)
    if spec.kind in ("date", "year_month"):
        return _date(spec, text)
    if spec.kind == "months":
        return _duration(spec, text)
    names = [part.name for part in spec.parts]
    if not names:
        return _fits(spec, Pieces({}, text))
    if all(part.cells for part in spec.parts):
        return _fits(spec, Pieces(_by_cells(spec, text)))
    split = text.split()
    if spec.kind in ("name", "kana") and len(split) == len(names):
        return Pieces(dict(zip(names, split, strict=True)))
    return Pieces({}, text)


def _as_written(spec: FieldSpec, value: str | int) -> str:
    if value == "present":
        return PRESENT
    if spec.kind == "months" and str(value).isdigit():
        years, months = divmod(int(value), MONTHS_PER_YEAR)
        return f"{years}年{months}ヶ月"
    return str(value)


def _date(spec: FieldSpec, text: str) -> Pieces:
    match = DATE.match(text)
    names = [part.name for part in spec.parts]
    if not match or "year" not in names:
        return Pieces({}, text)
    era, year, month, day = match.groups()
    offered = [option.name for option in spec.options]
    circled = era or (WESTERN if len(year) == 4 else None)
    if circled not in offered:
        circled = None
        year = year if era in (None, WESTERN) else f"{era}{year}"
    known = {"year": year, "month": str(int(month)), "day": str(int(day)) if day else ""}
    return Pieces({name: known[name] for name in names if known.get(name)}, circled=circled)


def _duration(spec: FieldSpec, text: str) -> Pieces:
    match = DURATION.match(text)
    names = [part.name for part in spec.parts]
    if not match or len(names) != 2:
        return Pieces({}, text)
    return Pieces({name: digits for name, digits in zip(names, match.groups(), strict=True) if digits is not None})


def _by_cells(spec: FieldSpec, text: str) -> dict[str, str]:
    plain = text.replace("-", "").replace("－", "").replace(" ", "")
    taken: dict[str, str] = {}
    for part in spec.parts:
        taken[part.name], plain = plain[: len(part.cells)], plain[len(part.cells) :]
    if plain:
        raise WrongUsage(f"{spec.name}: マス目より文字が多くあります。")
    return taken


def _fits(spec: FieldSpec, found: Pieces) -> Pieces:
    if spec.cells and len(found.across) > len(spec.cells):
        raise WrongUsage(f"{spec.name}: マス目は{len(spec.cells)}個ですが、{len(found.across)}文字あります。")
    return found


def chosen(spec: FieldSpec, value: Value) -> list[str]:
    """The options to be marked.

    Raises:
        WrongUsage: an option the form does not have.
    """
    if isinstance(value, (bool, int)):
        raise WrongUsage(f"{spec.name}: 選択肢の名前を書いてください。")
    names = [name for name in value.split(",") if name] if isinstance(value, str) else list(value)
    offered = [option.name for option in spec.options]
    unknown = [name for name in names if name not in offered]
    if unknown:
        raise WrongUsage(f"{spec.name}: 選択肢「{unknown[0]}」はありません（{'、'.join(offered)}）。")
    return names
