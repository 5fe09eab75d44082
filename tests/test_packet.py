"""Sides -> packets. Whoever lies with whom is a table; two people are never one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cover_sheets import Cover
from pipeline.findings import Finding
from pipeline.packet import Packet, PacketSheet, assemble, decide_together
from pipeline.sheet import COVER, FieldValue, Sheet, cover_fields
from tests.papers import KINDS, NAME, NUMBER, SCAN, application, foreign, of_person, paper, stack, unsure

ARRIVED = date(2026, 11, 10)
OTHER, OTHER_NAME = "2024100124", "鈴木 一郎"
"""A neighbour in every respect: the number differs in one digit."""


def equal(one: str, two: str) -> bool:
    return one == two


def packets(sides: list[PacketSheet]) -> list[Packet]:
    return assemble(sides, received=ARRIVED, same_paper=equal)[0]


def laid_out(sides: list[PacketSheet]) -> list[list[tuple[str | None, int, str]]]:
    return [[(side.sheet.sheet, side.sheet.page, side.role) for side in packet.sheets] for packet in packets(sides)]


def codes(packet: Packet) -> list[str]:
    return [finding.code for finding in packet.findings]


def test_five_sheets_in_any_order_are_one_packet_in_order() -> None:
    sheets = application()
    (packet,) = packets(stack(*(replace(sheets[index], page=page) for page, index in enumerate((3, 0, 4, 2, 1), start=1))))
    assert [side.sheet.sheet for side in packet.sheets] == list(KINDS)
    assert packet.findings == ()
    assert packet.key == f"{SCAN[:16]}-1"
    decided = decide_together(packet)
    assert (decided.pass_number, decided.name) == (NUMBER, NAME)


def test_two_applicants_in_one_file_stay_two_even_when_shuffled() -> None:
    mine, theirs = application(1), of_person(OTHER, OTHER_NAME, 6)
    for order in ([*mine, *theirs], [sheet for pair in zip(mine, theirs, strict=True) for sheet in pair]):
        found = [decide_together(packet) for packet in packets(stack(*order))]
        assert [packet.pass_number for packet in found] == [NUMBER, OTHER]
        assert [len(packet.sheets) for packet in found] == [5, 5]
        assert not any(packet.findings for packet in found)


@given(st.permutations(range(10)), st.sets(st.integers(0, 9), max_size=4))
@settings(max_examples=60)
def test_two_people_are_never_one(order: list[int], hard_to_read: set[int]) -> None:
    """Whatever the order and whichever numbers are unsure between the two, no packet uses sheets of both, and no side is lost."""
    sheets = [*application(1), *of_person(OTHER, OTHER_NAME, 6)]
    chances = {True: ((NUMBER, 0.55), (OTHER, 0.4)), False: ((OTHER, 0.55), (NUMBER, 0.4))}
    blurred = [
        _with(sheet, "pass_number", unsure("pass_number", "digits", *chances[sheet.page <= 5])) if index in hard_to_read else sheet
        for index, sheet in enumerate(sheets)
    ]
    found = packets(stack(*(blurred[index] for index in order)))
    assert sorted(side.sheet.page for packet in found for side in packet.sheets) == list(range(1, 11))
    for packet in found:
        people = {side.sheet.page <= 5 for side in packet.used()}
        assert len(people) == 1


def _with(sheet: Sheet, name: str, value: Any) -> Sheet:
    return replace(sheet, fields=tuple(value if field.name == name else field for field in sheet.fields))


def test_single_page_files_of_one_batch_join_by_number() -> None:
    sides = [PacketSheet(f"{index}" * 64, replace(sheet, page=1)) for index, sheet in enumerate(application())]
    assert [len(packet.used()) for packet in packets(sides)] == [5]


def one_file_each(sheets: list[Sheet]) -> list[PacketSheet]:
    return [PacketSheet(f"{index:064x}", replace(sheet, page=1)) for index, sheet in enumerate(sheets)]


def test_slip_in_the_number_stays_in_the_packet_over_a_run_of_files() -> None:
    mine = application(changes={"b": {"pass_number": "2024100128"}})
    found = packets(one_file_each([*mine, *of_person("2025999999", OTHER_NAME)]))
    assert [len(packet.used()) for packet in found] == [5, 5]
    assert not any(packet.findings for packet in found)
    namesake = packets(one_file_each([*mine, *of_person("2025999999", NAME)]))
    assert [len(packet.used()) for packet in namesake] == [5, 5]


def test_unreadable_number_in_a_run_of_files_is_a_doubt_and_no_missing_sheet() -> None:
    sheets = application()
    sheets[3] = _with(sheets[3], "pass_number", unsure("pass_number", "digits", (NUMBER, 0.3)))
    (packet,) = packets(one_file_each(sheets))
    assert [(side.sheet.sheet, side.role) for side in packet.sheets if side.role != "used"] == [("d", "doubtful")]


def test_day_of_arrival_is_the_first_of_its_scans() -> None:
    one, two = stack(paper("a", 1), scan="1" * 64), stack(paper("b", 1), scan="2" * 64)
    days = {"1" * 64: date(2026, 11, 10), "2" * 64: date(2026, 11, 9)}
    (packet,) = assemble([*one, *two], received=days, same_paper=equal)[0]
    assert packet.received == date(2026, 11, 9)


def test_same_number_under_two_names_in_two_files_is_not_merged() -> None:
    found = packets([*stack(*application()[:2], scan="1" * 64), *stack(*of_person(NUMBER, OTHER_NAME)[2:3], scan="2" * 64)])
    assert [codes(packet) for packet in found] == [["packet_doubtful"], ["packet_doubtful"]]


def test_same_number_under_a_former_name_in_one_file_is_one_packet() -> None:
    (packet,) = packets(stack(*application(changes={"certificate": {"name": "田中 花子"}})))
    assert codes(packet) == []


def test_slip_in_the_number_of_one_sheet_stays_in_the_packet() -> None:
    for kind in KINDS:
        (packet,) = packets(stack(*application(changes={kind: {"pass_number": "2024100128"}})))
        assert codes(packet) == []
        assert decide_together(packet).pass_number is None


def test_page_scanned_twice_is_used_once() -> None:
    sheets = application()
    again = replace(sheets[1], page=6, fields=sheets[1].fields[:-3])
    (packet,) = packets(stack(*sheets, again))
    assert [(side.sheet.page, side.role) for side in packet.sheets if side.sheet.sheet == "b"] == [(2, "used"), (6, "duplicate")]
    assert [(finding.code, finding.severity, finding.page) for finding in packet.findings] == [("page_duplicate", "info", 6)]


def test_continuation_sheet_that_looks_alike_is_no_duplicate() -> None:
    second = {"sheet_no": "2", "rows[0].from": "2012年4月", "rows[0].to": "2012年9月", "rows[1].from": "2010年1月"}
    sheets = [paper("b", 1, second, "0" * 16), *application(2)]
    sheets[2] = replace(sheets[2], fingerprint="0" * 16)
    (packet,) = packets(stack(*sheets))
    assert [(side.sheet.page, side.role) for side in packet.sheets if side.sheet.sheet == "b"] == [(3, "used"), (1, "used")]
    assert codes(packet) == []


def test_two_different_application_sheets_with_one_number_need_a_person() -> None:
    (packet,) = packets(stack(*application(), paper("a", 6, {"address": "東京都新宿区西新宿9-9-9"})))
    assert codes(packet) == ["sheet_repeated"]


def test_blank_and_foreign_sides_lie_with_the_sheet_before_them() -> None:
    sides = stack(foreign(1, "page_blank"), *application(2), foreign(7), *of_person(OTHER, OTHER_NAME, 8), foreign(13, "page_blank"))
    assert [[row[1] for row in rows if row[2] == "other"] for rows in laid_out(sides)] == [[1, 7], [13]]


def test_unread_side_may_belong_to_either_of_its_neighbours() -> None:
    mine, theirs = application(1)[:4], of_person(OTHER, OTHER_NAME, 7)
    found = packets(stack(*mine, foreign(5), foreign(6, "page_blank"), *theirs))
    assert [codes(packet) for packet in found] == [[], ["unread_page_beside"]]
    assert codes(packets(stack(*mine, foreign(5, "page_blank"), *theirs))[1]) == []


def test_unread_side_in_a_file_of_its_own_is_beside_its_neighbours() -> None:
    found, strays = assemble(one_file_each([*application()[:2], foreign(1), *application()[3:]]), received=ARRIVED, same_paper=equal)
    assert [codes(packet) for packet in found] == [["unread_page_beside"]]
    assert len(strays) == 1


def test_file_without_any_sheet_of_ours_has_no_packet() -> None:
    found, strays = assemble(stack(foreign(1), foreign(2, "page_blank")), received=ARRIVED, same_paper=equal)
    assert found == []
    assert [side.sheet.page for side in strays] == [1, 2]


def test_sheet_that_says_nothing_is_doubtful_in_its_packet() -> None:
    sheets = application()
    sheets[3] = _with(sheets[3], "pass_number", unsure("pass_number", "digits", ("7777777777", 0.1)))
    (packet,) = packets(stack(*sheets))
    assert [(side.sheet.sheet, side.role) for side in packet.sheets if side.role != "used"] == [("d", "doubtful")]
    assert codes(packet) == ["packet_doubtful"]


def test_unreadable_sheet_between_two_packets_goes_to_neither() -> None:
    mine, theirs = application(1), of_person(OTHER, OTHER_NAME, 6)
    lost = _with(mine[3], "pass_number", unsure("pass_number", "digits", ("7777777777", 0.1)))
    found = packets(stack(*mine[:3], mine[4], replace(lost, page=5), *theirs[:3], theirs[4]))
    assert [len(packet.sheets) for packet in found] == [4, 1, 4]
    assert [codes(packet) for packet in found] == [["packet_doubtful"]] * 3


LIFT_CASES = [
    # candidates of B's number, A and certificate accepted -> decision, reason
    (((NUMBER, 0.9), (OTHER, 0.05)), "accept", None),
    (((OTHER, 0.5), (NUMBER, 0.45)), "review", "sheets_disagree"),
    (((OTHER, 0.9), (NUMBER, 0.05)), "review", "sheets_disagree"),
    (((NUMBER, 0.4), (OTHER, 0.4)), "review", "low_probability"),
]


@pytest.mark.parametrize(("chances", "decision", "reason"), LIFT_CASES)
def test_other_sheets_lift_a_doubt_only_when_the_sheet_itself_leans_that_way(
    chances: tuple[tuple[str, float], ...], decision: str, reason: str | None
) -> None:
    sheets = application()
    sheets[1] = _with(sheets[1], "pass_number", unsure("pass_number", "digits", *chances))
    (packet,) = packets(stack(*sheets))
    value = decide_together(packet).sheets[1].sheet.value("pass_number")
    assert value is not None
    assert (value.decision, value.reason) == (decision, reason)
    if decision == "accept":
        assert value.value == NUMBER
        assert value.confidence >= 0.999


def test_a_sheet_that_is_hard_to_read_keeps_no_other_waiting_unless_it_says_something_else() -> None:
    for hard, decision in (((NUMBER, 0.5), "accept"), ((OTHER, 0.5), "review")):
        sheets = application()
        sheets[1] = _with(sheets[1], "pass_number", unsure("pass_number", "digits", hard))
        sheets[3] = _with(sheets[3], "pass_number", unsure("pass_number", "digits", (NUMBER, 0.97), (OTHER, 0.01)))
        (packet,) = packets(stack(*sheets))
        decided = decide_together(packet)
        found = [side.sheet.value("pass_number") for side in decided.sheets]
        assert [value and value.decision for value in (found[1], found[3])] == ["review", decision]


@given(place=st.integers(0, 4), own=st.floats(0.25, 0.99), max_error=st.sampled_from([0.001, 0.005, 0.01]), unread=st.booleans())
@settings(max_examples=80)
def test_a_neighbours_sheet_put_among_ours_never_takes_our_number(place: int, own: float, max_error: float, *, unread: bool) -> None:
    """As long as a quarter of its reading speaks for what it says: its own number first, or even ours first. An error of the reader
    that is surer than that is what its confidence says is rare."""
    rest = (1 - own) * (0.5 if unread else 1.0)
    chances = sorted([(OTHER, own), (NUMBER, rest)], key=lambda pair: -pair[1])
    sheets = application()
    sheets[place] = _with(sheets[place], "pass_number", unsure("pass_number", "digits", *chances))
    packet = Packet("k", ARRIVED, None, None, tuple(stack(*sheets)), ())
    value = decide_together(packet, max_error=max_error).sheets[place].sheet.value("pass_number")
    assert value is not None and (value.decision, value.value) != ("accept", NUMBER)


def test_agreeing_guesses_in_one_hand_do_not_make_a_certainty() -> None:
    """Four sheets in the same hand, each 0.7 sure of the same number: a habit of the hand may fool the reader four times."""
    value = unsure("pass_number", "digits", (NUMBER, 0.7), (OTHER, 0.25))
    sheets = [_with(sheet, "pass_number", value) for sheet in application()[:4]]
    (packet,) = packets(stack(*sheets))
    decided = decide_together(packet)
    assert {field.decision for side in decided.sheets for field in side.sheet.fields if field.name == "pass_number"} == {"review"}
    assert decided.pass_number is None


def accepted_number(confidence: float, *others: tuple[str, float]) -> FieldValue:
    candidates = ((OTHER, confidence), *others)
    return replace(unsure("pass_number", "digits", *candidates), decision="accept", reason=None)


@pytest.mark.parametrize(
    ("value", "decision"),
    [
        (accepted_number(0.99999), "accept"),
        (accepted_number(0.9999, (NUMBER, 0.00001)), "accept"),
        (accepted_number(0.999, (NUMBER, 0.0009)), "review"),
    ],
)
def test_accepted_number_that_stands_alone_is_a_slip_only_when_no_misreading_explains_it(value: FieldValue, decision: str) -> None:
    sheets = application()
    sheets[1] = _with(sheets[1], "pass_number", value)
    (packet,) = packets(stack(*sheets))
    found = decide_together(packet).sheets[1].sheet.value("pass_number")
    assert found is not None
    assert (found.decision, found.value) == (decision, OTHER)
    assert found.reason == (None if decision == "accept" else "sheets_disagree")


def test_lifted_name_with_a_kanji_of_several_forms_waits_for_its_form_only() -> None:
    sheets = application()
    sheets[1] = _with(sheets[1], "name", unsure("name", "name", ("高橋 花子", 0.95), ("高橋 化子", 0.03)))
    (packet,) = packets(stack(*sheets))
    value = decide_together(packet).sheets[1].sheet.value("name")
    assert value is not None
    assert (value.decision, value.reason) == ("review", "variant_kanji")


def test_which_variant_is_written_no_other_sheet_can_tell() -> None:
    sheets = application()
    value = replace(unsure("name", "name", (NAME, 0.8), ("高橋 花子", 0.19)), reason="variant_kanji")
    sheets[1] = _with(sheets[1], "name", value)
    (packet,) = packets(stack(*sheets))
    assert decide_together(packet).sheets[1].sheet.value("name") == value


def test_many_files_are_told_apart() -> None:
    sides = [
        side for index in range(300) for side in stack(*of_person(f"20241{index:05d}", f"架空 {chr(0x4E00 + index)}"), scan=f"{index:064x}")
    ]
    assert len(packets(sides)) == 300


def separator(page: int, envelope: str | None, received: date | None = None) -> Sheet:
    """A cover sheet; one that cannot be read when it has no number."""
    code, severity = ("cover_unreadable", "review") if envelope is None else ("cover_sheet", "info")
    finding = Finding(code, severity, "", page=page)  # type: ignore[arg-type]
    return Sheet(page, COVER, None, None, () if envelope is None else cover_fields(Cover(envelope, received)), (finding,), "e" * 16)


def silent(kind: str, page: int) -> Sheet:
    """A sheet whose number cannot be read."""
    return _with(paper(kind, page), "pass_number", unsure("pass_number", "digits", ("7777777777", 0.1)))


COVER_CASES = [
    # sides -> findings of each packet
    (
        "two envelopes",
        lambda: [separator(1, "000001"), *application(2), separator(7, "000002"), *of_person(OTHER, OTHER_NAME, 8)],
        [[], []],
    ),
    (
        "separator forgotten",
        lambda: [separator(1, "000001"), *application(2), *of_person(OTHER, OTHER_NAME, 7)],
        [["cover_missing"], ["cover_missing"]],
    ),
    (
        "first separator missing",
        lambda: [*application(1), separator(6, "000002"), *of_person(OTHER, OTHER_NAME, 7)],
        [["cover_missing"], []],
    ),
    ("blank side first", lambda: [foreign(1, "page_blank"), separator(2, "000001"), *application(3)], [[]]),
    ("two in a row", lambda: [separator(1, "000001"), separator(2, "000002"), *application(3)], [["cover_double"]]),
    (
        "nothing but a blank side behind the last",
        lambda: [separator(1, "000001"), *application(2), separator(7, "000002"), foreign(8, "page_blank")],
        [["cover_double"]],
    ),
    (
        "the same number twice",
        lambda: [separator(1, "000001"), *application(2), separator(7, "000001"), *of_person(OTHER, OTHER_NAME, 8)],
        [["cover_double"], ["cover_double"]],
    ),
    (
        "one applicant in two envelopes",
        lambda: [separator(1, "000001"), *application(2)[:3], separator(5, "000002"), *application(6)[3:]],
        [["envelopes_differ"]],
    ),
    (
        "an unreadable one separates",
        lambda: [separator(1, "000001"), *application(2), separator(7, None), *of_person(OTHER, OTHER_NAME, 8)],
        [[], []],
    ),
]


@pytest.mark.parametrize(("sheets", "expected"), [case[1:] for case in COVER_CASES], ids=[case[0] for case in COVER_CASES])
def test_separators_and_what_is_said_of_them(sheets: Callable[[], list[Sheet]], expected: list[list[str]]) -> None:
    sides = stack(*sheets())
    found, strays = assemble(sides, received=ARRIVED, same_paper=equal)
    assert [codes(packet) for packet in found] == expected
    assert strays == []
    assert sorted(side.sheet.page for packet in found for side in packet.sheets) == [side.sheet.page for side in sides]


def test_separator_repeated_in_another_file_is_said() -> None:
    one = stack(separator(1, "000001"), *application(2), scan="1" * 64)
    two = stack(separator(1, "000001"), *of_person(OTHER, OTHER_NAME, 2), scan="2" * 64)
    assert [codes(packet) for packet in packets([*one, *two])] == [["cover_double"], ["cover_double"]]


def test_silent_sheet_joins_by_place_in_its_envelope_only() -> None:
    """Without the separator the sheet lies beside the application and goes there; with it, it is another envelope's."""
    sheets = application(1)[:3]
    (together,) = packets(stack(*sheets, silent("d", 4)))
    assert [side.role for side in together.sheets] == ["used", "used", "used", "doubtful"]
    first = replace(separator(1, "000001"), page=10)
    apart = packets(stack(first, *sheets, separator(11, "000002"), silent("d", 4)))
    assert [[side.sheet.page for side in packet.sheets if side.sheet.sheet] for packet in apart] == [[1, 2, 3], [4]]


