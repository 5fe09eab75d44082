"""What may be confirmed at one look, and the pieces it comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.forms import FieldSpec, load_library
from pipeline.geometry import Box
from pipeline.settings import Settings
from pipeline.sheet import FieldValue
from pipeline.store.pieces import MOST_SIGNS, REASONS, about, pieces_of
from tests.papers import read, unsure

BOX = Box(40, 200, 60, 12)
LIBRARY = load_library(Settings().templates)


def spec(form: str, name: str) -> FieldSpec:
    return next(template for template in LIBRARY.templates if template.id == form).field(name)


def doubtful(name: str, kind: str, written: Any, reason: str = "mark_doubt", confidence: float = 0.6) -> FieldValue:
    base = replace(read(name, kind, written or "x"), confidence=confidence, decision="review", reason=reason, problem=None)  # type: ignore[arg-type]
    return base if written else replace(base, raw="", value=written, candidates=(("", -0.5),))


def texts(field: FieldValue, form: str) -> list[tuple[str, str, str]]:
    return [(piece.look, piece.name, piece.text) for piece in pieces_of(field, spec(form, field.name))]


@pytest.mark.parametrize(
    ("form", "field", "pieces"),
    [
        ("d", unsure("pass_number", "digits", ("2024100123", 0.9)), [("cell", "", digit) for digit in "2024100123"]),
        ("a", unsure("postal_code", "digits", ("160-0022", 0.9)), [("cell", "", digit) for digit in "1600022"]),
        ("b", unsure("rows[0].from", "year_month", ("2015年4月", 0.9)), [("part", "year", "2015"), ("part", "month", "4")]),
        ("b", unsure("rows[0].months", "months", ("3年11ヶ月", 0.9)), [("part", "years", "3"), ("part", "months", "11")]),
        ("d", unsure("oath_date", "date", ("令和8年11月1日", 0.9)), []),
        (
            "a",
            unsure("birth_date", "date", ("昭和60年4月1日", 0.9)),
            [("part", name, text) for name, text in (("year", "60"), ("month", "4"), ("day", "1"))]
            + [("circle", "昭和", "yes"), ("circle", "平成", "no"), ("circle", "西暦", "no")],
        ),
        ("d", replace(doubtful("signature", "signature", "x"), value=True, box=BOX), [("signature", "", "yes")]),
    ],
)
def test_a_field_comes_in_pieces_that_are_read_where_they_stand(form: str, field: FieldValue, pieces: list[tuple[str, str, str]]) -> None:
    assert texts(field, form) == pieces
    boxes = [piece.box for piece in pieces_of(field, spec(form, field.name))]
    assert len(set(boxes)) == len(boxes)


def test_the_era_that_is_not_written_is_the_western_one_only_where_a_ring_was_seen() -> None:
    western = unsure("birth_date", "date", ("1985年4月1日", 0.9))
    assert texts(western, "a")[3:] == [("circle", "昭和", "no"), ("circle", "平成", "no"), ("circle", "西暦", "yes")]
    assert texts(replace(western, reason="mark_doubt"), "a") == []


NUMBER = unsure("pass_number", "digits", ("2024100123", 0.9), ("2024100128", 0.01))


@pytest.mark.parametrize(
    ("why", "form", "field"),
    [
        ("another question", "d", replace(NUMBER, reason="sheets_disagree")),
        ("two readers", "d", replace(NUMBER, reason="readers_disagree")),
        ("a person said so", "d", replace(NUMBER, reason="unreadable")),
        ("a close rival", "d", unsure("pass_number", "digits", ("2024100123", 0.6), ("2024100128", 0.3))),
        ("more likely wrong", "d", replace(NUMBER, confidence=0.4)),
        ("not by the image", "d", replace(NUMBER, raw="2024100128", value="2024100128")),
        ("a sign too few", "d", unsure("pass_number", "digits", ("202410012", 0.9))),
        ("no value", "d", replace(NUMBER, value=None)),
        ("to be read", "c", unsure("certifier_name", "name", ("架空 次郎", 0.9))),
        ("to be read", "c", unsure("certifier_address", "text", ("東京都", 0.9))),
        ("to be read", "a", unsure("phone", "phone", ("03-1234-5678", 0.9))),
        ("not known which", "a", doubtful("qualification", "choice", ["OMP"])),
        ("not known which", "c", doubtful("fields", "marks", ["1", "2"])),
        ("perhaps printed", "d", replace(doubtful("signature", "signature", "x", "signature_typed"), value=True)),
        ("no month", "b", unsure("rows[0].to", "year_month", ("現在", 0.9))),
    ],
)
def test_what_asks_more_than_a_look_is_never_in_a_group(why: str, form: str, field: FieldValue) -> None:
    assert (why, texts(field, form)) == (why, [])


def test_a_long_number_without_cells_is_to_be_read() -> None:
    whole = replace(spec("a", "phone"), name="number", kind="number")
    for signs in range(1, MOST_SIGNS + 3):
        field = unsure("number", "number", ("7" * signs, 0.9))
        assert len(pieces_of(field, whole)) == int(signs <= MOST_SIGNS)


def test_the_piece_that_a_rival_reads_otherwise_knows_it() -> None:
    first, *_, last = pieces_of(NUMBER, spec("d", "pass_number"))
    assert (first.rival, last.rival) == ("", "8")
    assert first.gap > last.gap == pytest.approx(4.5, abs=0.01)


def test_ink_without_text_is_asked_about_as_blank_whatever_the_kind() -> None:
    box = spec("c", "certifier_name").box
    empty = replace(doubtful("certifier_name", "name", None, "ink_quality", 1e-6), candidates=(), box=box)
    assert [piece.look for piece in pieces_of(empty, spec("c", "certifier_name"))] == ["blank"]
    assert pieces_of(replace(empty, candidates=(("一", -9.0),)), None) == ()


def test_a_word_of_a_short_list_is_seen_as_a_whole_and_only_another_word_is_its_rival() -> None:
    box = spec("c", "certifier_name").box
    result = replace(unsure("result", "text", ("合格", 0.6), ("介格", 0.4)), box=box)
    assert [(piece.look, piece.text, piece.rival) for piece in pieces_of(result, None)] == [("word", "合格", "")]
    assert pieces_of(replace(unsure("result", "text", ("合格", 0.6), ("不合格", 0.4)), box=box), None) == ()
    assert pieces_of(replace(unsure("result", "text", ("介格", 0.6), ("合格", 0.4)), box=box), None) == ()
    assert pieces_of(replace(result, reason="place_doubt"), None) == ()


def test_another_reading_is_another_thing_that_was_shown() -> None:
    piece = pieces_of(NUMBER, spec("d", "pass_number"))[0]
    assert about(NUMBER, piece) != about(replace(NUMBER, raw="2024100128", value="2024100128"), piece)


def test_every_kind_of_field_is_either_looked_at_or_left_to_be_read() -> None:
    kinds = {spec.kind for template in LIBRARY.templates for spec in template.fields}
    assert kinds - {"choice", "marks"} == set(REASONS)
