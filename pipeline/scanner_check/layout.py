"""Where things stand on the diagnosis sheet, page millimetres: shared by printing and measuring.

Outermost: on each side three ladders that begin at the sheet's very edge, so that a machine and a person see how much of it is missing.
Twelve tags round the margin tell where the sheet lies, four more within are left when all the margin is cut off. White bands run over the
whole width and height: whatever shows in them is the scanner's. A black frame shows streaks that are lighter than the print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.geometry import A4_MM, Box

Side = Literal["left", "top", "right", "bottom"]
SIDES: tuple[Side, ...] = ("left", "top", "right", "bottom")

TITLE = "スキャナー診断票"
"""Also the PDF's title, by which the file that nobody has printed and scanned yet is known."""
VERSION = 1
"""Printed on the sheet. Another layout takes another version and other tags."""
FIRST_TAG = 301
"""Of a run of ids of the AprilTag family 36h11 that belongs to this version."""
TAG_MM = 12.0
"""A module is 1.5 mm, 9 pixels at 150 dpi."""
TAG_PLACES = (
    (8.0, 8.0), (69.0, 8.0), (129.0, 8.0), (190.0, 8.0),
    (8.0, 92.0), (190.0, 92.0), (8.0, 193.0), (190.0, 193.0),
    (8.0, 277.0), (69.0, 277.0), (129.0, 277.0), (190.0, 277.0),
    (34.0, 34.0), (164.0, 34.0), (34.0, 251.0), (164.0, 251.0),
)  # fmt: skip
"""Top left corners. The print begins 8 mm from the edge: every office printer reaches that far."""
TAGS = {FIRST_TAG + number: Box(x, y, TAG_MM, TAG_MM) for number, (x, y) in enumerate(TAG_PLACES)}

BAND_MM = 6.0
ACROSS_BANDS = tuple(Box(0.0, y, A4_MM[0], BAND_MM) for y in (22.0, 145.5, 269.0))
"""White over the whole width: a streak down the picture crosses all of them."""
DOWN_BANDS = tuple(Box(x, 0.0, BAND_MM, A4_MM[1]) for x in (22.0, 182.0))
"""White over the whole height."""
BAR_MM = 2.5
ACROSS_BARS = (Box(29.5, 29.5, 151.0, BAR_MM), Box(29.5, 265.0, 151.0, BAR_MM))
"""Black: a streak that is lighter than the print shows in both."""
DOWN_BARS = tuple(Box(x, y, BAR_MM, 115.0) for x in (29.5, 178.0) for y in (29.5, 152.5))
"""Black, the upper and the lower half of either side of the frame; the middle band runs between them."""

LADDER_MM = 15.0
LADDER_BAR_MM = 1.2
"""Width of the bar that runs from the edge inwards."""


@dataclass(frozen=True)
class Ladder:
    """A scale that begins at one edge of the sheet and counts the millimetres inwards; `at` is its place along that edge."""

    side: Side
    at: float

    def point(self, depth: float, beside: float = 0.0) -> tuple[float, float]:
        """The point `depth` mm inside the edge and `beside` mm further along it."""
        along = self.at + beside
        return {
            "left": (depth, along),
            "top": (along, depth),
            "right": (A4_MM[0] - depth, along),
            "bottom": (along, A4_MM[1] - depth),
        }[self.side]


LADDERS = tuple(
    Ladder(side, at) for side, places in zip(SIDES, ((62.0, 130.0, 235.0), (45.0, 105.0, 165.0)) * 2, strict=True) for at in places
)

SLANT_MM = 10.0
SLANT_DEG = 10.0
"""Turn of the squares whose edges are measured: even a sheet fed 5 degrees askew never lays an edge along the pixel rows."""
SLANTS = ((13.0, 40.0), (197.0, 40.0), (46.0, 132.0), (105.0, 132.0), (164.0, 132.0), (13.0, 255.0), (197.0, 255.0))
"""Middles of the squares."""

STEPS = (0, 36, 73, 109, 146, 182, 219, 255)
"""Grey levels as printed."""
STEP_BOXES = tuple(Box(41.0 + 16.0 * number, 78.0, 16.0, 12.0) for number in range(len(STEPS)))

PatchName = Literal["seal", "blue", "pencil", "black"]
PATCHES: dict[PatchName, tuple[int, int, int]] = {
    "seal": (217, 56, 40),
    "blue": (30, 60, 150),
    "pencil": (150, 150, 150),
    "black": (25, 25, 28),
}
"""RGB of vermilion ink, blue ballpoint, pencil and black ballpoint."""
PATCH_BOXES: dict[PatchName, Box] = {name: Box(40.0 + 34.0 * number, 101.0, 28.0, 11.0) for number, name in enumerate(PATCHES)}

CHECK_LINE = ((55.0, 67.0), (155.0, 67.0))
"""100 mm, to be held against a ruler: a sheet printed smaller would make every measured length wrong."""

LINE_PAIRS = (2, 3, 4, 5, 6)
"""Black and white pairs a millimetre, for the eye."""
LINE_PAIR_BOXES = tuple(Box(44.0 + 26.0 * number, 226.0, 9.0, 9.0) for number in range(len(LINE_PAIRS)))
"""Lines down; those across stand 10 mm to the right."""
