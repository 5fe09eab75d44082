"""The dark edge that a scanner or a photocopier leaves around the paper."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.geometry import Gray, millimetres, pixels

DARK = 0.55
"""Share of the paper's tone below which a pixel can be lid or shadow; gray lids are evened out with the background instead."""
THICK_MM = 2.0
"""What is thinner and crosses the picture's edge is a ruled line or a stroke."""
CONTACT_MM = 15.0
"""Length along the picture's edge from which a dark patch is border: a bar of a form that is cut by the edge touches it with its end."""
FRINGE_MM = 1.0
"""Half-tone between lid and paper that goes with the border."""


def border_mask(small: Gray, dpi: float) -> Gray:
    """255 where the scanner's edge lies, else 0. (h, w) of `small`.

    A patch is border if it is thick, or as thin as you like but lying along the picture's edge, and touches that edge over CONTACT_MM.
    Rules that run into it are left: only the fringe around the thick part goes.
    """
    paper = float(np.percentile(small[::4, ::4], 80))
    dark = np.asarray(small < DARK * paper, dtype=np.uint8)
    if not any(edge.any() for edge in (dark[0], dark[-1], dark[:, 0], dark[:, -1])):
        return np.zeros_like(small)
    thick = max(3, pixels(THICK_MM, dpi))
    beyond = cv2.copyMakeBorder(dark, thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=1)
    opened = cv2.morphologyEx(beyond, cv2.MORPH_OPEN, np.ones((thick + 1, thick + 1), np.uint8))
    border = _along_the_edge(np.asarray(cv2.bitwise_and(opened[thick:-thick, thick:-thick], dark), dtype=np.uint8), dpi)
    if not border.any():
        return np.zeros_like(small)
    fringe = 2 * max(1, pixels(FRINGE_MM, dpi)) + 1
    return np.asarray(cv2.dilate(border, np.ones((fringe, fringe), np.uint8)) * 255, dtype=np.uint8)


def whitened(picture: Gray, border: Gray) -> Gray:
    """`picture`, gray or colour, with the border (of a smaller copy) made white. The input itself when there is none."""
    if not border.any():
        return picture
    height, width = picture.shape[:2]
    mask = cv2.resize(border, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_or(picture, mask if picture.ndim == 2 else cv2.merge([mask] * 3)), dtype=np.uint8)


def _along_the_edge(core: Gray, dpi: float) -> Gray:
    """Those patches of `core` that touch the picture's edge over CONTACT_MM."""
    count, labels = cv2.connectedComponents(core)
    frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = np.bincount(frame, minlength=count)
    wanted = np.array([millimetres(float(touching), dpi) >= CONTACT_MM for touching in contact])
    wanted[0] = False
    return np.asarray(wanted[labels], dtype=np.uint8)
