"""`intake cover-sheets`: separator sheets to print and lay before each envelope's papers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import out
from pipeline.cover_sheets import Cover


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command(name="cover-sheets")(cover_sheets)


def cover_sheets(
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="枚数")],
    file: Annotated[Path, typer.Option("--out", dir_okay=False, help="書き出す PDF")],
    first: Annotated[int, typer.Option("--first", min=0, help="最初の封筒番号")] = 1,
    received: Annotated[
        datetime | None, typer.Option("--received", formats=["%Y-%m-%d"], help="受付日（省くと空欄。手で書き込む）")
    ] = None,
) -> None:
    """封筒仕切り票を PDF に書き出す。封筒ごとに 1 枚、書類の前に入れてスキャンする。"""
    from pipeline.cover_sheets.printing import numbered, print_covers

    day = None if received is None else received.date()
    print_covers([Cover(number, day) for number in numbered(first, count)], file)
    out.print(f"{file} に {count} 枚を書き出しました。", markup=False)
