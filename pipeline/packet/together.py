"""What stands on several sheets is decided once: candidates of all sheets multiplied, a slip of the writer kept possible.

Model. Every sheet reads the same thing v, or one sheet differs because the applicant wrote it wrongly (SLIP a sheet). All sheets but
the certificate are one hand and one reader's habits, so their readings are not independent: each counts with the power OWN_WEIGHT.
A value that no candidate of a sheet holds gets a small share (UNLISTED) of what its candidates leave open. Where every sheet is best read
as the common value, each answers for its own slip alone: a sheet that is hard to read keeps no other waiting. Where one is not, the sheets
may be two people's, and all of their slips count against each of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.normalise import may_be_variant, normalise
from pipeline.packet.belief import NAME_FIELDS, NUMBER_FIELD, Belief, Key, belief, name_key, number_key
from pipeline.packet.record import Packet, PacketSheet
from pipeline.sheet import FieldValue

MAX_ERROR = 0.001
"""Share of accepted values that may be wrong, when the office sets none."""
SLIP = 0.005
"""How often a sheet holds another number or name than the rest (assumption, on the high side)."""
OWN_WEIGHT = 0.5
"""Power of the sheets in the applicant's hand; the printed certificate counts in full."""
UNLISTED = 0.01
FLOOR = 1e-9
LEAST_OWN = 0.8
"""Probability by its own sheet alone below which no other sheet makes a value pass, however large an error the office accepts: the sheet
may be a neighbour's whose number differs in one digit, and how often that happens nobody knows."""
LIFTED_REASONS = frozenset({"low_probability", "readers_disagree", "sheets_disagree"})
"""Only these doubts can be lifted by other sheets: which of two variant kanji is written, or a smudge, they cannot tell."""
PROVEN = 0.95
"""Probability of a slip from which two accepted fields that disagree are left to the rules; below it, a person looks at the odd one."""

Fields = Mapping[str, Sequence[str]]
NUMBERS: Fields = dict.fromkeys(("a", "b", "c", "d", "certificate"), (NUMBER_FIELD,))
NAMES: Fields = {kind: (name,) for kind, name in NAME_FIELDS.items()}
DISAGREEING = frozenset({NUMBER_FIELD, *NAME_FIELDS.values()})
"""Fields that must agree; the payer's name may be a company's."""
KANA: Fields = {"a": ("name_kana", "transfer_name_kana")}


@dataclass(frozen=True)
class Place:
    """One field that takes part: the place of its side in the packet, and what its candidates say."""

    side: int
    value: FieldValue
    belief: Belief
    weight: float

    def chance(self, key: str) -> float:
        """Probability of `key` here."""
        return max(self.belief.chances.get(key, UNLISTED * self.belief.rest), FLOOR)


def decide_together(packet: Packet, *, max_error: float = MAX_ERROR) -> Packet:
    """The packet with pass number, name and kana decided over all its used sheets.

    A field in review becomes accept when its own sheet gives the common value at least LEAST_OWN and the joint posterior is at least
    1 - max_error; where that leaves open which variant of a kanji is written, the reason becomes `variant_kanji`. A number or name
    whose best candidate is another one stays in review with the reason `sheets_disagree`, and an accepted one goes there, unless
    its reading is much surer than slips are rare: then the rules say that the sheets disagree. `pass_number` and `name` are what
    the accepted fields agree on, None when there are none or they differ.
    """
    sides = packet.sheets
    for fields, key in ((NUMBERS, number_key), (NAMES, name_key), (KANA, kana_key)):
        sides = _decided(sides, fields, key, max_error)
    return replace(packet, sheets=sides, pass_number=_agreed(sides, NUMBERS, number_key), name=_agreed(sides, NAMES, name_key))


def kana_key(text: str) -> str | None:
    """Katakana alone: the payer's name has digits before it and no space within."""
    value = normalise("kana", re.sub(r"[0-9０-９\s]", "", text)).value
    return str(value) if value is not None else None


