"""PDF: a page that is one embedded scan is taken out as it is; any other page is drawn by poppler."""

from __future__ import annotations

from pathlib import Path

import pikepdf
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError, PopplerNotInstalledError
from PIL import Image

from pipeline.errors import MissingOnMachine
from pipeline.pages.embedded import Placement, sole_picture
from pipeline.pages.picture import Picture
from pipeline.settings import Limits

TAKEN_COLOURS = frozenset({"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/ICCBased", "/Indexed"})
"""Colour spaces whose samples are tones already. CMYK and spot inks are left to poppler, which knows how they look."""
BYTES_PER_PIXEL = 4
"""Most that a stream may unpack to, for each pixel of the limit."""
SHARPEST_DRAWN = 600.0
"""dpi at which a scan that only poppler can decode is drawn at most."""
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""/Rotate is clockwise, Pillow turns counter-clockwise."""


def pdf_page(path: Path, number: int, limits: Limits) -> Picture:
    """Page `number` (from 1).

    Raises:
        MissingOnMachine: poppler is needed and not installed.
        ValueError: the page cannot be read within the limits.
    """
    pikepdf.settings.set_qpdf_limits(flate_max_memory=min(limits.page_pixels * BYTES_PER_PIXEL, 2**32 - 1))
    pikepdf.PdfImage.MAX_IMAGE_PIXELS = limits.page_pixels
    try:
        with pikepdf.open(path) as pdf:
            page = pdf.pages[number - 1]
            placement = sole_picture(page)
            taken = None if placement is None else _taken_out(placement, limits)
            points = [abs(float(page.cropbox[2] - page.cropbox[0])), abs(float(page.cropbox[3] - page.cropbox[1]))]
            unit = float(page.obj.get("/UserUnit", 1))
    except (pikepdf.PikepdfError, AttributeError) as exc:
        raise ValueError("page cannot be parsed") from exc
    if taken is not None:
        return taken
    dpi = limits.render_dpi if placement is None else min(max(placement.dpi), SHARPEST_DRAWN)
    return _drawn(path, number, round(_affordable(dpi, points, limits)), unit, limits)


def _taken_out(placement: Placement, limits: Limits) -> Picture | None:
    """The embedded picture turned as the page shows it, or None where it is better drawn."""
    stream = placement.stream
    width, height = int(stream.Width), int(stream.Height)
    if width * height > limits.page_pixels:
        raise ValueError("more pixels than the limit")
    try:
        picture = pikepdf.PdfImage(stream)
        if picture.colorspace not in TAKEN_COLOURS:
            return None
        image = picture.as_pil_image(apply_mask=False)
    except (pikepdf.PikepdfError, pikepdf.DependencyError, NotImplementedError, KeyError, AttributeError):
        return None
    if image.size != (width, height):
        return None
    image.load()
    for step in (placement.flip, TURNS.get(placement.rotate)):
        image = image if step is None else image.transpose(step)
    return Picture(image, placement.dpi if placement.rotate % 180 == 0 else placement.dpi[::-1])


def _affordable(dpi: float, points: list[float], limits: Limits) -> float:
    """`dpi`, less where the page would have more pixels than the limit."""
    pixels = points[0] * points[1] * (dpi / 72.0) ** 2
    return dpi if pixels <= limits.page_pixels else dpi * (limits.page_pixels / pixels) ** 0.5


def _drawn(path: Path, number: int, dpi: int, unit: float, limits: Limits) -> Picture:
    try:
        images = convert_from_path(
            path.absolute(), dpi=dpi, first_page=number, last_page=number, timeout=limits.page_seconds, use_cropbox=True
        )
    except PopplerNotInstalledError as exc:
        raise MissingOnMachine("poppler（poppler-utils）がありません。apt-get install poppler-utils で入れてください。") from exc
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError) as exc:
        raise ValueError("page cannot be drawn") from exc
    if len(images) != 1:
        raise ValueError("page cannot be drawn")
    return Picture(images[0], (dpi / unit, dpi / unit))


