"""What people answered to statements about papers: that there is nothing in it, or that it is a fault (不備).

An answer holds for the statement it was given to. A statement of a packet or of a rule that says something else later (other
values, other months) is asked again; one about a side is about that paper, which does not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.findings import Finding
from pipeline.packet import Packet, PacketSheet
from pipeline.store.decisions import Decision, add_decision, decisions
from pipeline.store.queue import close, text_hash
from pipeline.store.tables import DecisionRow, FindingRow, QueueRow

Answer = Literal["fine", "fault"]
Source = Literal["sheet", "packet", "rule"]


@dataclass(frozen=True)
class Answered:
    """An answer and the hash of the sentence it was given to."""

    answer: Answer
    about: str


Answers = Mapping[str, Answered]
"""By `answer_key`."""


@dataclass(frozen=True)
class Statement:
    """A finding and where it comes from.

    Attributes:
        identity: tells it from the packet's others, the same from run to run.
        scan: None when it is about more than one scan.
    """

    identity: str
    source: Source
    scan: str | None
    finding: Finding


def statements(source: Source, findings: Iterable[tuple[str | None, Finding]]) -> Iterator[Statement]:
    """Each (scan, finding) of one source with its identity."""
    seen: Counter[str] = Counter()
    for scan, finding in findings:
        identity = f"{source}|{scan or ''}|{finding.page or ''}|{finding.field or ''}|{finding.code}"
        seen[identity] += 1
        yield Statement(identity if seen[identity] == 1 else f"{identity}|{seen[identity]}", source, scan, finding)


def packet_statements(packet: Packet, source: Source, findings: Iterable[Finding]) -> Iterator[Statement]:
    """What is said of the packet as a whole; a page number is one of its only scan, or says nothing."""
    scans = {side.scan for side in packet.sheets}
    only = next(iter(scans)) if len(scans) == 1 else None
    return statements(source, ((only if finding.page else None, finding) for finding in findings))


def answer_key(item: str) -> str:
    """What an answer to the queue item is kept under: a statement about a side stays with the side, whatever packet that comes into."""
    kind, _, rest = item.partition("|")
    if kind == "page":
        scan, page, code = rest.split("|")
        return f"sheet|{scan}|{page}||{code}"
    packet, _, identity = rest.partition("|")
    return identity if identity.startswith("sheet|") else f"{packet}|{identity}"


def answer_item(session: Session, item: QueueRow, answer: Answer, *, who: str) -> None:
    """Keep a person's answer to a queue item of kind `finding` or `page`, and close the item. The caller decides the packet anew."""
    key = answer_key(item.identity)
    owner = key.split("|")[1 if key.startswith("sheet|") else 0]
    said = {"answer": answer, "about": item.subject_hash}
    add_decision(session, Decision(who, {"kind": "finding", "item": key}, {"item": item.id, **_make_up(session, item)}, said, owner))
    close(item)


def state_again(session: Session, item: QueueRow, before: Mapping[str, Any]) -> None:
    """Put back the statement about the packet's make-up that an answer, now taken back, was given to: only a batch would find it anew."""
    stated = before.get("stated")
    if stated is None:
        return
    row = _row_of(session, item)
    if row is None:
        row = FindingRow(packet_id=item.packet_id, identity=item.identity.split("|", 2)[2], source="packet", scan=item.scan)
        session.add(row)
    for name, value in stated.items():
        setattr(row, name, value)
    session.flush()


def _make_up(session: Session, item: QueueRow) -> dict[str, Any]:
    """The statement about the packet's make-up that the item asks about; nothing for what the sheets and the rules say each time."""
    row = _row_of(session, item)
    if row is None or row.source != "packet":
        return {}
    return {"stated": {name: getattr(row, name) for name in ("code", "severity", "message", "page", "field")}}


def _row_of(session: Session, item: QueueRow) -> FindingRow | None:
    if item.kind != "finding":
        return None
    here = FindingRow.packet_id == item.packet_id, FindingRow.identity == item.identity.split("|", 2)[2]
    return session.scalar(select(FindingRow).where(*here))


def answers(session: Session, owners: Collection[str] | None = None) -> dict[str, Answered]:
    """What people last answered to each statement (about these scans and packets); one that was taken back is not among them."""
    return answers_in(decisions(session, owners))


def answers_in(rows: Iterable[DecisionRow]) -> dict[str, Answered]:
    """`answers`, of decisions that were read already."""
    said: dict[str, Answered] = {}
    for row in rows:
        if row.subject.get("kind") != "finding":
            continue
        said.pop(row.subject["item"], None)
        if row.after is not None:
            said[row.subject["item"]] = Answered(row.after["answer"], row.after["about"])
    return said


def answered_sheet(side: PacketSheet, said: Answers) -> PacketSheet:
    """The side without what a person found nothing in, and with an error where there was a fault."""
    stated = statements("sheet", ((side.scan, finding) for finding in side.sheet.findings))
    kept = tuple(_with_answer(each.finding, said.get(each.identity)) for each in stated)
    return replace(side, sheet=replace(side.sheet, findings=tuple(finding for finding in kept if finding is not None)))


def answered(packet: Packet, source: Source, findings: Iterable[Finding], said: Answers) -> tuple[Finding, ...]:
    """What is left of `findings` after people's answers."""
    left = []
    for each in packet_statements(packet, source, findings):
        answer = said.get(f"{packet.key}|{each.identity}")
        holds = answer is not None and answer.about == text_hash(each.finding.message)
        left.append(_with_answer(each.finding, answer if holds else None))
    return tuple(finding for finding in left if finding is not None)


def _with_answer(finding: Finding, answer: Answered | None) -> Finding | None:
    if answer is None or finding.severity != "review":
        return finding
    return replace(finding, severity="error") if answer.answer == "fault" else None
