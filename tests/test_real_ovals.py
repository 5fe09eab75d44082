"""The filled-in ovals of real questionnaires: none is read wrong, and at most one of fifty goes to a person. Nothing is fitted to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from benchmarks.real_ovals import Judged, read_pages

SQS = Path(__file__).parents[2] / "shared" / "realdata" / "sqs"
pytestmark = [pytest.mark.realdata, pytest.mark.skipif(not SQS.is_dir(), reason="the real scans are not beside this checkout")]


@cache
def fields() -> list[Judged]:
    return [judged for _, page in read_pages(SQS) for judged in page]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_no_oval_is_read_wrong() -> None:
    assert sum(len(judged.crop.spec.options) for judged in fields()) == 465
    assert [judged.crop.spec.name for judged in fields() if judged.verdict == "WRONG"] == []


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_few_ovals_go_to_a_person() -> None:
    assert sum(len(judged.reading.unsure) for judged in fields()) <= 0.02 * 465