def test_name_alone_does_not_join_two_envelopes() -> None:
    mine, theirs = application(1)[:3], of_person("2025999999", NAME, 4)[4:]
    assert len(packets(stack(*mine, *theirs))) == 1
    apart = packets(stack(separator(10, "000001"), *mine, separator(11, "000002"), *theirs))
    assert [[side.sheet.page for side in packet.used()] for packet in apart] == [[1, 2, 3], [8]]


def test_blank_and_foreign_sides_stay_in_their_envelope() -> None:
    sides = stack(
        separator(1, "000001"), *application(2), separator(7, "000002"), foreign(8, "page_blank"), *of_person(OTHER, OTHER_NAME, 9)
    )
    assert [[row[1] for row in rows if row[2] == "other"] for rows in laid_out(sides)] == [[1], [7, 8]]


def test_envelope_of_a_run_of_files_with_one_side_each() -> None:
    sheets = [separator(1, "000001"), *application()[:3], separator(1, "000002"), silent("d", 1)]
    found = packets(one_file_each(sheets))
    assert [[side.sheet.sheet for side in packet.sheets if side.sheet.sheet] for packet in found] == [["a", "b", "c"], ["d"]]
    before = packets(one_file_each([*application(), separator(1, "000002"), *of_person(OTHER, OTHER_NAME)]))
    assert [codes(packet) for packet in before] == [[], []]


