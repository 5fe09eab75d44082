"""The `intake` command: names and outputs are a contract (see README)."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from pipeline import log
from pipeline.commands import batch, classifying, cover_sheets, desk, drawing, forms, machine, reading
from pipeline.commands.console import err
from pipeline.errors import IntakeError, WrongUsage
from pipeline.settings import Settings, wrong_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a pretty traceback may quote values of a form
    help="コン検プロフェッショナル資格認定 申請書類の受付",
)
for subject in (batch, reading, classifying, drawing, machine, cover_sheets, desk):
    subject.register(app)
app.add_typer(forms.app, name="forms")


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 some pages failed, 2 wrong usage, 3 something missing on the machine."""
    try:
        log.configure(Settings().log_level)
        app()
    except ValidationError as problem:
        err.print(f"設定の値が正しくありません: {'、'.join(wrong_settings(problem))}", markup=False)
        sys.exit(WrongUsage.exit_code)
    except IntakeError as problem:
        err.print(str(problem), markup=False)
        sys.exit(problem.exit_code)
