"""What an evaluation found, as records, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from rich.console import Group
from rich.table import Table

from pipeline.evaluate.judge import Judged
from pipeline.evaluate.score import Score, score
from pipeline.evaluate.truth import Written
from pipeline.sheet import FieldValue

Outcome = Literal["right", "wrong", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("right", "wrong", "refused")
KINDS = {
    "digits": "数字（枠）",
    "number": "数",
    "kana": "カナ",
    "name": "氏名",
    "text": "文字",
    "multiline": "文章",
    "latin": "英字",
    "date": "日付",
    "year_month": "年月",
    "months": "期間",
    "phone": "電話番号",
    "email": "メール",
    "choice": "選択",
    "marks": "チェック",
    "signature": "署名",
    "seal": "印影",
}


@dataclass(frozen=True)
class FieldResult:
    """One field: its truth, what was read (None = nothing), and how they compare."""

    name: str
    true: Written
    read: FieldValue | None
    judged: Judged


@dataclass(frozen=True)
class PageResult:
    """One side.

    Attributes:
        file: "case/file".
        outcome: of telling the form: a blank or foreign side is right when it was taken for none of ours.
        corner_errors_mm: registration error at the corners of every field; empty where it is not known.
    """

    file: str
    page: int
    true_form: str | None
    form: str | None
    outcome: Outcome
    fields: tuple[FieldResult, ...]
    corner_errors_mm: tuple[float, ...]


@dataclass(frozen=True)
class Evaluation:
    """All sides of all cases, and the time reading them took, in seconds."""

    pages: tuple[PageResult, ...]
    seconds: float
    cpu_seconds: float

    def judged(self) -> Iterator[Judged]:
        """Every judged field."""
        return (field.judged for page in self.pages for field in page.fields)

    def total(self) -> Score:
        """Over all fields."""
        return score(self.judged())

    def by_kind(self) -> dict[str, Score]:
        """Per field kind, in the order of the form library's list."""
        every = list(self.judged())
        present = {one.kind for one in every}
        return {kind: score(one for one in every if one.kind == kind) for kind in KINDS if kind in present}

    def forms(self) -> dict[Outcome, int]:
        """How many sides were told right, wrong, or refused though they are ours."""
        return {outcome: sum(page.outcome == outcome for page in self.pages) for outcome in OUTCOMES}

    def registration_mm(self) -> dict[str, float | None]:
        """p50 and p99 over field corners, mm."""
        errors = [error for page in self.pages for error in page.corner_errors_mm]
        return {name: round(float(np.percentile(errors, share)), 4) if errors else None for name, share in (("p50", 50), ("p99", 99))}

    def accepted_wrong(self) -> Iterator[tuple[PageResult, FieldResult]]:
        """The fields that would have gone through unseen and are wrong."""
        return ((page, field) for page in self.pages for field in page.fields if field.judged.accepted and not field.judged.exact)

    def to_json(self) -> dict[str, Any]:
        """What `intake evaluate --json` prints."""
        number = max(1, len(self.pages))
        return {
            "pages": len(self.pages),
            "fields": {kind: found.to_json() for kind, found in self.by_kind().items()},
            "total": self.total().to_json(),
            "forms": self.forms(),
            "registration_mm": self.registration_mm(),
            "seconds_per_page": round(self.seconds / number, 4),
            "cpu_seconds_per_page": round(self.cpu_seconds / number, 4),
            "accepted_wrong": [_wrong_json(page, field) for page, field in self.accepted_wrong()],
        }

    def table(self) -> Group:
        """The same for people, in Japanese."""
        table = Table(title="読み取りの正確さ")
        for heading in ("項目の種類", "項目数", "正解", "正解率", "文字誤り率", "自動確定", "うち誤り", "誤り率の上限(95%)", "空欄"):
            table.add_column(heading, justify="left" if heading == "項目の種類" else "right")
        for kind, found in self.by_kind().items():
            table.add_row(KINDS[kind], *_cells(found))
        table.add_section()
        table.add_row("合計", *_cells(self.total()))
        return Group(table, *self._sentences())

    def _sentences(self) -> Iterator[str]:
        forms, errors, number = self.forms(), self.registration_mm(), max(1, len(self.pages))
        yield f"様式の判別: 正 {forms['right']}、誤 {forms['wrong']}、判別できず {forms['refused']}（全 {len(self.pages)} ページ）"
        if errors["p99"] is not None:
            yield f"位置合わせの誤差: 中央値 {errors['p50']} mm、99% 点 {errors['p99']} mm"
        yield f"1ページあたり {self.seconds / number:.2f} 秒（CPU {self.cpu_seconds / number:.2f} 秒）"


def _cells(found: Score) -> list[str]:
    rate, bound = found.char_error_rate, found.accepted_error_upper95
    return [
        str(found.n),
        str(found.exact),
        f"{found.exact / found.n:.1%}" if found.n else "-",
        "-" if rate is None else f"{rate:.2%}",
        str(found.accepted),
        str(found.accepted_wrong),
        "-" if bound is None else f"{bound:.2%}",
        str(found.empty),
    ]


def _wrong_json(page: PageResult, field: FieldResult) -> dict[str, Any]:
    read = field.read
    return {
        "file": page.file,
        "page": page.page,
        "field": field.name,
        "true": field.true,
        "value": None if read is None else read.value,
        "confidence": None if read is None else round(read.confidence, 6),
    }
