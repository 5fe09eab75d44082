"""Whether a PDF page shows nothing but one picture that fills it, and how that picture lies on it.

The page's own drawing instructions are read (ISO 32000-1, annex A). Whatever is not known to leave the page as the bare picture makes
it an ordinary page, to be drawn: a wrong yes would lose content, a wrong no costs a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from PIL import Image

from pipeline.pages.instructions import instructions_of

POINTS_PER_INCH = 72.0
COVER_WITHIN = 0.02
"""Share of the page's side by which the picture may miss or exceed its edge: drivers round the paper, not the picture."""
HARMLESS = frozenset(
    [
        "q", "Q", "BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts", "BMC", "BDC", "EMC", "MP", "DP", "w", "J", "j",
        "M", "d", "i", "ri", "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "n", "W", "W*",
    ]
)
"""State that paints nothing by itself; text is looked at where it is shown."""
SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
INVISIBLE = 3
"""Text rendering mode of the layer that OCR puts behind a scan."""

Transform = tuple[float, float, float, float, float, float]
Operands = Sequence[pikepdf.Object]
Rectangle = tuple[float, float, float, float]
FLIPS = {
    (False, False, False): None,
    (False, True, False): Image.Transpose.FLIP_LEFT_RIGHT,
    (False, False, True): Image.Transpose.FLIP_TOP_BOTTOM,
    (False, True, True): Image.Transpose.ROTATE_180,
    (True, True, False): Image.Transpose.ROTATE_90,
    (True, False, True): Image.Transpose.ROTATE_270,
    (True, True, True): Image.Transpose.TRANSPOSE,
    (True, False, False): Image.Transpose.TRANSVERSE,
}
"""(lies on its side, x runs backwards, y runs backwards) -> what turns the stored picture into the shown one."""


@dataclass(frozen=True)
class Placement:
    """How the picture lies on the page.

    Attributes:
        stream: the image object.
        flip: turns the stored picture into the shown one before the page is rotated, or None.
        rotate: clockwise turn of the page, 0, 90, 180 or 270 degrees.
        dpi: pixels per inch across and down, before the page is rotated.
    """

    stream: pikepdf.Stream
    flip: Image.Transpose | None
    rotate: int
    dpi: tuple[float, float]


@dataclass
class _Walk:
    """State while the instructions are followed: transformation with its stack, text mode, the one picture."""

    transform: Transform
    stack: list[tuple[Transform, int]]
    text_mode: int = 0
    found: pikepdf.Stream | None = None
    placed: Transform | None = None


def sole_picture(page: pikepdf.Page) -> Placement | None:
    """The only thing that `page` shows, if that is a picture filling it squarely; else None."""
    rotate = int(page.obj.get("/Rotate", _inherited(page, "/Rotate"))) % 360
    if "/Annots" in page.obj and len(page.obj.Annots) or rotate % 90:
        return None
    walk = _follow(page)
    if walk is None or walk.found is None or walk.placed is None:
        return None
    return _placement(walk.found, walk.placed, page, rotate)


def _inherited(page: pikepdf.Page, key: str) -> int:
    node = page.obj.get("/Parent")
    for _ in range(50):
        if not isinstance(node, pikepdf.Dictionary):
            return 0
        if key in node:
            return int(node[key])
        node = node.get("/Parent")
    return 0


def _follow(page: pikepdf.Page) -> _Walk | None:
    """Go through the page's instructions; None as soon as one could show anything but a single picture."""
    box = _rectangle(page.cropbox)
    walk = _Walk(transform=(1.0, 0.0, 0.0, 1.0, 0.0, 0.0), stack=[])
    instructions = instructions_of(page)
    if instructions is None:
        return None
    return walk if all(_step(walk, str(item.operator), list(item.operands), page, box) for item in instructions) else None


def _step(walk: _Walk, operator: str, operands: Operands, page: pikepdf.Page, box: Rectangle) -> bool:
    """Take one instruction in. False when the page is no bare picture."""
    match operator:
        case "q":
            walk.stack.append((walk.transform, walk.text_mode))
        case "Q":
            walk.transform, walk.text_mode = walk.stack.pop() if walk.stack else (walk.transform, walk.text_mode)
        case "cm":
            walk.transform = _times(_numbers(operands), walk.transform)
        case "Tr":
            walk.text_mode = int(operands[0])
        case "re":
            return _covers(_span(_times(_of_rectangle(operands), walk.transform)), box)
        case "Do":
            return _show(walk, page.obj.get("/Resources", page.resources).XObject[str(operands[0])])
        case _:
            return walk.text_mode == INVISIBLE if operator in SHOWS_TEXT else operator in HARMLESS
    return True


def _show(walk: _Walk, drawn: pikepdf.Object) -> bool:
    if not isinstance(drawn, pikepdf.Stream):
        return False
    plain = drawn.get("/Subtype") == "/Image" and not any(key in drawn for key in ("/SMask", "/Mask", "/OC"))
    if walk.found is not None or not plain or bool(drawn.get("/ImageMask", False)):
        return False
    walk.found, walk.placed = drawn, walk.transform
    return True


def _placement(stream: pikepdf.Stream, placed: Transform, page: pikepdf.Page, rotate: int) -> Placement | None:
    a, b, c, d, _, _ = placed
    size = max(abs(a), abs(b), abs(c), abs(d))
    sideways = max(abs(a), abs(d)) < size * 1e-4
    box, span = _rectangle(page.cropbox), _span(placed)
    upright = max(abs(b), abs(c)) < size * 1e-4
    if sideways == upright or not (_covers(span, box) and _covers(box, span)):
        return None
    unit = float(page.obj.get("/UserUnit", 1)) / POINTS_PER_INCH
    across, down = (span[2] - span[0]) * unit, (span[3] - span[1]) * unit
    width, height = int(stream.Width), int(stream.Height)
    if sideways:
        width, height = height, width
    flip = FLIPS[sideways, (c if sideways else a) < 0, (b if sideways else d) < 0]
    return Placement(stream, flip, rotate, (width / across, height / down))


def _numbers(operands: Operands) -> Transform:
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return a, b, c, d, e, f


def _of_rectangle(operands: Operands) -> Transform:
    """The transformation that makes the unit square the rectangle of `re`."""
    x, y, width, height = (float(operand) for operand in operands)
    return width, 0.0, 0.0, height, x, y


def _times(first: Transform, then: Transform) -> Transform:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _span(placed: Transform) -> Rectangle:
    """Left, bottom, right, top of the unit square under a transformation."""
    a, b, c, d, e, f = placed
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    return min(xs), min(ys), max(xs), max(ys)


def _rectangle(box: pikepdf.Object) -> Rectangle:
    x, y, right, top = (float(number) for number in box)
    return min(x, right), min(y, top), max(x, right), max(y, top)


def _covers(outer: Rectangle, inner: Rectangle) -> bool:
    """Whether `outer` holds `inner`, up to COVER_WITHIN of the inner's sides."""
    slack_x, slack_y = COVER_WITHIN * (inner[2] - inner[0]), COVER_WITHIN * (inner[3] - inner[1])
    beside = max(outer[0] - inner[0], inner[2] - outer[2]) <= slack_x
    above = max(outer[1] - inner[1], inner[3] - outer[3]) <= slack_y
    return beside and above and math.isfinite(sum(outer) + sum(inner))
