"""Counting right and wrong, on sheets that are scripted, not read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.errors import ScanRefused, WrongUsage
from pipeline.evaluate import Evaluation, evaluate
from pipeline.evaluate.judge import judge
from pipeline.forms import FieldSpec, FormTemplate, Library
from pipeline.geometry import Box
from pipeline.recognise.calibration import upper_bound
from pipeline.sheet import FieldValue, Match, Sheet
from tests.papers import read, unsure


def template(form: str, variant_of: str | None = None) -> FormTemplate:
    fields = (
        FieldSpec("pass_number", "合格者番号", "digits", Box(20, 30, 60, 8)),
        FieldSpec("name", "氏名", "name", Box(20, 50, 60, 8)),
        FieldSpec("signature", "署名", "signature", Box(20, 250, 60, 8)),
    )
    return FormTemplate(form, form[0], form, "1", "marked", variant_of or form, fixed=True, folder=Path(), fields=fields)


LIBRARY = Library((template("a"), template("a_plain", "a"), template("b")))
TO_300_DPI = (300 / 25.4, 0.0, 0.0, 0.0, 300 / 25.4, 0.0, 0.0, 0.0, 1.0)
WRITTEN: dict[str, Any] = {"pass_number": "2024100123", "name": "山田 花子", "signature": True}


def sheet(page: int, form: str | None = "a", shift_mm: float = 0.0, **changes: FieldValue) -> Sheet:
    matrix = list(TO_300_DPI)
    matrix[2] = shift_mm * matrix[0]
    fields = {
        "pass_number": read("pass_number", "digits", "2024100123"),
        "name": read("name", "name", "山田花子"),
        "signature": read("signature", "signature", written=True),
    }
    return Sheet(page, form, None, Match(1.0, 0.0, 0, 0.0, tuple(matrix)), tuple((fields | changes).values()), (), "")


def run(folder: Path, pages: list[dict[str, Any]], sheets: list[Sheet]) -> Evaluation:
    folder.mkdir(exist_ok=True)
    (folder / "truth.json").write_text(json.dumps({"pages": pages}), encoding="utf-8")
    (folder / "scan.pdf").touch()
    return evaluate(folder, lambda _path: sheets, LIBRARY)


def true_page(page: int = 1, form: str | None = "a", **fields: Any) -> dict[str, Any]:
    return {"file": "scan.pdf", "page": page, "form": form, "scan_from_page": list(TO_300_DPI), "fields": WRITTEN | fields}


def test_all_right(tmp_path: Path) -> None:
    found = run(tmp_path, [true_page()], [sheet(1)]).to_json()
    assert (found["total"]["n"], found["total"]["exact"], found["total"]["accepted"], found["total"]["accepted_wrong"]) == (3, 3, 3, 0)
    assert found["total"]["accepted_error_upper95"] == pytest.approx(1 - 0.05 ** (1 / 3), abs=1e-5)
    assert found["total"]["char_error_rate"] == 0.0
    assert found["forms"] == {"right": 1, "wrong": 0, "refused": 0}
    assert found["registration_mm"] == {"p50": 0.0, "p99": 0.0}
    assert list(found["fields"]) == ["digits", "name", "signature"]
    assert found["accepted_wrong"] == []


def test_one_wrong_digit_let_through(tmp_path: Path) -> None:
    wrong = read("pass_number", "digits", "2024100128")
    found = run(tmp_path, [true_page()], [sheet(1, pass_number=wrong)])
    digits = found.to_json()["fields"]["digits"]
    assert (digits["exact"], digits["accepted"], digits["accepted_wrong"], digits["char_error_rate"]) == (0, 1, 1, 0.1)
    assert [(page.file, field.name) for page, field in found.accepted_wrong()] == [(f"{tmp_path.name}/scan.pdf", "pass_number")]


def test_review_is_not_accepted_but_may_be_exact(tmp_path: Path) -> None:
    doubt = unsure("pass_number", "digits", ("2024100123", 0.6))
    digits = run(tmp_path, [true_page()], [sheet(1, pass_number=doubt)]).to_json()["fields"]["digits"]
    assert (digits["exact"], digits["accepted"], digits["accepted_wrong"], digits["accepted_error_upper95"]) == (1, 0, 0, None)


@pytest.mark.parametrize(
    ("true_form", "form", "outcome"),
    [
        ("a", "a", "right"),
        ("a", "a_plain", "right"),
        ("a", "b", "wrong"),
        ("a", None, "refused"),
        (None, None, "right"),
        (None, "a", "wrong"),
    ],
)
def test_forms_told_apart(tmp_path: Path, true_form: str | None, form: str | None, outcome: str) -> None:
    found = run(tmp_path, [true_page(form=true_form)], [sheet(1, form)])
    assert found.forms()[outcome] == 1  # type: ignore[index]
    assert sum(found.forms().values()) == 1


def test_side_that_was_not_read_has_every_field_wrong_and_none_accepted(tmp_path: Path) -> None:
    total = run(tmp_path, [true_page(), true_page(2)], [sheet(1)]).total()
    assert (total.n, total.exact, total.accepted, total.accepted_wrong) == (6, 3, 3, 0)


def test_refused_file_counts_as_unread(tmp_path: Path) -> None:
    run(tmp_path, [true_page()], [])

    def refuse(_path: Path) -> list[Sheet]:
        raise ScanRefused("empty", "空のファイルです。")

    found = evaluate(tmp_path, refuse, LIBRARY)
    assert (found.total().n, found.total().exact, found.forms()["refused"]) == (3, 0, 1)


def test_registration_error_is_in_page_millimetres(tmp_path: Path) -> None:
    found = run(tmp_path, [true_page()], [sheet(1, shift_mm=0.25)]).registration_mm()
    assert found == {"p50": pytest.approx(0.25), "p99": pytest.approx(0.25)}


@pytest.mark.parametrize("names", [["scan.pdf"], ["1.png", "2.png"]])
def test_truth_without_file_names_is_taken_in_order(tmp_path: Path, names: list[str]) -> None:
    pages = [{"form": "a", "fields": {"name": name}} for name in ("山田花子", "佐藤一郎")]
    (tmp_path / "truth.json").write_text(json.dumps({"pages": pages}), encoding="utf-8")
    for name in names:
        (tmp_path / name).touch()
    both = [sheet(1), replace(sheet(1, name=read("name", "name", "佐藤 一郎")), page=2)]
    answers: Callable[[Path], list[Sheet]] = lambda path: both if len(names) == 1 else [replace(both[names.index(path.name)], page=1)]  # noqa: E731
    assert evaluate(tmp_path, answers, LIBRARY).total().exact == 2


@pytest.mark.parametrize("content", [None, "{", "{}", '{"pages": [3]}'])
def test_broken_truth_is_wrong_usage(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "truth.json").write_text(content, encoding="utf-8")
    with pytest.raises(WrongUsage):
        evaluate(tmp_path, lambda _path: [], LIBRARY)


EQUAL: list[tuple[str, str, Any, Any, bool]] = [
    ("date", "birth_date", "令和6年4月1日", "2024年4月1日", True),
    ("date", "birth_date", "令和6年4月1日", "2024年4月2日", False),
    ("text", "address", "東京都 新宿区１－２", "東京都新宿区1-2", True),
    ("name", "name", "髙橋 花子", "高橋 花子", False),
    ("months", "total_months", "5年2ヶ月", "62", True),
    ("kana", "name_kana", "ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダハナコ", True),
    ("choice", "send_to", ["自宅"], ["自宅"], True),
    ("marks", "fields", ["1", "2"], ["2", "1"], True),
    ("marks", "fields", ["1", "2"], ["1"], False),
    ("signature", "signature", False, False, True),
    ("seal", "seal", True, False, False),
]


@pytest.mark.parametrize(("kind", "name", "true", "written", "exact"), EQUAL)
def test_what_counts_as_equal(kind: str, name: str, true: Any, written: Any, *, exact: bool) -> None:
    assert judge(kind, name, true, read(name, kind, written)).exact is exact


def test_blank_field_seen_as_blank_stays_out_of_the_rates() -> None:
    assert judge("text", "building", "", read("building", "text", "")).empty
    invented = judge("text", "building", "", read("building", "text", "汚れ"))
    assert (invented.empty, invented.exact, invented.accepted) == (False, False, True)
    overlooked = judge("text", "building", "コーポ", read("building", "text", ""))
    assert (overlooked.empty, overlooked.exact, overlooked.accepted) == (False, False, True)


@given(st.integers(1, 400), st.data())
def test_upper_bound_covers_what_was_seen(n: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, n))
    bound = upper_bound(wrong, n)
    assert wrong / n <= bound <= 1.0
    assert bound >= upper_bound(max(0, wrong - 1), n)


def test_upper_bound_of_known_cases() -> None:
    assert upper_bound(0, 3000) == pytest.approx(0.000998, abs=1e-6)
    rng = np.random.default_rng(0)
    covered = np.mean([upper_bound(int(wrong), 500) >= 0.01 for wrong in rng.binomial(500, 0.01, 4000)])
    assert covered >= 0.94


def test_table_speaks_japanese(tmp_path: Path) -> None:
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(run(tmp_path, [true_page()], [sheet(1)]).table())
    text = console.export_text()
    for words in ("自動確定", "署名", "合計", "様式の判別: 正 1、誤 0", "99% 点 0.0 mm"):
        assert words in text
