"""A file that should be a scan of the diagnosis sheet: every side of it that is the sheet is measured, the others are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pikepdf

from pipeline.errors import PageRejected, ScanRefused, WrongUsage
from pipeline.ingest import Scan, open_scan
from pipeline.pages import page_images
from pipeline.scanner_check import Diagnosis, diagnose
from pipeline.scanner_check.check import Level, worst
from pipeline.scanner_check.layout import TITLE
from pipeline.settings import Limits

NOT_THE_SHEET = "スキャナー診断票ではありません。"
HOW_TO = "intake doctor --sheet 診断票.pdf で診断票を作り、A4 に印刷してスキャンしたファイルを指定してください。"
ORIGINAL = "{name} は診断票の原本で、スキャンではありません。A4 に印刷し、スキャンしてできたファイルを指定してください。"


@dataclass(frozen=True)
class OtherSide:
    """A side that was not measured: `code` is not_the_sheet, or a code of `PageRejected`."""

    page: int
    code: str
    message: str


@dataclass(frozen=True)
class Report:
    """All sides of one file, at least one of them the diagnosis sheet."""

    name: str
    diagnoses: tuple[Diagnosis, ...]
    others: tuple[OtherSide, ...]

    @property
    def level(self) -> Level:
        """The worst of all lines; bad when a side could not be read at all."""
        unread: tuple[Level, ...] = ("bad",) if any(other.code != "not_the_sheet" for other in self.others) else ()
        return worst(*(diagnosis.level for diagnosis in self.diagnoses), *unread)


def check_file(path: Path, limits: Limits) -> Report:
    """Measure every side of a file, one in memory at a time.

    Raises:
        WrongUsage: there is no such file, it is no scan, or no side of it is the diagnosis sheet.
        MissingOnMachine: poppler is needed and not installed.
    """
    if not path.is_file():
        raise WrongUsage(f"{path} というファイルはありません。")
    try:
        scan = open_scan(path, limits, received=date.today())
    except ScanRefused as refused:
        raise WrongUsage(f"{path.name}: {refused}") from refused
    if _is_original(scan):
        raise WrongUsage(ORIGINAL.format(name=scan.name))
    sides = list(_sides(scan, limits))
    report = Report(
        scan.name,
        tuple(side for side in sides if isinstance(side, Diagnosis)),
        tuple(side for side in sides if isinstance(side, OtherSide)),
    )
    if not report.diagnoses:
        raise WrongUsage(_refusal(report))
    return report


def _refusal(report: Report) -> str:
    unread = [other.message for other in report.others if other.code != "not_the_sheet"]
    return f"{report.name}: {unread[0]}" if unread else f"{report.name} は{NOT_THE_SHEET}{HOW_TO}"


def _sides(scan: Scan, limits: Limits) -> Iterator[Diagnosis | OtherSide]:
    images = page_images(scan, limits)
    for number in range(1, scan.page_count + 1):
        try:
            found = diagnose(next(images))
        except PageRejected as rejected:
            yield OtherSide(number, rejected.code, str(rejected))
            continue
        yield found or OtherSide(number, "not_the_sheet", f"{number} ページ目は{NOT_THE_SHEET}")


def _is_original(scan: Scan) -> bool:
    """Whether a PDF is the file that `print_sheet` wrote, not a scan of the print."""
    if scan.media != "pdf":
        return False
    try:
        with pikepdf.open(scan.path) as pdf:
            return str(pdf.docinfo.get("/Title", "")) == TITLE
    except (pikepdf.PikepdfError, AttributeError, ValueError, TypeError):
        return False
