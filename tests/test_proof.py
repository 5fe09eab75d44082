"""Siblings, editions and covered print: `pipeline.identify.proof` and what identification and registration make of it."""

import cv2
import numpy as np
import pytest

from pipeline import identify as stage
from pipeline.geometry import Box, Gray
from pipeline.identify.proof import missing_pieces, print_pieces
from pipeline.register import MAX_MISSING, PROOF_DPI, register
from tests import drawn_forms as draw


def form(*, column: float = 120.0, head: str = "Position", shift: float = 0.0) -> Gray:
    """A form with a table whose second column ends at `column` mm; `shift`: mm by which all below the title stands lower."""
    picture = np.full((2339, 1654), 255, np.uint8)
    draw.write(picture, "Certificate of experience", 30, 20, 1.6)
    for row in range(10):
        for left, right in ((20.0, 60.0), (60.0, column), (column, 190.0)):
            draw.rule(picture, Box(left, 50 + 18 * row + shift, right - left, 18))
        draw.write(picture, f"Row {row} {draw.WORDS[row]}", 22, 60 + 18 * row + shift, 0.6)
    draw.write(picture, head, column + 2, 58 + shift, 0.7)
    draw.write(picture, "Employer", 62, 58 + shift, 0.7)
    draw.write(picture, " ".join(draw.WORDS[:8]), 20, 262 + shift, 0.55)
    return picture


def laid(picture: Gray) -> Gray:
    scale = PROOF_DPI / 200
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def missing(page: Gray, reference: Gray) -> int:
    return len(missing_pieces(laid(page), None, print_pieces(reference, PROOF_DPI), PROOF_DPI, 0.3))


def written_over(page: Gray) -> Gray:
    page = page.copy()
    for row in range(9):
        draw.write(page, "2019 ABCD 55-12 kumamoto", 63, 75 + 18 * row, 1.1)
    return page


def test_the_form_itself_lacks_nothing_however_much_is_written_on_it() -> None:
    assert missing(written_over(form()), form()) == 0


def test_a_moved_column_is_missing_where_it_was() -> None:
    gone = missing_pieces(laid(form(column=126)), None, print_pieces(form(), PROOF_DPI), PROOF_DPI, 0.3)
    assert len(gone) > 10
    assert set(gone[:, 0]) <= {115.0, 125.0, 135.0, 145.0}


def test_where_the_page_does_not_reach_nothing_is_missing() -> None:
    page, seen = laid(form()), np.full((1170, 827), 255, np.uint8)
    page[:, 500:] = 255
    pieces = print_pieces(form(), PROOF_DPI)
    assert len(missing_pieces(page, None, pieces, PROOF_DPI, 0.3)) > 20
    seen[:, 500:] = 0
    assert len(missing_pieces(page, seen, pieces, PROOF_DPI, 0.3)) == 0


def test_hairs_and_grey_print_are_not_asked_for() -> None:
    reference = np.full((2339, 1654), 255, np.uint8)
    reference[1000:1001, 300:1300] = 0
    reference = np.maximum(reference, 40).astype(np.uint8)
    pale = np.full_like(reference, 255)
    draw.write(pale, "pale remark " * 3, 40, 150, 0.8)
    reference = np.minimum(reference, np.maximum(pale, 190)).astype(np.uint8)
    assert len(print_pieces(reference, PROOF_DPI).size) == 0


def test_a_folded_corner_is_not_asked_for() -> None:
    page = form()
    cv2.rectangle(page, (draw.at(180), 0), (1653, draw.at(30)), 255, -1)
    assert missing(page, form()) == 0


@pytest.mark.parametrize(("column", "shift"), [(126.0, 0.0), (120.0, 8.0)], ids=["sibling", "edition"])
def test_a_form_and_its_sibling_or_next_edition_are_told_apart(column: float, shift: float) -> None:
    pictures = {"old": form(), "new": form(column=column, head="Duties", shift=shift)}
    index = stage.build_index(draw.library(pictures))
    for name, picture in pictures.items():
        page = draw.clean_page(draw.scanned(written_over(picture), draw.scan_from_page(150, (0.97, 0.97), 1.0), 150), 150)
        answer = stage.identify(page, index)
        assert answer.chosen is not None
        assert answer.chosen.form == name


@pytest.mark.parametrize("changed", [{"column": 126.0, "head": "Duties"}, {"shift": 8.0}], ids=["sibling", "edition"])
def test_a_sibling_or_edition_that_nobody_holds_is_not_read(changed: dict[str, float]) -> None:
    held = draw.library({"old": form()})
    page = draw.clean_page(draw.scanned(form(**changed), draw.scan_from_page(200), 200), 200)  # type: ignore[arg-type]
    answer = stage.identify(page, stage.build_index(held))
    assert answer.chosen is None or len(register(page, answer.chosen, held).missing) > MAX_MISSING


def test_the_form_itself_passes_registration_with_nothing_missing() -> None:
    held = draw.library({"old": form()})
    page = draw.clean_page(draw.scanned(written_over(form()), draw.scan_from_page(200, (0.95, 0.95), -2.0), 200), 200, 1)
    answer = stage.identify(page, stage.build_index(held))
    assert answer.chosen is not None
    assert len(register(page, answer.chosen, held).missing) == 0


def test_a_page_whose_own_print_is_hidden_is_not_taken_for_a_form_that_prints_less() -> None:
    whole = form()
    less = whole.copy()
    less[draw.at(120) : draw.at(180), draw.at(60) : draw.at(120)] = 255
    index = stage.build_index(draw.library({"whole": whole, "less": less}))
    page = whole.copy()
    for x, y in ((62, 122), (100, 150)):
        page[draw.at(y) : draw.at(y + 10), draw.at(x) : draw.at(x + 12)] = 255
    answer = stage.identify(draw.clean_page(draw.scanned(page, draw.scan_from_page(150), 150), 150), index)
    assert answer.chosen is None or answer.chosen.form == "whole"


def test_a_library_without_fixed_forms_finds_nothing() -> None:
    index = stage.build_index(draw.library({"free": form()}, (draw.template("free", fixed=False),)))
    page = draw.clean_page(draw.scanned(form(), draw.scan_from_page(150), 150), 150)
    assert stage.identify(page, index) == stage.Identified(None, ())
