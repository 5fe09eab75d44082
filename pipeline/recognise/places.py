"""Whose ink is it: strokes of a field's crop given to its parts and cells, a neighbour's writing left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fields import FieldCrop
from pipeline.geometry import Box, Gray, millimetres, pixels
from pipeline.recognise.box_input import BoxCell
from pipeline.recognise.lines import INK_LEVEL, Stats, only, trimmed, with_hair_strokes, written_strokes
from pipeline.register import PAGE_DPI

OWN_SHARE = 0.4
"""A stroke belongs to the field when at least this share of its ink lies in the field's box; the rest is a neighbour's."""
REACH_MM = 0.6
"""A stroke that lies in no part belongs to the nearest one within this distance; further off it is a remnant of print."""
CELL_WIDTHS = 1.45
"""A stroke wider than this many cells is two characters grown together: it is cut at the cells' borders."""
PALE_LEVEL = 215
"""Gray below which there may be ink; the noise of lifted paper stays above 225."""
PALE_MM, PALE_MM2 = 1.0, 0.1
"""Length and area of a pale line that somebody may have drawn; specks of dirt are 0.3 mm across."""
GAP_SHARE = 0.25
"""Space between two characters set side by side, in heights of a cell's ink."""
LEAST_GAP = 5
"""Pixels; the same, at least."""

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Strokes:
    """A field's own ink.

    Attributes:
        image: (h, w) uint8, the crop with everything else white.
        labels: (h, w) int32, number of the stroke at each pixel, 0 = paper.
        stats: (n, 5) as OpenCV gives them; row 0 is the paper.
        area_mm2: ink of the field.
        cut: share of the ink in strokes that touch the border of the crop: writing that leaves what we can see.
    """

    image: Gray
    labels: Labels
    stats: Stats
    area_mm2: float
    cut: float


def own_strokes(crop: FieldCrop) -> Strokes:
    """The ink of `crop` that belongs to its field, specks and remnants of rules taken out."""
    ink = crop.ink if crop.spec.kind == "multiline" else with_hair_strokes(crop.ink)
    mask = ink < INK_LEVEL
    if not mask.any():
        return Strokes(np.full_like(ink, 255), np.zeros(ink.shape, np.int32), np.zeros((1, 5), np.int32), 0.0, 0.0)
    labels, stats, written = written_strokes(mask)
    inside = np.bincount(labels[_window(crop, crop.spec.box)].ravel(), minlength=len(stats))
    own = inside >= OWN_SHARE * stats[:, cv2.CC_STAT_AREA]
    own &= written
    kept = own[labels]
    labels = np.where(kept, labels, 0)
    total = int(kept.sum())
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    touching = int(stats[border[border > 0], cv2.CC_STAT_AREA].sum())
    area = total * millimetres(1, PAGE_DPI) ** 2
    image = ink if own[1:].all() else only(ink, kept, mask) if total else np.full_like(ink, 255)
    return Strokes(image, labels, stats, area, touching / total if total else 0.0)


def has_pale_stroke(crop: FieldCrop) -> bool:
    """Whether a line too pale to be read stands in the field's box: a hard pencil, a drying pen."""
    pale = (crop.ink[_window(crop, crop.spec.box)] < PALE_LEVEL).astype(np.uint8)
    if not pale.any():
        return False
    stats = cv2.connectedComponentsWithStats(pale, connectivity=8)[2][1:]
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    return bool(((extent >= pixels(PALE_MM, PAGE_DPI)) & (stats[:, cv2.CC_STAT_AREA] >= PALE_MM2 / millimetres(1, PAGE_DPI) ** 2)).any())


def _window(crop: FieldCrop, box: Box) -> tuple[slice, slice]:
    left, top = pixels(box.x - crop.box.x, PAGE_DPI), pixels(box.y - crop.box.y, PAGE_DPI)
    right, bottom = left + pixels(box.w, PAGE_DPI), top + pixels(box.h, PAGE_DPI)
    return slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0))


@dataclass(frozen=True)
class PlacedInk:
    """The ink of one box: (h, w) uint8, trimmed, (0, 0) where there is none; and what of the page it covers, mm."""

    image: Gray
    box: Box


def ink_of_boxes(crop: FieldCrop, strokes: Strokes, boxes: Sequence[Box], others: Sequence[Box] = ()) -> list[Gray]:
    """The ink of each of `boxes`, whole strokes, trimmed; (0, 0) where there is none. Arguments as of `placed_ink`."""
    return [placed.image for placed in placed_ink(crop, strokes, boxes, others)]