def _places(sides: Sequence[PacketSheet], fields: Fields, key: Key) -> list[Place]:
    found = []
    for number, side in enumerate(sides):
        weight = 1.0 if side.sheet.sheet == "certificate" else OWN_WEIGHT
        for name in fields.get(side.sheet.sheet or "", ()):
            value = side.sheet.value(name)
            if side.role == "used" and value is not None and value.decision != "blank":
                found.append(Place(number, value, belief(value, key), weight))
    return found


def _decided(sides: tuple[PacketSheet, ...], fields: Fields, key: Key, max_error: float) -> tuple[PacketSheet, ...]:
    places = [place for place in _places(sides, fields, key) if place.belief.chances]
    if len(places) < 2:
        return sides
    common, others = _common(places)
    agreed = all(_leading(place, key) == common for place in places)
    changed = list(sides)
    for place in places:
        posterior = 1.0 / (1.0 + others + sum(_slip(one, common) for one in ((place,) if agreed else places)))
        sure = posterior >= 1.0 - max_error and place.chance(common) >= LEAST_OWN
        value = _lifted(place, common, posterior, key) if sure else _doubted(place, places, common, key)
        sheet = changed[place.side].sheet
        after = tuple(value if one.name == value.name else one for one in sheet.fields)
        changed[place.side] = replace(changed[place.side], sheet=replace(sheet, fields=after))
    return tuple(changed)


def _common(places: Sequence[Place]) -> tuple[str, float]:
    """The value most probably written on all sheets, and the odds that it is another one."""
    keys = sorted({key for place in places for key in place.belief.chances})
    scores = {key: sum(place.weight * math.log(place.chance(key)) for place in places) for key in keys}
    common = max(keys, key=lambda key: scores[key])
    return common, sum(math.exp(scores[key] - scores[common]) for key in keys if key != common)


def _slip(place: Place, common: str) -> float:
    """Odds that another value stands here, by a slip of the writer or because the sheet is somebody else's."""
    return SLIP * (1.0 - place.chance(common)) / place.chance(common)


def _lifted(place: Place, common: str, posterior: float, key: Key) -> FieldValue:
    """The field with the common value, when that is one of its candidates and only its probability spoke against it."""
    value = place.value
    if value.decision != "review" or value.reason not in LIFTED_REASONS:
        return value
    texts = [text for text in (value.raw, *(text for text, _ in value.candidates)) if key(text) == common]
    normal = normalise(value.kind, texts[0], field=value.name) if texts else None
    if normal is None or normal.value is None:
        return replace(value, reason="sheets_disagree") if value.name in DISAGREEING else value
    confidence = max(value.confidence, posterior)
    if value.kind == "name" and may_be_variant(texts[0]):
        return replace(value, raw=texts[0], value=normal.value, problem=None, reason="variant_kanji")
    return replace(value, raw=texts[0], value=normal.value, problem=None, confidence=confidence, decision="accept", reason=None)


def _doubted(place: Place, places: Sequence[Place], common: str, key: Key) -> FieldValue:
    """The field as it is, or in review because it says something else than the others."""
    value, own = place.value, _leading(place, key)
    if own == common or own is None or value.name not in DISAGREEING:
        return value
    if value.decision == "accept":
        return value if _is_proven(place, places, own, common) else replace(value, decision="review", reason="sheets_disagree")
    return replace(value, reason="sheets_disagree") if value.reason in LIFTED_REASONS else value


def _is_proven(place: Place, places: Sequence[Place], own: str, common: str) -> bool:
    """Whether a slip of the writer explains the disagreement far better than a misreading, of this sheet or of all the others."""
    here = place.chance(common) / place.chance(own)
    elsewhere = math.prod(min(1.0, other.chance(own) / other.chance(common)) for other in places if other is not place)
    return SLIP / (SLIP + here + elsewhere) >= PROVEN


def _leading(place: Place, key: Key) -> str | None:
    chances = place.belief.chances
    return max(chances, key=lambda name: chances[name]) if chances else key(place.value.raw)


def _agreed(sides: Sequence[PacketSheet], fields: Fields, key: Key) -> str | None:
    """The accepted values' common writing, the first sheet's where variants differ."""
    accepted = [str(place.value.value) for place in _places(sides, fields, key) if place.value.decision == "accept" and place.value.value]
    return accepted[0] if len({key(text) for text in accepted}) == 1 else None
