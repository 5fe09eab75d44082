"""`intake classify --learn` and `--revert`: the model of the seven fields and people's corrections, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.commands.console import out, print_json
from pipeline.errors import WrongUsage
from pipeline.experience import NAMES
from pipeline.experience.models import SHIPPED, revert
from pipeline.settings import Settings

if TYPE_CHECKING:
    from flows.learning import LearnReport
    from pipeline.experience.learn import Accepted, Pair

LEFT_OUT = {
    "no_text": "職務内容が確定していない",
    "no_label": "分野名になっていない",
    "too_short": "短すぎる",
    "repeated": "同じ文の繰り返し",
    "contradicted": "同じ文に異なる判断がある",
}
OBJECTIONS = {
    "test_worse": "固定の試験文で、偶然とはいえないほど正解が減りました。",
    "test_lost": "固定の試験文で、許される幅を超えて正解が減りました。",
    "field_worse": "固定の試験文で、正解が減った分野があります。",
    "accepted_wrong": "自動で確定する文の誤りの割合が、許される値を超えます。",
    "nothing_new": "前回から新しい判断がありません。",
    "rows_not_better": "学習に使っていない申請者の判断について、今のモデルより良いとはいえません。",
    "rows_not_learnable": "人の新しい判断のうち、候補が言い当てた割合が低すぎます。判断がそろっているか確かめてください。",
}


def learn(*, as_json: bool) -> None:
    """Run the learning and print its report."""
    from flows.learning import run_learning  # Prefect and scikit-learn take seconds to import: only this command pays

    report = run_learning(Settings())
    if as_json:
        print_json(report.document())
    else:
        out.print("\n".join(_lines(report)), markup=False, soft_wrap=True)


def go_back() -> None:
    """Use the model before this one again."""
    from flows.learning import learning_lock

    settings = Settings()
    with learning_lock(settings):
        name = revert(settings.home)
    out.print(f"{_model(name)}に戻しました。次に起動する読み取り処理から使われます。", markup=False)


def refuse_more(*others: object) -> None:
    """`--learn` and `--revert` take nothing else."""
    if any(others):
        raise WrongUsage("--learn と --revert は、文や --tsv、--explain と同時に使えません。")


def _lines(report: LearnReport) -> list[str]:
    lines = [f"人の判断: 学習に使える行 {report.rows}"]
    lines += [f"  使わなかった行（{LEFT_OUT[reason]}） {number}" for reason, number in report.left_out.items()]
    if report.trial is not None:
        trial = report.trial
        lines += ["", "正解（今のモデル → 候補）"]
        lines += [_pair("固定の試験文", trial.clean), _pair("同、誤読を混ぜたもの", trial.noisy)]
        lines += [_pair(f"  {NAMES[field]}", pair) for field, pair in trial.by_field.items()]
        lines += [_accepted(trial.accepted), _pair("人が新しく判断した行（その申請者を学習から除いて）", trial.rows)]
        applicants = trial.applicants
        lines += [f"  良くなった申請者 {applicants.gained}、悪くなった申請者 {applicants.lost}（偶然の確率 {applicants.better:.3f}）"]
        lines += [f"  取り消された判断 {trial.withdrawn}"] if trial.withdrawn else []
    lines += [""]
    if report.replaced:
        lines += [f"候補のほうが良いので置き換えました: {_model(report.before)} → {_model(report.after)}"]
        lines += ["次に起動する読み取り処理から使われます。戻すには: intake classify --revert"]
    else:
        lines += [f"置き換えません（{_model(report.before)}のまま）。", *(f"  {OBJECTIONS[code]}" for code in report.objections)]
    return lines


def _pair(name: str, pair: Pair) -> str:
    if not pair.number:
        return f"{name}: なし"
    now, candidate = (f"{right}（{right / pair.number:.1%}）" for right in (pair.now, pair.candidate))
    return f"{name} {pair.number}: {now} → {candidate}　増 {pair.gained}、減 {pair.lost}"


def _accepted(both: tuple[Accepted, Accepted]) -> str:
    now, candidate = (f"{each.number} のうち誤り {each.wrong}（{each.share:.2%}）" for each in both)
    return f"自動で確定（試験文、二通りの合計）: {now} → {candidate}"


def _model(name: str) -> str:
    return "付属のモデル" if name == SHIPPED else f"学習したモデル {name}"
