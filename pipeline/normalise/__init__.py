"""Stage 7: the text of a field, by its kind, -> a value or a problem."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.forms import FieldKind
from pipeline.normalise import contact, dates, names, numbers, text
from pipeline.normalise.contact import postal_matches, postal_starts
from pipeline.normalise.dates import PRESENT
from pipeline.normalise.result import BLANK, PROBLEMS, Normalised
from pipeline.normalise.text import fold, fold_for_comparison, has_known_variant, may_be_variant

__all__ = [
    "BLANK", "PRESENT", "PROBLEMS", "Normalised", "fold", "fold_for_comparison", "has_known_variant", "may_be_variant", "normalise",
    "postal_matches", "postal_starts",
]  # fmt: skip

NORMALISERS: dict[str, Callable[[str, str], Normalised]] = {
    "digits": numbers.digits,
    "number": numbers.number,
    "kana": names.kana,
    "name": names.name,
    "text": text.line,
    "multiline": text.line,
    "latin": names.latin,
    "date": dates.day,
    "year_month": dates.year_month,
    "months": dates.duration,
    "phone": contact.phone,
    "email": contact.email,
}
"""Kind of field -> its rule. Marks, choices, signatures and seals are not text: their value comes from the ink."""


def normalise(kind: FieldKind | str, written: str, *, field: str = "") -> Normalised:
    """The value of a field's text, or what is wrong with it. Normalising a value again changes nothing.

    Args:
        kind: a key of NORMALISERS; ValueError for a kind that is not text.
        written: the text as read.
        field: the field's name; some names carry a rule of their own (`pass_number` has ten digits).
    """
    rule = NORMALISERS.get(kind)
    if rule is None:
        raise ValueError(f"a field of kind {kind!r} is no text")
    return rule(written, field)
