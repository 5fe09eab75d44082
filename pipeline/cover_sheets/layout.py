"""Where things stand on a cover sheet: shared by printing and reading."""

from __future__ import annotations

from pipeline.geometry import Box

QR_VERSION = 5
QR_LEVEL = "Q"
"""37 modules a side hold 60 bytes while a quarter of the code words may be lost."""
QR_MODULES = 17 + 4 * QR_VERSION
QUIET_MODULES = 4
QR_MM = 50.0
"""Without the quiet zone: a module is 1.35 mm, 8 pixels at 150 dpi."""
MODULE_MM = QR_MM / QR_MODULES
FINDER_MM = 7 * MODULE_MM
"""Side of the three nested squares in the corners of a QR."""
QR_BOXES = (Box(20.0, 22.0, QR_MM, QR_MM), Box(140.0, 225.0, QR_MM, QR_MM))
"""Twice, with no row and no column of the page in common: a streak of the scanner never crosses both."""
