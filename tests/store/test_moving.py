"""Sides that people move, split off, merge, and set aside: at once, after the night's batch, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.settings import Settings
from pipeline.sheet import Sheet
from pipeline.store import Session, Store
from pipeline.store.audit import verify
from pipeline.store.deciding import decide_all
from pipeline.store.decisions import Decision, add_decision, field_subject
from pipeline.store.moving import (
    CHANGED,
    CLOSED,
    NO_SHEET,
    NONE_CHOSEN,
    NOTHING_LEFT,
    SAME,
    NotPossible,
    Wish,
    carry_out,
    planned,
)
from pipeline.store.placings import Act
from pipeline.store.tables import FieldRow, FindingRow, PacketRow, PageRow, QueueRow, ScanRow, SheetRow
from pipeline.store.undoing import LATER, take_back
from tests.papers import application, foreign, of_person, paper, unsure
from tests.store.papers import read_scan

MINE, OTHER, LATE = "a" * 64, "b" * 64, "c" * 64
NUMBER, NAME = "2025888888", "佐藤 太郎"


def called(key: str) -> str:
    """A packet's key with one digit of its scan."""
    return f"{key[0]}{key[16:]}"


def states(store: Store) -> dict[str, tuple[str, str]]:
    with store.reading() as session:
        return {
            f"{row.key[0]}{row.key[16:]}": (row.verdict, row.state) for row in session.scalars(select(PacketRow).order_by(PacketRow.id))
        }


def where(store: Store) -> dict[str, str]:
    """Side -> packet and role."""
    with store.reading() as session:
        query = select(ScanRow.sha256, PageRow.number, PacketRow.key, SheetRow.role).select_from(SheetRow)
        rows = session.execute(query.join(SheetRow.page).join(PageRow.scan).outerjoin(PacketRow, SheetRow.packet_id == PacketRow.id))
        return {
            f"{scan[0]}{page}": (called(key) if key else "-") + (f" {role}" if role not in ("used", None) else "")
            for scan, page, key, role in rows
        }


def packet_id(session: Session, name: str) -> int:
    """Row of the packet that is called like "a-1" or "a-3.2"."""
    rows = session.scalars(select(PacketRow))
    return next(row.id for row in rows if called(row.key) == name)


def side_ids(session: Session, names: Sequence[str]) -> frozenset[int]:
    rows = session.execute(select(SheetRow.id, ScanRow.sha256, PageRow.number).join(SheetRow.page).join(PageRow.scan))
    return frozenset(row for row, scan, page in rows if f"{scan[0]}{page}" in names)


Do = Callable[..., int]


@pytest.fixture
def do(store: Store, settings: Settings) -> Do:
    """Carries an operation out as the desk does; its decision."""

    def carried(act: Act, packet: str, sides: Sequence[str] = (), other: str | None = None) -> int:
        with store.writing() as session:
            wish = Wish(act, packet_id(session, packet), side_ids(session, sides), packet_id(session, other) if other else None)
            return carry_out(session, settings, planned(session, wish), who="sato")

    return carried


@pytest.fixture
def back(store: Store, settings: Settings) -> Callable[[int], None]:
    def taken(operation: int) -> None:
        with store.writing() as session:
            take_back(session, settings, operation, who="suzuki")

    return taken


def two_people(store: Store, settings: Settings) -> None:
    read_scan(store, *application(), sha256=MINE)
    read_scan(store, *of_person(NUMBER, NAME), sha256=OTHER)
    decide_all(store, settings)


