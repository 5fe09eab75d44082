"""How sharp must a scan be to be read? Character error of printed lines by blur, type size and resolution.

    python -m benchmarks.sharpness_needed

Lines are drawn at 1,200 dpi in IPAex Gothic and Mincho, blurred, averaged to the scan's pixels and given noise; the blur's half-contrast
frequency (that of `scanner_check.sharpness`, blur and pixel together) heads each row. The thresholds SHARP_PAIRS and SOFT_PAIRS lean on it.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.readers import LINES, distance
from pipeline.drawing.blank.fonts import FontName, find_font
from pipeline.geometry import MM_PER_INCH, Gray
from pipeline.recognise import TextCrop
from pipeline.recognise.engine import open_engine

FINE_DPI = 1200
TEXTS = [*LINES["japanese"], *LINES["name"], *LINES["kana"]]
SIZES_PT = (8.0, 10.5)
BLURS_MM = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33)
FONTS: tuple[FontName, ...] = ("gothic", "mincho")


def half_contrast(blur_mm: float, dpi: int) -> float:
    """Pairs of lines a millimetre that keep half their contrast."""
    frequencies = np.linspace(0.01, 20, 4000)
    model = np.exp(-2 * (np.pi * blur_mm * frequencies) ** 2) * np.abs(np.sinc(frequencies * MM_PER_INCH / dpi))
    return float(frequencies[np.argmax(model < 0.5)])


def line(text: str, font: FontName, points: float) -> Gray:
    """A printed line at FINE_DPI with a margin of a third of a character."""
    size = round(points / 72 * FINE_DPI)
    face = ImageFont.truetype(str(find_font(font)), size)
    left, top, right, bottom = (round(side) for side in face.getbbox(text))
    margin = size // 3
    picture = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin), 250)
    ImageDraw.Draw(picture).text((margin - left, margin - top), text, 20, face)
    return np.asarray(picture, np.uint8)


def scanned(fine: Gray, blur_mm: float, dpi: int, rng: np.random.Generator) -> Gray:
    """The line as a scanner of this blur saves it."""
    soft = cv2.GaussianBlur(fine, (0, 0), blur_mm * FINE_DPI / MM_PER_INCH)
    size = (max(1, round(fine.shape[1] * dpi / FINE_DPI)), max(1, round(fine.shape[0] * dpi / FINE_DPI)))
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    return (small + rng.normal(0, 2, small.shape)).clip(0, 255).astype(np.uint8)


def main() -> None:
    """Print a row for each resolution and blur."""
    cv2.setNumThreads(1)
    reader = open_engine()
    print(f" dpi blur mm pairs/mm  {'  '.join(f'{points:4} pt' for points in SIZES_PT)}   (character error, %)")
    for dpi in (300, 200):
        for blur in BLURS_MM:
            shares = []
            for points in SIZES_PT:
                rng = np.random.default_rng(5)
                crops = [TextCrop(scanned(line(text, font, points), blur, dpi, rng), "japanese") for font in FONTS for text in TEXTS]
                said = [reading.candidates[0].text if reading.candidates else "" for reading in reader.read(crops)]
                wrong = sum(distance(text, seen) for text, seen in zip(TEXTS * len(FONTS), said, strict=True))
                shares.append(100 * wrong / (len(FONTS) * sum(map(len, TEXTS))))
            print(f"{dpi:4} {blur:7.2f} {half_contrast(blur, dpi):8.1f}  {'  '.join(f'{share:7.1f}' for share in shares)}", flush=True)


if __name__ == "__main__":
    main()
