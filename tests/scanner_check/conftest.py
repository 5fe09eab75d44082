"""The printed sheet, drawn once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pdf2image import convert_from_path

from pipeline.geometry import Colour
from pipeline.scanner_check.printing import print_sheet
from tests.scanner_check.drawn import PAGE_DPI


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheet as its file."""
    file = tmp_path_factory.mktemp("scanner") / "sheet.pdf"
    print_sheet(file)
    return file


@pytest.fixture(scope="session")
def sheet(pdf: Path) -> Colour:
    """The sheet as printed, (h, w, 3) RGB, read-only."""
    picture = np.array(convert_from_path(pdf, dpi=PAGE_DPI)[0].convert("RGB"), np.uint8)
    picture.setflags(write=False)
    return picture
