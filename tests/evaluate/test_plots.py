"""Plots of confidence: counts that are drawn, and files a browser can open."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.errors import WrongUsage
from pipeline.evaluate import Evaluation, FieldResult, PageResult
from pipeline.evaluate.judge import Judged
from pipeline.evaluate.plots import Graded, bins, risk, write_plots
from pipeline.sheet import Decision, FieldValue

SVG = "{http://www.w3.org/2000/svg}"


def graded(*pairs: tuple[float, bool]) -> list[Graded]:
    return [Graded(confidence, right, confidence > 0.99) for confidence, right in pairs]


def test_stated_and_real_errors_are_counted_in_bins() -> None:
    many = graded(*[(0.995, True)] * 98, *[(0.995, False)] * 2, *[(0.8, False)] * 5, (0.4, False))
    assert [(round(stated, 4), number, wrong) for stated, number, wrong in bins(many)] == [(0.005, 100, 2), (0.2, 5, 5)]


def test_the_curve_lets_the_surest_through_first_and_equally_sure_ones_together() -> None:
    assert risk(graded((0.9, True), (0.9, False), (0.999, True), (0.5, False))) == [(0.25, 1, 0), (0.75, 3, 1), (1.0, 4, 2)]


def result(kind: str, confidence: float, decision: Decision, *, right: bool) -> FieldResult:
    read = FieldValue("field", kind, "1", "1", None, confidence, decision, None, (), None)
    return FieldResult("field", "1", read, Judged(kind, empty=False, exact=right, accepted=decision == "accept", errors=0, length=1))


def test_a_file_per_family_in_japanese(tmp_path: Path) -> None:
    fields = (
        *[result("phone", 0.9995, "accept", right=True)] * 9,
        result("phone", 0.9995, "accept", right=False),
        result("name", 0.7, "review", right=True),
        result("seal", 0.99, "accept", right=True),
        result("name", 0.99, "blank", right=True),
    )
    found = Evaluation((PageResult("a/b", 1, "a", "a", "right", fields, ()),), 1.0, 1.0)
    files = write_plots(found, tmp_path / "plots", 0.001)
    assert [file.name for file in files] == ["all.svg", "digits.svg", "name.svg"]
    words = [label.text for label in ET.parse(files[0]).getroot().iter(f"{SVG}text")]
    assert "合計（11 項目、うち誤り 1）" in words
    assert "現在の設定: 91% を確定、誤り 1 件" in words
    assert "許容する誤り 0.10%" in words


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="図にできる"):
        write_plots(Evaluation((), 0.0, 0.0), tmp_path, 0.001)
