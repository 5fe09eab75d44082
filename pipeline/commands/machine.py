"""`intake doctor`: this machine, and with a diagnosis sheet the office's scanner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline import doctor as examination
from pipeline.commands.console import out, print_json
from pipeline.errors import WrongUsage
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.scanner_check import Diagnosis
    from pipeline.scanner_check.files import Report

NOT_FIT, MISSING = 1, 3
SHEET_ADVICE = "A4 用紙に「実際のサイズ（100 %）」で印刷し、ふだんと同じ設定でスキャンして、intake doctor --scan で調べてください。"
NEXT = {
    "good": "このスキャナーの設定でそのまま使えます。",
    "fair": "読み取れます。△ の項目を直すと、人が確かめる箇所が減ります。",
    "bad": "× の項目を直してから、もう一度スキャンして調べてください。",
}


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(doctor)


def doctor(
    sheet: Annotated[Path | None, typer.Option("--sheet", dir_okay=False, help="スキャナー診断票を PDF に書き出す")] = None,
    scan: Annotated[Path | None, typer.Option("--scan", help="スキャンした診断票を調べ、スキャナーの直すところを表示する")] = None,
    json_: Annotated[bool, typer.Option("--json", help="JSON で出力する")] = False,  # noqa: FBT002 - typer's way of a flag
) -> None:
    """この機械に足りないものと、その入れ方を表示する。診断票を使えば、スキャナーの状態も調べる。"""
    if sheet is not None and scan is not None:
        raise WrongUsage("--sheet と --scan は同時に使えません。先に診断票を印刷してください。")
    if sheet is not None:
        _print_sheet(sheet, json_=json_)
    elif scan is not None:
        _check_scan(scan, json_=json_)
    else:
        _check_machine(json_=json_)


def _check_machine(*, json_: bool) -> None:
    diagnoses = examination.examine(Settings())
    lacking = [diagnosis for diagnosis in diagnoses if diagnosis.fatal and not diagnosis.fine]
    if json_:
        print_json({"machine": [vars(diagnosis) for diagnosis in diagnoses]})
        raise typer.Exit(MISSING if lacking else 0)
    for diagnosis in diagnoses:
        out.print(f"{'○' if diagnosis.fine else '×' if diagnosis.fatal else '△'} {diagnosis.subject}", markup=False)
        if not diagnosis.fine:
            out.print(f"    → {diagnosis.remedy}", markup=False)
    out.print(_summary(diagnoses, len(lacking)))
    raise typer.Exit(MISSING if lacking else 0)


def _summary(diagnoses: list[examination.Diagnosis], lacking: int) -> str:
    if lacking:
        return f"{lacking} 件が足りません。"
    return "すべてそろっています。" if all(one.fine for one in diagnoses) else "読み取りに必要なものはそろっています。"


def _print_sheet(file: Path, *, json_: bool) -> None:
    from pipeline.scanner_check.printing import print_sheet

    print_sheet(file)
    if json_:
        print_json({"sheet": str(file)})
        return
    out.print(f"{file} に診断票を書き出しました。", markup=False, soft_wrap=True)
    out.print(SHEET_ADVICE, soft_wrap=True)


def _check_scan(file: Path, *, json_: bool) -> None:
    from pipeline.scanner_check.files import check_file

    report = check_file(file, Settings().limits)
    if json_:
        print_json(report_json(report))
    else:
        for line in _report_lines(report):
            out.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(NOT_FIT if report.level == "bad" else 0)


def report_json(report: Report) -> dict[str, Any]:
    """What `intake doctor --scan --json` prints."""
    return {
        "file": report.name,
        "level": report.level,
        "pages": [{"page": one.page, "level": one.level, "checks": [vars(check) for check in one.checks]} for one in report.diagnoses],
        "others": [vars(other) for other in report.others],
    }


def _report_lines(report: Report) -> Iterator[str]:
    for diagnosis in report.diagnoses:
        yield f"{report.name} {diagnosis.page} ページ目: スキャナー診断票"
        yield from _diagnosis_lines(diagnosis)
    yield from (other.message for other in report.others)
    yield NEXT.get(report.level, NEXT["fair"])


def _diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    from pipeline.scanner_check import MARKS

    for check in diagnosis.checks:
        yield f"{MARKS[check.level]} {check.title}: {check.value}"
        if check.advice:
            yield f"    → {check.advice}"
