"""Sides of scans -> packets: groups of sheets put in order, second scans of the same paper set aside, nothing dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.findings import Finding
from pipeline.packet.envelopes import Received, arrivals, empty_envelopes, envelope_findings, in_envelopes
from pipeline.packet.groups import ONCE, Group
from pipeline.packet.piles import grouped, piles_of
from pipeline.packet.record import Packet, PacketSheet
from pipeline.sheet import FieldValue, Sheet

SamePaper = Callable[[str, str], bool]
"""Whether two page fingerprints are of the same paper."""

ORDER = {"a": 0, "b": 1, "c": 2, "d": 3, "certificate": 4}
TITLES = {
    "a": "A 資格認定申請書",
    "b": "B 業務経験証明書",
    "c": "C 上司もしくは監督者による証明",
    "d": "D 宣誓書",
    "certificate": "合格証明書（試験結果レポート）",
}
KEY_DIGITS = 16
"""Of the scan's sha-256 in a packet's key: 64 bits, no two scans of an office share them."""
AGREEING_FIELDS = 0.9
"""Share of the fields accepted on both sides that must have the same value before one counts as a second scan of the other."""


def assemble(
    sheets: Sequence[PacketSheet], *, received: Received, same_paper: SamePaper
) -> tuple[list[Packet], list[PacketSheet]]:
    """Packets, in the order of their first sheets, and the sides that belong to none.

    Args:
        sheets: the sides of one batch, files in a stable order, pages ascending.
        received: day of arrival, per scan or of all; a separator sheet that states a day overrules it for its envelope.
        same_paper: tells from two fingerprints whether the same paper was scanned twice.

    Returns:
        Every side is in exactly one packet or in the second list: blank and foreign sides lie with the sheet before them
        in their envelope or file (the first sheet, when they come before it); a file without any sheet of ours has no packet, and a
        separator there with nothing behind it says so (`cover_double`).
    """
    sheets = in_envelopes(sheets, received)
    groups = grouped([side for side in sheets if side.sheet.sheet is not None])
    owner = {id(side): number for number, group in enumerate(groups) for side in (*group.sides, *group.doubtful)}
    home = _homes(sheets, owner)
    days = arrivals(sheets, received)
    beside = _beside_unread(sheets, owner)
    said = envelope_findings(sheets, owner, home, received)
    others: dict[int, list[PacketSheet]] = {}
    for side in sheets:
        if id(side) in home and id(side) not in owner:
            others.setdefault(home[id(side)], []).append(replace(side, role="other"))
    packets = []
    for number, group in enumerate(groups):
        packet = _packet(group, others.get(number, []), days, same_paper)
        packet = _with_unread_beside(packet) if number in beside else packet
        packets.append(replace(packet, findings=(*packet.findings, *said.get(number, ()))))
    empty = empty_envelopes(sheets, home)
    return packets, [_also(side, empty.get(id(side))) for side in sheets if id(side) not in home]


def _also(side: PacketSheet, finding: Finding | None) -> PacketSheet:
    if finding is None:
        return side
    return replace(side, sheet=replace(side.sheet, findings=(*side.sheet.findings, finding)))


def _beside_unread(sheets: Sequence[PacketSheet], owner: Mapping[int, int]) -> set[int]:
    """Groups that lie next to a side nobody could read: it may be theirs, even where it was put with another."""
    found: set[int] = set()
    for pile in piles_of(sheets):
        for direction in (pile, pile[::-1]):
            last: int | None = None
            for side in direction:
                last = owner.get(id(side), last)
                if last is not None and id(side) not in owner and _is_unread(side):
                    found.add(last)
    return found


def _is_unread(side: PacketSheet) -> bool:
    return any(finding.severity == "review" for finding in side.sheet.findings)


def _with_unread_beside(packet: Packet) -> Packet:
    if any(side.role == "other" and _is_unread(side) for side in packet.sheets):
        return packet
    message = "この束の隣に判別できないページがあります。この申請の書類かもしれません。"
    return replace(packet, findings=(*packet.findings, Finding("unread_page_beside", "info", message)))


def _homes(sheets: Sequence[PacketSheet], owner: Mapping[int, int]) -> dict[int, int]:
    """By id of a side: the number of the group it lies with. Sides in a file without any sheet of ours are left out."""
    last: dict[str, int] = {}
    for side in sheets:
        if id(side) in owner:
            last.setdefault(side.place, owner[id(side)])
            last.setdefault(side.scan, owner[id(side)])
    home = {}
    for side in sheets:
        if id(side) in owner:
            last[side.place] = last[side.scan] = owner[id(side)]
        found = last.get(side.place, last.get(side.scan))
        if found is not None:
            home[id(side)] = found
    return home


def _packet(group: Group, others: Sequence[PacketSheet], arrived: Callable[[PacketSheet], date], same_paper: SamePaper) -> Packet:
    first = group.sides[0]
    used, findings = _without_duplicates(group.sides, same_paper)
    findings += _repeated(used)
    doubtful = [replace(side, role="doubtful") for side in group.doubtful]
    if group.doubt:
        findings.append(_doubt(doubtful))
    ours = sorted([*used, *doubtful], key=_place)
    day = min(arrived(side) for side in ours)
    return Packet(f"{first.scan[:KEY_DIGITS]}-{first.sheet.page}", day, None, None, (*ours, *others), tuple(findings))


def _place(side: PacketSheet) -> tuple[int, int, bool]:
    number = side.sheet.value("sheet_no")
    text = str(number.value) if number is not None and number.value is not None else ""
    return ORDER[side.sheet.sheet or ""], int(text) if text.isdigit() else 1, side.role == "duplicate"


def _without_duplicates(sides: Sequence[PacketSheet], same_paper: SamePaper) -> tuple[list[PacketSheet], list[Finding]]:
    """The sides with second scans of the same paper marked; the better read one of two is used."""
    best_first = sorted(sides, key=lambda side: -sum(value.decision == "accept" for value in side.sheet.fields))
    used: list[PacketSheet] = []
    marked: dict[int, PacketSheet] = {}
    findings = []
    for side in best_first:
        if any(_same_side(side.sheet, other.sheet, same_paper) for other in used):
            marked[id(side)] = replace(side, role="duplicate")
            title = TITLES[side.sheet.sheet or ""]
            message = f"{title}が二重にスキャンされています。片方だけを使います。"
            findings.append(Finding("page_duplicate", "info", message, page=side.sheet.page))
        else:
            used.append(side)
    return [marked.get(id(side), side) for side in sides], findings


def _same_side(one: Sheet, two: Sheet, same_paper: SamePaper) -> bool:
    """Near in the picture and in what was read: two filled-in copies of a form look alike from afar."""
    if one.sheet != two.sheet or not same_paper(one.fingerprint, two.fingerprint):
        return False
    read = {value.name: value.value for value in one.fields if value.decision == "accept"}
    agree = [read[value.name] == value.value for value in two.fields if value.decision == "accept" and value.name in read]
    return bool(agree) and sum(agree) >= AGREEING_FIELDS * len(agree)


def _repeated(sides: Sequence[PacketSheet]) -> list[Finding]:
    """Different papers that an applicant sends once: A, C, D, the certificate, a B with the same sheet number."""
    seen: set[tuple[str, object]] = set()
    findings = []
    for side in (side for side in sides if side.role == "used"):
        kind = side.sheet.sheet or ""
        number = _accepted(side.sheet.value("sheet_no"))
        key = (kind, None if kind in ONCE else number)
        if key in seen and (kind in ONCE or number is not None):
            message = f"内容の異なる{TITLES[kind]}が2枚あります。どちらを使うか確認してください。"
            findings.append(Finding("sheet_repeated", "review", message, page=side.sheet.page))
        seen.add(key)
    return findings


def _accepted(value: FieldValue | None) -> object:
    return value.value if value is not None and value.decision == "accept" else None


def _doubt(doubtful: Sequence[PacketSheet]) -> Finding:
    if not doubtful:
        message = "ほかの申請者の書類が混ざっているか、この申請の書類が別に分かれている可能性があります。束を確認してください。"
        return Finding("packet_doubtful", "review", message)
    names = "、".join(TITLES[side.sheet.sheet or ""] for side in doubtful)
    message = f"{names}は番号も氏名も読み取れず、この申請者のものか確かめられません。"
    return Finding("packet_doubtful", "review", message, page=doubtful[0].sheet.page)
