from __future__ import annotations

import zlib
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from pdf2image.exceptions import PopplerNotInstalledError
from PIL import Image

from pipeline.errors import MissingOnMachine, PageRejected
from pipeline.ingest import Media, Scan, open_scan
from pipeline.pages import PageImage, page_images
from pipeline.pages import pdf as pdf_pages
from pipeline.pages.instructions import MOST_STREAMS
from pipeline.settings import Limits

LIMITS = Limits(render_dpi=75)
DAY = date(2026, 10, 20)
WIDTH, HEIGHT = 248, 351
"""A4 at 30 dpi; pages that state less than 60 dpi are taken for something else, so files say 100 dpi where it matters."""


def drawn(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """White, with a different mark in each corner: no turn and no flip of it equals another."""
    page = np.full((height, width), 255, dtype=np.uint8)
    cv2.putText(page, "F7", (width // 12, height // 4), cv2.FONT_HERSHEY_SIMPLEX, width / 120, 0, max(1, width // 60))
    cv2.rectangle(page, (width * 3 // 4, height * 5 // 6), (width * 7 // 8, height * 9 // 10), 90, -1)
    return page


def read(path: Path, limits: Limits = LIMITS) -> list[PageImage]:
    return list(page_images(open_scan(path, limits, received=DAY), limits))


def only(path: Path, limits: Limits = LIMITS) -> PageImage:
    (page,) = read(path, limits)
    assert not page.gray.flags.writeable
    assert page.gray.dtype == np.uint8
    assert page.colour is None or not page.colour.flags.writeable
    return page


def scan_of(path: Path, media: Media, count: int = 1) -> Scan:
    return Scan("0" * 64, path, path.name, media, count, DAY)


def gray_image(mode: str) -> Image.Image:
    image = Image.fromarray(drawn())
    if mode == "I;16":
        return Image.fromarray(drawn().astype(np.uint16) * 257)
    if mode in ("LA", "RGBA"):
        clear = Image.new(mode, image.size, (0,) * len(mode))
        clear.paste(image.convert(mode), mask=Image.fromarray(np.where(drawn() < 255, 255, 0).astype(np.uint8)))
        return clear
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "form", "options", "tolerance"),
    [
        ("L", "PNG", {}, 0),
        ("P", "PNG", {}, 0),
        ("LA", "PNG", {}, 1),
        ("RGBA", "PNG", {}, 1),
        ("I;16", "PNG", {}, 0),
        ("I;16", "TIFF", {}, 0),
        ("RGB", "PNG", {}, 1),
        ("L", "JPEG", {"quality": 95}, 12),
        ("CMYK", "JPEG", {"quality": 95}, 25),
        ("CMYK", "TIFF", {}, 1),
        ("L", "TIFF", {"compression": "tiff_lzw"}, 0),
    ],
)
def test_any_kind_of_picture_becomes_gray(tmp_path: Path, mode: str, form: str, options: dict[str, object], tolerance: int) -> None:
    path = tmp_path / "scan"
    gray_image(mode).save(path, form, **options)
    page = only(path)
    assert page.colour is None
    assert page.gray.shape == (HEIGHT, WIDTH)
    assert np.abs(page.gray.astype(int) - drawn()).max() <= tolerance


@pytest.mark.parametrize("compression", ["group4", "group3", None])
def test_bilevel_tiff_frames_come_black_on_white_and_in_order(tmp_path: Path, compression: str | None) -> None:
    frames = [Image.fromarray(np.roll(drawn(), 40 * at, axis=0)).convert("1", dither=Image.Dither.NONE) for at in range(3)]
    path = tmp_path / "scan.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], compression=compression, dpi=(100, 100))
    found = read(path)
    assert [page.number for page in found] == [1, 2, 3]
    for page, frame in zip(found, frames, strict=True):
        assert np.array_equal(page.gray, np.array(frame.convert("L")))


@pytest.mark.parametrize(
    ("spot", "coloured"),
    [((200, 40, 50), True), ((60, 70, 160), True), ((120, 120, 120), False), ((235, 228, 215), False)],
    ids=["seal", "blue pen", "gray", "tinted shadow"],
)
def test_colour_is_kept_where_there_is_colour(tmp_path: Path, spot: tuple[int, int, int], *, coloured: bool) -> None:
    colour = np.full((1169, 827, 3), (250, 246, 238), dtype=np.uint8)
    cv2.circle(colour, (600, 900), 20, spot, 2)
    Image.fromarray(colour).save(tmp_path / "scan.png", dpi=(100, 100))
    page = only(tmp_path / "scan.png")
    assert (page.colour is not None) == coloured
    if page.colour is not None:
        assert np.array_equal(page.colour, colour)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_a_photograph_is_turned_as_its_tag_says(tmp_path: Path, form: str, orientation: int) -> None:
    stored = {
        1: drawn(), 2: drawn()[:, ::-1], 3: np.rot90(drawn(), 2), 4: drawn()[::-1], 5: drawn().T,
        6: np.rot90(drawn()), 7: np.rot90(drawn(), 2).T, 8: np.rot90(drawn(), 3),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if form == "JPEG" else {}
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "scan", form, exif=exif, **options)
    assert np.abs(only(tmp_path / "scan").gray.astype(int) - drawn()).max() <= 12


@pytest.mark.parametrize(
    ("stated", "pixels", "expected"),
    [
        ((300, 300), (2480, 3508), 300),
        ((200, 200), (1654, 1200), 200),
        ((72, 72), (2480, 3508), 300),
        ((1, 1), (2480, 3508), 300),
        ((9999, 9999), (1240, 1754), 150),
        (None, (1754, 1240), 150),
        (None, (248, 351), 60),
    ],
)
def test_a_dpi_that_cannot_be_true_is_guessed_from_a4(
    tmp_path: Path, stated: tuple[float, float] | None, pixels: tuple[int, int], expected: float
) -> None:
    options: dict[str, Any] = {} if stated is None else {"dpi": stated}
    Image.new("L", pixels, 255).save(tmp_path / "scan.png", **options)
    assert only(tmp_path / "scan.png").dpi == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize(("across", "down"), [(204, 98), (204, 196), (100, 100), (100, 200)])
def test_a_fax_gets_square_pixels(tmp_path: Path, across: int, down: int) -> None:
    width, height = round(8.27 * across), round(11.69 * down)
    Image.new("1", (width, height), 1).save(tmp_path / "scan.tif", compression="group4", dpi=(across, down))
    page = only(tmp_path / "scan.tif")
    assert page.dpi == pytest.approx(max(across, down), rel=0.01)
    assert page.gray.shape[0] / page.gray.shape[1] == pytest.approx(11.69 / 8.27, rel=0.01)


@pytest.mark.parametrize(("across", "down", "expected"), [(200, 60, 120), (60, 200, 120), (100, 60, 100)])
def test_squaring_does_not_break_the_limit_on_pixels(tmp_path: Path, across: int, down: int, expected: float) -> None:
    width, height = round(8.27 * across), round(11.69 * down)
    limit = round(8.27 * 11.69 * 120**2)
    Image.new("RGB", (width, height), (250, 200, 200)).save(tmp_path / "scan.png", dpi=(across, down))
    page = only(tmp_path / "scan.png", Limits(page_pixels=limit))
    assert page.gray.size <= limit
    assert page.colour is None or page.colour.shape[:2] == page.gray.shape
    assert page.dpi == pytest.approx(expected, rel=0.01)
    assert page.gray.shape[0] / page.gray.shape[1] == pytest.approx(11.69 / 8.27, rel=0.01)


def pdf_with(path: Path, contents: bytes, *, rotate: int = 0, extra: dict[str, object] | None = None) -> None:
    """An A4 page whose resources hold the drawn picture as /Im and a font as /F."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        picture = document.make_stream(zlib.compress(drawn().tobytes()))
        for key, value in {
            "Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": WIDTH, "Height": HEIGHT, "BitsPerComponent": 8,
            "ColorSpace": pikepdf.Name.DeviceGray, "Filter": pikepdf.Name.FlateDecode, **(extra or {}),
        }.items():  # fmt: skip
            picture[f"/{key}"] = value
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture), Font=pikepdf.Dictionary(F=font))
        page.Contents = document.make_stream(contents)
        page.Rotate = rotate
        document.save(path)


PLACED = {
    "upright": b"595 0 0 842 0 0",
    "mirrored": b"-595 0 0 842 595 0",
    "upside down": b"595 0 0 -842 0 842",
    "half turned": b"-595 0 0 -842 595 842",
    "on its left side": b"0 842 -595 0 595 0",
    "on its right side": b"0 -842 595 0 0 842",
    "transposed": b"0 -842 -595 0 595 842",
    "transversed": b"0 842 595 0 0 0",
}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("placed", PLACED.values(), ids=PLACED.keys())
def test_an_embedded_scan_is_taken_out_as_poppler_would_show_it(tmp_path: Path, placed: bytes, rotate: int) -> None:
    path = tmp_path / "scan.pdf"
    pdf_with(path, b"q " + placed + b" cm /Im Do Q", rotate=rotate)
    with mock.patch.object(pdf_pages, "_drawn", side_effect=AssertionError("was drawn")):
        taken = only(path)
    shown = np.array(pdf_pages._drawn(path, 1, 75, 1.0, LIMITS).image.convert("L"))
    shown = cv2.resize(shown, (taken.gray.shape[1], taken.gray.shape[0]), interpolation=cv2.INTER_AREA)
    assert np.mean(np.abs(shown.astype(int) - taken.gray)) < 4
    if taken.gray.size == drawn().size:
        assert sorted(np.unique(taken.gray)) == sorted(np.unique(drawn()))


def test_an_embedded_scan_is_taken_out_pixel_by_pixel(tmp_path: Path) -> None:
    pdf_with(tmp_path / "scan.pdf", b"q 595 0 0 842 0 0 cm /Im Do Q")
    assert np.array_equal(only(tmp_path / "scan.pdf").gray, drawn())
    Image.fromarray(drawn(827, 1169)).convert("1").save(tmp_path / "fax.pdf", resolution=100)
    fax = only(tmp_path / "fax.pdf")
    assert np.array_equal(fax.gray, np.array(Image.fromarray(drawn(827, 1169)).convert("1").convert("L")))
    assert fax.dpi == pytest.approx(100, rel=0.01)


BARE = b"q 595 0 0 842 0 0 cm /Im Do Q "


@pytest.mark.parametrize(
    ("contents", "taken"),
    [
        (BARE, True),
        (b"q 0 0 595 842 re W n " + BARE + b"Q", True),
        (b"0.24 0 0 0.24 0 0 cm q 2479 0 0 3508 0 0 cm /Im Do Q", True),
        (BARE + b"BT 3 Tr /F 12 Tf 40 40 Td (hidden text of an OCR layer) Tj ET", True),
        (BARE + b"BT /F 12 Tf 40 40 Td (stamped on top) Tj ET", False),
        (BARE + b"0 0 100 100 re f", False),
        (BARE + BARE, False),
        (b"q 500 0 0 700 40 40 cm /Im Do Q", False),
        (b"q 594 20 -20 841 0 0 cm /Im Do Q", False),
        (b"q 0 0 300 842 re W n " + BARE + b"Q", False),
        (b"BT /F 40 Tf 40 400 Td (no picture) Tj ET", False),
    ],
    ids=["bare", "clipped to the page", "in two steps", "hidden text", "text", "box", "two", "small", "askew", "cut", "none"],
)
def test_only_a_page_that_is_nothing_but_a_scan_is_taken_out(tmp_path: Path, contents: bytes, *, taken: bool) -> None:
    pdf_with(tmp_path / "scan.pdf", contents)
    with mock.patch.object(pdf_pages, "_drawn", wraps=pdf_pages._drawn) as draw:
        page = only(tmp_path / "scan.pdf")
    assert draw.called == (not taken)
    assert page.gray.shape == ((HEIGHT, WIDTH) if taken else (878, 620))


def packed(path: Path, content: bytes, name: str, pieces: int = 1) -> None:
    """The page of `pdf_with` with its instructions behind `content`, which is in `pieces` and packed by the filter `name`."""
    pdf_with(path, BARE)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        stream = document.make_stream(content)
        stream[pikepdf.Name.Filter] = pikepdf.Name(name)
        document.pages[0].Contents = document.make_indirect(pikepdf.Array([stream] * pieces + [document.pages[0].Contents]))
        document.save(path, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@pytest.mark.parametrize(
    ("content", "name", "pieces", "parsed"),
    [
        (zlib.compress(b"q Q " * 100_000), "/FlateDecode", 1, True),
        (zlib.compress(b"q Q " * 600_000), "/FlateDecode", 1, False),
        (zlib.compress(b"q Q " * 300_000), "/FlateDecode", 2, False),
        (zlib.compress(b" "), "/FlateDecode", MOST_STREAMS, False),
        (b"\x80\x0b\x60\x50", "/LZWDecode", 1, False),
        (b"no flate at all", "/FlateDecode", 1, False),
    ],
    ids=["long", "bomb", "in pieces", "many pieces", "lzw", "broken"],
)
def test_instructions_are_not_parsed_beyond_their_limit(tmp_path: Path, content: bytes, name: str, pieces: int, *, parsed: bool) -> None:
    packed(tmp_path / "scan.pdf", content, name, pieces)
    with mock.patch.object(pikepdf, "parse_content_stream", wraps=pikepdf.parse_content_stream) as parse:
        page = only(tmp_path / "scan.pdf")
    assert parse.called == parsed
    assert page.gray.shape == ((HEIGHT, WIDTH) if parsed else (878, 620))
    assert pikepdf.settings.set_qpdf_limits(flate_max_memory=0)["flate_max_memory"] == 4 * LIMITS.page_pixels


@pytest.mark.parametrize(
    "extra", [{"ColorSpace": pikepdf.Name.DeviceCMYK, "Width": WIDTH // 4}, {"Mask": pikepdf.Array([0, 10])}], ids=["cmyk", "masked"]
)
def test_what_only_poppler_knows_how_to_show_is_drawn(tmp_path: Path, extra: dict[str, object]) -> None:
    pdf_with(tmp_path / "scan.pdf", BARE, extra=extra)
    with mock.patch.object(pdf_pages, "_drawn", wraps=pdf_pages._drawn) as draw:
        only(tmp_path / "scan.pdf")
    assert draw.called


def test_a_page_that_cannot_be_decoded_is_rejected_and_the_next_one_still_read(tmp_path: Path) -> None:
    frames = [Image.fromarray(drawn(100 + at, 150)) for at in range(3)]
    path = tmp_path / "scan.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="tiff_adobe_deflate")
    scan = open_scan(path, LIMITS, received=DAY)
    content = bytearray(path.read_bytes())
    with Image.open(path) as image:
        image.seek(1)
        place = image.tag_v2[273][0]  # type: ignore[attr-defined]
    content[place : place + 20] = b"\xff" * 20
    path.write_bytes(content)
    sides = page_images(scan, LIMITS)
    assert next(sides).number == 1
    with pytest.raises(PageRejected) as rejected:
        next(sides)
    assert rejected.value.code == "page_unreadable"
    assert next(sides).number == 3


@pytest.mark.parametrize(
    ("media", "content", "limits", "number"),
    [
        ("png", b"\x89PNG\r\n\x1a\nnothing", LIMITS, 1),
        ("jpeg", b"\xff\xd8\xff\xd9", LIMITS, 1),
        ("pdf", b"%PDF-1.4 nothing", LIMITS, 1),
        ("png", None, Limits(page_pixels=1000), 1),
        ("png", None, LIMITS, 2),
    ],
    ids=["png", "jpeg", "pdf", "too many pixels", "no such page"],
)
def test_what_is_broken_is_rejected(tmp_path: Path, media: Media, content: bytes | None, limits: Limits, number: int) -> None:
    path = tmp_path / "scan"
    buffer = BytesIO()
    Image.fromarray(drawn()).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue() if content is None else content)
    with pytest.raises(PageRejected):
        next(page_images(scan_of(path, media), limits, [number]))


def test_without_poppler_the_machine_is_to_blame_and_not_the_page(tmp_path: Path) -> None:
    pdf_with(tmp_path / "scan.pdf", b"BT /F 40 Tf 40 400 Td (text) Tj ET")
    with mock.patch.object(pdf_pages, "convert_from_path", side_effect=PopplerNotInstalledError()), pytest.raises(MissingOnMachine):
        next(page_images(scan_of(tmp_path / "scan.pdf", "pdf"), LIMITS))


def test_the_chosen_sides_come_in_the_order_asked_for(tmp_path: Path) -> None:
    Image.new("L", (100, 100)).save(tmp_path / "scan.tif", save_all=True, append_images=[Image.new("L", (100, 100))] * 4)
    scan = open_scan(tmp_path / "scan.tif", LIMITS, received=DAY)
    assert [page.number for page in page_images(scan, LIMITS, [4, 2])] == [4, 2]
