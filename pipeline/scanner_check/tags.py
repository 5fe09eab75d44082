"""The machine-readable marks of the sheet: AprilTags of the family 36h11, by OpenCV's own generator and detector."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from pipeline.geometry import Gray, Points
from pipeline.scanner_check.layout import TAGS

MODULES = 8
"""Modules a side: six of data within a black border."""

PERIMETERS = (0.08, 0.4)
"""Of a tag against the picture's longer side: 0.16 on A4, 0.11 where the scanner saved A3, 0.2 where only A5 of the sheet is left."""


def tag_modules(number: int) -> list[list[bool]]:
    """Rows of modules of the tag `number`, True = white."""
    return [[bool(cell) for cell in row] for row in cv2.aruco.generateImageMarker(_family(), number, MODULES) > 0]


def find_tags(gray: Gray) -> dict[int, Points]:
    """The sheet's tags in a picture: number -> its corners from the top left clockwise, (4, 2) pixel centres."""
    corners, numbers, _ = _detector().detectMarkers(gray)
    if numbers is None:
        return {}
    found = {int(number): np.asarray(four, np.float64).reshape(4, 2) for number, four in zip(numbers.ravel(), corners, strict=True)}
    return {number: four for number, four in found.items() if number in TAGS}


@cache
def _family() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.minMarkerPerimeterRate, parameters.maxMarkerPerimeterRate = PERIMETERS
    return cv2.aruco.ArucoDetector(_family(), parameters)
