"""The printed words of a blank page that is a picture, for the labels of a new form: found by the detector, read by the line reader."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.forms import REFERENCE_DPI
from pipeline.forms_new.rules import broken_rules, ink_of, rules_of
from pipeline.forms_new.words import Word
from pipeline.geometry import MM_PER_INCH, Box, Gray, pixels
from pipeline.recognise import TextCrop, TextReader
from pipeline.recognise.detect import LineBox, cut_line, detect_lines

SPLIT = 0.55
"""White within a line, in line heights, where its words part; print is set closer."""
WALL = 0.7
"""Share of a line's height that a rule across it covers."""
RULE_RIM_MM = 0.25
"""A rule's blurred edge."""
STRAY_MM = ((1.2, 60.0), (1.4, 7.0))
"""Print that the detector left out, a lonely 年 or 印: width and height, least and most."""
JOIN_MM = (0.8, 0.6)
"""Strokes of one character, and characters of one word, are this close, across and down."""
UPRIGHT = 1.8
"""A piece this much higher than wide is set in a column: the reader of lines cannot read it."""
UNIT = MM_PER_INCH / REFERENCE_DPI


def printed_words(page: Gray, text: TextReader, engine: str = "openvino") -> list[Word]:
    """The words of a level page, (h, w) uint8 at REFERENCE_DPI, with their places in page millimetres.

    Raises:
        EngineError: the reader failed.
        MissingOnMachine: the models are not installed.
    """
    rules = rules_of(ink_of(page)) | broken_rules(ink_of(page))
    letters = _without(rules, page)
    ink = ink_of(letters)
    found = [piece for line in detect_lines(letters, engine) for piece in _pieces(line, ink, rules)]
    places = [*found, *_strays(ink, found)]
    places = [place for place in places if place.h < UPRIGHT * place.w]
    crops = [TextCrop(cut_line(letters, _line(place), REFERENCE_DPI), "japanese") for place in places]
    readings = text.read(crops)
    return [Word(reading.text, place) for place, reading in zip(places, readings, strict=True) if reading.text.strip()]


def _without(rules: NDArray[np.uint8], page: Gray) -> Gray:
    size = 2 * pixels(RULE_RIM_MM, REFERENCE_DPI) + 1
    rim = cv2.dilate(rules, np.ones((size, size), np.uint8))
    return np.where(rim > 0, 255, page).astype(np.uint8)


def _pieces(line: LineBox, ink: NDArray[np.uint8], rules: NDArray[np.uint8]) -> list[Box]:
    """The words of a line of text: its ink between wide gaps and rules across, mm."""
    corners = line.corners()
    left, top = (max(int(side), 0) for side in corners.min(axis=0))
    right, bottom = (int(side) + 1 for side in corners.max(axis=0))
    part = ink[top:bottom, left:right] > 0
    columns = np.flatnonzero(part.any(axis=0))
    if not len(columns):
        return []
    walls = np.cumsum((rules[top:bottom, left:right] > 0).mean(axis=0) > WALL)
    breaks = np.flatnonzero((np.diff(columns) > SPLIT * line.height) | (np.diff(walls[columns]) > 0))
    starts, ends = columns[np.r_[0, breaks + 1]], columns[np.r_[breaks, len(columns) - 1]]
    return [_tight(part[:, start : end + 1], left + start, top) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _tight(part: NDArray[np.bool_], left: int, top: int) -> Box:
    rows = np.flatnonzero(part.any(axis=1))
    return Box(left * UNIT, (top + int(rows[0])) * UNIT, part.shape[1] * UNIT, (int(rows[-1]) - int(rows[0]) + 1) * UNIT)


def _strays(ink: NDArray[np.uint8], found: Sequence[Box]) -> list[Box]:
    """Print outside of all lines, joined to words."""
    rest = ink.copy()
    for box in found:
        left, top, right, bottom = (pixels(side, REFERENCE_DPI) for side in (box.x, box.y, box.right, box.bottom))
        rest[top:bottom, left:right] = 0
    across, down = (pixels(side, REFERENCE_DPI) for side in JOIN_MM)
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((down, across), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [Box(*(side * UNIT for side in stat[:4])) for stat in stats[1:].tolist()]
    (least_w, most_w), (least_h, most_h) = STRAY_MM
    return [box for box in boxes if least_w <= box.w <= most_w and least_h <= box.h <= most_h]


def _line(place: Box) -> LineBox:
    """The place as the detector would give it, with a little paper round the ink."""
    rim = 0.12 * place.h
    x, y = (place.x + place.w / 2) / UNIT, (place.y + place.h / 2) / UNIT
    return LineBox((x, y), (place.w + 2 * rim) / UNIT, (place.h + 2 * rim) / UNIT, 0.0)
