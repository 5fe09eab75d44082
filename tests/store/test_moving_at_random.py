"""Whatever people do to packets, the night's batch leaves it as it is; all of it taken back, in any order, all is as it was."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.deciding import decide_all
from pipeline.store.moving import NotPossible, Wish, carry_out, planned
from pipeline.store.placings import ACTS
from pipeline.store.tables import PacketRow, SheetRow
from pipeline.store.undoing import take_back
from tests.papers import application, foreign, of_person
from tests.store.papers import everything, read_scan

OPERATIONS = 8
PEOPLE = (("2025888888", "佐藤 太郎"), ("2023111111", "鈴木 一郎"))


def attempt(store: Store, settings: Settings, dice: random.Random) -> int | None:
    """Carry something out; None when it is refused."""
    with store.writing() as session:
        packets = list(session.scalars(select(PacketRow.id).where(PacketRow.state != "dissolved").order_by(PacketRow.id)))
        packet, other, act = dice.choice(packets), dice.choice(packets), dice.choice(ACTS)
        sides = list(session.scalars(select(SheetRow.id).where(SheetRow.packet_id == packet).order_by(SheetRow.id)))
        chosen = frozenset() if act == "merge" else frozenset(dice.sample(sides, min(len(sides), dice.randint(1, 3))))
        try:
            plan = planned(session, Wish(act, packet, chosen, other if act in ("move", "merge") else None))
        except NotPossible:
            return None
        return carry_out(session, settings, plan, who="sato")


def taken_back(store: Store, settings: Settings, operation: int) -> bool:
    try:
        with store.writing() as session:
            take_back(session, settings, operation, who="suzuki")
    except NotPossible:
        return False
    return True


def stands(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Sides, fields and findings, and packets that are not dissolved: what a packet that is no more was called does not matter."""
    rows = everything(store)
    with store.reading() as session:
        packets = session.scalars(select(PacketRow).where(PacketRow.state != "dissolved").order_by(PacketRow.id))
        kept: list[tuple[object, ...]] = [(row.id, row.key, row.received, row.name, row.verdict, row.state) for row in packets]
    findings = sorted((row[1:] for row in rows["findings"]), key=repr)
    return {"sheets": rows["sheets"], "fields": rows["fields"], "packets": kept, "findings": findings}


@pytest.mark.parametrize("seed", [3, 4])
def test_the_batch_changes_nothing_and_everything_can_be_taken_back(store: Store, settings: Settings, seed: int) -> None:
    read_scan(store, *application(), foreign(6, "page_blank"))
    for number, (digits, name) in enumerate(PEOPLE):
        read_scan(store, *of_person(digits, name), sha256=f"{number}" * 64)
    decide_all(store, settings)
    before, dice = stands(store), random.Random(seed)
    done = []
    for _ in range(OPERATIONS):
        operation = attempt(store, settings, dice)
        if operation is not None:
            done.append(operation)
            at_once = everything(store)
            decide_all(store, settings)
            assert everything(store) == at_once
    assert len(done) >= OPERATIONS // 2
    while done:
        dice.shuffle(done)
        done = [operation for operation in done if not taken_back(store, settings, operation)]
        decide_all(store, settings)
    assert stands(store) == before
