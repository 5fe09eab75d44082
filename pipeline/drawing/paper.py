"""Puts a drawn page on paper and through a scanner, and keeps the exact way from page millimetres to scan pixels.

Pixel coordinates here count edges: pixel (0, 0) reaches from 0 to 1, its middle is at 0.5. `scan_from_page` is in these.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing import dirt
from pipeline.drawing.looks import FAX_DPI, Look
from pipeline.geometry import A4_MM, MM_PER_INCH, Colour, Gray, Matrix, map_points, pixels, scaling

Pixels = NDArray[np.uint8]
"""(h, w) gray or (h, w, 3) RGB."""
FINEST_DRAWING_DPI = 400
"""A finer scan enlarges this: printers and pens have no more to give."""
COARSEST_DRAWING_DPI = 300
"""A coarser scan averages this, as its sensor would."""
BILEVEL_LEVEL = 158
"""Grey level below which a black-and-white scanner sets a dot."""


@dataclass(frozen=True)
class Scanned:
    """One side as the scanner saved it.

    Attributes:
        pixels: (h, w) uint8, or (h, w, 3) RGB; of a bilevel scan only 0 and 255.
        scan_from_page: (3, 3), page mm -> pixel edges.
        rotation: how the page lies, degrees clockwise.
        skew_deg: turn of the print in the scan besides `rotation`, clockwise positive.
    """

    pixels: Pixels
    scan_from_page: Matrix
    rotation: int
    skew_deg: float
    dpi: int
    bilevel: bool
    jpeg: int


def drawing_dpi(dpi: int) -> int:
    """The resolution to draw a page at that will be scanned at `dpi`."""
    return min(FINEST_DRAWING_DPI, max(COARSEST_DRAWING_DPI, dpi))


def scan(page: Colour, page_dpi: int, look: Look, rng: np.random.Generator, *, dpi: int, back: Colour | None = None) -> Scanned:
    """Scan a sheet.

    Args:
        page: (h, w, 3) uint8 RGB, upright A4 at `page_dpi`; not changed.
        page_dpi: see `drawing_dpi`.
        look: what happens to it.
        rng: decides where dirt lies.
        dpi: of the scan.
        back: the other side, same size, for what shows through; None = nothing there.
    """
    sheet_from_page, scan_from_sheet = _print_matrix(look), _scanner_matrix(look, dpi)
    upright = scan_from_sheet @ sheet_from_page
    source = _in_mode(page, look)
    if back is not None and look.show_through > 0:
        source = dirt.show_through(source, _in_mode(back, look), look.show_through)
    source = dirt.toned(source, look.toner, look.paper)
    size = (pixels(A4_MM[0] + look.edge_mm, dpi), pixels(A4_MM[1] + look.edge_mm, dpi))
    picture = _warped(source, page_dpi, upright, size, look, dpi)
    for generation in range(look.generations):
        picture = dirt.photocopied(picture, rng, dpi, edge_mm=look.copy_edge_mm if generation == 0 else 0.0)
    picture = _scanned(picture, map_points(scan_from_sheet, _sheet_corners()), look, rng, dpi)
    turned, turn = _turned(picture, look.rotation)
    axis = upright[:2, 0]
    skew = float(np.degrees(np.arctan2(axis[1], axis[0])))
    return Scanned(turned, turn @ upright, look.rotation, skew, dpi, look.mode in ("bilevel", "fax"), look.jpeg)


def _sheet_corners() -> NDArray[np.float64]:
    width, height = A4_MM
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=np.float64)


def _turn(degrees: float) -> Matrix:
    """Clockwise on a page whose y points down."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], dtype=np.float64)


def _about_centre(matrix: Matrix) -> Matrix:
    x, y = A4_MM[0] / 2, A4_MM[1] / 2
    return np.asarray(_shift(x, y) @ matrix @ _shift(-x, -y))


def _print_matrix(look: Look) -> Matrix:
    """Page mm -> sheet mm."""
    return np.asarray(_shift(*look.print_offset_mm) @ _about_centre(_turn(look.copy_turn_deg) @ scaling(*look.print_scale)))


def _scanner_matrix(look: Look, dpi: int) -> Matrix:
    """Sheet mm -> upright scan pixels."""
    feed = scaling(1.0, look.feed_stretch)
    return np.asarray(scaling(dpi / MM_PER_INCH) @ _shift(*look.feed_offset_mm) @ _about_centre(feed @ _turn(look.skew_deg)))


def _in_mode(page: Colour, look: Look) -> Pixels:
    return page if look.mode == "colour" else np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))


def _warped(source: Pixels, page_dpi: int, upright: Matrix, size: tuple[int, int], look: Look, dpi: int) -> Pixels:
    """The print where the scanner sees it, its optics' blur included; paper where there is no print."""
    if page_dpi > 1.2 * dpi:
        reduced = (pixels(A4_MM[0], dpi), pixels(A4_MM[1], dpi))
        source = np.asarray(cv2.resize(source, reduced, interpolation=cv2.INTER_AREA))
    per_mm = (source.shape[1] / A4_MM[0], source.shape[0] / A4_MM[1])
    indices = _shift(-0.5, -0.5) @ upright @ scaling(1 / per_mm[0], 1 / per_mm[1]) @ _shift(0.5, 0.5)
    white = (look.paper,) * 3
    warped = cv2.warpPerspective(source, indices, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=white)
    sigma = look.blur_mm * dpi / MM_PER_INCH
    return np.asarray(cv2.GaussianBlur(warped, (0, 0), sigma)) if sigma > 0.3 else np.asarray(warped)


def _scanned(picture: Pixels, sheet: NDArray[np.float64], look: Look, rng: np.random.Generator, dpi: int) -> Pixels:
    picture = dirt.specked(picture, look.specks, rng, dpi)
    picture = dirt.unevenly_lit(picture, look.light, rng)
    picture = dirt.noisy(picture, look.noise, rng)
    if look.background < 255:
        picture = dirt.beyond_the_sheet(picture, sheet, look.background)
    if look.mode == "bilevel":
        return np.asarray(cv2.threshold(picture, BILEVEL_LEVEL, 255, cv2.THRESH_BINARY)[1])
    return _faxed(picture, rng, dpi) if look.mode == "fax" else picture


def _faxed(picture: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """Bilevel at the fax's own resolution, a few lines lost and repeated, enlarged again to `dpi`."""
    height, width = picture.shape
    small = cv2.resize(picture, (round(width * FAX_DPI[0] / dpi), round(height * FAX_DPI[1] / dpi)), interpolation=cv2.INTER_AREA)
    dots = np.where(small < BILEVEL_LEVEL + 10, 0, 255).astype(np.uint8)
    for row in rng.integers(1, len(dots), int(rng.integers(0, 6))):
        dots[row] = dots[row - 1]
    return np.asarray(cv2.resize(dots, (width, height), interpolation=cv2.INTER_NEAREST_EXACT))


def _turned(picture: Pixels, rotation: int) -> tuple[Pixels, Matrix]:
    """The picture turned clockwise, and the matrix upright pixels -> turned pixels."""
    height, width = picture.shape[:2]
    matrices = {
        0: np.eye(3),
        90: np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        180: np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
    }
    return np.ascontiguousarray(np.rot90(picture, -rotation // 90)), matrices[rotation].astype(np.float64)
