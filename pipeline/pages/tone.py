"""Any kind of picture as gray, and as colour where there is colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.geometry import Colour, Gray

CHROMA_LONG_SIDE = 880
"""Pixels of the reduced copy that is looked at for colour: A4 at 75 dpi, where a stroke of a seal is still a pixel wide."""
CHROMA = 32
"""Levels between the strongest and the weakest of R, G, B against the paper's own tint; faded red ink has 60, JPEG noise 10."""
COLOURED_SHARE = 1e-4
"""Share of coloured pixels that makes a page coloured: a seal's ring of 9 mm is twice that."""
WHITE = 255


def tones(image: Image.Image) -> tuple[Gray, Colour | None]:
    """Gray (h, w) uint8 of any Pillow image; RGB (h, w, 3) beside it if the picture really has colour. Transparent = white paper."""
    flat = _on_white(image)
    if flat.mode in ("L", "1"):
        return np.array(flat.convert("L"), dtype=np.uint8), None
    if flat.mode.startswith(("I", "F")):
        return _eight_bit(np.asarray(flat)), None
    colour = np.array(flat.convert("RGB"), dtype=np.uint8)
    gray = np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return gray, colour if has_colour(colour) else None


def has_colour(colour: Colour) -> bool:
    """Whether more than specks differ from the paper's tint. (h, w, 3) uint8."""
    scale = CHROMA_LONG_SIDE / max(colour.shape[:2])
    small = cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else colour
    red, green, blue = (small[..., channel].astype(np.int16) for channel in range(3))
    tint = np.stack([red - green, green - blue])
    paper = np.median(tint.reshape(2, -1)[:, ::7], axis=1).astype(np.int16)
    first, second = tint[0] - paper[0], tint[1] - paper[1]
    spread = np.maximum(np.maximum(abs(first), abs(second)), abs(first + second))
    return float(np.mean(spread > CHROMA)) > COLOURED_SHARE


def _on_white(image: Image.Image) -> Image.Image:
    if not (image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info):
        return image
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, (WHITE, WHITE, WHITE, WHITE))
    return Image.alpha_composite(paper, layered).convert("RGB")


def _eight_bit(values: NDArray[np.generic]) -> Gray:
    """16-bit samples by their upper byte; float samples, which have no white of their own, from least to greatest."""
    if values.dtype.kind in "iu":
        return np.asarray(np.clip(values.astype(np.int64) >> 8, 0, WHITE), dtype=np.uint8)
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    return np.asarray((numbers - low) * (WHITE / ((high - low) or 1.0)), dtype=np.uint8)
