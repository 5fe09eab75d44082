"""Skew, turns, mirror and negative."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.drawing.looks import Look
from pipeline.geometry import Colour
from pipeline.scanner_check.check import Level
from pipeline.scanner_check.position import Position, judge_position, measure_position
from tests.scanner_check.drawn import found, scanned


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-5.0, -0.3, 0.0, 2.5])
def test_skew_and_quarter_turns(sheet: Colour, rotation: int, skew: float) -> None:
    measured = measure_position(found(scanned(sheet, Look(rotation=rotation, skew_deg=skew)).pixels))
    assert measured.rotation == rotation
    assert measured.skew_deg == pytest.approx(skew, abs=0.03)


def test_a_mirrored_sheet_leans_as_it_is_seen(sheet: Colour) -> None:
    """The way up and the angle are those of the sheet once the mirror is taken out."""
    picture = scanned(sheet, Look(rotation=180, skew_deg=2.0)).pixels
    measured = measure_position(found(np.ascontiguousarray(picture[:, ::-1])))
    assert measured.mirrored
    assert measured.rotation == 180
    assert measured.skew_deg == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize(
    ("position", "levels", "words"),
    [
        (Position(0, 0.2, mirrored=False, inverted=False), ("good", "good"), ("0.2 度（時計回り）", "正しい向き")),
        (Position(180, -1.5, mirrored=False, inverted=False), ("fair", "good"), ("1.5 度（反時計回り）", "上下が逆です")),
        (Position(90, 4.6, mirrored=False, inverted=False), ("bad", "good"), ("4.6 度（時計回り）", "右に 90 度回っています")),
        (Position(0, 0.0, mirrored=True, inverted=False), ("good", "bad"), ("0.0 度", "左右が裏返し（鏡像）です")),
        (Position(0, 0.0, mirrored=False, inverted=True), ("good", "bad"), ("0.0 度", "白と黒が逆です")),
    ],
)
def test_what_is_said(position: Position, levels: tuple[Level, Level], words: tuple[str, str]) -> None:
    checks = judge_position(position)
    assert tuple(check.level for check in checks) == levels
    assert tuple(check.value for check in checks) == words
