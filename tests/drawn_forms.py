"""Small invented forms drawn with OpenCV, and pages of them with known truth: nothing here needs a font or a template folder."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.cleanup import CleanPage
from pipeline.forms import REFERENCE_DPI, FieldSpec, FormTemplate, Library
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, Gray, Matrix, map_points, pixels, scaling

WORDS = ("Name", "Date of birth", "Employer", "Position", "From", "To", "Address", "Telephone", "Signature", "Months", "Field", "Remarks")


def form_picture(seed: int, *, marks: bool = False, title: str = "") -> Gray:
    """A ruled form of its own for every seed, at REFERENCE_DPI."""
    rng = np.random.default_rng(seed)
    picture = np.full((2339, 1654), 255, np.uint8)
    write(picture, title or f"Form {seed} {WORDS[seed % len(WORDS)]}", 30, 20, 1.6)
    top = 35.0
    while top < 262:
        height = float(rng.choice([8, 10, 14, 20]))
        edges = [15.0, *sorted(rng.uniform(40, 180, rng.integers(1, 4)).tolist()), 195.0]
        for left, right in zip(edges, edges[1:], strict=False):
            rule(picture, Box(left, top, right - left, height))
            write(picture, str(rng.choice(WORDS)) + f" {rng.integers(10, 99)}", left + 1.5, top + 4, 0.6)
        top += height
    write(picture, " ".join(rng.permutation(WORDS)), 15, 280, 0.55)
    if marks:
        for x, y in ((7, 8), (198, 8), (198, 284), (7, 284)):
            fill(picture, Box(x, y, 5, 5))
        write(picture, f"CODE-{seed}", 16, 289, 0.9)
    return picture


def write(picture: Gray, text: str, x: float, y: float, size: float) -> None:
    cv2.putText(picture, text, (at(x), at(y)), cv2.FONT_HERSHEY_SIMPLEX, size, 0, max(1, round(size * 2)), cv2.LINE_AA)


def rule(picture: Gray, box: Box) -> None:
    cv2.rectangle(picture, (at(box.x), at(box.y)), (at(box.right), at(box.bottom)), 0, 2)


def fill(picture: Gray, box: Box) -> None:
    cv2.rectangle(picture, (at(box.x), at(box.y)), (at(box.right), at(box.bottom)), 0, -1)


def at(millimetres: float) -> int:
    return pixels(millimetres, REFERENCE_DPI)


def template(form: str, fields: tuple[FieldSpec, ...] = (), variant_of: str | None = None, *, fixed: bool = True) -> FormTemplate:
    root = variant_of or form
    return FormTemplate(form, "a", form, "1", "marked" if form == root else "plain", root, fixed, Path(form), fields)


def library(pictures: dict[str, Gray], templates: tuple[FormTemplate, ...] = ()) -> Library:
    for picture in pictures.values():
        picture.setflags(write=False)
    return Library(templates or tuple(template(form) for form in pictures), dict(pictures))


def scan_from_page(dpi: float, scale: tuple[float, float] = (1, 1), turn: float = 0, shift: tuple[float, float] = (0, 0)) -> Matrix:
    """Page mm -> pixel edges of a scan: print scale, turn in degrees about the middle of the page, shift in mm."""
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    centre = np.array([[1, 0, A4_MM[0] / 2], [0, 1, A4_MM[1] / 2], [0, 0, 1]])
    back = np.array([[1, 0, -A4_MM[0] / 2], [0, 1, -A4_MM[1] / 2], [0, 0, 1]])
    moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]])
    turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return np.asarray(scaling(dpi / MM_PER_INCH) @ moved @ centre @ turned @ scaling(*scale) @ back, np.float64)


def scanned(picture: Gray, matrix: Matrix, dpi: float, *, noise: float = 6.0, bilevel: bool = False, seed: int = 0) -> Gray:
    """A picture at REFERENCE_DPI on an A4 scan; `matrix` from `scan_from_page`."""
    to_edges = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    centres = np.linalg.inv(to_edges) @ matrix @ scaling(MM_PER_INCH / REFERENCE_DPI) @ to_edges
    size = (pixels(A4_MM[0], dpi), pixels(A4_MM[1], dpi))
    scan = cv2.warpPerspective(cv2.GaussianBlur(picture, (0, 0), 0.7), centres, size, borderValue=255).astype(np.float64)
    scan += np.random.default_rng(seed).normal(0, noise, scan.shape)
    scan = np.where(scan < 150, 0, 255) if bilevel else np.clip(scan, 0, 255)
    return scan.astype(np.uint8)


def clean_page(scan: Gray, dpi: float, quarter: int = 0) -> CleanPage:
    """A scan as clean-up hands it on, turned by `quarter` times 90 degrees clockwise."""
    turned = np.ascontiguousarray(np.rot90(scan, -quarter))
    turned.setflags(write=False)
    return CleanPage(1, turned, None, dpi, 0.0, np.eye(3), blank=False)


def turned(matrix: Matrix, dpi: float, quarter: int) -> Matrix:
    """`matrix` followed by the turn of `clean_page`."""
    for step in range(quarter):
        height = pixels(A4_MM[1 - step % 2], dpi)
        matrix = np.array([[0, -1, height], [1, 0, 0], [0, 0, 1.0]]) @ matrix
    return np.asarray(matrix, np.float64)


def error_mm(found: np.ndarray, truth: Matrix, points: np.ndarray, dpi: float) -> float:
    """Largest distance of found scan points from where `truth` puts the page points."""
    return float(np.hypot(*(found - map_points(truth, points)).T).max() * MM_PER_INCH / dpi)