def settled(store: Store, settings: Settings) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Where all lies and how it stands; the batch must leave it so."""
    at_once = where(store), states(store)
    decide_all(store, settings)
    assert (where(store), states(store)) == at_once
    decide_all(store, settings)
    assert (where(store), states(store)) == at_once
    return at_once


HOME = {**{f"a{page}": "a-1" for page in range(1, 6)}, **{f"b{page}": "b-1" for page in range(1, 6)}}


def test_a_side_is_moved_and_moved_back(store: Store, settings: Settings, do: Do, back: Callable[[int], None]) -> None:
    two_people(store, settings)
    operation = do("move", "a-1", ["a4"], "b-1")
    places, stand = settled(store, settings)
    assert places == HOME | {"a4": "b-1"}
    assert stand == {"a-1": ("deficient", "deficient"), "b-1": ("deficient", "deficient")}
    back(operation)
    assert settled(store, settings) == (HOME, {"a-1": ("complete", "ready"), "b-1": ("complete", "ready")})
    with store.reading() as session:
        assert [chain.broken for chain in verify(session)] == [None, None]


@pytest.mark.parametrize("night", [False, True])
def test_a_packet_keeps_its_key_when_its_first_side_goes(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None], *, night: bool
) -> None:
    two_people(store, settings)
    operation = do("move", "a-1", ["a1"], "b-1")
    if night:
        decide_all(store, settings)
    assert where(store) == HOME | {"a1": "b-1"}
    back(operation)
    assert settled(store, settings)[0] == HOME


def test_chosen_sides_become_a_packet_and_papers_that_come_later_find_it(store: Store, settings: Settings, do: Do) -> None:
    mixed = [*application()[:3], *[replace(sheet, page=sheet.page + 3) for sheet in of_person(NUMBER, NAME)[:2]]]
    read_scan(store, *[_renumbered(sheet, "2024100123", "髙橋 花子") if sheet.page > 3 else sheet for sheet in mixed], sha256=MINE)
    decide_all(store, settings)
    assert set(where(store).values()) == {"a-1"}
    do("split", "a-1", ["a4", "a5"])
    places = settled(store, settings)[0]
    assert places == {"a1": "a-1", "a2": "a-1", "a3": "a-1", "a4": "a-4.2", "a5": "a-4.2"}


def _renumbered(sheet: Sheet, number: str, name: str) -> Sheet:
    return paper(str(sheet.sheet), sheet.page, {"pass_number": number, "name": name})


def test_late_papers_of_a_split_packet_find_it_by_what_they_say(store: Store, settings: Settings, do: Do) -> None:
    """The machine took a slip of the pen for a reason to join; a person says that these are two people."""
    one = application()
    theirs = paper("b", 6, {"pass_number": "2024100128", "sheet_no": "2"})
    read_scan(store, *one, theirs, sha256=MINE)
    decide_all(store, settings)
    assert where(store)["a6"] == "a-1"
    do("split", "a-1", ["a6"])
    assert settled(store, settings)[0]["a6"] == "a-6.2"
    read_scan(store, paper("d", 1, {"pass_number": "2024100128"}), sha256=LATE)
    decide_all(store, settings)
    assert where(store)["c1"] != "a-1"


def test_two_packets_become_one_and_two_again_after_the_night(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    read_scan(store, *application()[:3], foreign(4, "page_blank"), sha256=MINE)
    read_scan(
        store, *[paper(kind, page, {"pass_number": NUMBER, "name": NAME}) for page, kind in ((1, "d"), (2, "certificate"))], sha256=OTHER
    )
    decide_all(store, settings)
    before = settled(store, settings)
    assert set(before[0].values()) == {"a-1", "a-1 other", "b-1"}
    operation = do("merge", "a-1", other="b-1")
    places, stand = settled(store, settings)
    assert set(places.values()) == {"a-1", "a-1 other"}
    assert stand["b-1"][1] == "dissolved"
    back(operation)
    assert settled(store, settings) == before


def test_a_late_paper_of_a_merged_packet_is_asked_about_when_it_contradicts_the_others(store: Store, settings: Settings, do: Do) -> None:
    read_scan(store, *application()[:4], sha256=MINE)
    read_scan(store, paper("certificate", 1, {"pass_number": NUMBER, "name": NAME}), sha256=OTHER)
    decide_all(store, settings)
    do("merge", "a-1", other="b-1")
    read_scan(store, *of_person(NUMBER, NAME)[:2], sha256=LATE)
    decide_all(store, settings)
    places = where(store)
    assert places["b1"] == "a-1"
    assert {places["c1"], places["c2"]} == {"a-1 doubtful"}
    assert "packet_doubtful" in doubts(store)


def doubts(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(select(QueueRow.reason).where(QueueRow.state == "open")))


def test_a_foreign_side_is_nobodys_and_nothing_of_it_is_asked(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    certifier = unsure("certifier_name", "name", ("架空 次郎", 0.6))
    read_scan(store, *application(), paper("c", 6, {"certifier_name": certifier}), foreign(7), sha256=MINE)
    decide_all(store, settings)
    assert {"low_probability", "sheet_repeated", "page_unknown"} <= doubts(store)
    operations = [do("foreign", "a-1", ["a6"]), do("foreign", "a-1", ["a7"])]
    places, stand = settled(store, settings)
    assert (places["a6"], places["a7"], stand) == ("- foreign", "- foreign", {"a-1": ("complete", "ready")})
    assert doubts(store) == set()
    for operation in operations:
        back(operation)
    places, stand = settled(store, settings)
    assert (places["a6"], places["a7"], stand["a-1"][1]) == ("a-1", "a-1 other", "review")
    assert {"low_probability", "sheet_repeated", "page_unknown"} <= doubts(store)


def test_the_last_sheet_of_a_packet_called_foreign_dissolves_it(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    two_people(store, settings)
    read_scan(store, paper("d", 1, {"pass_number": "2023111111", "signature": False}), sha256=LATE)
    decide_all(store, settings)
    operation = do("foreign", "c-1", ["c1"])
    places, stand = settled(store, settings)
    assert (places["c1"], stand["c-1"][1]) == ("- foreign", "dissolved")
    back(operation)
    assert settled(store, settings)[0]["c1"] == "c-1"


def test_a_second_scan_is_still_noticed_where_a_side_was_moved_to(store: Store, settings: Settings, do: Do) -> None:
    two_people(store, settings)
    read_scan(store, paper("d", 1, {"pass_number": "2023111111", "oath_date": "2026年11月1日"}, fingerprint=f"{4:016x}"), sha256=LATE)
    decide_all(store, settings)
    do("move", "c-1", ["c1"], "a-1")
    places = settled(store, settings)[0]
    assert sorted((places["a4"], places["c1"])) == ["a-1", "a-1"] or "a-1 duplicate" in (places["a4"], places["c1"])
    with store.reading() as session:
        codes = set(session.scalars(select(FindingRow.code)))
    assert codes & {"page_duplicate", "sheet_repeated"}


def test_a_blank_back_goes_with_its_front(store: Store, settings: Settings, do: Do) -> None:
    mine = application()
    both = [
        sheet for number, each in enumerate(mine) for sheet in (replace(each, page=2 * number + 1), foreign(2 * number + 2, "page_blank"))
    ]
    read_scan(store, *both, sha256=MINE)
    read_scan(store, *of_person(NUMBER, NAME), sha256=OTHER)
    decide_all(store, settings)
    do("move", "a-1", ["a7"], "b-1")
    places = settled(store, settings)[0]
    assert (places["a7"], places["a8"], places["a9"], places["a10"]) == ("b-1", "b-1 other", "a-1", "a-1 other")


def test_items_go_with_their_side_and_whoever_works_on_one_keeps_it(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    certifier = unsure("certifier_name", "name", ("架空 次郎", 0.6))
    read_scan(store, *application(changes={"c": {"certifier_name": certifier}}), sha256=MINE)
    read_scan(store, *of_person(NUMBER, NAME)[:2], sha256=OTHER)
    decide_all(store, settings)
    with store.writing() as session:
        item = session.scalars(select(QueueRow).where(QueueRow.field == "certifier_name")).one()
        item.claimed_by = "suzuki"
    operation = do("move", "a-1", ["a3"], "b-1")
    for _ in range(2):
        with store.reading() as session:
            row = session.get_one(QueueRow, item.id)
            assert (row.state, row.claimed_by, row.packet_id) == ("open", "suzuki", packet_id(session, "b-1"))
        decide_all(store, settings)
    back(operation)
    with store.reading() as session:
        assert session.get_one(QueueRow, item.id).packet_id == packet_id(session, "a-1")


def test_answers_of_people_go_with_the_side(store: Store, settings: Settings, do: Do) -> None:
    two_people(store, settings)
    with store.writing() as session:
        add_decision(
            session, Decision("sato", field_subject((MINE, 3, "certifier_name")), None, {"raw": "架空 三郎", "value": "架空 三郎"})
        )
    do("split", "a-1", ["a3"])
    settled(store, settings)
    with store.reading() as session:
        assert "架空 三郎" in set(session.scalars(select(FieldRow.raw).where(FieldRow.name == "certifier_name")))


@pytest.mark.parametrize(
    ("act", "packet", "sides", "other", "why"),
    [
        ("move", "a-1", [], "b-1", NONE_CHOSEN),
        ("move", "a-1", ["b1"], "b-1", CHANGED),
        ("move", "a-1", ["a1"], None, SAME),
        ("move", "a-1", ["a1"], "a-1", SAME),
        ("merge", "a-1", [], "a-1", SAME),
        ("split", "a-1", ["a1", "a2", "a3", "a4", "a5"], None, NOTHING_LEFT),
        ("split", "a-1", ["a6"], None, NO_SHEET),
        ("move", "a-1", ["a1"], "c-1", CLOSED),
        ("merge", "a-1", [], "c-1", CLOSED),
        ("foreign", "c-1", ["c1"], None, CLOSED),
    ],
)
def test_what_makes_no_sense_or_touches_a_closed_packet_is_refused(
    store: Store, settings: Settings, do: Do, act: Act, packet: str, sides: list[str], other: str | None, why: str
) -> None:
    read_scan(store, *application(), foreign(6), sha256=MINE)
    read_scan(store, *of_person(NUMBER, NAME), sha256=OTHER)
    read_scan(store, *of_person("2023111111", "鈴木 一郎"), sha256=LATE)
    decide_all(store, settings)
    with store.writing() as session:
        session.get_one(PacketRow, packet_id(session, "c-1")).state = "accepted"
    with pytest.raises(NotPossible, match=why):
        do(act, packet, sides, other)


def test_nothing_is_taken_back_once_a_packet_is_closed_or_before_what_came_later(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    two_people(store, settings)
    first = do("move", "a-1", ["a4"], "b-1")
    second = do("move", "b-1", ["a4"], "a-1")
    with pytest.raises(NotPossible, match=LATER):
        back(first)
    back(second)
    back(first)
    with pytest.raises(NotPossible):
        back(first)
    assert settled(store, settings)[0] == HOME
    third = do("move", "a-1", ["a4"], "b-1")
    with store.writing() as session:
        session.get_one(PacketRow, packet_id(session, "b-1")).state = "accepted"
    with pytest.raises(NotPossible, match=CLOSED):
        back(third)


def test_a_closed_packet_is_never_written_again_by_sides_that_were_taken_out_of_it(store: Store, settings: Settings, do: Do) -> None:
    """Its first side was called foreign; a late sheet with the same number would begin a packet under the closed one's key."""
    two_people(store, settings)
    do("foreign", "a-1", ["a1"])
    with store.writing() as session:
        session.get_one(PacketRow, packet_id(session, "a-1")).state = "accepted"
    read_scan(store, paper("a", 1), sha256=LATE)
    decide_all(store, settings)
    assert states(store)["a-1"][1] == "accepted"
    places = where(store)
    assert (places["a2"], places["c1"], places["a1"]) == ("a-1", "c-1", "- foreign")


