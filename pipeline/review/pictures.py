"""Pictures of fields and pages, made from the scan when they are asked for, and kept for a while in memory only.

A picture is found through the row of a queue item: what a browser sends is a number and one of three words, never a name of a file.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import cleanup, pages, register
from pipeline.errors import PageRejected
from pipeline.fields import cut_fields
from pipeline.forms import Library
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, Gray, Matrix, for_centres, pixels, scaling
from pipeline.identify import Candidate
from pipeline.ingest import Media, Scan
from pipeline.pages import PageImage
from pipeline.settings import Settings
from pipeline.store.blobs import blob_path
from pipeline.store.questions import Place, Side

View = Literal["original", "ink", "page", "thumb"]
CROP_DPI = 300
PAGE_DPI = 110
"""A whole page of 910 x 1286 pixels: as wide as the office's screens show it, small enough to come at once."""
THUMB_SHARE = 0.25
"""Size of a side among others against the whole page: 228 pixels wide, the title and the writing's place can be told."""
MARGIN_MM = 5.0
"""Paper around a field's box: the printed label beside it helps to know where one is."""
KEPT = 256
"""Pictures kept; a crop is some 50 kB."""
AT_ONCE = 2
"""Pictures made at the same time: a page at 600 dpi takes 100 MB while it is read."""
MARK = (0, 110, 230)
"""Blue, green, red of the frame around a field: an orange that is neither ink nor seal."""
MARK_MM = 1.2
WHITE = 255
CLASSIFIED = ".classified"
"""End of the name of a value that nobody wrote: it is made of the duties in its row."""

Picture = NDArray[np.uint8]


class NoPicture(Exception):
    """The scan is not there (any more), or cannot be read."""


class Pictures:
    """Makes pictures and keeps the newest."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self.settings = settings
        self.library = library
        self.kept: OrderedDict[tuple[str, int, str | None, View], bytes] = OrderedDict()
        self.lock = threading.Lock()
        self.turns = threading.BoundedSemaphore(AT_ONCE)

    def png(self, place: Place, view: View) -> bytes:
        """The picture as PNG. Raises NoPicture."""
        key = (place.side.scan, place.side.page, place.field, view)
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                return self.kept[key]
        with self.turns:
            made = _encoded(self._made(place, view))
        with self.lock:
            self.kept[key] = made
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return made

    def _made(self, place: Place, view: View) -> Picture:
        page = self._page(place.side)
        if view == "ink" and place.field is not None and _is_laid(place.side):
            return self._ink(page, place.side, place.field)
        picture, from_mm = _upright(page, place.side)
        if view == "thumb":
            return _shrunk(_whole(picture, from_mm, None), THUMB_SHARE)
        if view == "page" or place.box is None:
            return _whole(picture, from_mm, place.box)
        return _cut(picture, from_mm, place.box.grown(MARGIN_MM), CROP_DPI)

    def _page(self, side: Side) -> PageImage:
        path = blob_path(self.settings.blobs, side.scan)
        scan = Scan(side.scan, path, "", _media(side.media), side.page_count, side.received)
        try:
            return next(iter(pages.page_images(scan, self.settings.limits, [side.page])))
        except (OSError, PageRejected) as exc:
            raise NoPicture from exc

    def _ink(self, page: PageImage, side: Side, field: str) -> Picture:
        """The field with the form's print taken away, as the readers saw it."""
        clean = cleanup.clean(page)
        assert side.match is not None
        clean_from_page = np.asarray(np.linalg.inv(clean.scan_from_clean) @ _matrix(side), np.float64)
        candidate = Candidate(str(side.form), side.match.score, clean_from_page)
        crops = cut_fields(register.register(clean, candidate, self.library), self.library)
        written = f"{field.removesuffix(CLASSIFIED)}.duties" if field.endswith(CLASSIFIED) else field
        found = next((crop.ink for crop in crops if crop.spec.name == written), None)
        if found is None:
            raise NoPicture
        return found


def _is_laid(side: Side) -> bool:
    return side.match is not None and len(side.match.scan_from_page) == 9


def _matrix(side: Side) -> Matrix:
    assert side.match is not None
    return np.array(side.match.scan_from_page, np.float64).reshape(3, 3)


def _upright(page: PageImage, side: Side) -> tuple[Picture, Matrix]:
    """The side's picture and page mm -> its pixels; one that lies on no template is levelled and turned as it was read."""
    if _is_laid(side):
        return page.gray if page.colour is None else np.ascontiguousarray(page.colour[:, :, ::-1]), _matrix(side)
    level = cleanup.levelled(cleanup.clean(page))
    turned: Gray = cleanup.upright(level.gray, side.match.rotation if side.match else 0)
    return turned, scaling(level.dpi / MM_PER_INCH)


def _whole(picture: Picture, from_mm: Matrix, box: Box | None) -> Picture:
    double = _cut(picture, from_mm, Box(0, 0, *A4_MM), 2 * PAGE_DPI)
    drawn = _shrunk(double, 0.5)
    if box is None:
        return drawn
    colour = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR) if drawn.ndim == 2 else drawn, np.uint8)
    around = box.grown(MARK_MM)
    corners = [(pixels(x, PAGE_DPI), pixels(y, PAGE_DPI)) for x, y in ((around.x, around.y), (around.right, around.bottom))]
    cv2.rectangle(colour, corners[0], corners[1], MARK, 3)
    return colour


def _shrunk(picture: Picture, share: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def _cut(picture: Picture, from_mm: Matrix, box: Box, dpi: float) -> Picture:
    """A part of the page, drawn straight at `dpi`; white where there is no paper."""
    size = max(pixels(box.w, dpi), 1), max(pixels(box.h, dpi), 1)
    from_cut = np.array([[MM_PER_INCH / dpi, 0, box.x], [0, MM_PER_INCH / dpi, box.y], [0, 0, 1.0]])
    matrix = for_centres(np.asarray(from_mm @ from_cut, np.float64))
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    paper = (WHITE,) * (picture.shape[2] if picture.ndim == 3 else 1)
    return np.asarray(cv2.warpPerspective(picture, matrix, size, flags=method, borderValue=paper), np.uint8)


def _encoded(picture: Picture) -> bytes:
    done, png = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise NoPicture
    return png.tobytes()


def _media(word: str) -> Media:
    known: dict[str, Media] = {"pdf": "pdf", "tiff": "tiff", "jpeg": "jpeg", "png": "png"}
    if word not in known:
        raise NoPicture
    return known[word]


