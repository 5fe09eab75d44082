"""`intake doctor --sheet` and `--scan`: outputs and exit codes; and what the line makes of a sheet in the inbox."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline import cli
from pipeline.drawing.looks import Look
from pipeline.geometry import Colour
from pipeline.packet.envelopes import Envelope
from pipeline.run import open_kit, read_page
from pipeline.settings import Settings
from pipeline.sheet import COVER, Sheet
from tests.papers import foreign, stack
from tests.scanner_check.drawn import DPI, mm, page, scanned

DAY = date(2026, 11, 10)


def intake(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words), catch_exceptions=False)
    return done.exit_code, done.stdout


def exit_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["intake", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def fit(sheet: Colour, tmp_path: Path) -> Path:
    Image.fromarray(scanned(sheet, Look(mode="colour"), 300).pixels).save(tmp_path / "fit.png", dpi=(300, 300))
    return tmp_path / "fit.png"


@pytest.fixture
def cut(sheet: Colour, tmp_path: Path) -> Path:
    Image.fromarray(scanned(sheet, dpi=200).pixels[:, mm(8, 200) :]).save(tmp_path / "cut.png", dpi=(200, 200))
    return tmp_path / "cut.png"


def test_the_sheet_is_written(tmp_path: Path) -> None:
    code, printed = intake("doctor", "--sheet", str(tmp_path / "sheet.pdf"))
    assert code == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")
    assert "実際のサイズ" in printed


def test_a_fit_scanner_ends_with_zero(fit: Path) -> None:
    code, printed = intake("doctor", "--scan", str(fit))
    assert code == 0
    assert "× " not in printed
    assert "△ " not in printed
    assert "○ 端の欠け: 切れていません" in printed
    assert printed.rstrip().endswith("このスキャナーの設定でそのまま使えます。")


def test_an_unfit_one_ends_with_one_and_says_what_to_do(cut: Path) -> None:
    code, printed = intake("doctor", "--scan", str(cut))
    assert code == 1
    lines = printed.splitlines()
    place = lines.index("× 端の欠け: 左側 8 mm が切れています")
    assert lines[place + 1].startswith("    → 読み取りサイズを A4")


def test_json_is_one_document(cut: Path) -> None:
    code, printed = intake("doctor", "--scan", str(cut), "--json")
    document = json.loads(printed)
    assert code == 1
    assert (document["file"], document["level"], document["others"]) == ("cut.png", "bad", [])
    (side,) = document["pages"]
    checks = {check["code"]: check for check in side["checks"]}
    assert set(checks["cropped"]) == {"code", "title", "level", "value", "advice", "measured"}
    assert checks["cropped"]["measured"]["left_mm"] == pytest.approx(8, abs=0.2)
    assert checks["resolution"]["measured"]["across_dpi"] == pytest.approx(200, abs=0.5)


def test_wrong_usage_ends_with_two(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letter = tmp_path / "letter.png"
    Image.new("L", (1240, 1754), 255).save(letter)
    assert exit_of(monkeypatch, "doctor", "--scan", str(letter), "--json") == 2
    assert exit_of(monkeypatch, "doctor", "--scan", str(tmp_path / "nowhere.pdf")) == 2
    assert exit_of(monkeypatch, "doctor", "--scan", str(letter), "--sheet", str(tmp_path / "sheet.pdf")) == 2
    assert exit_of(monkeypatch, "doctor", "--sheet", str(tmp_path / "no" / "sheet.pdf")) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "スキャナー診断票ではありません" in said.err


def test_the_machine_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTAKE_TEMPLATES", str(tmp_path))
    code, printed = intake("doctor", "--json")
    points = {point["subject"]: point for point in json.loads(printed)["machine"]}
    assert code == 3
    assert points["様式テンプレート"] == {
        "subject": "様式テンプレート",
        "fine": False,
        "remedy": "intake forms draw --out form_templates",
        "fatal": True,
    }


def test_missing_poppler_data_is_told_and_not_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.doctor.CJK_MAPS", Path("share/poppler/cMap/no-such-collection"))
    _, printed = intake("doctor")
    lines = printed.splitlines()
    place = lines.index("△ poppler の日本語データ（フォントを埋め込んでいない PDF）")
    assert lines[place + 1].strip() == "→ apt-get install poppler-data"
    assert "件が足りません" not in printed


@pytest.mark.parametrize("rotation", [0, 270])
def test_in_the_inbox_it_is_named_and_troubles_nobody(sheet: Colour, rotation: int) -> None:
    kit = open_kit(Settings(second_reader=False))
    read = read_page(kit, page(scanned(sheet, Look(rotation=rotation, skew_deg=1.5, noise=3.0)).pixels, DPI))
    assert (read.form, read.sheet, read.fields) == (None, None, ())
    assert [(finding.code, finding.severity) for finding in read.findings] == [("scanner_sheet", "info")]


def test_it_is_no_applicants_paper_in_an_envelope() -> None:
    """Before the first separator of a stack it asks for no separator; behind one, the envelope is still empty."""
    named = foreign(1, "scanner_sheet")
    first = Envelope(tuple(stack(named)), DAY)
    assert (first.has_cover, first.is_empty) == (False, True)
    behind = Envelope(tuple(stack(Sheet(1, COVER, None, None, (), (), ""), named)), DAY)
    assert (behind.has_cover, behind.is_empty) == (True, True)
    assert not Envelope(tuple(stack(foreign(1))), DAY).is_empty