def test_day_on_the_separator_is_the_day_of_arrival() -> None:
    said = date(2026, 11, 5)
    sides = stack(separator(1, "000001", said), *application(2), separator(7, "000002"), *of_person(OTHER, OTHER_NAME, 8))
    assert [packet.received for packet in packets(sides)] == [said, ARRIVED]


@pytest.mark.parametrize(
    ("stated", "day", "odd"),
    [
        (date(2026, 11, 10), ARRIVED, False),
        (date(2026, 11, 11), date(2026, 11, 11), False),
        (date(2026, 11, 12), ARRIVED, True),
        (date(2027, 11, 10), ARRIVED, True),
        (date(2026, 10, 27), date(2026, 10, 27), False),
        (date(2026, 10, 26), date(2026, 10, 26), True),
    ],
)
def test_a_separator_of_another_day_is_not_believed_unasked(stated: date, day: date, *, odd: bool) -> None:
    (packet,) = packets(stack(separator(1, "000001", stated), *application(2)))
    assert packet.received == day
    assert codes(packet) == (["cover_day_odd"] if odd else [])


def test_a_separator_of_another_day_than_its_stack_is_said() -> None:
    one, two = date(2026, 11, 9), date(2026, 11, 5)
    third = [separator(13, "000003", two), *of_person("2025333333", "検定 三郎", 14)]
    sides = stack(separator(1, "000001", one), *application(2), separator(7, "000002", one), *of_person(OTHER, OTHER_NAME, 8), *third)
    assert [codes(packet) for packet in packets(sides)] == [[], [], ["cover_day_odd"]]
    fourth = [separator(19, "000004", two), *of_person("2025444444", "検定 四郎", 20)]
    assert [codes(packet) for packet in packets([*sides, *stack(*fourth)])] == [[], [], [], []]


