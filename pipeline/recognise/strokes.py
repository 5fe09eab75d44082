"""What a pen left in a crop: connected strokes in page millimetres, the remnants of the subtracted print taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.geometry import Box, Points

Mask = NDArray[np.uint8]
"""(h, w) uint8, 1 = ink."""

INK_LEVEL = 200
"""Gray below this is ink: light pencil is about 180, the noise of lifted paper stays above 225."""
FIRM_LEVEL = 160
"""The darker third of a pen stroke is below this, of a rubbed-out pencil stroke above it."""
REMNANT_REACH = 0.4
"""mm; what lies within this of subtracted print may be print: the registration misfit of 0.3 mm and half a pixel of blur."""
REMNANT_THICKNESS = {"tick": 0.35, "circle": 0.6, "oval": 0.35}
"""mm; a remnant is no thicker than the misfit that left it or, round a word, whole strokes of its characters."""
REMNANT_SHARE = 0.85
"""Share of a remnant's ink that lies near the print."""
DIRT = 0.05
"""mm2; a speck of 0.25 mm across is dirt."""
SQUARE_RIM = 0.45
"""mm; the printed line of a tick square and its misfit, taken off every side."""
BRIDGE = 0.4
"""mm; a pen or a bilevel scan leaves gaps up to this width in one stroke."""
PRINT_REACH = {"tick": 0.9, "circle": 2.2, "oval": 0.9}
"""mm from the ink within which subtracted print may have cut it: the line of a square or an oval, a printed character."""
ERASED_RIM = 0.3
"""mm round visibly erased print that the subtraction may have cleared as well."""


@dataclass(frozen=True)
class Stroke:
    """Connected ink.

    Attributes:
        mask: (h, w) of the whole crop, 1 where this stroke is.
        box: around it, page mm.
        hull: (n, 2) convex hull, page mm.
        area: of its ink, mm2.
        extent: longest side of the tightest rectangle round it, mm.
        darkness: gray level that the darker third of its ink stays below.
    """

    mask: Mask
    box: Box
    hull: Points
    area: float
    extent: float
    darkness: float

    @property
    def faint(self) -> bool:
        """Rubbed out, or a pen that gave no ink."""
        return self.darkness > FIRM_LEVEL


def pixels_per_mm(crop: FieldCrop) -> float:
    """Scale of the crop's pictures."""
    return float(crop.ink.shape[1] / crop.box.w)


def disc(radius_px: float) -> Mask:
    """A round structuring element of at least one pixel radius."""
    size = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def ink_mask(crop: FieldCrop) -> Mask:
    """The added ink of the crop without dirt and without remnants of the print."""
    return without_dirt(raw_ink(crop), pixels_per_mm(crop))


def raw_ink(crop: FieldCrop) -> Mask:
    """All added ink of the crop, dirt too, without remnants of the print."""
    return _without_remnants(crop, (crop.ink < INK_LEVEL).astype(np.uint8)) | _inside_squares(crop)


def _inside_squares(crop: FieldCrop) -> Mask:
    """What is dark inside the tick squares is ink, also where the subtraction took it for the squares' lines."""
    inside = np.zeros(crop.gray.shape, np.uint8)
    for option in crop.spec.options:
        if option.style == "tick":
            inner = option.box.grown(-SQUARE_RIM)
            window(crop, inside, inner)[:] = window(crop, crop.gray, inner) < INK_LEVEL
    return inside


def _without_remnants(crop: FieldCrop, mask: Mask) -> Mask:
    scale = pixels_per_mm(crop)
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    thin = max((REMNANT_THICKNESS[option.style] for option in crop.spec.options), default=REMNANT_THICKNESS["tick"])
    close = np.bincount(labels.ravel(), weights=near_print(crop).ravel(), minlength=count)
    thick = _largest(labels, cv2.distanceTransform(mask, cv2.DIST_L2, 3), count)
    remnant = (close >= REMNANT_SHARE * np.bincount(labels.ravel())) & (2 * thick <= thin * scale + 1)
    return np.asarray(mask * (~remnant)[labels], dtype=np.uint8)


