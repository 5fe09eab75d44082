"""Writes scanned sides into files as office scanners do. The same sides give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

from pipeline.drawing.paper import Scanned

SUFFIXES = {".pdf": "pdf", ".tif": "tiff", ".tiff": "tiff", ".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png"}
"""File ending -> format."""
SEVERAL_SIDES = ("pdf", "tiff")
POINTS_PER_INCH = 72
ORIENTATION_TAG = 0x0112
EXIF_TURNED = 6
"""EXIF: the picture has to be turned clockwise by 90 degrees to be seen as meant."""
ROWS_PER_STRIP, STRIP_OFFSETS, STRIP_BYTES = 278, 273, 279
"""TIFF tags."""


def write_scan(path: Path, sides: Sequence[Scanned], *, exif_turned: bool = False) -> None:
    """Write one file.

    Args:
        path: its ending decides the format, a key of SUFFIXES.
        sides: one, or several for PDF and TIFF.
        exif_turned: JPEG only: the pixels are stored turned, with the EXIF tag that says so.
    """
    kind = SUFFIXES[path.suffix.lower()]
    if kind == "pdf":
        _write_pdf(path, sides)
    elif kind == "tiff":
        _write_tiff(path, sides)
    elif kind == "jpeg":
        path.write_bytes(_jpeg(sides[0], exif_turned=exif_turned))
    else:
        _picture(sides[0]).save(path, dpi=(sides[0].dpi, sides[0].dpi), optimize=True)


def _picture(side: Scanned) -> Image.Image:
    picture = Image.fromarray(side.pixels)
    return picture.convert("1", dither=Image.Dither.NONE) if side.bilevel else picture


def _jpeg(side: Scanned, *, exif_turned: bool = False) -> bytes:
    picture = Image.fromarray(np.ascontiguousarray(np.rot90(side.pixels)) if exif_turned else side.pixels)
    exif = Image.Exif()
    if exif_turned:
        exif[ORIENTATION_TAG] = EXIF_TURNED
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=side.jpeg, dpi=(side.dpi, side.dpi), exif=exif)
    return buffer.getvalue()


def _write_tiff(path: Path, sides: Sequence[Scanned]) -> None:
    first, *rest = [_picture(side) for side in sides]
    compression = "group4" if all(side.bilevel for side in sides) else "jpeg"
    resolution = (sides[0].dpi, sides[0].dpi)
    options = {} if compression == "group4" else {"quality": sides[0].jpeg}
    first.save(path, "TIFF", save_all=True, append_images=rest, compression=compression, dpi=resolution, **options)


def _write_pdf(path: Path, sides: Sequence[Scanned]) -> None:
    with pikepdf.new() as pdf:
        for side in sides:
            _add_page(pdf, side)
        pdf.save(path, deterministic_id=True)


def _add_page(pdf: pikepdf.Pdf, side: Scanned) -> None:
    height, width = side.pixels.shape[:2]
    size = (width * POINTS_PER_INCH / side.dpi, height * POINTS_PER_INCH / side.dpi)
    image = pikepdf.Stream(pdf, _group4(side) if side.bilevel else _jpeg(side))
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = width, height
    image.BitsPerComponent = 1 if side.bilevel else 8
    image.ColorSpace = pikepdf.Name.DeviceGray if side.pixels.ndim == 2 else pikepdf.Name.DeviceRGB
    if side.bilevel:
        image.Filter = pikepdf.Name.CCITTFaxDecode
        image.DecodeParms = pikepdf.Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=True)
    else:
        image.Filter = pikepdf.Name.DCTDecode
    page = pdf.add_blank_page(page_size=size)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.obj.Contents = pikepdf.Stream(pdf, f"q {size[0]:.4f} 0 0 {size[1]:.4f} 0 0 cm /Im0 Do Q".encode())


def _group4(side: Scanned) -> bytes:
    """The side as one CCITT group 4 strip."""
    buffer = io.BytesIO()
    _picture(side).save(buffer, "TIFF", compression="group4", tiffinfo={ROWS_PER_STRIP: side.pixels.shape[0]})
    with Image.open(buffer) as tiff:
        tags = getattr(tiff, "tag_v2")  # noqa: B009 - only TIFF pictures have it
        start, length = tags[STRIP_OFFSETS][0], tags[STRIP_BYTES][0]
    return buffer.getvalue()[start : start + length]
