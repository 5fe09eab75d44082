"""Fields that say the same thing twice, read together: a postal code and its address, a name and its furigana.

Each field's candidates get a prior from the other's: what the best pair with this candidate loses against the best pair of all. Where no
candidate of an address lies where a candidate of its postal code says, the address is read once more for the towns of those codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.decide.readers import Readers
from pipeline.forms import FieldSpec
from pipeline.normalise import normalise, postal_matches, postal_starts
from pipeline.recognise import Candidate
from pipeline.recognise.lexicon import Judgement, fits, judged, misfit
from pipeline.recognise.text import Plan, TextReading, read_plans

ADDRESSES = (("postal_code", "address"), ("certifier_postal_code", "certifier_address"))
NAMES = (("name_kana", "name"), ("certifier_name_kana", "certifier_name"))
ELSEWHERE = 4.0
"""Price of an address that does not lie where its postal code says (natural log): people who write an old or a wrong code are
about one in fifty (assumption, on the high side)."""
CODES_TRIED = 3
"""Postal codes whose towns an address is read for."""
NEVER = 12.0
"""Candidates less probable than the best one by this much are not paired: no price could bring them up."""

HEARD = -0.7
"""A candidate below this (one in two) contradicts nobody: a field that cannot be read says nothing against the other."""

Pair = Callable[[str, str], Judgement]
Readings = Sequence[TextReading | None]


def read_together(
    specs: Sequence[FieldSpec], plans: Sequence[Plan | None], readings: Readings, readers: Readers
) -> list[TextReading | None]:
    """The readings of a page, pairs of fields weighed together: same order and length. Raises EngineError."""
    found = list(readings)
    place = {spec.name: number for number, spec in enumerate(specs)}
    for code, address in _pairs(ADDRESSES, place, found):
        found[address] = _read_for_towns(plans[address], found[code], found[address], readers)
    for pairs, judge in ((ADDRESSES, _address_fits), (NAMES, _kana_fits)):
        for one, two in _pairs(pairs, place, found):
            found[one], found[two] = _weighed(specs[one], found[one], found[two], judge)
    return found


def _pairs(names: Sequence[tuple[str, str]], place: dict[str, int], readings: Readings) -> list[tuple[int, int]]:
    """Places of both fields where both were read."""
    known = [(place[one], place[two]) for one, two in names if one in place and two in place]
    return [(one, two) for one, two in known if _candidates(readings[one]) and _candidates(readings[two])]


def _candidates(reading: TextReading | None) -> tuple[Candidate, ...]:
    return () if reading is None else reading.candidates


def _code(text: str) -> str:
    value = normalise("digits", text, field="postal_code").value
    return str(value) if value is not None else ""


def _address_fits(code: str, address: str) -> Judgement:
    fit = postal_matches(_code(code), address)
    return Judgement(0.0 if fit else -ELSEWHERE, 1 if fit else 0 if fit is None else -1)


def _kana_fits(kana: str, name: str) -> Judgement:
    return Judgement(-misfit(name, kana), fits(name, kana))


def _read_for_towns(plan: Plan | None, code: TextReading | None, address: TextReading | None, readers: Readers) -> TextReading | None:
    """The address as it is where it fits its code; else with the readings that begin with a town of the code's candidates added."""
    codes = list(dict.fromkeys(_code(one.text) for one in _candidates(code)))[:CODES_TRIED]
    if plan is None or address is None or len(plan.crops) != 1 or postal_matches(codes[0], address.text):
        return address
    starts = tuple(dict.fromkeys(start for one in codes for start in postal_starts(one)))
    if not starts:
        return address
    again = read_plans([replace(plan, crops=(replace(plan.crops[0], starts=starts),))], readers.text)[0]
    known = {one.text for one in address.candidates}
    more = tuple(one for one in again.candidates if one.text not in known)
    return replace(address, candidates=tuple(sorted((*address.candidates, *more), key=lambda one: -one.log_prob)))


def _weighed(
    spec: FieldSpec, one: TextReading | None, two: TextReading | None, judge: Pair
) -> tuple[TextReading | None, TextReading | None]:
    if one is None or two is None:
        return one, two
    kinds = ("digits", "text") if judge is _address_fits else (spec.kind, "name")
    first, second = _near(kinds[0], one), _near(kinds[1], two)
    pairs = {(a.text, b.text): judge(a.text, b.text) for a, _ in first for b, _ in second}
    flipped = {(b, a): found for (a, b), found in pairs.items()}
    return _told(one, first, second, pairs), _told(two, second, first, flipped)


Scored = list[tuple[Candidate, float]]


def _near(kind: str, reading: TextReading) -> Scored:
    """Candidates that may still win, each with its image's and its own words' log probability."""
    best = max(one.log_prob for one in reading.candidates)
    near = [one for one in reading.candidates if one.log_prob >= best - NEVER]
    return [(one, one.log_prob + judged(kind, "", one.text).prior) for one in near]


def _told(reading: TextReading, own: Scored, others: Scored, pairs: dict[tuple[str, str], Judgement]) -> TextReading:
    """`reading` with the prior that the other field's candidates give each of its own."""
    best = max(score for _, score in others)
    told = {}
    for one, _ in own:
        gain, score, partner = max((score - best + pairs[one.text, other.text].prior, score, other.text) for other, score in others)
        known = pairs[one.text, partner].known
        told[one.text] = replace(one, prior=one.prior + gain, known=known if score >= HEARD else max(known, 0))
    least = min(one.prior for one in told.values())
    return replace(reading, candidates=tuple(told.get(one.text, replace(one, prior=least)) for one in reading.candidates))