def test_numbers_that_begin_anew_on_another_day_are_no_repetition() -> None:
    one, two = date(2026, 11, 9), date(2026, 11, 10)
    monday = stack(separator(1, "000001", one), *application(2), scan="1" * 64)
    tuesday = stack(separator(1, "000001", two), *of_person(OTHER, OTHER_NAME, 2), scan="2" * 64)
    assert [codes(packet) for packet in packets([*monday, *tuesday])] == [[], []]
    stock = [stack(separator(1, "000001"), *sheets, scan=digit * 64) for digit, sheets in (("1", application(2)), ("2", third()))]
    days = {"1" * 64: one, "2" * 64: two}
    found = assemble([*stock[0], *stock[1]], received=days, same_paper=equal)[0]
    assert [codes(packet) for packet in found] == [[], []]
    same_day = assemble([*stock[0], *stock[1]], received=one, same_paper=equal)[0]
    assert [codes(packet) for packet in same_day] == [["cover_double"], ["cover_double"]]


def third() -> list[Sheet]:
    return of_person("2025333333", "検定 三郎", 2)


def both_sides(sheets: list[Sheet]) -> list[PacketSheet]:
    """A scanner that writes a file for each sheet of paper, with its blank back."""
    files = [stack(replace(sheet, page=1), foreign(2, "page_blank"), scan=f"{number:064x}") for number, sheet in enumerate(sheets)]
    return [side for file in files for side in file]


