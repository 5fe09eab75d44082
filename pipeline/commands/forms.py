"""`intake forms`: the form library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer

from pipeline.commands.console import out
from pipeline.drawing.blank import draw_forms
from pipeline.errors import TemplateError, WrongUsage
from pipeline.forms import REFERENCE_DPI, load_library
from pipeline.forms_check import check_library
from pipeline.forms_new import How, NewForms, make_templates
from pipeline.forms_new.blank import PrintReader
from pipeline.forms_preview import preview as draw_preview
from pipeline.recognise.engine import open_engine
from pipeline.recognise.printed import printed_words
from pipeline.register import PAGE_DPI
from pipeline.run import lay_over
from pipeline.settings import Settings

app = typer.Typer(no_args_is_help=True, help="帳票テンプレート")
KIND_WORDS = {
    "digits": "数字枠",
    "number": "数",
    "kana": "カナ",
    "name": "氏名",
    "text": "1 行",
    "multiline": "複数行",
    "latin": "英字",
    "date": "年月日",
    "year_month": "年月",
    "months": "期間",
    "phone": "電話",
    "email": "メール",
    "choice": "択一",
    "marks": "複数選択",
    "signature": "署名",
    "seal": "印",
}
Templates = Annotated[Path | None, typer.Option("--templates", help="テンプレートのフォルダー")]


@app.command()
def check(templates: Templates = None) -> None:
    """帳票テンプレートに誤りがないか確かめる。"""
    problems = check_library(templates or Settings().templates)
    for problem in problems:
        out.print(problem, markup=False)
    out.print("誤りはありません。" if not problems else f"{len(problems)} 件の誤りがあります。")
    raise typer.Exit(1 if problems else 0)


@app.command()
def draw(folder: Annotated[Path, typer.Option("--out", help="書き出すフォルダー")] = Path("form_templates")) -> None:
    """白紙の様式 (PDF) とテンプレートを作る。"""
    draw_forms(folder)
    out.print(f"{folder} に様式を書き出しました。", markup=False)


@app.command()
def preview(
    form: Annotated[str, typer.Argument(help="様式の ID（a, b, c …）")],
    file: Annotated[Path, typer.Option("--out", help="PNG ファイル")],
    scan: Annotated[Path | None, typer.Option("--scan", help="枠を重ねるスキャン（省略時は白紙の様式）")] = None,
    templates: Templates = None,
) -> None:
    """記入欄の枠を、白紙の様式またはスキャンの 1 ページ目に重ねた画像を作る。"""
    library = load_library(templates or Settings().templates)
    try:
        template = library.get(form)
    except TemplateError as exc:
        raise WrongUsage(f"様式 {form} はありません。") from exc
    if scan is None:
        picture = draw_preview(template, library.reference(form), REFERENCE_DPI)
    else:
        picture = draw_preview(template, lay_over(scan, form, library), PAGE_DPI)
    if not cv2.imwrite(str(file), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)):
        raise WrongUsage(f"{file} に書き込めません。")
    out.print(f"{file} に書き出しました。", markup=False)


@app.command()
def new(
    blank: Annotated[Path, typer.Argument(help="白紙の様式（PDF、A4 縦。スキャンでもよい。レター判は A4 に合わせる）")],
    form: Annotated[str, typer.Option("--id", help="テンプレートの ID（複数ページなら ID_1, ID_2 …）")],
    folder: Annotated[Path, typer.Option("--out", help="テンプレートを作るフォルダー")],
    boxes: Annotated[Path | None, typer.Option("--boxes", help="記入欄の一覧（JSON）。省略すると印刷から候補を作る")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="同じ ID のテンプレートを作り直す")] = False,
) -> None:
    """白紙の様式からテンプレートを作る。"""
    settings = Settings()
    made = make_templates(blank, boxes, form, folder, How(settings.limits, _print_reader(settings), replace))
    for path, picture in zip(made.folders, made.pictures, strict=True):
        out.print(f"{path} を作りました。記入欄を重ねた画像は {picture} です。", markup=False)
    _tell(made)


def _print_reader(settings: Settings) -> PrintReader:
    """Reads blanks that are pictures; the models are loaded when the first one comes."""
    return lambda page: printed_words(page, open_engine(settings.engine, settings.precision, settings.reader_model), settings.engine)


def _tell(made: NewForms) -> None:
    """What a clerk has to know of the templates made, and what comes next."""
    for number, scale in made.fitted:
        fit = f"A4 に合わせて印刷したもの（{scale:.0%}、中央）"
        out.print(f"{number} ページ目は A4 ではないため、{fit}として割り付けました。記入欄の座標もこの A4 上の mm です。", markup=False)
    for number in made.without_fields:
        out.print(f"{number} ページ目には記入欄がないため、テンプレートを作っていません。", markup=False)
    if made.proposal is not None:
        count = "、".join(f"{KIND_WORDS[kind]} {number}" for kind, number in sorted(made.kinds.items(), key=lambda item: -item[1]))
        out.print(f"記入欄の候補 {sum(made.kinds.values())} 件（{count}）を {made.proposal} に書きました。", markup=False)
        out.print("画像と見比べて名前・種類・枠を直し、いらない行を消してから、--boxes と --replace を付けて作り直してください。")