def without_dirt(mask: Mask, scale: float) -> Mask:
    """Specks taken out; a dotted line, as a faint pen leaves it in a bilevel scan, stays."""
    count, labels = cv2.connectedComponents(_closed(mask, BRIDGE * scale) | mask, connectivity=8)
    area = np.bincount(labels.ravel(), weights=mask.ravel(), minlength=count)
    return np.asarray(mask * (area >= DIRT * scale**2)[labels], dtype=np.uint8)


def _largest(labels: NDArray[Any], depth: NDArray[Any], count: int) -> NDArray[np.float32]:
    """(count,) largest depth under each label."""
    largest = np.zeros(count, np.float32)
    ys, xs = np.nonzero(labels)
    order = np.argsort(depth[ys, xs])
    largest[labels[ys, xs][order]] = depth[ys, xs][order]
    return largest


def near_print(crop: FieldCrop) -> Mask:
    """1 where the blank form's print may have left a remnant: round what was subtracted and along the tick squares."""
    scale = pixels_per_mm(crop)
    printed = erased(crop)
    for option in crop.spec.options:
        if option.style == "tick":
            top_left, bottom_right = pixel_corners(crop, option.box)
            cv2.rectangle(printed, top_left, bottom_right, 1, 1)
    return _grown(printed, REMNANT_REACH * scale)


def erased(crop: FieldCrop) -> Mask:
    """1 where something dark was subtracted: the form's print, and the ink that crossed it."""
    return ((crop.gray < INK_LEVEL) & (crop.ink >= INK_LEVEL)).astype(np.uint8)


def pixel_corners(crop: FieldCrop, box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """Top left and bottom right of a page box in the crop's pixels, as OpenCV takes them; may lie outside the crop."""
    scale = pixels_per_mm(crop)
    left, top = (box.x - crop.box.x) * scale, (box.y - crop.box.y) * scale
    return (round(left), round(top)), (round(left + box.w * scale), round(top + box.h * scale))


def window(crop: FieldCrop, picture: Mask, box: Box) -> Mask:
    """The part of a crop-sized picture that shows `box`, cut at the crop's edge; may be empty."""
    (left, top), (right, bottom) = pixel_corners(crop, box)
    return picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]


def strokes(crop: FieldCrop, mask: Mask) -> list[Stroke]:
    """The connected strokes of `mask`, across the gaps that the subtraction of the print left."""
    scale = pixels_per_mm(crop)
    reach = max((PRINT_REACH[option.style] for option in crop.spec.options), default=BRIDGE)
    cut = _grown(erased(crop), ERASED_RIM * scale) & _grown(mask, reach * scale)
    joined = mask | _closed(mask, BRIDGE * scale) | cut
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    return [_stroke(crop, (labels == label).astype(np.uint8) * mask, scale) for label in np.unique(labels[mask > 0])]


def _grown(mask: Mask, radius_px: float) -> Mask:
    return np.asarray(cv2.dilate(mask, disc(radius_px)), dtype=np.uint8)


def _closed(mask: Mask, gap_px: float) -> Mask:
    return np.asarray(
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(gap_px / 2), borderType=cv2.BORDER_CONSTANT, borderValue=0), dtype=np.uint8
    )


def _stroke(crop: FieldCrop, own: Mask, scale: float) -> Stroke:
    ys, xs = np.nonzero(own)
    points = np.column_stack([xs, ys]).astype(np.int32)
    hull = cv2.convexHull(points).reshape(-1, 2).astype(np.float64)
    origin = np.array([crop.box.x, crop.box.y])
    left, top, width, height = cv2.boundingRect(points)
    box = Box(origin[0] + left / scale, origin[1] + top / scale, width / scale, height / scale)
    sides = cv2.minAreaRect(points)[1]
    darkness = float(np.percentile(crop.ink[ys, xs], 33))
    return Stroke(own, box, hull / scale + origin, len(xs) / scale**2, (max(sides) + 1) / scale, darkness)
