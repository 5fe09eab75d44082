"""`intake run`, `watch`, `demo`, `status`, `serve`: whole batches."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import out, print_json, progress_bar
from pipeline.errors import MissingOnMachine
from pipeline.settings import PROJECT, Settings

SAMPLES = PROJECT / "sample_scans"
SCAN_ENDINGS = {".pdf", ".tif", ".tiff", ".jpg", ".png"}
Json = Annotated[bool, typer.Option("--json", help="JSON で出力する")]


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(run)
    app.command()(watch)
    app.command()(demo)
    app.command()(status)
    app.command()(serve)


def run(
    inbox: Annotated[Path | None, typer.Option("--inbox", help="スキャンが置かれるフォルダー")] = None,
    json_: Json = False,  # noqa: FBT002 - typer's way of a flag
) -> None:
    """受付フォルダーの新しいスキャンを一回分読み取る。"""
    settings = Settings() if inbox is None else Settings(inbox=inbox)
    failed = _read_batch(settings)
    show_status(settings, as_json=json_)
    raise typer.Exit(1 if failed else 0)


def _read_batch(settings: Settings) -> int:
    """One batch with a progress bar; the number of pages that could not be read."""
    from flows.intake import run_batch  # Prefect takes a second to import: only the commands that need it pay

    with progress_bar("読み取り中") as advance:
        report = run_batch(settings, on_progress=advance)
    return report.pages_failed


def watch(inbox: Annotated[Path | None, typer.Option("--inbox", help="スキャンが置かれるフォルダー")] = None) -> None:
    """受付フォルダーを見張り、届いたスキャンをすぐに読み取る（停止は Ctrl-C）。"""
    from flows.watching import watch_until_stopped

    settings = Settings() if inbox is None else Settings(inbox=inbox)
    out.print(f"{settings.inbox_folder} を見張っています。停止は Ctrl-C です。", markup=False, soft_wrap=True)
    watch_until_stopped(settings, threading.Event())


def status(json_: Json = False) -> None:  # noqa: FBT002
    """申請書類の状態、所見、確認待ちを表示する。"""
    show_status(Settings(), as_json=json_)


def show_status(settings: Settings, *, as_json: bool) -> None:
    """Print what the store holds."""
    from pipeline.report import read_status, render_status, status_json

    state = read_status(settings)
    if as_json:
        print_json(status_json(state))
    else:
        out.print(render_status(state))


def demo(
    home: Annotated[Path | None, typer.Option("--home", help="作業フォルダー（省略時は一時フォルダー）")] = None,
    samples: Annotated[Path, typer.Option("--samples", help="見本のフォルダー")] = SAMPLES,
) -> None:
    """見本の申請書類を実際の処理にかけ、結果を表示する。"""
    if not samples.is_dir():
        raise MissingOnMachine(f"見本のフォルダー {samples} がありません。")
    place = home or Path(tempfile.mkdtemp(prefix="conken-intake-"))
    settings = Settings(home=place, inbox=place / "inbox", database_url=None)
    arrived = fill_inbox(samples, settings.inbox_folder)
    settings = settings.model_copy(update={"today": max(settings.office_day, *arrived)})
    _read_batch(settings)
    show_status(settings, as_json=False)
    out.print(f"\nこの結果は {place} にあります。もう一度見るには:", markup=False)
    out.print(f"    INTAKE_HOME={place} intake status", markup=False)
    out.print("読み切れなかった項目を確認デスクで見るには:", markup=False)
    out.print(f"    INTAKE_HOME={place} intake review", markup=False)


def fill_inbox(samples: Path, inbox: Path) -> list[date]:
    """Copy every sample scan into `inbox` under its case's name, with the day it arrived beside it; the days."""
    inbox.mkdir(parents=True, exist_ok=True)
    days = []
    for case in sorted(path for path in samples.iterdir() if path.is_dir()):
        truth = case / "truth.json"
        received = json.loads(truth.read_text(encoding="utf-8")).get("received") if truth.exists() else None
        for scan in sorted(path for path in case.iterdir() if path.suffix in SCAN_ENDINGS):
            target = inbox / f"{case.name}-{scan.name}"
            shutil.copyfile(scan, target)
            if received:
                target.with_name(target.name + ".json").write_text(json.dumps({"received": received}), encoding="utf-8")
                days.append(date.fromisoformat(received))
    return days


def serve() -> None:
    """夜間の予定実行、受付フォルダーの見張り、確認デスクを動かし続ける（停止は Ctrl-C）。"""
    from flows import watching
    from flows.nightly import serve as serve_schedule
    from pipeline.review.serving import beside

    settings = Settings()
    out.print(f"夜間処理を予定しました（{settings.schedule}、{settings.timezone}）。停止は Ctrl-C です。", markup=False)
    out.print(f"{settings.inbox_folder} に届いたスキャンは、すぐに読み取ります。", markup=False, soft_wrap=True)
    with beside(settings, lambda sentence: out.print(sentence, markup=False, soft_wrap=True)), watching.beside(settings):
        serve_schedule(settings)
