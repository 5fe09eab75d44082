"""Lines of text drawn for tests, on paper-white, at the page's resolution."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import Gray, pixels
from pipeline.register import PAGE_DPI

FONTS = {
    "gothic": Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"),
    "mincho": Path("/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf"),
    "klee": Path("/usr/share/fonts/truetype/klee/KleeOne-Regular.ttf"),
}


def drawn_line(text: str, font: str = "gothic", size_mm: float = 3.8, blur: float = 0.8) -> Gray:
    """`text` in black on white with a wide border, read-only; the test is skipped where the font is not installed."""
    if not FONTS[font].is_file():
        pytest.skip(f"font {font} is not installed")
    size = pixels(size_mm, PAGE_DPI)
    face = ImageFont.truetype(str(FONTS[font]), size)
    picture = Image.new("L", (int(face.getlength(text)) + 2 * size, 2 * size), 255)
    ImageDraw.Draw(picture).text((size, size // 2), text, fill=0, font=face)
    gray: Gray = np.asarray(cv2.GaussianBlur(np.asarray(picture), (0, 0), blur), dtype=np.uint8)
    gray.setflags(write=False)
    return gray


def stacked(lines: list[Gray], overlap: int = 0) -> Gray:
    """Lines below each other, each drawn `overlap` pixels into the one above it."""
    width = max(line.shape[1] for line in lines)
    height = sum(line.shape[0] for line in lines) - overlap * (len(lines) - 1)
    page = np.full((height, width), 255, np.uint8)
    top = 0
    for line in lines:
        area = page[top : top + line.shape[0], : line.shape[1]]
        np.minimum(area, line, out=area)
        top += line.shape[0] - overlap
    page.setflags(write=False)
    return page
