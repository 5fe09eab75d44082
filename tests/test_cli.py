"""The commands as a user calls them: names, outputs and exit codes are a contract."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline import cli
from pipeline.settings import PROJECT

OATH = PROJECT / "sample_scans" / "05-typed-png-plain" / "scan-4.png"
TRUTH = json.loads((OATH.parent / "truth.json").read_text(encoding="utf-8"))["pages"][3]
FORMATS = ("pdf", "tif", "jpg", "png")


def intake(*words: str) -> tuple[int, str]:
    """Exit code and standard output of a command."""
    done = CliRunner().invoke(cli.app, list(words), catch_exceptions=False)
    return done.exit_code, done.stdout


def exit_code_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["intake", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_help_names_every_command() -> None:
    _, printed = intake("--help")
    line = ("demo", "run", "read", "status", "classify", "forms", "draw", "evaluate", "calibrate", "serve", "doctor")
    commands = (*line, "review", "users", "audit")
    assert [name for name in commands if name not in printed] == []


@pytest.mark.parametrize(("name", "value"), [("INTAKE_WORKERS", "-1"), ("INTAKE_LIMIT_PAGES", "0"), ("INTAKE_MAX_ERROR", "sehr wenig")])
def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert exit_code_of(monkeypatch, "status") == 2
    said = capsys.readouterr().err
    assert name in said
    assert value not in said.replace(name, "")


@pytest.fixture(scope="module")
def same_page(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One side as PDF, TIFF, JPEG and PNG."""
    folder = tmp_path_factory.mktemp("formats")
    with Image.open(OATH) as picture:
        dpi = round(picture.info["dpi"][0])
        for ending in FORMATS:
            picture.convert("L").save(folder / f"page.{ending}", **({"resolution": dpi} if ending == "pdf" else {"dpi": (dpi, dpi)}))
    return [folder / f"page.{ending}" for ending in FORMATS]


def test_read_prints_the_contract_for_all_four_formats(same_page: list[Path]) -> None:
    code, printed = intake("read", *map(str, same_page), "--json")
    pages: list[dict[str, Any]] = json.loads(printed)["pages"]
    assert code == 0
    assert [(page["file"], page["page"], page["form"]) for page in pages] == [(path.name, 1, "d_plain") for path in same_page]
    for page in pages:
        assert set(page["match"]) == {"score", "residual_mm", "rotation", "skew_deg"}
        field = page["fields"]["pass_number"]
        assert {"raw", "value", "confidence", "decision", "candidates", "box_mm"} <= set(field)
        assert (field["value"], field["decision"]) == (TRUTH["fields"]["pass_number"], "accept")
        assert field["candidates"][0][0] == field["raw"]
        assert page["findings"] == []


def test_read_refuses_what_is_no_scan_and_says_so(tmp_path: Path, same_page: list[Path]) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_text("no scan", encoding="utf-8")
    code, printed = intake("read", str(letter), str(same_page[3]), "--json")
    document = json.loads(printed)
    assert code == 1
    assert [entry["code"] for entry in document["refused"]] == ["not_a_scan"]
    assert [page["form"] for page in document["pages"]] == ["d_plain"]


@pytest.mark.parametrize(
    "words",
    [
        ("read", "nowhere.pdf"),
        ("classify",),
        ("forms", "preview", "zz", "--out", "x.png"),
        ("evaluate", "nowhere"),
    ],
    ids=lambda words: words[0],
)
def test_wrong_usage_ends_with_two(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    assert exit_code_of(monkeypatch, *words) == 2


def test_classify_prints_the_contract(tmp_path: Path) -> None:
    rows = tmp_path / "rows.tsv"
    rows.write_text("x1\t受注センターで電話による注文受付\nx2\t新人オペレーターの研修講師を担当\n", encoding="utf-8")
    code, printed = intake("classify", "--tsv", str(rows), "--json")
    document = json.loads(printed)
    assert code == 0
    assert [(row["id"], row["main"]) for row in document] == [("x1", "CS"), ("x2", "HR")]
    assert set(document[0]) == {"id", "main", "ranked", "also", "decision", "evidence"}
    assert document[0]["ranked"][0][0] == "CS"


def test_forms_are_sound_and_can_be_looked_at(tmp_path: Path) -> None:
    assert intake("forms", "check")[0] == 0
    picture = tmp_path / "a.png"
    assert intake("forms", "preview", "a", "--out", str(picture))[0] == 0
    with Image.open(picture) as seen:
        assert seen.size == (1654, 2339)


def test_doctor_says_how_to_install_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTAKE_TEMPLATES", str(tmp_path))
    code, printed = intake("doctor")
    assert code == 3
    assert "× 様式テンプレート" in printed
    assert "intake forms draw" in printed
