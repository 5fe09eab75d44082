"""Separator sheets: which sides lay in one envelope, and what is odd about the separators themselves.

The sides after a separator, up to the next one, are of one envelope. What lies before the first separator of a stack is an envelope
of its own, whose separator is missing. A stack is a file, or a run of files with one sheet each that arrived on one day; a run may have
begun without separators, so what lies before its first one is left as it is. Without any separator nothing changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.findings import Finding
from pipeline.packet.piles import piles_of
from pipeline.packet.record import PacketSheet

NO_COVER = "封筒仕切り票がない書類です。別の封筒の書類と混ざっていないか確認してください。"
TWO_PEOPLE = "1つの封筒に複数の申請者の書類があります。封筒仕切り票の入れ忘れがないか確認してください。"
EMPTY = "封筒 {envelope} の仕切り票の後ろに書類がありません。仕切り票の重複か、書類の抜けがないか確認してください。"
REPEATED = "封筒番号 {envelope} の仕切り票が2枚以上あります。封筒を確認してください。"
ACROSS = "同じ合格者番号の書類が複数の封筒にあります。同じ申請者のものか確認してください。"
OTHER_DAY = "封筒仕切り票の受付日（{stated}）が{than}と合いません。別の日の仕切り票でないか、受付日を確認してください。"
THAN_SCAN = "スキャンの受付日（{day}）"
THAN_STACK = "同じ束のほかの仕切り票（{day}）"
UNNUMBERED = "（番号不明）"
NO_PAPER = frozenset({"page_blank", "scanner_sheet"})
"""Findings of sides that came from no applicant."""

DAYS_AHEAD = 1
"""By which a separator's day may lie after that of its scan: the evening's post, with the sheets of the next day."""
DAYS_BEFORE = 14
"""By which it may lie before it: mail is scanned within two weeks of its arrival (assumption); an older sheet is another day's print."""

Received = Mapping[str, date] | date


@dataclass(frozen=True)
class Envelope:
    """The sides of one envelope in order; the first is its separator unless that is missing.

    Attributes:
        scanned: day of arrival of the scan it begins in.
    """

    sides: tuple[PacketSheet, ...]
    scanned: date

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
    def stated(self) -> date | None:
        """The day on its separator."""
        cover = self.sides[0].sheet.cover
        return None if cover is None else cover.received

    @property
    def printing(self) -> tuple[str | None, date]:
        """What tells its separator from every other: numbers begin anew on another day."""
        return self.number, self.stated or self.scanned

    @property
    def is_dated_oddly(self) -> bool:
        """Whether the separator's day cannot be that of what was scanned with it."""
        return self.stated is not None and not -DAYS_AHEAD <= (self.scanned - self.stated).days <= DAYS_BEFORE

    @property
    def is_empty(self) -> bool:
        """Whether nothing but blank sides lies behind the separator."""
        return not any(_is_paper(side) for side in self.sides)


def in_envelopes(sheets: Sequence[PacketSheet], received: Received) -> list[PacketSheet]:
    """The sides, those of a stack with separators labelled with their envelope, in the same order."""
    labels: dict[int, str] = {}
    for pile in _stacks(sheets, received):
        if any(side.sheet.is_cover for side in pile):
            labels |= _labels(pile)
    return [replace(side, envelope=labels[id(side)]) if id(side) in labels else side for side in sheets]


def _stacks(sheets: Sequence[PacketSheet], received: Received) -> Iterator[list[PacketSheet]]:
    for pile in piles_of(sheets):
        for _, stack in groupby(pile, key=lambda side: _day_of(side, received)):
            yield list(stack)


def _day_of(side: PacketSheet, received: Received) -> date:
    return received if isinstance(received, date) else received[side.scan]


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


def arrivals(sheets: Sequence[PacketSheet], received: Received) -> Callable[[PacketSheet], date]:
    """Day of arrival of a side: what its separator says, or else that of its scan; the earlier of the two where they do not fit.

    By the earlier day no certificate is called expired that may have arrived in time; `cover_day_odd` keeps it from passing unasked.
    """
    said = {}
    for envelope in _envelopes(sheets, received):
        if envelope.stated is not None:
            odd = envelope.is_dated_oddly
            said[envelope.sides[0].envelope] = min(envelope.stated, envelope.scanned) if odd else envelope.stated
    return lambda side: said.get(side.envelope) or _day_of(side, received)


