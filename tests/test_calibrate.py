"""`intake calibrate` on a small drawn case, through the real stages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.calibrate import Collected, collect, summary
from pipeline.cli import app
from pipeline.drawing import fonts
from pipeline.drawing.case import draw_case, parse_case
from pipeline.drawing.packets import invent_applicant, packet
from pipeline.errors import WrongUsage
from pipeline.forms import load_library
from pipeline.recognise.calibration import FILE, Calibration, Step, load_calibration
from pipeline.run import Kit, open_kit
from pipeline.settings import Settings

MAX_ERROR = Settings().max_error
LOOSEST = 1 - 10 * MAX_ERROR
"""No family may be accepted below this confidence, however well the calibration went."""

needs_font = pytest.mark.skipif("gothic" not in fonts.installed(fonts.PRINT_FONTS), reason="the IPAex Gothic font is not installed")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return open_kit(Settings(second_reader=False))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets C and D in one file, somebody's letter in another; one folder per case."""
    whole = packet(invent_applicant(np.random.default_rng(4)))
    name = whole.applicant.person.name
    ours = [{"form": form, "fields": said, "name": name, "file": "scan.pdf"} for form, said in whole.sheets if form in ("c", "d")]
    case = parse_case({"pages": [*ours, {"foreign": "letter", "file": "b.png"}]})
    folder = tmp_path_factory.mktemp("cases")
    library, font = load_library(Settings().templates), fonts.font_file("gothic")
    draw_case(case, out=folder / "one", font=font, hand=0.0, paper="clean", seed=4, dpi=200, library=library)
    return folder


def told(folder: Path, out: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """The same scans under another truth."""
    truth = json.loads((folder / "one" / "truth.json").read_text(encoding="utf-8"))
    change(truth["pages"])
    (out / "one").mkdir(parents=True)
    for scan in (folder / "one").iterdir():
        (out / "one" / scan.name).write_bytes(scan.read_bytes())
    (out / "one" / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return out


def wrong_readings(found: Collected) -> int:
    return sum(not sample.right for sample in found.samples)


@needs_font
def test_samples_follow_the_truth(drawn: Path, tmp_path: Path, kit: Kit) -> None:
    seen: list[tuple[int, int]] = []
    fair = collect(drawn, kit, on_progress=lambda done, total: seen.append((done, total)))
    assert (fair.pages, fair.skipped, seen) == (2, 0, [(1, 2), (2, 2)])
    assert len(fair.samples) >= 12 and fair.files[0].written >= len(fair.samples)
    assert {sample.group for sample in fair.samples} == {"one"}

    def another_number_and_form(pages: list[dict[str, Any]]) -> None:
        pages[0]["fields"]["pass_number"] = "2019039999"
        pages[1]["form"] = "b"

    lied_to = collect(told(drawn, tmp_path / "lie", another_number_and_form), kit)
    assert (lied_to.pages, lied_to.skipped) == (1, 1), "a page that is read as another form says nothing about its fields"
    assert wrong_readings(lied_to) == wrong_readings(fair) + 1


@needs_font
def test_a_page_that_the_line_does_not_read_is_no_sample(drawn: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule for both: what `run.read_page` hands to a person, its form being known, says nothing about reading."""
    monkeypatch.setattr("pipeline.register.MAX_RESIDUAL_MM", 0.0)
    found = collect(drawn, kit)
    assert (found.pages, found.skipped, found.samples) == (0, 2, ())


@needs_font
def test_what_was_read_is_kept_and_not_read_again(drawn: Path, tmp_path: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "samples.jsonl"
    first = collect(drawn, kit, samples=kept)
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text + '{"name": "cut o', encoding="utf-8")
    monkeypatch.setattr("pipeline.calibrate._file_samples", None)
    again = collect(drawn, kit, samples=kept)
    assert [(file.name, file.pages, file.written) for file in again.files] == [(f.name, f.pages, f.written) for f in first.files]
    assert [sample.right for sample in again.samples] == [sample.right for sample in first.samples]
    assert kept.read_text(encoding="utf-8") == text
    truth = json.loads((drawn / "one" / "truth.json").read_text(encoding="utf-8"))
    name = truth["pages"][0]["fields"].get("applicant_name", "")
    assert name and name not in text, "nothing that people wrote is kept"
    with pytest.raises(WrongUsage, match="別の読み取り設定"):
        collect(drawn, kit, samples=kept, seconds=("second",))


@needs_font
def test_the_command_writes_where_it_is_told_and_says_what_it_found(drawn: Path, tmp_path: Path) -> None:
    shipped = FILE.read_bytes()
    target = tmp_path / "new.json"
    done = CliRunner().invoke(app, ["calibrate", str(drawn), "--out", str(target)], env={"INTAKE_SECOND_READER": "false"})
    assert done.exit_code == 0, done.output
    found = load_calibration(target)
    assert (found.provenance["pages"], found.provenance["second_reader"]) == (2, "none")
    assert f"2 ページ、読み取り {found.provenance['readings']} 件" in done.output
    assert "実証できません" in done.output, "two pages show nothing at 0.1 %"
    assert FILE.read_bytes() == shipped


@pytest.mark.parametrize("truth", [None, '{"pages": [{"form": "a", "fields": {}}]}'])
def test_what_cannot_be_used_is_said(truth: str | None, tmp_path: Path, kit: Kit) -> None:
    if truth is not None:
        (tmp_path / "truth.json").write_text(truth, encoding="utf-8")
    with pytest.raises(WrongUsage, match=r"truth\.json"):
        collect(tmp_path, kit)


def test_the_summary_counts_what_stands_above_the_threshold() -> None:
    steps = (Step(0.9995, 4000, 0), Step(0.5, 5000, 40))
    lines = list(summary(Calibration({}, {"text": steps, "all": steps}, {"pages": 150, "readings": 5000, "wrong": 40}), MAX_ERROR))
    assert lines[0] == "150 ページ、読み取り 5000 件、うち誤り 40 件"
    assert lines[-1] == "  text: 5000 件、しきい値 0.99950、確定 80.0%、うち誤り 0"
    assert len(lines) == 3


def test_the_shipped_thresholds_are_strict() -> None:
    shipped = load_calibration()
    for family in (family for family in shipped.steps if family != "all"):
        assert LOOSEST <= shipped.threshold(family, MAX_ERROR) <= 1, family
