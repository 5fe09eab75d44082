"""TIFF, JPEG and PNG: one frame of a file, upright as its tags say, with the resolution it states."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from pipeline.settings import Limits

SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""
ORIENTATION = 0x0112
UNIT, X_RESOLUTION, Y_RESOLUTION = 296, 282, 283
CENTIMETRE = 3
CM_PER_INCH = 2.54


@dataclass(frozen=True)
class Picture:
    """A decoded picture of any mode, upright.

    Attributes:
        image: Pillow image, loaded.
        dpi: stated resolution across and down, (0, 0) when none is stated; without a unit only the ratio means something.
    """

    image: Image.Image
    dpi: tuple[float, float]


def frame_of(path: Path, number: int, limits: Limits) -> Picture:
    """Frame `number` (from 1) of a TIFF, JPEG or PNG file. Raises what Pillow raises, ValueError over the pixel limit."""
    with path.open("rb") as file, Image.open(file) as image:  # by name, Pillow would map the file and garble a sideways TIFF
        if number > 1:
            image.seek(number - 1)
        return upright(image, limits)


def upright(image: Image.Image, limits: Limits) -> Picture:
    """Decode an opened image and turn it as its orientation tag says."""
    if image.width * image.height > limits.page_pixels:
        raise ValueError("more pixels than the limit")
    across, down = _stated_dpi(image)
    orientation = image.getexif().get(ORIENTATION, 1)
    image.load()  # a TIFF frame is turned by Pillow itself here
    turned = image if image.format == "TIFF" or orientation == 1 else ImageOps.exif_transpose(image)
    return Picture(turned, (down, across) if orientation in SIDEWAYS else (across, down))


def _stated_dpi(image: Image.Image) -> tuple[float, float]:
    if image.format == "TIFF":
        return _tiff_dpi(image)
    across, down = image.info.get("dpi", image.info.get("aspect", (0.0, 0.0)))
    return float(across), float(down)


def _tiff_dpi(image: Image.Image) -> tuple[float, float]:
    """Of this frame: Pillow's `info` keeps that of the frame before where a frame states none."""
    tags = getattr(image, "tag_v2", {})
    factor = CM_PER_INCH if tags.get(UNIT) == CENTIMETRE else 1.0
    return float(tags.get(X_RESOLUTION, 0)) * factor, float(tags.get(Y_RESOLUTION, 0)) * factor
