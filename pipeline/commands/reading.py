"""`intake read`, `evaluate`, `calibrate`: reading without storing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.console import err, out, print_json, progress_bar
from pipeline.errors import ScanRefused, WrongUsage
from pipeline.findings import Finding
from pipeline.forms import load_library
from pipeline.ingest import open_scan
from pipeline.settings import Settings
from pipeline.sheet import FieldValue, Sheet

if TYPE_CHECKING:
    from pipeline.run import Kit

SHOWN_CANDIDATES = 5
Json = Annotated[bool, typer.Option("--json", help="JSON で出力する")]


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(read)
    app.command()(evaluate)
    app.command()(calibrate)


def read(
    files: Annotated[list[Path], typer.Argument(help="スキャンのファイル")],
    form: Annotated[str | None, typer.Option("--form", help="様式が分かっているときの ID")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", help="テンプレートのフォルダー")] = None,
    json_: Json = False,  # noqa: FBT002 - typer's way of a flag
) -> None:
    """ファイルを読み取って表示する（保存しない）。"""
    from pipeline.run import open_kit  # models take a second to load: only the commands that read pay

    settings = Settings() if templates is None else Settings(templates=templates)
    kit = open_kit(settings, form)
    refused: list[dict[str, Any]] = []
    document = [page for file in files for page in _read_file(kit, file, refused)]
    if json_:
        print_json({"pages": document, **({"refused": refused} if refused else {})})
    else:
        _show(document)
    raise typer.Exit(1 if refused or any(_unread(page) for page in document) else 0)


def _read_file(kit: Kit, file: Path, refused: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    from pipeline.run import process_scan

    if not file.is_file():
        raise WrongUsage(f"{file} というファイルはありません。")
    try:
        scan = open_scan(file, kit.settings.limits, received=datetime.now().astimezone().date())
        for sheet in process_scan(kit, scan):
            yield page_json(file.name, sheet)
    except ScanRefused as reason:
        err.print(f"{file.name}: {reason}", markup=False)
        refused.append({"file": file.name, "code": reason.code, "message": str(reason)})


def page_json(file: str, sheet: Sheet) -> dict[str, Any]:
    """One page as `intake read --json` prints it."""
    match = sheet.match
    return {
        "file": file,
        "page": sheet.page,
        "form": sheet.form,
        "match": None
        if match is None
        else {"score": match.score, "residual_mm": match.residual_mm, "rotation": match.rotation, "skew_deg": match.skew_deg},
        "fields": {value.name: _field_json(value) for value in sheet.fields},
        "findings": [_finding_json(finding) for finding in sheet.findings],
    }


def _field_json(value: FieldValue) -> dict[str, Any]:
    return {
        "raw": value.raw,
        "value": value.value,
        "confidence": round(value.confidence, 6),
        "decision": value.decision,
        "problem": value.problem,
        "reason": value.reason,
        "candidates": [[text, round(log_prob, 4)] for text, log_prob in value.candidates[:SHOWN_CANDIDATES]],
        "box_mm": None if value.box is None else [round(side, 2) for side in value.box.as_list()],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "severity": finding.severity, "field": finding.field, "message": finding.message}


def _unread(page: dict[str, Any]) -> bool:
    return any(finding["code"] == "page_unreadable" for finding in page["findings"])


def _show(document: list[dict[str, Any]]) -> None:
    for page in document:
        out.print(f"{page['file']} {page['page']} ページ: 様式 {page['form'] or '不明'}", markup=False)
        for name, field in page["fields"].items():
            if field["decision"] != "blank":
                sign = "  " if field["decision"] == "accept" else "? "
                out.print(f"  {sign}{name}: {field['raw']}", markup=False)
        for finding in page["findings"]:
            out.print(f"  * {finding['message']}", markup=False)


def evaluate(
    folder: Annotated[Path, typer.Argument(help="truth.json のある見本を含むフォルダー")],
    json_: Json = False,  # noqa: FBT002
    plots: Annotated[Path | None, typer.Option("--plots", help="確信度の図（SVG）を書き込むフォルダー")] = None,
) -> None:
    """読み取り結果を正解と照らし合わせる。"""
    from pipeline.evaluate import evaluate as hold_against_truth
    from pipeline.evaluate.plots import write_plots
    from pipeline.run import file_reader

    settings = Settings()
    with progress_bar("照合中") as advance:
        result = hold_against_truth(folder, file_reader(settings), load_library(settings.templates), on_progress=advance)
    files = [] if plots is None else write_plots(result, plots, settings.max_error)
    if json_:
        print_json(result.to_json())
    else:
        out.print(result.table())
        for file in files:
            out.print(f"図: {file}", markup=False)


def calibrate(
    folder: Annotated[Path, typer.Argument(help="truth.json のある見本を含むフォルダー")],
    file: Annotated[Path | None, typer.Option("--out", help="書き込むファイル（省略すると付属の較正ファイルを置き換えます）")] = None,
    samples: Annotated[Path | None, typer.Option("--samples", help="読み取り結果の控え（同じ控えなら続きから再開します）")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="読み取りに使うプロセスの数")] = 1,
) -> None:
    """信頼度としきい値を合わせる。"""
    from pipeline.calibrate import calibrate as fit
    from pipeline.calibrate import summary
    from pipeline.recognise.calibration import FILE, save_calibration
    from pipeline.run import open_kit

    settings = Settings()
    with progress_bar("読み取り") as on_progress:
        found = fit(folder, open_kit(settings), samples=samples, workers=workers, on_progress=on_progress)
    target = file or FILE
    save_calibration(found, target)
    for line in summary(found, settings.max_error):
        out.print(line, markup=False)
    out.print(f"{target} に書き込みました。", markup=False)
