"""Cover sheets: printed, sent through drawn scanners, read. No other page is taken for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf2image import convert_from_path
from typer.testing import CliRunner

from pipeline import cli
from pipeline.cleanup import CleanPage, clean, levelled
from pipeline.cover_sheets import Cover, CoverPage, cover_text, parse_cover, read_cover
from pipeline.cover_sheets.layout import MODULE_MM, QR_BOXES
from pipeline.cover_sheets.printing import numbered, print_covers
from pipeline.cover_sheets.reading import finder_squares
from pipeline.drawing import paper
from pipeline.drawing.looks import Look, new_look
from pipeline.errors import WrongUsage
from pipeline.findings import Finding
from pipeline.forms import load_library
from pipeline.geometry import Box, Gray, pixels
from pipeline.pages import PageImage
from pipeline.recognise.certificate import CertificateReader, CertificateReading
from pipeline.run import Kit, open_kit, read_page
from pipeline.settings import PROJECT, Settings
from pipeline.sheet import Sheet, cover_fields, sheet_from_json, sheet_to_json
from pipeline.store import open_store
from pipeline.store.readings import all_sheets
from tests.store.papers import read_scan

DPI = 200
COVER = Cover("000123", date(2026, 11, 23))
READ = CoverPage(COVER)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Gray:
    """The printed sheet at DPI."""
    file = tmp_path_factory.mktemp("covers") / "cover.pdf"
    print_covers([COVER], file)
    return np.asarray(convert_from_path(file, dpi=DPI)[0].convert("L"), np.uint8)


def cleaned(gray: Gray) -> CleanPage:
    return levelled(clean(PageImage(1, gray, None, DPI)))


def scanned(sheet: Gray, look: Look) -> Gray:
    rgb = np.dstack([sheet] * 3)
    picture = paper.scan(rgb, DPI, look, np.random.default_rng(7), dpi=DPI).pixels
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


@given(st.builds(Cover, st.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii), st.none() | st.dates()))
def test_the_payload_comes_back(cover: Cover) -> None:
    assert parse_cover(cover_text(cover)) == cover


def test_the_payload_is_the_one_agreed() -> None:
    said, check = cover_text(COVER).rsplit("check=", 1)
    assert said == "conken-cover:1;envelope=000123;received=2026-11-23;"
    assert len(check) == 2


@pytest.mark.parametrize(
    "text",
    [
        cover_text(COVER).replace("000123", "000124"),
        cover_text(COVER).replace("2026-11-23", "2026-11-24"),
        cover_text(COVER).replace("cover:1", "cover:2"),
        cover_text(COVER) + " ",
        "",
        "https://example.com/",
    ],
)
def test_an_altered_payload_says_nothing(text: str) -> None:
    assert parse_cover(text) is None


def test_numbers_run_on_and_keep_six_digits() -> None:
    assert numbered(98, 3) == ["000098", "000099", "000100"]
    assert numbered(999999, 1) == ["999999"]
    with pytest.raises(WrongUsage, match="6 桁"):
        numbered(999999, 2)


def test_a_page_for_each_cover_the_same_bytes_every_time(tmp_path: Path) -> None:
    covers = [Cover("000001", None), COVER]
    for name in ("one.pdf", "two.pdf"):
        print_covers(covers, tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    pages = [np.asarray(page.convert("L"), np.uint8) for page in convert_from_path(tmp_path / "one.pdf", dpi=DPI)]
    assert [read_cover(cleaned(page)) for page in pages] == [CoverPage(cover) for cover in covers]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="書き込めません"):
        print_covers([COVER], tmp_path / "nowhere" / "cover.pdf")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-4.0, 0.0, 2.5])
def test_read_whichever_way_it_lies(sheet: Gray, rotation: int, skew: float) -> None:
    assert read_cover(cleaned(scanned(sheet, Look(rotation=rotation, skew_deg=skew, noise=4.0)))) == READ


@pytest.mark.parametrize(
    "look",
    [
        new_look("office", np.random.default_rng(1)),
        new_look("copy", np.random.default_rng(2)),
        replace(new_look("copy", np.random.default_rng(3)), generations=2, mode="bilevel"),
        replace(new_look("copy", np.random.default_rng(4)), toner=0.6),
        new_look("fax", np.random.default_rng(5)),
    ],
    ids=["office", "copy", "bilevel second copy", "pale copy", "fax"],
)
def test_read_from_a_poor_scan(sheet: Gray, look: Look) -> None:
    assert read_cover(cleaned(scanned(sheet, look))) == READ


@pytest.mark.parametrize("box", QR_BOXES)
@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("down", [True, False])
def test_a_streak_through_one_code_leaves_the_other(sheet: Gray, box: Box, level: int, *, down: bool) -> None:
    page = sheet.copy()
    x, y, half = pixels(box.x + box.w / 2, DPI), pixels(box.y + box.h / 2, DPI), pixels(12.0, DPI)
    if down:
        page[:, x - half : x + half] = level
    else:
        page[y - half : y + half] = level
    assert read_cover(cleaned(page)) == READ


def test_codes_nobody_can_read_are_still_a_cover(sheet: Gray) -> None:
    page = sheet.copy()
    for box in QR_BOXES:
        x, y, side = pixels(box.x + 12, DPI), pixels(box.y + 12, DPI), pixels(26.0, DPI)
        page[y : y + side, x : x + side] = 255
    assert read_cover(cleaned(page)) == CoverPage(None)


@pytest.mark.parametrize("shift_mm", [45, 60, 90, 150])
@pytest.mark.parametrize("below", [True, False])
def test_two_sheets_fed_at_once_are_said_to_be_unreadable(sheet: Gray, shift_mm: int, *, below: bool) -> None:
    """The upper one hides the lower one's codes in part: the number that is left to read is that of one envelope only.

    By less than 40 mm no corner square of the lower one looks out: that cannot be told from one sheet.
    """
    shift = pixels(float(shift_mm), DPI)
    page = sheet.copy()
    if below:
        page[shift:] = sheet[:-shift]
    else:
        page[:-shift] = sheet[shift:]
    assert read_cover(cleaned(page)) == CoverPage(None)


@pytest.mark.parametrize("corner", ["top left", "bottom right"])
def test_a_folded_corner_leaves_the_other_code(sheet: Gray, corner: str) -> None:
    page, leg = sheet.copy(), pixels(75.0, DPI)
    far = page.shape[1], page.shape[0]
    points = [(0, 0), (leg, 0), (0, leg)] if corner == "top left" else [far, (far[0] - leg, far[1]), (far[0], far[1] - leg)]
    cv2.fillConvexPoly(page, np.array(points, np.int32), 245)
    assert read_cover(cleaned(page)) == READ


def test_somebody_elses_code_that_nobody_can_read_is_no_cover() -> None:
    """Corner squares of the right size, but 29 modules a side and not 37."""
    page, module = np.full((2339, 1654), 255, np.uint8), pixels(MODULE_MM, DPI)
    for x, y in ((0, 0), (22, 0), (0, 22)):
        for inset, level in ((0, 0), (1, 255), (2, 0)):
            low, high = inset * module, (7 - inset) * module
            page[500 + y * module + low : 500 + y * module + high, 400 + x * module + low : 400 + x * module + high] = level
    assert len(finder_squares(cleaned(page).gray[::2, ::2])) == 3
    assert read_cover(cleaned(page)) is None


def with_text(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gray:
    monkeypatch.setattr("pipeline.cover_sheets.printing.cover_text", lambda _: text)
    print_covers([COVER], tmp_path / "cover.pdf")
    return np.asarray(convert_from_path(tmp_path / "cover.pdf", dpi=DPI)[0].convert("L"), np.uint8)


def test_a_wrong_checksum_is_an_unreadable_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = cover_text(COVER).replace("000123", "000124")
    assert read_cover(cleaned(with_text(text, tmp_path, monkeypatch))) == CoverPage(None)


def test_somebody_elses_code_is_no_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_cover(cleaned(with_text("https://example.com/entry?id=123", tmp_path, monkeypatch))) is None


def test_no_form_is_taken_for_a_cover() -> None:
    library = load_library(PROJECT / "form_templates")
    blank = {template.id: PageImage(1, library.reference(template.id), None, 300) for template in library.templates}
    found = {form: read_cover(levelled(clean(page))) for form, page in blank.items()}
    assert found
    assert {form for form, cover in found.items() if cover is not None} == set()


@pytest.fixture(scope="module")
def kit() -> Kit:
    return open_kit(Settings(second_reader=False))


def test_the_line_takes_a_cover_for_what_it_is_and_keeps_a_blank_side(sheet: Gray, kit: Kit) -> None:
    read = read_page(kit, PageImage(3, scanned(sheet, Look(rotation=180, noise=3.0)), None, DPI))
    assert (read.form, read.sheet, read.cover) == ("cover", None, COVER)
    assert [(finding.code, finding.severity, finding.page) for finding in read.findings] == [("cover_sheet", "info", 3)]
    blank = read_page(kit, PageImage(4, np.full((2339, 1654), 250, np.uint8), None, DPI))
    assert (blank.form, [finding.code for finding in blank.findings]) == (None, ["page_blank"])


def test_an_unreadable_cover_waits_for_a_person(sheet: Gray, kit: Kit) -> None:
    page = sheet.copy()
    for box in QR_BOXES:
        x, y, side = pixels(box.x + 12, DPI), pixels(box.y + 12, DPI), pixels(26.0, DPI)
        page[y : y + side, x : x + side] = 255
    read = read_page(kit, PageImage(1, page, None, DPI))
    assert (read.form, read.cover, [(finding.code, finding.severity) for finding in read.findings]) == (
        "cover",
        None,
        [("cover_unreadable", "review")],
    )


@pytest.mark.parametrize("received", [None, date(2026, 11, 23)])
def test_a_cover_goes_through_the_store_and_blank_sides_with_it(tmp_path: Path, received: date | None) -> None:
    """Kept as fields, so the store gives back what was read."""
    cover = Cover("000123", received)
    finding = Finding("page_blank", "info", "", page=2)
    sheets = [
        Sheet(1, "cover", None, None, cover_fields(cover), (), "e" * 16),
        Sheet(2, None, None, None, (), (finding,), "f" * 16),
    ]
    assert [sheet_from_json(sheet_to_json(sheet)) for sheet in sheets] == sheets
    store = open_store(Settings(home=tmp_path))
    read_scan(store, *sheets)
    with store.reading() as session:
        kept = [side.sheet for side in all_sheets(session)]
    store.close()
    assert kept == sheets
    assert kept[0].cover == cover


class EveryPageACertificate:
    """Takes any page for a certificate of which nothing was found."""

    def read(self, _page: CleanPage) -> CertificateReading:
        return CertificateReading(is_certificate=True, score=0.8, rotation=0, fields=())


def test_a_certificate_is_laid_on_nothing_and_claims_no_residual(kit: Kit) -> None:
    page = np.full((2339, 1654), 250, np.uint8)
    cv2.putText(page, "SCORE REPORT", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 4, 0, 12)
    reader = cast(CertificateReader, EveryPageACertificate())
    read = read_page(replace(kit, certificates=reader), PageImage(1, page, None, DPI))
    assert read.sheet == "certificate"
    assert read.match is not None
    assert read.match.residual_mm is None
    assert sheet_from_json(sheet_to_json(read)) == read


def test_an_office_without_a_certificate_form_has_none_read(kit: Kit) -> None:
    page = np.full((2339, 1654), 250, np.uint8)
    cv2.putText(page, "SCORE REPORT", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 4, 0, 12)
    others = replace(kit.library, templates=tuple(template for template in kit.library.templates if template.sheet != "certificate"))
    bare = replace(kit, library=others, certificates=cast(CertificateReader, EveryPageACertificate()))
    read = read_page(bare, PageImage(1, page, None, DPI))
    assert (read.form, [finding.code for finding in read.findings]) == (None, ["page_unknown"])


def test_the_command_prints_numbered_sheets(tmp_path: Path) -> None:
    words = ["cover-sheets", "--count", "2", "--out", str(tmp_path / "c.pdf"), "--first", "41", "--received", "2026-11-23"]
    done = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert done.exit_code == 0
    pages = [np.asarray(page.convert("L"), np.uint8) for page in convert_from_path(tmp_path / "c.pdf", dpi=DPI)]
    assert [read_cover(cleaned(page)) for page in pages] == [CoverPage(Cover(number, COVER.received)) for number in ("000041", "000042")]


@pytest.mark.parametrize("words", [["--count", "0"], ["--count", "1", "--received", "2026-02-30"], ["--count", "1", "--first", "-1"]])
def test_the_command_refuses_nonsense(tmp_path: Path, words: list[str]) -> None:
    done = CliRunner().invoke(cli.app, ["cover-sheets", "--out", str(tmp_path / "c.pdf"), *words])
    assert done.exit_code == 2
    assert not (tmp_path / "c.pdf").exists()
