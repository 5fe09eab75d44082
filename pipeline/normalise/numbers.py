"""Digits in cells and free integers."""

from __future__ import annotations

import re

from pipeline.normalise.result import BLANK, Normalised, problem
from pipeline.normalise.text import one_line

LENGTHS = {"pass_number": 10, "postal_code": 7, "certifier_postal_code": 7}
"""Digits a field must have. A postal code has seven; ten cells for the pass number is the layout's assumption."""
BETWEEN_DIGITS = re.compile(r"[\s\-‐−ー〒]")
INTEGER = re.compile(r"^(第|No\.?|満)?\s*(?P<number>-?\d{1,3}(,\d{3})+|-?\d+)\s*([点%枚号歳円件名年]|[ヶヵケカか箇]?月)?$", re.IGNORECASE)


def digits(text: str, field: str = "") -> Normalised:
    """Digits only; spaces, dashes and 〒 between them do not count. A known field must have its number of digits."""
    folded = BETWEEN_DIGITS.sub("", one_line(text))
    if not folded:
        return BLANK
    if not (folded.isascii() and folded.isdigit()):
        return problem("not_digits")
    if len(folded) != LENGTHS.get(field.rpartition(".")[2], len(folded)):
        return problem("wrong_length")
    return Normalised(folded, None)


def number(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A whole number, with thousands commas or a unit behind it (650点, 85%) -> int."""
    folded = one_line(text)
    if not folded:
        return BLANK
    match = INTEGER.match(folded)
    if match is None:
        return problem("not_a_number")
    return Normalised(int(match["number"].replace(",", "")), None)