def placed_ink(crop: FieldCrop, strokes: Strokes, boxes: Sequence[Box], others: Sequence[Box] = ()) -> list[PlacedInk]:
    """The same, and where it stands.

    Args:
        crop: the field.
        strokes: its ink.
        boxes: parts or cells, page mm.
        others: places whose ink is not wanted (printed options to be circled).
    """
    owner = np.array(_owners(crop, strokes, [*boxes, *others]))
    owner[0] = NOBODY
    whose = owner[strokes.labels]
    mask = strokes.labels > 0
    pictures = []
    for number, box in enumerate(boxes):
        mine = whose == number
        window = _window(crop, box)
        mine[window] |= whose[window] == CUT
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        if not len(rows):
            pictures.append(PlacedInk(np.zeros((0, 0), np.uint8), Box(box.x, box.y, 0, 0)))
            continue
        area = slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)
        pictures.append(PlacedInk(trimmed(only(strokes.image[area], mine[area], mask[area])), _covered(crop, rows, columns)))
    return pictures


def _covered(crop: FieldCrop, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Box:
    """From the first to the last inked row and column of the crop, page mm."""
    left, top = (millimetres(float(lines[0]), PAGE_DPI) for lines in (columns, rows))
    width, height = (millimetres(float(lines[-1] - lines[0] + 1), PAGE_DPI) for lines in (columns, rows))
    return Box(crop.box.x + left, crop.box.y + top, width, height)


def box_cells(inked: Sequence[tuple[PlacedInk, Box]]) -> tuple[BoxCell, ...]:
    """The inked cells of a field as the classifier wants them: the ink's place in its cell, its size among the field's."""
    tallest, widest = max(placed.box.h for placed, _ in inked), max(placed.box.w for placed, _ in inked)
    found = []
    for placed, cell in inked:
        ink = placed.box
        place = Box((ink.x - cell.x) / cell.w, (ink.y - cell.y) / cell.h, ink.w / cell.w, ink.h / cell.h)
        found.append(BoxCell(placed.image, place, ink.h / tallest, ink.w / widest))
    return tuple(found)


CUT, NOBODY = -1, -2


def _owners(crop: FieldCrop, strokes: Strokes, places: Sequence[Box]) -> list[int]:
    """Per stroke the place it belongs to; CUT where it runs through several, NOBODY where it is near none."""
    shares = np.zeros((len(places), len(strokes.stats)))
    for number, place in enumerate(places):
        inside = strokes.labels[_window(crop, place)].ravel()
        shares[number] = np.bincount(inside, minlength=len(strokes.stats)) / np.maximum(strokes.stats[:, cv2.CC_STAT_AREA], 1)
    owners = []
    for label in range(len(strokes.stats)):
        ranked = np.sort(shares[:, label])[::-1]
        width = millimetres(float(strokes.stats[label, cv2.CC_STAT_WIDTH]), PAGE_DPI)
        best = int(np.argmax(shares[:, label])) if len(places) else NOBODY
        if best >= 0 and len(places) > 1 and ranked[1] > 0.25 and width > CELL_WIDTHS * places[best].w:
            owners.append(CUT)
        elif best >= 0 and ranked[0] > 0:
            owners.append(best)
        else:
            owners.append(_nearest(crop, strokes.stats[label], places))
    return owners


def _nearest(crop: FieldCrop, stats: Stats, places: Sequence[Box]) -> int:
    x = crop.box.x + millimetres(stats[cv2.CC_STAT_LEFT] + stats[cv2.CC_STAT_WIDTH] / 2, PAGE_DPI)
    y = crop.box.y + millimetres(stats[cv2.CC_STAT_TOP] + stats[cv2.CC_STAT_HEIGHT] / 2, PAGE_DPI)
    gaps = [max(place.x - x, x - place.right, place.y - y, y - place.bottom, 0.0) for place in places]
    best = int(np.argmin(gaps)) if gaps else NOBODY
    return best if best >= 0 and gaps[best] <= REACH_MM else NOBODY


def side_by_side(glyphs: Sequence[Gray]) -> Gray:
    """Characters cut out of cells, set as one line: bottoms level, even gaps."""
    height = max(glyph.shape[0] for glyph in glyphs)
    gap = max(round(height * GAP_SHARE), LEAST_GAP)
    pieces = []
    for glyph in glyphs:
        top = (height - glyph.shape[0]) // 2
        padded = np.full((height, glyph.shape[1] + gap), 255, np.uint8)
        padded[top : top + glyph.shape[0], : glyph.shape[1]] = glyph
        pieces.append(padded)
    return np.hstack(pieces)
