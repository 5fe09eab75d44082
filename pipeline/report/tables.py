"""`intake status`: each packet, what it is ready for or lacks, what waits for a person and why. No names, no values."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.report.words import FIELD_DECISIONS, PACKET_STATES, SCAN_STATES, label
from pipeline.settings import Settings
from pipeline.store import open_store
from pipeline.store.counts import (
    Counts,
    LooseSide,
    PacketState,
    RefusedFile,
    count_all,
    loose_sides,
    packet_states,
    refused_files,
)

PASS_NUMBER_TAIL = 4
"""Digits of a pass number that are shown: what the office itself uses to tell transfers apart."""
BLANK = "page_blank"
KEY_HEAD = 8
"""Digits of a packet's key that are shown: enough to find it in `intake status --json`."""
NUMBERS = {"件数", "割合", "枚数", "ページ"}
"""Columns that are set to the right."""


@dataclass(frozen=True)
class Status:
    """The store at one moment."""

    packets: tuple[PacketState, ...]
    counts: Counts
    refused: tuple[RefusedFile, ...]
    loose: tuple[LooseSide, ...] = ()


def read_status(settings: Settings) -> Status:
    """Read the store. Raises StoreError."""
    store = open_store(settings)
    try:
        with store.reading() as session:
            refused, loose = tuple(refused_files(session)), tuple(loose_sides(session))
            return Status(tuple(packet_states(session)), count_all(session), refused, loose)
    finally:
        store.close()


def status_json(status: Status) -> dict[str, Any]:
    """The same as plain data: dates as ISO text, queue as a list."""
    packets = [
        {**asdict(packet), "received": packet.received.isoformat(), "deadline": packet.deadline.isoformat(), "lacks": list(packet.lacks)}
        for packet in status.packets
    ]
    counts = status.counts
    queue = [{"kind": kind, "reason": reason, "count": number} for (kind, reason), number in counts.queue.items()]
    return {
        "packets": packets,
        "scans": counts.scans,
        "pages": counts.pages,
        "fields": counts.fields,
        "queue": queue,
        "refused": [asdict(file) for file in status.refused],
        "loose_sides": [{**asdict(side), "codes": list(side.codes), "doubts": list(side.doubts)} for side in status.loose],
    }


def render_status(status: Status) -> RenderableType:
    """Tables for the terminal."""
    parts: list[RenderableType] = [_packet_table(status.packets), _field_table(status.counts)]
    if status.counts.queue:
        parts.append(_queue_table(status.counts))
    if status.loose:
        parts.append(_loose_table(status.loose))
    if status.refused:
        parts.append(_refused_table(status.refused))
    parts.append(Text(_scan_line(status.counts)))
    return Group(*parts)


def _packet_table(packets: tuple[PacketState, ...]) -> Table:
    table = _table("申請書類", "受付番号", "合格者番号", "受付", "枚数", "状態", "内容", "期限")
    for packet in packets:
        tail = f"…{packet.pass_number[-PASS_NUMBER_TAIL:]}" if packet.pass_number else "未確定"
        deadline = f"{packet.deadline:%m/%d}" if packet.doubts else ""
        state = PACKET_STATES.get(packet.state, packet.state)
        table.add_row(_short(packet.key), tail, f"{packet.received:%m/%d}", str(packet.sheets), state, _content(packet), deadline)
    if not packets:
        table.add_row("まだありません", *[""] * 6)
    return table


def _short(key: str) -> str:
    """A packet's key as people can read it out: the first KEY_HEAD digits of the scan and the page."""
    scan, _, page = key.rpartition("-")
    return f"{scan[:KEY_HEAD]}-{page}"


def _content(packet: PacketState) -> str:
    """What is missing, then what is asked; several of the same kind are counted."""
    lines = [label(code) for code in packet.lacks]
    lines += [f"確認：{_counted(label(reason), number)}" for reason, number in Counter(packet.doubts).items()]
    lines = lines or (["書類はそろっています"] if packet.state == "ready" else [])
    return "\n".join(lines + _blank_sides(packet))


def _blank_sides(packet: PacketState) -> list[str]:
    """Its blank sides, for the mailroom to see that they were not lost: pages by file where it came in several."""
    pages: dict[str | None, list[int]] = {}
    for finding in packet.findings:
        if finding.code == BLANK and finding.page is not None:
            pages.setdefault(finding.scan, []).append(finding.page)
    if not pages:
        return []
    files = [f"{_digits(scan, packet)}{'・'.join(map(str, sorted(numbers)))}" for scan, numbers in pages.items()]
    return [f"{label(BLANK)}：{'、'.join(files)} ページ（{sum(map(len, pages.values()))} 面）"]


def _digits(scan: str | None, packet: PacketState) -> str:
    return f"{scan[:KEY_HEAD]} の " if scan is not None and len(packet.scans) > 1 else ""


def _field_table(counts: Counts) -> Table:
    table = _table("記入欄", "判定", "件数", "割合")
    total = sum(counts.fields.values())
    for decision, name in FIELD_DECISIONS.items():
        number = counts.fields.get(decision, 0)
        table.add_row(name, f"{number:,}", f"{number / total:.1%}" if total else "")
    return table


def _queue_table(counts: Counts) -> Table:
    table = _table("確認待ちの理由", "理由", "件数")
    for (_, reason), number in sorted(counts.queue.items(), key=lambda item: -item[1]):
        table.add_row(label(reason), f"{number:,}")
    return table


def _loose_table(sides: tuple[LooseSide, ...]) -> Table:
    table = _table("どの申請書類にも属さない面", "ファイル", "ページ", "内容")
    for side in sides:
        known = [label(code) for code in side.codes if code not in side.doubts]
        table.add_row(Text(side.name), str(side.page), "\n".join([*known, *(f"確認：{label(code)}" for code in side.doubts)]))
    return table


def _refused_table(refused: tuple[RefusedFile, ...]) -> Table:
    table = _table("受け付けなかったファイル（rejected フォルダー）", "ファイル", "理由")
    for file in refused:
        table.add_row(Text(file.name), file.message)
    return table


def _scan_line(counts: Counts) -> str:
    scans = "、".join(f"{name} {counts.scans[state]} 件" for state, name in SCAN_STATES.items() if counts.scans.get(state))
    failed = counts.pages.get("failed", 0)
    line = f"スキャン: {scans or 'なし'}。ページ: 読み取り済み {counts.pages.get('read', 0)} ページ"
    return line + (f"、処理に失敗 {failed} ページ（次回もう一度読み取ります）。" if failed else "。")


def _counted(text: str, number: int) -> str:
    return f"{text}（{number} 件）" if number > 1 else text


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in columns:
        wraps = name in {"内容", "理由", "ファイル"}
        table.add_column(name, justify="right" if name in NUMBERS else "left", overflow="fold", no_wrap=not wraps)
    return table
