"""`intake draw`: fills forms in and scans them on paper."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import out
from pipeline.drawing.case import draw_case, load_case
from pipeline.forms import load_library
from pipeline.settings import Settings


class Paper(StrEnum):
    """What the filled-in form went through."""

    CLEAN = "clean"
    OFFICE = "office"
    COPY = "copy"
    FAX = "fax"


def register(app: typer.Typer) -> None:
    """Add this module's commands to `app`."""
    app.command()(draw)


def draw(  # noqa: PLR0913 - one parameter per option of the contract
    case: Annotated[Path, typer.Argument(help="CASE.json（truth.json と同じ形）")],
    folder: Annotated[Path, typer.Option("--out", help="書き出すフォルダー")],
    font: Annotated[Path | None, typer.Option("--font", help="フォントファイル")] = None,
    hand: Annotated[float, typer.Option("--hand", min=0, max=1, help="0 = ワープロ、1 = 大きく乱れた手書き")] = 0.0,
    paper: Annotated[Paper, typer.Option("--paper", help="紙とスキャナーの状態")] = Paper.OFFICE,
    seed: Annotated[int, typer.Option("--seed", help="乱数の種")] = 0,
    dpi: Annotated[int, typer.Option("--dpi", min=100, max=600, help="解像度")] = 300,
) -> None:
    """様式に記入し、紙に刷ってスキャンした画像と truth.json を作る。"""
    library = load_library(Settings().templates)
    draw_case(load_case(case), out=folder, font=font, hand=hand, paper=paper.value, seed=seed, dpi=dpi, library=library)
    out.print(f"{folder} に書き出しました。", markup=False)
