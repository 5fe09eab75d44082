"""Separator sheets: which sides lay in one envelope, and what is odd about the separators themselves.

The sides after a separator, up to the next one, are of one envelope. What lies before the first separator of a stack is an envelope
of its own, whose separator is missing. A stack is a file, or a run of files with one side each; a run may have begun without separators
days ago, so what lies before its first one is left as it is. Without any separator nothing changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.findings import Finding
from pipeline.packet.piles import piles_of
from pipeline.packet.record import PacketSheet

NO_COVER = "封筒仕切り票がない書類です。別の封筒の書類と混ざっていないか確認してください。"
TWO_PEOPLE = "1つの封筒に複数の申請者の書類があります。封筒仕切り票の入れ忘れがないか確認してください。"
EMPTY = "封筒 {envelope} の仕切り票の後ろに書類がありません。仕切り票の重複か、書類の抜けがないか確認してください。"
REPEATED = "封筒番号 {envelope} の仕切り票が2枚以上あります。封筒を確認してください。"
ACROSS = "同じ合格者番号の書類が複数の封筒にあります。同じ申請者のものか確認してください。"
UNNUMBERED = "（番号不明）"
NO_PAPER = frozenset({"page_blank", "scanner_sheet"})
"""Findings of sides that came from no applicant."""


@dataclass(frozen=True)
class Envelope:
    """The sides of one envelope in order; the first is its separator unless that is missing."""

    sides: tuple[PacketSheet, ...]

    @property
    def has_cover(self) -> bool:
        """Whether it begins with a separator, readable or not."""
        return self.sides[0].sheet.is_cover

    @property
    def number(self) -> str | None:
        """The number on its separator, where there is one that can be read."""
        cover = self.sides[0].sheet.cover
        return None if cover is None else cover.envelope

    @property
    def is_empty(self) -> bool:
        """Whether nothing but blank sides lies behind the separator."""
        return not any(_is_paper(side) for side in self.sides)


def in_envelopes(sheets: Sequence[PacketSheet]) -> list[PacketSheet]:
    """The sides, those of a stack with separators labelled with their envelope, in the same order."""
    labels: dict[int, str] = {}
    for pile in piles_of(sheets):
        if any(side.sheet.is_cover for side in pile):
            labels |= _labels(pile)
    return [replace(side, envelope=labels[id(side)]) if id(side) in labels else side for side in sheets]


def _labels(pile: Sequence[PacketSheet]) -> dict[int, str]:
    """By id of a side: scan and page its envelope begins at."""
    labels, label = {}, ""
    one_file = len({side.scan for side in pile}) == 1
    for side in pile:
        if side.sheet.is_cover or (one_file and not label):
            label = f"{side.scan}-{side.sheet.page}"
        if label:
            labels[id(side)] = label
    return labels


def arrivals(sheets: Sequence[PacketSheet], received: Mapping[str, date] | date) -> Callable[[PacketSheet], date]:
    """Day of arrival of a side: what its separator says, or else that of its scan."""
    said = {side.envelope: cover.received for side in sheets if (cover := side.sheet.cover) is not None and cover.received is not None}

    def day(side: PacketSheet) -> date:
        if side.envelope in said:
            return said[side.envelope]
        return received if isinstance(received, date) else received[side.scan]

    return day


def envelope_findings(sheets: Sequence[PacketSheet], owner: Mapping[int, int], home: Mapping[int, int]) -> dict[int, list[Finding]]:
    """What is odd about the separators, by number of the packet it is said to.

    Args:
        sheets: labelled sides of the batch.
        owner: by id of a side of ours, the packet it is of.
        home: by id of a side, the packet it lies with.
    """
    envelopes = _envelopes(sheets)
    times = Counter(envelope.number for envelope in envelopes)
    found: dict[int, dict[str, Finding]] = defaultdict(dict)
    for envelope in envelopes:
        lying = {home[id(side)] for side in envelope.sides if id(side) in home}
        own = {owner[id(side)] for side in envelope.sides if id(side) in owner}
        for finding in _about(envelope, own, times):
            for packet in own or lying:
                found[packet].setdefault(finding.message, finding)
    for packet in _across(sheets, owner):
        found[packet][ACROSS] = Finding("envelopes_differ", "review", ACROSS)
    return {packet: list(findings.values()) for packet, findings in found.items()}


def _envelopes(sheets: Sequence[PacketSheet]) -> list[Envelope]:
    sides: dict[str, list[PacketSheet]] = defaultdict(list)
    for side in sheets:
        if side.envelope is not None:
            sides[side.envelope].append(side)
    return [Envelope(tuple(lying)) for lying in sides.values()]


def _about(envelope: Envelope, packets: set[int], times: Mapping[str | None, int]) -> Iterator[Finding]:
    if not envelope.has_cover and not envelope.is_empty:
        yield Finding("cover_missing", "review", NO_COVER)
    if len(packets) > 1:
        yield Finding("cover_missing", "review", TWO_PEOPLE)
    if envelope.has_cover and envelope.is_empty:
        yield Finding("cover_double", "review", EMPTY.format(envelope=envelope.number or UNNUMBERED))
    if envelope.number is not None and times[envelope.number] > 1:
        yield Finding("cover_double", "review", REPEATED.format(envelope=envelope.number))


def _across(sheets: Sequence[PacketSheet], owner: Mapping[int, int]) -> set[int]:
    """Packets with sheets from several envelopes."""
    places: dict[int, set[str]] = defaultdict(set)
    for side in sheets:
        if id(side) in owner and side.envelope is not None:
            places[owner[id(side)]].add(side.envelope)
    return {packet for packet, lying in places.items() if len(lying) > 1}


def _is_paper(side: PacketSheet) -> bool:
    return not side.sheet.is_cover and not any(finding.code in NO_PAPER for finding in side.sheet.findings)
