"""Makes sample_scans/bad/: files that must be refused, and expected.json with the reason for each.

    python scripts/make_bad_files.py [FOLDER]

Nothing in them is random: the same files come out every time, but for the identifiers that encryption draws.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image

A4_POINTS = (595, 842)
BOMB_SIDE = 60_000
MANY_PAGES = 3000
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / "sample_scans" / "bad"


def pdf(pages: int, *, password: str | None = None) -> bytes:
    """A PDF of `pages` empty A4 pages."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=A4_POINTS)
        buffer = BytesIO()
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(buffer, encryption=encryption, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=not password)
    return buffer.getvalue()


def scanned_pdf(pages: int) -> bytes:
    """A PDF as a scanner writes it: one grey picture on each page."""
    pictures = [Image.linear_gradient("L").resize((620, 877)).rotate(90 * page) for page in range(pages)]
    buffer = BytesIO()
    pictures[0].save(buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=75)
    return buffer.getvalue()


def tiff(pages: int) -> bytes:
    """A fax-coded TIFF."""
    rings = Image.radial_gradient("L").resize((1240, 1754)).point(lambda level: 255 * (level // 16 % 2)).convert("1")
    pictures = [rings] * pages
    buffer = BytesIO()
    pictures[0].save(buffer, "TIFF", save_all=True, append_images=pictures[1:], compression="group4", dpi=(150, 150))
    return buffer.getvalue()


def bomb(side: int) -> bytes:
    """A valid bilevel PNG of `side` by `side` white pixels; packed twice it would be smaller still, but a PNG is packed once."""
    rows = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    data = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bad_files() -> dict[str, tuple[bytes, str]]:
    """File name -> (content, code of the refusal)."""
    whole_pdf, whole_tiff = scanned_pdf(4), tiff(3)
    return {
        "truncated.pdf": (whole_pdf[: len(whole_pdf) * 6 // 10], "truncated"),
        "truncated.tif": (whole_tiff[: len(whole_tiff) * 7 // 10], "truncated"),
        "password.pdf": (pdf(1, password="himitsu"), "password"),
        "empty.pdf": (b"", "empty"),
        "text.pdf": ("これはPDFではなく、ただの文章です。\n".encode(), "not_a_scan"),
        "bomb.png": (bomb(BOMB_SIDE), "too_many_pixels"),
        "pages-3000.pdf": (pdf(MANY_PAGES), "too_many_pages"),
    }


def main(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    files = bad_files()
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    expected = {name: code for name, (_, code) in sorted(files.items())}
    (folder / "expected.json").write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER)
