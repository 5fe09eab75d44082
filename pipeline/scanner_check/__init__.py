"""The scanner check behind `intake doctor --scan`: a scan of the diagnosis sheet becomes lines that say what to set or to clean.

| what | module |
|---|---|
| where things stand on the sheet; printing it | `layout`, `printing` |
| is a page the sheet, and how does it lie | `tags`, `finding` |
| resolution, position, margins, sharpness, streaks, tone, specks | one module each: `measure_...` in numbers, `judge_...` in words |

Printing is kept out of here: a page worker needs no PDF writer.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pages import PageImage
from pipeline.scanner_check.check import MARKS, Check, Level, worst
from pipeline.scanner_check.finding import SheetScan, find_sheet, is_sheet
from pipeline.scanner_check.margins import judge_margins, measure_margins
from pipeline.scanner_check.position import judge_position, measure_position
from pipeline.scanner_check.resolution import judge_resolution, measure_resolution
from pipeline.scanner_check.sharpness import judge_sharpness, measure_sharpness
from pipeline.scanner_check.specks import judge_specks, measure_specks
from pipeline.scanner_check.streaks import judge_streaks, measure_streaks
from pipeline.scanner_check.tone import judge_tone, measure_tone

__all__ = ["MARKS", "Check", "Diagnosis", "Level", "diagnose", "find_sheet", "is_sheet"]


@dataclass(frozen=True)
class Diagnosis:
    """The lines about one scan of the sheet, in the order they are shown."""

    page: int
    checks: tuple[Check, ...]

    @property
    def level(self) -> Level:
        """The worst of the lines."""
        return worst(*(check.level for check in self.checks))


def diagnose(page: PageImage) -> Diagnosis | None:
    """Measure one scanned side; None when it is not the diagnosis sheet."""
    scan = find_sheet(page)
    return None if scan is None else Diagnosis(page.number, tuple(_checks(scan)))


def _checks(scan: SheetScan) -> list[Check]:
    tone = measure_tone(scan)
    streaks = measure_streaks(scan)
    return [
        *judge_resolution(measure_resolution(scan)),
        *judge_position(measure_position(scan)),
        *judge_margins(measure_margins(scan)),
        *judge_tone(tone),
        judge_sharpness(measure_sharpness(scan), bilevel=tone is not None and tone.mode == "bilevel"),
        judge_streaks(streaks),
        judge_specks(measure_specks(scan, streaks)),
    ]
