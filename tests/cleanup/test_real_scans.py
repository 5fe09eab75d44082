"""Held against real scans that nobody here made; skipped where they are not beside the repository."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipeline.cleanup import CleanPage, clean
from pipeline.ingest import open_scan
from pipeline.pages import page_images
from pipeline.settings import Limits

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real scans are not beside the repository"),
]


def cleaned(path: Path) -> list[CleanPage]:
    scan = open_scan(path, Limits(), received=date(2026, 10, 20))
    return [clean(page) for page in page_images(scan, Limits())]


def test_skew_of_bilevel_questionnaires_by_their_corner_marks() -> None:
    """Measured: median error 0.05, worst 0.09; their four sides differ by 0.1 themselves, paper is not rigid."""
    truth = json.loads((REAL / "sqs" / "gt.json").read_text(encoding="utf-8"))
    scans = {name: entry for name, entry in truth.items() if isinstance(entry, dict) and "skew_deg_clockwise_positive" in entry}
    pages = {name: cleaned(REAL / name)[0] for name in scans}
    errors = [abs(pages[name].skew_deg - entry["skew_deg_clockwise_positive"]["mean"]) for name, entry in scans.items()]
    assert len(errors) == 15
    assert np.median(errors) <= 0.06
    assert max(errors) <= 0.1
    assert not any(page.blank for page in pages.values())


@pytest.mark.parametrize(
    ("name", "degrees"),
    [("sbrunner_deskew-1.png", -1.4), ("sbrunner_deskew-3.png", -6.25), ("sbrunner_deskew-5.png", 3.4), ("ocrmypdf_cardinal.pdf", 0.0)],
)
def test_skew_of_other_peoples_test_pages(name: str, degrees: float) -> None:
    assert [page.skew_deg for page in cleaned(REAL / "skew" / name)] == pytest.approx(
        [degrees] * (4 if name.endswith("pdf") else 1), abs=0.1
    )
