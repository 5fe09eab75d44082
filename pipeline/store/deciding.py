"""Packets worked out anew: all of them by the batch, one of them while a person at the desk waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from pipeline.checks import check, verdict_of
from pipeline.cleanup.fingerprint import same_paper
from pipeline.packet import Packet, PacketSheet, assemble, decide_together
from pipeline.settings import Settings
from pipeline.store.answers import Answers, answered, answered_sheet, answers, answers_in
from pipeline.store.database import Store
from pipeline.store.decisions import corrections_in, decisions, last_decision
from pipeline.store.double_entry import drop_stale
from pipeline.store.packets import (
    DecidedPacket,
    Sides,
    closed_keys,
    dissolve_others,
    packet_findings,
    rewrite_packet,
    settle_states,
    write_packets,
)
from pipeline.store.placings import placings
from pipeline.store.queue import sync_queue
from pipeline.store.readings import all_sheets, packet_rows, packet_sheets
from pipeline.store.reclassify import reclassifier
from pipeline.store.scans import finish_scans, received_days
from pipeline.store.tables import PacketRow

PACKETS_A_TRANSACTION = 50
"""Other writers wait as long as one transaction takes: about a second for this many."""
TRIES = 5
"""How often the batch begins anew because a person decided something meanwhile; then it holds the lock until it is through."""


def decide_all(store: Store, settings: Settings) -> int:
    """Work out all open packets anew, check them, and make the queue say what is in doubt. Returns their number.

    What takes long is done without the write lock, so that people at the desk go on meanwhile. Killed half-way, the next one mends it.
    """
    with store.writing() as session:
        finish_scans(session)
    for _ in range(TRIES):
        with store.reading() as session:
            seen, work = last_decision(session), _worked_out(session, settings)
        if _written(store, settings, seen, work):
            return len(work.decided)
    with store.writing() as session:
        work = _worked_out(session, settings)
        write_packets(session, work.decided, review_days=settings.review_days)
        _conclude(session, settings, work)
    return len(work.decided)


def decide_packet(session: Session, settings: Settings, packet: int) -> None:
    """Check one packet anew in a writing transaction, with what people have said by now; `packet` is its row.

    Its sides stay together as they are: whether they belong together is worked out by the next batch, which knows all the others.
    """
    home = session.get_one(PacketRow, packet)
    rows = packet_rows(session, packet)
    decisions_here = decisions(session, {home.key, *(scan for scan, _ in rows)})
    said, corrected = answers_in(decisions_here), corrections_in(decisions_here)
    sheets = tuple(answered_sheet(side, said) for side in packet_sheets(rows.values(), corrected, reclassifier(settings)))
    decided = _checked(Packet(home.key, home.received, None, None, sheets, packet_findings(session, packet)), settings, said)
    rewrite_packet(session, home, decided, Sides(rows, corrected), review_days=settings.review_days)
    conclude_packet(session, settings, packet)


def decide_again(session: Session, settings: Settings, packets: Sequence[Packet]) -> None:
    """Check these packets anew and write them down: sides as read, with what people said of their fields on top."""
    said = answers(session, {owner for packet in packets for owner in (packet.key, *(side.scan for side in packet.sheets))})
    asked = [replace(packet, sheets=tuple(answered_sheet(side, said) for side in packet.sheets)) for packet in packets]
    write_packets(session, [_checked(packet, settings, said) for packet in asked], review_days=settings.review_days)


def conclude_packet(session: Session, settings: Settings, packet: int) -> None:
    """Make the queue and the state of the packet with this row follow what was decided."""
    sync_queue(session, review_days=settings.review_days, packet=packet)
    drop_stale(session, settings, packet)
    settle_states(session, packet)


@dataclass(frozen=True)
class Work:
    """What a batch worked out: the packets, and the sides that lie in none."""

    decided: Sequence[DecidedPacket]
    loose: Sequence[PacketSheet]


def _worked_out(session: Session, settings: Settings) -> Work:
    said = answers(session)
    sheets = [answered_sheet(side, said) for side in all_sheets(session, reclassifier(settings))]
    placed, closed = placings(session), closed_keys(session)
    packets, loose = assemble(sheets, received=received_days(session), same_paper=same_paper, placed=placed, closed=closed)
    return Work([_checked(packet, settings, said) for packet in packets], [answered_sheet(side, said) for side in loose])


def _checked(packet: Packet, settings: Settings, said: Answers) -> DecidedPacket:
    together = decide_together(packet)
    together = replace(together, findings=answered(together, "packet", together.findings, said))
    return together, verdict_of(together, answered(together, "rule", check(together, settings.rules).findings, said))


def _written(store: Store, settings: Settings, seen: int, work: Work) -> bool:
    """Write `work` in pieces; False as soon as a person has decided something that it does not know of."""
    for start in range(0, len(work.decided), PACKETS_A_TRANSACTION):
        with store.writing() as session:
            if last_decision(session) != seen:
                return False
            write_packets(session, work.decided[start : start + PACKETS_A_TRANSACTION], review_days=settings.review_days)
    with store.writing() as session:
        if last_decision(session) != seen:
            return False
        _conclude(session, settings, work)
    return True


def _conclude(session: Session, settings: Settings, work: Work) -> None:
    dissolve_others(session, work.decided, [side for side in work.loose if side.role == "foreign"])
    sync_queue(session, review_days=settings.review_days, loose=work.loose)
    drop_stale(session, settings)
    settle_states(session)
