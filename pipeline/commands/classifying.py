"""`intake classify`: which of the seven fields a description of duties belongs to, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands import learning
from pipeline.commands.console import out, print_json
from pipeline.errors import WrongUsage
from pipeline.experience import NAMES, Classified
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.experience.explain import Reason

BAR = 20
"""Characters of a full bar."""


def register(app: typer.Typer) -> None:
    """Add this module's command to `app`."""
    app.command()(classify)


def classify(
    text: Annotated[str | None, typer.Argument(help="職務内容の文")] = None,
    tsv: Annotated[Path | None, typer.Option("--tsv", help="id<TAB>文 のファイル")] = None,
    json_: Annotated[bool, typer.Option("--json", help="JSON で出力する")] = False,  # noqa: FBT002 - typer's way of a flag
    explain: Annotated[bool, typer.Option("--explain", help="根拠の語と、手引きの最も近い例を示す")] = False,  # noqa: FBT002
    learn: Annotated[bool, typer.Option("--learn", help="確認画面での人の判断から学び、良くなるときだけモデルを置き換える")] = False,  # noqa: FBT002
    revert: Annotated[bool, typer.Option("--revert", help="一つ前のモデルに戻す")] = False,  # noqa: FBT002
) -> None:
    """職務内容を業務の7分野に分類する。人の判断から学ぶ。"""
    if learn or revert:
        learning.refuse_more(text, tsv, explain, learn and revert)
        learning.learn(as_json=json_) if learn else learning.go_back()
        return
    _answer(_rows(text, tsv), as_json=json_, explain=explain)


def _answer(rows: list[tuple[str, str]], *, as_json: bool, explain: bool) -> None:
    from pipeline.experience.classify import load_classifier
    from pipeline.experience.explain import reasons
    from pipeline.experience.models import model_in_use

    if as_json and explain:
        raise WrongUsage("--json と --explain は同時に使えません。")
    settings = Settings()
    classifier = load_classifier(model_in_use(settings.home).path)
    answers = classifier.classify([row[1] for row in rows], max_error=settings.max_error_fields)
    if as_json:
        print_json([_json(row[0], answer) for row, answer in zip(rows, answers, strict=True)])
        return
    for (name, words), answer in zip(rows, answers, strict=True):
        lines = _page(name, words, answer, reasons(classifier, words, answer)) if explain else [_line(name, answer)]
        for line in lines:
            out.print(line, markup=False, soft_wrap=True)


def _line(name: str, answer: Classified) -> str:
    ranked = "  ".join(f"{field} {probability:.0%}" for field, probability in answer.ranked[:3])
    return f"{name}\t{answer.main}（{_verdict(answer)}） {ranked} 根拠: {'、'.join(answer.evidence)}"


def _verdict(answer: Classified) -> str:
    return "確定" if answer.decision == "accept" else "要確認"


def _page(name: str, text: str, answer: Classified, found: list[Reason]) -> Iterator[str]:
    """One text, readable: the answer, the text with its evidence marked, and for each field what speaks for it."""
    from pipeline.experience.explain import marked

    also = f"　ほかの分野: {'、'.join(NAMES[field] for field in answer.also)}" if answer.also else ""
    yield f"■ {name}　{NAMES[answer.main]}（{_verdict(answer)}）{also}"
    yield f"  {marked(text, answer.evidence)}"
    for reason in found:
        filled = round(BAR * reason.probability)
        yield f"  {reason.field:4} {'█' * filled}{'░' * (BAR - filled)} {reason.probability:4.0%}　{NAMES[reason.field]}"
        yield f"       根拠の語: {'、'.join(reason.words) or 'なし'}"
        if reason.example:
            yield f"       手引きの近い例: 「{reason.example}」（近さ {reason.likeness:.2f}）"
    if answer.decision == "review":
        first, second = (NAMES[field] for field, _ in answer.ranked[:2])
        yield f"  → 自動では決めません。「{first}」か「{second}」か、人が確かめてください。"
    yield ""


def _json(name: str, answer: Classified) -> dict[str, Any]:
    return {
        "id": name,
        "main": answer.main,
        "ranked": [[field, round(probability, 4)] for field, probability in answer.ranked],
        "also": list(answer.also),
        "decision": answer.decision,
        "evidence": list(answer.evidence),
    }


def _rows(text: str | None, tsv: Path | None) -> list[tuple[str, str]]:
    if (text is None) == (tsv is None):
        raise WrongUsage("文か --tsv ファイルのどちらか一方を指定してください。")
    if tsv is None:
        return [("1", text or "")]
    try:
        lines = tsv.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise WrongUsage(f"{tsv} を UTF-8 のテキストとして読めません。") from exc
    rows = [tuple(line.split("\t", 1)) for line in lines if line.strip()]
    if any(len(row) != 2 for row in rows):
        raise WrongUsage(f"{tsv} の各行は id<TAB>文 としてください。")
    return [(row[0], row[1]) for row in rows]