def test_envelope_of_a_run_of_files_with_one_sheet_and_its_blank_back() -> None:
    sheets = [separator(1, "000001"), *application()[:3], separator(1, "000002"), silent("d", 1)]
    found = packets(both_sides(sheets))
    assert [[side.sheet.sheet for side in packet.sheets if side.sheet.sheet] for packet in found] == [["a", "b", "c"], ["d"]]
    assert [codes(packet) for packet in found] == [[], []]
    assert sum(len(packet.sheets) for packet in found) == 2 * len(sheets)
    forgotten = packets(both_sides([separator(1, "000001"), *application(), *of_person(OTHER, OTHER_NAME)]))
    assert [codes(packet) for packet in forgotten] == [["cover_missing"], ["cover_missing"]]


def test_an_envelope_ends_with_the_day() -> None:
    """The next day's papers are not of yesterday's last envelope, and do not get its day."""
    said = date(2026, 11, 9)
    first = one_file_each([separator(1, "000001", said), *application()])
    second = [replace(side, scan="f" + side.scan[1:]) for side in one_file_each(of_person(OTHER, OTHER_NAME))]
    days = {side.scan: said for side in first} | {side.scan: ARRIVED for side in second}
    found = assemble([*first, *second], received=days, same_paper=equal)[0]
    assert [(packet.received, codes(packet)) for packet in found] == [(said, []), (ARRIVED, [])]


