"""How far the read page lies from the true one, in millimetres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.forms import FormTemplate
from pipeline.geometry import Matrix, map_points


def corner_errors(template: FormTemplate, true_scan_from_page: Matrix, scan_from_page: Sequence[float]) -> NDArray[np.float64]:
    """Distance in mm, (n,), between where a field's corners lie and where the registration puts them, on the page's scale."""
    corners = np.vstack([spec.box.corners() for spec in template.fields])
    page_from_scan: Matrix = np.asarray(np.linalg.inv(np.array(scan_from_page).reshape(3, 3)), dtype=np.float64)
    placed = map_points(page_from_scan, map_points(true_scan_from_page, corners))
    return np.asarray(np.linalg.norm(placed - corners, axis=1), dtype=np.float64)
