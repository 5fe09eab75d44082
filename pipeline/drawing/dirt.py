"""What paper, photocopiers and scanners add to a picture. Every function returns a new picture of the same shape."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Gray, pixels

Pixels = NDArray[np.uint8]
"""(h, w) gray or (h, w, 3) RGB, uint8."""
TILE = 509
"""Side of the noise tile, pixels: noise for a whole page costs more than the page, and a prime hides the repeat."""
COPY_BLUR_MM = 0.045
"""Blur of one photocopy generation."""
COPY_BLACK, COPY_WHITE = 70, 215
"""Grey levels a photocopier turns into full black and full white."""


def toned(picture: Pixels, toner: float, paper: int) -> Pixels:
    """Black print becomes grey, white becomes the paper's tone."""
    levels = np.arange(256, dtype=np.float32) / 255.0
    table = (paper * (1.0 - toner * (1.0 - levels))).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table))


def show_through(picture: Pixels, back: Pixels, share: float) -> Pixels:
    """The other side, mirrored and diffuse, faintly."""
    diffuse = cv2.GaussianBlur(cv2.flip(back, 1), (0, 0), 3)
    table = (255 - share * (255 - np.arange(256))).astype(np.uint8)
    return np.asarray(cv2.multiply(picture, cv2.LUT(diffuse, table), scale=1 / 255))


def photocopied(picture: Pixels, rng: np.random.Generator, dpi: int, *, edge_mm: float) -> Pixels:
    """One photocopy: soft, hard in contrast, with lost and added specks and perhaps a dark edge."""
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.4, COPY_BLUR_MM * dpi / MM_PER_INCH))
    darker = float(rng.uniform(-8, 24))
    levels = np.arange(256, dtype=np.float32)
    table = ((levels - COPY_BLACK - darker) / (COPY_WHITE - COPY_BLACK) * 235 + 20).clip(20, 255).astype(np.uint8)
    copied = np.asarray(cv2.LUT(soft, table), dtype=np.uint8)
    if edge_mm > 0:
        copied = _dark_edge(copied, edge_mm, rng, dpi)
    return specked(copied, int(rng.integers(10, 60)), rng, dpi, light=int(rng.integers(40, 400)))


def _dark_edge(picture: Pixels, edge_mm: float, rng: np.random.Generator, dpi: int) -> Pixels:
    """The shadow a copier leaves along one or two sides."""
    out = picture.copy()
    height, width = out.shape[:2]
    for side in rng.choice(4, int(rng.integers(1, 3)), replace=False):
        near, far = (pixels(edge_mm * float(rng.uniform(0.3, 1.0)), dpi) for _ in range(2))
        corners = {
            0: [(0, 0), (width, 0), (width, near), (0, far)],
            1: [(width, 0), (width, height), (width - near, height), (width - far, 0)],
            2: [(0, height), (width, height), (width, height - near), (0, height - far)],
            3: [(0, 0), (0, height), (near, height), (far, 0)],
        }[int(side)]
        cv2.fillConvexPoly(out, np.array(corners, np.int32), (int(rng.integers(20, 90)),) * 3, cv2.LINE_AA)
    return out


def specked(picture: Pixels, dark: int, rng: np.random.Generator, dpi: int, *, light: int = 0) -> Pixels:
    """Spots of dirt, and `light` places where toner is missing."""
    out = picture.copy()
    height, width = out.shape[:2]
    per_mm = dpi / MM_PER_INCH
    for number in range(dark + light):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        radius = float(rng.gamma(1.2, 0.055)) if number < dark else float(rng.uniform(0.02, 0.07))
        level = int(rng.integers(20, 150)) if number < dark else 250
        cv2.circle(out, (x * 16, y * 16), max(1, round(16 * radius * per_mm)), (level,) * 3, -1, cv2.LINE_AA, 4)
    return out


def unevenly_lit(picture: Pixels, share: float, rng: np.random.Generator) -> Pixels:
    """A lamp that is weaker here than there, by at most `share`."""
    if share <= 0:
        return picture
    coarse = 1.0 - share * rng.random((4, 3), np.float32)
    gain = cv2.resize(coarse, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    full = gain if picture.ndim == 2 else cv2.merge([gain] * 3)
    return np.asarray(cv2.multiply(picture, full, dtype=cv2.CV_8U))


def noisy(picture: Pixels, deviation: float, rng: np.random.Generator) -> Pixels:
    """The sensor's noise, grey levels."""
    if deviation <= 0:
        return picture
    tile = (rng.standard_normal((TILE, TILE), np.float32) * np.float32(deviation)).round().astype(np.int16)
    height, width = picture.shape[:2]
    whole = np.tile(tile, (-(-height // TILE), -(-width // TILE)))[:height, :width]
    full = np.ascontiguousarray(whole) if picture.ndim == 2 else cv2.merge([np.ascontiguousarray(whole)] * 3)
    return np.asarray(cv2.add(picture, full, dtype=cv2.CV_8U))


def beyond_the_sheet(picture: Pixels, sheet: NDArray[np.float64], level: int) -> Pixels:
    """The scanner's lid round the sheet, with the sheet's thin shadow.

    Args:
        picture: what was scanned.
        sheet: the sheet's corners, (4, 2) pixels.
        level: grey level of the lid.
    """
    mask: Gray = np.zeros(picture.shape[:2], np.uint8)
    corners = np.round(sheet * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, corners, 255, cv2.LINE_AA, 4)
    if mask.all():
        return picture
    out = picture.copy()
    out[mask < 128] = level
    cv2.polylines(out, [corners], isClosed=True, color=(max(0, level - 60),) * 3, thickness=2, lineType=cv2.LINE_AA, shift=4)
    return out