def test_what_was_asked_about_the_stack_is_asked_in_a_packet_that_is_split_off(store: Store, settings: Settings, do: Do) -> None:
    read_scan(store, *application(), foreign(6), paper("b", 7, {"sheet_no": "2"}), sha256=MINE)
    decide_all(store, settings)
    do("split", "a-1", ["a7"])
    assert settled(store, settings)[1]["a-7.2"] == ("undecided", "review")


def test_who_undoes_a_merge_after_a_late_sheet_came_leaves_it_in_doubt_until_the_batch(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    read_scan(store, *application()[:3], sha256=MINE)
    read_scan(store, paper("certificate", 1), sha256=OTHER)
    read_scan(store, *of_person(NUMBER, NAME)[:2], sha256="d" * 64)
    decide_all(store, settings)
    operation = do("merge", "a-1", other="d-1")
    read_scan(store, paper("d", 1), sha256=LATE)
    decide_all(store, settings)
    assert where(store)["c1"].startswith("a-1")
    back(operation)
    assert where(store)["c1"] == "a-1 doubtful"
    decide_all(store, settings)
    assert where(store)["c1"] == "a-1"


def test_a_move_taken_back_after_its_packet_was_merged_goes_where_the_packet_went(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    two_people(store, settings)
    read_scan(store, *of_person("2023111111", "鈴木 一郎")[:2], sha256=LATE)
    decide_all(store, settings)
    moved = do("move", "a-1", ["a4"], "c-1")
    merged = do("merge", "b-1", other="a-1")
    assert settled(store, settings)[0]["a4"] == "c-1"
    back(moved)
    assert settled(store, settings)[0] == dict.fromkeys(HOME, "b-1") | {"c1": "c-1", "c2": "c-1"}
    back(merged)
    assert where(store)["a4"] == "b-1 doubtful"  # it was no part of the merge: where it belongs is for the batch to say
    decide_all(store, settings)
    places = settled(store, settings)[0]
    assert {side: places[side] for side in HOME} == HOME


def test_sides_that_came_back_stay_when_the_rest_of_their_packet_is_elsewhere(
    store: Store, settings: Settings, do: Do, back: Callable[[int], None]
) -> None:
    two_people(store, settings)
    moved = do("move", "a-1", ["a1", "a2", "a3"], "b-1")
    do("split", "a-1", ["a4"])
    do("foreign", "a-1", ["a5"])
    assert states(store)["a-1"][1] == "dissolved"
    back(moved)
    places = settled(store, settings)[0]
    assert [places[f"a{page}"] for page in range(1, 6)] == ["a-1", "a-1", "a-1", "a-4.2", "- foreign"]


def test_a_doubtful_side_is_confirmed_by_a_person(store: Store, settings: Settings, do: Do, back: Callable[[int], None]) -> None:
    """Nothing on it says whose it is; the question whether others are mixed in stays, and is for a person to answer."""
    silent = paper("d", 4, {"pass_number": ""})
    read_scan(store, *[sheet for sheet in application() if sheet.sheet != "d"], silent, sha256=MINE)
    decide_all(store, settings)
    assert where(store)["a4"] == "a-1 doubtful"
    operation = do("move", "a-1", ["a4"], "a-1")
    places, stand = settled(store, settings)
    assert (places["a4"], stand["a-1"][1], doubts(store)) == ("a-1", "review", {"packet_doubtful", "rule_undecided"})
    back(operation)
    assert settled(store, settings)[0]["a4"] == "a-1 doubtful"


@pytest.mark.parametrize("act", ["foreign", "split"])
def test_what_stays_has_not_arrived_before_any_of_it(store: Store, settings: Settings, do: Do, act: Act) -> None:
    first, *rest = application()
    read_scan(store, first, sha256=MINE)
    read_scan(store, *(replace(each, page=page) for page, each in enumerate(rest, 1)), sha256=OTHER)
    with store.writing() as session:
        early, late = session.scalars(select(ScanRow).order_by(ScanRow.sha256))
        early.received = late.received - timedelta(days=30)
        day = late.received
    decide_all(store, settings)
    assert len(set(where(store).values())) == 1
    (name,) = states(store)
    do(act, name, ["a1"])
    for _ in range(2):
        with store.reading() as session:
            assert session.get_one(PacketRow, packet_id(session, name)).received == day
        decide_all(store, settings)
