"""`intake doctor`: this machine."""

from __future__ import annotations

import typer

from pipeline import doctor as examination
from pipeline.commands.console import out
from pipeline.settings import Settings

MISSING = 3


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(doctor)


def doctor() -> None:
    """この機械に足りないものと、その入れ方を表示する。"""
    diagnoses = examination.examine(Settings())
    for diagnosis in diagnoses:
        out.print(f"{'○' if diagnosis.fine else '×'} {diagnosis.subject}", markup=False)
        if not diagnosis.fine:
            out.print(f"    → {diagnosis.remedy}", markup=False)
    lacking = [diagnosis for diagnosis in diagnoses if diagnosis.fatal and not diagnosis.fine]
    out.print("すべてそろっています。" if not lacking else f"{len(lacking)} 件が足りません。")
    raise typer.Exit(MISSING if lacking else 0)
