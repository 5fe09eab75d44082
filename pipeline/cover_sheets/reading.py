"""Is a clean page a cover sheet, and what does its QR say?

First the squares in the corners of its two QRs are looked for, nested and of the printed size: a few milliseconds, after which a page
that is no cover is done with. Only around them a decoder is tried, on the picture as it is, smoothed, and with holes and specks closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from pipeline.cleanup import CleanPage
from pipeline.cover_sheets.layout import FINDER_MM, QR_BOXES, QR_MM
from pipeline.cover_sheets.payload import PREFIX, Cover, parse_cover
from pipeline.geometry import MM_PER_INCH, Gray, Points, pixels

FINDER_DPI = 100.0
"""The squares are 37 pixels wide there, their thinnest line 5."""
DECODE_DPI = 150.0
SIZE_RANGE = (0.75, 1.3)
"""Of a found square against the printed one: copies reduce, ink spreads."""
INNER_RATIO = (0.30, 0.58)
"""Inner square against outer one: 3 / 7, as toner eats or spreads."""
MIN_ASPECT = 0.85
MIN_FILL = 0.8
"""Of a square as drawn by copier and scanner; a stair of pixels at a slant takes some off."""
MIN_SQUARES = 3
"""Of the six; one alone may be a printed box within a box."""
GROUP_MM = 1.5 * QR_MM
"""Squares of one QR are nearer to each other than this (its diagonal), those of two are farther apart."""
SPACING_MM = QR_MM - FINDER_MM
"""Between the middles of two neighbouring squares of one QR; with another number of modules it is another multiple of their size."""
APART_MM = math.hypot(QR_BOXES[1].x - QR_BOXES[0].x, QR_BOXES[1].y - QR_BOXES[0].y)
"""Between the two QRs of a sheet."""
APART_RANGE_MM = (0.93 * APART_MM - SPACING_MM, APART_MM + SPACING_MM)
"""Of the same on a reduced copy, the middles taken from some of the squares only."""
SPACING_RANGE = (0.9, 1.05)
"""Of a found spacing against the printed one: copies reduce."""
SQUARE_WITHIN = 0.06
"""Share by which three squares may miss a right angle with equal legs."""
SQUARES_OF_ONE = 3
MODULES_WITHIN = 0.07
"""Share by which the spacing in squares may miss that of 37 modules; a QR of 33 or 41 misses it by 0.13."""
PLACE_WITHIN_MM = 15.0
"""By which a QR may stand beside its place: copies are reduced and sheets lie askew."""
REACH_MM = 1.1 * QR_MM
"""Cut round the middle of the squares found: the whole QR lies within, even when only one of its squares was found."""


@dataclass(frozen=True)
class CoverPage:
    """A page that is a cover sheet; `cover` is None when its QR could not be read, or when two sheets were fed at once."""

    cover: Cover | None


def read_cover(clean: CleanPage) -> CoverPage | None:
    """The cover sheet on this page, either way up or sideways; None when the page is none."""
    small = _at(clean, FINDER_DPI)
    squares = finder_squares(small) / FINDER_DPI
    if not len(squares):
        return None
    gray, groups = _at(clean, DECODE_DPI), _groups(squares)
    texts = [text for group in groups if (text := _decoded(_cut(gray, group * DECODE_DPI)))]
    ours = [text for text in texts if text.startswith(PREFIX)]
    if not ours:
        return CoverPage(None) if not texts and _is_layout(groups, small.shape) else None
    said = {parse_cover(text) for text in ours}
    return CoverPage(said.pop() if len(said) == 1 and not _are_two_sheets(groups) else None)


def finder_squares(gray: Gray) -> Points:
    """Middles and sides of the nested squares of the printed size in a page at FINDER_DPI, (n, 3) pixels."""
    _, ink = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    contours, tree = cv2.findContours(ink, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    expected = pixels(FINDER_MM, FINDER_DPI)
    found = []
    for number, contour in enumerate(contours):
        outer = cv2.contourArea(contour) ** 0.5
        if not SIZE_RANGE[0] * expected <= outer <= SIZE_RANGE[1] * expected:
            continue
        hole = _largest_child(contours, tree[0], number)
        inner = None if hole is None else _largest_child(contours, tree[0], hole)
        if inner is None or not INNER_RATIO[0] <= cv2.contourArea(contours[inner]) ** 0.5 / outer <= INNER_RATIO[1]:
            continue
        if _is_square(contour) and _is_square(contours[inner]) and np.linalg.norm(_middle(contour) - _middle(contours[inner])) < outer / 10:
            found.append([*_middle(contour), outer])
    return np.array(found, dtype=np.float64).reshape(-1, 3)


def _is_square(contour: MatLike) -> bool:
    """Whether the outline fills the smallest upright or turned rectangle round it, and that is about as high as wide."""
    (_, (width, height), _) = cv2.minAreaRect(contour)
    return min(width, height) > MIN_ASPECT * max(width, height) and cv2.contourArea(contour) > MIN_FILL * width * height


def _middle(contour: MatLike) -> Points:
    return np.array(cv2.minAreaRect(contour)[0])


def _largest_child(contours: Sequence[MatLike], tree: MatLike, number: int) -> int | None:
    """The largest contour directly within another one; `tree` rows are next, previous, first child, parent."""
    children = []
    child = int(tree[number][2])
    while child >= 0:
        children.append(child)
        child = int(tree[child][0])
    return max(children, key=lambda one: cv2.contourArea(contours[one]), default=None)


def _groups(squares: Points) -> list[Points]:
    """Squares that lie as near together as those of one QR, inches."""
    groups: list[list[Points]] = []
    for square in squares:
        home = next((group for group in groups if np.linalg.norm((group[0] - square)[:2]) * MM_PER_INCH < GROUP_MM), None)
        if home is None:
            groups.append([square])
        else:
            home.append(square)
    return [np.array(group) for group in groups]


def _is_layout(groups: Sequence[Points], shape: tuple[int, ...]) -> bool:
    """Whether the squares lie as on a separator: both QRs at their distance, or one with all its squares in its place. Others' do not.

    `shape` is the page's, pixels at FINDER_DPI.
    """
    if len(groups) == len(QR_BOXES) and sum(map(len, groups)) >= MIN_SQUARES:
        return APART_RANGE_MM[0] <= _apart(groups) <= APART_RANGE_MM[1]
    return any(_is_code(group) and _is_in_place(group, shape) for group in groups)


def _is_code(group: Points) -> bool:
    """Whether three squares stand in the corners of a QR of our size and number of modules."""
    if len(group) != SQUARES_OF_ONE:
        return False
    pairs = ((0, 1), (1, 2), (0, 2))
    short, long, slant = sorted(float(np.linalg.norm((group[one] - group[two])[:2])) * MM_PER_INCH for one, two in pairs)
    modules = (short + long) / 2 / (float(group[:, 2].mean()) * MM_PER_INCH) * FINDER_MM / SPACING_MM
    sized = SPACING_RANGE[0] * SPACING_MM <= short <= long <= SPACING_RANGE[1] * SPACING_MM and abs(modules - 1) <= MODULES_WITHIN
    return sized and long <= (1 + SQUARE_WITHIN) * short and abs(slant / math.hypot(short, long) - 1) <= SQUARE_WITHIN


def _is_in_place(group: Points, shape: tuple[int, ...]) -> bool:
    """Whether a QR stands where one of ours does, as seen from the middle of the page, whichever way up or sideways."""
    x, y = np.abs(_centre(group) * MM_PER_INCH - np.array([shape[1], shape[0]]) / FINDER_DPI * MM_PER_INCH / 2)
    beside = (QR_BOXES[1].x - QR_BOXES[0].x) / 2, (QR_BOXES[1].y - QR_BOXES[0].y) / 2
    return any(math.hypot(x - across, y - down) <= PLACE_WITHIN_MM for across, down in (beside, beside[::-1]))


def _are_two_sheets(groups: Sequence[Points]) -> bool:
    """Whether the page shows more than one separator has: two were fed at once, and the number of one of them is hidden."""
    if len(groups) > len(QR_BOXES) or any(len(group) > SQUARES_OF_ONE for group in groups):
        return True
    return len(groups) == len(QR_BOXES) and not APART_RANGE_MM[0] <= _apart(groups) <= APART_RANGE_MM[1]


def _apart(groups: Sequence[Points]) -> float:
    """Between the middles of two groups, mm."""
    one, two = (_centre(group) for group in groups)
    return float(np.linalg.norm(one - two)) * MM_PER_INCH


def _centre(group: Points) -> Points:
    return np.asarray((group.min(axis=0) + group.max(axis=0))[:2] / 2)


def _cut(gray: Gray, squares: Points) -> Gray:
    """The surroundings of the squares of one QR."""
    x, y = _centre(squares)
    reach = pixels(REACH_MM, DECODE_DPI)
    return gray[max(0, round(y) - reach) : round(y) + reach, max(0, round(x) - reach) : round(x) + reach]


def _decoded(cut: Gray) -> str:
    """The text of the QR in the cut; "" when no way of looking at it shows one."""
    detector = cv2.QRCodeDetector()
    for look in _looks(cut):
        try:
            text, _, _ = detector.detectAndDecode(look)
        except (cv2.error, UnicodeDecodeError):  # a broken code is no fault of the programme
            continue
        if text:
            return str(text)
    return ""


def _looks(cut: Gray) -> Iterator[Gray]:
    """The cut in several ways, the cheapest first."""
    yield np.ascontiguousarray(cut)
    smooth = cv2.GaussianBlur(cut, (0, 0), 1.5)
    yield np.asarray(smooth, np.uint8)
    yield np.asarray(cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)
    yield np.asarray(cv2.medianBlur(np.ascontiguousarray(cut), 5), np.uint8)


def _at(clean: CleanPage, dpi: float) -> Gray:
    factor = dpi / clean.dpi
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(clean.gray, None, fx=factor, fy=factor, interpolation=way), np.uint8)
