"""Where the sheet lies in a scan, and that nothing else is taken for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.drawing.fill import new_writer
from pipeline.drawing.foreign import KINDS, foreign_page
from pipeline.drawing.looks import Look, new_look
from pipeline.forms import load_library
from pipeline.geometry import A4_MM, Colour, map_points
from pipeline.scanner_check.finding import find_sheet
from pipeline.scanner_check.layout import TAGS
from pipeline.scanner_check.tags import find_tags
from pipeline.settings import PROJECT
from tests.scanner_check.drawn import DPI, found, mm, page, scanned

CORNERS = np.array([[0.0, 0.0], [A4_MM[0], 0.0], A4_MM, [0.0, A4_MM[1]]])
WITHIN_MM = 0.1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-5.0, 0.0, 3.0])
def test_the_map_is_that_of_the_drawing(sheet: Colour, rotation: int, skew: float) -> None:
    drawn = scanned(sheet, Look(rotation=rotation, skew_deg=skew, noise=3.0))
    lie = found(drawn.pixels).lie
    off = np.linalg.norm(map_points(lie.scan_from_sheet, CORNERS) + 0.5 - map_points(drawn.scan_from_page, CORNERS), axis=1)
    assert float(off.max()) * 25.4 / DPI < WITHIN_MM
    assert not lie.mirrored


@pytest.mark.parametrize("dpi", [100, 200, 300, 600])
def test_every_tag_is_found_at_any_resolution(sheet: Colour, dpi: int) -> None:
    assert found(scanned(sheet, dpi=dpi).pixels, dpi).lie.tags == len(TAGS)


@pytest.mark.parametrize("look", ["office", "copy", "fax"])
def test_poor_scans_are_known(sheet: Colour, look: str) -> None:
    assert found(scanned(sheet, new_look(look, np.random.default_rng(3))).pixels).lie.off_mm < 0.5


def test_all_four_margins_may_be_cut_off(sheet: Colour) -> None:
    whole, cut = scanned(sheet, Look(skew_deg=2.0)).pixels, mm(20)
    assert found(np.ascontiguousarray(whole[cut:-cut, cut:-cut])).lie.tags == 4


def test_a_mirrored_sheet_and_a_negative_are_known_as_such(sheet: Colour) -> None:
    plain = scanned(sheet, Look(skew_deg=1.0)).pixels
    mirrored, negative = found(np.ascontiguousarray(plain[:, ::-1])), found(255 - plain)
    assert (mirrored.lie.mirrored, mirrored.inverted) == (True, False)
    assert (negative.lie.mirrored, negative.inverted) == (False, True)
    corner = map_points(mirrored.lie.scan_from_sheet, CORNERS[:1]) - (plain.shape[1] - 1, 0)
    turned = map_points(found(plain).lie.scan_from_sheet, CORNERS[:1])
    assert corner[0] * (-1, 1) == pytest.approx(turned[0], abs=0.5)


def test_tags_in_other_places_are_no_sheet(sheet: Colour) -> None:
    """Every tag is there, each in the place of another."""
    picture = scanned(sheet, Look()).pixels
    mixed, side = np.full_like(picture, 255), mm(15)
    places = [(mm(box.x - 1.5), mm(box.y - 1.5)) for box in TAGS.values()]
    for (x, y), other in zip(places, np.random.default_rng(4).permutation(len(places)), strict=True):
        to_x, to_y = places[other]
        mixed[to_y : to_y + side, to_x : to_x + side] = picture[y : y + side, x : x + side]
    assert len(find_tags(mixed)) == len(TAGS)
    assert find_sheet(page(mixed)) is None


def test_a_single_row_of_tags_is_too_little(sheet: Colour) -> None:
    picture = scanned(sheet).pixels.copy()
    picture[mm(21) :] = 255
    assert find_sheet(page(picture)) is None


def test_a_photograph_of_the_sheet_is_none(sheet: Colour) -> None:
    """Sheared by 8 degrees, as no scanner does."""
    picture = scanned(sheet).pixels
    shear = np.array([[1.0, np.tan(np.radians(8)), 0.0], [0.0, 1.0, 0.0]])
    sheared = cv2.warpAffine(picture, shear, (picture.shape[1] + mm(45), picture.shape[0]), borderValue=255)
    assert find_sheet(page(np.asarray(sheared, np.uint8))) is None


@pytest.mark.parametrize("kind", KINDS)
def test_foreign_pages_are_none(kind: str) -> None:
    rng = np.random.default_rng(11)
    assert find_sheet(page(scanned(foreign_page(kind, new_writer(None, 0.3, rng), rng, 300)).pixels)) is None


def test_our_forms_are_none() -> None:
    library = load_library(PROJECT / "form_templates")
    taken = [template.id for template in library.templates if find_sheet(page(library.reference(template.id), 300)) is not None]
    assert library.templates
    assert taken == []


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 700)])
def test_empty_and_tiny_pictures_are_none(shape: tuple[int, int]) -> None:
    assert find_sheet(page(np.full(shape, 255, np.uint8))) is None
    assert find_sheet(page(np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8))) is None