def envelope_findings(
    sheets: Sequence[PacketSheet], owner: Mapping[int, int], home: Mapping[int, int], received: Received, placed: Collection[int] = ()
) -> dict[int, list[Finding]]:
    """What is odd about the separators, by number of the packet it is said to.

    Args:
        sheets: labelled sides of the batch.
        owner: by id of a side of ours, the packet it is of.
        home: by id of a side, the packet it lies with.
        received: day of arrival, per scan or of all.
        placed: by id, sides that a person put where they are: that they lie apart or together needs no asking.
    """
    envelopes = _envelopes(sheets, received)
    times = Counter(envelope.printing for envelope in envelopes)
    odd = _lonely_days(envelopes)
    found: dict[int, dict[str, Finding]] = defaultdict(dict)
    for envelope in envelopes:
        lying = {home[id(side)] for side in envelope.sides if id(side) in home}
        own = {owner[id(side)] for side in envelope.sides if id(side) in owner}
        people = {owner[id(side)] for side in envelope.sides if id(side) in owner and id(side) not in placed}
        lonely = odd.get((envelope.sides[0].scan, envelope.stated))
        said = (*_about(envelope, people, times[envelope.printing]), *_about_day(envelope, lonely))
        for finding in said:
            for packet in own or lying:
                found[packet].setdefault(finding.message, finding)
    for packet in _across([side for side in sheets if id(side) not in placed], owner):
        found[packet][ACROSS] = Finding("envelopes_differ", "review", ACROSS)
    return {packet: list(findings.values()) for packet, findings in found.items()}


def empty_envelopes(sheets: Sequence[PacketSheet], home: Mapping[int, int]) -> dict[int, Finding]:
    """By id of a separator that no packet lies with: that there is nothing behind it. What lies behind others is asked about itself."""
    envelopes = (Envelope(tuple(sides), date.min) for sides in _by_envelope(sheets))
    alone = [envelope for envelope in envelopes if envelope.has_cover and envelope.is_empty and id(envelope.sides[0]) not in home]
    return {id(one.sides[0]): replace(_nothing_behind(one), page=one.sides[0].sheet.page) for one in alone}


def _envelopes(sheets: Sequence[PacketSheet], received: Received) -> list[Envelope]:
    return [Envelope(tuple(lying), _day_of(lying[0], received)) for lying in _by_envelope(sheets)]


def _lonely_days(envelopes: Sequence[Envelope]) -> dict[tuple[str, date | None], date]:
    """Days that one separator of a scan alone states -> the day most of the others state. A stack of several days' mail is in order."""
    stated: dict[str, Counter[date]] = defaultdict(Counter)
    for envelope in envelopes:
        if envelope.stated is not None:
            stated[envelope.sides[0].scan][envelope.stated] += 1
    usual = {scan: min(days, key=lambda day: (-days[day], day)) for scan, days in stated.items()}
    lonely = {(scan, day): usual[scan] for scan, days in stated.items() for day, times in days.items() if times == 1}
    return {key: than for key, than in lonely.items() if key[1] != than}


def _by_envelope(sheets: Sequence[PacketSheet]) -> list[list[PacketSheet]]:
    sides: dict[str, list[PacketSheet]] = defaultdict(list)
    for side in sheets:
        if side.envelope is not None:
            sides[side.envelope].append(side)
    return list(sides.values())


def _about(envelope: Envelope, packets: set[int], times: int) -> Iterator[Finding]:
    if not envelope.has_cover and not envelope.is_empty:
        yield Finding("cover_missing", "review", NO_COVER)
    if len(packets) > 1:
        yield Finding("cover_missing", "review", TWO_PEOPLE)
    if envelope.has_cover and envelope.is_empty:
        yield _nothing_behind(envelope)
    if envelope.number is not None and times > 1:
        yield Finding("cover_double", "review", REPEATED.format(envelope=envelope.number))


def _nothing_behind(envelope: Envelope) -> Finding:
    return Finding("cover_double", "review", EMPTY.format(envelope=envelope.number or UNNUMBERED))


def _about_day(envelope: Envelope, usual: date | None) -> Iterator[Finding]:
    if envelope.stated is None:
        return
    if envelope.is_dated_oddly:
        than = THAN_SCAN.format(day=_written(envelope.scanned))
    elif usual is not None:
        than = THAN_STACK.format(day=_written(usual))
    else:
        return
    yield Finding("cover_day_odd", "review", OTHER_DAY.format(stated=_written(envelope.stated), than=than))


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _across(sheets: Sequence[PacketSheet], owner: Mapping[int, int]) -> set[int]:
    """Packets with sheets from several envelopes."""
    places: dict[int, set[str]] = defaultdict(set)
    for side in sheets:
        if id(side) in owner and side.envelope is not None:
            places[owner[id(side)]].add(side.envelope)
    return {packet for packet, lying in places.items() if len(lying) > 1}


def _is_paper(side: PacketSheet) -> bool:
    return not side.sheet.is_cover and not any(finding.code in NO_PAPER for finding in side.sheet.findings)