def test_a_separator_alone_in_its_file_before_a_file_of_several_sheets_is_said() -> None:
    """Whether the next file is its envelope nobody can say: a person looks, and the papers stay as they lie in their file."""
    sides = [*stack(separator(1, "000001"), foreign(2, "page_blank"), scan="1" * 64), *stack(*application(), scan="2" * 64)]
    found, loose = assemble(sides, received=ARRIVED, same_paper=equal)
    assert [codes(packet) for packet in found] == [[]]
    assert [[finding.code for finding in side.sheet.findings] for side in loose] == [["cover_sheet", "cover_double"], ["page_blank"]]
    assert loose[0].sheet.findings[1].page == 1


@given(st.sets(st.integers(0, 10)), st.booleans())
@settings(max_examples=40)
def test_blank_sides_are_kept_and_change_no_neighbourhood(places: set[int], covered: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    first, second = application(1), of_person(OTHER, OTHER_NAME, 6)
    lost = replace(silent("d", 4), fingerprint="d" * 16)
    stacked = [*first[:3], lost, first[4], *second]
    if covered:
        stacked = [separator(90, "000001"), *stacked[:5], separator(91, "000002"), *stacked[5:]]
    sides = [
        side for place, sheet in enumerate(stacked) for side in ([foreign(100 + place, "page_blank")] if place in places else []) + [sheet]
    ]
    plain, mixed = packets(stack(*stacked)), packets(stack(*sides))
    assert sorted(side.sheet.page for packet in mixed for side in packet.sheets) == sorted(sheet.page for sheet in sides)
    assert [_ours(packet) for packet in mixed] == [_ours(packet) for packet in plain]
    assert [codes(packet) for packet in mixed] == [codes(packet) for packet in plain]


def _ours(packet: Packet) -> list[tuple[int, str]]:
    return [(side.sheet.page, side.role) for side in packet.sheets if side.sheet.sheet]
