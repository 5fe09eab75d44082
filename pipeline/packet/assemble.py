"""Sides of scans -> packets: groups of sheets put in order, second scans of the same paper set aside, nothing dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.findings import Finding
from pipeline.packet.envelopes import Received, arrivals, empty_envelopes, envelope_findings, in_envelopes
from pipeline.packet.groups import ONCE
from pipeline.packet.piles import piles_of
from pipeline.packet.placed import Part, Placings, is_foreign, parted, spot, without_questions
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
NOTHING_SAID: Placings = {}
UNREAD_BESIDE = Finding("unread_page_beside", "info", "この束の隣に判別できないページがあります。この申請の書類かもしれません。")
REWORKED = ("page_duplicate", "sheet_repeated", "packet_doubtful")
"""Findings about a packet's make-up that its sides alone decide."""
AGREEING_FIELDS = 0.9
"""Share of the fields accepted on both sides that must have the same value before one counts as a second scan of the other."""


def assemble(
    sheets: Sequence[PacketSheet],
    *,
    received: Received,
    same_paper: SamePaper,
    placed: Placings = NOTHING_SAID,
    closed: Collection[str] = (),
) -> tuple[list[Packet], list[PacketSheet]]:
    """Packets, in the order of their first sheets, and the sides that belong to none.

    Args:
        sheets: the sides of one batch, files in a stable order, pages ascending.
        received: day of arrival, per scan or of all; a separator sheet that states a day overrules it for its envelope.
        same_paper: tells from two fingerprints whether the same paper was scanned twice.
        placed: where people said that sides belong; they are obeyed.
        closed: keys of packets that are closed.

    Returns:
        Every side is in exactly one packet or in the second list: blank and foreign sides lie with the sheet before them
        in their envelope or file (the first sheet, when they come before it); a file without any sheet of ours has no packet, and a
        separator there with nothing behind it says so (`cover_double`). What a person called foreign is in the second list.
    """
    sheets = in_envelopes(without_questions(sheets, placed), received)
    parts, now = parted([side for side in sheets if side.sheet.sheet is not None], placed, closed)
    owner = {id(side): number for number, part in enumerate(parts) for side in part.sides}
    chosen = {id(side) for side in sheets if spot(side) in placed and placed[spot(side)].chosen}
    home = _homes(sheets, owner) | _placed_homes(sheets, owner, {part.key: number for number, part in enumerate(parts)}, placed, now)
    home = {id(side): home[id(side)] for side in sheets if id(side) in home and not is_foreign(side, placed)}
    beside = _beside_unread([side for side in sheets if id(side) in owner or id(side) not in chosen], owner)
    said_of = envelope_findings(sheets, owner, home, received, chosen)
    days = arrivals(sheets, received)
    others: dict[int, list[PacketSheet]] = {}
    for side in sheets:
        if id(side) in home and id(side) not in owner:
            others.setdefault(home[id(side)], []).append(replace(side, role="other"))
    packets = []
    for number, part in enumerate(parts):
        packet = _packet(part, others.get(number, []), days, same_paper)
        packet = _with_unread_beside(packet) if number in beside else packet
        packets.append(replace(packet, findings=(*packet.findings, *said_of.get(number, ()))))
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
    return replace(packet, findings=(*packet.findings, UNREAD_BESIDE))


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


def _placed_homes(
    sheets: Sequence[PacketSheet], owner: Mapping[int, int], numbers: Mapping[str, int], placed: Placings, now: Callable[[str], str]
) -> dict[int, int]:
    """By id of a side that is none of our sheets: the packet where people put it, as long as there is one."""
    said = {id(side): placed[spot(side)].packet for side in sheets if spot(side) in placed and id(side) not in owner}
    return {side: numbers[now(key)] for side, key in said.items() if key is not None and now(key) in numbers}


def _packet(part: Part, others: Sequence[PacketSheet], arrived: Callable[[PacketSheet], date], same_paper: SamePaper) -> Packet:
    day = min(arrived(side) for side in part.sides)
    findings = (_doubt([]),) if part.group.doubt else ()
    doubtful = tuple(replace(side, role="doubtful") for side in part.group.doubtful)
    return regrouped(Packet(part.key, day, None, None, (*part.group.sides, *doubtful, *others), findings), same_paper)


def regrouped(packet: Packet, same_paper: SamePaper) -> Packet:
    """The packet with its sheets in order, second scans told from the others, and what the sheets alone say of its make-up.

    Its used sheets and duplicates are to be given in the order in which they came; `packet_doubtful` stays when there is one.
    """
    given = [replace(side, role="used") for side in packet.sheets if side.role in ("used", "duplicate")]
    doubtful = [side for side in packet.sheets if side.role == "doubtful"]
    used, findings = _without_duplicates(given, same_paper)
    findings += _repeated(used)
    if doubtful or any(finding.code == "packet_doubtful" for finding in packet.findings):
        findings.append(_doubt(doubtful))
    kept = [finding for finding in packet.findings if finding.code not in REWORKED]
    others = [side for side in packet.sheets if side.role == "other"]
    return replace(packet, sheets=(*sorted([*used, *doubtful], key=_place), *others), findings=(*findings, *kept))


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
