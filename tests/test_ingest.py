from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipeline.errors import ScanRefused
from pipeline.ingest import REFUSALS, Scan, open_scan
from pipeline.settings import Limits

DAY = date(2026, 10, 20)
LIMITS = Limits(pages=20, page_pixels=4_000_000, render_dpi=100)
BAD = Path(__file__).resolve().parent.parent / "sample_scans" / "bad"


def saved(form: str, pages: int = 1, mode: str = "L", **options: object) -> bytes:
    pictures = [Image.effect_noise((300, 400), 60 + page).convert(mode) for page in range(pages)]
    more = {"save_all": True, "append_images": pictures[1:]} if pages > 1 else {}
    buffer = BytesIO()
    pictures[0].save(buffer, form, **more, **options)
    return buffer.getvalue()


def pdf(size: tuple[float, float] = (595, 842), pages: int = 1, *, picture: tuple[int, int] | None = None) -> bytes:
    with pikepdf.new() as document:
        for _ in range(pages):
            page = document.add_blank_page(page_size=size)
            if picture is not None:
                stream = document.make_stream(b"x", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
                stream.Width, stream.Height = picture
                inner = document.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
                inner.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream))
                page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm=inner))
        buffer = BytesIO()
        document.save(buffer)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    data = saved("JPEG")
    place = data.index(b"\xff\xc0")
    return data[: place + 5] + struct.pack(">HH", height, width) + data[place + 9 :]


def looped_tiff() -> bytes:
    """One directory that names itself as the next one."""
    entries = struct.pack("<HHIIHHII", 256, 4, 1, 10, 257, 4, 1, 10)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + struct.pack("<I", 8)


def tiff_of_pieces(number: int) -> bytes:
    """A picture of ten pixels square that says it lies in so many strips, and has the bytes for their offsets."""
    entries = struct.pack("<HHIIHHIIHHII", 256, 4, 1, 10, 257, 4, 1, 10, 273, 1, number, 64)
    return (b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 3) + entries + bytes(4)).ljust(64 + number, b"\0")


def without_xref(data: bytes) -> bytes:
    place = data.rindex(b"startxref")
    return data[:place] + b"startxref\n7\n%%EOF\n"


def lost_page(data: bytes) -> bytes:
    """A kid of the page tree that no object answers to."""
    return data.replace(b"/Kids [ 3 0 R", b"/Kids [ 9 0 R", 1)


def opened(tmp_path: Path, content: bytes, name: str = "scan.pdf", limits: Limits = LIMITS) -> Scan:
    path = tmp_path / name
    path.write_bytes(content)
    return open_scan(path, limits, received=DAY)


@pytest.mark.parametrize(
    ("content", "media", "pages"),
    [
        (saved("PDF", 3), "pdf", 3),
        (b"junk from a mail gateway\n" + pdf(), "pdf", 1),
        (without_xref(saved("PDF", 3)), "pdf", 3),
        (saved("TIFF"), "tiff", 1),
        (saved("TIFF", 4, "1", compression="group4"), "tiff", 4),
        (saved("TIFF", 2, big_tiff=True), "tiff", 2),
        (saved("JPEG"), "jpeg", 1),
        (saved("JPEG", progressive=True) + b"trailing bytes", "jpeg", 1),
        (saved("PNG", mode="1"), "png", 1),
        (saved("PNG", mode="RGBA"), "png", 1),
    ],
)
def test_what_a_file_is_comes_from_its_bytes(tmp_path: Path, content: bytes, media: str, pages: int) -> None:
    scan = opened(tmp_path, content, "名前.dat")
    assert (scan.media, scan.page_count, scan.name, scan.received) == (media, pages, "名前.dat", DAY)
    assert scan.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (tiff_of_pieces(1_100_000), "damaged"),
        ("ただの文章です。".encode(), "not_a_scan"),
        (saved("GIF"), "not_a_scan"),
        (saved("PDF", 4)[:-1500], "truncated"),
        (saved("PDF", 4)[:2000], "truncated"),
        (lost_page(pdf(pages=2)), "truncated"),
        (saved("TIFF", 3)[:-200], "truncated"),
        (saved("TIFF", 3, "1", compression="group4")[:30_000], "truncated"),
        (saved("JPEG")[:-200], "truncated"),
        (saved("JPEG")[:20], "truncated"),
        (saved("PNG")[:-30], "truncated"),
        (saved("PNG")[:20], "truncated"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
        (looped_tiff(), "damaged"),
        (b"II*\0\0\0\0\0", "damaged"),
        (pdf(pages=21), "too_many_pages"),
        (saved("TIFF", 21, "1"), "too_many_pages"),
        (png_header(60_000, 60_000), "too_many_pixels"),
        (jpeg_of(60_000, 60_000), "too_many_pixels"),
        (looped_tiff().replace(struct.pack("<HHII", 256, 4, 1, 10), struct.pack("<HHII", 256, 4, 1, 2**31)), "too_many_pixels"),
        (pdf(picture=(60_000, 60_000)), "too_many_pixels"),
        (png_header(0, 10), "damaged"),
        (pdf(size=(14_000, 14_000)), "page_size"),
        (pdf(size=(3, 842)), "page_size"),
    ],
)
def test_what_is_no_scan_is_refused_with_its_reason(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ScanRefused) as refused:
        opened(tmp_path, content)
    assert refused.value.code == code
    assert code in REFUSALS
    assert str(refused.value).endswith("。")
    assert "{" not in str(refused.value)


@pytest.mark.parametrize(("user", "code"), [("himitsu", "password"), ("", None)])
def test_only_a_password_to_read_with_is_in_the_way(tmp_path: Path, user: str, code: str | None) -> None:
    path = tmp_path / "locked.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.save(path, encryption=pikepdf.Encryption(owner="owner", user=user))
    if code is None:
        assert open_scan(path, LIMITS, received=DAY).page_count == 1
        return
    with pytest.raises(ScanRefused) as refused:
        open_scan(path, LIMITS, received=DAY)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(saved("PNG")), "too_many_bytes"),
        (lambda path: path.mkdir(), "unreadable"),
        (lambda path: path.symlink_to(path.parent / "gone"), "unreadable"),
    ],
)
def test_a_file_is_refused_before_it_is_read(tmp_path: Path, make: Callable[[Path], object], code: str) -> None:
    make(tmp_path / "scan")
    with pytest.raises(ScanRefused) as refused:
        open_scan(tmp_path / "scan", Limits(file_bytes=100), received=DAY)
    assert refused.value.code == code


@pytest.mark.parametrize(("name", "code"), sorted(json.loads((BAD / "expected.json").read_text(encoding="utf-8")).items()))
def test_the_bad_samples_are_refused(name: str, code: str) -> None:
    with pytest.raises(ScanRefused) as refused:
        open_scan(BAD / name, Limits(), received=DAY)
    assert refused.value.code == code
