"""What happens to a sheet between the applicant's printer and the scanner's file, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from pipeline.errors import WrongUsage

Preset = Literal["clean", "office", "copy", "fax"]
PRESETS: tuple[str, ...] = get_args(Preset)
Mode = Literal["colour", "gray", "bilevel", "fax"]
FAX_DPI = (204, 196)
"""Group 3 fine resolution, across and down."""


@dataclass(frozen=True)
class Look:
    """One sheet's way through printer, photocopier and scanner.

    Attributes:
        print_scale: of the print, x and y; 1 = true to size.
        print_offset_mm: of the print on the sheet, x and y.
        copy_turn_deg: turn of the print on its sheet, left by photocopying.
        skew_deg: turn of the sheet in the scanner, clockwise positive.
        rotation: how the sheet lay, degrees clockwise: 0, 90, 180 or 270.
        feed_offset_mm: of the sheet in the scanner, x and y.
        feed_stretch: of the scan along the feed.
        generations: photocopies between the ink and the scanner.
        blur_mm: standard deviation of the optics' blur.
        light: unevenness of the lamp, share of full white.
        noise: standard deviation, grey levels.
        edge_mm: how far the scan reaches over the sheet's right and lower edge.
        background: grey level beyond the sheet.
        copy_edge_mm: width of a photocopy's dark edge.
        specks: spots of dirt on the whole page.
        show_through: share of the other side's ink that is seen.
        paper: grey level of the paper.
        toner: 1 = black print, less = grey (all that stands on the page).
        mode: what the scanner saves.
        jpeg: quality of the file's compression where it is a lossy one.
    """

    print_scale: tuple[float, float] = (1.0, 1.0)
    print_offset_mm: tuple[float, float] = (0.0, 0.0)
    copy_turn_deg: float = 0.0
    skew_deg: float = 0.0
    rotation: int = 0
    feed_offset_mm: tuple[float, float] = (0.0, 0.0)
    feed_stretch: float = 1.0
    generations: int = 0
    blur_mm: float = 0.03
    light: float = 0.0
    noise: float = 0.0
    edge_mm: float = 0.0
    background: int = 255
    copy_edge_mm: float = 0.0
    specks: int = 0
    show_through: float = 0.0
    paper: int = 255
    toner: float = 1.0
    mode: Mode = "gray"
    jpeg: int = 75


def new_look(preset: str, rng: np.random.Generator) -> Look:
    """A sheet's way drawn at random from one of PRESETS; WrongUsage for any other word."""
    recipes = {"clean": _clean, "office": _office, "copy": _copy, "fax": _fax}
    if preset not in recipes:
        raise WrongUsage(f"紙の種類「{preset}」はありません（{'、'.join(PRESETS)}）。")
    return recipes[preset](rng)


def _pair(rng: np.random.Generator, spread: float) -> tuple[float, float]:
    x, y = rng.normal(0, spread, 2)
    return float(x), float(y)


def _fit(rng: np.random.Generator, low: float) -> tuple[float, float]:
    """Most print true to size, some fit to page; the two directions differ by the printer's feed."""
    scale = 1.0 if rng.random() < 0.5 else float(rng.uniform(low, 0.98))
    return scale * float(rng.normal(1, 0.0008)), scale * float(rng.normal(1, 0.0012))


def _clean(rng: np.random.Generator) -> Look:
    return Look(skew_deg=float(rng.normal(0, 0.1)), feed_offset_mm=_pair(rng, 0.2), paper=254, jpeg=85)


def _office(rng: np.random.Generator) -> Look:
    return Look(
        print_scale=_fit(rng, 0.94),
        print_offset_mm=_pair(rng, 0.8),
        skew_deg=float(rng.normal(0, 0.7)),
        feed_offset_mm=_pair(rng, 0.8),
        feed_stretch=float(rng.normal(1, 0.0012)),
        blur_mm=float(rng.uniform(0.03, 0.065)),
        light=float(rng.uniform(0.01, 0.05)),
        noise=float(rng.uniform(1.0, 2.5)),
        edge_mm=float(rng.choice([0.0, 0.0, 1.5, 3.0])),
        background=int(rng.choice([255, 235, 60])),
        specks=int(rng.integers(0, 12)),
        show_through=float(rng.uniform(0, 0.04)),
        paper=int(rng.integers(242, 254)),
        toner=float(rng.uniform(0.82, 1.0)),
        jpeg=int(rng.integers(60, 80)),
    )


def _copy(rng: np.random.Generator) -> Look:
    return Look(
        print_scale=(float(rng.uniform(0.93, 1.0)), float(rng.uniform(0.93, 1.0)))
        if rng.random() < 0.15
        else (_fit(rng, 0.93)),
        print_offset_mm=_pair(rng, 1.8),
        copy_turn_deg=float(rng.normal(0, 0.6)),
        skew_deg=float(rng.normal(0, 1.1)),
        feed_offset_mm=_pair(rng, 1.2),
        feed_stretch=float(rng.normal(1, 0.002)),
        generations=int(rng.integers(1, 3)),
        blur_mm=float(rng.uniform(0.045, 0.08)),
        light=float(rng.uniform(0.03, 0.12)),
        noise=float(rng.uniform(1.5, 4.0)),
        edge_mm=float(rng.choice([0.0, 2.0, 4.0])),
        background=int(rng.choice([230, 90, 30])),
        copy_edge_mm=float(rng.choice([0.0, 2.0, 5.0])),
        specks=int(rng.integers(20, 120)),
        paper=int(rng.integers(235, 252)),
        toner=float(rng.uniform(0.85, 1.0)),
        jpeg=int(rng.integers(50, 70)),
    )


def _fax(rng: np.random.Generator) -> Look:
    return Look(
        print_scale=(0.98, 0.98),
        print_offset_mm=_pair(rng, 1.0),
        skew_deg=float(rng.normal(0, 0.6)),
        feed_offset_mm=_pair(rng, 1.5),
        feed_stretch=float(rng.normal(1, 0.003)),
        blur_mm=0.06,
        light=float(rng.uniform(0.0, 0.06)),
        noise=4.0,
        specks=int(rng.integers(5, 40)),
        mode="fax",
    )
