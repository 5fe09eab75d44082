"""Draws ovals as questionnaires print them, and the ways in which people fill them in."""

from __future__ import annotations

import numpy as np

from pipeline.geometry import Box
from tests.recognise.paper import Paper, Way, smooth


def print_oval(paper: Paper, oval: Box, *, dotted: bool, number: bool = False) -> None:
    """A printed outline, and a small digit 1 in its middle."""
    steps = 49 if not dotted else max(round(np.pi * (oval.w + oval.h) / 2 / 0.34), 8)
    angle = np.linspace(0, 2 * np.pi, steps)
    outline = _middle(oval) + np.column_stack([np.cos(angle) * oval.w / 2, np.sin(angle) * oval.h / 2])
    if dotted:
        for dot in outline:
            paper.line(np.array([dot, dot + 0.02]), 0.14, printed=True)
    else:
        paper.line(outline, 0.15, printed=True)
    if number:
        x, y = _middle(oval)
        paper.line(np.array([[x - 0.3, y - 0.6], [x, y - 0.8], [x, y + 0.8]]), 0.18, printed=True)


def fill_ways(oval: Box, rng: np.random.Generator, pen: float) -> list[Way]:
    """Zigzags of a pen `pen` mm wide across or along the oval, more or less closely, with some spill and some gaps."""
    along = bool(rng.random() < 0.5)
    across_mm = oval.w if along else oval.h
    rows = max(3, round(across_mm / (pen * rng.uniform(0.7, 1.25))))
    position = np.linspace(-0.45, 0.45, rows)
    reach = np.sqrt(np.maximum(1 - (2 * position) ** 2, 0.05)) / 2
    side = np.where(np.arange(rows) % 2, 1, -1) * reach + rng.normal(0, 0.06, rows)
    spill = rng.uniform(0.85, 1.15)
    u, v = (position * oval.w, side * oval.h * spill) if along else (side * oval.w * spill, position * oval.h)
    return [_middle(oval) + rng.normal(0, 0.1, 2) + np.column_stack([u, v])]


def partial_ways(shape: str, oval: Box, rng: np.random.Generator) -> list[Way]:
    """What is no filling: tick, cross, slash, dot."""
    half_w, half_h = oval.w / 2, min(oval.h, 2.5 * oval.w) / 2
    if shape == "tick":
        ways = [smooth([(-half_w, 0), (-0.2 * half_w, 0.5 * half_h), (1.2 * half_w, -half_h)])]
    elif shape == "cross":
        ways = [smooth([(-half_w, -half_h), (half_w, half_h)]), smooth([(half_w, -half_h), (-half_w, half_h)])]
    elif shape == "slash":
        ways = [smooth([(half_w, -half_h), (-half_w, half_h)])]
    else:
        ways = [np.array([(0.0, 0.0), (0.1, 0.3), (0.2, 0.5)])]
    return [_middle(oval) + way + rng.normal(0, 0.03, way.shape) for way in ways]


def _middle(oval: Box) -> Way:
    return np.array([oval.x + oval.w / 2, oval.y + oval.h / 2])
